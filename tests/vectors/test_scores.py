"""Scores of rows, and the selection of the rows with the largest ones."""

import numpy as np
import pytest

from w2vfast.vectors._scores import products_and_lengths, select_rows


def select(scores, scale, k, error, block_rows):
    """Select from blocks; return the best scores and the pairs (query, row)."""
    n, total = scores.shape
    best = np.full((n, k), -np.inf, np.float32)
    rows = np.empty(n * block_rows, np.intp)
    selected = np.empty(n * block_rows, np.float32)
    counts = np.empty(n, np.intp)
    pairs = set()
    for start in range(0, total, block_rows):
        block = np.ascontiguousarray(scores[:, start : start + block_rows])
        factors = scale[start : start + block_rows]
        found = select_rows(block, factors, start, best, error, rows, selected, counts)
        assert found == counts.sum()
        query = np.repeat(np.arange(n), counts)
        scaled = (scores * scale)[query, rows[:found]]
        np.testing.assert_array_equal(selected[:found], scaled)
        pairs.update(zip(query.tolist(), rows[:found].tolist(), strict=True))
    return best, pairs


@pytest.mark.parametrize("k", [1, 2, 10, 100])
@pytest.mark.parametrize("block_rows", [1, 31, 32, 33, 500])
def test_the_k_largest_scores_and_close_ones_are_selected(k, block_rows):
    rng = np.random.default_rng(k)
    scores = rng.integers(-50, 50, (3, 500)).astype(np.float32)
    scale = rng.integers(1, 4, 500).astype(np.float32)
    best, pairs = select(scores, scale, k, 1.5, block_rows)
    scaled = scores * scale
    largest = -np.sort(-scaled, axis=1)[:, :k]
    np.testing.assert_array_equal(-np.sort(-best, axis=1), largest)
    np.testing.assert_array_equal(best[:, 0], largest[:, -1])
    needed = np.argwhere(scaled >= largest[:, -1:] - 1.5).tolist()
    assert {tuple(pair) for pair in needed} <= pairs
    if block_rows == 500:
        assert len(pairs) == len(needed)


@pytest.mark.parametrize("shape", [(1, 1), (3, 8), (4, 7), (5, 300), (9, 33)])
def test_products_and_lengths(shape):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=shape).astype(np.float32)
    query = rng.normal(size=shape[1]).astype(np.float32)
    products, lengths = np.empty((2, shape[0]), np.float32)
    assert products_and_lengths(rows, query, products, lengths)
    np.testing.assert_allclose(products, rows @ query, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(lengths, np.linalg.norm(rows, axis=1), rtol=1e-6)


@pytest.mark.parametrize("value", [0, 1e-20, 1e20, np.nan, np.inf])
def test_lengths_that_float32_cannot_square_are_reported(value):
    rows = np.ones((6, 3), np.float32)
    rows[4] = value
    products, lengths = np.empty((2, 6), np.float32)
    assert not products_and_lengths(rows, rows[0], products, lengths)


def test_other_shapes_are_refused():
    rows, four = np.ones((3, 2), np.float32), np.ones(4, np.float32)
    with pytest.raises(ValueError, match="shapes"):
        products_and_lengths(rows, four, four[:3], four[:3])
    best, counts = np.ones((3, 1), np.float32), np.ones(3, np.intp)
    space = np.empty(6, np.intp)
    with pytest.raises(ValueError, match="shapes"):
        select_rows(rows, four, 0, best, 0, space, np.ones(6, np.float32), counts)
    with pytest.raises(ValueError, match="space"):
        select_rows(rows, four[:2], 0, best, 0, space, four, counts)


@pytest.mark.parametrize(
    ("queries", "block_rows", "k"), [(0, 5, 2), (2, 0, 2), (2, 5, 0)]
)
def test_nothing_is_selected_from_empty_arrays(queries, block_rows, k):
    scores = np.ones((queries, block_rows), np.float32)
    scale, best = np.ones(block_rows, np.float32), np.ones((queries, k), np.float32)
    rows, selected = np.full(10, -7, np.intp), np.full(10, -7, np.float32)
    counts = np.full(queries, -7, np.intp)
    assert select_rows(scores, scale, 0, best, 0.0, rows, selected, counts) == 0
    assert (counts == 0).all()
    assert (rows == -7).all()
    assert (selected == -7).all()


@pytest.mark.parametrize(("shape", "right"), [((0, 3), True), ((2, 0), False)])
def test_products_of_empty_arrays_are_0(shape, right):
    products, lengths = np.full((2, shape[0]), -7, np.float32)
    rows, query = np.ones(shape, np.float32), np.ones(shape[1], np.float32)
    assert products_and_lengths(rows, query, products, lengths) is right
    assert (products == 0).all()
    assert (lengths == 0).all()
