"""The corpus: tokens as ids, sentence offsets, words and their counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy.typing as npt

from w2vfast.corpus import remap
from w2vfast.corpus.bounded_scan import warn_of_missing_words
from w2vfast.corpus.encoder import Encoded
from w2vfast.corpus.growable import Int32s, Int64s
from w2vfast.corpus.read import read
from w2vfast.corpus.reader import CHUNK_BYTES
from w2vfast.corpus.summary import html_summary
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.vocabulary import Vocabulary, check_vocabulary, n_kept
from w2vfast.files.names import described
from w2vfast.runtime import threads
from w2vfast.runtime.memory import resolve_limit
from w2vfast.wording import counted


class Corpus:
    r"""
    Text, counted and encoded once.

    Ids are ranks: id 0 is the most frequent word, and words with equal counts are in
    the order of their first appearance. A vocabulary without rare words therefore
    consists of the first ids, and its tokens need no second encoding.

    Parameters
    ----------
    source : path, list of paths, binary file, table, or iterable of token lists
        Files hold text with one sentence per line. A line ends at ``\n``. ASCII white
        space (space, ``\t \v \f \r``) separates tokens; other white space, such as
        a no-break space, is part of a token. A directory stands for all files in it
        (recursively, sorted, without hidden files). Files may be compressed as .gz,
        .bz2, .xz or .zst. A byte order mark is dropped. Files that are not text, such
        as archives, are errors.
        Alternatively, any iterable of sentences, each a list of str or of integers. A
        token is taken as it is, and never split. An integer n has the key ``str(n)``.
        An array of integers with two dimensions has one sentence a row. A generator is
        read once.
        Or a table: Parquet and Arrow files, pyarrow, Polars, pandas, DuckDB, Lance,
        Ray and Hugging Face. One column is read: text, lists of words, or lists of ids.
    workers : int, optional
        Number of threads; the result is the same for any. None means all cores.
    encoding : str, default "utf-8"
        Encoding of files: any text encoding of Python.
    errors : {"strict", "replace", "ignore", "surrogateescape"}
        What to do with bytes that are not in the encoding. "strict" is the default:
        an error with the file, the line and the byte.
    field : str, optional
        Read only this field of JSON Lines, or this column of CSV, TSV or a table.
        A record ends a sentence, and so does a line end in its text.
    progress : bool, optional
        Whether to show a progress bar. None: only if standard error is a terminal.
    memory_limit : int, optional
        Bytes of ids above which they go to a temporary file, which is always removed.
        The same limit applies to the sentence offsets. Distinct words can't go to a
        file. If they need more than this limit, and more than 256 MiB, an error says
        so: 10 million words of 10 letters need about 1 GB. None means half of the
        memory of the machine or container, or 3/4 of what is available if that is less.
    max_counted_words : int, optional
        Number of distinct words to count at most, of files and Arrow columns, which are
        read twice. The first pass estimates all counts in a table of fixed size, 64 to
        128 bytes for each of these words. The second pass counts and encodes the words
        that can be frequent enough. The corpus then has exactly the words that occur
        `counted_from` times or more, with exact counts; tokens of other words get the
        id ``len(counts)``, which training skips. None counts all words in one pass.

    Raises
    ------
    FileNotFoundError
        If `source` names a file that does not exist.
    OSError
        If a file cannot be read or the temporary file cannot be written.
    TypeError
        If `source` is none of these.
    ValueError
        If `source` is empty, a file is damaged, not text or not in the encoding, or a
        parameter is out of range.

    Warns
    -----
    UserWarning
        If a file looks like JSON Lines, CSV, TSV, XML or HTML, and `field` is None.

    Examples
    --------
    >>> corpus = Corpus([["a", "rose", "is", "a", "rose"]])
    >>> corpus.words(), corpus.ids.tolist()
    (['a', 'rose', 'is'], [0, 1, 2, 0, 1])
    """

    _limit: int
    _encoded: Encoded | None = None  # None: closed
    _vocabulary: Vocabulary | None = None  # set by encode
    #: Tokens that `encode` left out of `ids`, because the vocabulary lacks their words.
    n_dropped: int = 0

    def __init__(
        self,
        source: Any,
        workers: int | None = None,
        *,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
        progress: bool | None = None,
        memory_limit: int | None = None,
        max_counted_words: int | None = None,
        _chunk_bytes: int = CHUNK_BYTES,
        _accept_ids: bool = True,
    ) -> None:
        n_threads = threads.resolve(workers)
        self._limit = resolve_limit(memory_limit)
        options = TextOptions(encoding, errors, field)
        if isinstance(source, Corpus):
            raise TypeError("the source is a Corpus already: use it as it is")
        self._encoded = read(
            source,
            n_threads,
            self._limit,
            progress,
            _chunk_bytes,
            options,
            accept_ids=_accept_ids,
            max_counted_words=max_counted_words,
        )
        if not len(self.ids):
            raise ValueError(
                f"the corpus is empty: there is no token in {described(source)}"
            )

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy, whose arrays are read-only again."""
        vars(self).update(state)
        if self._encoded is not None:
            self._encoded = Encoded.read_only(*self._encoded)

    @classmethod
    def from_ids(
        cls,
        ids: npt.ArrayLike,
        offsets: npt.ArrayLike | None = None,
        words: Sequence[str] | None = None,
        *,
        memory_limit: int | None = None,
    ) -> Corpus:
        """
        Make a corpus of integers that stand for words.

        Parameters
        ----------
        ids : array of int, (tokens,)
            Each 0 or more. They are renumbered by frequency.
        offsets : array of int, (sentences + 1,), optional
            Where each sentence starts, followed by the number of tokens. None means
            that all tokens form one sentence.
        words : sequence of str, optional
            The name of each id. None means ``str(id)``.
        memory_limit : int, optional
            As in `Corpus`.

        Raises
        ------
        TypeError, ValueError
            If the arrays are not integers, are out of range or do not fit each other.
        """
        corpus = cls.__new__(cls)
        corpus._limit = resolve_limit(memory_limit)
        corpus._encoded = remap.encode_ids(ids, offsets, words, corpus._limit)
        return corpus

    @property
    def ids(self) -> Int32s:
        """The tokens: int32, (tokens,), read-only. Ids are ranks."""
        return self._content().ids

    @property
    def offsets(self) -> Int64s:
        """Where sentences start and end: int64, (sentences + 1,), read-only."""
        return self._content().offsets

    @property
    def counts(self) -> Int64s:
        """How often each word occurs: int64, (words,), descending, read-only."""
        return self._content().counts

    @property
    def counted_from(self) -> int:
        """
        The corpus has every word that occurs this often: 1, unless it was bounded.

        With `max_counted_words` it is the smallest number for which the words are not
        too many. Words that occur less often are missing.
        """
        return self._content().counted_from

    def token_counts(self) -> Int64s:
        """
        Return how often each word occurs in this corpus: int64, (words,).

        For a corpus returned by `encode`, `counts` has the counts of its vocabulary
        instead.
        """
        if self._vocabulary is None:
            return self.counts
        return remap.count_ids(self.ids, len(self._vocabulary))

    def words(self, stop: int | None = None) -> list[str]:
        """Return the `stop` most frequent words, or all."""
        return self._content().words.decode(stop)

    def vocabulary(
        self, min_count: int = 5, max_final_vocab: int | None = None
    ) -> Vocabulary:
        """
        Return the words to train: those with the first ids.

        Parameters
        ----------
        min_count : int, default 5
            Leave out words that occur less often.
        max_final_vocab : int, optional
            Keep only this many of the most frequent words, at least 2.

        Raises
        ------
        ValueError
            If fewer than two words remain or a parameter is out of range.

        Notes
        -----
        A corpus returned by `encode` always returns the vocabulary it was given.
        """
        if self._vocabulary is not None:
            return self._vocabulary
        kept = n_kept(self.counts, min_count, max_final_vocab)
        if kept != max_final_vocab:
            warn_of_missing_words(min_count, self.counted_from)
        return Vocabulary(self.words(kept), self.counts[:kept])

    def encode(self, vocabulary: Vocabulary) -> Corpus:
        """
        Return this corpus with the ids of another vocabulary.

        Parameters
        ----------
        vocabulary : Vocabulary
            In any order. Tokens outside the vocabulary are dropped, and so are
            sentences that become empty.

        Returns
        -------
        Corpus
            A corpus whose vocabulary is `vocabulary`. If the first words are the same
            already, it shares the ids of this one. Ids of ``len(vocabulary)`` or more
            then stand for tokens that training skips.

        Raises
        ------
        ValueError
            If no token of the corpus is in the vocabulary.
        """
        check_vocabulary(vocabulary)
        corpus = type(self).__new__(type(self))
        corpus._limit, corpus._vocabulary = self._limit, vocabulary
        corpus._encoded = remap.to_vocabulary(self._content(), vocabulary, self._limit)
        corpus.n_dropped = self.n_dropped + len(self.ids) - len(corpus.ids)
        return corpus

    def close(self) -> None:
        """Release the ids, and the temporary file if there is one."""
        self._encoded = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        if self._encoded is None:
            return "<Corpus: closed>"
        sizes = f"{counted(len(self.ids), 'token')} in {counted(len(self), 'sentence')}"
        return f"<Corpus: {sizes}, {counted(len(self.counts), 'type')}>"

    def _repr_html_(self) -> str:
        """Return an HTML table of sizes and the first words, for notebooks."""
        return html_summary(repr(self), self._encoded)

    def _content(self) -> Encoded:
        if self._encoded is None:
            raise ValueError("the corpus is closed")
        return self._encoded
