"""The scanner accepts the same byte sequences as Python's UTF-8 decoder."""

from itertools import product

import numpy as np
import pytest

from w2vfast.corpus._scanner import WordTable

# Both sides of every bound in the table of well-formed sequences (Unicode, table 3-7).
FIRST = [0x41, 0x7F, *range(0x80, 0x100)]
SECOND = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
LATER = [0x41, 0x80, 0xBF, 0xC0]


def is_utf8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def find_invalid(words, strict=True, first=0):
    """Return the first word that is no text, as the scanner of a new table finds it."""
    table = WordTable()
    data = b" ".join(words)
    ids, ends = np.zeros((2, len(data) + 2), np.int32)
    table.scan(data, ids, ends, True)
    return table.find_invalid(first, strict)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_sequences_are_valid_as_in_python(length):
    bytes_at = [FIRST, SECOND, LATER, LATER][:length]
    for data in map(bytes, product(*bytes_at)):
        expected = -1 if is_utf8(data) else 0
        assert find_invalid([data]) == expected, data
        assert find_invalid([data + b"a"]) == (-1 if is_utf8(data + b"a") else 0), data


def test_the_first_invalid_word_is_found():
    words = [b"a", "é".encode(), b"\xc3", b"b", b"\xff"]
    assert [find_invalid(words, first=i) for i in range(6)] == [2, 2, 2, 4, 4, -1]
    assert find_invalid(words, strict=False) == -1


@pytest.mark.parametrize("strict", [False, True])
def test_nul_is_never_text(strict):
    assert find_invalid([b"a", b"b\0c"], strict) == 1


def test_a_negative_word_is_refused():
    with pytest.raises(ValueError, match="there is no word -1"):
        find_invalid([b"a"], first=-1)
