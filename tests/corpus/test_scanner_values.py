"""The scanner on values with bounds: texts to split, and words that are whole."""

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus._scanner import WordTable

WORDS = st.lists(st.text("ab \n\0é\u2028" + "long", max_size=20), max_size=300)


def packed(words):
    """Return the bytes of words, and their bounds."""
    encoded = [word.encode() for word in words]
    bounds = np.array([0, *accumulate(map(len, encoded))], np.int64)
    return b"".join(encoded), bounds


def content(table):
    """Return the words of a table, with their counts."""
    counts, lengths = np.empty((2, len(table)), np.int64)
    table.copy_counts(counts, lengths)
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    text = np.empty(bounds[-1], np.uint8)
    table.copy_text(np.arange(len(table)), bounds, text)
    words = [text[a:b].tobytes() for a, b in pairwise(bounds)]
    return dict(zip(words, counts.tolist(), strict=True))


@settings(deadline=None)
@given(WORDS)
def test_words_are_counted_whole(words):
    data, bounds = packed(words)
    table, ids = WordTable(), np.zeros(len(words), np.int32)
    table.count_words(data, bounds[:-1], bounds[1:], ids)
    expected = {}
    for word in words:
        expected[word.encode()] = expected.get(word.encode(), 0) + 1
    assert content(table) == expected
    assert ids.tolist() == [list(expected).index(word.encode()) for word in words]


@settings(deadline=None)
@given(WORDS)
def test_texts_are_split_as_lines_are(texts):
    data, bounds = packed(texts)
    lines = "\n".join(texts).encode()
    room = len(lines) + 1
    found = []
    for scan in (
        lambda table, *out: table.scan_texts(data, bounds[:-1], bounds[1:], *out),
        lambda table, *out: table.scan(lines, *out, True),
    ):
        table, ids, ends = WordTable(), *np.zeros((2, room + 1), np.int32)
        n, n_ends = scan(table, ids[:room], ends)
        kept = sorted({*ends[:n_ends].tolist()} - {0})
        found.append((ids[:n].tolist(), kept, content(table)))
    assert found[0] == found[1]


def test_counts_may_be_given():
    data, bounds = packed(["a", "b", "a"])
    table, ids = WordTable(), np.zeros(3, np.int32)
    counts = np.array([5, 7, 1])
    table.count_words(data, bounds[:-1], bounds[1:], ids, counts)
    assert content(table) == {b"a": 6, b"b": 7} and ids.tolist() == [0, 1, 0]


BAD_BOUNDS = [([-1], [2]), ([0], [99]), ([2], [1]), ([0, 2**62], [1, -(2**62)])]


@pytest.mark.parametrize(("starts", "stops"), BAD_BOUNDS)
def test_values_outside_of_the_buffer_are_errors(starts, stops):
    bounds = np.array(starts), np.array(stops)
    ids, ends = np.zeros((2, 20), np.int32)
    with pytest.raises(ValueError, match="not in the buffer"):
        WordTable().count_words(b"abc", *bounds, ids)
    with pytest.raises(ValueError, match="not in the buffer"):
        WordTable().scan_texts(b"abc", *bounds, ids[:-1], ends)


def test_room_for_the_result_is_checked():
    data, bounds = packed(["a b", "c"])
    ids, ends = np.zeros((2, 20), np.int32)
    values = data, bounds[:-1], bounds[1:]
    with pytest.raises(ValueError, match="no room"):
        WordTable().scan_texts(*values, ids[:2], ends)
    with pytest.raises(ValueError, match="one sentence end more"):
        WordTable().scan_texts(*values, ids, ends)
    with pytest.raises(ValueError, match="2 ids do not fit 1 places"):
        WordTable().count_words(*values, ids[:1])
    with pytest.raises(ValueError, match="1 counts for 2 words"):
        WordTable().count_words(*values, ids, np.ones(1, np.int64))
    with pytest.raises(ValueError, match="2 starts, but 1 stops"):
        WordTable().count_words(data, bounds[:-1], bounds[1:2], ids)


def test_invalid_words_are_found_and_nul_may_be_allowed():
    table, ids = WordTable(), np.zeros(3, np.int32)
    bounds = np.array([0, 2, 4, 6])
    table.count_words(b"ab\0cd\xff", bounds[:-1], bounds[1:], ids)
    assert table.find_invalid(0, True) == 1
    assert table.find_invalid(0, True, with_nul=True) == 2
    assert table.find_invalid(0, False, with_nul=True) == -1
