"""The parameters of a model: defaults, bounds and error messages."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from w2vfast.kernels.arguments import LOSSES, PANEL_WIDTH, padded_size
from w2vfast.training import parameter_conflicts as conflicts
from w2vfast.training.misplaced_names import OF_CONSTRUCTOR, TRAIN_OPTIONS
from w2vfast.training.parameter_names import chosen_parameter, unknown_parameter
from w2vfast.training.parameter_values import (
    MAX_SEED,
    MAX_WHOLE,
    check_choice,
    finite_number,
    type_name,
    whole_number,
)

ARCHITECTURES = ("skipgram", "cbow")
#: Types of the numbers that the embedding matrices store.
DTYPES = ("float32", "float16")
#: Types that the operands of products with shared negatives are rounded to.
MATMUL_PRECISIONS = ("float32", "bfloat16")
#: Parameters that only losses with negative sampling have, with their defaults.
NEGATIVE_SAMPLING_DEFAULTS: dict[str, float | None] = {
    "negative": 5,
    "ns_exponent": 0.75,
    "shared_negatives": None,
}
#: Default initial learning rate, chosen by measurement (docs/explanation/algorithm.md).
#: With negative sampling it also depends on the corpus; see corpus_defaults.py.
DEFAULT_ALPHA = {
    "negative_sampling": {"skipgram": 0.025, "cbow": 0.075},
    "softmax": {"skipgram": 0.025, "cbow": 0.1},
    "hierarchical_softmax": {"skipgram": 0.025, "cbow": 0.05},
    "negative_sampling+hierarchical_softmax": {"skipgram": 0.025, "cbow": 0.05},
}
#: Smaller batches do not thin their gradients by default.
THINNED_BATCH_SIZE = 64
#: Nor do shorter runs: tokens of the vocabulary, times epochs.
THINNED_RUN = 40_000_000
#: Default number of centres in a batch, chosen by measurement (the same document).
DEFAULT_BATCH_SIZE = 128
#: Least number of corpus tokens per centre of a batch, so that an epoch has many steps.
TOKENS_PER_CENTRE = 1 << 14
#: Deterministic training: batches in a round, at most.
STREAMS = 4
#: Least number of corpus tokens per centre of a round: an epoch has many rounds.
TOKENS_PER_ROUND_CENTRE = 1 << 13
#: Default exponent of the larger learning rate for rows with few updates.
DEFAULT_RARE_POWER = 0.25
#: Default subsampling threshold of large corpora; see corpus_defaults.py.
DEFAULT_SAMPLE = 1e-4
#: Default negatives per batch for ``negative=5``; other values scale it.
DEFAULT_SHARED_NEGATIVES = 32
#: Tree nodes that a batch multiplies with all its hidden rows; changes speed only.
TOP_NODES = {"skipgram": 32, "cbow": 0}
#: Upper bound of the parameters that the size of the workspace depends on.
MAX_SIZE = 1 << 16
#: Largest size of the exponent of the noise distribution.
MAX_EXPONENT = 100
FLAGS = ("shrink_windows", "cbow_mean", "cbow_exact", "deterministic")
#: Values that files leave out, so that earlier commits read files with these values.
UNWRITTEN = {
    "dtype": ("float32",),
    "matmul_precision": ("float32",),
    "shuffle": (False, None),
    "thin_gradients": (False,),
}
#: Parameters that train() cannot change, because the existing vectors depend on them.
FIXED = (
    *("vector_size", "min_count", "max_final_vocab", "architecture", "loss", "seed"),
    "dtype",
)


@dataclass(frozen=True)
class Parameters:
    """The parameters of a model; see `Word2Vec` for the meaning of each."""

    vector_size: int = 100
    window: int = 5
    min_count: int = 5
    architecture: str = "skipgram"
    loss: str = "negative_sampling"
    negative: int | None = None
    ns_exponent: float | None = None
    sample: float = DEFAULT_SAMPLE
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
    alpha_interval: int = 0
    deterministic: bool = False
    thin_gradients: bool | None = None
    weighted_windows: bool | None = None
    rare_power: float = DEFAULT_RARE_POWER
    dtype: str = "float32"
    matmul_precision: str = "float32"
    shuffle: bool | None = None

    def __post_init__(self) -> None:
        for name in ("vector_size", "min_count", "epochs"):
            self._whole(name, 1)
        self._whole("window", 1, MAX_SIZE)
        self._whole("alpha_interval", 0)
        self._whole("seed", 0, MAX_SEED)
        self._choice("architecture", ARCHITECTURES)
        self._choice("loss", LOSSES)
        self._set_dtype()
        self._choice("matmul_precision", MATMUL_PRECISIONS)
        conflicts.check_products(self)
        self._set_loss_defaults()
        for name in ("sample", "min_alpha", "rare_power"):
            self._number(name, 0)
        self._number("alpha", 0, above=True)
        if self.uses_negatives:
            self._whole("negative", 1, MAX_SIZE)
            self._number("ns_exponent", -MAX_EXPONENT, MAX_EXPONENT)
        for name in FLAGS:
            self._choice(name, (True, False))
        self._choice("shuffle", (True, False, None))
        self._set_weighted_windows()
        self._whole("max_final_vocab", 2, optional=True)
        self._whole("chunk_size", 1, MAX_SIZE, optional=True)
        self._whole("shared_negatives", 0, MAX_SIZE, optional=True)
        self._choice("thin_gradients", (True, False, None))
        conflicts.check_thinning(self)
        conflicts.check_alphas(self)

    @property
    def cbow(self) -> bool:
        """Whether the centre is predicted from its context."""
        return self.architecture == "cbow"

    @property
    def uses_negatives(self) -> bool:
        """Whether the loss includes negative sampling."""
        return self.loss.startswith("negative_sampling")

    @property
    def rounds_products(self) -> bool:
        """Whether products with negatives are in bfloat16."""
        return self.matmul_precision == "bfloat16"

    @property
    def uses_tree(self) -> bool:
        """Whether the loss includes hierarchical softmax."""
        return self.loss.endswith("hierarchical_softmax")

    def outside_rows(self, words: int) -> int:
        """Return the rows of the outside matrix: words, tree nodes, or both."""
        return 2 * words if self.uses_negatives and self.uses_tree else words

    def word_rows(self, words: int) -> int:
        """Return how many rows of the outside matrix, the first, belong to words."""
        return 0 if self.uses_tree and not self.uses_negatives else words

    @property
    def number_bytes(self) -> int:
        """Bytes of a number of the embedding matrices."""
        return np.dtype(self.dtype).itemsize

    @property
    def initial_alpha(self) -> float:
        """The initial learning rate: alpha, or its default."""
        return self.alpha or 0.0

    def batch_size(self, words: int, tokens: int) -> int:
        """
        Return L, the number of centres in a batch.

        Parameters
        ----------
        words : int
            Size of the vocabulary.
        tokens : int
            Occurrences of all words in the training corpus.

        Notes
        -----
        By default a small vocabulary gets small batches, because repeated words in a
        batch reduce the progress of an epoch. A small corpus gets small batches,
        because an epoch of few batches takes few steps.
        """
        largest, most = DEFAULT_BATCH_SIZE, tokens // TOKENS_PER_CENTRE
        if self.loss == "softmax":
            largest = padded_size(self.vector_size)
        elif self.deterministic:
            most = _round_centres(words, tokens) // 2
        return self.chunk_size or max(1, min(largest, words // 8, most))

    def n_streams(self, words: int, tokens: int) -> int:
        """
        Return the number of batches in a round of deterministic training, else 0.

        All batches of a round read the same vectors. So a small vocabulary or a small
        corpus limits the centres of all of them, as it limits a batch. Softmax has one
        batch; threads share its vocabulary.
        """
        if not self.deterministic:
            return 0
        most = 1 if self.loss == "softmax" else STREAMS
        centres = _round_centres(words, tokens)
        return max(1, min(most, centres // self.batch_size(words, tokens)))

    @property
    def n_shared_negatives(self) -> int:
        """K', the number of negatives that a batch shares; 0 for fresh negatives."""
        if self.shared_negatives is not None:
            return self.shared_negatives
        panels = round(
            DEFAULT_SHARED_NEGATIVES * (self.negative or 0) / 5 / PANEL_WIDTH
        )
        return max(1, panels) * PANEL_WIDTH

    @property
    def may_weight_windows(self) -> bool:
        """Whether pairs can be weighted by their distance."""
        return self.shrink_windows and not self.cbow and not self.uses_tree

    @property
    def may_thin_gradients(self) -> bool:
        """Whether the gradients of negatives can be thinned."""
        shared = self.uses_negatives and self.n_shared_negatives > 0
        return shared and not self.rounds_products

    def thins_gradients(self, words: int, tokens: int) -> bool:
        """
        Return whether every second hidden row of a batch gives negatives gradients.

        The parameters are those of `batch_size`.
        """
        if self.thin_gradients is not None:
            return self.thin_gradients
        large = self.batch_size(words, tokens) >= THINNED_BATCH_SIZE
        return self.may_thin_gradients and large and tokens * self.epochs >= THINNED_RUN

    def override(self, **changes: Any) -> Parameters:
        """Return the parameters with some changed; TypeError if one is fixed."""
        free = [f.name for f in fields(self) if f.name not in FIXED]
        for name, value in changes.items():
            if fixed := chosen_parameter(name, FIXED):
                raise TypeError(
                    f"{fixed} is fixed once the model exists; train() takes "
                    f"{', '.join(free)}"
                )
            if name not in free:
                known = [*free, *TRAIN_OPTIONS]
                raise unknown_parameter("train", name, value, known, OF_CONSTRUCTOR)
        if changes.get("shrink_windows") is False:
            changes.setdefault("weighted_windows", False)
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Return names and values, for a file."""
        values = asdict(self).items()
        return {k: v for k, v in values if v not in UNWRITTEN.get(k, ())}

    def _set_dtype(self) -> None:
        """Check the type of the matrices; store its name."""
        name = type_name("dtype", self.dtype, DTYPES)
        object.__setattr__(self, "dtype", name)
        conflicts.check_matrices(self)

    def _set_loss_defaults(self) -> None:
        """Set the defaults of the loss; reject parameters of other losses."""
        for name, default in NEGATIVE_SAMPLING_DEFAULTS.items():
            value = getattr(self, name)
            if self.uses_negatives and value is None:
                object.__setattr__(self, name, default)
            elif not self.uses_negatives and value is not None:
                names = ", ".join(NEGATIVE_SAMPLING_DEFAULTS)
                raise conflicts.negatives_error(self, name, value, names)
        conflicts.check_cbow(self)
        if self.alpha is None:
            object.__setattr__(
                self, "alpha", DEFAULT_ALPHA[self.loss][self.architecture]
            )

    def _set_weighted_windows(self) -> None:
        """Set the default of weighted_windows; reject it where it has no meaning."""
        if self.weighted_windows is None:
            object.__setattr__(self, "weighted_windows", self.may_weight_windows)
        self._choice("weighted_windows", (True, False))
        conflicts.check_windows(self)

    def _whole(
        self, name: str, least: int, most: int = MAX_WHOLE, *, optional: bool = False
    ) -> None:
        """Check and convert a whole number; an optional one may be None."""
        value = getattr(self, name)
        if value is not None or not optional:
            default = getattr(Parameters, name, None)
            value = whole_number(name, value, default, least, most)
            object.__setattr__(self, name, value)

    def _number(
        self, name: str, least: float, most: float = math.inf, *, above: bool = False
    ) -> None:
        """Check and convert a number; `above` excludes `least`."""
        value = finite_number(name, getattr(self, name), least, most, above=above)
        object.__setattr__(self, name, value)

    def _choice(self, name: str, choices: tuple[Any, ...]) -> None:
        check_choice(name, getattr(self, name), choices)


def _round_centres(words: int, tokens: int) -> int:
    """Return the largest number of centres in a round of deterministic training."""
    return min(words // 8, tokens // TOKENS_PER_ROUND_CENTRE)
