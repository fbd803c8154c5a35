"""Look up, compare, save and load word vectors."""

from __future__ import annotations

import numpy as np

from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import error_context
from w2vfast.io.formats import read_vectors, write_vectors
from w2vfast.io.word2vec_format import read_word2vec, write_word2vec
from w2vfast.vectors.exports import Exports
from w2vfast.vectors.neighbours import NeighbourQueries
from w2vfast.vectors.search import WordsWithCosines
from w2vfast.vectors.sentences import SentenceVectors
from w2vfast.vectors.similarity import SimilarityQueries
from w2vfast.vectors.transforms import Transforms
from w2vfast.vectors.validation import Float32Array

__all__ = ["KeyedVectors", "WordsWithCosines"]


class KeyedVectors(
    NeighbourQueries, SimilarityQueries, SentenceVectors, Transforms, Exports
):
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
        Finite. A float32 or float16, C-contiguous array is used without a copy; do not
        change it afterwards. Other arrays are converted to float32.
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

    def save_word2vec_format(self, path: StrPath, binary: bool = False) -> None:
        """
        Write word2vec's text or binary format, which stores no counts.

        Parameters
        ----------
        path : path-like
            File to create or replace atomically. Its suffix does not matter.
        binary : bool, default False
            True writes the binary format, False the text format.

        Raises
        ------
        ValueError
            If a word is empty or contains whitespace; the format cannot store it.
        """
        write_word2vec(path, self.index_to_key, self._float32(), binary)

    @classmethod
    def load_word2vec_format(
        cls, path: StrPath, binary: bool | None = None, limit: int | None = None
    ) -> KeyedVectors:
        r"""
        Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

        Parameters
        ----------
        path : path-like
            The file. Its suffix does not matter.
        binary : bool, optional
            True for binary, False for text. By default the content decides.
        limit : int, optional
            Read only the first `limit` words. By default all words are read.

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
        keys, vectors = read_word2vec(path, binary, limit)
        with error_context(path):
            return cls(keys, vectors)

    def save(self, path: StrPath) -> None:
        """
        Write a file in the format that its suffix names.

        Parameters
        ----------
        path : path-like
            File to create or replace atomically. The suffix is ``.bin`` (word2vec
            binary), ``.txt`` or ``.vec`` (word2vec text), or ``.w2v`` (native). Only
            ``.w2v`` stores counts, empty words and words with whitespace.

        Raises
        ------
        ValueError
            If the suffix is unknown or the format cannot store a word.

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
        write_vectors(path, self.index_to_key, self._float32(), self.counts)

    @classmethod
    def load(cls, path: StrPath) -> KeyedVectors:
        """
        Read a file in the format that its suffix names.

        Parameters
        ----------
        path : path-like
            A file that `save` wrote, or a model that ``Word2Vec.save`` wrote. Of a
            model only the word vectors and counts are read.

        Raises
        ------
        ValueError
            If the suffix is unknown, or the file is damaged or has another format.
        """
        keys, vectors, counts = read_vectors(path)
        with error_context(path):
            return cls(keys, vectors, counts)

    def _float32(self) -> Float32Array:
        """Return the vectors as float32, the type that files hold."""
        return self.vectors.astype(np.float32, copy=False)
