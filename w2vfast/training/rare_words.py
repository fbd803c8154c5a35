"""A larger learning rate for rows with few updates: rare words, and small corpora.

A word that a run visits n times has its learning rate multiplied by

    f(n) = min(MAX_FACTOR, max(1, (VISITS / n) ** p))

in both matrices. n counts the tokens that subsampling keeps, over all epochs. The step
bound (kernels/_sgd.pxd) applies to the larger rate too. The measurements are in
docs/explanation/algorithm.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.sampling.subsampling import keep_probability

#: Visits from which on a word has the learning rate of the run.
VISITS = 5000.0
#: Largest factor.
MAX_FACTOR = 3.0


def rare_word_factors(
    counts: NDArray[np.int64],
    corpus_counts: NDArray[np.int64],
    sample: float,
    epochs: int,
    power: float,
) -> NDArray[np.float32]:
    """
    Return the factor on the learning rate of each word.

    Parameters
    ----------
    counts : int64, (words,)
        Occurrences that subsampling uses: those of the vocabulary.
    corpus_counts : int64, (words,)
        Occurrences in the corpus of the run.
    sample : float
        Subsampling threshold.
    epochs : int
        Epochs of the run.
    power : float
        p. 0 gives the factor 1 to all words.

    Returns
    -------
    float32, (words,)
        From 1 to `MAX_FACTOR`.
    """
    visits = epochs * corpus_counts * keep_probability(counts, sample)
    with np.errstate(divide="ignore"):  # a word without a visit has the largest factor
        factors = (VISITS / visits) ** power
    return np.clip(factors, 1, MAX_FACTOR).astype(np.float32)
