"""Ids become the ids of another vocabulary; a user's own ids become ranks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.vocabulary import Vocabulary

RELAXED = settings(deadline=None)

LINES = [["c", "b", "a"], ["a", "b", "a"], ["d"]]


def test_encoding_uses_the_ids_of_the_vocabulary():
    vocabulary = Vocabulary(["new", "b", "c"], [7, 0, 1])
    encoded = Corpus(LINES).encode(vocabulary)
    assert encoded.ids.tolist() == [2, 1, 1]
    assert encoded.offsets.tolist() == [0, 2, 3]
    assert encoded.counts.tolist() == [7, 0, 1]
    assert encoded.words() == ["new", "b", "c"]
    assert encoded.vocabulary(min_count=100) is vocabulary


def test_encoding_with_the_same_words_shares_the_ids():
    corpus = Corpus(LINES)
    encoded = corpus.encode(corpus.vocabulary(2))
    assert encoded.ids is corpus.ids
    assert encoded.vocabulary().index_to_key == ["a", "b"]
    corpus.close()
    assert encoded.ids.tolist() == [2, 1, 0, 0, 1, 0, 3]


def test_an_encoded_corpus_can_be_encoded_again():
    corpus = Corpus([*LINES, ["e", "a"]])
    shared = corpus.encode(corpus.vocabulary(1, 2))
    again = shared.encode(Vocabulary(["x", "b", "e"], [1, 1, 1]))
    assert again.ids.tolist() == [1, 1]
    assert again.offsets.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="no token"):
        shared.encode(Vocabulary(["e", "d"], [1, 1]))
    every = corpus.encode(Vocabulary(["f", *corpus.words()], [1] * 6))
    assert (every.ids == corpus.ids + 1).all()


def test_encoding_without_a_common_word_is_an_error():
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


@RELAXED
@given(st.data())
def test_ids_and_offsets_round_trip(contents, encoded, data):
    sentences = data.draw(st.lists(st.lists(st.integers(0, 9), max_size=6)))
    if not any(sentences):
        return
    flat = [i for sentence in sentences for i in sentence]
    offsets = np.cumsum([0, *map(len, sentences)])
    kind = data.draw(st.sampled_from([np.uint8, np.int32, np.int64, np.uint64]))
    words = [[str(i) for i in sentence] for sentence in sentences]
    corpus = Corpus.from_ids(np.array(flat, kind), offsets)
    assert contents(corpus) == encoded(words)
    copy = Corpus.from_ids(corpus.ids, corpus.offsets, corpus.words())
    assert contents(copy) == contents(corpus)


def test_ids_longer_than_a_block(contents, encoded, monkeypatch):
    monkeypatch.setattr("w2vfast.corpus.remap._BLOCK", 3)
    ids = [5, 5, 2, 2, 2, 0, 7, 7, 7, 7, 5]
    lines = [["5"] * 2, ["2", "2", "2", "0", "7"], ["7", "7", "7"], ["5"]]
    for limit in (None, 0):
        corpus = Corpus.from_ids(ids, [0, 0, 2, 2, 7, 10, 11, 11], memory_limit=limit)
        assert contents(corpus) == encoded(lines)


def test_ids_may_be_large_or_have_words():
    corpus = Corpus.from_ids([10**15, 3, 10**15])
    assert corpus.words() == [str(10**15), "3"]
    assert corpus.ids.tolist() == [0, 1, 0]
    assert Corpus.from_ids([1, 1, 0], words=["zero", "one"]).words() == ["one", "zero"]
    assert len(Corpus.from_ids([4, 4, 2])) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([],), ValueError, "no ids"),
        (([1.5],), TypeError, "integers"),
        (([True],), TypeError, "integers"),
        (([[1]],), TypeError, "one dimension"),
        (([-1, 2],), ValueError, "0 or more"),
        (([0, 5], None, ["a", "b"]), ValueError, "from 0 to 1"),
        (([0, 2], None, ["a", "b"]), ValueError, "ids from 0 to 2: .* from 0 to 1"),
        (([0, 1], None, ["a", 3]), TypeError, r"words\[1\]=3"),
        (([0, 1], [0, 1]), ValueError, "rise from 0 to 2"),
        (([0, 1], [1, 2]), ValueError, "rise from 0 to 2"),
        (([0, 1], [0, 2, 1, 2]), ValueError, "rise from 0 to 2"),
        (([0, 1], []), (ValueError, TypeError), "offsets"),
        (([0, 1], [0.0, 2.0]), TypeError, "offsets"),
    ],
)
def test_bad_ids_are_errors(arguments, error, message):
    with pytest.raises(error, match=message):
        Corpus.from_ids(*arguments)
