"""Score word vectors on files of word pairs and of analogies.

The methods import what they need: training and queries start sooner without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import error_context
from w2vfast.vectors.lookup import KeyedRows

if TYPE_CHECKING:
    from w2vfast.vectors.analogies import Analogies
    from w2vfast.vectors.word_pairs import WordPairs


class ScoreMethods(KeyedRows):
    """Methods of `KeyedVectors` that score vectors."""

    def evaluate_word_pairs(
        self,
        path: StrPath,
        *,
        restrict_vocab: int | None = None,
        lowercase: bool = False,
        case_insensitive: bool = False,
        unknown_as_zero: bool = False,
    ) -> WordPairs:
        r"""
        Compare cosines with human judgements of similarity.

        Parameters
        ----------
        path : path-like
            UTF-8 lines with two words and their score, separated by tabs, commas,
            semicolons or spaces. Blank lines and lines that start with ``#`` are
            skipped, and so is a header in the first line.
        restrict_vocab : int, optional
            Use only the first so many words. By default all words are used.
        lowercase : bool, default False
            Lower-case the file's words before looking them up.
        case_insensitive : bool, default False
            Ignore case in the file and the vocabulary. Of words that differ only in
            case, the most frequent one is used.
        unknown_as_zero : bool, default False
            Give pairs with an unknown word the cosine 0. By default they are left out.

        Returns
        -------
        WordPairs
            Spearman's and Pearson's correlations, p-values and numbers of pairs.

        Raises
        ------
        ValueError
            If a line is malformed, the pairs compared have only one cosine or one
            score, or `restrict_vocab` is below 1.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> vectors = np.array([[1, 0], [1, 1], [0, 1.0]])
        >>> wv = KeyedVectors(["cat", "tiger", "tax"], vectors)
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "pairs.tsv")
        ...     _ = path.write_text("cat\ttiger\t7\ncat\ttax\t1\ntax\trate\t9\n")
        ...     result = wv.evaluate_word_pairs(path)
        >>> round(result.spearman, 2), result.found, result.unknown
        (1.0, 2, 1)
        """
        from w2vfast.io.evaluation_files import read_word_pairs
        from w2vfast.vectors.word_lookup import WordLookup
        from w2vfast.vectors.word_pairs import score_word_pairs

        words = self.index_to_key
        lookup = WordLookup(words, restrict_vocab, lowercase, case_insensitive)
        pairs = read_word_pairs(path)
        with error_context(path):
            return score_word_pairs(pairs, self._float32(), lookup, unknown_as_zero)

    def evaluate_word_analogies(
        self,
        path: StrPath,
        *,
        restrict_vocab: int | None = 300_000,
        lowercase: bool = False,
        case_insensitive: bool = False,
        method: str = "3cosadd",
        topn: int = 1,
        batch: int = 256,
        progress: bool | None = None,
    ) -> Analogies:
        r"""
        Answer the questions "a is to b as c is to ?" of a file and count right answers.

        Parameters
        ----------
        path : path-like
            UTF-8 lines ``section<tab>a<tab>b<tab>c<tab>d``, or the layout of Google's
            questions-words.txt: lines ``: section`` and ``a b c d``.
        restrict_vocab : int or None, default 300,000
            Use only the first so many words; questions with others are not counted.
            None uses all words.
        lowercase : bool, default False
            Lower-case the file's words before looking them up.
        case_insensitive : bool, default False
            Ignore case in the file and the vocabulary. Of words that differ only in
            case, the most frequent one is used, and the others are never an answer.
        method : {"3cosadd", "3cosmul"}
            3CosAdd takes the word x with the largest cos(x, b) - cos(x, a) + cos(x, c).
            3CosMul takes the largest p(b) * p(c) / (p(a) + 1e-6), where p(w) is
            (1 + cos(x, w)) / 2.
        topn : int, default 1
            A question is answered correctly if d is among the so many best words.
        batch : int, default 256
            Questions answered at a time; 256 take about 3 MB.
        progress : bool, optional
            Show a progress bar. None: only if standard error is a terminal.

        Returns
        -------
        Analogies
            Numbers and accuracy of each section and in total. a, b and c are never an
            answer. Equal scores rank in order of the vocabulary.

        Raises
        ------
        ValueError
            If a line is malformed, no question can be counted, `method` is unknown, or
            a number is below 1.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> vectors = np.array([[1, 0], [1, 1], [0, 0.5], [-1, 3]])
        >>> wv = KeyedVectors(["man", "king", "woman", "queen"], vectors)
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "questions.txt")
        ...     _ = path.write_text(": royal\nman king woman queen\n")
        ...     wv.evaluate_word_analogies(path).sections
        {'royal': Section(correct=1, counted=1, questions=1)}
        """
        from w2vfast.io.evaluation_files import read_analogies
        from w2vfast.vectors.analogies import check_analogy_options, score_analogies
        from w2vfast.vectors.word_lookup import WordLookup

        words = self.index_to_key
        lookup = WordLookup(words, restrict_vocab, lowercase, case_insensitive)
        check_analogy_options(method, topn, batch)
        questions = read_analogies(path)
        with error_context(path):
            return score_analogies(
                questions, self._float32(), self.norms, lookup, method, topn, batch,
                progress,
            )  # fmt: skip
