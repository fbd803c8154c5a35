"""Look up, compare and store finished word vectors."""

from __future__ import annotations

import numbers
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from w2vfast import formats
from w2vfast.formats import Floats, StrPath

Vector = npt.NDArray[Any]
Item = str | Vector | tuple[str | Vector, float]
Query = Item | Sequence[Item]
Neighbours = list[tuple[str, float]]

TILE = 1 << 24  # scores held at a time by a batch of queries
SMALL = 2.0**-10  # length of a query: no product with a float32 vector overflows


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
        self.index_to_key = _check_keys(keys)
        self.key_to_index = _index(self.index_to_key)
        self.vectors = vectors
        self.counts = None if counts is None else _check_counts(counts, len(self))

    @property
    def vectors(self) -> Floats:
        """The vectors: float32, shape (V, d), C-contiguous, read-only."""
        return self._vectors

    @vectors.setter
    def vectors(self, vectors: npt.NDArray[Any]) -> None:
        self._vectors = _check_vectors(vectors, self.index_to_key)
        self._norms: npt.NDArray[np.float64] | None = None

    @property
    def vector_size(self) -> int:
        """Number of dimensions d."""
        return int(self._vectors.shape[1])

    @property
    def norms(self) -> npt.NDArray[np.float64]:
        """Euclidean lengths, float64, shape (V,); computed when first needed."""
        if self._norms is None:
            squares = [
                np.square(block, dtype=np.float64).sum(axis=1)
                for block in self._blocks()
            ]
            self._norms = np.sqrt(np.concatenate(squares))
            with np.errstate(divide="ignore", over="ignore"):
                inverse = np.where(self._norms > 0, 1 / (SMALL * self._norms), 0)
            limit = np.finfo(np.float32).max
            self._inverse = np.minimum(inverse, limit).astype(np.float32)
        return self._norms

    def _blocks(self) -> Iterator[Floats]:
        for start in range(0, len(self), step := 1 + (1 << 18) // self.vector_size):
            yield self._vectors[start : start + step]

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        return key in self.key_to_index

    def __repr__(self) -> str:
        return f"<KeyedVectors: {len(self)} words, {self.vector_size} dimensions>"

    def __getitem__(self, key: str | Sequence[str]) -> Floats:
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
            row: Floats = self._vectors[self._find(key)]
            return row
        if not isinstance(key, Sequence):
            raise TypeError(
                f"wv[{key!r}]: expected a word or a list of words; "
                "rows are found by number in wv.vectors"
            )
        return self._vectors[[self._find(one) for one in key]]

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
        self, positive: Query, negative: Query | None = None, topn: int = 10
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
        terms = _items(positive) + [
            (item, -weight) for item, weight in _items(negative)
        ]
        if not terms:
            raise ValueError("an empty query: give at least one word or vector")
        query = np.zeros(self.vector_size)
        with np.errstate(over="ignore", invalid="ignore"):
            for item, weight in terms:
                query += float(weight) * self._unit(item)
        if not np.isfinite(query).all():
            raise ValueError("a weight of the query is infinite, NaN or too large")
        given = [self._find(item) for item, _ in terms if isinstance(item, str)]
        return self._nearest(_normalise(query)[None], [given], topn)[0]

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
            What `most_similar` returns for each query. At most 2**24 scores (64 MB)
            are in memory at a time, or those of one query if these are more.

        Raises
        ------
        KeyError
            If a word is unknown.
        ValueError
            If the array doesn't fit.
        """
        if isinstance(queries, str):
            raise TypeError(f"{queries!r}: expected a list of words; see most_similar")
        if not isinstance(queries, np.ndarray) and not len(queries):
            return []
        answers: list[Neighbours] = []
        step = max(1, TILE // len(self))
        for start in range(0, len(queries), step):
            tile = queries[start : start + step]
            given: list[list[int]] = [[] for _ in tile]
            if not isinstance(tile, np.ndarray):
                given = [[self._find(key)] for key in tile]
            units = np.stack([_normalise(self._unit(query)) for query in tile])
            answers += self._nearest(units, given, topn)
        return answers

    def _unit(self, item: str | Vector) -> npt.NDArray[np.float64]:
        """Return the vector of a word, or a given one, with length 1 (or 0)."""
        if isinstance(item, str):
            return _normalise(self._vectors[self._find(item)])
        vector = np.asarray(item)
        if vector.shape != (self.vector_size,) or vector.dtype.kind not in "fiu":
            raise ValueError(
                f"expected a word or {self.vector_size} numbers, found {item!r:.60} "
                f"({vector.dtype}, shape {vector.shape})"
            )
        if not np.isfinite(vector).all():
            raise ValueError("a query vector holds NaN or infinity")
        return _normalise(vector)

    def _nearest(
        self, units: npt.NDArray[np.float64], given: list[list[int]], topn: int
    ) -> list[Neighbours]:
        """Return the neighbours of each row of `units`, without the indices `given`."""
        topn = _check_topn(topn)
        _ = self.norms
        scores = (SMALL * units).astype(np.float32) @ self._vectors.T
        scores *= self._inverse
        answers = []
        for unit, row, indices in zip(units, scores, given, strict=True):
            row[indices] = -np.inf
            count = min(topn, len(self) - len(set(indices)))
            answers.append(self._rank(unit, _candidates(row, count, len(unit)), count))
        return answers

    def _rank(
        self,
        unit: npt.NDArray[np.float64],
        candidates: npt.NDArray[np.intp],
        count: int,
    ) -> Neighbours:
        """
        Order candidates by their cosines in float64, then by index.

        The float32 product rounds equal rows differently, depending on their place
        and on the number of rows; these sums don't.
        """
        cosines = np.empty(len(candidates))
        step = 1 + (1 << 18) // self.vector_size
        for start in range(0, len(candidates), step):
            rows = candidates[start : start + step]
            sums = (self._vectors[rows] * unit).sum(axis=1)
            norms = self.norms[rows]
            cosines[start : start + step] = sums / np.where(norms > 0, norms, 1)
        best = np.argsort(-cosines, kind="stable")[:count]
        cosines = cosines[best].clip(-1, 1)
        indices = candidates[best].tolist()
        return [
            (self.index_to_key[i], c)
            for i, c in zip(indices, cosines.tolist(), strict=True)
        ]

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
        formats.write_word2vec(path, self.index_to_key, self._vectors, binary)

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
        keys, vectors = formats.read_word2vec(path, binary, limit)
        try:
            return cls(keys, vectors)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)}: {error}") from error

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
        if (suffix := _suffix(path)) != ".w2v":
            return self.save_word2vec_format(path, binary=suffix == ".bin")
        blob, offsets = formats.pack_keys(self.index_to_key)
        tensors: dict[str, npt.NDArray[Any]] = {}
        tensors |= {"centre": self._vectors, "keys": blob, "key_offsets": offsets}
        if self.counts is not None:
            tensors["counts"] = self.counts
        formats.write_native(path, tensors, {"parameters": "{}"})

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
        if (suffix := _suffix(path)) != ".w2v":
            return cls.load_word2vec_format(path, binary=suffix == ".bin")
        names = ("centre", "keys", "key_offsets", "counts")
        tensors, _ = formats.read_native(path, names)
        try:
            _check_tensors(tensors)
            keys = formats.unpack_keys(tensors["keys"], tensors["key_offsets"])
            return cls(keys, tensors["centre"], tensors.get("counts"))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{os.fspath(path)}: {error}") from error


def _check_keys(keys: Sequence[str]) -> list[str]:
    if isinstance(keys, str):
        raise TypeError(f"keys={keys!r:.60}: expected a list of words, not a string")
    keys = list(keys)
    if set(map(type, keys)) - {str}:
        for place, key in enumerate(keys):
            if not isinstance(key, str):
                raise TypeError(f"keys[{place}] is {key!r:.60}: expected str")
        keys = list(map(str, keys))  # of subclasses, such as numpy.str_
    if not keys:
        raise ValueError("no words: expected at least one key")
    return keys


def _index(keys: list[str]) -> dict[str, int]:
    index = dict(zip(keys, range(len(keys)), strict=True))
    if len(index) < len(keys):
        # The index holds the last place of a key.
        first, key = next((i, k) for i, k in enumerate(keys) if index[k] != i)
        raise ValueError(f"the key {key!r} comes twice, at {first} and {index[key]}")
    return index


def _check_vectors(vectors: npt.NDArray[Any], keys: list[str]) -> Floats:
    if not isinstance(vectors, np.ndarray) or vectors.dtype.kind != "f":
        found = getattr(vectors, "dtype", type(vectors).__name__)
        raise TypeError(f"vectors: expected an array of float32, found {found}")
    if vectors.ndim != 2 or len(vectors) != len(keys) or not vectors.shape[1]:
        raise ValueError(
            f"vectors: expected one row for each of {len(keys)} keys and at least one "
            f"column, found shape {vectors.shape}"
        )
    with np.errstate(over="ignore"):
        floats = np.ascontiguousarray(vectors, np.float32).view()
    if (row := formats.first_non_finite(floats)) is not None:
        raise ValueError(f"the vector of {keys[row]!r} (row {row}) is not finite")
    floats.flags.writeable = False
    return floats


def _check_tensors(tensors: dict[str, npt.NDArray[Any]]) -> None:
    for name in ("centre", "keys", "key_offsets"):
        if name not in tensors:
            raise ValueError(f"the tensor {name!r} is missing")
    for name, dtype in (("centre", np.float32), ("counts", np.int64)):
        if name in tensors and tensors[name].dtype != dtype:
            raise ValueError(
                f"the tensor {name!r} is {tensors[name].dtype}, expected "
                f"{np.dtype(dtype)}"
            )


def _check_counts(counts: npt.NDArray[Any], words: int) -> npt.NDArray[np.int64]:
    counts = np.asarray(counts)
    if counts.dtype.kind not in "iu":
        raise TypeError(f"counts: expected whole numbers, found {counts.dtype}")
    if counts.shape != (words,) or (counts < 0).any():
        raise ValueError(
            f"counts: expected {words} numbers from 0, found shape {counts.shape}"
            + (", negative ones among them" if (counts < 0).any() else "")
        )
    return counts.astype(np.int64)


def _check_topn(topn: int) -> int:
    if isinstance(topn, bool) or not isinstance(topn, numbers.Integral):
        raise TypeError(f"topn={topn!r}: expected a whole number")
    if topn < 1:
        raise ValueError(f"topn={topn}: expected 1 or more")
    return int(topn)


def _suffix(path: StrPath) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in (".bin", ".txt", ".vec", ".w2v"):
        raise ValueError(
            f"{os.fspath(path)}: the suffix names the format; expected .bin (word2vec "
            f"binary), .txt or .vec (text) or .w2v (native), found {suffix!r}"
        )
    return suffix


def _normalise(vector: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return `vector` with length 1; zeros stay zeros."""
    vector = vector.astype(np.float64)
    largest = np.abs(vector).max(initial=0)
    if largest == 0:
        return vector
    vector /= largest  # so that no square overflows or vanishes
    unit: npt.NDArray[np.float64] = vector / np.sqrt(np.square(vector).sum())
    return unit


def _items(query: Query | None) -> list[tuple[str | Vector, float]]:
    """Return what a query names, each with its weight."""
    if query is None:
        return []
    items: Any = query
    if isinstance(query, str | np.ndarray) or _is_pair(query):
        items = [query]
    if not isinstance(items, Iterable):
        raise TypeError(
            f"{query!r}: expected a word, a vector, (either, weight), or a list of them"
        )
    return [item if _is_pair(item) else (item, 1.0) for item in items]


def _is_pair(item: object) -> TypeGuard[tuple[str | Vector, float]]:
    """Tell whether this is (word or vector, weight)."""
    return (
        isinstance(item, tuple)
        and len(item) == 2
        and isinstance(item[0], str | np.ndarray)
        and isinstance(item[1], numbers.Real)
    )


def _candidates(scores: Floats, count: int, dimensions: int) -> npt.NDArray[np.intp]:
    """
    Return the indices of the `count` best scores, and of those nearly as good.

    With the scores laid out in columns, `count` columns have a maximum of at least
    the count-th largest maximum, so at least `count` scores reach it. That bound
    costs one pass, where a partition of all scores takes longer than the product.
    """
    if count < 1:
        return np.empty(0, np.intp)
    strips = max(1, min(64, len(scores) // (4 * count)))
    columns = len(scores) // strips
    maxima = scores[: strips * columns].reshape(strips, columns).max(axis=0)
    bound = np.partition(maxima, columns - count)[columns - count]
    rounding = 2 * dimensions * np.finfo(np.float32).eps
    return np.flatnonzero(scores >= max(bound - rounding, -2))
