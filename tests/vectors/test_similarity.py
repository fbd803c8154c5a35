"""Similarities, distances, sets of words and the odd one out."""

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors

KEYS = [f"w{i}" for i in range(40)]


@pytest.fixture
def wv():
    rows = np.random.default_rng(0).normal(size=(40, 9)).astype(np.float32)
    rows[5] = 0
    return KeyedVectors(KEYS, rows)


def unit(vector):
    vector = np.asarray(vector, np.float64)
    norm = np.linalg.norm(vector)
    return vector / norm if norm else vector


def test_similarities_with_given_words_and_with_all(wv):
    units = np.array([unit(row) for row in wv.vectors])
    expected = units @ units[3]
    np.testing.assert_allclose(wv.similarities("w3"), expected, atol=1e-6)
    found = wv.similarities("w3", ["w7", "w5", "w3"])
    np.testing.assert_allclose(found, expected[[7, 5, 3]], atol=1e-15)
    assert found.dtype == wv.similarities("w3").dtype == np.float64
    query = np.arange(9.0)
    np.testing.assert_allclose(
        wv.similarities(query, iter(["w1"])), [units[1] @ unit(query)], atol=1e-15
    )
    assert wv.similarities("w3", []).shape == (0,)
    assert (wv.similarities("w5") == 0).all()
    assert wv.similarities("w3").max() <= 1


def test_distances_are_one_minus_the_similarities(wv):
    assert wv.distance("w1", "w2") == 1 - wv.similarity("w1", "w2")
    np.testing.assert_array_equal(wv.distances("w1"), 1 - wv.similarities("w1"))
    some = ["w1", "w5"]
    np.testing.assert_array_equal(
        wv.distances("w1", some), 1 - wv.similarities("w1", some)
    )
    assert wv.distance("w5", "w5") == 1


def test_a_similarity_of_words_equals_that_of_their_vectors(wv):
    for a, b in (("w1", "w2"), ("w5", "w2"), ("w5", "w5"), ("w4", "w4")):
        by_vector = wv.similarity(wv[a], wv[b])
        assert wv.similarity(a, b) == pytest.approx(by_vector, abs=1e-15)
    huge = KeyedVectors(["a", "b"], np.array([[3e38, 3e38], [1e-44, 0]], np.float32))
    assert huge.similarity("a", "b") == pytest.approx(np.sqrt(0.5))


def test_set_similarity_is_the_cosine_of_summed_units(wv):
    a = unit(wv["w1"]) + unit(wv["w2"])
    b = unit(wv["w3"]) + 2 * unit(wv["w4"])
    expected = unit(a) @ unit(b)
    found = wv.set_similarity(["w1", "w2"], ["w3", ("w4", 2.0)])
    assert found == pytest.approx(expected)
    assert wv.set_similarity("w5", ["w1", "w2"]) == 0
    with pytest.raises(TypeError, match="b'king': expected a word, a vector, a pair"):
        wv.most_similar(b"king")
    with pytest.raises(ValueError, match="empty query"):
        wv.set_similarity([], "w1")


def test_the_odd_word_is_farthest_from_the_mean(wv):
    for start in range(30):
        words = KEYS[start : start + 6]
        units = np.array([unit(wv[word]) for word in words])
        mean = unit(units.mean(axis=0))
        assert wv.doesnt_match(words) == words[int((units @ mean).argmin())]
    same = KeyedVectors(["a", "b", "c"], np.ones((3, 5)))
    assert same.doesnt_match(["c", "a", "b"]) == "c"
    assert same.doesnt_match(["b"]) == "b"
    assert wv.doesnt_match(iter(["w5", "w5"])) == "w5"


def test_bad_arguments_are_rejected(wv):
    with pytest.raises(TypeError, match="words='w1'"):
        wv.doesnt_match("w1")
    with pytest.raises(ValueError, match="words is empty"):
        wv.doesnt_match([])
    with pytest.raises(KeyError, match="'x'"):
        wv.doesnt_match(["w1", "x"])
    with pytest.raises(TypeError, match="others='w1'"):
        wv.similarities("w1", "w1")
    with pytest.raises(ValueError, match="9 numbers"):
        wv.similarities(np.ones(3))
