"""Corpora for measurements: parts of real ones, and made up ones of any vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2vfast import Corpus, Vocabulary

#: What the counts of a made up vocabulary add up to, about: even the rarest of some
#: millions of words has one.
TOTAL = 1e9


def part(
    corpus: Corpus, first: int, last: int, words: Sequence[str] | None = None
) -> Corpus:
    """Return tokens first..last-1 of a corpus as another one, sentences as they are."""
    last = min(last, len(corpus.ids))
    inside = (corpus.offsets > first) & (corpus.offsets < last)
    offsets = np.concatenate([[first], corpus.offsets[inside], [last]]) - first
    return Corpus.from_ids(corpus.ids[first:last], offsets, words)


def zipf(words: int, tokens: int, repeats: int = 1) -> Corpus:
    """
    Return one long sentence of words drawn in proportion to 1 / rank.

    Its vocabulary has all `words`, as a longer corpus would, even those that never
    were drawn. Real text says a word again soon after, so it finds more rows in the
    caches than this does.

    Parameters
    ----------
    words : int
        Size of the vocabulary.
    tokens : int
        Words to draw.
    repeats : int, default 1
        How often the text is said, so that its length is tokens * repeats.
    """
    share = 1 / np.arange(1, words + 1)
    total = np.cumsum(share)
    drawn = np.random.default_rng(1).random(tokens) * total[-1]
    ids = np.searchsorted(total, drawn).astype(np.int32)
    counts = np.maximum(1, np.rint(share * (TOTAL / total[-1]))).astype(np.int64)
    vocabulary = Vocabulary([str(i) for i in range(words)], counts)
    return Corpus.from_ids(np.resize(ids, tokens * repeats)).encode(vocabulary)
