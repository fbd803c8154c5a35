"""A training task for w2vfast or a peer, and its results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.measure import Seconds
from harness.peers.registry import BOTH, NEGATIVE_SAMPLING
from harness.scores import Scores
from w2vfast import KeyedVectors

#: Parameters with the same name in w2vfast and gensim, in addition to `negative`.
SHARED = (
    *("vector_size", "window", "sample", "min_count"),
    *("alpha", "min_alpha", "epochs", "workers", "seed"),
)


@dataclass(frozen=True)
class Task:
    """The training to run. Contenders differ only in `contender` and `extra`."""

    contender: str
    corpus: str
    architecture: str = "skipgram"
    loss: str = NEGATIVE_SAMPLING
    vector_size: int = 100
    window: int = 5
    negative: int = 5
    sample: float = 1e-3
    min_count: int = 5
    alpha: float = 0.025
    min_alpha: float = 1e-4
    epochs: int = 5
    workers: int = 1
    seed: int = 1
    kernels: str = "auto"
    eval: str | None = None
    #: Parameters for w2vfast alone; they replace others with the same name.
    extra: dict[str, Any] = field(default_factory=dict)

    def shared(self) -> dict[str, Any]:
        """Return the parameters in `SHARED`."""
        return {name: getattr(self, name) for name in SHARED}

    @property
    def negatives(self) -> int:
        """Negatives for each pair; 0 if the loss has none."""
        return self.negative if self.loss in (NEGATIVE_SAMPLING, BOTH) else 0


@dataclass(frozen=True)
class Trained:
    """
    A trained model in the child process.

    `vectors` copies the vectors out of the model. It is called after the memory was
    measured.
    """

    scan: Seconds
    train: Seconds
    vectors: Callable[[], KeyedVectors]
    detail: str


@dataclass(frozen=True)
class Outcome:
    """
    The results of a task.

    Attributes
    ----------
    scan : Seconds
        Everything before training: reading, counting, initialisation.
    train : Seconds
    peak_mb : float or None
        Largest memory of the process by the end of training; Linux only.
    vocabulary : int
        Number of words.
    scores : dict of str to float
    detail : str
        The build or the switches that were used.
    """

    scan: Seconds
    train: Seconds
    peak_mb: float | None
    vocabulary: int
    scores: Scores
    detail: str
