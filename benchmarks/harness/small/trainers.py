"""Train vectors on lists of tokens with w2vfast or gensim."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from harness.peers.registry import installed
from harness.report import note
from harness.scores import keyed
from harness.small.sample import Sentences
from w2vfast import KeyedVectors, Word2Vec


@dataclass(frozen=True)
class Setting:
    """
    A column of the table.

    Attributes
    ----------
    name : str
    parameters : dict
        Parameters that differ from the trainer's defaults.
    gensim : bool
        Whether gensim trains, instead of w2vfast.
    """

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    gensim: bool = False


SETTINGS = (
    Setting("gensim", gensim=True),
    Setting("gensim alpha .05", {"alpha": 0.05}, gensim=True),
    Setting("gensim sample 0", {"sample": 0.0}, gensim=True),
    Setting("default"),
    *(Setting(f"chunk {size}", {"chunk_size": size}) for size in (1, 8, 32, 128)),
    Setting("alpha .025", {"alpha": 0.025}),
    Setting("alpha .05", {"alpha": 0.05}),
    Setting("alpha .1", {"alpha": 0.1}),
    Setting("sample 0", {"sample": 0.0}),
    Setting("10 negatives", {"negative": 10, "shared_negatives": 32}),
    Setting("interval 10 k", {"alpha_interval": 10_000}),
    *(Setting(f"preset {name}", {"preset": name}) for name in ("items", "walks")),
    Setting("drawn windows", {"weighted_windows": False}),
    Setting("rare 0", {"rare_power": 0.0}),
    Setting("rare .25", {"rare_power": 0.25}),
    Setting("rare .5", {"rare_power": 0.5}),
)


def usable(settings: Iterable[Setting]) -> list[Setting]:
    """Return the settings that this installation can train."""
    known = inspect.signature(Word2Vec.__init__).parameters
    able = []
    for setting in settings:
        if setting.gensim and not installed("gensim"):
            note(f"{setting.name} is left out: gensim is not installed")
        elif not setting.gensim and not set(setting.parameters) <= set(known):
            note(f"{setting.name} is left out: w2vfast has no such parameter")
        else:
            able.append(setting)
    return able


def train(
    setting: Setting,
    sentences: Sentences,
    architecture: str,
    seed: int,
    parameters: dict[str, Any],
) -> KeyedVectors:
    """Train with one thread; `parameters` are those of the corpus."""
    given = {"workers": 1, "seed": seed, **parameters, **setting.parameters}
    if setting.gensim:
        return _gensim(sentences, architecture, given)
    model = Word2Vec(sentences, architecture=architecture, progress=False, **given)
    wv = model.train().wv
    return keyed(wv.index_to_key, model.vocabulary.counts, wv.vectors)


def _gensim(
    sentences: Sentences, architecture: str, given: dict[str, Any]
) -> KeyedVectors:
    module = import_module("gensim.models.word2vec")
    model = module.Word2Vec(sentences, sg=int(architecture == "skipgram"), **given)
    words = model.wv.index_to_key
    counts = [model.wv.get_vecattr(word, "count") for word in words]
    return keyed(words, counts, model.wv.vectors)
