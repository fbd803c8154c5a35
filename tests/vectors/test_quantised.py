"""8-bit candidates contain every row of the exact result."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors import nearest
from w2vfast.vectors._integer_dots import integer_dots
from w2vfast.vectors.nearest import CosineIndex, normalise
from w2vfast.vectors.quantised import QuantisedRows


def exact_best(rows, unit, k):
    """Return the set of rows whose float64 cosine reaches the k-th largest."""
    cosines = (normalise(rows) * unit).sum(axis=1)
    return set(np.flatnonzero(cosines >= np.sort(cosines)[-k] + 1e-12).tolist())


@pytest.mark.parametrize("dimensions", [0, 1, 7, 16, 33, 300])
def test_integer_products(dimensions):
    rng = np.random.default_rng(dimensions)
    rows = rng.integers(-128, 128, (50, dimensions)).astype(np.int8)
    query = rng.integers(-32768, 32768, dimensions).astype(np.int16)
    out = np.full(50, -1, np.int32)
    integer_dots(rows, query, out)
    np.testing.assert_array_equal(out, rows.astype(np.int64) @ query.astype(np.int64))
    with pytest.raises(ValueError, match="shapes"):
        integer_dots(rows, query, out[1:])


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 200), st.integers(1, 6)),
        elements=st.one_of(
            st.floats(-(2.0**127), 2.0**127, width=32), st.sampled_from([0.0, 1, -1])
        ),
    ),
    st.integers(0, 2**32),
    st.integers(1, 20),
)
def test_candidates_contain_the_best_rows(rows, seed, k):
    unit = normalise(np.random.default_rng(seed).normal(size=rows.shape[1]))
    k = min(k, len(rows))
    found = QuantisedRows(rows, CosineIndex(rows).norms).candidates(unit, k)
    if found is not None:
        assert exact_best(rows, unit, k) <= set(found.tolist())
        assert found.tolist() == sorted(set(found.tolist()))
        assert len(found) >= k


@pytest.mark.parametrize("k", [1, 10, 100])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-5])
def test_close_rows_are_not_lost(k, spread):
    """Rows around one direction, some nearer to each other than the rounding."""
    rng = np.random.default_rng(k)
    rows = 1 + spread * rng.normal(size=(4000, 50))
    rows[2000:] = rng.normal(size=(2000, 50))
    rows = rows.astype(np.float32)
    unit = normalise(rows[3])
    quantised = QuantisedRows(rows, CosineIndex(rows).norms)
    for signed in (unit, -unit):
        found = quantised.candidates(signed, k)
        assert found is None or exact_best(rows, signed, k) <= set(found.tolist())


@pytest.mark.parametrize("dimensions", [500, 520, 2000, 9000])
def test_sums_of_many_products_do_not_overflow(dimensions):
    rows = np.random.default_rng(0).normal(size=(64, dimensions)).astype(np.float32)
    rows[5] = 1
    quantised = QuantisedRows(rows, CosineIndex(rows).norms)
    assert quantised.candidates(normalise(rows[5]), 1).tolist() == [5]


def test_candidates_are_few():
    rows = np.random.default_rng(0).normal(size=(50_000, 100)).astype(np.float32)
    quantised = QuantisedRows(rows, CosineIndex(rows).norms)
    assert len(quantised.candidates(normalise(rows[7]), 10)) < 300


def test_too_many_candidates_are_reported():
    rows = np.ones((1000, 3), np.float32)
    quantised = QuantisedRows(rows, CosineIndex(rows).norms)
    assert quantised.candidates(normalise(rows[0]), 3) is None
    assert quantised.candidates(np.zeros(3), 3) is None
    assert len(quantised.candidates(normalise(rows[0]), 1000)) == 1000


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("kind", ["normal", "ties", "anisotropic"])
def test_results_do_not_depend_on_quantisation(monkeypatch, kind, half):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3000, 20)).astype(np.float32)
    if kind == "ties":
        rows = rows[rng.integers(0, 400, 3000)]
    if kind == "anisotropic":
        rows += 5
    rows[11] = 0
    wv = KeyedVectors([f"w{i}" for i in range(3000)], rows)
    wv = wv.to_float16() if half else wv
    queries = [["w1"], ["w2", "w3"], ["w11"], [np.arange(20.0)]]
    plain = [wv.most_similar(query, topn=n) for query in queries for n in (1, 10, 400)]
    monkeypatch.setattr(nearest, "MIN_QUANTISED_SIZE", 1)
    monkeypatch.setattr(nearest, "QUERIES_BEFORE_QUANTISING", 0)
    calls = []
    candidates = QuantisedRows.candidates
    monkeypatch.setattr(
        QuantisedRows,
        "candidates",
        lambda *args: calls.append(args) or candidates(*args),
    )
    again = [wv.most_similar(query, topn=n) for query in queries for n in (1, 10, 400)]
    assert again == plain
    assert len(calls) == len(plain)


def test_the_copy_is_made_after_some_queries_and_forgotten_on_change(monkeypatch):
    monkeypatch.setattr(nearest, "MIN_QUANTISED_SIZE", 1)
    rows = np.random.default_rng(0).normal(size=(500, 9)).astype(np.float32)
    wv = KeyedVectors([f"w{i}" for i in range(500)], rows)
    for _ in range(nearest.QUERIES_BEFORE_QUANTISING):
        wv.most_similar("w1")
    assert "_quantised_rows" not in wv._cosine_index.__dict__
    wv.most_similar("w1")
    assert "_quantised_rows" in wv._cosine_index.__dict__
    plain = KeyedVectors(wv.index_to_key, rows)
    for limit in (1, 37, 400, 500):
        found = wv.most_similar("w1", topn=20, restrict_vocab=limit)
        assert found == plain.most_similar("w1", topn=20, restrict_vocab=limit)
    candidates = wv.index_to_key[5:400:3]
    found = wv.most_similar("w1", candidates=candidates)
    assert found == plain.most_similar("w1", candidates=candidates)
    changed = rows.copy()
    changed[400] = rows[1] * 3
    wv.vectors = changed
    for _ in range(5):
        assert wv.most_similar("w1", topn=1) == [("w400", pytest.approx(1))]
