import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.vectors import top_k
from w2vfast.vectors.nearest import Ranking
from w2vfast.vectors.top_k import find_candidates

SIZES = [(1, 1), (64, 7), (1000, 50), (1 << 19, 2048)]  # BLOCK and ROWS


@pytest.fixture(params=SIZES)
def sizes(request, monkeypatch):
    monkeypatch.setattr(top_k, "BLOCK", request.param[0])
    monkeypatch.setattr(top_k, "ROWS", request.param[1])


def find(scores, count):
    """Find candidates where query i scores ``scores[i]``."""
    scores = np.asarray(scores, np.float32)
    queries = np.eye(len(scores), dtype=np.float32)
    ones = np.ones(scores.shape[1], np.float32)
    return find_candidates(queries, np.ascontiguousarray(scores.T), ones, count)


@given(
    st.sampled_from(SIZES),
    st.integers(1, 5),
    st.integers(1, 3000),
    st.integers(1, 400),
    st.integers(0, 2**32),
    st.sampled_from(["random", "rising", "falling"]),
)
def test_candidates_hold_the_best(sizes, queries, rows, count, seed, order):
    scores = np.random.default_rng(seed).integers(-9, 9, (queries, rows)) / 9
    scores.sort(axis=1) if order != "random" else None
    scores = scores[:, ::-1] if order == "falling" else scores
    count = min(count, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(top_k, "BLOCK", sizes[0])
        patch.setattr(top_k, "ROWS", sizes[1])
        found = find(scores, count)
    assert len(found) == queries
    for row, kept in zip(scores, found, strict=True):
        best = np.argsort(-row, kind="stable")[:count]
        wanted = np.flatnonzero(row >= row[best[-1]])  # equals of the last one too
        assert set(wanted.tolist()) <= set(kept.tolist())
        assert kept.tolist() == sorted(set(kept.tolist()))


@pytest.mark.parametrize("order", ["random", "rising", "falling"])
def test_few_others_are_candidates(sizes, order):
    scores = np.random.default_rng(1).random((5, 4000))
    scores.sort(axis=1) if order != "random" else None
    scores = scores[:, ::-1] if order == "falling" else scores
    assert max(map(len, find(scores, 10))) <= 40


def test_candidates_include_scores_that_rounding_may_have_swapped(sizes):
    scores = np.zeros((10, 3))
    scores[0] = 0.5, 0.5 - 1e-6, 0.4
    assert find(scores, 1)[0].tolist() == [0, 1]
    scores[0] = 0.5 - 1e-6, 0.5, 0.4
    assert find(scores, 1)[0].tolist() == [0, 1]


def test_scores_are_products_times_scales(sizes):
    rows = np.array([[1, 0], [4, 0], [0, 9], [3, 3]], np.float32)
    scale = np.array([1, 0.125, 1 / 9, 0.25], np.float32)
    queries = np.array([[1, 0], [0, -1]], np.float32)
    found = find_candidates(queries, rows, scale, 2)
    assert [one.tolist() for one in found] == [[0, 3], [0, 1]]


def test_many_equal_scores_of_many_queries_do_not_fill_the_memory(monkeypatch):
    held = []
    search = top_k._search

    def watched(queries, *others):
        found = search(queries, *others)
        held.append(sum(map(len, found)) if found else 0)
        return found

    monkeypatch.setattr(top_k, "_search", watched)
    monkeypatch.setattr(top_k, "BLOCK", 1000)
    monkeypatch.setattr(top_k, "ROWS", 50)
    found = find(np.zeros((16, 400)), 3)
    assert [len(one) for one in found] == [400] * 16
    assert max(held) <= 1000


def test_a_tile_has_no_more_scores_than_agreed(monkeypatch):
    shapes = []
    matmul = np.matmul

    def watched(a, b, out):
        shapes.append(out.shape)
        return matmul(a, b, out=out)

    monkeypatch.setattr(np, "matmul", watched)
    monkeypatch.setattr(top_k, "BLOCK", 4096)
    monkeypatch.setattr(top_k, "ROWS", 64)
    rng = np.random.default_rng(1)
    for number, count in ((1, 1), (64, 3), (256, 3), (256, 100), (3, 5000)):
        find(rng.random((number, 5000)), count)
        assert {n * rows <= 4096 or n == 1 for n, rows in shapes} == {True}
        shapes.clear()


@pytest.mark.parametrize("count", [1, 3, 5])
def test_rows_given_are_left_out_of_their_own_answer_only(sizes, count):
    vectors = np.zeros((800, 10), np.float32)
    vectors[:, 0] = 1
    kept = [0, 12, 24]
    given = [i for i in range(800) if i not in kept]
    query = np.eye(10)[:1]
    ranking = Ranking(vectors)
    assert ranking.nearest(query, [given], count) == [[(i, 1) for i in kept[:count]]]
    both = ranking.nearest(np.repeat(query, 2, axis=0), [given, [0, 0]], count)
    assert both == [
        [(i, 1) for i in kept[:count]],
        [(i, 1) for i in range(1, count + 1)],
    ]
