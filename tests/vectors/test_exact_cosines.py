"""Exact cosines equal NumPy's pairwise sums, and do not depend on position."""

import numpy as np
import pytest

from w2vfast.vectors._exact_cosines import exact_cosines


def cosines_of(vectors, rows, units, owners):
    lengths = np.sqrt(np.square(vectors, dtype=float).sum(axis=1))
    lengths[lengths == 0] = 1
    out = np.full(len(rows), np.nan)
    exact_cosines(vectors, rows, units, owners, lengths, out)
    return out, lengths[rows]


@pytest.mark.parametrize("dimensions", [0, 1, 7, 8, 9, 127, 128, 129, 300, 1000])
def test_sums_are_pairwise(dimensions):
    rng = np.random.default_rng(dimensions)
    vectors = rng.normal(size=(20, dimensions)).astype(np.float32)
    units = rng.normal(size=(3, dimensions))
    units /= 2 * np.linalg.norm(units, axis=1, keepdims=True)
    rows, owners = rng.integers(0, 20, 50), rng.integers(0, 3, 50)
    found, lengths = cosines_of(vectors, rows, units, owners)
    expected = (vectors[rows] * units[owners]).sum(axis=1) / lengths
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)
    found, lengths = cosines_of(vectors, rows, units[:1], None)
    expected = (vectors[rows] * units[0]).sum(axis=1) / lengths
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


def test_equal_rows_have_equal_cosines_from_minus_1_to_1():
    vector = np.random.default_rng(0).normal(size=301).astype(np.float32)
    vectors = np.stack([vector, -vector] * 50)
    unit = vector / np.linalg.norm(vector.astype(float)) * (1 + 1e-12)
    found, _ = cosines_of(vectors, np.arange(100), unit[None], None)
    assert found.tolist() == [1, -1] * 50


def test_other_shapes_are_refused():
    vectors, rows = np.ones((3, 2), np.float32), np.arange(2)
    units, out = np.ones((1, 2)), np.empty(2)
    with pytest.raises(ValueError, match="shapes"):
        exact_cosines(vectors, rows, units[:, :1].copy(), None, np.ones(3), out)
    with pytest.raises(ValueError, match="owner"):
        exact_cosines(vectors, rows, units, rows[:1], np.ones(3), out)
    with pytest.raises(ValueError, match="length"):
        exact_cosines(vectors, rows, units, None, np.ones(2), out)
