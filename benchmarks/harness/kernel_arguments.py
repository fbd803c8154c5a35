"""
The arguments of a kernel call, for benchmarks that call the kernels directly.

Only this module imports the package-internal classes and functions that make them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.embeddings import Table, first_tables
from w2vfast.kernels.job import Job as KernelArguments
from w2vfast.kernels.job import empty_table, padded
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import make_job

__all__ = [
    "KernelArguments",
    "initial_matrices",
    "kernel_arguments",
    "padded",
    "zero_matrices",
]


def initial_matrices(words: int, p: Parameters) -> tuple[Table, Table]:
    """Return centre and outside vectors as they are before training."""
    return first_tables(words, p.vector_size, p.seed)


def zero_matrices(words: int, p: Parameters) -> tuple[Table, Table]:
    """Return zeros for centre and outside vectors; unread pages take no memory."""
    centre, outside = (empty_table(words, p.vector_size) for _ in range(2))
    return centre, outside


def kernel_arguments(
    p: Parameters,
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
    matrices: tuple[Table, Table],
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
    return make_job(p, ids, offsets, counts, *matrices)
