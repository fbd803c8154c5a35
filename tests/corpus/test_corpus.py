"""The Corpus class: its arrays, vocabulary, progress bar, memory limit and close."""

import sys

import numpy as np
import pytest

from w2vfast.corpus.corpus import Corpus
from w2vfast.runtime import memory

LINES = [["c", "b", "a"], ["a", "b", "a"], ["d"]]


def test_vocabulary_is_a_prefix_of_the_ids():
    corpus = Corpus(LINES)
    vocabulary = corpus.vocabulary(min_count=2)
    assert vocabulary.index_to_key == ["a", "b"]
    assert vocabulary.counts.tolist() == [3, 2]
    assert corpus.vocabulary(1).index_to_key == ["a", "b", "c", "d"]
    assert corpus.vocabulary(1, 3).index_to_key == ["a", "b", "c"]
    assert corpus.vocabulary(1, 9).index_to_key == ["a", "b", "c", "d"]
    assert corpus.words(2) == ["a", "b"]
    assert corpus.words(0) == []


def test_arrays_are_read_only_and_have_the_documented_types():
    for corpus in (
        Corpus([["a", "b", "a"]]),
        Corpus([["a", "b", "a"]], memory_limit=0),
        Corpus.from_ids([3, 1, 3]),
    ):
        kinds = [a.dtype for a in (corpus.ids, corpus.offsets, corpus.counts)]
        assert kinds == [np.int32, np.int64, np.int64]
        for array in (corpus.ids, corpus.offsets, corpus.counts):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


def test_closed_corpus_has_no_ids():
    with Corpus([["a", "b"]]) as corpus:
        assert repr(corpus) == "<Corpus: 2 tokens in 1 sentence, 2 types>"
    assert repr(corpus) == "<Corpus: closed>"
    with pytest.raises(ValueError, match="closed"):
        _ = corpus.ids


def test_progress_bar_appears_on_request_or_on_a_terminal(rewrite, capsys, monkeypatch):
    path = rewrite(b"some words\n" * 100)
    for source in (path, LINES, iter(LINES)):
        Corpus(source, progress=True)
        assert "scan: " in capsys.readouterr().err
    for terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda shown=terminal: shown)
        Corpus(path)
        assert ("scan: " in capsys.readouterr().err) == terminal
        Corpus(path, progress=False)
        assert capsys.readouterr().err == ""


def test_memory_limit_defaults_to_half_of_the_memory():
    assert 0 < memory.resolve_limit(None) <= memory.physical_memory() // 2
    assert memory.physical_memory() > 1 << 26
    with pytest.raises(ValueError, match="memory_limit"):
        Corpus(LINES, memory_limit=-1)
    with pytest.raises(TypeError, match="memory_limit"):
        Corpus(LINES, memory_limit=0.5)
    with pytest.raises(ValueError, match="workers=0"):
        Corpus(LINES, workers=0)
