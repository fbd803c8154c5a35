"""Shared fixtures: the contents of a corpus, the same in plain Python, a text file."""

from collections import Counter
from itertools import accumulate

import pytest

LINES = [["Der", "größte", "Hund", "der"], ["Welt"], ["der", "Hund"]] * 40


@pytest.fixture(scope="session")
def contents():
    """Return a function: corpus → ids, offsets, words, counts."""

    def of(corpus):
        offsets = corpus.offsets.tolist()
        return corpus.ids.tolist(), offsets, corpus.words(), corpus.counts.tolist()

    return of


@pytest.fixture(scope="session")
def encoded():
    """Return a function: token lists → contents of their corpus, in plain Python."""

    def of(lines):
        lines = [line for line in lines if line]
        counts = Counter(token for line in lines for token in line)
        words = sorted(counts, key=lambda word: -counts[word])
        rank = {word: i for i, word in enumerate(words)}
        ids = [rank[token] for line in lines for token in line]
        offsets = list(accumulate(map(len, lines), initial=0))
        return ids, offsets, words, [counts[word] for word in words]

    return of


@pytest.fixture(scope="session")
def lines():
    """Return 120 sentences with German words."""
    return LINES


@pytest.fixture(scope="session")
def expected(encoded):
    """Return the contents of a corpus of `lines`."""
    return encoded(LINES)


@pytest.fixture
def text(tmp_path):
    """Return the path of a text file with `lines`."""
    path = tmp_path / "text.txt"
    path.write_bytes("\n".join(" ".join(line) for line in LINES).encode())
    return path


@pytest.fixture(scope="module")
def rewrite(tmp_path_factory):
    """Return a function that overwrites one file with bytes and returns its path."""
    path = tmp_path_factory.mktemp("corpus") / "text.txt"

    def write(data):
        path.write_bytes(data)
        return path

    return write
