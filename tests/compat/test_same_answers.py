"""Queries and evaluations give gensim's answers."""

import numpy as np
import pytest

from w2vfast.compat.gensim import KeyedVectors

gensim_vectors = pytest.importorskip("gensim.models.keyedvectors")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
KEYS = [f"w{i}" for i in range(300)]


@pytest.fixture(scope="module")
def both():
    rows = np.random.default_rng(1).normal(size=(300, 20)).astype(np.float32)
    pair = KeyedVectors(20), gensim_vectors.KeyedVectors(20)
    for wv in pair:
        wv.add_vectors(KEYS, rows)
    return pair


def same(ours, theirs):
    if (
        isinstance(theirs, list | tuple)
        and theirs
        and isinstance(theirs[0], list | tuple)
    ):
        keys = [[x for x in item if isinstance(x, str)] for item in theirs]
        assert [[x for x in item if isinstance(x, str)] for item in ours] == keys
        numbers = [[x for x in item if not isinstance(x, str)] for item in theirs]
        given = [[x for x in item if not isinstance(x, str)] for item in ours]
        assert np.allclose(given, numbers, atol=1e-5)
    elif isinstance(theirs, str) or (isinstance(theirs, list) and theirs):
        assert ours == theirs
    else:
        assert np.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize(
    "ask",
    [
        lambda wv: wv.most_similar("w1", topn=20),
        lambda wv: wv.most_similar(["w1", "w2"], ["w3"]),
        lambda wv: wv.most_similar([("w1", 2.0), ("w2", -0.5)]),
        lambda wv: wv.most_similar([wv["w1"], wv["w2"]], topn=5),
        lambda wv: wv.most_similar("w1", restrict_vocab=30),
        lambda wv: wv.most_similar("w1", clip_start=10, clip_end=90),
        lambda wv: wv.most_similar("w1", topn=None),
        lambda wv: wv.most_similar_cosmul(["w1", "w2"], ["w3"]),
        lambda wv: wv.similar_by_vector(wv["w9"]),
        lambda wv: wv.similarity("w1", "w2"),
        lambda wv: wv.n_similarity(["w1", "w2"], ["w3"]),
        lambda wv: wv.distances("w1"),
        lambda wv: wv.closer_than("w1", "w2"),
        lambda wv: wv.rank("w1", "w2"),
        lambda wv: wv.doesnt_match(KEYS[:9]),
        lambda wv: [(k, float(s)) for s, k in wv.rank_by_centrality(KEYS[:9])],
        lambda wv: wv.get_mean_vector(KEYS[:5], weights=[1, 2, -3, 4, 5]),
        lambda wv: wv.get_mean_vector(KEYS[:5], pre_normalize=False),
        lambda wv: wv.relative_cosine_similarity("w1", "w2"),
        lambda wv: wv.get_vector("w1", norm=True),
        lambda wv: wv.get_normed_vectors(),
    ],
)
def test_queries(both, ask):
    same(*map(ask, both))


def test_word_pairs(both, tmp_path):
    random = np.random.default_rng(3)
    lines = [
        f"{a}\t{b}\t{score:.3f}\n"
        for a, b, score in zip(
            random.choice(KEYS, 60),
            random.choice(KEYS, 60),
            random.random(60),
            strict=True,
        )
    ]
    path = tmp_path / "pairs.tsv"
    path.write_text("# comment\n" + "".join(lines) + "x\ty\t3\nnot a line\n")
    for options in {}, {"dummy4unknown": True}, {"restrict_vocab": 150}:
        ours, theirs = (wv.evaluate_word_pairs(str(path), **options) for wv in both)
        for number in (0, 1):
            assert np.allclose(tuple(ours[number]), tuple(theirs[number]), atol=1e-4)
        assert np.isclose(ours[2], theirs[2])


@pytest.fixture
def analogous(tmp_path):
    """Two vector stores with analogous words, and a file of questions."""
    random = np.random.default_rng(4)
    left = random.normal(size=(40, 20))
    rows = np.concatenate([left, left + random.normal(size=20)])
    keys = [f"{side}{i}" for side in ("x", "Y") for i in range(40)]
    path = tmp_path / "questions.txt"
    questions = [f"x{i} y{i} x{i + 1} y{i + 1}\n" for i in range(39)]
    path.write_text(": first\n" + "".join(questions) + ": second\nx1 y1 x2 none\n")
    pair = KeyedVectors(20), gensim_vectors.KeyedVectors(20)
    for wv in pair:
        wv.add_vectors(keys, rows.astype(np.float32))
    return *pair, str(path)


@pytest.mark.parametrize(
    "options", [{}, {"dummy4unknown": True}, {"case_insensitive": False}]
)
def test_analogies(analogous, options):
    ours, theirs, path = analogous
    result = ours.evaluate_word_analogies(path, **options)
    assert result == theirs.evaluate_word_analogies(path, **options)


def test_analogies_by_multiplication(analogous):
    """The method of gensim 4.4 ignores similarity_function; its cosmul does not."""
    ours, theirs, path = analogous
    score, sections = ours.evaluate_word_analogies(
        path, similarity_function="most_similar_cosmul"
    )
    expected = [
        theirs.most_similar_cosmul([f"Y{i}", f"x{i + 1}"], [f"x{i}"], topn=1)[0][0]
        == f"Y{i + 1}"
        for i in range(39)
    ]
    assert score == np.mean(expected) < 1
    assert len(sections[0]["correct"]) == sum(expected)
    with pytest.raises(ValueError, match="3CosMul"):
        ours.evaluate_word_analogies(path, similarity_function="rank")
