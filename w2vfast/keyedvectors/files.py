"""Save and load word vectors in any format.

The methods import what they need: training starts sooner without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.nearest import CosineIndex
from w2vfast.vectors.validation import (
    VectorArray,
    check_counts,
    check_keys,
    check_shape,
    index_keys,
)

if TYPE_CHECKING:
    from w2vfast.io.open import Source, Target


class FileMethods(KeyedRows):
    """Methods of `KeyedVectors` that write and read files."""

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
        FileExistsError
            If the file is a checkpoint whose run has not ended, or was read as a
            corpus.
        BlockingIOError
            If a run writes the file, also one that calls this in a callback.
        ValueError
            If a word is empty or contains whitespace; the format cannot store it.
        """
        from w2vfast.io.checkpoint_mark import saving
        from w2vfast.io.word2vec_format import write_word2vec

        if binary and not header:
            raise ValueError(
                "header=False: the binary format needs its header; pass binary=False"
            )
        with saving(path):
            write_word2vec(path, self.index_to_key, self._float32(), binary, header)

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
    ) -> Self:
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
        >>> from w2vfast import KeyedVectors
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "glove.txt")
        ...     _ = path.write_text("the 0.5 -1\nof 2 3\n")
        ...     wv = KeyedVectors.load_word2vec_format(path)
        >>> wv
        <KeyedVectors: 2 words, 2 dimensions>
        """
        from w2vfast.io.errors import error_context
        from w2vfast.io.open import display_name
        from w2vfast.io.options import ReadOptions, datatype_name
        from w2vfast.io.word2vec_format import read_word2vec

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
            binary), ``.txt`` or ``.vec`` (word2vec text), ``.w2v`` (native), ``.npz``
            (NumPy), ``.parquet`` or ``.arrow`` (tables; these need pyarrow). ``.gz``,
            ``.bz2``, ``.xz`` or ``.zst`` after it compresses the file. word2vec's
            formats store no counts, empty words or words with whitespace. URLs need the
            package fsspec.
        format : str, optional
            "word2vec-binary", "word2vec-text", "glove" (text without a first line),
            "w2v", "npz", "parquet", "arrow" or "static-embedding" (a folder that
            Model2Vec and sentence-transformers load). It must agree with the suffix, if
            that is known. Open files, other suffixes and folders need it.
        datatype : {"float32", "float16"}, default "float32"
            "float16" halves ``.w2v``, ``.npz``, tables and model folders. Loading
            gives float32 again, unless its `dtype` says otherwise.

        Raises
        ------
        FileExistsError
            If the file is a checkpoint whose run has not ended: ``train(checkpoint=…)``
            of `Word2Vec` wrote it. Or if it was read as a corpus.
        BlockingIOError
            If a run writes the file, also one that calls this in a callback.
        ValueError
            If the suffix is unknown, `format` contradicts it, or the format cannot
            store a word or the datatype.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["to", "be"], np.eye(2), counts=np.array([9, 7]))
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "vectors.w2v")
        ...     wv.save(path)
        ...     KeyedVectors.load(path).counts.tolist()
        [9, 7]
        """
        from w2vfast.io.formats import write_vectors

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
        dtype: npt.DTypeLike = "float32",
    ) -> Self:
        """
        Read a file in the format that its suffix names.

        Parameters
        ----------
        path : path-like, URL or binary file
            A file that `save` wrote, a fastText model (``.bin``), a model folder, or
            a model or checkpoint that `Word2Vec` wrote, whose suffix may be any other.
            Of a model only the word vectors and counts are read. The content must agree
            with the suffix.
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
            Precision to round the numbers to, before they are stored as `dtype`.
        duplicates : {"error", "first"}, default "error"
            Whether a word that occurs twice is an error, or only its first vector is
            kept.
        mmap : bool, default False
            Map the vectors of a ``.w2v`` file instead of reading them. Only rows that
            are used are read from disk. Checksums and values are not verified then.
        dtype : {"float32", "float16"}, default "float32"
            Type of the vectors in memory. "float16" takes half of the memory; queries
            widen it to float32 block by block. A mapped file must have this type.

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
        from w2vfast.io.errors import error_context
        from w2vfast.io.open import display_name
        from w2vfast.io.options import ReadOptions, datatype_name, storage_name
        from w2vfast.io.read_vectors import read_vectors

        options = ReadOptions(
            *(limit, encoding, errors, datatype_name(datatype), duplicates),
            dtype=storage_name(dtype),
        )
        keys, vectors, counts = read_vectors(path, format, options, mmap)
        with error_context(display_name(path)):
            if mmap:
                return cls._from_mapped(keys, vectors, counts)
            return cls(keys, vectors, counts)

    @classmethod
    def from_arrow(
        cls,
        table: Any,
        *,
        word: str = "word",
        vector: str = "vector",
        count: str = "count",
    ) -> Self:
        """
        Make vectors of a table, such as `to_arrow` returns.

        Parameters
        ----------
        table : pyarrow.Table, or a table of Polars, pandas, DuckDB, Lance or others
            Only the columns named here are read.
        word : str, default "word"
            Column with distinct words.
        vector : str, default "vector"
            Column with lists of floats of one length. They become float32.
        count : str, default "count"
            Column with the number of occurrences. It may be missing.

        Raises
        ------
        ImportError
            If pyarrow is not installed: ``pip install 'w2vfast[arrow]'``.
        TypeError, ValueError
            If `table` is no table, a column is missing or of another type, a value is
            missing, a word occurs twice, or a number is not finite in float32.
        """
        from w2vfast.io.arrow_rows import ColumnNames
        from w2vfast.io.arrow_vectors import from_arrow

        return cls(*from_arrow(table, ColumnNames(word, vector, count)))

    @classmethod
    def _from_mapped(
        cls,
        keys: list[str],
        vectors: VectorArray,
        counts: npt.NDArray[Any] | None,
    ) -> Self:
        """Return vectors whose values are not checked, so that none is read."""
        check_shape(vectors, keys)
        loaded = cls(keys[:1], np.zeros((1, vectors.shape[1]), np.float32))
        loaded.index_to_key = check_keys(keys)
        loaded.key_to_index = index_keys(loaded.index_to_key)
        loaded._cosine_index = CosineIndex(vectors)
        loaded.counts = None if counts is None else check_counts(counts, len(keys))
        return loaded
