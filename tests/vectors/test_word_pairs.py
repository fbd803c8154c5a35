"""KeyedVectors.evaluate_word_pairs, compared with plain calculations."""

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.evaluation import evaluate_word_pairs


@pytest.fixture(scope="module")
def wv():
    rng = np.random.default_rng(2)
    keys = [f"w{i}" for i in range(40)] + [f"W{i}" for i in range(10)]
    return KeyedVectors(keys, rng.normal(size=(50, 6)) * rng.uniform(1e-3, 9, (50, 1)))


def pairs_file(tmp_path, pairs):
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(f"{a}\t{b}\t{score}" for a, b, score in pairs))
    return path


def mean_ranks(values):
    return [np.mean(values > v) + np.mean(values == v) / 2 for v in values]


@pytest.fixture
def pairs():
    rng = np.random.default_rng(3)
    words = [f"w{i}" for i in range(60)]  # a third is unknown
    return [(*rng.choice(words, 2), int(rng.integers(0, 10))) for _ in range(200)]


@pytest.mark.parametrize("unknown_as_zero", [False, True])
@pytest.mark.parametrize("restrict_vocab", [None, 20])
def test_correlations(wv, tmp_path, pairs, unknown_as_zero, restrict_vocab):
    path = pairs_file(tmp_path, pairs)
    result = wv.evaluate_word_pairs(
        path, unknown_as_zero=unknown_as_zero, restrict_vocab=restrict_vocab
    )
    known = {f"w{i}" for i in range(restrict_vocab or 40)}
    found = [a in known and b in known for a, b, _ in pairs]
    compared = [
        (wv.similarity(a, b) if ok else 0.0, score)
        for ok, (a, b, score) in zip(found, pairs, strict=True)
        if ok or unknown_as_zero
    ]
    x, y = np.array(compared).T
    assert (result.pairs, result.found) == (200, sum(found))
    assert result.unknown == 200 - sum(found)
    assert result.unknown_ratio == 1 - sum(found) / 200
    assert result.pearson == pytest.approx(np.corrcoef(x, y)[0, 1])
    ranks = mean_ranks(x), mean_ranks(y)
    assert result.spearman == pytest.approx(np.corrcoef(*ranks)[0, 1])
    assert 0 < result.pearson_p <= 1 and 0 < result.spearman_p <= 1


def test_case(wv, tmp_path):
    pairs = [("W1", "w2", 1), ("W2", "w3", 2), ("W30", "W31", 3)]
    path = pairs_file(tmp_path, pairs)
    lower = pairs_file(tmp_path, pairs).with_name("lower")
    lower.write_text(path.read_text().lower())
    assert wv.evaluate_word_pairs(path).found == 2
    expected = wv.evaluate_word_pairs(lower)
    assert expected.found == 3
    assert wv.evaluate_word_pairs(path, lowercase=True) == expected
    assert wv.evaluate_word_pairs(path, case_insensitive=True) == expected
    upper = KeyedVectors([key.upper() for key in wv][:40], wv.vectors[:40])
    assert upper.evaluate_word_pairs(lower, case_insensitive=True) == expected


def test_the_function_and_the_method_agree(wv, tmp_path, pairs):
    path = pairs_file(tmp_path, pairs)
    options = {"restrict_vocab": 30, "unknown_as_zero": True, "lowercase": True}
    expected = wv.evaluate_word_pairs(path, **options)
    assert evaluate_word_pairs(wv, path, **options) == expected


def test_zero_vectors_have_the_cosine_zero(tmp_path):
    wv = KeyedVectors(["a", "b", "zero"], np.array([[1, 0], [1, 1], [0, 0.0]]))
    path = pairs_file(tmp_path, [("a", "b", 3), ("a", "zero", 1), ("b", "zero", 1)])
    assert wv.evaluate_word_pairs(path).pearson == pytest.approx(1)


def test_errors_name_the_file(wv, tmp_path):
    path = pairs_file(tmp_path, [("x", "y", 1)])
    with pytest.raises(ValueError, match=r"pairs.tsv: no rank correlation: 0 of 1"):
        wv.evaluate_word_pairs(path)
    with pytest.raises(ValueError, match="restrict_vocab=0"):
        wv.evaluate_word_pairs(path, restrict_vocab=0)
    with pytest.raises(FileNotFoundError):
        wv.evaluate_word_pairs(tmp_path / "none")
