"""small_corpora.py compares settings on graphs, baskets and the bundled text."""

import json
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec


@pytest.fixture
def small(path_to_benchmarks):
    """Return the modules of the harness."""
    from harness.small import baskets, graphs, sample, text, trainers

    class Modules:
        pass

    found = Modules()
    found.__dict__ |= {
        m.__name__.split(".")[-1]: m for m in (baskets, graphs, sample, text, trainers)
    }
    return found


def test_one_command_writes_the_table(call, tmp_path):
    only = ("--only", "200 nodes", "--settings", "^gensim$|default|chunk 1$|rare")
    status, text = call("small_corpora.py", *only, "--seeds", 1, "--output", tmp_path)
    assert status == 0
    assert text.strip() == (tmp_path / "small_corpora.md").read_text().strip()
    rows = json.loads((tmp_path / "small_corpora.json").read_text())["rows"]
    assert [row["architecture"] for row in rows] == ["skipgram", "cbow"]
    assert ("gensim" in rows[0]["values"]) == (find_spec("gensim") is not None)
    for row in rows:
        assert row["score"] == "own group"
        assert all(0.25 <= value <= 1 for (value,) in row["values"].values())


def test_settings_without_their_parameter_are_left_out(small):
    setting = small.trainers.Setting
    given = [setting("a"), setting("b", {"window": 3}), setting("c", {"widow": 3})]
    assert small.trainers.usable(given) == given[:2]


def test_planted_walks_follow_edges(small):
    rng = np.random.default_rng(1)
    group = np.arange(40) // 20
    edges = small.graphs.planted_edges(group, rng)
    assert (edges[:, 0] < edges[:, 1]).all()
    near = small.graphs.neighbour_lists(40, edges)
    walks = small.graphs.walks(near, np.arange(40), 6, rng)
    assert [int(walk[0]) for walk in walks] == [*range(40)]
    for walk in walks:
        for a, b in pairwise(walk):
            assert int(b) in near[int(a)]
    draw = small.graphs.planted_walks(40, 2, 400, 10)
    assert draw(1).sentences == draw(1).sentences != draw(2).sentences


def test_the_karate_club_has_two_factions_and_78_edges(small):
    pytest.importorskip("networkx")
    edges, factions = small.graphs.karate_club()
    assert edges.shape == (78, 2) and np.bincount(factions).tolist() == [17, 17]
    kept, held = small.graphs.split(edges, np.random.default_rng(1))
    assert len(kept) + len(held) == 78 and len(held) == 16
    assert len(np.unique(kept)) == 34
    sample = small.graphs.karate_walks(1)
    model = Word2Vec(sample.sentences, vector_size=16, min_count=1, workers=1)
    scores = sample.scores(model.train().wv)
    assert set(scores) == {"own faction", "NMI", "link AUC"}
    assert scores["own faction"] > 0.7


def test_scores_of_graphs(small):
    graphs = small.graphs
    labels = np.array([0, 0, 1, 1])
    assert graphs.mutual_information(1 - labels, labels) == pytest.approx(1)
    assert graphs.mutual_information(np.array([0, 1, 0, 1]), labels) == pytest.approx(0)
    unit = small.sample.unit_rows([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    assert graphs.mutual_information(graphs.two_means(unit), labels) == pytest.approx(1)
    edges = np.array([[0, 1], [2, 3], [0, 2]])
    scores = unit @ unit.T
    assert graphs.link_auc(scores, edges, edges[:2]) == 1
    assert graphs.link_auc(-scores, edges, edges[:2]) == 0
    assert graphs.link_auc(np.zeros((4, 4)), edges, edges[:2]) == 0.5


def test_own_group(small):
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    wv = KeyedVectors(["a", "b", "c", "d"], vectors)
    own_group = small.sample.own_group
    assert own_group(wv, {"a": 0, "b": 0, "c": 1, "d": 1}, 10) == 1
    assert own_group(wv, {"a": 0, "c": 0, "b": 1, "d": 1}, 10) == 0


def test_baskets_have_categories_that_can_be_learned(small):
    draw = small.baskets.baskets(50, 5, 4000)
    sample = draw(1)
    assert len(sample.sentences) == 500
    assert sample.sentences == draw(1).sentences
    model = Word2Vec(
        sample.sentences, vector_size=16, min_count=1, workers=1, epochs=20
    )
    before, after = sample.scores(model.wv), sample.scores(model.train().wv)
    assert before["own category"] < 0.4 < 0.8 < after["own category"]
    assert before["hit rate"] < after["hit rate"]


def test_hit_rate(small):
    keys = [f"p{n}" for n in range(20)]
    wv = KeyedVectors(keys, np.eye(20))
    assert small.baskets.hit_rate(wv, [["p0", "p0"], ["p0", "p99"]]) == 0
    near = np.eye(20)
    near[7, 0] = 1
    wv = KeyedVectors(keys, near)
    assert small.baskets.hit_rate(wv, [["p0", "p7"], ["p99", "p7"]]) == 0.5


def test_families_of_the_bundled_text(small):
    vectors = np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]])
    wv = KeyedVectors(["man", "woman", "king", "queen"], vectors)
    assert small.text.family_rank(wv) == 1
    assert small.text.family_rank(KeyedVectors(["a", "b"], np.eye(2))) == 0
    sample = small.text.king_james(None, 300)(1)
    assert len(sample.sentences) == 300 and sample.sentences[0][:2] == ["in", "the"]
    model = Word2Vec(sample.sentences, vector_size=8, workers=1)
    assert set(sample.scores(model.wv)) == {"family rank"}
