"""Shared fixtures of the tuner's tests: a text with two topics, and its files."""

import numpy as np
import pytest

from w2vfast import Corpus

pytest.importorskip("optuna")

TOPICS = (
    ["sun", "moon", "star", "sky", "comet", "orbit"],
    ["tea", "milk", "cup", "bread", "jam", "spoon"],
)


@pytest.fixture(scope="session")
def sentences():
    random = np.random.default_rng(3)
    return [random.choice(TOPICS[i % 2], 6).tolist() for i in range(200)]


@pytest.fixture(scope="session")
def corpus(sentences):
    return Corpus(sentences)


@pytest.fixture(scope="session")
def pairs(tmp_path_factory):
    """Return a file of word pairs: 9 within a topic, 1 between topics."""
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    one, two = TOPICS
    lines = [f"{a}\t{b}\t9" for a, b in zip(one, [*one[1:], one[0]], strict=True)]
    lines += [f"{a}\t{b}\t1" for a, b in zip(one, two, strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def analogies(tmp_path_factory):
    path = tmp_path_factory.mktemp("analogies") / "questions.txt"
    one, two = TOPICS
    rows = [(one[i], two[i], one[j], two[j]) for i in range(4) for j in range(4)]
    path.write_text(": topics\n" + "\n".join(" ".join(r) for r in rows) + "\n")
    return path
