"""
The arguments of a kernel call, for benchmarks that call the kernels directly.

Only this module imports the package-internal classes and functions that make them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import KernelArguments, padded_size, zero_embeddings
from w2vfast.kernels.embeddings import Embeddings, initial_embeddings
from w2vfast.training import prepare
from w2vfast.training.parameters import Parameters

__all__ = [
    "KernelArguments",
    "initial_matrices",
    "kernel_arguments",
    "padded_size",
    "zero_matrices",
]


def initial_matrices(words: int, p: Parameters) -> tuple[Embeddings, Embeddings]:
    """Return centre and outside vectors as they are before training."""
    centre = initial_embeddings(words, p.vector_size, p.seed)
    return centre, zero_embeddings(p.outside_rows(words), p.vector_size)


def zero_matrices(words: int, p: Parameters) -> tuple[Embeddings, Embeddings]:
    """Return zeros for centre and outside vectors; unread pages take no memory."""
    rows = words, p.outside_rows(words)
    centre, outside = (zero_embeddings(n, p.vector_size) for n in rows)
    return centre, outside


def kernel_arguments(
    p: Parameters,
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
    matrices: tuple[Embeddings, Embeddings],
) -> KernelArguments:
    """
    Return the arguments for training one run.

    Parameters
    ----------
    p : Parameters
    ids : int32, (tokens,)
        The encoded corpus.
    offsets : int64, (sentences + 1,)
        Where each sentence begins in `ids`.
    counts : int64, (words,)
        How often each word of the vocabulary occurs.
    matrices : pair of float32 arrays, (words, padded vector size)
        Centre and outside vectors.
    """
    return prepare.kernel_arguments(p, ids, offsets, counts, *matrices)
