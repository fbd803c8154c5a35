"""Look up, compare, save and load word vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from w2vfast.io.errors import error_context
from w2vfast.io.formats import read_vectors, write_vectors
from w2vfast.io.open import Source, Target, display_name
from w2vfast.io.options import ReadOptions, datatype_name
from w2vfast.io.word2vec_format import read_word2vec, write_word2vec
from w2vfast.vectors.nearest import CosineIndex, normalise
from w2vfast.vectors.queries import (
    Query,
    Vector,
    check_query_vector,
    weighted_items,
    weighted_sum,
)
from w2vfast.vectors.validation import (
    Float32Array,
    check_counts,
    check_keys,
    check_shape,
    check_vectors,
    index_keys,
)

WordsWithCosines = list[tuple[str, float]]

QUERIES_PER_BATCH = 256  # queries of most_similar_batch that are answered together


class KeyedVectors:
    """
    Words and their vectors.

    `vectors` is read-only, so that the cached norms stay correct. To change a vector,
    change a copy and assign it::

        changed = wv.vectors.copy()
        changed[wv.key_to_index["king"]] += 1
        wv.vectors = changed

    Parameters
    ----------
    keys : sequence of str, length V
        Distinct words, the most frequent first.
    vectors : float array, shape (V, d)
        Finite. A float32, C-contiguous array is used without a copy; do not change it
        afterwards. Other arrays are converted.
    counts : int array, shape (V,), optional
        How often each word occurs in the corpus.

    Attributes
    ----------
    index_to_key : list of str, length V
        The word of each row.
    key_to_index : dict of str to int
        The row of each word.
    counts : int64 array, shape (V,), or None

    Raises
    ------
    ValueError
        If a word occurs twice, lengths differ, or a vector holds NaN or infinity.
    TypeError
        If a key is not a string, or `vectors` or `counts` do not hold numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from w2vfast import KeyedVectors
    >>> vectors = np.array([[4, 3], [3, 4], [-1, 0]], np.float32)
    >>> wv = KeyedVectors(["king", "queen", "bread"], vectors)
    >>> wv["queen"]
    array([3., 4.], dtype=float32)
    >>> wv.most_similar("king", topn=1)
    [('queen', 0.96)]
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
        return self._cosine_index.vectors

    @vectors.setter
    def vectors(self, vectors: npt.NDArray[Any]) -> None:
        self._cosine_index = CosineIndex(check_vectors(vectors, self.index_to_key))

    @property
    def vector_size(self) -> int:
        """Number of dimensions d."""
        return int(self.vectors.shape[1])

    @property
    def norms(self) -> npt.NDArray[np.float64]:
        """Euclidean lengths: float64, shape (V,). Computed at first use."""
        return self._cosine_index.norms

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
        Return the vector of one word or of several words.

        Parameters
        ----------
        key : str or sequence of n str

        Returns
        -------
        float32 array, shape (d,) or (n, d)
            A read-only view for one word, a copy for several words.

        Raises
        ------
        KeyError
            If a word is unknown.
        TypeError
            If `key` is neither a string nor a sequence of strings.

        Examples
        --------
        >>> wv = KeyedVectors(["a", "b"], np.array([[1, 2], [3, 4.0]]))
        >>> wv["b"]
        array([3., 4.], dtype=float32)
        >>> wv[["b", "a"]]
        array([[3., 4.],
               [1., 2.]], dtype=float32)
        """
        if isinstance(key, str):
            vector: Float32Array = self.vectors[self._row(key)]
            return vector
        if not isinstance(key, Sequence):
            raise TypeError(
                f"wv[{key!r}]: expected a word or a list of words; for row 17 use "
                "wv.vectors[17]"
            )
        return self.vectors[[self._row(word) for word in key]]

    def _row(self, key: str) -> int:
        """Return the row of a word; raise KeyError if the word is unknown."""
        if not isinstance(key, str):
            raise TypeError(f"{key!r}: expected a word (str), not {type(key).__name__}")
        try:
            return self.key_to_index[key]
        except KeyError:
            raise KeyError(
                f"{key!r} is not among the {len(self)} words of these vectors; check "
                "its spelling and case"
            ) from None

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
        >>> wv = KeyedVectors(["a", "b"], np.array([[4, 3], [3, 4.0]]))
        >>> wv.similarity("a", "b")
        0.96
        """
        cosine = float(self._unit_vector(a) @ self._unit_vector(b))
        return min(1.0, max(-1.0, cosine))

    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int = 10,
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
            not finite, or `topn` is below 1.

        Examples
        --------
        >>> vectors = np.array([[1, 0], [1, 1], [0, 0.5], [0, 1]])
        >>> wv = KeyedVectors(["man", "king", "girl", "queen"], vectors)
        >>> wv.most_similar("queen", topn=1)
        [('girl', 1.0)]
        >>> [(word, cosine)] = wv.most_similar(["king", "girl"], "man", topn=1)
        >>> word, round(cosine, 2)
        ('queen', 0.99)
        """
        items = weighted_items(positive, negative)
        units = [self._unit_vector(item) for item, _ in items]
        query = weighted_sum(units, [weight for _, weight in items])
        excluded = [self._row(item) for item, _ in items if isinstance(item, str)]
        return self._nearest_words(query[None], [excluded], topn)[0]

    def most_similar_batch(
        self, queries: Sequence[str] | npt.NDArray[Any], topn: int = 10
    ) -> list[WordsWithCosines]:
        """
        Answer many queries with matrix products, faster than one call per query.

        Parameters
        ----------
        queries : sequence of n str, or array of shape (n, d)
            Words or vectors. The result of a word excludes the word itself.
        topn : int, default 10
            Number of words to return for each query.

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
            If the vectors have another shape or are not finite, or `topn` is below 1.

        Examples
        --------
        >>> wv = KeyedVectors(["a", "b", "c"], np.array([[1, 0], [4, 3], [3, 4.0]]))
        >>> wv.most_similar_batch(["a", "c"], topn=1)
        [[('b', 0.8)], [('b', 0.96)]]
        """
        if isinstance(queries, str):
            raise TypeError(
                f"{queries!r}: expected a list of words, not a string; for one word "
                "use most_similar"
            )
        results: list[WordsWithCosines] = []
        for start in range(0, len(queries), QUERIES_PER_BATCH):
            batch = queries[start : start + QUERIES_PER_BATCH]
            units = np.stack([self._unit_vector(query) for query in batch])
            excluded = [
                [self._row(query)] if isinstance(query, str) else [] for query in batch
            ]
            results += self._nearest_words(units, excluded, topn)
        return results

    def _unit_vector(self, item: str | Vector) -> npt.NDArray[np.float64]:
        """Return the vector of a word, or a given vector, scaled to length 1 (or 0)."""
        if isinstance(item, str):
            return normalise(self[item])
        return normalise(check_query_vector(item, self.vector_size))

    def _nearest_words(
        self, queries: npt.NDArray[np.float64], excluded: list[list[int]], topn: int
    ) -> list[WordsWithCosines]:
        """Return the nearest words of each row of `queries`, without `excluded`."""
        results = self._cosine_index.nearest(queries, excluded, topn)
        keys = self.index_to_key
        return [[(keys[row], cosine) for row, cosine in rows] for rows in results]

    def save_word2vec_format(
        self, path: Target, binary: bool = False, header: bool = True
    ) -> None:
        """
        Write word2vec's text or binary format, which stores no counts.

        Parameters
        ----------
        path : path-like, URL or binary file
            File to create or replace atomically. Its suffix does not matter, except
            that ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` at the end compresses it.
        binary : bool, default False
            True writes the binary format, False the text format.
        header : bool, default True
            False leaves out the first line of the text format, as GloVe does.

        Raises
        ------
        ValueError
            If a word is empty or contains whitespace; the format cannot store it.
        """
        if binary and not header:
            raise ValueError(
                "header=False: the binary format needs its header; pass binary=False"
            )
        write_word2vec(path, self.index_to_key, self.vectors, binary, header)

    @classmethod
    def load_word2vec_format(
        cls,
        path: Source,
        binary: bool | None = None,
        limit: int | None = None,
        *,
        encoding: str = "utf-8",
        errors: str = "surrogateescape",
        datatype: npt.DTypeLike = "float32",
        duplicates: Literal["error", "first"] = "error",
    ) -> KeyedVectors:
        r"""
        Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

        Parameters
        ----------
        path : path-like, URL or binary file
            Its suffix does not matter, except for ``.gz``, ``.bz2``, ``.xz`` and
            ``.zst``, which must agree with the content.
        binary : bool, optional
            True for binary, False for text. By default the content decides.
        limit : int, optional
            Read only the first `limit` words. By default all words are read.
        encoding, errors, datatype, duplicates
            As in `load`.

        Warns
        -----
        UserWarning
            If the first line announces another number of words than the file has, or
            a word is not valid UTF-8.

        Raises
        ------
        ValueError
            If the file is damaged or has another format, a word occurs twice, or a
            vector holds NaN or infinity.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "glove.txt")
        ...     _ = path.write_text("the 0.5 -1\nof 2 3\n")
        ...     wv = KeyedVectors.load_word2vec_format(path)
        >>> wv
        <KeyedVectors: 2 words, 2 dimensions>
        """
        options = ReadOptions(
            limit, encoding, errors, datatype_name(datatype), duplicates
        )
        keys, vectors = read_word2vec(path, binary, options=options)
        with error_context(display_name(path)):
            return cls(keys, vectors)

    def save(
        self,
        path: Target,
        *,
        format: str | None = None,
        datatype: npt.DTypeLike = "float32",
    ) -> None:
        """
        Write a file in the format that its suffix names.

        Parameters
        ----------
        path : path-like, URL or binary file
            File to create or replace atomically. The suffix is ``.bin`` (word2vec
            binary), ``.txt`` or ``.vec`` (word2vec text), ``.w2v`` (native) or
            ``.npz`` (NumPy). ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` after it
            compresses the file. Only ``.w2v`` and ``.npz`` store counts, empty words
            and words with whitespace. URLs need the package fsspec.
        format : str, optional
            "word2vec-binary", "word2vec-text", "glove" (text without a first line),
            "w2v", "npz" or "static-embedding" (a folder that Model2Vec and
            sentence-transformers load). It must agree with the suffix, if that is
            known. Open files, other suffixes and folders need it.
        datatype : {"float32", "float16"}, default "float32"
            "float16" halves ``.w2v``, ``.npz`` and model folders. Loading gives
            float32 again.

        Raises
        ------
        ValueError
            If the suffix is unknown, `format` contradicts it, or the format cannot
            store a word or the datatype.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> wv = KeyedVectors(["to", "be"], np.eye(2), counts=np.array([9, 7]))
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "vectors.w2v")
        ...     wv.save(path)
        ...     KeyedVectors.load(path).counts.tolist()
        [9, 7]
        """
        write_vectors(
            path, self.index_to_key, self.vectors, self.counts, format, datatype
        )

    @classmethod
    def load(
        cls,
        path: Source,
        *,
        format: str | None = None,
        limit: int | None = None,
        encoding: str = "utf-8",
        errors: str = "surrogateescape",
        datatype: npt.DTypeLike = "float32",
        duplicates: Literal["error", "first"] = "error",
        mmap: bool = False,
    ) -> KeyedVectors:
        """
        Read a file in the format that its suffix names.

        Parameters
        ----------
        path : path-like, URL or binary file
            A file that `save` wrote, a fastText model (``.bin``), a model folder, or
            a model that ``Word2Vec.save`` wrote. Of a model only the word vectors and
            counts are read. The content must agree with the suffix.
        format : str, optional
            A format of `save` or "fasttext-binary", for names without a known
            suffix. By default the content of an open file decides.
        limit : int, optional
            Read only the first `limit` words. By default all words are read.
        encoding : str, default "utf-8"
            Encoding of the words in text, word2vec and fastText files.
        errors : str, default "surrogateescape"
            What to do with bytes that the encoding does not have, as in
            `bytes.decode`. The default keeps them as surrogates and warns.
        datatype : {"float32", "float16", "float64"}, default "float32"
            Precision to round the numbers to. They are stored as float32 in any case.
        duplicates : {"error", "first"}, default "error"
            Whether a word that occurs twice is an error, or only its first vector is
            kept.
        mmap : bool, default False
            Map the vectors of a ``.w2v`` file instead of reading them. Only rows that
            are used are read from disk. Checksums and values are not verified then.

        Warns
        -----
        UserWarning
            If the first line announces another number of words than the file has, or
            a word is not valid UTF-8.

        Raises
        ------
        ValueError
            If the suffix is unknown, the file is damaged, or suffix, `format` and
            content disagree.
        """
        options = ReadOptions(
            limit, encoding, errors, datatype_name(datatype), duplicates
        )
        keys, vectors, counts = read_vectors(path, format, options, mmap)
        with error_context(display_name(path)):
            if mmap:
                return cls._from_mapped(keys, vectors, counts)
            return cls(keys, vectors, counts)

    @classmethod
    def _from_mapped(
        cls,
        keys: list[str],
        vectors: Float32Array,
        counts: npt.NDArray[Any] | None,
    ) -> KeyedVectors:
        """Return vectors whose values are not checked, so that none is read."""
        check_shape(vectors, keys)
        loaded = cls(keys[:1], np.zeros((1, vectors.shape[1]), np.float32))
        loaded.index_to_key = check_keys(keys)
        loaded.key_to_index = index_keys(loaded.index_to_key)
        loaded._cosine_index = CosineIndex(vectors)
        loaded.counts = None if counts is None else check_counts(counts, len(keys))
        return loaded
