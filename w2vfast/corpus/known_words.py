"""Read a source with the words of a vocabulary, and report the tokens it lacks."""

from __future__ import annotations

from typing import Any

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.vocabulary import Vocabulary, check_vocabulary
from w2vfast.runtime.log import logger
from w2vfast.wording import counted

#: Share of skipped tokens above which a message is a warning.
MAX_SKIPPED = 0.2


def as_corpus(
    source: Any,
    vocabulary: Vocabulary | None,
    workers: int,
    progress: bool | None,
    max_counted_words: int | None = None,
    **options: Any,
) -> Corpus:
    """Return `source` as a corpus, with the ids of `vocabulary` if one is given.

    `options` are encoding, errors and field of `Corpus`.
    """
    if vocabulary is not None:
        check_vocabulary(vocabulary)  # before reading for long
    if not isinstance(source, Corpus):
        options["max_counted_words"] = max_counted_words
        source = Corpus(source, workers=workers, progress=progress, **options)
    elif max_counted_words is not None:
        raise ValueError(
            f"max_counted_words={max_counted_words} is for counting, but the source is "
            "a Corpus, which has been counted: pass it to Corpus(path, …)"
        )
    elif not TextOptions(**options).is_default:
        raise ValueError(
            f"{', '.join(options)} are for reading files, but the source is a Corpus, "
            "which has been read: pass them to Corpus(path, …)"
        )
    corpus: Corpus = source
    return corpus if vocabulary is None else corpus.encode(vocabulary)


def skipped_tokens(source: Corpus, encoded: Corpus) -> int:
    """Return how many tokens of `source` are unknown after ``source.encode``."""
    if encoded.ids is source.ids:
        known = int(source.token_counts()[: len(encoded.counts)].sum())
    else:
        known = len(encoded.ids)
    return len(source.ids) - known


def report_skipped(source: Corpus, encoded: Corpus) -> None:
    """Log how many tokens of `source` are unknown after ``source.encode``."""
    total, skipped = len(source.ids), skipped_tokens(source, encoded)
    if skipped:
        log = logger().warning if skipped > MAX_SKIPPED * total else logger().info
        log(
            "training skips %s of %s (%.1f %%): their words are not in the "
            "vocabulary of %s; extend(corpus, min_count=…) adds words",
            f"{skipped:,}",
            counted(total, "token"),
            100 * skipped / total,
            counted(len(encoded.counts), "word"),
        )
