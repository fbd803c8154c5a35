"""Two models in one page."""

import base64

import numpy as np
import pytest

from w2vfast import KeyedVectors


def units(model):
    codes = np.frombuffer(base64.b64decode(model["codes"]), np.int8)
    codes = codes.reshape(len(model["words"]), -1)
    return codes * np.frombuffer(base64.b64decode(model["steps"]), "<f4")[:, None]


@pytest.fixture
def rotated(wv):
    """Return `wv`, rotated, with one word that moved and one of its own."""
    random = np.random.default_rng(0)
    rotation = np.linalg.qr(random.normal(size=(12, 12)))[0]
    vectors = wv.vectors @ rotation
    vectors[20] = -vectors[20]
    words = [*wv.index_to_key[:-1], "only here"]
    return KeyedVectors(words, vectors)


def test_second_model_is_rotated_onto_the_first(wv, rotated, tmp_path, read_data):
    wv.explore(tmp_path / "p.html", compare=rotated, names=("old", "new"))
    old, new = read_data(tmp_path / "p.html")["models"]
    assert (old["name"], new["name"]) == ("old", "new")
    cosines = (units(old) * units(new)).sum(axis=1)
    assert cosines[20] < 0 and np.delete(cosines, 20).min() > 0.98
    assert "<title>old and new" in (tmp_path / "p.html").read_text("utf-8")


def test_compare_needs_equal_dimensions_and_shared_words(wv, tmp_path):
    other = KeyedVectors(["man", "king"], np.eye(2))
    with pytest.raises(
        ValueError, match="compared vectors have 2 dimensions, expected 12"
    ):
        wv.explore(tmp_path / "p.html", compare=other)
    other = KeyedVectors(["x", "y"], np.eye(12)[:2])
    with pytest.raises(ValueError, match="no shared words"):
        wv.explore(tmp_path / "p.html", compare=other)


def test_few_shared_words_are_warned_of(wv, tmp_path):
    other = KeyedVectors(wv.index_to_key[:9], np.eye(12)[:9])
    with pytest.warns(UserWarning, match="share 9 words, and their vectors have 12"):
        wv.explore(tmp_path / "p.html", compare=other)
