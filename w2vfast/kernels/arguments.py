"""The arguments of a kernel call, the same object for every build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.checks import CheckedArguments, check_arguments

#: Rows of embedding matrices are padded to a multiple of this many floats.
PANEL_WIDTH = 16
#: Largest value of `streams`.
MAX_STREAMS = 16
#: Parts of a softmax that threads share in deterministic training; see _tiles.pxd.
VOCABULARY_PARTS = 8
LOSSES = (
    "negative_sampling",
    "softmax",
    "hierarchical_softmax",
    "negative_sampling+hierarchical_softmax",
)


#: An embedding matrix, as it is stored. All arithmetic is in float32.
Embeddings = NDArray[np.float32] | NDArray[np.float16]


def _no_scale() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


def _no_starts() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class KernelArguments(CheckedArguments):
    """
    The corpus, embedding matrices and parameters of one training run.

    Attributes
    ----------
    loss : str
        One of LOSSES.
    ids : int32, (tokens,)
        Word of every token, 0 or more. Ids of `words` or more are skipped.
    offsets : int64, (sentences + 1,)
        Where each sentence begins in the order of training; the last entry is the
        number of tokens. Positions of tokens refer to this order.
    keep_thresholds : uint32, (words,)
        A token is kept if the upper 32 bits of its random number are at most this.
    noise_accept, noise_alias : uint32 and int32, (words,)
        The alias table of the noise distribution.
    path_offsets, path_nodes, path_labels : int64, int32 and float32
        Hierarchical softmax: the path of word w consists of the outside rows
        path_nodes[path_offsets[w] : path_offsets[w + 1]], each with a label 1 or -1.
        With negative sampling too, outside has 2 * words rows: those of words, then
        those of nodes. A path then begins with the word's own row, labelled 1.
    max_path_length : int
        Number of nodes on the longest path.
    top_nodes : int
        Hierarchical softmax: the number of first nodes that a batch processes as a
        dense matrix, like shared negatives. It affects speed, not the objective.
    centre, outside : float32 or both float16, (words, row)
        The embedding matrices. Rows are padded with zeros to a multiple of 16. In
        float16, each batch rounds a row once; the loss must not be softmax. In
        hierarchical softmax the outside rows belong to the tree's nodes.
    seed : int
        0 to 2**64 - 1. All random decisions are functions of it.
    cbow : bool
        Predict the centre from its context instead of the reverse.
    window : int
        Largest distance to an outside word.
    shrink_windows : bool
        Whether each centre draws its window from 1 to `window`.
    weighted_windows : bool
        Skip-gram without hierarchical softmax: weight each pair by its distance d
        instead, (window + 1 - d) / window. That is the share of the windows from 1 to
        `window` that contain the pair. `shrink_windows` must be False.
    negative : int
        K, the number of negatives per positive pair.
    batch_size : int
        L, the number of centres in a batch.
    shared_negatives : int
        K', the number of negatives that a batch shares. 0 draws K fresh negatives for
        each pair of the batch.
    thin_gradients : bool
        Compute the gradients of shared negatives from every second hidden row of a
        batch, beginning with the first or the second at random, and double them.
        Hidden rows get their gradients from all negatives.
    cbow_mean : bool
        Average the context instead of adding it.
    cbow_exact : bool
        Give each context word its exact share of the gradient instead of the whole
        gradient, as word2vec.c does.
    block_size : int
        Tokens of a block. Batches never cross its ends; windows do.
    first_epoch, epochs, alpha, min_alpha
        The learning rate falls linearly from `alpha` to `min_alpha` over all tokens of
        epochs first_epoch … first_epoch + epochs - 1.
    alpha_interval : int
        Tokens between changes of the learning rate; 0 changes it with every batch.
    streams : int
        Deterministic training: the number of blocks that are trained side by side, see
        `reference.Rounds`. 0: ordinary training.
    vector_size : int
        Floats of a row before its padding, which is zero and is not computed. 0: the
        rows have no padding.
    bfloat16_products : bool
        Negative sampling: round the operands of the products of hidden rows and shared
        negatives to bfloat16: rows before both products, gradient factors before the
        second. Sums, and everything else, are float32.
    centre_scale, outside_scale : float32, (words,) or (0,)
        Factor on the learning rate of each row, 0 or more. Empty means 1 for all.
    starts : int64, (sentences,) or (0,)
        Where each sentence begins in `ids`, if `ids` are not in the order of training.
        Empty: at its offset.

    Raises
    ------
    TypeError, ValueError
        If an array does not fit the others, or a number is out of range. Without
        `starts` the ids are checked when the kernels read them.
    """

    loss: str
    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]
    keep_thresholds: NDArray[np.uint32]
    noise_accept: NDArray[np.uint32]
    noise_alias: NDArray[np.int32]
    path_offsets: NDArray[np.int64]
    path_nodes: NDArray[np.int32]
    path_labels: NDArray[np.float32]
    max_path_length: int
    top_nodes: int
    centre: Embeddings
    outside: Embeddings
    seed: int
    cbow: bool
    window: int
    shrink_windows: bool
    negative: int
    batch_size: int
    shared_negatives: int
    cbow_mean: bool
    cbow_exact: bool
    block_size: int
    first_epoch: int
    epochs: int
    alpha: float
    min_alpha: float
    thin_gradients: bool = False
    alpha_interval: int = 0
    streams: int = 0
    weighted_windows: bool = False
    vector_size: int = 0
    bfloat16_products: bool = False
    centre_scale: NDArray[np.float32] = field(default_factory=_no_scale)
    outside_scale: NDArray[np.float32] = field(default_factory=_no_scale)
    starts: NDArray[np.int64] = field(default_factory=_no_starts)

    def __post_init__(self) -> None:
        check_arguments(self, LOSSES, PANEL_WIDTH)

    @property
    def uses_negatives(self) -> bool:
        """Whether the loss includes negative sampling."""
        return self.loss.startswith("negative_sampling")

    @property
    def uses_paths(self) -> bool:
        """Whether the loss includes hierarchical softmax."""
        return self.loss.endswith("hierarchical_softmax")

    @property
    def pair_unit(self) -> int:
        """Weights of pairs are multiples of 1 / pair_unit."""
        return self.window if self.weighted_windows else 1

    @property
    def max_threads(self) -> int:
        """Number of threads that deterministic training can use."""
        return VOCABULARY_PARTS if self.loss == "softmax" else self.streams

    def ids_between(self, first: int, last: int) -> NDArray[np.int32]:
        """Return the ids of positions first … last - 1, in the order of training."""
        last = min(last, len(self.ids))
        if not len(self.starts) or first >= last:
            return self.ids[first:last]
        begin = int(np.searchsorted(self.offsets, first, "right")) - 1
        end = int(np.searchsorted(self.offsets, last - 1, "right"))
        lengths = np.diff(self.offsets[begin : end + 1].clip(first, last))
        shifts = self.starts[begin:end] - self.offsets[begin:end]
        places = np.arange(first, last) + shifts.repeat(lengths)
        ids: NDArray[np.int32] = self.ids[places]
        return ids

    @property
    def n_blocks(self) -> int:
        """Number of blocks in one epoch."""
        return -(-len(self.ids) // self.block_size)


def padded_size(vector_size: int) -> int:
    """Return the padded length of a row of `vector_size` floats."""
    return -(-vector_size // PANEL_WIDTH) * PANEL_WIDTH


def zero_embeddings(words: int, vector_size: int, dtype: Any = np.float32) -> Any:
    """Return a matrix of zeros: (words, padded size), aligned to 64 bytes."""
    row, size = padded_size(vector_size), np.dtype(dtype).itemsize
    space = np.zeros(words * row + 64 // size, dtype)
    start = -space.ctypes.data % 64 // size
    return space[start : start + words * row].reshape(words, row)
