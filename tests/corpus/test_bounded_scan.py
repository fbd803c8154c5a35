"""Counting with a bound: the words that are kept have exact counts, and ids agree."""

import gzip
import io
import os
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast import Corpus, Word2Vec
from w2vfast.corpus import bounded_scan
from w2vfast.corpus.count_filter import CountFilter


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """30,000 tokens of a few thousand words, most of which occur once."""
    drawn = random.Random(3)
    words = [f"w{int(drawn.paretovariate(0.7))}" for _ in range(30_000)]
    lines = [" ".join(words[i : i + 20]) for i in range(0, len(words), 20)]
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def check(bounded, exact, max_words):
    """Compare a bounded corpus with the one that counted all words."""
    n, least = len(bounded.counts), bounded.counted_from
    assert n <= max_words
    assert bounded.words() == exact.words(n)
    assert bounded.counts.tolist() == exact.counts[:n].tolist()
    # Exactly the words that occur `counted_from` times or more.
    assert n == np.count_nonzero(exact.counts >= least)
    assert bounded.ids.tolist() == np.minimum(exact.ids, n).tolist()
    assert bounded.offsets.tolist() == exact.offsets.tolist()


@pytest.mark.parametrize("max_words", [2, 10, 100, 1000, 3000, 100_000])
def test_frequent_words_have_exact_counts(text, max_words):
    exact = Corpus(text)
    bounded = Corpus(text, max_counted_words=max_words, _chunk_bytes=5000)
    check(bounded, exact, max_words)
    if max_words >= len(exact.counts):
        assert bounded.counted_from == 1
        assert bounded.ids.tolist() == exact.ids.tolist()
    # The bound is used: a quarter of the words fit at least, unless counts are equal.
    assert len(bounded.counts) >= min(max_words, len(exact.counts)) / 4
    assert exact.counted_from == 1


@pytest.mark.parametrize("chunk_bytes", [100, 3000, 1 << 20])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_result_is_the_same_for_any_number_of_threads(text, workers, chunk_bytes):
    one = Corpus(text, 1, max_counted_words=300)
    many = Corpus(text, workers, max_counted_words=300, _chunk_bytes=chunk_bytes)
    assert many.counted_from == one.counted_from
    assert many.words() == one.words()
    assert many.ids.tolist() == one.ids.tolist()


def test_a_crowded_filter_keeps_the_result_exact(text, monkeypatch):
    # 16 cells for thousands of words: nearly all words pass, and are counted.
    monkeypatch.setattr("w2vfast.corpus.count_filter._FEWEST_CELLS", 16)
    bounded = Corpus(text, max_counted_words=2, _chunk_bytes=5000)
    check(bounded, Corpus(text), 2)


@pytest.mark.parametrize("max_words", [2, 10, 100])
def test_exact_counts_keep_the_bound_if_the_filter_does_not(
    text, monkeypatch, max_words
):
    monkeypatch.setattr(CountFilter, "threshold", lambda self, max_words: 1)
    check(Corpus(text, max_counted_words=max_words), Corpus(text), max_words)


LETTERS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60)


@settings(deadline=None, max_examples=60)
@given(LETTERS, st.integers(2, 9), st.integers(1, 3), st.integers(1, 20))
def test_any_text(tmp_path_factory, letters, max_words, workers, chunk_bytes):
    path = tmp_path_factory.mktemp("any") / "text"
    path.write_text(" ".join(letters))
    exact = Corpus(path)
    try:
        bounded = Corpus(
            path, workers, max_counted_words=max_words, _chunk_bytes=chunk_bytes
        )
    except ValueError as error:
        assert "keeps no word" in str(error)
        assert np.count_nonzero(exact.counts == exact.counts[0]) > max_words
    else:
        check(bounded, exact, max_words)


def test_vectors_are_the_same_if_no_word_is_missing(text):
    settings = {"vector_size": 8, "min_count": 5, "epochs": 1, "workers": 1}
    exact = Word2Vec(text, **settings).train()
    bounded = Word2Vec(text, **settings, max_counted_words=300).train()
    assert bounded.corpus.counted_from <= 5 < len(exact.vocabulary)
    assert len(bounded.corpus.counts) < len(exact.corpus.counts)
    assert bounded.wv.index_to_key == exact.wv.index_to_key
    assert bounded.wv.vectors.tobytes() == exact.wv.vectors.tobytes()


def test_a_min_count_below_the_bound_gives_a_warning(text):
    corpus = Corpus(text, max_counted_words=50)
    least = corpus.counted_from
    assert least > 5
    with pytest.warns(UserWarning, match=f"min_count=5 has the effect of .*={least}:"):
        words = corpus.vocabulary()
    assert words.counts.min() >= least
    assert len(corpus.vocabulary(least)) == len(words)
    assert len(corpus.vocabulary(1, max_final_vocab=10)) == 10  # none is missing


