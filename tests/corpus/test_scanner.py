"""The compiled scanner: it checks array sizes and never writes out of bounds."""

import numpy as np
import pytest

from w2vfast.corpus._scanner import WordTable


def test_functions_check_array_sizes():
    table = WordTable()
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="room"):
        table.scan(b"some words here", one, one, True)
    ids, ends = np.zeros((2, 20), np.int32)
    assert table.scan(b"b a\nb", ids, ends, True) == (3, 2)
    with pytest.raises(ValueError, match="room"):
        WordTable().merge(table, one)
    with pytest.raises(ValueError, match="counts"):
        table.copy_counts(np.zeros(1, np.int64))
    with pytest.raises(ValueError, match="lengths"):
        table.copy_lengths(np.array([0]), np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="no word 5"):
        table.copy_lengths(np.array([0, 5]), np.zeros(2, np.int64))
    order = np.array([0, 5])
    with pytest.raises(ValueError, match="no word 5"):
        table.copy_text(order, np.array([0, 1]), np.zeros(9, np.uint8))


def test_a_finished_table_takes_no_more_words():
    ids, ends = np.zeros((2, 20), np.int32)
    table, other = WordTable(), WordTable()
    table.scan(b"b a b", ids, ends, True)
    other.merge(table, np.zeros(2, np.int32))
    assert len(table) == 0
    other.finish()
    for finished in (table, other):
        with pytest.raises(ValueError, match="finished"):
            finished.scan(b"b", ids, ends, True)
        bounds = np.array([[0], [1]])
        with pytest.raises(ValueError, match="finished"):
            finished.scan_texts(b"b", *bounds, ids[:1], ends)
        with pytest.raises(ValueError, match="finished"):
            finished.count_words(b"b", *bounds, ids)
        with pytest.raises(ValueError, match="finished"):
            finished.merge(WordTable(), ids[:0])
    counts = np.zeros(2, np.int64)
    other.copy_counts(counts)
    assert sorted(counts.tolist()) == [1, 2]


@pytest.mark.parametrize("length", [0xFFFE, 0xFFFF, 0x10000, 0x23456])
def test_long_words_keep_their_length(length):
    words = [b"x" * length, b"x" * (length - 1) + b"y", b"short", b"x" * (length + 1)]
    text = b" ".join(words * 2)
    ids, ends = np.zeros((2, len(text)), np.int32)
    table, other = WordTable(), WordTable()
    assert table.scan(text, ids, ends, True) == (8, 1)
    assert ids[:8].tolist() == [0, 1, 2, 3] * 2
    mapping = np.zeros(4, np.int32)
    other.merge(table, mapping)
    lengths = np.zeros(4, np.int64)
    order = mapping.astype(np.int64)
    other.copy_lengths(order, lengths)
    assert lengths.tolist() == list(map(len, words))
    copied = np.zeros(lengths.sum(), np.uint8)
    starts = np.cumsum(lengths) - lengths
    other.copy_text(order, starts, copied)
    assert copied.tobytes() == b"".join(words)


@pytest.mark.parametrize("data", [b"\n" * 50, b"a\n\n" * 50, b"a\n" * 50, b"a b " * 9])
def test_scan_writes_only_the_given_arrays(data):
    tokens = (len(data) + 1) // 2
    ids, ends = np.full((2, tokens + 9), -7, np.int32)
    WordTable().scan(data, ids[:tokens], ends[: tokens + 1], True)
    assert (ids[tokens:] == -7).all()
    assert (ends[tokens + 1 :] == -7).all()
