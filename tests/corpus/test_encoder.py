"""Vocabularies of a corpus, and the corpus in the ids of another one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.vocabulary import Vocabulary

RELAXED = settings(deadline=None)
LINES = [["c", "b", "a"], ["a", "b", "a"], ["d"]]


def test_a_vocabulary_is_the_first_ids():
    corpus = Corpus(LINES)
    vocabulary = corpus.vocabulary(min_count=2)
    assert vocabulary.index_to_key == ["a", "b"]
    assert vocabulary.counts.tolist() == [3, 2]
    assert corpus.vocabulary(1).index_to_key == ["a", "b", "c", "d"]
    assert corpus.vocabulary(1, 3).index_to_key == ["a", "b", "c"]
    assert corpus.vocabulary(1, 9).index_to_key == ["a", "b", "c", "d"]
    assert corpus.words(2) == ["a", "b"]
    assert corpus.words(0) == []


def test_encoding_with_another_vocabulary():
    wanted = Vocabulary(["new", "b", "c"], [7, 0, 1])
    encoded = Corpus(LINES).encode(wanted)
    assert encoded.ids.tolist() == [2, 1, 1]
    assert encoded.offsets.tolist() == [0, 2, 3]
    assert encoded.counts.tolist() == [7, 0, 1]
    assert encoded.words() == ["new", "b", "c"]
    assert encoded.vocabulary(min_count=100) is wanted


def test_encoding_with_the_same_words_shares_the_ids():
    corpus = Corpus(LINES)
    encoded = corpus.encode(corpus.vocabulary(2))
    assert encoded.ids is corpus.ids
    assert encoded.vocabulary().index_to_key == ["a", "b"]
    corpus.close()
    assert encoded.ids.tolist() == [2, 1, 0, 0, 1, 0, 3]


def test_encoding_twice():
    corpus = Corpus([*LINES, ["e", "a"]])
    shared = corpus.encode(corpus.vocabulary(1, 2))
    again = shared.encode(Vocabulary(["x", "b", "e"], [1, 1, 1]))
    assert again.ids.tolist() == [1, 1]
    assert again.offsets.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="no token"):
        shared.encode(Vocabulary(["e", "d"], [1, 1]))
    every = corpus.encode(Vocabulary(["f", *corpus.words()], [1] * 6))
    assert (every.ids == corpus.ids + 1).all()


def test_encoding_with_no_word_in_common_is_an_error():
    with pytest.raises(ValueError, match="no token"):
        Corpus(LINES).encode(Vocabulary(["x", "y"], [1, 1]))


@RELAXED
@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1),
    st.permutations("abcdefgh"),
    st.integers(1, 8),
    st.sampled_from([None, 0]),
)
def test_encoding_agrees_with_python(lines, keys, size, limit):
    index = {key: i for i, key in enumerate(keys[:size])}
    ids = [[index[t] for t in line if t in index] for line in lines]
    ids = [line for line in ids if line]
    if not ids:
        return
    corpus = Corpus(lines, memory_limit=limit)
    encoded = corpus.encode(Vocabulary(keys[:size], [1] * size))
    if encoded.ids is not corpus.ids:
        assert encoded.ids.tolist() == [i for line in ids for i in line]
        assert np.diff(encoded.offsets).tolist() == [len(line) for line in ids]
