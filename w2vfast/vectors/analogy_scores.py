"""
Scores of answers to analogies: 3CosAdd and 3CosMul.

The cosines of a block of rows with every word of the questions come from one matrix
product. Google's 19,544 questions hold 905 words, so that is a small product; the
score of an answer is then a sum or product of three of these cosines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.target_ranks import BlockScores, Float64Array, IntArray
from w2vfast.vectors.validation import Float32Array

METHODS = ("3cosadd", "3cosmul")
#: Added to the denominator of 3CosMul, which may be 0.
EPSILON = 1e-6


class AnalogyScorer:
    """
    Score x as the answer to "a is to b as c is to x".

    With 3CosAdd (arXiv:1301.3781) the score is cos(x, b) - cos(x, a) + cos(x, c). That
    is the order of the cosines with b - a + c, if a, b and c are unit vectors. With
    3CosMul (Levy and Goldberg 2014, aclanthology.org/W14-1618) the score is
    p(b) * p(c) / (p(a) + EPSILON), where p(w) = (1 + cos(x, w)) / 2.

    Parameters
    ----------
    vectors : float32 array, shape (V, d)
    norms : float64 array, shape (V,)
        Lengths of the vectors. The cosine with a vector of zeros is 0.
    ids : int64 array, shape (n, 4)
        Rows of a, b, c, d for each question.
    method : {"3cosadd", "3cosmul"}
    """

    def __init__(
        self,
        vectors: Float32Array,
        norms: npt.NDArray[Any],
        ids: IntArray,
        method: str,
    ) -> None:
        self._vectors = vectors
        self._norms = np.where(norms > 0, norms, 1)[:, None]
        self._multiplies = method == "3cosmul"
        self._words, places = np.unique(ids[:, :3], return_inverse=True)
        self._places = places.reshape(-1, 3)
        self._pair_words, pairs = np.unique(
            self._places[:, :2], axis=0, return_inverse=True
        )
        self._pairs = pairs.reshape(-1)
        self._word_units = self._units(self._words)
        self._queries = self._word_units.astype(np.float32)
        self._targets = np.zeros(len(ids))
        self._targets = self._exact_scores(np.arange(len(ids)), ids[:, 3])
        self._buffers = [np.empty(0, np.float32)] * 2
        # Bound of the error of a cosine in float32: d products and additions.
        self._error = 2 * vectors.shape[1] * float(np.finfo(np.float32).eps)

    def load_block(self, rows: slice, queries: IntArray) -> None:
        """Compute the cosines of the block with every word of the questions."""
        units = (self._vectors[rows] / self._norms[rows]).astype(np.float32)
        self._cosines = self._queries @ units.T
        if self._multiplies:
            self._cosines += 1
            self._cosines *= 0.5
        self._block_places = self._places[queries]
        self._block_pairs = self._pairs[queries]
        self._block_targets = self._targets[queries].astype(np.float32)

    def block_scores(self, part: slice) -> BlockScores:
        """Return the scores of the block; see `Scorer.block_scores`."""
        targets = self._block_targets[part]
        if self._multiplies:
            return self._products(self._block_places[part], targets)
        # Questions with the same a and b follow each other: few differences suffice.
        pairs, places = np.unique(self._block_pairs[part], return_inverse=True)
        a, b = self._pair_words[pairs].T
        differences = self._cosines[b] - self._cosines[a]
        scores = self._take(0, differences, places)
        scores += self._take(1, self._cosines, self._block_places[part, 2])
        return BlockScores(scores, targets, np.full_like(targets, 4 * self._error))

    def _products(self, places: IntArray, targets: Float32Array) -> BlockScores:
        """
        Return p(b) * p(c) - target * (p(a) + EPSILON), to compare with 0.

        It is positive if 3CosMul prefers the row to the target. There is no division,
        because the rounding error of a quotient would have no bound.
        """
        a, b, c = places.T
        scores = self._take(0, self._cosines, b)
        scores *= self._take(1, self._cosines, c)
        divisors = self._take(1, self._cosines, a)
        divisors += np.float32(EPSILON)
        divisors *= targets[:, None]
        scores -= divisors
        return BlockScores(
            scores, np.zeros_like(targets), self._error * (1.5 + targets)
        )

    def _take(self, buffer: int, array: Float32Array, rows: IntArray) -> Float32Array:
        """Copy rows of `array` to one of two buffers; new memory takes longer."""
        size = len(rows) * array.shape[1]
        if len(self._buffers[buffer]) < size:
            self._buffers[buffer] = np.empty(size, np.float32)
        out = self._buffers[buffer][:size].reshape(len(rows), -1)
        # mode="clip" avoids a further copy; all row numbers are in range.
        return np.take(array, rows, axis=0, out=out, mode="clip")

    def exact_margins(self, queries: IntArray, rows: IntArray) -> Float64Array:
        """Return score minus score of d for each pair (query, row), in float64."""
        return self._exact_scores(queries, rows) - self._targets[queries]

    def _exact_scores(self, queries: IntArray, rows: IntArray) -> Float64Array:
        scores = np.empty(len(queries))
        for start in range(0, len(queries), 4096):
            part = slice(start, start + 4096)
            units = self._units(rows[part])
            a, b, c = self._places[queries[part]].T
            # Row sums depend on the row alone, so equal rows have equal scores.
            if self._multiplies:
                p = [1 + (self._word_units[w] * units).sum(axis=1) for w in (a, b, c)]
                scores[part] = p[1] * p[2] / (p[0] + 2 * EPSILON) / 2
            else:
                query = self._word_units[b] - self._word_units[a] + self._word_units[c]
                scores[part] = (query * units).sum(axis=1)
        return scores

    def _units(self, rows: IntArray) -> Float64Array:
        """Return rows scaled to length 1 in float64."""
        units: Float64Array = self._vectors[rows] / self._norms[rows]
        return units
