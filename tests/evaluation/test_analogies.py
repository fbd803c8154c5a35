"""Analogies: sections, accuracy, vocabulary limits, bad files."""

import numpy as np
import pytest

from w2vfast.evaluation import Section, evaluate_analogies
from w2vfast.keyedvectors import KeyedVectors


@pytest.fixture
def grid():
    """Return words k0..k5 and q0..q5; q_i is k_i plus the same vector for every i."""
    rng = np.random.default_rng(0)
    base = rng.normal(size=(6, 40))
    rows = np.stack([base, base + 2 * rng.normal(size=40)], axis=1).reshape(12, 40)
    keys = [f"{letter}{i}" for i in range(6) for letter in "kq"]
    return KeyedVectors([*keys, "zero"], np.vstack([rows, np.zeros(40)]))


TSV = "\n".join(
    [
        "right\tk0\tq0\tk1\tq1",
        "right\tk2\tq2\tk5\tq5",
        "wrong\tk0\tq0\tk1\tq2",
        "right\tq3\tk3\tq1\tk1",
        "unknown\tk0\tq0\tk1\tabsent",
        "wrong\tk0\tq0\tk1\tk1",
        "upper\tK0\tQ0\tK1\tQ1",
    ]
)


def original(tsv):
    """Return the questions in the format of questions-words.txt."""
    lines = [line.split("\t") for line in tsv.splitlines()]
    return "\n".join(f": {name}\n{' '.join(words)}" for name, *words in lines)


@pytest.mark.parametrize("text", [TSV, original(TSV)], ids=["tsv", "original"])
@pytest.mark.parametrize("batch", [1, 2, 256])
def test_analogies_are_counted_by_section(grid, tmp_path, text, batch):
    path = tmp_path / "questions"
    path.write_text(text)
    result = evaluate_analogies(grid, path, batch=batch)
    assert result.sections == {"right": Section(3, 3, 3), "wrong": Section(0, 2, 2)}
    assert result.total == Section(3, 5, 7)
    assert result.accuracy == 0.6
    folded = evaluate_analogies(grid, path, lowercase=True)
    assert folded.sections["upper"] == Section(1, 1, 1)


def test_restrict_vocab_limits_questions_and_answers(grid, tmp_path):
    path = tmp_path / "questions"
    path.write_text(TSV)
    result = evaluate_analogies(grid, path, restrict_vocab=4)  # k0 q0 k1 q1
    assert result.total == Section(1, 2, 7)
    assert result.sections["right"] == Section(1, 1, 3)


def test_analogies_agree_with_most_similar(tmp_path):
    rng = np.random.default_rng(3)
    keys = [f"w{i}" for i in range(60)]
    wv = KeyedVectors(keys, rng.normal(size=(60, 5)) * rng.uniform(0.1, 9, (60, 1)))
    lines, correct = [], 0
    for _ in range(200):
        a, b, c, d = rng.choice(keys, 4, replace=False)
        d = rng.choice([d, wv.most_similar([b, c], [a], topn=1)[0][0]])
        correct += wv.most_similar([b, c], [a], topn=1)[0][0] == d
        lines.append(f"s\t{a}\t{b}\t{c}\t{d}")
    path = tmp_path / "questions"
    path.write_text("\n".join(lines))
    assert evaluate_analogies(wv, path, batch=64).total == Section(correct, 200, 200)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s\tk0\tq0\tk1\n", "line 1"),
        (": s\nk0 q0 k1\n", "line 2"),
        (": s\nk0 q0 k1 q1 k2\n", "line 2"),
        ("s\tk0\t\tk1\tq1\n", "line 1"),
        ("", "no question; expected lines"),
        ("s\tx\ty\tz\tk0\n", "no question of 1 has"),
    ],
)
def test_bad_analogies_are_errors(grid, tmp_path, text, message):
    path = tmp_path / "questions"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        evaluate_analogies(grid, path)
    assert str(path) in str(caught.value)


def test_limits_below_one_are_errors(grid, tmp_path):
    for limits in ({"restrict_vocab": 0}, {"batch": 0}):
        with pytest.raises(ValueError, match="1 or more"):
            evaluate_analogies(grid, tmp_path / "questions", **limits)
