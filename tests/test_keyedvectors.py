"""KeyedVectors: construction, look-up, queries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors import neighbours


def numbered_words(n):
    return [f"w{i}" for i in range(n)]


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    return KeyedVectors(
        numbered_words(500), rng.normal(size=(500, 12)).astype(np.float32)
    )


def expected(wv, query, excluded=(), topn=10):
    """Rank all words by their float64 cosines, ties by index."""
    rows = wv.vectors.astype(np.float64)
    norms = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
    cosines = np.divide(rows @ query, norms, out=np.zeros(len(rows)), where=norms > 0)
    order = np.argsort(-cosines.round(12), kind="stable")
    return [
        (wv.index_to_key[i], pytest.approx(cosines[i], abs=1e-12))
        for i in order
        if wv.index_to_key[i] not in excluded
    ][:topn]


# Construction


def test_attributes_of_new_vectors(wv):
    assert wv.vectors.dtype == np.float32
    assert wv.vectors.flags.c_contiguous
    assert wv.vector_size == 12
    assert len(wv) == 500
    assert list(wv) == wv.index_to_key == numbered_words(500)
    assert wv.key_to_index["w7"] == 7
    assert wv.counts is None
    assert repr(wv) == "<KeyedVectors: 500 words, 12 dimensions>"
    assert "w7" in wv
    assert "x" not in wv
    assert 7 not in wv


# Look-up


def test_look_up_of_one_word_and_of_several(wv):
    assert (wv["w3"] == wv.vectors[3]).all()
    assert (wv[["w3", "w1"]] == wv.vectors[[3, 1]]).all()
    with pytest.raises(KeyError, match="'x' is not among the 500 words"):
        wv["x"]
    with pytest.raises(KeyError, match="'x'"):
        wv[["w1", "x"]]
    for bad in (3, None):
        with pytest.raises(TypeError, match=r"wv\.vectors"):
            wv[bad]
    with pytest.raises(TypeError, match="expected a word"):
        wv[[3]]


def test_vectors_are_read_only_and_assignment_updates_the_norms(wv):
    with pytest.raises(ValueError, match="read-only"):
        wv.vectors[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        wv["w1"][0] = 1
    before = wv.most_similar("w0", topn=1)
    changed = wv.vectors.copy()
    changed[9] = 100 * changed[0]
    wv.vectors = changed
    assert before != wv.most_similar("w0", topn=1) == [("w9", pytest.approx(1))]
    assert wv.norms[9] == pytest.approx(100 * wv.norms[0])
    with pytest.raises(ValueError, match="500 keys"):
        wv.vectors = changed[:3]


# Queries


def test_similarity_is_the_cosine(wv):
    a, b = wv.vectors[:2].astype(float)
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert wv.similarity("w0", "w1") == pytest.approx(cosine, abs=1e-14)
    assert wv.similarity(wv["w0"], 5 * b) == pytest.approx(cosine, abs=1e-14)
    assert isinstance(wv.similarity("w0", "w0"), float)
    assert -1 <= wv.similarity("w3", -wv["w3"]) <= 1


def test_most_similar_ranks_words_by_cosine(wv):
    v = wv.vectors.astype(float)
    unit = v / np.linalg.norm(v, axis=1)[:, None]
    for topn in (1, 10, 499, 500, 1000):
        assert wv.most_similar("w0", topn=topn) == expected(wv, v[0], ["w0"], topn)
    assert wv.most_similar(v[0]) == expected(wv, v[0])
    assert wv.most_similar(["w0", "w1"], "w2") == expected(
        wv, unit[0] + unit[1] - unit[2], ["w0", "w1", "w2"]
    )
    assert wv.most_similar([("w0", 0.5), 3 * v[1]], [("w2", 2.0)]) == expected(
        wv, 0.5 * unit[0] + unit[1] - 2 * unit[2], ["w0", "w2"]
    )
    assert wv.most_similar(("w0", -1)) == expected(wv, -v[0], ["w0"])
    assert wv.most_similar(("w0", "w1")) == wv.most_similar(["w0", "w1"])
    assert wv.most_similar([], ["w0"]) == expected(wv, -v[0], ["w0"])
    assert wv.most_similar(["w0", "w0"], topn=500) == expected(wv, v[0], ["w0"], 499)


def test_results_are_plain_python_objects(wv):
    [(key, cosine)] = wv.most_similar("w0", topn=np.int64(1))
    assert type(key) is str
    assert type(cosine) is float


@pytest.mark.parametrize(
    ("query", "topn", "error", "message"),
    [
        ([], 10, ValueError, "empty query"),
        ("x", 10, KeyError, "500 words"),
        (np.ones(3), 10, ValueError, "12 numbers"),
        (np.ones((2, 12)), 10, ValueError, "12 numbers"),
        (np.full(12, np.nan), 10, ValueError, "NaN"),
        ([1.0, 2.0], 10, ValueError, "12 numbers"),
        ([None], 10, ValueError, "12 numbers"),
        (("w1", np.inf), 10, ValueError, "weight"),
        (7, 10, TypeError, "expected"),
        ("w1", 0, ValueError, "topn=0"),
        ("w1", 2.5, TypeError, "topn=2.5"),
        ("w1", True, TypeError, "topn"),
    ],
)
def test_bad_queries_are_rejected(wv, query, topn, error, message):
    with pytest.raises(error, match=message):
        wv.most_similar(query, topn=topn)


def test_a_query_of_all_words_has_no_result():
    wv = KeyedVectors(["a", "b"], np.ones((2, 2)))
    assert wv.most_similar(["a", "b"]) == []


@pytest.mark.parametrize("size", [1, 7, 256])
def test_a_batch_equals_single_queries(wv, monkeypatch, size):
    monkeypatch.setattr(neighbours, "QUERIES_PER_BATCH", size)
    keys = numbered_words(40)
    assert wv.most_similar_batch(keys) == [wv.most_similar(key) for key in keys]
    queries = wv.vectors[:40] + 1
    single = [wv.most_similar(query, topn=3) for query in queries]
    assert wv.most_similar_batch(queries, topn=3) == single
    assert wv.most_similar_batch([]) == []
    assert wv.most_similar_batch(np.empty((0, 12))) == []


def test_bad_batches_are_rejected(wv):
    with pytest.raises(TypeError, match="list of words"):
        wv.most_similar_batch("w1")
    with pytest.raises(KeyError, match="'x'"):
        wv.most_similar_batch(["w1", "x"])
    with pytest.raises(ValueError, match="12 numbers"):
        wv.most_similar_batch(np.ones((2, 3)))
    with pytest.raises(ValueError, match="12 numbers"):
        wv.most_similar_batch(np.ones(12))


def test_ties_are_broken_by_index():
    # A float32 product rounds equal rows differently, depending on their position.
    row = np.random.default_rng(1).normal(size=37).astype(np.float32)
    rows = np.tile(row, (1003, 1))
    rows[::2] = -row
    wv = KeyedVectors(numbered_words(1003), rows)
    names = [name for name, _ in wv.most_similar(row + 0.1, topn=20)]
    assert names == [f"w{i}" for i in range(1, 41, 2)]
    [batch, _] = wv.most_similar_batch(np.stack([row + 0.1, row]), topn=20)
    assert [name for name, _ in batch] == names


def test_the_cosine_with_a_zero_vector_is_zero():
    wv = KeyedVectors(
        ["zero", "a", "b", "c"], np.array([[0, 0], [1, 0], [0, 1], [-1, 0.0]])
    )
    assert wv.similarity("zero", "a") == 0
    assert wv.similarity("zero", "zero") == 0
    assert wv.most_similar("zero") == [("a", 0), ("b", 0), ("c", 0)]
    assert wv.most_similar("a") == [("zero", 0), ("b", 0), ("c", -1)]
    assert wv.most_similar(["a", "c"]) == [("zero", 0), ("b", 0)]


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 40), st.integers(1, 5)),
        elements=st.floats(-(2.0**127), 2.0**127, width=32),
    ),
    st.integers(1, 50),
)
def test_finite_vectors_give_finite_sorted_cosines(rows, topn):
    wv = KeyedVectors(numbered_words(len(rows)), rows)
    result = wv.most_similar("w0", topn=topn)
    cosines = [cosine for _, cosine in result]
    assert len(result) == min(topn, len(rows) - 1)
    assert cosines == sorted(cosines, reverse=True)
    assert all(-1 <= cosine <= 1 for cosine in cosines)
    for name, cosine in result:
        assert wv.similarity("w0", name) == pytest.approx(cosine, abs=1e-9)


def test_norms_near_the_limits_of_float32():
    rows = np.ones((4, 64), np.float32)
    rows[2:, ::2] = -1
    rows *= np.array([[3e38], [1e-30], [3e38], [1e-30]], np.float32)
    wv = KeyedVectors(["huge", "tiny", "x", "y"], rows)
    for key in ("huge", "tiny"):
        other = "tiny" if key == "huge" else "huge"
        assert wv.most_similar(key) == [
            (other, pytest.approx(1)), ("x", 0), ("y", 0)
        ]  # fmt: skip


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_the_norm_of_a_query_does_not_matter(wv, scale):
    query = scale * wv.vectors[3].astype(float)
    assert wv.similarity(query, "w3") == pytest.approx(1)
    assert wv.most_similar(query) == expected(wv, wv.vectors[3].astype(float))
    assert wv.most_similar(query) == wv.most_similar_batch(query[None])[0]
