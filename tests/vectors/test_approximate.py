"""The approximate index finds almost all neighbours, with exact cosines."""

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors

pytest.importorskip("faiss")


@pytest.fixture(scope="module")
def wv():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(40, 16))
    rows = centres[rng.integers(0, 40, 2000)] + 0.5 * rng.normal(size=(2000, 16))
    rows[7] = 0
    return KeyedVectors([f"w{i}" for i in range(2000)], rows.astype(np.float32))


@pytest.fixture(scope="module")
def index(wv):
    return wv.approximate_index()


def test_most_neighbours_are_found_with_exact_cosines(wv, index):
    queries = [f"w{i}" for i in range(0, 2000, 20)]
    exact = wv.most_similar_batch(queries)
    found = wv.most_similar_batch(queries, index=index)
    hits = sum(len(set(a) & set(b)) for a, b in zip(exact, found, strict=True))
    assert hits > 0.98 * sum(map(len, exact))
    assert all(len(words) == 10 for words in found)
    for query, words in zip(queries, found, strict=True):
        assert query not in dict(words)
        cosines = [cosine for _, cosine in words]
        assert cosines == sorted(cosines, reverse=True)
    analogy = wv.most_similar(["w1", "w2"], "w3", index=index)
    assert len(dict(analogy).keys() & dict(wv.most_similar(["w1", "w2"], "w3"))) >= 9


def test_more_neighbours_than_words(index, wv):
    few = wv.subset(["w1", "w2", "w3"])
    found = few.most_similar("w1", topn=50, index=few.approximate_index())
    assert found == few.most_similar("w1", topn=50)


def test_zero_vectors_have_cosine_zero(wv, index):
    assert {cosine for _, cosine in wv.most_similar("w7", index=index)} == {0}


def test_an_index_of_other_vectors_is_rejected(wv, index):
    other = wv.subset(wv.index_to_key[:5])
    with pytest.raises(ValueError, match="build it again"):
        other.most_similar("w1", index=index)
    same_shape = KeyedVectors(wv.index_to_key, wv.vectors.copy())
    with pytest.raises(ValueError, match="build it again"):
        same_shape.most_similar("w1", index=index)
    own = other.approximate_index()
    other.add("new", np.ones(16))
    with pytest.raises(ValueError, match="build it again"):
        other.most_similar("w1", index=own)


@pytest.mark.parametrize(
    "options",
    [{"restrict_vocab": 5}, {"candidates": ["w1"]}, {"method": "multiply"}],
)
def test_options_that_an_index_cannot_serve(wv, index, options):
    with pytest.raises(ValueError, match="leave out"):
        wv.most_similar("w1", index=index, **options)


@pytest.mark.parametrize("name", ["links", "build_width", "search_width"])
def test_bad_widths_are_rejected(wv, name):
    with pytest.raises(ValueError, match=f"{name}=0"):
        wv.approximate_index(**{name: 0})


def test_repr(index):
    assert repr(index) == "<ApproximateIndex: 2,000 words, 16 dimensions>"
