"""Queries for the nearest words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.approximate import ApproximateIndex
from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.queries import (
    Query,
    Vector,
    check_words_or_rows,
    weighted_items,
)
from w2vfast.vectors.search import Method, Search, WordsWithCosines
from w2vfast.vectors.top_k import RowIndices
from w2vfast.wording import counted, quoted

QUERIES_PER_BATCH = 1024  # queries of most_similar_batch that are answered together


class NeighbourQueries(KeyedRows):
    """Methods of `KeyedVectors` that search for the nearest words."""

    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int = 10,
        *,
        restrict_vocab: int | None = None,
        candidates: Iterable[str] | None = None,
        method: Method = "add",
        index: ApproximateIndex | None = None,
    ) -> WordsWithCosines:
        """
        Return the words whose vectors have the largest cosines with a query.

        The query vector is a weighted sum of unit vectors.

        Parameters
        ----------
        positive, negative : str, vector, (str or vector, weight), or list of these
            Words and vectors to add and to subtract. Each is scaled to length 1 and
            multiplied by its weight, 1 by default. The result excludes words of the
            query.
        topn : int, default 10
            Number of words to return; fewer if not enough words are left.
        restrict_vocab : int, optional
            Search only the first so many words: the most frequent ones if words are
            in order of frequency. By default all words are searched.
        candidates : iterable of str, optional
            Search only the given words.
        method : {"add", "multiply"}
            "add" ranks by the cosine with the sum (3CosAdd). "multiply" ranks by the
            product of the cosines with the positive items, divided by the product for
            the negative ones (3CosMul; Levy and Goldberg, CoNLL 2014). Weights are
            exponents then, and the numbers returned are scores, not cosines.
        index : ApproximateIndex, optional
            The result of `approximate_index`: faster, but words can be missed. By
            default the search is exact.

        Returns
        -------
        list of (str, float)
            Words and cosines, largest cosine first, ties in order of the vocabulary.

        Raises
        ------
        KeyError
            If a word is unknown.
        TypeError
            If the query has another type, or `topn` is not a whole number.
        ValueError
            If the query is empty, a vector has another shape, a vector or weight is
            not finite, `topn` or `restrict_vocab` is below 1, `method` is unknown, or
            `index` belongs to other vectors.

        Notes
        -----
        From the third single query of a large table on, a copy of the vectors as 8-bit
        integers speeds up the search. It takes a quarter of the memory of float32
        vectors and does not change results.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> vectors = np.array([[1, 0], [1, 1], [0, 0.5], [0, 1]])
        >>> wv = KeyedVectors(["man", "king", "girl", "queen"], vectors)
        >>> wv.most_similar("queen", topn=1)
        [('girl', 1.0)]
        >>> [(word, cosine)] = wv.most_similar(["king", "girl"], "man", topn=1)
        >>> word, round(cosine, 2)
        ('queen', 0.99)
        >>> wv.most_similar("queen", topn=1, candidates=["man", "king"])
        [('king', 0.7071067811865475)]
        """
        parts = [weighted_items(positive, negative)]
        search = Search(self, topn, restrict_vocab, candidates, method, index)
        return search.answer(parts)[0]

    def most_similar_batch(
        self,
        queries: Sequence[Query] | npt.NDArray[Any],
        topn: int = 10,
        *,
        negative: Sequence[Query | None] | npt.NDArray[Any] | None = None,
        restrict_vocab: int | None = None,
        candidates: Iterable[str] | None = None,
        method: Method = "add",
        index: ApproximateIndex | None = None,
    ) -> list[WordsWithCosines]:
        """
        Answer many queries with matrix products, faster than one call per query.

        Parameters
        ----------
        queries : sequence of n queries, or array of shape (n, d)
            Each query is a word, a vector or a list of these, as `positive` of
            `most_similar`. The result of a query excludes its words.
        topn : int, default 10
            Number of words to return for each query.
        negative : sequence of n queries, optional
            What each query subtracts, as `negative` of `most_similar`. None in place
            of a query subtracts nothing.
        restrict_vocab, candidates, method, index : optional
            As in `most_similar`; they hold for all queries.

        Returns
        -------
        list of n lists of (str, float)
            For each query, the result of `most_similar`.

        Raises
        ------
        KeyError
            If a word is unknown.
        TypeError
            If `queries` is a string, or `topn` is not a whole number.
        ValueError
            If `negative` has another length, the vectors have another shape or are
            not finite, or an option is out of range.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b", "c"], np.array([[1, 0], [4, 3], [0, 2.0]]))
        >>> wv.most_similar_batch(["a", "c"], topn=1)
        [[('b', 0.8)], [('b', 0.6)]]
        """
        if isinstance(queries, str):
            raise TypeError(
                f"{queries!r}: expected a list of words, not a string; for one word "
                "use most_similar"
            )
        if isinstance(queries, np.ndarray) and queries.ndim != 2 and len(queries):
            # Rows of an array are vectors; only an array of words has one dimension.
            check_words_or_rows(queries, self.vector_size)
        if negative is None:
            negative = [None] * len(queries)
        elif isinstance(negative, str) or len(negative) != len(queries):
            raise ValueError(
                f"negative={quoted(negative)}: expected "
                f"{counted(len(queries), 'item')}, "
                "one for each query; use None for a query that subtracts nothing"
            )
        search = Search(self, topn, restrict_vocab, candidates, method, index)
        results: list[WordsWithCosines] = []
        for start in range(0, len(queries), QUERIES_PER_BATCH):
            batch = slice(start, start + QUERIES_PER_BATCH)
            pairs = zip(queries[batch], negative[batch], strict=True)
            results += search.answer([weighted_items(p, n) for p, n in pairs])
        return results

    def closer_than(self, a: str | Vector, b: str | Vector) -> list[str]:
        """
        Return the words that are closer to `a` than `b` is, the closest first.

        Parameters
        ----------
        a, b : str or array of shape (d,)
            Words or vectors.

        Returns
        -------
        list of str
            Words whose cosine with `a` exceeds that of `b`, without `a` itself.

        Raises
        ------
        KeyError
            If a word is unknown.
        ValueError
            If a vector has another shape or is not finite.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> vectors = np.array([[1, 0], [4, 3], [3, 4], [0, 2.0]])
        >>> wv = KeyedVectors(["a", "b", "c", "d"], vectors)
        >>> wv.closer_than("a", "d")
        ['b', 'c']
        """
        unit, rows = self._closer_rows(a, b)
        ranked = self._cosine_index.rank_rows(unit[None], [rows], [()], len(rows))[0]
        return [self.index_to_key[row] for row, _ in ranked]

    def rank(self, a: str | Vector, b: str | Vector) -> int:
        """
        Return the rank of `b` among the words, by their cosines with `a`.

        Parameters
        ----------
        a, b : str or array of shape (d,)
            Words or vectors.

        Returns
        -------
        int
            1 if no word is closer to `a` than `b` is; the word `a` does not count.

        Raises
        ------
        KeyError, ValueError
            As in `closer_than`.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b", "c"], np.array([[1, 0], [4, 3], [3, 4.0]]))
        >>> wv.rank("a", "c")
        2
        """
        return 1 + len(self._closer_rows(a, b)[1])

    def approximate_index(
        self, *, links: int = 32, build_width: int = 200, search_width: int = 128
    ) -> ApproximateIndex:
        """
        Build an approximate index for `most_similar` (needs ``w2vfast[ann]``).

        Parameters
        ----------
        links : int, default 32
            Links of each word in the graph (M of HNSW, arXiv:1603.09320). The index
            takes ``V * (4 * d + 8 * links)`` bytes.
        build_width : int, default 200
            Words that are examined when a word is inserted. More take more time and
            find more of the true neighbours later.
        search_width : int, default 128
            Words that are examined for a query.

        Returns
        -------
        ApproximateIndex
            Pass it as `index`. It belongs to the present vectors; build a new one
            after the vectors have changed.

        Raises
        ------
        ImportError
            If faiss is not installed.
        ValueError
            If an argument is below 1 (`links`: 2).
        """
        return ApproximateIndex(
            self._cosine_index,
            links=links,
            build_width=build_width,
            search_width=search_width,
        )

    def _closer_rows(
        self, a: str | Vector, b: str | Vector
    ) -> tuple[npt.NDArray[np.float64], RowIndices]:
        """Return the unit vector of `a` and the rows closer to it than `b`."""
        unit, index = self._unit_vector(a), self._cosine_index
        if isinstance(b, str):
            cosine = float(index.cosines(unit, np.array([self._row(b)]))[0])
        else:
            cosine = float((self._unit_vector(b) * unit).sum())
        rows = index.closer_rows(unit, cosine)
        return unit, rows[rows != self._row(a)] if isinstance(a, str) else rows
