"""Copies and pickles keep the vectors read-only and the norms correct."""

import copy
import pickle

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors

COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda wv: pickle.loads(pickle.dumps(wv)),
    "pickle 5": lambda wv: pickle.loads(pickle.dumps(wv, protocol=5)),
}


class Subclass(KeyedVectors):
    """Vectors with an attribute of their own."""


@pytest.fixture(params=[False, True], ids=["float32", "float16"])
def wv(request):
    rows = np.random.default_rng(0).normal(size=(20, 6)).astype(np.float32)
    wv = Subclass([f"w{i}" for i in range(20)], rows, np.arange(20))
    wv = wv.to_float16() if request.param else wv
    wv.title = "a title"
    return wv


@pytest.fixture(params=COPIES.values(), ids=COPIES)
def duplicate(request):
    return request.param


def test_a_copy_is_equal_and_read_only(wv, duplicate):
    answer = wv.most_similar("w1")
    other = duplicate(wv)
    assert type(other) is Subclass
    assert other.title == "a title"
    assert other.index_to_key == wv.index_to_key
    assert other.key_to_index == wv.key_to_index
    assert other.counts.tolist() == wv.counts.tolist()
    assert other.vectors.dtype == wv.vectors.dtype
    np.testing.assert_array_equal(other.vectors, wv.vectors)
    with pytest.raises(ValueError, match="read-only"):
        other.vectors[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        other.norms[0] = 1
    assert other.most_similar("w1") == answer


def test_a_copy_and_its_original_change_independently(wv, duplicate):
    wv.most_similar("w1")
    other = duplicate(wv)
    before = other.most_similar("w1")
    wv.add("twin", wv["w1"])
    wv.vectors = wv.vectors * np.float32(2)
    assert other.most_similar("w1") == before
    assert "twin" not in other
    assert len(other) == len(other.vectors) == len(other.counts) == 20
    other.vectors = other.vectors[::-1].copy()
    np.testing.assert_allclose(
        other.norms, np.linalg.norm(other.vectors.astype(float), axis=1)
    )


def test_a_pickle_does_not_hold_the_norms(wv):
    size = len(pickle.dumps(wv))
    wv.most_similar("w1")
    assert len(pickle.dumps(wv)) == size
