"""The vocabulary of a model, in gensim's steps: scan, prepare, allocate, grow."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from w2vfast.compat.gensim.model import ModelBase
from w2vfast.compat.gensim.vocabulary import (
    Scan,
    TrimRule,
    Word,
    check_source,
    kept_words,
    least_count,
    scan_corpus,
    why_no_words,
)
from w2vfast.compat.gensim.weights import grown_state, new_state
from w2vfast.corpus import Vocabulary
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.state import ModelState

logger: logging.Logger = logging.getLogger(__name__)


class VocabularyBuilder(ModelBase):
    """Builds and extends the vocabulary, and with it the matrices."""

    def build_vocab(
        self,
        corpus_iterable: Any = None,
        corpus_file: str | None = None,
        update: bool = False,
        progress_per: int = 10_000,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        **kwargs: Any,
    ) -> None:
        """
        Count the words of a corpus, choose the vocabulary and allocate vectors.

        Parameters
        ----------
        corpus_iterable : iterable of lists of tokens
        corpus_file : str
            Path of a text with one sentence per line, instead of `corpus_iterable`.
        update : bool, default False
            Add the words to the vocabulary instead of replacing it. Old words keep
            their vectors; see `grown_state`.
        progress_per : int
            No effect.
        keep_raw_vocab : bool, default False
            Keep the counts of all words in `raw_vocab`.
        trim_rule : callable, optional
            ``rule(word, count, min_count)`` returns RULE_KEEP, RULE_DISCARD or
            RULE_DEFAULT.
        **kwargs
            min_count and sample, as in `prepare_vocab`.
        """
        check_source(corpus_iterable, corpus_file, 1, "build_vocab")
        scan = self._scan(corpus_iterable, corpus_file, trim_rule)
        self._last_scan = scan
        self.corpus_count = scan.n_sentences
        self.corpus_total_words = scan.total_words
        report = self.prepare_vocab(update, keep_raw_vocab, trim_rule, **kwargs)
        report["memory"] = self.estimate_memory(report["num_retained_words"])
        self.prepare_weights(update)
        self.add_lifecycle_event("build_vocab", update=update, trim_rule=str(trim_rule))

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[Word, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: TrimRule | None = None,
        update: bool = False,
    ) -> None:
        """
        Choose the vocabulary from the counts of words; see `build_vocab`.

        Parameters
        ----------
        word_freq : mapping of words to counts
        corpus_count : int, optional
            Number of sentences, kept as the attribute `corpus_count`.
        """
        self.raw_vocab = dict(word_freq)
        self.corpus_count = corpus_count or 0
        self.corpus_total_words = sum(self.raw_vocab.values())
        self.prepare_vocab(update, keep_raw_vocab, trim_rule)
        self.prepare_weights(update)

    def scan_vocab(
        self,
        corpus_iterable: Any = None,
        corpus_file: str | None = None,
        progress_per: int = 10_000,
        workers: int | None = None,
        trim_rule: TrimRule | None = None,
    ) -> tuple[int, int]:
        """Count words into `raw_vocab`; return the numbers of words and sentences."""
        check_source(corpus_iterable, corpus_file, 1, "scan_vocab")
        scan = self._scan(corpus_iterable, corpus_file, trim_rule)
        return scan.total_words, scan.n_sentences

    def _scan(
        self, corpus_iterable: Any, corpus_file: str | None, trim_rule: TrimRule | None
    ) -> Scan:
        scan = scan_corpus(
            corpus_iterable, corpus_file, self.workers, self.max_vocab_size, trim_rule
        )
        self.raw_vocab = scan.counts
        return scan

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """
        Choose the words of `raw_vocab` that stay.

        Parameters
        ----------
        min_count, sample : optional
            Instead of the model's attributes, which then get these values.
        dry_run : bool, default False
            Only report, change nothing.

        Returns
        -------
        dict
            With drop_unique, retain_total, num_retained_words (words that stay),
            downsample_unique and downsample_total (after subsampling).
        """
        min_count = self.min_count if min_count is None else min_count
        sample = self.sample if sample is None else sample
        limit = None if update else self.max_final_vocab
        least = least_count(self.raw_vocab, min_count, limit)
        by_frequency = bool(self.sorted_vocab) or update
        kept = kept_words(self.raw_vocab, least, trim_rule, by_frequency)
        counts = np.array(list(kept.values()), np.int64)
        keep = keep_probability(counts, sample or 0.0) if len(counts) else counts
        report: dict[str, Any] = {
            "drop_unique": len(self.raw_vocab) - len(kept),
            "retain_total": int(counts.sum()),
            "downsample_unique": int(np.count_nonzero(keep < 1)),
            "downsample_total": int((counts * keep).sum()),
            "num_retained_words": len(kept),
        }
        if dry_run:
            return report
        self.min_count: int = min_count
        self.sample: float = sample
        self.effective_min_count: int = least
        self._no_words = "" if kept else why_no_words(self.raw_vocab, least, trim_rule)
        if update:
            kept = self._with_old_words(kept)
        else:
            self._clear()
        self._set_words(kept)
        self.raw_vocab: dict[Word, int] = self.raw_vocab if keep_raw_vocab else {}
        self.add_lifecycle_event("prepare_vocab", **report)
        return report

    def _with_old_words(self, added: dict[Word, int]) -> dict[Word, int]:
        """Return the old words with larger counts, then the new words."""
        old = zip(self.wv.index_to_key, self._counts().tolist(), strict=True)
        counts = {word: int(count) for word, count in old}
        for word, count in added.items():
            counts[word] = counts.get(word, 0) + count
        return counts

    def _set_words(self, counts: dict[Word, int]) -> None:
        """Give `wv` its keys and counts; the vectors follow in `prepare_weights`."""
        wv = self.wv
        wv.index_to_key = list(counts)
        wv.key_to_index = {word: row for row, word in enumerate(wv.index_to_key)}
        wv.next_index = len(wv)
        wv.expandos = {"count": np.array(list(counts.values()), np.int64)}

    def _counts(self) -> Any:
        if "count" in self.wv.expandos:
            return self.wv.expandos["count"]
        return np.ones(len(self.wv), np.int64)

    def prepare_weights(self, update: bool = False) -> None:
        """Allocate the matrices, or extend them if `update`."""
        if update and self.state is not None:
            self.update_weights()
        else:
            self.init_weights()

    def _clear(self) -> None:
        """Remove all words, vectors and matrices; `wv` stays the same object."""
        self.state: ModelState | None = None
        self._view = None
        self.wv.vectors = np.zeros((0, self.vector_size), np.float32)
        self.wv.vectors_lockf = np.ones(1, np.float32)

    def init_weights(self) -> None:
        """
        Make new matrices for the words of `wv`.

        Vectors that were assigned to the model, such as pretrained ones, stay.
        """
        if not len(self.wv):
            self._clear()
            return
        assigned = self.wv.vectors if self.state is None else self.wv.vectors[:0]
        parameters = self.parameters()
        state = new_state(parameters, self._vocabulary())
        state.centre_vectors[: len(assigned)] = assigned
        self.attach(state, self.wv.index_to_key)

    def update_weights(self) -> None:
        """Add rows for new words; see `grown_state`."""
        assert self.state is not None
        vectors = self.wv.vectors  # may have been assigned, or extended by add_vectors
        parameters = self.parameters()
        if parameters.loss != self.state.parameters.loss:
            raise ValueError(
                "hs or negative changed after the vocabulary was built: call "
                "build_vocab(update=False) to make a new model"
            )
        state = grown_state(self.state, parameters, self._vocabulary())
        state.centre_vectors[: len(vectors)] = vectors
        self.attach(state, self.wv.index_to_key)

    def _vocabulary(self) -> Vocabulary:
        """Return the words of `wv` as the native vocabulary, in which keys are str."""
        return Vocabulary([str(key) for key in self.wv.index_to_key], self._counts())

    def reset_from(self, other_model: VocabularyBuilder) -> None:
        """Take the vocabulary of another model, and make new matrices for it."""
        other = other_model.wv
        self.corpus_count: int = other_model.corpus_count
        self.corpus_total_words: int = other_model.corpus_total_words
        self._clear()
        counts = other_model._counts().tolist()
        self._set_words(dict(zip(other.index_to_key, counts, strict=True)))
        self.init_weights()

    def create_binary_tree(self) -> None:
        """Do nothing: the Huffman tree is built from the counts when it is needed."""

    def make_cum_table(self, domain: int = 2**31 - 1) -> None:
        """Do nothing: `cum_table` and the sampler are computed from the counts."""

    def add_null_word(self) -> None:
        """Raise NotImplementedError: only gensim's Doc2Vec uses the null word."""
        raise NotImplementedError(
            "the null word serves Doc2Vec with dm_concat=1 alone, which w2vfast does "
            "not have: leave null_word=0"
        )

    def estimate_memory(
        self, vocab_size: int | None = None, report: dict[str, int] | None = None
    ) -> dict[str, int]:
        """Return the estimated bytes of vocabulary and matrices, and their sum."""
        words = vocab_size or len(self.wv)
        sizes = {} if report is None else report
        sizes["vocab"] = words * (700 if self.hs else 500)
        matrix = words * self.vector_size * 4
        sizes["vectors"] = matrix
        if self.hs:
            sizes["syn1"] = matrix
        if self.negative:
            sizes["syn1neg"] = matrix
        sizes["total"] = sum(n for name, n in sizes.items() if name != "total")
        return sizes
