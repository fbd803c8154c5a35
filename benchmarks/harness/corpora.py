"""Corpora to measure with: parts of real ones, and synthetic ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2vfast import Corpus, Vocabulary

#: Approximate sum of the counts in a synthetic vocabulary. It is so large that the
#: rarest of several million words still has a count above 1.
TOTAL = 1e9


def part(
    corpus: Corpus, first: int, last: int, words: Sequence[str] | None = None
) -> Corpus:
    """Return tokens first..last-1 of a corpus with their sentence boundaries."""
    last = min(last, len(corpus.ids))
    inside = (corpus.offsets > first) & (corpus.offsets < last)
    offsets = np.concatenate([[first], corpus.offsets[inside], [last]]) - first
    return Corpus.from_ids(corpus.ids[first:last], offsets, words)


def zipf(words: int, tokens: int, repeats: int = 1) -> Corpus:
    """
    Return one long sentence of words drawn in proportion to 1 / rank.

    The vocabulary contains all `words`, even words that were never drawn. Real text
    repeats a word within a short distance more often. Its rows are therefore in the
    caches more often than rows of this text.

    Parameters
    ----------
    words : int
        Size of the vocabulary.
    tokens : int
        Number of tokens to draw.
    repeats : int, default 1
        The text is the drawn tokens, `repeats` times.
    """
    share = 1 / np.arange(1, words + 1)
    total = np.cumsum(share)
    drawn = np.random.default_rng(1).random(tokens) * total[-1]
    ids = np.searchsorted(total, drawn).astype(np.int32)
    counts = np.maximum(1, np.rint(share * (TOTAL / total[-1]))).astype(np.int64)
    vocabulary = Vocabulary([str(i) for i in range(words)], counts)
    return Corpus.from_ids(np.resize(ids, tokens * repeats)).encode(vocabulary)
