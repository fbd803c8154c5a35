"""Shared fixtures: small vectors, and words that try to break out of a page."""

import json
import re

import numpy as np
import pytest

from w2vfast import KeyedVectors

#: Words that run a script, end the data or spoil a line, unless they are escaped.
HOSTILE = [
    "<script>document.title = 'broken'</script>",
    "</script><script>document.title = 'broken'</script>",
    "<!--<script>",
    "-->",
    "<img src=x onerror=\"document.title = 'broken'\">",
    "\"'`&amp;${1+1}\\",
    "line\u2028break\u2029",
    "tab\tand\nnewline",
    "\udcff",
    "",
    " ",
    "__proto__",
    "$title",
]


def make_vectors(extra=(), n=300, d=12, seed=3):
    """Return vectors of `n` words in five groups, after common words and `extra`."""
    random = np.random.default_rng(seed)
    words = ["man", "king", "woman", "queen", "Élan", *extra]
    words += [f"word{i}" for i in range(n - len(words))]
    groups = random.normal(size=(5, d))
    vectors = groups[np.arange(n) % 5] + 0.3 * random.normal(size=(n, d))
    vectors[3] = vectors[1] - vectors[0] + vectors[2]  # the analogy holds
    return KeyedVectors(words, vectors, counts=np.arange(n, 0, -1))


@pytest.fixture(scope="session")
def wv():
    return make_vectors()


@pytest.fixture(scope="session")
def hostile():
    return make_vectors(HOSTILE, n=60)


@pytest.fixture(scope="session")
def read_data():
    """Return a function that parses the data of a page."""

    def read(path):
        text = path.read_text(encoding="utf-8")
        found = re.search(
            '<script id="data" type="application/json">(.*?)</script>', text
        )
        return json.loads(found[1])

    return read
