"""The parameters of a model: their defaults, their bounds, what is wrong with them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from w2vfast.kernels.arguments import LOSSES, PANEL_WIDTH, padded_size

ARCHITECTURES = ("skipgram", "cbow")
#: Parameters that only negative sampling has, and their defaults.
SAMPLING = {"negative": 5, "ns_exponent": 0.75, "shared_negatives": None}
#: Learning rate to begin with, by measurement (docs/algorithm.md).
ALPHA = {
    "negative_sampling": {"skipgram": 0.025, "cbow": 0.05},
    "softmax": {"skipgram": 0.025, "cbow": 0.1},
    "hierarchical_softmax": {"skipgram": 0.025, "cbow": 0.05},
}
#: Centres per chunk, by measurement (docs/algorithm.md has the table).
CHUNK_SIZE = 128
#: Negatives that a chunk shares, for each 5 of `negative`.
SHARED = {"skipgram": 32, "cbow": 16}
#: Nodes of the tree that all of a chunk is multiplied with; for speed alone.
TOP = {"skipgram": 32, "cbow": 0}
#: Bound of the parameters that working memory grows with.
MOST = 1 << 16
#: What a model is made of; train() can't change it afterwards.
FIXED = ("vector_size", "min_count", "max_final_vocab", "architecture", "loss", "seed")


@dataclass(frozen=True)
class Parameters:
    """What `Word2Vec` was asked for; see there for the meaning of each."""

    vector_size: int = 100
    window: int = 5
    min_count: int = 5
    architecture: str = "skipgram"
    loss: str = "negative_sampling"
    negative: int | None = None
    ns_exponent: float | None = None
    sample: float = 1e-3
    alpha: float | None = None
    min_alpha: float = 1e-4
    epochs: int = 5
    seed: int = 1
    max_final_vocab: int | None = None
    shrink_windows: bool = True
    cbow_mean: bool = True
    cbow_exact: bool = False
    chunk_size: int | None = None
    shared_negatives: int | None = None

    def __post_init__(self) -> None:
        for name in ("vector_size", "window", "min_count", "epochs"):
            self._whole(name, 1)
        self._whole("seed", 0)
        self._choice("architecture", ARCHITECTURES)
        self._choice("loss", LOSSES)
        self._complete()
        for name in ("sample", "min_alpha"):
            self._number(name, 0)
        self._number("alpha", 0)
        if self.samples:
            self._whole("negative", 1)
            self._number("ns_exponent", -math.inf)
        for name in ("shrink_windows", "cbow_mean", "cbow_exact"):
            self._choice(name, (True, False))
        self._whole("max_final_vocab", 2, optional=True)
        self._whole("chunk_size", 1, optional=True)
        self._whole("shared_negatives", 0, optional=True)
        for name in ("window", "negative", "chunk_size", "shared_negatives"):
            if (getattr(self, name) or 0) > MOST:
                raise ValueError(f"{name}={getattr(self, name)}: expected up to {MOST}")
        if not self.min_alpha <= self.rate or self.rate == 0:
            raise ValueError(
                f"alpha={self.alpha}, min_alpha={self.min_alpha}: expected "
                "0 <= min_alpha <= alpha and alpha > 0"
            )

    @property
    def cbow(self) -> bool:
        """Whether the centre is predicted from its context."""
        return self.architecture == "cbow"

    @property
    def samples(self) -> bool:
        """Whether negatives are drawn."""
        return self.loss == "negative_sampling"

    @property
    def rate(self) -> float:
        """The learning rate to begin with; alpha, which is never None any more."""
        return self.alpha or 0.0

    def chunk_for(self, words: int) -> int:
        """Return L: by default fewer centres where few words make many repeats."""
        most = padded_size(self.vector_size) if self.loss == "softmax" else CHUNK_SIZE
        return self.chunk_size or max(1, min(most, words // 8))

    @property
    def shared(self) -> int:
        """K', the negatives that a chunk shares; 0 = none."""
        if self.shared_negatives is not None:
            return self.shared_negatives
        wanted = SHARED[self.architecture] * (self.negative or 0) / 5
        return max(1, round(wanted / PANEL_WIDTH)) * PANEL_WIDTH

    def override(self, **changes: Any) -> Parameters:
        """Return the parameters with some changed, if they can be."""
        free = [f.name for f in fields(self) if f.name not in FIXED]
        for name in changes:
            if name not in free:
                why = (
                    "is fixed once the model exists" if name in FIXED else "is unknown"
                )
                raise TypeError(f"{name} {why}; train() takes {', '.join(free)}")
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Return names and values, for a file."""
        return asdict(self)

    def _complete(self) -> None:
        """Set what depends on the loss, or refuse it."""
        for name, default in SAMPLING.items():
            value = getattr(self, name)
            if self.samples and value is None:
                object.__setattr__(self, name, default)
            elif not self.samples and value is not None:
                with_it = "loss='negative_sampling'"
                raise ValueError(
                    f"{name}={value!r} with loss={self.loss!r}: only {with_it} has "
                    f"{', '.join(SAMPLING)}; leave {name} out, or pass {with_it}"
                )
        if not self.cbow and (self.cbow_exact is True or self.cbow_mean is False):
            raise ValueError(
                f"cbow_mean={self.cbow_mean}, cbow_exact={self.cbow_exact} with "
                f"architecture={self.architecture!r}: these are switches of "
                "architecture='cbow'; leave them out, or pass that"
            )
        if self.alpha is None:
            object.__setattr__(self, "alpha", ALPHA[self.loss][self.architecture])

    def _whole(self, name: str, least: int, *, optional: bool = False) -> None:
        value = getattr(self, name)
        if value is None and optional:
            return
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name}={value!r}: expected a whole number")
        if not least <= value < 2**31 and not (name == "seed" and 0 <= value < 2**64):
            raise ValueError(f"{name}={value}: expected a whole number from {least} up")
        object.__setattr__(self, name, int(value))

    def _number(self, name: str, least: float) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            raise TypeError(f"{name}={value!r}: expected a number")
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
        if not (math.isfinite(value) and value >= least):
            bound = "a finite number" if least < 0 else f"a number of at least {least}"
            raise ValueError(f"{name}={value}: expected {bound}")
        object.__setattr__(self, name, value)

    def _choice(self, name: str, choices: tuple[Any, ...]) -> None:
        value = getattr(self, name)
        if not any(value is c or (isinstance(c, str) and value == c) for c in choices):
            known = ", ".join(repr(choice) for choice in choices)
            raise ValueError(f"{name}={value!r}: expected one of {known}")
