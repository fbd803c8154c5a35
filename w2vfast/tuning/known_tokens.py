"""The tokens of a corpus that a vocabulary has, sentence by sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus


def known_tokens(
    corpus: Corpus, words: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return ids below `words` and the offsets of sentences: (n,), (sentences + 1,)."""
    known = corpus.ids < words
    before = np.concatenate([[0], np.cumsum(known)])
    offsets: NDArray[np.int64] = before[corpus.offsets].astype(np.int64)
    return corpus.ids[known], offsets
