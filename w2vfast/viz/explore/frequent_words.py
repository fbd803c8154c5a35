"""The most frequent words of a model, and their rotation onto another model."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.procrustes import orthogonal_map
from w2vfast.vectors.validation import Float32Array, check_finite
from w2vfast.wording import counted


@dataclass(frozen=True)
class FrequentWords:
    """
    The words of a page, with their vectors.

    Attributes
    ----------
    words : list of str, length n
        The most frequent first.
    vectors : float32 array, shape (n, d)
    counts : int64 array, shape (n,), or None
    """

    words: list[str]
    vectors: Float32Array
    counts: npt.NDArray[np.int64] | None

    @classmethod
    def of(cls, model: KeyedRows, top: int) -> FrequentWords:
        """
        Return the first `top` words of a model.

        Raises
        ------
        ValueError
            If there is only one word, or a value is NaN or infinite, which is
            possible in a file that is mapped.
        """
        words = model.index_to_key[:top]
        if len(words) < 2:
            raise ValueError(
                "1 word: expected at least 2, because a page compares them"
            )
        vectors = model.vectors[:top].astype(np.float32, copy=False)
        check_finite(vectors, words)
        return cls(words, vectors, None if model.counts is None else model.counts[:top])

    def aligned_to(self, other: FrequentWords) -> FrequentWords:
        """
        Return the words with vectors rotated onto those of `other`.

        The rotation brings the shared words as close together as possible.

        Warns
        -----
        UserWarning
            If the shared words are too few to fix a rotation.

        Raises
        ------
        ValueError
            If the dimensions differ, or no word is shared.
        """
        dimensions = other.vectors.shape[1]
        if self.vectors.shape[1] != dimensions:
            raise ValueError(
                "the compared vectors have "
                f"{counted(self.vectors.shape[1], 'dimension')}, expected "
                f"{dimensions}; train both with the same vector_size"
            )
        rows = {word: row for row, word in enumerate(other.words)}
        shared = [(i, rows[word]) for i, word in enumerate(self.words) if word in rows]
        if not shared:
            raise ValueError(
                "no shared words: expected at least one word in both; check that both "
                "use the same case and tokens"
            )
        if len(shared) <= dimensions:
            warnings.warn(
                f"the models share {counted(len(shared), 'word')}, and their vectors "
                f"have {counted(dimensions, 'dimension')}: a rotation fits so few "
                "words too well, so that movements look small; take a larger top",
                UserWarning,
                stacklevel=2,
            )
        own, others = np.array(shared).T
        rotation = orthogonal_map(self.vectors[own], other.vectors[others])
        return replace(self, vectors=(self.vectors @ rotation).astype(np.float32))
