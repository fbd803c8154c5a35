"""Nearest keys."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

from w2vfast.compat.gensim.key_table import KEY_TYPES, Array, Key, is_key
from w2vfast.compat.gensim.nearest_rows import index_rows, nearest_rows, row_norms
from w2vfast.compat.gensim.store import VectorStore, as_list, check_vector
from w2vfast.compat.gensim.unknown_key import UnknownKeyError
from w2vfast.vectors.nearest import CosineIndex, normalise
from w2vfast.wording import counted

KeysWithCosines = list[tuple[Key, float]]


class NearestKeys(VectorStore):
    """Queries for the nearest keys. Norms are computed in each query, never kept."""

    @property
    def norms(self) -> Array:
        """Euclidean lengths at this moment, (keys,), in the dtype of the vectors."""
        return row_norms(self.vectors).astype(self.vectors.dtype)

    def fill_norms(self, force: bool = False) -> None:
        """Do nothing: norms are computed when they are needed."""

    def get_normed_vectors(self) -> Array:
        """Return all vectors scaled to length 1; vectors of zeros stay as they are."""
        norms = self.norms
        return self.vectors / np.where(norms > 0, norms, 1)[:, None]

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place."""
        self.vectors[:] = self.get_normed_vectors()

    def init_sims(self, replace: bool = False) -> None:
        """Scale all vectors to length 1 if `replace`; otherwise do nothing."""
        if replace:
            self.unit_normalize_all()

    def get_mean_vector(
        self,
        keys: Sequence[Any],
        weights: Any = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Array:
        """
        Return the weighted mean of vectors.

        Parameters
        ----------
        keys : sequence of n keys or vectors
            Vectors enter as they are.
        weights : sequence of n numbers, optional
            Default 1 each. The sum is divided by the sum of their absolute values.
        pre_normalize : bool, default True
            Scale the vectors of keys to length 1 first.
        post_normalize : bool, default False
            Scale the mean to length 1.
        ignore_missing : bool, default True
            Skip unknown keys; otherwise raise KeyError.
        """
        if len(keys) == 0:
            raise ValueError("cannot compute mean with no input")
        factors = np.ones(len(keys)) if weights is None else np.asarray(weights, float)
        if len(factors) != len(keys):
            raise ValueError(
                f"{counted(len(factors), 'weight')} for {counted(len(keys), 'key')}: "
                "keys and weights array must have same number of elements"
            )
        total, weight_sum = np.zeros(self.vector_size), 0.0
        for key, weight in zip(keys, factors.tolist(), strict=True):
            if not is_key(key):
                vector = check_vector(key, self.vector_size)
            elif self.has_index_for(key):
                vector = self.get_vector(key, norm=pre_normalize)
            elif ignore_missing:
                continue
            else:
                raise self._unknown(key)
            total += weight * vector.astype(np.float64)
            weight_sum += abs(weight)
        mean = total / weight_sum if weight_sum > 0 else total
        if post_normalize:
            mean = normalise(mean)
        return mean.astype(self.vectors.dtype)

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Any:
        """
        Return the keys whose vectors have the largest cosines with a query.

        Parameters
        ----------
        positive, negative : key, vector, (key or vector, weight), or list of these
            Keys stand for their vectors of length 1, vectors for themselves. The query
            is their weighted sum. Keys of the query are not part of the result.
        topn : int or None, default 10
            Number of keys. None returns the cosines of all rows. Less than 1 returns
            an empty list.
        clip_start, clip_end : int, optional
            The rows to search.
        restrict_vocab : int, optional
            Search the first rows only; overrides the clip parameters.
        indexer : optional
            An object whose method ``most_similar(vector, topn)`` answers the query.

        Returns
        -------
        list of (key, float), or array of shape (rows,)
        """
        if isinstance(topn, Integral) and topn < 1:
            return []
        if restrict_vocab:
            clip_start, clip_end = 0, restrict_vocab
        items, weights = _weighted(positive, negative)
        mean = self.get_mean_vector(
            items, weights, post_normalize=True, ignore_missing=False
        )
        if indexer is not None and isinstance(topn, Integral):
            return indexer.most_similar(mean, topn)
        if topn is None:
            return _cosines(self._cosine_index(clip_start, clip_end), mean)
        rows = range(len(self))[clip_start:clip_end]
        if not len(rows):
            return []
        own = [self.get_index(item) - rows.start for item in items if is_key(item)]
        vectors = self.vectors[clip_start:clip_end].astype(np.float32, copy=False)
        found = nearest_rows(vectors, normalise(mean), int(topn) + len(own))
        keys, first = self.index_to_key, rows.start
        kept = [(keys[first + row], score) for row, score in found if row not in own]
        return kept[:topn]

    def most_similar_cosmul(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> Any:
        """
        Return the keys with the largest product of similarities (3CosMul).

        The score is the product of (1 + cosine) / 2 over `positive`, divided by that
        over `negative` plus 1e-6 (Levy and Goldberg 2014). Parameters are those of
        `most_similar`, without weights.
        """
        if isinstance(topn, Integral) and topn < 1:
            return []
        groups = as_list(positive), as_list(negative)
        if not any(groups):
            raise ValueError("cannot compute mean with no input")
        index = self._cosine_index(0, restrict_vocab)
        products = [np.ones(len(index.vectors)), np.ones(len(index.vectors))]
        for group, product in zip(groups, products, strict=True):
            for item in group:
                product *= (1 + _cosines(index, self._as_vector(item))) / 2
        scores = products[0] / (products[1] + 1e-6)
        if topn is None:
            return scores
        own = {
            self.get_index(item) for group in groups for item in group if is_key(item)
        }
        best = np.argsort(-scores, kind="stable")[: topn + len(own)].tolist()
        kept = [row for row in best if row not in own][:topn]
        return [(self.index_to_key[row], float(scores[row])) for row in kept]

    def similar_by_word(
        self, word: Key, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Return the nearest keys of a key; see `most_similar`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_key(
        self, key: Key, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Return the nearest keys of a key; see `most_similar`."""
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(
        self, vector: Any, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Return the nearest keys of a vector; see `most_similar`."""
        return self.most_similar(
            [np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab
        )

    def _as_vector(self, item: Any) -> Array:
        """Return the unit vector of a key, or a given vector as it is."""
        if is_key(item):
            if not self.has_index_for(item):
                raise self._unknown(item)
            return self.get_vector(item, norm=True)
        return check_vector(item, self.vector_size)

    def _unknown(self, key: Key) -> UnknownKeyError:
        return UnknownKeyError(key, self.key_to_index, " in vocabulary")

    def _cosine_index(self, start: int = 0, stop: int | None = None) -> CosineIndex:
        """Return a new index of some rows, because vectors may have changed."""
        return index_rows(self.vectors[start:stop].astype(np.float32, copy=False))


def _weighted(positive: Any, negative: Any) -> tuple[list[Any], list[float]]:
    """Return the keys and vectors of a query, and their weights."""
    items: list[Any] = []
    weights: list[float] = []
    for group, sign in ((positive, 1.0), (negative, -1.0)):
        for item in as_list(group):
            has_weight = (
                isinstance(item, tuple)
                and len(item) == 2
                and isinstance(item[0], (*KEY_TYPES, np.ndarray))
            )
            vector, weight = item if has_weight else (item, sign)
            items.append(vector)
            weights.append(float(weight))
    return items, weights


def _cosines(index: CosineIndex, vector: Array) -> Array:
    """Return the cosine of each row with a vector, float32."""
    unit = normalise(vector).astype(np.float32)
    products = index.vectors @ unit
    cosines: Array = products / np.where(index.norms > 0, index.norms, 1)
    return cosines.astype(np.float32)
