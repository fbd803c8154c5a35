import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.evaluation import (
    Section,
    evaluate_analogies,
    evaluate_word_pairs,
    spearman,
)
from w2vfast.keyedvectors import KeyedVectors


@pytest.fixture
def circle():
    """Words at 0, 10, ... 80 degrees, and a vector of zeros."""
    angles = np.radians(np.arange(0, 90, 10))
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return KeyedVectors([*"abcdefghi", "zero"], np.vstack([rows, [0, 0]]))


# Similarity ------------------------------------------------------------------------


def test_spearman_of_known_values():
    # Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 - 6 * 4 / (5 * 24) = 0.8.
    x, y = np.array([1.0, 2, 3, 4, 5]), np.array([20.0, 10, 40, 30, 500])
    assert spearman(x, y) == pytest.approx(0.8)
    assert spearman(x, -x) == pytest.approx(-1)
    # Ranks 1.5 1.5 3 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5).
    tied = spearman(np.array([1.0, 1, 2, 3]), np.array([1.0, 2, 3, 4]))
    assert tied == pytest.approx(4.5 / np.sqrt(4.5 * 5))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2))
def test_spearman_is_the_correlation_of_mean_ranks(pairs):
    x, y = np.array(pairs, float).T
    if len(set(x)) < 2 or len(set(y)) < 2:
        return
    ranks = [[np.mean(v > o) + np.mean(v == o) / 2 for o in v] for v in (x, y)]
    assert spearman(x, y) == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_word_pairs(circle, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("# comment\na\tb\t9\na\tc\t7\n\na\td\t8\na\tabsent\t5\nA\tB\t1\n")
    # Cosines order the three pairs 3 2 1, people 3 1 2.
    result = evaluate_word_pairs(circle, path)
    assert (result.spearman, result.pairs, result.found) == (pytest.approx(0.5), 5, 3)
    folded = evaluate_word_pairs(circle, path, lowercase=True)
    assert folded.found == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\t1\nab c\t2\n", "line 2"),
        ("a\tb\thigh\n", "line 1"),
        ("a\tb\tnan\n", "line 1"),
        ("a\tb\t1\t2\n", "line 1"),
        ("", "0 of 0"),
        ("a\tx\t1\nb\ty\t2\n", "0 of 2"),
        ("a\tb\t1\na\tc\t1\n", "2 of 2"),
        ("a\tb\t1\na\tb\t2\n", "2 of 2"),
    ],
)
def test_bad_word_pairs(circle, tmp_path, text, message):
    path = tmp_path / "pairs.tsv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        evaluate_word_pairs(circle, path)
    assert str(path) in str(caught.value)


def test_files_in_another_encoding(circle, tmp_path):
    path = tmp_path / "latin"
    path.write_bytes(b"caf\xe9\tb\t1\n")
    for evaluate in (evaluate_word_pairs, evaluate_analogies):
        with pytest.raises(ValueError, match="not UTF-8"):
            evaluate(circle, path)


# Analogies -------------------------------------------------------------------------


@pytest.fixture
def grid():
    """Words k0..k5 and q0..q5: the same offset leads from each k to its q."""
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
    """Turn the lines into the format of questions-words.txt."""
    lines = [line.split("\t") for line in tsv.splitlines()]
    return "\n".join(f": {name}\n{' '.join(words)}" for name, *words in lines)


@pytest.mark.parametrize("text", [TSV, original(TSV)], ids=["tsv", "original"])
@pytest.mark.parametrize("batch", [1, 2, 256])
def test_analogies(grid, tmp_path, text, batch):
    path = tmp_path / "questions"
    path.write_text(text)
    result = evaluate_analogies(grid, path, batch=batch)
    assert result.sections == {"right": Section(3, 3, 3), "wrong": Section(0, 2, 2)}
    assert result.total == Section(3, 5, 7)
    assert result.accuracy == 0.6
    folded = evaluate_analogies(grid, path, lowercase=True)
    assert folded.sections["upper"] == Section(1, 1, 1)


def test_only_frequent_words_count_and_compete(grid, tmp_path):
    path = tmp_path / "questions"
    path.write_text(TSV)
    result = evaluate_analogies(grid, path, restrict_vocab=4)  # k0 q0 k1 q1
    assert result.total == Section(1, 2, 7)
    assert result.sections["right"] == Section(1, 1, 3)


def test_agrees_with_most_similar(tmp_path):
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
        ("", "of 0 questions none"),
        ("s\tx\ty\tz\tk0\n", "of 1 questions none"),
    ],
)
def test_bad_analogies(grid, tmp_path, text, message):
    path = tmp_path / "questions"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        evaluate_analogies(grid, path)
    assert str(path) in str(caught.value)


def test_bad_limits(grid, tmp_path):
    for limits in ({"restrict_vocab": 0}, {"batch": 0}):
        with pytest.raises(ValueError, match="1 or more"):
            evaluate_analogies(grid, tmp_path / "questions", **limits)
