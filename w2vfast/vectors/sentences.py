"""Vectors of sentences: weighted sums and means of the vectors of their words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.nearest import Float64Array
from w2vfast.vectors.top_k import RowIndices
from w2vfast.vectors.validation import Float32Array, VectorArray
from w2vfast.wording import quoted

if TYPE_CHECKING:
    from w2vfast.vectors.principal import CommonPart

SENTENCES_PER_BATCH = 1024
TOKENS_PER_BATCH = 8192  # whose vectors are in memory at a time

Pooling = Literal["mean", "sum"]
Unknown = Literal["skip", "error"]
Which = Literal["v", "u", "v+u"]


def inverse_document_frequencies(
    sentences: Iterable[Iterable[str]],
) -> dict[str, float]:
    """
    Return the weight ``log((1 + n) / (1 + df)) + 1`` of each word.

    Parameters
    ----------
    sentences : iterable of token lists
        n sentences or documents. df is the number of them that contain the word.

    Returns
    -------
    dict of str to float
        At least 1 for every word.

    Examples
    --------
    >>> weights = inverse_document_frequencies([["a", "b"], ["a"], ["a", "a"]])
    >>> {word: round(weight, 3) for word, weight in weights.items()}
    {'a': 1.0, 'b': 1.693}
    """
    n_sentences = 0
    frequency: Counter[str] = Counter()
    for sentence in sentences:
        n_sentences += 1
        frequency.update(dict.fromkeys(sentence, 1))
    return {
        word: math.log((1 + n_sentences) / (1 + df)) + 1
        for word, df in frequency.items()
    }


class SentenceVectors(KeyedRows):
    """The method of `KeyedVectors` that computes vectors of sentences."""

    def sentence_vectors(
        self,
        sentences: Iterable[Iterable[str]],
        pooling: Pooling = "mean",
        *,
        weights: Literal["idf"] | Mapping[str, float] | None = None,
        vectors: Which = "v",
        outside: KeyedRows | npt.NDArray[Any] | None = None,
        remove_top: int | None = None,
        unknown: Unknown = "skip",
    ) -> Float32Array:
        """
        Return one vector for each sentence: the mean or the sum of its word vectors.

        Parameters
        ----------
        sentences : iterable of n token lists
            Read once (twice for ``weights="idf"``).
        pooling : {"mean", "sum"}
            "mean" divides the weighted sum by the sum of the weights.
        weights : "idf" or mapping of str to float, optional
            The weight of each token; 1 by default, and 1 for words that a mapping
            lacks. "idf" computes `inverse_document_frequencies` of these sentences.
            To use the weights of another corpus, pass its mapping.
        vectors : {"v", "u", "v+u"}
            The vectors v of this object, the outside vectors u, or their sum.
        outside : KeyedVectors or array, shape (V, d), optional
            The outside vectors, needed for "u" and "v+u". Rows of an array belong to
            the words of this object, like ``model.outside_vectors``.
        remove_top : int, optional
            Subtract the mean of all word vectors and remove so many of their first
            principal directions (all-but-the-top, arXiv:1702.01417). None changes
            nothing; the authors advise d / 100.
        unknown : {"skip", "error"}
            Whether unknown words are left out or raise KeyError.

        Returns
        -------
        float32 array, shape (n, d)
            All zeros for a sentence without known words, or with weights whose sum
            is 0.

        Raises
        ------
        KeyError
            If a word is unknown and `unknown` is "error".
        TypeError
            If a sentence is a string.
        ValueError
            If an option is unknown, `outside` is missing or has another shape, or a
            weight is not finite.

        Examples
        --------
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["hot", "tea"], np.array([[1, 0], [0, 2.0]]))
        >>> wv.sentence_vectors([["hot", "tea"], ["tea", "tea"], ["?"]]).tolist()
        [[0.5, 1.0], [0.0, 2.0], [0.0, 0.0]]
        """
        _check_option("pooling", pooling, ("mean", "sum"))
        _check_option("unknown", unknown, ("skip", "error"))
        tables = self._tables(vectors, outside)
        if weights == "idf":
            sentences = list(map(list, map(_check_sentence, sentences)))
            weights = inverse_document_frequencies(sentences)
        elif isinstance(weights, str):
            raise ValueError(
                f"weights={weights!r}: expected 'idf', a mapping of words to numbers, "
                "or None"
            )
        row_weights = _row_weights(self.index_to_key, weights)
        common = None if remove_top is None else _common_part(tables, remove_top)
        results = [np.empty((0, self.vector_size), np.float32)]
        for batch in _batches(sentences):
            rows = [self._known_rows(sentence, unknown) for sentence in batch]
            sums, totals = _pool(tables, rows, row_weights)
            if common is not None:
                sums = common.remove(sums, totals)
            if pooling == "mean":
                sums /= np.where(totals, totals, 1)[:, None]
                sums[totals == 0] = 0
            results.append(sums.astype(np.float32))
        return np.concatenate(results)

    def _known_rows(self, sentence: Iterable[str], unknown: Unknown) -> list[int]:
        words = _check_sentence(sentence)
        if unknown == "error":
            return [self._row(word) for word in words]
        get = self.key_to_index.get
        return [row for row in map(get, words) if row is not None]

    def _tables(
        self, which: Which, outside: KeyedRows | npt.NDArray[Any] | None
    ) -> list[VectorArray]:
        """Return the tables whose rows are added, each of shape (V, d)."""
        _check_option("vectors", which, ("v", "u", "v+u"))
        if which == "v":
            return [self.vectors]
        if outside is None:
            raise ValueError(
                f"vectors={which!r} needs the outside vectors; pass outside=, for "
                "example model.outside_vectors"
            )
        if isinstance(outside, KeyedRows):
            same = outside.index_to_key == self.index_to_key
            rows = slice(None) if same else outside._rows(self.index_to_key)
            outside = outside.vectors[rows]
        if outside.shape != self.vectors.shape or outside.dtype.kind != "f":
            raise ValueError(
                f"outside: expected floats of shape {self.vectors.shape}, found "
                f"{outside.dtype} of shape {outside.shape}"
            )
        return [outside] if which == "u" else [self.vectors, outside]


def _check_option(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name}={value!r}: expected one of {', '.join(known)}")


def _check_sentence(sentence: Iterable[str]) -> Iterable[str]:
    if isinstance(sentence, str):
        raise TypeError(
            f"sentence {quoted(sentence)}: expected a list of tokens, not a string; "
            "split it first"
        )
    return sentence


def _row_weights(
    keys: Sequence[str], weights: Mapping[str, float] | None
) -> Float64Array | None:
    """Return the weight of each row, shape (V,); None if all are 1."""
    if weights is None:
        return None
    row_weights = np.array([weights.get(key, 1.0) for key in keys], np.float64)
    if not (finite := np.isfinite(row_weights)).all():
        word = keys[int(finite.argmin())]
        raise ValueError(
            f"the weight of {word!r} is {weights[word]}; expected finite numbers"
        )
    return row_weights


def _common_part(tables: list[VectorArray], n_directions: int) -> CommonPart:
    from w2vfast.vectors.principal import CommonPart

    table: npt.NDArray[Any] = tables[0]
    if len(tables) > 1:
        table = tables[0].astype(np.float32) + tables[1]
    return CommonPart.of(table, n_directions)


def _batches(sentences: Iterable[Iterable[str]]) -> Iterator[list[Iterable[str]]]:
    """Yield lists of at most `SENTENCES_PER_BATCH` sentences."""
    iterator = iter(sentences)
    while batch := list(islice(iterator, SENTENCES_PER_BATCH)):
        yield batch


def _pool(
    tables: list[VectorArray],
    sentences: list[list[int]],
    row_weights: Float64Array | None,
) -> tuple[Float64Array, Float64Array]:
    """
    Return the weighted sums of rows of each sentence, and the sums of the weights.

    Returns
    -------
    sums : float64 array, shape (n, d)
    totals : float64 array, shape (n,)
    """
    lengths = np.array([len(rows) for rows in sentences])
    ids: RowIndices = np.array([row for rows in sentences for row in rows], np.intp)
    owners = np.repeat(np.arange(len(sentences)), lengths)
    sums = np.zeros((len(sentences), tables[0].shape[1]))
    totals = np.zeros(len(sentences))
    for start in range(0, len(ids), TOKENS_PER_BATCH):
        part = slice(start, start + TOKENS_PER_BATCH)
        some, owner = ids[part], owners[part]
        values = sum(table[some].astype(np.float64) for table in tables)
        weight = np.ones(len(some)) if row_weights is None else row_weights[some]
        # One sum for each run of tokens of the same sentence.
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        sums[owner[first]] += np.add.reduceat(values * weight[:, None], first)
        totals[owner[first]] += np.add.reduceat(weight, first)
    return sums, totals
