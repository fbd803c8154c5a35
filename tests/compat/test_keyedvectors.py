"""Vectors by key: changes, queries and comparisons."""

import pickle

import numpy as np
import pytest

from w2vfast.compat.gensim import KeyedVectors


def test_strings_and_integers_are_keys(wv):
    assert wv[7].tolist() == [0, 0, 3]
    assert 7 in wv and np.int64(7) in wv and "7" not in wv and (7,) not in wv
    assert wv[["a", 7]].tolist() == [[1, 0, 0], [0, 0, 3]]
    with pytest.raises(KeyError, match="Key 'x' not present"):
        wv["x"]
    assert wv.get_index("x", default=-1) == -1


def test_rows_allocated_in_advance():
    wv = KeyedVectors(2, 2, dtype=np.float64)
    assert wv.add_vector("a", [1, 2]) == 0
    assert wv.add_vector("b", [3, 4]) == 1
    assert wv.add_vector("c", [5, 6]) == 2
    assert wv.add_vector("a", [7, 8]) == 0
    assert wv.index_to_key == ["a", "b", "c"] and len(wv.vectors) == 3
    assert wv.index_to_key == ["a", "b", "c"]
    assert wv.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert wv.vectors.dtype == np.float64


def test_add_keeps_or_replaces(wv):
    wv.add_vectors(["a", "new", "new"], np.ones((3, 3)))
    assert wv["a"].tolist() == [1, 0, 0]
    assert wv.index_to_key.count("new") == 1
    wv["a"] = [9, 9, 9]
    wv[["c", "d"]] = [[1, 1, 1], [2, 2, 2]]
    assert wv[["a", "c", "d"]].tolist() == [[9] * 3, [1] * 3, [2] * 3]
    with pytest.raises(ValueError, match=r"shape \(2,\) for 1 key: expected \(1, 3\)"):
        wv.add_vectors("e", [1, 2])


def test_attributes(wv):
    wv.set_vecattr("a", "count", 5)
    wv.add_vectors(["d"], [[1, 1, 1]], extras={"count": [8], "weight": [0.5]})
    assert wv.get_vecattr("d", "count") == 8
    assert wv.get_vecattr("d", "weight") == 0.5
    assert wv.get_vecattr("b", "count") == 0
    wv.set_vecattr("a", "label", "fruit")
    assert wv.get_vecattr("a", "label") == "fruit"
    assert wv.get_vecattr("b", "label") is None
    with pytest.raises(KeyError):
        wv.get_vecattr("a", "colour")
    wv.sort_by_descending_frequency()
    assert wv.index_to_key[:2] == ["d", "a"]
    assert wv["b"].tolist() == [2, 1, 0]


def test_resize_keeps_rows(wv):
    before = wv.vectors.copy()
    wv.index_to_key += ["x", "y"]
    wv.resize_vectors(seed=3)
    assert np.array_equal(wv.vectors[:5], before)
    assert 0 < np.abs(wv.vectors[5:]).max() <= 1 / 3


@pytest.mark.parametrize("change", ["in place", "assigned", "item"])
def test_norms_are_never_stale(wv, change):
    assert wv.most_similar("a", topn=1)[0][0] == "b"
    if change == "in place":
        wv.vectors[1] = [0, 0, 50]
    elif change == "assigned":
        vectors = wv.vectors.copy()
        vectors[1] = [0, 0, 50]
        wv.vectors = vectors
    else:
        wv["b"] = [0, 0, 50]
    assert wv.most_similar(7, topn=1) == [("b", 1.0)]
    assert wv.norms.tolist() == [1, 50, 1, 3, 0]
    assert wv.get_vector("b", norm=True).tolist() == [0, 0, 1]


def test_unit_normalize_all_works_in_place(wv):
    vectors = wv.vectors
    wv.unit_normalize_all()
    assert wv.vectors is vectors
    assert np.allclose(wv.norms, [1, 1, 1, 1, 0])


def test_word_equals_its_unit_vector_to_the_last_bit():
    random = np.random.default_rng(2)
    wv = KeyedVectors(50)
    keys = [f"w{i}" for i in range(200)]
    wv.add_vectors(keys, random.normal(size=(200, 50)) * 10)
    for word in keys[:40]:
        unit = wv.get_vector(word, norm=True)
        for query in (wv.most_similar, wv.most_similar_cosmul):
            by_vector = [p for p in query([unit], topn=11) if p[0] != word]
            assert query(word, topn=10) == by_vector


def test_equal_rows_have_equal_cosines_in_order():
    wv = KeyedVectors(7)
    rows = np.random.default_rng(5).normal(size=(40, 7))
    wv.add_vectors(list(range(120)), np.concatenate([rows, 2 * rows, rows]))
    nearest = wv.most_similar(0, topn=8)
    assert [key for key, _ in nearest[:2]] == [40, 80]
    assert nearest[0][1] == nearest[1][1] == pytest.approx(1)
    others = nearest[2:5]
    assert [key % 40 for key, _ in others] == [others[0][0]] * 3
    assert len({cosine for _, cosine in others}) == 1


