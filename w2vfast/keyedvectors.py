"""Look up, compare and store finished word vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import error_context
from w2vfast.io.formats import read_vectors, write_vectors
from w2vfast.io.word2vec_format import read_word2vec, write_word2vec
from w2vfast.vectors.nearest import Ranking, normalise
from w2vfast.vectors.queries import (
    Query,
    Vector,
    check_vector,
    weighted_items,
    weighted_sum,
)
from w2vfast.vectors.validation import (
    Float32Array,
    check_counts,
    check_keys,
    check_vectors,
    index_keys,
)

Neighbours = list[tuple[str, float]]

TILE = 256  # queries answered at a time


class KeyedVectors:
    """
    Words and their vectors.

    `vectors` is read-only, so that norms are never out of date. To change vectors,
    change a copy and assign it::

        new = wv.vectors.copy()
        new[wv.key_to_index["king"]] += 1
        wv.vectors = new

    Parameters
    ----------
    keys : sequence of str
        V distinct words, the most frequent first.
    vectors : float array, shape (V, d)
        Kept without a copy where it is float32 and C-contiguous; the caller must not
        change it afterwards.
    counts : int array, shape (V,), optional
        How often each word was seen.

    Attributes
    ----------
    index_to_key : list of str
    key_to_index : dict of str to int
    counts : int64 array, shape (V,), or None

    Raises
    ------
    ValueError
        If a key comes twice, lengths differ, or a vector holds NaN or infinity.
    TypeError
        If a key is no string or the arrays don't hold numbers.
    """

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
    def vectors(self) -> Float32Array:
        """The vectors: float32, shape (V, d), C-contiguous, read-only."""
        return self._ranking.vectors

    @vectors.setter
    def vectors(self, vectors: npt.NDArray[Any]) -> None:
        self._ranking = Ranking(check_vectors(vectors, self.index_to_key))

    @property
    def vector_size(self) -> int:
        """Number of dimensions d."""
        return int(self.vectors.shape[1])

    @property
    def norms(self) -> npt.NDArray[np.float64]:
        """Euclidean lengths, float64, shape (V,); computed when first needed."""
        return self._ranking.norms

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        return key in self.key_to_index

    def __repr__(self) -> str:
        return f"<KeyedVectors: {len(self)} words, {self.vector_size} dimensions>"

    def __getitem__(self, key: str | Sequence[str]) -> Float32Array:
        """
        Return the vector of a word, or those of several.

        Parameters
        ----------
        key : str or sequence of str
            One word, or n words.

        Returns
        -------
        vectors : float32 array, shape (d,) or (n, d)
            A read-only view for one word, a copy for several.

        Raises
        ------
        KeyError
            If a word is unknown.
        """
        if isinstance(key, str):
            row: Float32Array = self.vectors[self._find(key)]
            return row
        if not isinstance(key, Sequence):
            raise TypeError(
                f"wv[{key!r}]: expected a word or a list of words; "
                "rows are found by number in wv.vectors"
            )
        return self.vectors[[self._find(one) for one in key]]

    def _find(self, key: str) -> int:
        if not isinstance(key, str):
            raise TypeError(f"{key!r}: expected a word (str), not {type(key).__name__}")
        try:
            return self.key_to_index[key]
        except KeyError:
            raise KeyError(
                f"{key!r} is not among the {len(self)} words of these vectors"
            ) from None

    def similarity(self, a: str | Vector, b: str | Vector) -> float:
        """
        Return the cosine of the angle between two words, from -1 to 1.

        Parameters
        ----------
        a, b : str or array of shape (d,)
            Words or vectors. A vector of zeros is similar to nothing: 0.

        Raises
        ------
        KeyError
            If a word is unknown.
        """
        cosine = float(self._unit(a) @ self._unit(b))
        return min(1.0, max(-1.0, cosine))

    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int = 10,
    ) -> Neighbours:
        """
        Return the words whose vectors lie nearest to a sum of unit vectors.

        Parameters
        ----------
        positive, negative : str, vector, (either, weight), or list of these
            What to add and to subtract, each brought to length 1 first. Words given
            here are left out of the answer.
        topn : int, default 10
            How many words to return at most.

        Returns
        -------
        list of (str, float)
            Words and cosines, nearest first; equals in the order of the vocabulary.

        Raises
        ------
        KeyError
            If a word is unknown.
        ValueError
            If the query is empty or a vector doesn't fit.

        Examples
        --------
        >>> wv.most_similar(["king", "woman"], "man", topn=1)  # doctest: +SKIP
        [('queen', 0.71)]
        """
        items = weighted_items(positive, negative)
        units = [self._unit(item) for item, _ in items]
        query = weighted_sum(units, [weight for _, weight in items])
        given = [self._find(item) for item, _ in items if isinstance(item, str)]
        return self._nearest(query[None], [given], topn)[0]

    def most_similar_batch(
        self, queries: Sequence[str] | npt.NDArray[Any], topn: int = 10
    ) -> list[Neighbours]:
        """
        Answer many queries at once, at the speed of a matrix product.

        Parameters
        ----------
        queries : sequence of str, or array of shape (n, d)
            Words, or vectors. A word is left out of its own answer.
        topn : int, default 10
            How many words to return for each.

        Returns
        -------
        list of lists of (str, float)
            What `most_similar` returns for each query.

        Raises
        ------
        KeyError
            If a word is unknown.
        ValueError
            If the array doesn't fit.
        """
        if isinstance(queries, str):
            raise TypeError(f"{queries!r}: expected a list of words; see most_similar")
        answers: list[Neighbours] = []
        for start in range(0, len(queries), TILE):
            tile = queries[start : start + TILE]
            units = np.stack([self._unit(query) for query in tile])
            given = [[self._find(q)] if isinstance(q, str) else [] for q in tile]
            answers += self._nearest(units, given, topn)
        return answers

    def _unit(self, item: str | Vector) -> npt.NDArray[np.float64]:
        """Return the vector of a word, or a given one, with length 1 (or 0)."""
        if isinstance(item, str):
            return normalise(self[item])
        return normalise(check_vector(item, self.vector_size))

    def _nearest(
        self, queries: npt.NDArray[np.float64], given: list[list[int]], topn: int
    ) -> list[Neighbours]:
        """Return the neighbours of each row of `queries`, without those `given`."""
        answers = self._ranking.nearest(queries, given, topn)
        keys = self.index_to_key
        return [[(keys[row], cosine) for row, cosine in rows] for rows in answers]

    def save_word2vec_format(self, path: StrPath, binary: bool = False) -> None:
        """
        Write word2vec's text or binary format, without the counts.

        Parameters
        ----------
        path : path-like
            The file; written whole or not at all.
        binary : bool, default False
            Binary instead of text.

        Raises
        ------
        ValueError
            If a word is empty or holds white space, which the format can't express.
        """
        write_word2vec(path, self.index_to_key, self.vectors, binary)

    @classmethod
    def load_word2vec_format(
        cls, path: StrPath, binary: bool | None = None, limit: int | None = None
    ) -> KeyedVectors:
        """
        Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

        Parameters
        ----------
        path : path-like
            The file.
        binary : bool, optional
            None, the default, finds out from the content.
        limit : int, optional
            Read only the first `limit` words.

        Raises
        ------
        ValueError
            If the file is damaged or something else, names a word twice, or holds
            NaN or infinity.
        """
        keys, vectors = read_word2vec(path, binary, limit)
        with error_context(path):
            return cls(keys, vectors)

    def save(self, path: StrPath) -> None:
        """
        Write a file whose suffix names its format.

        Parameters
        ----------
        path : path-like
            ``.bin`` (word2vec binary), ``.txt`` or ``.vec`` (word2vec text), or
            ``.w2v`` (native: any words, and the counts).

        Raises
        ------
        ValueError
            If the suffix is another one, or the format can't hold a word.
        """
        write_vectors(path, self.index_to_key, self.vectors, self.counts)

    @classmethod
    def load(cls, path: StrPath) -> KeyedVectors:
        """
        Read a file whose suffix names its format, as in `save`.

        Of a whole model saved as ``.w2v`` only the word vectors are read.

        Raises
        ------
        ValueError
            If the file is damaged or something else than its suffix says.
        """
        table = read_vectors(path)
        with error_context(path):
            return cls(*table)
