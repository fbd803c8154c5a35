"""Vectors of sentences equal sums written out word by word."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors import sentences as module
from w2vfast.vectors.sentences import inverse_document_frequencies

KEYS = [f"w{i}" for i in range(12)]
SENTENCES = [["w1", "w2", "w1"], [], ["x"], ["w3", "x"], ["w4"] * 40, KEYS]


def table(seed=0):
    return np.random.default_rng(seed).normal(size=(12, 5)).astype(np.float32)


@pytest.fixture
def wv():
    return KeyedVectors(KEYS, table())


def expected(rows, sentences, pooling="mean", weights=None):
    result = np.zeros((len(sentences), rows.shape[1]))
    for i, sentence in enumerate(sentences):
        known = [KEYS.index(word) for word in sentence if word in KEYS]
        w = np.array([(weights or {}).get(KEYS[row], 1.0) for row in known])
        if known:
            result[i] = (rows[known].astype(float) * w[:, None]).sum(axis=0)
            if pooling == "mean":
                result[i] = result[i] / w.sum() if w.sum() else 0
    return result


@pytest.mark.parametrize("pooling", ["mean", "sum"])
@pytest.mark.parametrize("weights", [None, {"w1": 2.5, "w3": 0.0, "x": np.nan}])
def test_sums_and_means(wv, pooling, weights):
    found = wv.sentence_vectors(SENTENCES, pooling, weights=weights)
    assert found.dtype == np.float32
    np.testing.assert_allclose(
        found, expected(table(), SENTENCES, pooling, weights), rtol=1e-6, atol=1e-6
    )
    assert not found[1:3].any()  # no known word: zeros, not NaN


@given(
    st.lists(st.lists(st.sampled_from([*KEYS, "x"]), max_size=9), max_size=30),
    st.integers(1, 7),
    st.integers(1, 7),
)
def test_the_size_of_batches_does_not_matter(sentences, n_sentences, n_tokens):
    wv = KeyedVectors(KEYS, table())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SENTENCES_PER_BATCH", n_sentences)
        patch.setattr(module, "TOKENS_PER_BATCH", n_tokens)
        found = wv.sentence_vectors(map(iter, sentences), "sum")
    assert found.shape == (len(sentences), 5)
    np.testing.assert_allclose(
        found, expected(table(), sentences, "sum"), rtol=1e-5, atol=1e-5
    )


def test_idf_weights(wv):
    sentences = [["w1", "w2", "w2"], ["w1"], ["w1", "x"]]
    idf = {"w1": 1.0, "w2": math.log(4 / 2) + 1, "x": math.log(4 / 2) + 1}
    assert inverse_document_frequencies(sentences) == pytest.approx(idf)
    want = expected(table(), sentences, weights=idf)
    for weights in ("idf", idf):
        found = wv.sentence_vectors(map(iter, sentences), weights=weights)
        np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-6)


def test_outside_vectors(wv):
    u = table(1)
    want = expected(u, SENTENCES)
    both = expected(table().astype(float) + u, SENTENCES)
    shuffled = KeyedVectors([*KEYS[::-1], "more"], np.concatenate([u[::-1], u[:1]]))
    for outside in (u, KeyedVectors(KEYS, u), shuffled):
        found = wv.sentence_vectors(SENTENCES, vectors="u", outside=outside)
        np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-6)
        found = wv.sentence_vectors(SENTENCES, vectors="v+u", outside=outside)
        np.testing.assert_allclose(found, both, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "sum"])
def test_removing_the_top_equals_removing_it_from_the_words(wv, pooling):
    changed = wv.all_but_the_top(2)
    weights = {"w1": 3.0, "w4": 0.5}
    np.testing.assert_allclose(
        wv.sentence_vectors(SENTENCES, pooling, weights=weights, remove_top=2),
        changed.sentence_vectors(SENTENCES, pooling, weights=weights),
        atol=2e-5,
    )
    u = table(1)
    summed = KeyedVectors(KEYS, table() + u).all_but_the_top(1)
    np.testing.assert_allclose(
        wv.sentence_vectors(SENTENCES, pooling, vectors="v+u", outside=u, remove_top=1),
        summed.sentence_vectors(SENTENCES, pooling),
        atol=2e-5,
    )


def test_weights_that_cancel_give_zeros(wv):
    found = wv.sentence_vectors([["w1", "w2"]], weights={"w1": 1.0, "w2": -1.0})
    assert found.tolist() == [[0] * 5]


def test_no_sentences(wv):
    assert wv.sentence_vectors([]).shape == (0, 5)
    assert wv.sentence_vectors([], weights="idf").shape == (0, 5)


@pytest.mark.parametrize(
    ("sentences", "options", "error", "message"),
    [
        (["a b"], {}, TypeError, "split it first"),
        (["a b"], {"weights": "idf"}, TypeError, "split it first"),
        ([["x"]], {"unknown": "error"}, KeyError, "'x'"),
        ([], {"unknown": "raise"}, ValueError, "unknown='raise'"),
        ([], {"pooling": "max"}, ValueError, "pooling='max'"),
        ([], {"weights": "tf"}, ValueError, "weights='tf'"),
        ([], {"weights": {"w1": np.inf}}, ValueError, "weight of 'w1'"),
        ([], {"vectors": "w"}, ValueError, "vectors='w'"),
        ([], {"vectors": "u"}, ValueError, "outside="),
        ([], {"vectors": "u", "outside": np.ones((12, 4))}, ValueError, r"\(12, 4\)"),
        ([], {"vectors": "u", "outside": np.ones((12, 5), int)}, ValueError, "int64"),
        ([], {"remove_top": 6}, ValueError, "6 directions"),
        (
            [],
            {"vectors": "u", "outside": KeyedVectors(["w1"], np.ones((1, 5)))},
            KeyError,
            "'w0'",
        ),
    ],
)
def test_bad_arguments_are_rejected(wv, sentences, options, error, message):
    with pytest.raises(error, match=message):
        wv.sentence_vectors(sentences, **options)
