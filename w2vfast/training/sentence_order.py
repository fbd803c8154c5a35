"""The order of sentences in training: that of the corpus, or a random one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Tells the random numbers of the order from those of the initial vectors.
_STREAM = 1


def shuffled_sentences(
    offsets: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Return a random order of sentences, which is a function of the seed.

    Neighbouring sentences of a text are about the same things, so that steps in the
    order of the text repeat each other for a while. A random order mixes them. The ids
    stay where they are.

    Parameters
    ----------
    offsets : int64, (sentences + 1,)
        Where each sentence begins in the corpus, and the number of tokens.
    seed : int
        0 to 2**64 - 1.

    Returns
    -------
    offsets : int64, (sentences + 1,)
        Where each sentence begins in the new order, and the number of tokens.
    starts : int64, (sentences,)
        Where it begins in the corpus.
    """
    random = np.random.Generator(np.random.PCG64([seed, _STREAM]))
    order = random.permutation(len(offsets) - 1)
    ends = np.zeros_like(offsets)
    np.cumsum(np.diff(offsets)[order], out=ends[1:])
    return ends, offsets[order]
