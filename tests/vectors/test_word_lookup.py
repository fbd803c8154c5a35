import numpy as np
import pytest

from w2vfast.vectors.word_lookup import WordLookup

WORDS = ["the", "Paris", "THE", "paris", "Straße"]


@pytest.mark.parametrize(
    ("options", "words", "rows"),
    [
        ({}, ["Paris", "paris", "PARIS"], [1, 3, None]),
        ({"restrict_vocab": 2}, ["Paris", "paris", "the"], [1, None, 0]),
        ({"restrict_vocab": 99}, ["paris"], [3]),
        ({"lowercase": True}, ["Paris", "PARIS", "Straße"], [3, 3, None]),
        ({"case_insensitive": True}, ["pARIS", "The", "STRASSE"], [1, 0, 4]),
        ({"case_insensitive": True, "restrict_vocab": 1}, ["THE", "Paris"], [0, None]),
    ],
)
def test_rows_of_words(options, words, rows):
    lookup = WordLookup(WORDS, **options)
    all_rows = np.arange(len(WORDS))[lookup.rows]
    found = [None if p < 0 else all_rows[p] for p in lookup.positions(words)]
    assert found == rows
    assert len(lookup) == len(all_rows)


@pytest.mark.parametrize("number", [0, -3])
def test_no_words(number):
    with pytest.raises(ValueError, match=f"restrict_vocab={number}: expected 1"):
        WordLookup(WORDS, restrict_vocab=number)
