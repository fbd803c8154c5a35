"""Errors for unknown words name words with a similar spelling, in bounded time."""

import pickle
import time

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.spelling import UnknownWordError, near_spellings

ROWS = {word: i for i, word in enumerate(["the", "queen", "Paris", "queue", "König"])}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("paris", ["Paris"]),  # case
        (" the\n", ["the"]),  # surrounding whitespace
        ("Queen", ["queen"]),
        ("quee", ["queen", "queue"]),  # a missing and a replaced letter
        ("queeen", ["queen"]),  # one letter too many
        ("quuee", ["queue"]),  # two letters swapped
        ("Kinig", ["König"]),  # a letter that only a known word has
        ("xylophone", []),
        ("", []),
        ("q" * 1000, []),
    ],
)
def test_words_with_one_edit_are_found(word, found):
    assert near_spellings(word, ROWS) == found


def test_at_most_limit_words_in_order_of_rows():
    rows = {f"wor{letter}": i for i, letter in enumerate("zyxmn")}
    assert near_spellings("word", rows) == ["worz", "wory", "worx"]
    assert near_spellings("word", rows, limit=1) == ["worz"]


def test_the_message_suggests_words():
    wv = KeyedVectors(list(ROWS), np.ones((5, 2)))
    with pytest.raises(KeyError, match=r"'qeen' is not among the 5 words.*'queen'\?"):
        wv["qeen"]
    with pytest.raises(KeyError, match="check its spelling"):
        wv.most_similar("zzzzzz")


def test_suggestions_are_computed_only_when_shown(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "w2vfast.vectors.spelling.near_spellings",
        lambda *args: calls.append(args) or [],
    )
    error = UnknownWordError("x", ROWS)
    assert error.args == ("'x' is not among the 5 words of these vectors",)
    assert not calls
    str(error)
    assert len(calls) == 1


def test_a_pickled_error_keeps_its_text_only():
    error = UnknownWordError("qeen", ROWS)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is KeyError
    assert "'queen'" in copy.args[0]


def test_many_words_do_not_make_errors_slow():
    rows = {f"word{i}": i for i in range(300_000)}
    start = time.process_time()
    for _ in range(10):
        near_spellings("wxrd123456", rows)
    assert (time.process_time() - start) / 10 < 0.05
