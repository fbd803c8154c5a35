"""KeyedVectors.evaluate_word_analogies, compared with plain calculations."""

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.evaluation import Section, evaluate_analogies
from w2vfast.vectors import target_ranks

WORDS = 90


@pytest.fixture(scope="module", params=["random", "repeated", "equal"])
def wv(request):
    """Vectors without ties, with ties, and all equal; one is zero."""
    rng = np.random.default_rng(4)
    vectors = {
        "random": rng.normal(size=(WORDS, 7)) * rng.uniform(1e-3, 99, (WORDS, 1)),
        "repeated": rng.normal(size=(12, 5))[rng.integers(0, 12, WORDS)],
        "equal": np.ones((WORDS, 4)),
    }[request.param]
    vectors[WORDS // 2] = 0
    return KeyedVectors([f"w{i}" for i in range(WORDS)], vectors)


@pytest.fixture(scope="module")
def questions():
    rng = np.random.default_rng(5)
    known = [rng.integers(0, WORDS, 4) for _ in range(150)]  # some words occur twice
    return [*known, [0, 1, 2, WORDS], [0, 1, WORDS, 2]]


@pytest.fixture(scope="module")
def path(tmp_path_factory, questions):
    path = tmp_path_factory.mktemp("analogies") / "questions"
    lines = [
        "\t".join([f"s{i % 3}", *(f"w{row}" for row in four)])
        for i, four in enumerate(questions)
    ]
    path.write_text("\n".join(lines))
    return path


def expected_rank(wv, words, four, method):
    """Rank d by sorting all scores in float64, ties in order of the rows."""
    a, b, c, d = four
    units = np.array([v / (np.linalg.norm(v) or 1) for v in wv.vectors.astype(float)])
    # A row-wise sum gives equal rows equal scores.
    cosines = [(units[:words] * units[row]).sum(axis=1) for row in (a, b, c)]
    if method == "3cosadd":
        scores = cosines[1] - cosines[0] + cosines[2]
    else:
        p = [(1 + cosine) / 2 for cosine in cosines]
        scores = p[1] * p[2] / (p[0] + 1e-6)
    ranked = sorted(range(words), key=lambda row: (-round(scores[row], 10), row))
    ranked = [row for row in ranked if row not in (a, b, c)]
    return ranked.index(d) + 1 if d in ranked else 0


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
@pytest.mark.parametrize("topn", [1, 5, WORDS])
@pytest.mark.parametrize("restrict_vocab", [None, 40])
def test_ranks(monkeypatch, wv, path, questions, method, topn, restrict_vocab):
    monkeypatch.setattr(target_ranks, "BLOCK_ROWS", 16)
    options = {"method": method, "topn": topn, "restrict_vocab": restrict_vocab}
    result = wv.evaluate_word_analogies(path, batch=50, **options)
    words = restrict_vocab or WORDS
    counted = [max(four) < words for four in questions]
    right = 0
    for four, known, rank in zip(questions, counted, result.ranks, strict=True):
        expected = expected_rank(wv, words, four, method) if known else 0
        assert rank == (expected if expected <= topn else 0)
        right += rank > 0
    assert result.total == Section(right, sum(counted), len(questions))
    parts = result.sections.values()
    assert sum(part.correct for part in parts) == right
    assert evaluate_analogies(wv, path, batch=1, **options) == result


def test_agrees_with_most_similar(tmp_path):
    rng = np.random.default_rng(6)
    keys = [f"w{i}" for i in range(3000)]  # several blocks
    wv = KeyedVectors(keys, rng.normal(size=(3000, 20)))
    lines, expected = [], []
    for _ in range(60):
        a, b, c = rng.choice(keys, 3, replace=False)
        best = [word for word, _ in wv.most_similar([b, c], a, topn=10)]
        rank = int(rng.integers(1, 11))
        lines.append(f"s\t{a}\t{b}\t{c}\t{best[rank - 1]}")
        expected.append(rank)
    path = tmp_path / "questions"
    path.write_text("\n".join(lines))
    result = wv.evaluate_word_analogies(path, topn=10)
    assert result.ranks.tolist() == expected


def test_shares_with_and_without_unknown_words(tmp_path):
    wv = KeyedVectors(["man", "king", "woman", "queen"], np.eye(4) + 1)
    path = tmp_path / "questions"
    path.write_text(": s\nman king woman queen\nman king woman duchess\n: t\na b c d\n")
    result = wv.evaluate_word_analogies(path)
    assert result.sections == {"s": Section(1, 1, 2)}
    assert result.accuracy == 1 and result.total.accuracy_of_all == 1 / 3
    assert result.total.unknown == 2 and result.total.unknown_ratio == 2 / 3


def test_case_insensitive(tmp_path):
    """Other spellings of a, b, c, d are neither answers nor in the way of d."""
    vectors = np.array([[1, 0], [1, 1], [0, 0.5], [1, 1.01], [-1, 3], [-1, 2.9]])
    wv = KeyedVectors(["man", "King", "woman", "king", "QUEEN", "queen"], vectors)
    path = tmp_path / "questions"
    path.write_text(": s\nMan King Woman Queen\n")
    result = wv.evaluate_word_analogies(path, case_insensitive=True)
    assert result.total == Section(1, 1, 1)
    with pytest.raises(ValueError, match="no question of 1 has"):
        wv.evaluate_word_analogies(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "cos"}, "method='cos': expected one of 3cosadd, 3cosmul"),
        ({"topn": 0}, "topn=0: expected 1 or more"),
        ({"batch": 0}, "batch=0: expected 1 or more"),
        ({"restrict_vocab": 0}, "restrict_vocab=0: expected 1 or more"),
    ],
)
def test_options_are_checked_before_the_file_is_read(options, message):
    wv = KeyedVectors(["a", "b"], np.eye(2))
    with pytest.raises(ValueError, match=message):
        wv.evaluate_word_analogies("no such file", **options)
