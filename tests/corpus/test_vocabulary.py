"""Vocabularies: words, counts, order, and limits on the number of words."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.vocabulary import Vocabulary, rank_order


def test_words_have_ids_and_counts():
    vocabulary = Vocabulary(["the", "of"], [5, 3])
    assert vocabulary.index_to_key == ["the", "of"]
    assert vocabulary.key_to_index == {"the": 0, "of": 1}
    assert vocabulary.counts.dtype == np.int64
    assert len(vocabulary) == 2
    assert "the" in vocabulary
    assert "The" not in vocabulary
    assert repr(vocabulary) == "<Vocabulary: 2 words counted 8 times>"
    with pytest.raises(ValueError, match="read-only"):
        vocabulary.counts[0] = 1


def test_counts_are_copied():
    counts = np.array([2, 1])
    vocabulary = Vocabulary(["a", "b"], counts)
    counts[0] = 9
    assert vocabulary.counts.tolist() == [2, 1]


def test_keys_become_plain_str():
    vocabulary = Vocabulary(np.array(["a", "b"]), np.array([2, 1], np.uint16))
    assert [type(key) for key in vocabulary.index_to_key] == [str, str]


@pytest.mark.parametrize(
    ("keys", "counts", "error", "message"),
    [
        (["a", "a"], [1, 1], ValueError, "'a' occurs twice"),
        (["a", "b"], [1], ValueError, r"expected \(2,\)"),
        (["a", "b"], [[1, 1]], ValueError, r"expected \(2,\)"),
        (["a", 2], [1, 1], TypeError, "2 is an int"),
        (["a", b"b"], [1, 1], TypeError, "bytes"),
        (["a", "b"], [1, 1.5], TypeError, "whole numbers"),
        (["a", "b"], [1, -1], ValueError, "-1"),
        (["a", "b"], ["x", "y"], TypeError, "whole numbers"),
        ("ab", [1, 1], TypeError, "list of words"),
    ],
)
def test_bad_words_or_counts_are_errors(keys, counts, error, message):
    with pytest.raises(error, match=message):
        Vocabulary(keys, counts)


def test_from_frequencies_sorts_and_limits_words():
    counts = {"d": 1, "b": 2, "a": 3, "c": 2}
    assert Vocabulary.from_frequencies(counts).index_to_key == ["a", "b", "c", "d"]
    assert Vocabulary.from_frequencies(counts, 2).index_to_key == ["a", "b", "c"]
    limited = Vocabulary.from_frequencies(counts, 1, 2)
    assert limited.index_to_key == ["a", "b"]
    assert limited.counts.tolist() == [3, 2]
    with pytest.raises(TypeError, match="mapping"):
        Vocabulary.from_frequencies([("a", 1)])
    with pytest.raises(TypeError, match="whole numbers"):
        Vocabulary.from_frequencies({"a": 1.5, "b": 2.5})


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=9), max_size=9),
    st.integers(1, 5),
    st.none() | st.integers(2, 9),
)
def test_corpus_and_frequencies_give_the_same_vocabulary(lines, min_count, max_words):
    counts = Counter(token for line in lines for token in line)
    if sum(count >= min_count for count in counts.values()) < 2:
        with pytest.raises(ValueError, match=r"min_count|empty"):
            Vocabulary.from_frequencies(counts, min_count, max_words)
        return
    expected = Vocabulary.from_frequencies(counts, min_count, max_words)
    found = Corpus(lines).vocabulary(min_count, max_words)
    assert found.index_to_key == expected.index_to_key
    assert found.counts.tolist() == expected.counts.tolist()


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"min_count": 9}, ValueError, "most frequent one occurs 3 times; lower min_"),
        ({"min_count": 3}, ValueError, "single word .* needs two"),
        ({"min_count": 0}, ValueError, "min_count=0"),
        ({"min_count": 1.5}, TypeError, "whole number"),
        ({"min_count": True}, TypeError, "whole number"),
        ({"min_count": 1, "max_final_vocab": 1}, ValueError, "max_final_vocab=1"),
        ({"min_count": 1, "max_final_vocab": "9"}, TypeError, "whole number"),
    ],
)
def test_limits_that_leave_no_vocabulary_are_errors(parameters, error, message):
    with pytest.raises(error, match=message):
        Corpus([["a", "b", "a", "b", "a"]]).vocabulary(**parameters)
    with pytest.raises(error, match=message):
        Vocabulary.from_frequencies({"a": 3, "b": 2}, **parameters)


def test_empty_frequencies_are_an_error():
    with pytest.raises(ValueError, match="empty"):
        Vocabulary.from_frequencies({})


@settings(deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3, 65534, 65535, 65536, 10**12]), max_size=30))
def test_rank_order_keeps_the_order_of_ties(counts):
    expected = sorted(range(len(counts)), key=lambda i: -counts[i])
    assert rank_order(np.array(counts, np.int64)).tolist() == expected
