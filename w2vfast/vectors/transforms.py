"""Make other vectors of the words, or vectors of other words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.nearest import normalise
from w2vfast.vectors.procrustes import orthogonal_map
from w2vfast.vectors.validation import (
    check_counts,
    check_keys,
    check_vectors,
    first_non_finite,
    index_keys,
)
from w2vfast.wording import counted


class Transforms(KeyedRows):
    """Methods of `KeyedVectors` that add words or return transformed vectors."""

    def subset(self, keys: Iterable[str]) -> Self:
        """
        Return new vectors with only the given words, in the given order.

        Parameters
        ----------
        keys : iterable of n str
            Distinct words.

        Returns
        -------
        KeyedVectors
            n words with copies of their vectors and counts.

        Raises
        ------
        KeyError
            If a word is unknown.
        TypeError
            If `keys` is a string.
        ValueError
            If `keys` is empty or a word occurs twice.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b", "c"], np.eye(3), counts=np.array([9, 5, 4]))
        >>> part = wv.subset(["c", "a"])
        >>> part.index_to_key, part.counts.tolist()
        (['c', 'a'], [4, 9])
        """
        rows = self._rows(keys, "keys")
        words = [self.index_to_key[row] for row in rows]
        counts = None if self.counts is None else self.counts[rows]
        return type(self)(words, self.vectors[rows], counts)

    def add(
        self,
        keys: str | Sequence[str],
        vectors: npt.NDArray[Any],
        counts: npt.NDArray[Any] | Sequence[int] | None = None,
        *,
        replace: bool = False,
    ) -> None:
        """
        Add words at the end of the table; queries find them at once.

        The object changes in place. If an argument is wrong, nothing changes. Each
        call copies the whole table, so add many words with one call.

        Parameters
        ----------
        keys : sequence of n str, or str
            Distinct words.
        vectors : float array, shape (n, d); (d,) for a single word
            Finite numbers.
        counts : int array, shape (n,), optional
            How often each word occurs; 0 by default if these vectors have counts.
        replace : bool, default False
            What happens to words that are known already. True replaces their vectors,
            and their counts if `counts` is given. False raises ValueError.

        Raises
        ------
        TypeError
            If a key is not a string, or the arrays do not hold numbers.
        ValueError
            If a word occurs twice or is known already, a shape is wrong, a value is
            not finite, or `counts` is given for vectors without counts.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[1, 0], [0, 1.0]]))
        >>> wv.add(["c"], np.array([[1, 0.1]]))
        >>> wv.most_similar("a", topn=1)[0][0]
        'c'
        """
        if isinstance(keys, str):
            keys, vectors = [keys], np.asarray(vectors)[None]
        words = check_keys(keys)
        index_keys(words)
        new = check_vectors(vectors, words)
        if new.shape[1] != self.vector_size:
            raise ValueError(
                f"{counted(new.shape[1], 'column')}, expected {self.vector_size} as in "
                "these vectors"
            )
        if counts is not None and self.counts is None:
            raise ValueError(
                "counts given, but these vectors have no counts; leave out counts, or "
                "make a KeyedVectors with counts for all words first"
            )
        known = [word for word in words if word in self.key_to_index]
        if known and not replace:
            raise ValueError(
                f"not new: {len(known):,} of {len(words):,}, such as {known[0]!r}; "
                "expected new words; pass replace=True to replace their vectors"
            )
        all_keys = self.index_to_key + [w for w in words if w not in self.key_to_index]
        rows_of = index_keys(all_keys)
        rows = np.array([rows_of[word] for word in words])
        table = np.zeros((len(all_keys), self.vector_size), self.vectors.dtype)
        table[: len(self)] = self.vectors
        with np.errstate(over="ignore"):
            table[rows] = new
        all_counts = None
        if self.counts is not None:
            all_counts = np.zeros(len(all_keys), np.int64)
            all_counts[: len(self)] = self.counts
            if counts is not None:
                all_counts[rows] = check_counts(np.asarray(counts), len(words))
        table = check_vectors(table, all_keys)
        # Assign new lists: a shallow copy of this object keeps its own.
        self.index_to_key: list[str] = all_keys
        self.key_to_index: dict[str, int] = rows_of
        self.counts = all_counts
        self.vectors = table

    def unit_normalized(self) -> Self:
        """
        Return new vectors of length 1; vectors of zeros stay zeros.

        Returns
        -------
        KeyedVectors
            float32, with the same words and counts.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "zero"], np.array([[3, 4], [0, 0.0]]))
        >>> wv.unit_normalized()["a"]
        array([0.6, 0.8], dtype=float32)
        """
        units = np.empty(self.vectors.shape, np.float32)
        for block in row_blocks(self.vectors):
            units[block] = normalise(self.vectors[block])
        return self._with_vectors(units)

    def to_float16(self) -> Self:
        """
        Return the vectors as float16, which take half of the memory.

        Queries work as before, with the rounded vectors. A value keeps 11 significant
        bits. Files are written as float32.

        Returns
        -------
        KeyedVectors
            With the same words and counts.

        Raises
        ------
        ValueError
            If a value is above 65504, the largest number in float16.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[1, 0.1], [0, 1]])).to_float16()
        >>> wv["a"]
        array([1. , 0.1], dtype=float16)
        """
        with np.errstate(over="ignore"):
            halves = self.vectors.astype(np.float16)
        if (row := first_non_finite(halves)) is not None:
            raise ValueError(
                f"the vector of {self.index_to_key[row]!r} (row {row}) holds a number "
                "above 65504, the largest in float16; expected smaller numbers; try "
                "unit_normalized().to_float16()"
            )
        return self._with_vectors(halves)

    def all_but_the_top(self, n_directions: int | None = None) -> Self:
        """
        Return vectors without their mean and their first principal directions.

        This often improves word similarity (Mu and Viswanath, "All-but-the-Top",
        arXiv:1702.01417, algorithm 1).

        Parameters
        ----------
        n_directions : int, optional
            Number of directions to remove, from 0 to d. None means d / 100 rounded,
            at least 1, as the authors advise.

        Returns
        -------
        KeyedVectors
            float32, with the same words and counts.

        Raises
        ------
        ValueError
            If `n_directions` is out of range.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[9, 1], [5, 1.0]]))
        >>> wv.all_but_the_top(0).vectors.tolist()
        [[2.0, 0.0], [-2.0, 0.0]]
        """
        if n_directions is None:
            n_directions = max(1, round(self.vector_size / 100))
        from w2vfast.vectors.principal import CommonPart

        common = CommonPart.of(self.vectors, n_directions)
        rest = np.empty(self.vectors.shape, np.float32)
        for block in row_blocks(self.vectors):
            rest[block] = common.remove(self.vectors[block])
        return self._with_vectors(rest)

    def align_to(self, other: KeyedRows, keys: Iterable[str] | None = None) -> Self:
        """
        Return these vectors, rotated onto the vectors of another training.

        Two trainings have no common axes, so that their vectors cannot be compared.
        The rotation makes vectors of shared words as close as possible: the orthogonal
        Procrustes problem (Schönemann 1966, doi:10.1007/BF02289451; for word vectors
        arXiv:1605.09096). Cosines and lengths within these vectors do not change.

        Parameters
        ----------
        other : KeyedVectors
            With the same number of dimensions.
        keys : iterable of str, optional
            Words that determine the rotation; both must have them. By default all
            shared words. They count equally, whatever the length of their vectors.

        Returns
        -------
        KeyedVectors
            float32, with the words and counts of this object.

        Raises
        ------
        KeyError
            If one of `keys` is unknown.
        ValueError
            If the dimensions differ or no word is shared.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> old = KeyedVectors(["a", "b"], np.array([[1, 0], [0, 1.0]]))
        >>> new = KeyedVectors(["b", "a", "c"], np.array([[1, 0], [0, 1], [0, 2.0]]))
        >>> new.align_to(old)["c"]
        array([2., 0.], dtype=float32)
        """
        if other.vector_size != self.vector_size:
            raise ValueError(
                f"other has {counted(other.vector_size, 'dimension')}, expected "
                f"{self.vector_size}; train both with the same vector_size"
            )
        shared = [w for w in self if w in other] if keys is None else list(keys)
        if not shared:
            raise ValueError(
                "no shared words: expected at least one word in both; check that both "
                "use the same case and tokens"
            )
        rotation = orthogonal_map(
            self.vectors[self._rows(shared)], other.vectors[other._rows(shared)]
        )
        rotated = np.empty(self.vectors.shape, np.float32)
        for block in row_blocks(self.vectors):
            rotated[block] = self.vectors[block] @ rotation
        return self._with_vectors(rotated)

    def _with_vectors(self, vectors: npt.NDArray[Any]) -> Self:
        """Return an object with the same words and counts and the given vectors."""
        return type(self)(self.index_to_key, vectors, self.counts)