@pytest.mark.parametrize("size", [1e-30, 1e-20, 1e20, 1e38])
def test_vectors_of_any_size(size):
    wv = KeyedVectors(2)
    wv.add_vectors(["a", "b", "c"], np.array([[1, 0], [1, 1], [0, 1]]) * size)
    assert np.allclose(wv.norms, np.array([1, 2**0.5, 1]) * size)
    assert wv.most_similar("a")[0] == ("b", pytest.approx(0.5**0.5))


def test_parts_of_the_rows(wv):
    assert [key for key, _ in wv.most_similar("a", clip_start=2, clip_end=4)] == [
        "c",
        7,
    ]
    assert [key for key, _ in wv.most_similar("a", restrict_vocab=2)] == ["b"]
    assert wv.most_similar("a", topn=None).shape == (5,)
    assert wv.most_similar("a", topn=0) == []
    assert len(wv.most_similar("a", topn=100)) == 4


def test_weights_and_several_items(wv):
    query = wv.most_similar(positive=[("a", 2.0), "c"], negative=[7], topn=1)
    assert query[0][0] == "b"
    assert wv.most_similar(np.eye(3)[:2], topn=1)[0][0] == "b"
    with pytest.raises(ValueError, match="no input"):
        wv.most_similar([])
    with pytest.raises(KeyError, match="'x' not present in vocabulary"):
        wv.most_similar("x")
    with pytest.raises(TypeError, match="expected a key"):
        wv.most_similar({"a"})


def test_indexer_answers_instead(wv):
    class Indexer:
        def most_similar(self, vector, topn):
            return [("found", vector.tolist(), topn)]

    assert wv.most_similar("a", topn=3, indexer=Indexer()) == [("found", [1, 0, 0], 3)]


def test_comparisons(wv):
    assert wv.distance("b", "b") == 0
    assert np.isclose(wv.similarity("a", "b"), 2 / 5**0.5)
    assert wv.n_similarity(["a"], ["b"]) == wv.similarity("a", "b")
    assert wv.similarity("a", "zero") == 0
    for empty in ([], ["a"]), (["a"], []), ([], []):
        with pytest.raises(ZeroDivisionError):
            wv.n_similarity(*empty)
    assert np.allclose(wv.distances("a", ["a", 7]), [0, 1])
    assert wv.closer_than("a", "c") == ["b"]
    assert (wv.rank("a", "c"), wv.rank("a", "a")) == (2, 1)
    assert wv.most_similar_to_given("a", ["c", "b", 7]) == "b"
    assert wv.doesnt_match(["a", "b", 7, "unknown"]) == 7
    with pytest.raises(ValueError, match="empty list"):
        wv.doesnt_match(["unknown"])
    share = wv.relative_cosine_similarity("a", "b", topn=4)
    assert np.isclose(share, 1)


def test_mean_vector(wv):
    assert np.allclose(wv.get_mean_vector(["a", "c", "unknown"]), [0.5, 0.5, 0])
    mean = wv.get_mean_vector(["a", 7], weights=[3, -1], pre_normalize=False)
    assert np.allclose(mean, [0.75, 0, -0.75])
    assert np.allclose(
        wv.get_mean_vector(["b"], post_normalize=True).dot([2, 1, 0]), 5**0.5
    )
    with pytest.raises(ValueError, match="same number"):
        wv.get_mean_vector(["a"], weights=[1, 2])
    with pytest.raises(KeyError):
        wv.get_mean_vector(["unknown"], ignore_missing=False)


def test_vectors_for_all(wv):
    wv.set_vecattr("a", "count", 5)
    part = wv.vectors_for_all(["c", "a", "unknown", "a"], copy_vecattrs=True)
    assert part.index_to_key == ["c", "a"]
    assert part.get_vecattr("a", "count") == 5
    assert wv.vectors_for_all(["a"]).get_vecattr("a", "count") == 0


def test_word_movers_distance(wv):
    pytest.importorskip("ot")
    assert wv.wmdistance(["a", "b"], ["a", "b"]) == 0
    assert np.isclose(wv.wmdistance(["a"], [7, "x"]), 2**0.5)
    assert np.isclose(wv.wmdistance(["a", "a", "c"], ["a"]), 2**0.5 / 3)
    assert wv.wmdistance(["x"], ["a"]) == np.inf


def test_word_movers_distance_names_the_extra(wv, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ot", None)
    with pytest.raises(ImportError, match=r"the package POT .*w2vfast\[wmd\]"):
        wv.wmdistance(["a"], ["b"])


def test_copies_and_pickles(wv):
    again = pickle.loads(pickle.dumps(wv))
    assert again.most_similar("a") == wv.most_similar("a")
