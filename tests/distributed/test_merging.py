import numpy as np
import pytest

from w2vfast.distributed import merge
from w2vfast.distributed.merging import RULES, adasum
from w2vfast.distributed.rows import Rows, changed_rows, check_rows

SIZE = 6


def rows(numbers, values, visits=None):
    visits = None if visits is None else np.array(visits, np.int64)
    values = np.array(values, np.float32).reshape(-1, SIZE)
    return Rows(np.array(numbers, np.int32), values, visits)


def random_parts(replicas, n_rows=40, seed=0):
    """Return a base matrix, and changes of about half of its rows by each replica."""
    rng = np.random.default_rng(seed)
    base = np.zeros((n_rows, 16), np.float32)
    base[:, :SIZE] = rng.normal(size=(n_rows, SIZE))
    parts = []
    for _ in range(replicas):
        numbers = np.flatnonzero(rng.random(n_rows) < 0.5)
        change = rng.normal(size=(len(numbers), SIZE)) * 0.1
        visits = rng.integers(1, 9, len(numbers))
        parts.append(rows(numbers, base[numbers, :SIZE] + change, visits))
    return base, parts


def adasum_of(a, b):
    if not a.any() or not b.any():
        return a + b
    dot = a @ b
    return (1 - dot / (2 * a @ a)) * a + (1 - dot / (2 * b @ b)) * b


def expected_row(rule, changes, visits):
    """Return the combined change of one row; `changes` are 0 where not changed."""
    if rule == "adasum":
        while len(changes) > 1:
            odd = changes[len(changes) // 2 * 2 :]
            pairs = zip(changes[::2], changes[1::2], strict=False)
            changes = [adasum_of(a, b) for a, b in pairs] + odd
        return changes[0]
    touched = [n > 0 for n in visits]
    weights = visits if rule == "weighted" else touched
    return np.average(changes, axis=0, weights=weights)


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("replicas", [1, 2, 3, 4, 5, 8])
def test_each_row_is_merged_as_its_formula_says(rule, replicas):
    base, parts = random_parts(replicas)
    merged = merge(base, parts, rule)
    assert merged.numbers.tolist() == sorted({n for p in parts for n in p.numbers})
    for number, value in zip(merged.numbers, merged.values, strict=True):
        old = base[number, :SIZE].astype(float)
        changes, visits = [], []
        for part in parts:
            (found,) = np.nonzero(part.numbers == number)
            changes.append(part.values[found[0]] - old if len(found) else 0 * old)
            visits.append(part.visits[found[0]] if len(found) else 0)
        right = old + expected_row(rule, changes, visits)
        np.testing.assert_allclose(value, right, rtol=2e-6, atol=2e-6)


def test_a_row_of_one_replica_takes_its_bits():
    base, parts = random_parts(1)
    np.testing.assert_array_equal(merge(base, parts).values, parts[0].values)


def test_adasum_adds_what_is_orthogonal_and_averages_what_is_parallel():
    one, two = np.zeros((2, 1, SIZE), np.float32)
    one[0, 0], two[0, 1] = 3, 4
    assert adasum(np.array([one, two]), None)[0, :2].tolist() == [3, 4]
    assert adasum(np.array([one, one]), None)[0, 0] == 3
    assert adasum(np.array([one, 3 * one]), None)[0, 0] == 6  # the mean
    assert adasum(np.array([one, -one]), None)[0, 0] == 0


@pytest.mark.parametrize("scale", [1e-15, 1.0, 1e15])
def test_adasum_has_no_overflow_or_underflow(scale):
    one = np.full((1, SIZE), scale, np.float32)
    result = adasum(np.array([one, one]), None)
    np.testing.assert_allclose(result, one, rtol=1e-6)


def test_many_rows_are_merged_in_blocks(monkeypatch):
    base, parts = random_parts(4, 500)
    right = merge(base, parts)
    monkeypatch.setattr("w2vfast.distributed.merging._BLOCK_FLOATS", 7)
    for workers in (1, 3):
        got = merge(base, parts, workers=workers)
        np.testing.assert_array_equal(got.values, right.values)


def test_an_unknown_rule_is_refused():
    base, parts = random_parts(2)
    with pytest.raises(ValueError, match=r"merge_rule='mean'.*'adasum', 'weighted'"):
        merge(base, parts, "mean")


def test_changed_rows_differ_in_a_bit(monkeypatch):
    old = np.zeros((100, 16), np.float32)
    new = old.copy()
    new[3, 15], new[50, 0], new[99, 7] = np.nan, -0.0, 1e-45
    for floats in (1 << 20, 48):
        monkeypatch.setattr("w2vfast.distributed.rows._BLOCK_FLOATS", floats)
        assert changed_rows(old, new).tolist() == [3, 50, 99]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (rows([2, 1], np.zeros((2, SIZE))), "must ascend"),
        (rows([1, 1], np.zeros((2, SIZE))), "must ascend"),
        (rows([-1, 1], np.zeros((2, SIZE))), "must ascend"),
        (rows([1, 4], np.zeros((2, SIZE))), "from 0 to 3"),
        (rows([1], np.zeros((2, SIZE))), "shape"),
        (Rows(np.zeros(1, np.int64), np.zeros((1, SIZE), np.float32)), "int64"),
        (Rows(np.zeros(1, np.int32), np.zeros((1, SIZE))), "float64"),
    ],
)
def test_wrong_rows_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        check_rows(given, 4, SIZE, "replica 1")
