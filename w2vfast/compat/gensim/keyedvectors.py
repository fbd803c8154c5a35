"""KeyedVectors of gensim 4: vectors by key, their queries and files."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim import persistence, word2vec_format, word2vec_writer
from w2vfast.compat.gensim.evaluation import Evaluations
from w2vfast.compat.gensim.key_table import Array
from w2vfast.io.atomic import StrPath
from w2vfast.runtime.public_methods import named_after_class

logger: logging.Logger = logging.getLogger(__name__)


@named_after_class
class KeyedVectors(Evaluations):
    """
    Vectors by key, as in gensim 4.

    Keys are strings or integers. `vectors` may be changed in place, because no query
    keeps norms. See `VectorStore` for the parameters and attributes.

    Examples
    --------
    >>> wv = KeyedVectors(2)
    >>> wv.add_vectors(["king", "queen", "bread"], [[4, 3], [3, 4], [-1, 0]])
    >>> round(float(wv.similarity("king", "queen")), 2)
    0.96
    >>> [key for key, cosine in wv.most_similar("king", topn=2)]
    ['queen', 'bread']
    """

    def save(self, fname: StrPath, **kwargs: Any) -> None:
        """
        Write one safetensors file with keys, vectors and attributes.

        Parameters
        ----------
        fname : path-like
        **kwargs
            gensim's options for pickles (separately, sep_limit, ignore,
            pickle_protocol) have no effect.
        """
        persistence.check_save_options(kwargs)
        persistence.save_vectors(fname, self)

    @classmethod
    def load(cls, fname: StrPath, mmap: str | None = None) -> KeyedVectors:
        """
        Read a file that `save` wrote, or the vectors of a model file.

        Parameters
        ----------
        fname : path-like
        mmap : str, optional
            Accepted; the arrays are read into memory.

        Raises
        ------
        ValueError
            If the file is a pickle or damaged.
        """
        vectors = cls(0)
        persistence.load_vectors(fname, vectors)
        return vectors

    def save_word2vec_format(
        self,
        fname: StrPath,
        fvocab: StrPath | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """
        Write word2vec's text or binary format.

        Parameters
        ----------
        fname : path-like
            May end in .gz, .bz2 or .xz.
        fvocab : path-like, optional
            Also write lines ``word count`` to this file.
        binary : bool, default False
        total_vec : int, optional
            The number of vectors in the header, if more are appended later.
        write_header : bool, default True
        prefix : str
            Text before each key.
        append : bool, default False
            Add to an existing file. It is copied and then replaced, so it stays as it
            is after an error.
        sort_attr : str, default "count"
            Attribute to sort by, descending. Without it the order is that of the rows.
        """
        order = np.arange(len(self))
        if sort_attr in self.expandos:
            order = np.argsort(-self.expandos[sort_attr], kind="stable")
        keys = [self.index_to_key[i] for i in order.tolist()]
        if fvocab is not None:
            counts = self.expandos["count"][order].tolist()
            word2vec_writer.write_counts(fvocab, prefix, keys, counts)
        total = len(self) if total_vec is None else total_vec
        with self.gate.paused():
            vectors = self.vectors[order]
        word2vec_writer.write_vectors(
            fname,
            [f"{prefix}{key}" for key in keys],
            vectors,
            binary,
            f"{total} {self.vector_size}" if write_header else None,
            append,
        )

    @classmethod
    def load_word2vec_format(
        cls,
        fname: StrPath,
        fvocab: StrPath | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: npt.DTypeLike = np.float32,
        no_header: bool = False,
    ) -> KeyedVectors:
        """
        Read word2vec's text or binary format.

        Parameters
        ----------
        fname : path-like
            May end in .gz, .bz2, .xz or .zst.
        fvocab : path-like, optional
            Lines ``word count``. Without it the counts fall from V to 1, so that they
            keep the order of the file.
        binary : bool, default False
        encoding, unicode_errors : str
            How to decode the words.
        limit : int, optional
            Read only the first `limit` vectors.
        datatype : dtype, default float32
        no_header : bool, default False
            The file has no first line with its size.

        Raises
        ------
        EOFError, UnicodeDecodeError, ValueError
            If the file ends early, a word cannot be decoded, or the format is another.
        """
        keys, vectors, n_words = word2vec_format.read_vectors(
            fname, binary, encoding, unicode_errors, limit, no_header
        )
        rows = word2vec_format.distinct(keys)
        if len(rows) < len(keys):
            logger.warning(
                "%d duplicate words in word2vec file, ignoring all but first",
                len(keys) - len(rows),
            )
            keys, vectors = [keys[row] for row in rows], vectors[rows]
        if fvocab is None:
            counts = np.arange(n_words, n_words - len(keys), -1)
        else:
            known = word2vec_format.read_counts(fvocab, encoding, unicode_errors)
            counts = np.array([known.get(key, 0) for key in keys], np.int64)
        wv = cls(vectors.shape[1], dtype=datatype)
        wv.index_to_key = list(keys)
        wv.key_to_index = {key: row for row, key in enumerate(keys)}
        wv.vectors = vectors.astype(datatype, copy=False)
        wv.expandos["count"] = counts
        return wv

    def intersect_word2vec_format(
        self,
        fname: StrPath,
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> None:
        """
        Replace the vectors of known keys by those of a file; add no keys.

        Parameters
        ----------
        fname : path-like
        lockf : float, default 0
            Factor on later steps of training for the replaced vectors. 0 freezes them.
        binary, encoding, unicode_errors
            As in `load_word2vec_format`.

        Raises
        ------
        ValueError
            If the vectors have another size.
        """
        keys, vectors, _ = word2vec_format.read_vectors(
            fname, binary, encoding, unicode_errors, None, False
        )
        if vectors.shape[1] != self.vector_size:
            raise ValueError(
                f"incompatible vector size {vectors.shape[1]} in file {fname}: "
                f"expected {self.vector_size}"
            )
        found = [row for row in word2vec_format.distinct(keys) if keys[row] in self]
        rows = [self.get_index(keys[row]) for row in found]
        self.vectors[rows] = vectors[found]
        if len(self.vectors_lockf) != len(self):
            factor = self.vectors_lockf[0]
            self.vectors_lockf: Array = np.full(len(self), factor, np.float32)
        self.vectors_lockf[rows] = lockf
        logger.info("merged %d vectors from %s", len(found), fname)


def load_word2vec_format(*args: Any, **kwargs: Any) -> KeyedVectors:
    """Call `KeyedVectors.load_word2vec_format`."""
    return KeyedVectors.load_word2vec_format(*args, **kwargs)