def test_another_vocabulary_drops_the_words_that_were_not_counted(text):
    corpus = Corpus(text, max_counted_words=50)
    known = corpus.vocabulary(corpus.counted_from)
    again = Corpus(text).encode(known)
    encoded = corpus.encode(known)
    kept = encoded.ids < len(known)
    assert encoded.ids[kept].tolist() == again.ids[again.ids < len(known)].tolist()


def test_compressed_files_are_read_twice(text, tmp_path):
    packed = tmp_path / "text.txt.gz"
    packed.write_bytes(gzip.compress(text.read_bytes()))
    check(Corpus(packed, max_counted_words=99), Corpus(text), 99)


def test_ids_may_go_to_a_file(text):
    bounded = Corpus(text, max_counted_words=99, memory_limit=0, _chunk_bytes=999)
    check(bounded, Corpus(text), 99)


def test_text_that_is_no_text_is_found_in_the_first_pass(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"some words\n" * 50 + b"caf\xe9\n")
    with pytest.raises(ValueError, match="line 51"):
        Corpus(path, max_counted_words=2, _chunk_bytes=30)
    replaced = Corpus(path, max_counted_words=2, errors="replace")
    assert replaced.words() == ["some", "words"]


def test_sources_that_can_be_read_only_once_are_refused(tmp_path, text):
    with pytest.raises(ValueError, match="in memory"):
        Corpus([["a", "b"]], max_counted_words=5)
    with pytest.raises(ValueError, match="in memory"):
        Corpus(np.array([[1, 2]]), max_counted_words=5)
    with pytest.raises(ValueError, match="only once"):
        Corpus(io.BytesIO(b"a b"), max_counted_words=5)
    with pytest.raises(ValueError, match="has been counted"):
        Word2Vec(Corpus(text), max_counted_words=5)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ValueError, match="only once"):
            Corpus(tmp_path / "pipe", max_counted_words=5)


@pytest.mark.parametrize("wrong", [0, 1, -3, 2.5, "many", True])
def test_wrong_bounds_are_named(text, wrong):
    with pytest.raises((TypeError, ValueError), match="max_counted_words="):
        Corpus(text, max_counted_words=wrong)


def test_a_filter_beyond_the_budget_is_an_error(text):
    with pytest.raises(MemoryError, match="memory_limit=9 "):
        Corpus(text, max_counted_words=10_000_000, memory_limit=9)


def test_words_that_are_all_equally_frequent_cannot_be_bounded(tmp_path):
    path = tmp_path / "text"
    path.write_text("a b c d")
    with pytest.raises(ValueError, match="keeps no word"):
        Corpus(path, max_counted_words=3)
    assert Corpus(path, max_counted_words=4).words() == ["a", "b", "c", "d"]


def test_a_file_that_changes_between_the_passes_is_an_error(
    text, tmp_path, monkeypatch
):
    path = tmp_path / "text"
    path.write_bytes(text.read_bytes())
    find = bounded_scan.find_bound

    def find_and_write(*arguments):
        found = find(*arguments)
        path.write_text("other words")
        return found

    monkeypatch.setattr("w2vfast.corpus.encoder.find_bound", find_and_write)
    with pytest.raises(OSError, match="changed"):
        Corpus(path, max_counted_words=9)


@pytest.mark.usefixtures("threads_end")
def test_an_error_in_the_first_pass_stops_all_threads(text, monkeypatch):
    def fail(self, hashes, counts):
        raise RuntimeError("boom")

    monkeypatch.setattr(CountFilter, "add", fail)
    with pytest.raises(RuntimeError, match="boom"):
        Corpus(text, 3, max_counted_words=9, _chunk_bytes=100)


def test_cells_stop_before_they_overflow():
    count_filter = CountFilter(2, 0)
    hashes = np.array([7], np.uint64)
    for _ in range(5):
        count_filter.add(hashes, np.array([2**31 - 1]))
    assert count_filter.passing(hashes, 2**31).tolist() == [1]


def test_counts_beyond_the_largest_still_pass():
    found = CountFilter(2, 1 << 30)
    hashes = np.array([1 | 1 << 32, 2 | 2 << 32, 3 | 3 << 32], np.uint64)
    for counts in ([2**31 - 1] * 3, [2**31 - 1, 2, 3], [1, 9, 9]):
        found.add(hashes, np.array(counts))
    assert found.passing(hashes, found.threshold(2))[0] == 1
