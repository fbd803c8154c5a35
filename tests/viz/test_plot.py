"""The map: selection, places, labels, groups, arrows, errors."""

import sys

import numpy as np
import pytest

from w2vfast.viz.projection import METHODS, project


def boxes(ax):
    ax.figure.canvas.draw()
    texts = [text for text in ax.texts if text.get_text()]
    return np.array([text.get_window_extent().extents for text in texts])


def test_labels_of_words_do_not_overlap(wv, labels):
    ax = wv.plot(top=30)
    assert labels(ax) == wv.index_to_key[:30]
    box = boxes(ax)
    a, b = box[:, None], box[None]
    overlaps = (a[..., :2] < b[..., 2:]).all(-1) & (b[..., :2] < a[..., 2:]).all(-1)
    assert overlaps.sum() == 30  # each with itself


def test_same_seed_gives_the_same_picture(wv):
    first, second = (
        [text.get_position() for text in wv.plot(top=20, seed=3).texts] for _ in "ab"
    )
    assert first == second


def test_pca_keeps_parallel_directions():
    steps = np.add(np.outer([0, 1, 2, 3], [3.0, 0, 1]), [0, 1, 0])
    places = project(np.vstack([steps, np.add(steps, [0, 0.5, 0])]), "pca", 2)
    moves = places[4:] - places[:4]
    np.testing.assert_allclose(moves, np.tile(moves[:1], (4, 1)), atol=1e-12)


def test_groups_have_colours_and_a_legend_with_names_as_they_are(wv):
    ax = wv.plot(groups={"_a$x$": ["word1", "word2"], "b": ["word3"]}, top=5)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["_a$x$", "b"]
    drawn = [c for c in ax.collections if len(c.get_offsets())]
    assert [len(c.get_offsets()) for c in drawn] == [2, 2, 1]  # without group: first
    assert len({tuple(c.get_facecolor()[0]) for c in drawn}) == 3
    one_each = wv.plot(["word1", "word2"], groups=["x", "y"])
    assert len(one_each.get_legend().get_texts()) == 2


def test_pairs_have_arrows_and_labels(wv, labels):
    ax = wv.plot(pairs=[("word1", "word2"), ("word3", "word4")], labels=1)
    assert labels(ax) == ["word1", "word2", "word3", "word4"]
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 2


def test_three_dimensions(wv, labels):
    ax = wv.plot(top=6, dimensions=3)
    assert ax.name == "3d" and len(labels(ax)) == 6
    with pytest.raises(ValueError, match="projection '3d' for a plot in 2 dimensions"):
        wv.plot(top=6, ax=ax)


@pytest.mark.parametrize("method", ["tsne", "umap", "pacmap"])
def test_other_methods_place_few_words(wv, method):
    modules = {"tsne": "sklearn.manifold", "umap": "umap", "pacmap": "pacmap"}
    pytest.importorskip(modules[method])
    units = wv._unit_vectors(wv.index_to_key[: METHODS[method]])
    places = project(units, method, 2, seed=2)
    assert places.shape == (METHODS[method], 2) and np.isfinite(places).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"words": ["word1", "word99x"]}, KeyError, "'word99x' is not among"),
        ({"words": ["a", "wrd1", "word1"]}, KeyError, "unknown: 2 of 3 words"),
        ({"words": "word1"}, TypeError, "expected a list of words"),
        ({"words": []}, ValueError, "0 words for method='pca'.*expected 2 or more"),
        ({"top": 0}, ValueError, "top=0: expected 1"),
        ({"top": 4, "method": "tsne"}, ValueError, "4 words for method='tsne'"),
        ({"method": "svd"}, ValueError, "expected one of 'pca', 'tsne'"),
        ({"dimensions": 4}, ValueError, "dimensions=4: expected 2 or 3"),
        ({"pairs": [("word1",)]}, ValueError, "expected two words"),
        ({"groups": ["x"]}, ValueError, "a mapping of names to lists of words"),
        ({"groups": {"x": ["word1"], "y": ["word1"]}}, ValueError, "in one group"),
        ({"labels": -1}, ValueError, "labels=-1"),
        ({"interactive": True, "dimensions": 3}, ValueError, "two dimensions"),
    ],
)
def test_errors_say_what_to_do(wv, arguments, error, message):
    with pytest.raises(error, match=message):
        wv.plot(**arguments)


@pytest.mark.parametrize(
    ("module", "call", "message"),
    [
        ("matplotlib.pyplot", lambda wv: wv.plot(), r"package matplotlib .*\[viz\]"),
        ("umap", lambda wv: wv.plot(method="umap"), "needs the package umap-learn"),
        ("pacmap", lambda wv: wv.plot(method="pacmap"), "needs the package pacmap"),
        ("altair", lambda wv: wv.plot(interactive=True), "interactive plot needs"),
        ("networkx", lambda wv: wv.plot_neighbourhood("word1"), "package networkx"),
    ],
)
def test_a_missing_package_is_named(wv, monkeypatch, module, call, message):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=message):
        call(wv)


def test_half_precision_and_many_words(make_vectors, tmp_path, labels):
    """Mapped files too; only the words drawn are read."""
    from w2vfast import KeyedVectors

    path = tmp_path / "v.w2v"
    make_vectors([f"w{i}" for i in range(50_000)], 4).to_float16().save(path)
    wv = KeyedVectors.load(path)
    assert labels(wv.plot(["w49999", "w7", "w123"])) == ["w49999", "w7", "w123"]
    assert len(wv.plot_neighbours("w1", topn=3).patches) == 3
