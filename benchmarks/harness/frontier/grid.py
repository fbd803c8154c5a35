"""The settings of the frontier, declared as groups of values."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from harness.peers.registry import installed
from harness.peers.task import Task
from harness.report import note
from w2vfast import Word2Vec

#: Parameters that only w2vfast gets, with the values that names leave out. None is the
#: default of w2vfast; other values are always passed.
OURS: dict[str, Any] = {
    "negative": None,
    "shared_negatives": None,
    "thin_gradients": None,
    "chunk_size": None,
    "weighted_windows": None,
    "rare_power": 0.0,
    "shuffle": None,
}


@dataclass(frozen=True)
class Setting:
    """
    The parameters of a run, except its seed.

    Those in `OURS` are for w2vfast alone.
    """

    contender: str = "w2vfast"
    architecture: str = "skipgram"
    vector_size: int = 100
    epochs: int = 5
    sample: float = 1e-3
    alpha: float = 0.025
    window: int = 5
    negative: int | None = None
    shared_negatives: int | None = None
    thin_gradients: bool | None = None
    chunk_size: int | None = None
    weighted_windows: bool | None = None
    rare_power: float = 0.0
    shuffle: bool | None = None

    @property
    def name(self) -> str:
        """The name that --only searches, such as "gensim cbow d=100 epochs=5 …"."""
        return f"{self.contender} {self.architecture} d={self.vector_size} {self.rest}"

    @property
    def rest(self) -> str:
        """Epochs, and the parameters that make the setting."""
        words = [f"epochs={self.epochs}", f"sample={self.sample:g}"]
        words += [f"alpha={self.alpha:g}", f"window={self.window}"]
        given = {name: getattr(self, name) for name in OURS}
        words += [f"{name}={v:g}" for name, v in given.items() if v != OURS[name]]
        return " ".join(words)

    def extra(self) -> dict[str, Any]:
        """Return the parameters to pass to w2vfast alone, those that it has."""
        known = parameters_of_w2vfast()
        given = {name: getattr(self, name) for name in OURS if name in known}
        return {name: value for name, value in given.items() if value is not None}

    def missing(self) -> set[str]:
        """Return what this installation lacks to run the setting."""
        given = {name for name in OURS if getattr(self, name) != OURS[name]}
        lacks = given - parameters_of_w2vfast()
        return lacks if installed(self.contender) else {self.contender, *lacks}

    def task(self, corpus: str, folder: str | None, seed: int) -> Task:
        """Return the training to run, with one thread."""
        names = {field.name for field in fields(self)} - set(OURS)
        shared = {name: getattr(self, name) for name in names}
        extra = self.extra() if self.contender == "w2vfast" else {}
        return Task(corpus=corpus, eval=folder, seed=seed, extra=extra, **shared)


SKIPGRAM = Setting()
CBOW = Setting(architecture="cbow", alpha=0.05)
#: Strong subsampling, and a larger rate for rows with few updates.
STRONG = replace(SKIPGRAM, sample=1e-4)
STRONG_CBOW = replace(CBOW, sample=1e-4, alpha=0.075, shared_negatives=32)
#: What w2vfast trains by default on 100 MB of text.
DEFAULT = replace(STRONG, rare_power=0.25)
DEFAULT_CBOW = replace(STRONG_CBOW, rare_power=0.25)
EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10)
#: Values of one parameter, the others as in the setting that they are applied to.
SINGLES: dict[str, Sequence[Any]] = {
    "alpha": (0.0375, 0.05, 0.075, 0.1),
    "sample": (1e-3, 2e-4, 5e-5),
    "shared_negatives": (16, 32, 48, 64),
    "chunk_size": (32, 64, 256),
    "window": (3, 4, 8),
    "weighted_windows": (False,),
    "rare_power": (0.0, 0.25, 0.5),
}


def grid() -> list[Setting]:
    """Return all settings, those of few epochs first within a group."""
    found: list[Setting] = []
    groups = ((SKIPGRAM, STRONG, DEFAULT), (CBOW, STRONG_CBOW, DEFAULT_CBOW))
    for plain, strong, best in groups:
        bases = [plain, replace(plain, sample=1e-4), strong]
        bases += [replace(strong, rare_power=power) for power in (0.25, 0.5)]
        for base in bases:
            found += vary(base, epochs=EPOCHS)
            found += vary(replace(base, vector_size=300), epochs=(1, 2, 3, 5, 8, 10))
        for name, values in SINGLES.items():
            found += vary(best, **{name: values})
    found += _short()
    return distinct([*found, *_other_defaults(), *_gensim()])


def _short() -> list[Setting]:
    """Return settings for short runs, and settings with ten negatives."""
    found: list[Setting] = []
    skipgram = replace(DEFAULT, alpha=0.03, epochs=3)
    for size in (100, 300):
        base = replace(skipgram, vector_size=size)
        found += vary(base, sample=(1e-4, 5e-5, 4e-5, 3e-5))
        found += vary(replace(base, epochs=4), sample=(5e-5, 3e-5))
        found += vary(replace(base, sample=5e-5), window=(3, 4))
        found += vary(replace(base, sample=4e-5), window=(3, 4))
        two = replace(base, epochs=2, alpha=0.035)
        found += vary(two, window=(4, 5))
        five = replace(base, epochs=5, alpha=0.025)
        found.append(replace(five, sample=4e-5, window=3))
        for one in (two, five, replace(base, sample=4e-5, window=3)):
            found.append(replace(one, negative=10, shared_negatives=32))
    for negative in (None, 10):
        base = replace(DEFAULT_CBOW, negative=negative)
        found += vary(base, epochs=(4, 5), sample=(1e-4, 5e-5, 4e-5))
    found.append(replace(DEFAULT_CBOW, negative=10, shared_negatives=64))
    return found


def _other_defaults() -> list[Setting]:
    """Return the defaults in the order of the text, and with all gradients.

    With all gradients, negatives get theirs from all hidden rows.
    """
    bases = [DEFAULT, replace(DEFAULT, vector_size=300), DEFAULT_CBOW]
    ten = replace(DEFAULT_CBOW, epochs=4, negative=10)
    found = [replace(setting, shuffle=False) for setting in bases]
    bases += vary(ten, sample=(5e-5, 4e-5))
    return found + [replace(setting, thin_gradients=False) for setting in bases]


def _gensim() -> list[Setting]:
    found = vary(
        replace(SKIPGRAM, contender="gensim"), window=(3,), sample=(1e-3, 1e-4)
    )
    for base in (SKIPGRAM, CBOW):
        theirs = replace(base, contender="gensim")
        alphas = {theirs.alpha, 0.025}
        for sample, alpha in ((s, a) for s in (1e-3, 1e-4) for a in sorted(alphas)):
            setting = replace(theirs, sample=sample, alpha=alpha)
            found += vary(setting, epochs=(1, 2, 3, 5, 10))
            found += vary(replace(setting, vector_size=300), epochs=(1, 3, 5, 10))
    return found


def small_grid() -> list[Setting]:
    """Return a grid for the first megabytes of a corpus: it takes a minute."""
    found: list[Setting] = []
    for base in (SKIPGRAM, CBOW):
        short = replace(base, vector_size=32)
        for setting in (short, replace(short, sample=1e-4, rare_power=0.25)):
            found += vary(setting, epochs=(1, 5))
        found += vary(replace(short, sample=1e-4), epochs=(1, 5))
        found += vary(replace(short, contender="gensim"), epochs=(1, 5))
    return distinct(found)


def vary(base: Setting, **values: Sequence[Any]) -> list[Setting]:
    """Return the setting with each value of one or several parameters."""
    found = [base]
    for name, given in values.items():
        found = [replace(one, **{name: value}) for one in found for value in given]
    return found


def distinct(settings: Iterable[Setting]) -> list[Setting]:
    """Return the settings without repetitions, in the same order."""
    return list(dict.fromkeys(settings))


def usable(settings: Sequence[Setting]) -> list[Setting]:
    """Return the settings that this installation can run; note what is left out."""
    for name in sorted({name for setting in settings for name in setting.missing()}):
        note(f"settings of {name} are left out: it is not installed")
    return [setting for setting in settings if not setting.missing()]


def parameters_of_w2vfast() -> set[str]:
    """Return the names of the parameters of the installed w2vfast."""
    return {*inspect.signature(Word2Vec.__init__).parameters}
