"""Everything that a kernel call reads, in one object for every build."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PANEL_WIDTH = 16
LOSSES = (
    "negative_sampling",
    "softmax",
    "hierarchical_softmax",
    "negative_sampling+hierarchical_softmax",
)


def _no_scale() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class KernelArguments:
    """
    Corpus, tables, parameters of one training run.

    Attributes
    ----------
    loss : str
        One of LOSSES.
    ids : int32, (tokens,)
        Word of every token; those not below `words` are passed over.
    offsets : int64, (sentences + 1,)
        Where each sentence begins in `ids`.
    keep_thresholds : uint32, (words,)
        A token is kept where the high half of its random number is at most this.
    noise_accept, noise_alias : uint32 and int32, (words,)
        The alias table that negatives are drawn from.
    path_offsets, path_nodes, path_labels : int64, int32 and float32
        Hierarchical softmax: word w aims at the outside rows
        path_nodes[path_offsets[w] : path_offsets[w + 1]], each with a label 1 or -1.
        With negative sampling too, the path begins with w's own row, labelled 1.
    max_path_length : int
        Nodes of the longest path.
    top_nodes : int
        Hierarchical softmax: how many nodes from 0 up a chunk treats as it does shared
        negatives, all hidden rows against all of them; no more than speed is at stake.
    centre, outside : float32, (words, row)
        The parameters; rows padded with zeros to `row`, a multiple of 16. In
        hierarchical softmax the outside rows belong to the tree's nodes.
    seed : int
        64 bits that all random decisions are a function of.
    cbow : bool
        Predict the centre from its context instead of the reverse.
    window, shrink_windows
        Largest distance to an outside word; whether each centre draws its own
        from 1 to `window`.
    negative : int
        K, negatives per positive pair.
    batch_size, shared_negatives : int
        L, centres per chunk, and K', negatives shared by a chunk; K' = 0 draws K
        fresh ones for each pair of the chunk.
    cbow_mean, cbow_exact : bool
        Average the context instead of adding it up; give each context word its
        true share of the gradient instead of all of it, as word2vec.c does.
    block_size : int
        Tokens of a work unit. Chunks never cross its ends; windows do.
    first_epoch, epochs, alpha, min_alpha
        The learning rate falls from `alpha` to `min_alpha` in a straight line
        over all tokens of epochs first_epoch … first_epoch + epochs - 1.
    alpha_interval : int
        Tokens between changes of the learning rate; 0 changes it with every batch.
    centre_scale, outside_scale : float32, (words,) or (0,)
        Factor on the step of each row, 0 or more; empty means 1 for all rows.
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
    centre: NDArray[np.float32]
    outside: NDArray[np.float32]
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
    alpha_interval: int = 0
    centre_scale: NDArray[np.float32] = field(default_factory=_no_scale)
    outside_scale: NDArray[np.float32] = field(default_factory=_no_scale)

    @property
    def uses_negatives(self) -> bool:
        """Whether negatives are drawn."""
        return self.loss.startswith("negative_sampling")

    @property
    def uses_paths(self) -> bool:
        """Whether a target word stands for the rows of its path."""
        return self.loss.endswith("hierarchical_softmax")

    @property
    def n_blocks(self) -> int:
        """Number of work units in one epoch."""
        return -(-len(self.ids) // self.block_size)


def padded_size(vector_size: int) -> int:
    """Return the length of a table's row that holds `vector_size` numbers."""
    return -(-vector_size // PANEL_WIDTH) * PANEL_WIDTH


def zero_embeddings(words: int, vector_size: int) -> NDArray[np.float32]:
    """Return a table of zeros, float32 (words, padded size), aligned to 64 bytes."""
    row = padded_size(vector_size)
    space = np.zeros(words * row + PANEL_WIDTH, np.float32)
    start = -(space.ctypes.data // 4) % PANEL_WIDTH
    return space[start : start + words * row].reshape(words, row)
