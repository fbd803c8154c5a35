"""Cosines between given words, vectors and sets of words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.nearest import Float64Array, normalise
from w2vfast.vectors.queries import Query, Vector, weighted_items, weighted_sum


class SimilarityQueries(KeyedRows):
    """Methods of `KeyedVectors` that compare given words and vectors."""

    def similarity(self, a: str | Vector, b: str | Vector) -> float:
        """
        Return the cosine of the angle between two vectors.

        Parameters
        ----------
        a, b : str or array of shape (d,)
            Words or vectors.

        Returns
        -------
        float
            From -1 to 1; 0 if a vector is all zeros.

        Raises
        ------
        KeyError
            If a word is unknown.
        ValueError
            If a vector has another shape or is not finite.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[4, 3], [3, 4.0]]))
        >>> wv.similarity("a", "b")
        0.96
        """
        if isinstance(a, str) and isinstance(b, str):
            vectors = self.vectors
            x = vectors[self._row(a)].astype(np.float64)
            y = vectors[self._row(b)].astype(np.float64)
            # Squares of float32 values neither overflow nor vanish in float64.
            scale = math.sqrt(x.dot(x)) * math.sqrt(y.dot(y))
            cosine = float(x.dot(y)) / scale if scale else 0.0
        else:
            cosine = float(self._unit_vector(a) @ self._unit_vector(b))
        return min(1.0, max(-1.0, cosine))

    def distance(self, a: str | Vector, b: str | Vector) -> float:
        """
        Return 1 - `similarity`, from 0 to 2.

        Parameters
        ----------
        a, b : str or array of shape (d,)
            Words or vectors.

        Raises
        ------
        KeyError, ValueError
            As in `similarity`.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[4, 0], [0, 3.0]]))
        >>> wv.distance("a", "b")
        1.0
        """
        return 1 - self.similarity(a, b)

    def similarities(
        self, query: str | Vector, others: Iterable[str] | None = None
    ) -> Float64Array:
        """
        Return the cosines of one vector with the vectors of words.

        Parameters
        ----------
        query : str or array of shape (d,)
            A word or a vector.
        others : iterable of n str, optional
            The words to compare with; by default all words, in order of their rows.

        Returns
        -------
        float64 array, shape (n,) or (V,)
            From -1 to 1; 0 if a vector is all zeros. The cosines with all words are
            computed in float32, with an error below 1e-4 (typically 1e-7).

        Raises
        ------
        KeyError
            If a word is unknown.
        TypeError
            If `others` is a string.
        ValueError
            If the vector has another shape or is not finite.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b", "zero"], np.array([[4, 3], [3, 4], [0, 0.0]]))
        >>> wv.similarities("a", ["b", "zero"])
        array([0.96, 0.  ])
        """
        unit = self._unit_vector(query)
        if others is None:
            cosines = self._cosine_index.approximate_cosines(unit[None])[0]
            return np.asarray(cosines, np.float64)
        return self._cosine_index.cosines(unit, self._rows(others, "others"))

    def distances(
        self, query: str | Vector, others: Iterable[str] | None = None
    ) -> Float64Array:
        """
        Return 1 - `similarities`, each from 0 to 2.

        Parameters
        ----------
        query : str or array of shape (d,)
            A word or a vector.
        others : iterable of n str, optional
            The words to compare with; by default all words, in order of their rows.

        Returns
        -------
        float64 array, shape (n,) or (V,)

        Raises
        ------
        KeyError, TypeError, ValueError
            As in `similarities`.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b"], np.array([[4, 0], [0, 3.0]]))
        >>> wv.distances("a", ["a", "b"])
        array([0., 1.])
        """
        distances: Float64Array = 1 - self.similarities(query, others)
        return distances

    def set_similarity(self, a: Query, b: Query) -> float:
        """
        Return the cosine between two sets of words: between their summed unit vectors.

        Parameters
        ----------
        a, b : str, vector, (str or vector, weight), or list of these
            As `positive` of `most_similar`.

        Returns
        -------
        float
            From -1 to 1; 0 if a sum is all zeros.

        Raises
        ------
        KeyError
            If a word is unknown.
        ValueError
            If a set is empty, or a vector or weight is not finite.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["a", "b", "c"], np.array([[2, 0], [0, 5], [1, 1.0]]))
        >>> round(wv.set_similarity(["a", "b"], "c"), 6)
        1.0
        """
        sides = [weighted_items(a, None), weighted_items(b, None)]
        units = self._unit_vectors([item for side in sides for item, _ in side])
        weights = np.array([float(weight) for side in sides for _, weight in side])
        n = len(sides[0])
        x = normalise(weighted_sum(units[:n], weights[:n]))
        y = normalise(weighted_sum(units[n:], weights[n:]))
        return min(1.0, max(-1.0, float(x @ y)))

    def doesnt_match(self, words: Sequence[str]) -> str:
        """
        Return the word that is farthest from the mean of all given words.

        Parameters
        ----------
        words : sequence of str
            The mean is that of their unit vectors.

        Returns
        -------
        str
            The word with the smallest cosine; the first of them if several tie.

        Raises
        ------
        KeyError
            If a word is unknown. Pass ``[w for w in words if w in wv]`` to leave out
            unknown words.
        TypeError
            If `words` is a string.
        ValueError
            If `words` is empty.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> vectors = np.array([[4, 1], [4, 0], [0, 3.0]])
        >>> KeyedVectors(["tea", "milk", "car"], vectors).doesnt_match(
        ...     ["tea", "car", "milk"]
        ... )
        'car'
        """
        words = list(words) if not isinstance(words, str) else words
        rows = self._rows(words)
        if not len(rows):
            raise ValueError("words is empty: expected at least one word")
        units = normalise(self.vectors[rows])
        # Sums along rows, not a matrix product: equal words get equal cosines.
        cosines: npt.NDArray[np.float64] = (units * units.mean(axis=0)).sum(axis=1)
        return words[int(cosines.argmin())]
