"""Restricted searches, batches with several items, closer_than and rank."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.keyedvectors import KeyedVectors

KEYS = [f"w{i}" for i in range(300)]


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 7)).astype(np.float32)
    rows[50] = 0
    rows[[60, 61]] = rows[[10, 10]]  # ties
    return KeyedVectors(KEYS, rows)


def cosines(wv, query):
    """Return the cosine of every row with a vector, in float64."""
    rows = wv.vectors.astype(np.float64)
    norms = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
    return np.divide(rows @ query, norms, out=np.zeros(len(rows)), where=norms > 0)


def ranked(wv, query, rows, excluded, topn):
    """Return words and cosines of the best of `rows`, ties by index."""
    scores = cosines(wv, query).round(12)
    rows = sorted(set(rows) - set(excluded), key=lambda row: (-scores[row], row))
    return [(KEYS[i], pytest.approx(scores[i], abs=1e-11)) for i in rows[:topn]]


@pytest.mark.parametrize("limit", [1, 2, 55, 300, 10**9])
def test_restrict_vocab_searches_the_first_words(wv, limit):
    rows = range(min(limit, 300))
    query = wv.vectors[1].astype(float)
    for topn in (1, 5, 400):
        found = wv.most_similar("w1", topn=topn, restrict_vocab=limit)
        assert found == ranked(wv, query, rows, [1], topn)
    # The word of the query may lie outside of the searched rows.
    query = wv.vectors[299].astype(float)
    found = wv.most_similar("w299", restrict_vocab=limit)
    assert found == ranked(wv, query, rows, [299], 10)


def test_candidates_are_the_only_words_found(wv):
    names = ["w9", "w200", "w3", "w61", "w60", "w9", "w50"]
    rows = [9, 200, 3, 61, 60, 50]
    query = wv.vectors[10].astype(float)
    assert wv.most_similar("w10", candidates=names) == ranked(wv, query, rows, [], 10)
    query = wv.vectors[3].astype(float)
    assert wv.most_similar("w3", candidates=iter(names), topn=3) == ranked(
        wv, query, rows, [3], 3
    )
    assert wv.most_similar("w1", candidates=[]) == []
    assert wv.most_similar("w1", candidates=["w1"]) == []
    both = wv.most_similar("w1", candidates=names, restrict_vocab=60)
    assert both == ranked(wv, wv.vectors[1].astype(float), [9, 3, 50], [], 10)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"restrict_vocab": 0}, ValueError, "restrict_vocab=0"),
        ({"restrict_vocab": 2.5}, TypeError, "restrict_vocab=2.5"),
        ({"restrict_vocab": True}, TypeError, "restrict_vocab"),
        ({"candidates": "w1"}, TypeError, "candidates='w1'"),
        ({"candidates": ["x"]}, KeyError, "'x'"),
        ({"method": "divide"}, ValueError, "'add' or 'multiply'"),
        ({"topn": 0, "method": "multiply"}, ValueError, "topn=0"),
    ],
)
def test_bad_options_are_rejected(wv, options, error, message):
    with pytest.raises(error, match=message):
        wv.most_similar("w1", **options)
    with pytest.raises(error, match=message):
        wv.most_similar_batch(["w1"], **options)


@pytest.mark.parametrize("method", ["add", "multiply"])
@pytest.mark.parametrize(
    "options", [{}, {"restrict_vocab": 40}, {"candidates": KEYS[5:90:3]}]
)
def test_a_batch_of_compound_queries_equals_single_queries(wv, method, options):
    vector = np.arange(7.0)
    queries = ["w1", ["w2", "w3"], [("w4", 0.5), vector], vector, [], list(range(7))]
    negative = [None, "w5", ["w6"], [], "w7", ("w8", 2.0)]
    batch = wv.most_similar_batch(
        queries, 4, negative=negative, method=method, **options
    )
    assert batch == [
        wv.most_similar(p, n, 4, method=method, **options)
        for p, n in zip(queries, negative, strict=True)
    ]


def test_a_batch_needs_as_many_negative_items(wv):
    with pytest.raises(ValueError, match="2 items, one for each query"):
        wv.most_similar_batch(["w1", "w2"], negative=["w3"])
    with pytest.raises(ValueError, match="2 items, one for each query"):
        wv.most_similar_batch(["w1", "w2"], negative="w3")


def test_closer_than_and_rank(wv):
    for a, b in ((1, 2), (3, 299), (10, 60), (50, 4), (4, 50), (7, 7)):
        scores = cosines(wv, wv.vectors[a].astype(float)).round(12)
        closer = [i for i in range(300) if scores[i] > scores[b] and i != a]
        closer.sort(key=lambda i: (-scores[i], i))
        assert wv.closer_than(f"w{a}", f"w{b}") == [KEYS[i] for i in closer]
        assert wv.rank(f"w{a}", f"w{b}") == len(closer) + 1
    query, other = np.arange(7.0), np.ones(7)
    scores = cosines(wv, query)
    limit = query @ other / np.linalg.norm(query) / np.linalg.norm(other)
    assert wv.rank(query, other) == 1 + (scores > limit).sum()
    with pytest.raises(KeyError, match="'x'"):
        wv.rank("w1", "x")


@given(st.integers(0, 2**32), st.integers(1, 30))
def test_equal_rows_have_equal_ranks(seed, dimensions):
    rng = np.random.default_rng(seed)
    row = rng.normal(size=dimensions).astype(np.float32)
    rows = np.tile(row, (37, 1))
    rows[0] = rng.normal(size=dimensions)
    wv = KeyedVectors(KEYS[:37], rows)
    assert {wv.rank("w0", key) for key in KEYS[1:37]} == {1}


def test_ranks_of_rows_that_differ_by_less_than_the_rounding_of_float32():
    rows = np.ones((50, 64))
    rows[:, 0] += np.arange(50) * 2.0**-20  # ever farther from the vector of ones
    wv = KeyedVectors(KEYS[:50], rows)
    query = np.ones(64)
    assert [wv.rank(query, key) for key in KEYS[:50]] == list(range(1, 51))
    tiny = KeyedVectors(KEYS[:50], rows * 2.0**-130)
    exact = cosines(tiny, query)
    ranks = [1 + (exact > exact[i]).sum() for i in range(50)]
    assert abs(tiny.rank(query, "w49") - ranks[49]) <= 1
