"""3CosMul equals the formula of Levy and Goldberg, computed directly in float64."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.analogy import WeightedUnits, nearest_by_product
from w2vfast.vectors.nearest import CosineIndex


def product_scores(rows, units, weights, epsilon):
    """Return the score of every row, straight from the formula."""
    rows = rows.astype(np.float64)
    norms = np.linalg.norm(rows, axis=1)
    scores = []
    for row, norm in zip(rows, norms, strict=True):
        numerator = denominator = 1.0
        for unit, weight in zip(units, weights, strict=True):
            cosine = float((row * unit).sum()) / norm if norm else 0.0
            share = min(1.0, max(0.0, (1 + cosine) / 2))
            if weight > 0:
                numerator *= share**weight
            else:
                denominator *= share**-weight
        has_negative = any(weight < 0 for weight in weights)
        scores.append(
            numerator / (denominator + epsilon) if has_negative else numerator
        )
    return np.array(scores)


@given(
    st.integers(0, 2**32),
    st.integers(1, 300),
    st.lists(st.sampled_from([1.0, -1.0, 0.5, -2.0, 3.0]), min_size=1, max_size=4),
    st.integers(1, 20),
    st.sampled_from([1e-3, 1e-6, 1.0]),
)
def test_the_best_rows_by_the_formula(seed, n_rows, weights, topn, epsilon):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n_rows, 6)).astype(np.float32)
    rows[rng.integers(n_rows)] = 0
    rows[n_rows // 2 :] = rows[: n_rows - n_rows // 2]  # ties
    units = rng.normal(size=(len(weights), 6))
    units /= np.linalg.norm(units, axis=1)[:, None]
    excluded = set(rng.integers(0, n_rows, 2).tolist())
    [found] = nearest_by_product(
        CosineIndex(rows),
        [WeightedUnits(units, np.array(weights))],
        [excluded],
        topn,
        epsilon,
    )
    scores = product_scores(rows, units, weights, epsilon)
    # Rounding of float64 may differ between the formula and the code.
    order = np.lexsort((np.arange(n_rows), -scores.round(9)))
    expected = [row for row in order.tolist() if row not in excluded][:topn]
    assert len(found) == len(expected)
    np.testing.assert_allclose(
        [score for _, score in found], scores[expected], rtol=1e-9
    )
    # Equal rows are in order of their index.
    for (row, score), (next_row, next_score) in pairwise(found):
        assert score > next_score or (score == next_score and row < next_row)


def test_candidates_are_few(monkeypatch):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(5000, 8)).astype(np.float32)
    index, sizes = CosineIndex(rows), []
    exact = index.cosines
    monkeypatch.setattr(
        index,
        "cosines",
        lambda unit, rows: sizes.append(len(rows)) or exact(unit, rows),
    )
    query = WeightedUnits(np.eye(8)[:3], np.array([1.0, 1.0, -1.0]))
    nearest_by_product(index, [query], [()], 10)
    assert max(sizes) < 50


def test_most_similar_multiplies():
    rng = np.random.default_rng(1)
    keys = [f"w{i}" for i in range(60)]
    wv = KeyedVectors(keys, rng.normal(size=(60, 5)).astype(np.float32))
    rows = wv.vectors.astype(float)
    units = rows[[1, 2, 0]] / np.linalg.norm(rows[[1, 2, 0]], axis=1)[:, None]
    scores = product_scores(rows, units, [1, 1, -1], 1e-3)
    scores[:3] = -1
    best = np.argsort(-scores)[:4]
    found = wv.most_similar(["w1", "w2"], "w0", topn=4, method="multiply")
    assert found == [(keys[i], pytest.approx(scores[i])) for i in best]
    [batch, single] = wv.most_similar_batch(
        [["w1", "w2"], "w3"], 4, negative=["w0", None], method="multiply"
    )
    assert batch == found
    assert [w for w, _ in single] == [w for w, _ in wv.most_similar("w3", topn=4)]
