"""Similarities and distances between given keys."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from w2vfast.compat.gensim.key_table import Array, Key, is_key
from w2vfast.compat.gensim.queries import NearestKeys
from w2vfast.runtime.optional_packages import load
from w2vfast.vectors.nearest import normalise

logger: logging.Logger = logging.getLogger(__name__)


class Comparisons(NearestKeys):
    """Compare keys, lists of keys and documents."""

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """Return the cosine of two keys."""
        return _cosine(self[w1], self[w2])

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """Return 1 - cosine of two keys."""
        return np.float32(1) - self.similarity(w1, w2)

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> np.float32:
        """Return the cosine of the mean vectors of two lists of keys."""
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("At least one of the passed list is empty.")
        means = [
            self[list(keys)].astype(np.float64).mean(axis=0) for keys in (ws1, ws2)
        ]
        return _cosine(*means)

    @staticmethod
    def cosine_similarities(vector_1: Any, vectors_all: Any) -> Array:
        """Return the cosine of a vector, (d,), with each row of an array, (n, d)."""
        rows = normalise(np.asarray(vectors_all))
        cosines: Array = (rows @ normalise(np.asarray(vector_1))).astype(np.float32)
        return cosines

    def distances(self, word_or_vector: Any, other_words: Sequence[Key] = ()) -> Array:
        """Return 1 - cosine with each of `other_words`, or with all rows."""
        vector = self[word_or_vector] if is_key(word_or_vector) else word_or_vector
        others = self[list(other_words)] if len(other_words) else self.vectors
        return np.float32(1) - self.cosine_similarities(vector, others)

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """Return the key of a list that is nearest to `key1`."""
        return keys_list[int(np.argmin(self.distances(key1, keys_list)))]

    def closer_than(self, key1: Key, key2: Key) -> list[Key]:
        """Return all keys that are nearer to `key1` than `key2` is."""
        distances = self.distances(key1)
        own, other = self.get_index(key1), self.get_index(key2)
        closer = np.flatnonzero(distances < distances[other]).tolist()
        return [self.index_to_key[row] for row in closer if row != own]

    def words_closer_than(self, word1: Key, word2: Key) -> list[Key]:
        """Return `closer_than` (the name before gensim 4)."""
        return self.closer_than(word1, word2)

    def rank(self, key1: Key, key2: Key) -> int:
        """Return the rank of `key2` among the neighbours of `key1`, from 1."""
        return len(self.closer_than(key1, key2)) + 1

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """Return the cosine of two keys divided by the sum of the `topn` largest."""
        nearest = self.similar_by_word(wa, topn)
        if not nearest:
            raise ValueError(
                "Cannot calculate relative cosine similarity without any similar words."
            )
        total = float(sum(cosine for _, cosine in nearest))
        return float(self.similarity(wa, wb)) / total

    def rank_by_centrality(
        self, words: Sequence[Key], use_norm: bool = True
    ) -> list[tuple[Any, Key]]:
        """Return (cosine with the mean of the words, word), the most central first."""
        known = [word for word in words if self.has_index_for(word)]
        if len(known) < len(words):
            ignored = set(words) - set(known)
            logger.warning(
                "vectors for words %s are not present in the model, ignoring these "
                "words",
                ignored,
            )
        if not known:
            raise ValueError("cannot select a word from an empty list")
        vectors = np.stack([self.get_vector(word, norm=use_norm) for word in known])
        mean = self.get_mean_vector(list(vectors), post_normalize=True)
        return sorted(zip(vectors @ mean, known, strict=True), reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """Return the word that is farthest from the mean of the words."""
        return self.rank_by_centrality(words)[-1][1]

    def wmdistance(
        self, document1: Sequence[Key], document2: Sequence[Key], norm: bool = True
    ) -> float:
        """
        Return the Word Mover's Distance of two documents (Kusner et al. 2015).

        Parameters
        ----------
        document1, document2 : sequence of keys
            Unknown keys are ignored. If none is left, the distance is infinite.
        norm : bool, default True
            Use vectors of length 1.

        Raises
        ------
        ImportError
            If POT is not installed.
        """
        emd2 = load("ot", "wmdistance", "wmd").emd2
        documents = [self._known(document1), self._known(document2)]
        if not all(documents):
            logger.warning(
                "At least one of the documents had no words that were in the "
                "vocabulary."
            )
            return float("inf")
        sides = [_shares(words) for words in documents]
        if len({*documents[0], *documents[1]}) == 1:
            return 0.0
        left, right = (
            np.stack([self.get_vector(word, norm=norm) for word in shares]).astype(
                float
            )
            for shares in sides
        )
        costs = np.sqrt(np.square(left[:, None] - right[None]).sum(axis=2))
        weights = [np.array(list(shares.values())) for shares in sides]
        return float(emd2(weights[0], weights[1], costs))

    def _known(self, words: Iterable[Key]) -> list[Key]:
        return [word for word in words if self.has_index_for(word)]


def _shares(words: list[Key]) -> dict[Key, float]:
    """Return the distinct words and the share of each in the document."""
    distinct = dict.fromkeys(words, 0.0)
    for word in words:
        distinct[word] += 1 / len(words)
    return distinct


def _cosine(a: Array, b: Array) -> np.float32:
    """
    Return the cosine of two vectors, rounded to float32.

    The rounding makes the cosine of a vector with itself exactly 1.
    """
    return np.float32(normalise(a) @ normalise(b))
