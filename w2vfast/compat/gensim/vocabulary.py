"""The vocabulary: words counted in a scan, and the rules that keep or drop them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from types import GeneratorType
from typing import Any

import numpy as np

from w2vfast.corpus import Corpus
from w2vfast.corpus.content import NotTextError
from w2vfast.wording import counted, quoted, with_article

logger: logging.Logger = logging.getLogger(__name__)

#: Results of a trim rule: apply min_count, drop the word, keep the word.
RULE_DEFAULT, RULE_DISCARD, RULE_KEEP = 0, 1, 2

Word = Any  # any hashable object; usually str
TrimRule = Callable[[Word, int, int], int]


class Sentences:
    """
    An iterable of token lists that counts what it yields.

    Parameters
    ----------
    source : iterable of iterables of tokens
    as_text : bool, default False
        Yield ``str(token)`` instead of the token.

    Attributes
    ----------
    n_sentences, n_words : int
        Sentences and tokens of the last pass.
    """

    def __init__(self, source: Iterable[Any], as_text: bool = False) -> None:
        self._source = source
        self._as_text = as_text
        self.n_sentences: int = 0
        self.n_words: int = 0

    def __iter__(self) -> Iterator[list[Any]]:
        self.n_sentences = self.n_words = 0
        for sentence in self._source:
            if self.n_sentences == 0 and isinstance(sentence, str):
                logger.warning(
                    "Each 'sentences' item should be a list of words (usually unicode "
                    "strings). First item here is instead plain %s. Pass "
                    "[text.split() for text in texts]; else each character is a word.",
                    type(sentence),
                )
            if isinstance(sentence, bytes):
                raise TypeError(
                    f"sentence {self.n_sentences} is bytes: expected a list of words; "
                    "pass corpus_file=… or LineSentence(path) for a file"
                )
            if not hasattr(sentence, "__len__"):
                raise TypeError(
                    f"sentence {self.n_sentences} is {with_article(sentence)}, "
                    "which has no length: expected a list of words"
                )
            tokens = list(sentence)
            self.n_sentences += 1
            self.n_words += len(tokens)
            yield list(map(str, tokens)) if self._as_text else tokens


@dataclass
class Scan:
    """
    The words of a corpus.

    Attributes
    ----------
    counts : dict
        Occurrences of each word, in order of first appearance.
    total_words, n_sentences : int
    corpus : Corpus or None
        The encoded tokens; None if the words were counted one by one.
    """

    counts: dict[Word, int]
    total_words: int
    n_sentences: int
    corpus: Corpus | None = None


def why_no_words(
    counts: Mapping[Word, int], min_count: int, trim_rule: TrimRule | None
) -> str:
    """Return why no word of a corpus stays; `min_count` is the effective one."""
    if not counts:
        return (
            "the corpus is empty: expected lists of words; an iterator or an open file "
            "that was read before yields nothing"
        )
    word, count = max(counts.items(), key=lambda item: item[1])
    rule = " and trim_rule" if trim_rule is not None else ""
    return (
        f"min_count={min_count}{rule} kept none of "
        f"{counted(len(counts), 'distinct word')}; the most frequent one, "
        f"{quoted(word)}, has count {count:,}; pass min_count=1, or more text"
    )


def check_source(
    corpus_iterable: Any, corpus_file: Any, passes: int, caller: str
) -> None:
    """Raise TypeError unless there is exactly one source, of a usable type."""
    if corpus_file is None and corpus_iterable is None:
        raise TypeError(
            f"{caller}: Either one of corpus_file or corpus_iterable value must be "
            "provided"
        )
    if corpus_file is not None and corpus_iterable is not None:
        raise TypeError(
            f"{caller}: Both corpus_file and corpus_iterable must not be provided at "
            "the same time"
        )
    if isinstance(corpus_iterable, str | bytes | PathLike):
        raise TypeError(
            f"{caller}: {quoted(corpus_iterable, 80)} is no list of sentences: pass "
            "corpus_file=… for the path of a text, or lists of words, such as "
            "[['one', 'sentence'], …]"
        )
    if corpus_iterable is None:
        if not isinstance(corpus_file, str):
            raise TypeError(
                "Parameter corpus_file must be a valid path to a file, got "
                f"{quoted(corpus_file, 80)} instead; expected a str"
            )
    elif not isinstance(corpus_iterable, Iterable):
        raise TypeError(
            "The corpus_iterable must be an iterable of lists of strings, got "
            f"{quoted(corpus_iterable, 80)} instead"
        )
    elif isinstance(corpus_iterable, GeneratorType) and passes > 1:
        raise TypeError(
            f"Using a generator as corpus_iterable can't support {passes} passes. Try "
            "a re-iterable sequence, such as a list."
        )


def scan_corpus(
    corpus_iterable: Any,
    corpus_file: str | None,
    workers: int,
    max_vocab_size: int | None,
    trim_rule: TrimRule | None,
) -> Scan:
    """
    Count the words of a corpus.

    Usually the corpus is counted and encoded in one parallel pass. Words are counted
    one by one if `max_vocab_size` limits the counts or the tokens are not strings.
    """
    if corpus_file is not None and not max_vocab_size:
        return _scan_natively(corpus_file, None, workers)
    if corpus_file is not None:
        from w2vfast.compat.gensim.corpora import LineSentence

        corpus_iterable = LineSentence(corpus_file)
    sentences = Sentences(corpus_iterable)
    once = isinstance(corpus_iterable, Iterator)
    if not (max_vocab_size or once):
        try:
            return _scan_natively(sentences, sentences, workers)
        except TypeError:  # tokens that are not strings, or no tokens at all
            logger.debug("the tokens are not all strings: they are counted one by one")
    return _scan_in_python(sentences, max_vocab_size, trim_rule)


def _scan_natively(source: Any, sentences: Sentences | None, workers: int) -> Scan:
    try:
        # Ids keep their type as keys in this layer, so they are counted one by one.
        # gensim counts with any number of workers; training refuses less than 1.
        n_threads = max(1, workers)
        corpus = Corpus(source, workers=n_threads, progress=False, _accept_ids=False)
    except (NotTextError, UnicodeError):
        raise
    except ValueError:
        if sentences is not None and sentences.n_words == 0:
            return Scan({}, 0, sentences.n_sentences)
        raise
    words, counts = corpus.words(), corpus.counts
    # Ids are ranks. The raw vocabulary is in order of first appearance.
    _, first = np.unique(corpus.ids, return_index=True)
    order = np.argsort(first, kind="stable").tolist()
    n_sentences = len(corpus) if sentences is None else sentences.n_sentences
    return Scan(
        {words[i]: int(counts[i]) for i in order},
        len(corpus.ids),
        n_sentences,
        corpus,
    )


def _scan_in_python(
    sentences: Sentences, max_vocab_size: int | None, trim_rule: TrimRule | None
) -> Scan:
    counts: dict[Word, int] = defaultdict(int)
    least = 1
    for sentence in sentences:
        for word in sentence:
            counts[word] += 1
        if max_vocab_size and len(counts) > max_vocab_size:
            for word in [w for w in counts if not keep(w, counts[w], least, trim_rule)]:
                del counts[word]
            least += 1
    return Scan(dict(counts), sentences.n_words, sentences.n_sentences)


def keep(word: Word, count: int, min_count: int, trim_rule: TrimRule | None) -> bool:
    """Return whether a word stays: `trim_rule` decides, else `min_count`."""
    decision = RULE_DEFAULT
    if trim_rule is not None:
        decision = trim_rule(word, count, min_count)
    if decision == RULE_KEEP:
        return True
    return decision != RULE_DISCARD and count >= min_count


def least_count(
    counts: Mapping[Word, int], min_count: int, max_final_vocab: int | None
) -> int:
    """
    Return the smallest count at which at most `max_final_vocab` words stay.

    All words of one count are kept or dropped together, so fewer may stay.
    """
    if not max_final_vocab or len(counts) <= max_final_vocab:
        return min_count
    descending = sorted(counts.values(), reverse=True)
    return max(min_count, descending[max_final_vocab] + 1)


def kept_words(
    counts: Mapping[Word, int],
    min_count: int,
    trim_rule: TrimRule | None,
    by_frequency: bool,
) -> dict[Word, int]:
    """
    Return the words that stay and their counts.

    The order is by descending count (equal counts in order of appearance), or the
    order of appearance.
    """
    kept = {w: n for w, n in counts.items() if keep(w, n, min_count, trim_rule)}
    if not by_frequency:
        return kept
    return dict(sorted(kept.items(), key=lambda item: -item[1]))
