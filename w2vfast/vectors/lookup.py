"""Words and their vectors: construction, look-up, copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.warning import warn_caller
from w2vfast.vectors.nearest import CosineIndex, Float64Array, normalise
from w2vfast.vectors.other_names import OtherNames
from w2vfast.vectors.queries import Vector, check_query_vector
from w2vfast.vectors.spelling import UnknownWordError
from w2vfast.vectors.validation import (
    Float32Array,
    VectorArray,
    check_counts,
    check_keys,
    check_vectors,
    index_keys,
)
from w2vfast.wording import counted


class KeyedRows(OtherNames):
    """
    Words, their vectors and their counts.

    `KeyedVectors` documents the parameters. The classes with queries, transforms and
    exports derive from this class.
    """

    index_to_key: list[str]
    key_to_index: dict[str, int]
    counts: npt.NDArray[np.int64] | None
    #: What a query warns of once; "" for nothing.
    _warning: str = ""

    def __init__(
        self,
        keys: Sequence[str],
        vectors: npt.NDArray[Any],
        counts: npt.NDArray[Any] | None = None,
    ) -> None:
        self.index_to_key = check_keys(keys)
        self.key_to_index = index_keys(self.index_to_key)
        self.vectors = vectors
        self.counts = None if counts is None else check_counts(counts, len(self))

    @property
    def vectors(self) -> VectorArray:
        """
        The vectors: shape (V, d), C-contiguous, read-only.

        The type is float32, or float16 after `to_float16`.
        """
        return self._cosine_index.vectors

    @vectors.setter
    def vectors(self, vectors: npt.NDArray[Any]) -> None:
        self._cosine_index = CosineIndex(check_vectors(vectors, self.index_to_key))

    def _float32(self) -> Float32Array:
        """Return the vectors as float32, without a copy if they are."""
        return self.vectors.astype(np.float32, copy=False)

    @property
    def vector_size(self) -> int:
        """Number of dimensions d."""
        return int(self.vectors.shape[1])

    @property
    def norms(self) -> Float64Array:
        """Euclidean lengths: float64, shape (V,), read-only. Computed at first use."""
        return self._cosine_index.norms

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        return key in self.key_to_index

    def __repr__(self) -> str:
        name = type(self).__name__
        return (
            f"<{name}: {counted(len(self), 'word')}, "
            f"{counted(self.vector_size, 'dimension')}>"
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the cached norms; see `__setstate__`."""
        state = self.__dict__.copy()
        state["vectors"] = state.pop("_cosine_index").vectors
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """
        Restore a copy.

        Copied arrays are writable. Assigning the vectors makes them read-only, so
        that the cached norms of the copy stay correct.
        """
        state = state.copy()
        vectors = state.pop("vectors")
        self.__dict__.update(state)
        self.vectors = vectors

    def __getitem__(self, key: str | Sequence[str]) -> VectorArray:
        """
        Return the vector of one word or of several words.

        Parameters
        ----------
        key : str or sequence of n str

        Returns
        -------
        float32 (or float16) array, shape (d,) or (n, d)
            A read-only view for one word, a copy for several words.

        Raises
        ------
        KeyError
            If a word is unknown. The message suggests known words.
        TypeError
            If `key` is neither a string nor a sequence of strings.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[1, 2], [3, 4.0]]))
        >>> wv["b"]
        array([3., 4.], dtype=float32)
        >>> wv[["b", "a"]]
        array([[3., 4.],
               [1., 2.]], dtype=float32)
        """
        if isinstance(key, str):
            vector: VectorArray = self.vectors[self._row(key)]
            return vector
        if not isinstance(key, Sequence):
            raise TypeError(
                f"wv[{key!r}]: expected a word or a list of words; for row 17 use "
                "wv.vectors[17]"
            )
        return self.vectors[self._rows(key)]

    def _row(self, key: str) -> int:
        """Return the row of a word; raise KeyError if the word is unknown."""
        if not isinstance(key, str):
            raise TypeError(f"{key!r}: expected a word (str), not {type(key).__name__}")
        try:
            return self.key_to_index[key]
        except KeyError:
            raise UnknownWordError(key, self.key_to_index) from None

    def _rows(self, words: Iterable[str], name: str = "words") -> npt.NDArray[np.intp]:
        """Return the rows of several words, shape (n,)."""
        if isinstance(words, str):
            raise TypeError(f"{name}={words!r}: expected a list of words, not a string")
        return np.array([self._row(word) for word in words], np.intp)

    def _warn_once(self) -> None:
        """Warn of what a query should know, at the first query."""
        if self._warning:
            message, self._warning = self._warning, ""
            warn_caller(message)

    def _unit_vector(self, item: str | Vector) -> Float64Array:
        """Return the vector of a word, or a given vector, scaled to length 1 (or 0)."""
        self._warn_once()
        if isinstance(item, str):
            return normalise(self.vectors[self._row(item)])
        return normalise(check_query_vector(item, self.vector_size))

    def _unit_vectors(self, items: Sequence[str | Vector]) -> Float64Array:
        """Return the vectors of n words or given vectors, scaled to length 1 (or 0)."""
        self._warn_once()
        if len(items) == 1:
            return self._unit_vector(items[0])[None]
        words = [item for item in items if isinstance(item, str)]
        rows = self.vectors[[self._row(word) for word in words]] if words else None
        if rows is not None and len(words) == len(items):
            return normalise(rows)
        vectors = np.empty((len(items), self.vector_size))
        if rows is not None:
            vectors[[isinstance(item, str) for item in items]] = rows
        for i, item in enumerate(items):
            if not isinstance(item, str):
                vectors[i] = check_query_vector(item, self.vector_size)
        return normalise(vectors)
