"""Candidates contain the k best rows, few others, and use bounded memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.vectors import top_k
from w2vfast.vectors.top_k import top_k_candidates

# Values of MAX_SCORES and MIN_BLOCK_ROWS; the last pair is the default.
LIMITS = [(1, 1), (64, 7), (1000, 50), (1 << 19, 2048)]


@pytest.fixture(params=LIMITS)
def limits(request, monkeypatch):
    set_limits(monkeypatch, *request.param)


def set_limits(monkeypatch, max_scores, min_block_rows):
    monkeypatch.setattr(top_k, "MAX_SCORES", max_scores)
    monkeypatch.setattr(top_k, "MIN_BLOCK_ROWS", min_block_rows)


def candidates_for(scores, k):
    """Return the candidates if the score of query i and row j is ``scores[i][j]``."""
    scores = np.asarray(scores, np.float32)
    queries = np.eye(len(scores), dtype=np.float32)
    ones = np.ones(scores.shape[1], np.float32)
    return top_k_candidates(queries, np.ascontiguousarray(scores.T), ones, k)


@settings(deadline=None)  # a limit of one score makes thousands of blocks
@given(
    st.sampled_from(LIMITS),
    st.integers(1, 5),
    st.integers(1, 3000),
    st.integers(1, 400),
    st.integers(0, 2**32),
    st.sampled_from(["random", "rising", "falling"]),
)
def test_candidates_contain_the_best_rows(limits, n_queries, n_rows, k, seed, order):
    scores = np.random.default_rng(seed).integers(-9, 9, (n_queries, n_rows)) / 9
    scores.sort(axis=1) if order != "random" else None
    scores = scores[:, ::-1] if order == "falling" else scores
    k = min(k, n_rows)
    with pytest.MonkeyPatch.context() as patch:
        set_limits(patch, *limits)
        found = candidates_for(scores, k)
    assert len(found) == n_queries
    for row_scores, candidates in zip(scores, found, strict=True):
        best = np.argsort(-row_scores, kind="stable")[:k]
        # Rows that tie with the last of the best must be candidates too.
        needed = np.flatnonzero(row_scores >= row_scores[best[-1]])
        assert set(needed.tolist()) <= set(candidates.tolist())
        assert candidates.tolist() == sorted(set(candidates.tolist()))


@pytest.mark.parametrize("order", ["random", "rising", "falling"])
def test_few_other_rows_are_candidates(limits, order):
    scores = np.random.default_rng(1).random((5, 4000))
    scores.sort(axis=1) if order != "random" else None
    scores = scores[:, ::-1] if order == "falling" else scores
    assert max(map(len, candidates_for(scores, 10))) <= 40


def test_scores_within_the_rounding_error_are_candidates(limits):
    scores = np.zeros((10, 3))
    scores[0] = 0.5, 0.5 - 1e-6, 0.4
    assert candidates_for(scores, 1)[0].tolist() == [0, 1]
    scores[0] = 0.5 - 1e-6, 0.5, 0.4
    assert candidates_for(scores, 1)[0].tolist() == [0, 1]


def test_a_score_is_the_product_times_the_scale_of_the_row(limits):
    rows = np.array([[1, 0], [4, 0], [0, 9], [3, 3]], np.float32)
    scale = np.array([1, 0.125, 1 / 9, 0.25], np.float32)
    queries = np.array([[1, 0], [0, -1]], np.float32)
    found = top_k_candidates(queries, rows, scale, 2)
    assert [candidates.tolist() for candidates in found] == [[0, 3], [0, 1]]


def test_many_tied_scores_do_not_fill_the_memory(monkeypatch):
    sizes = []
    search = top_k._search

    def recording_search(queries, *others):
        found = search(queries, *others)
        sizes.append(sum(map(len, found)) if found else 0)
        return found

    monkeypatch.setattr(top_k, "_search", recording_search)
    set_limits(monkeypatch, 1000, 50)
    found = candidates_for(np.zeros((16, 400)), 3)
    assert [len(candidates) for candidates in found] == [400] * 16
    assert max(sizes) <= 1000


def test_a_block_has_at_most_max_scores_scores(monkeypatch):
    shapes = []
    matmul = np.matmul

    def recording_matmul(a, b, out):
        shapes.append(out.shape)
        return matmul(a, b, out=out)

    monkeypatch.setattr(np, "matmul", recording_matmul)
    set_limits(monkeypatch, 4096, 64)
    rng = np.random.default_rng(1)
    for n_queries, k in ((1, 1), (64, 3), (256, 3), (256, 100), (3, 5000)):
        candidates_for(rng.random((n_queries, 5000)), k)
        assert {n * rows <= 4096 or n == 1 for n, rows in shapes} == {True}
        shapes.clear()


@pytest.mark.parametrize("length", [1, 1e-27, 1e-30, 1e-37])
def test_the_best_of_very_short_rows_are_candidates(length):
    """Factors above 1e28 are applied before the product when there are many queries."""
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(500, 3)) * length).astype(np.float32)
    scale = (1 / np.linalg.norm(rows.astype(float), axis=1)).astype(np.float32)
    queries = rng.normal(size=(7, 3)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    exact = queries.astype(float) @ (rows.astype(float) * scale[:, None]).T
    found = top_k_candidates(queries, rows, scale, 5)
    for scores, candidates in zip(exact, found, strict=True):
        assert set(np.argsort(-scores)[:5].tolist()) <= set(candidates.tolist())
