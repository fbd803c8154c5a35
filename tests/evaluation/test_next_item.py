"""Hit rate and MRR of the last items of sessions."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.evaluation import NextItem, evaluate_next_item
from w2vfast.vectors import target_ranks

# By hand -----------------------------------------------------------------------------


@pytest.fixture
def shop():
    """Items at 0, 30, 60, 90 degrees; lengths differ, which cosines ignore."""
    angles = np.radians([0, 30, 60, 90])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return KeyedVectors(["bread", "butter", "jam", "soap"], rows * [[1], [3], [1], [9]])


def test_by_hand(shop):
    sessions = [
        ["bread", "butter"],  # nearest to bread: butter, rank 1
        ["bread", "soap"],  # butter, jam, soap: rank 3
        ["soap", "jam", "butter"],  # mean at 87 degrees: butter before bread: rank 1
        ["bread", "tea"],  # last item unknown
        ["tea", "bread"],  # nothing known before it
        ["tea", "bread", "butter"],  # tea is passed over: rank 1
        ["bread", "jam", "bread"],  # occurred before
        ["jam"],  # nothing before it
        [],
    ]
    result = evaluate_next_item(shop, sessions, k=2)
    assert result.ranks.tolist() == [1, 0, 1, 0, 0, 1, 0, 0, 0]
    assert result == NextItem(3 / 4, 3 / 4, 2, 9, 4, 4, 1, result.ranks)
    all_ranks = evaluate_next_item(shop, sessions, k=4)
    assert all_ranks.ranks.tolist() == [1, 3, 1, 0, 0, 1, 0, 0, 0]
    assert all_ranks.hit_rate == 1
    assert all_ranks.mrr == pytest.approx((1 + 1 / 3 + 1 + 1) / 4)


def test_mean_or_last_item(shop):
    sessions = [["bread", "bread", "butter", "jam"]]
    # The mean of (1, 0), (1, 0) and (2.6, 1.5) points to 18 degrees.
    assert evaluate_next_item(shop, sessions).ranks.tolist() == [1]
    sessions = [["bread", "soap", "butter"]]  # mean at 84 degrees, last at 90
    for query in ("mean", "last"):
        assert evaluate_next_item(shop, sessions, query=query).ranks.tolist() == [2]
    turned = [["soap", "bread", "butter"]]  # mean at 84 degrees, last at 0
    assert evaluate_next_item(shop, turned).ranks.tolist() == [2]
    assert evaluate_next_item(shop, turned, query="last").ranks.tolist() == [1]


def test_items_seen_may_be_recommended(shop):
    sessions = [["bread", "butter"], ["bread", "jam", "bread"]]
    result = evaluate_next_item(shop, sessions, query="last", exclude_seen=False)
    # Bread itself is nearest to bread. Jam is followed by butter and soap, then bread.
    assert result.ranks.tolist() == [2, 4]
    assert (result.counted, result.repeated) == (2, 0)


# Against a plain calculation ---------------------------------------------------------


@pytest.fixture(scope="module", params=["random", "repeated"])
def model(request):
    """60 items: centre and outside vectors."""
    rng = np.random.default_rng(7)
    centre, outside = rng.normal(size=(2, 60, 6)) * rng.uniform(0.1, 5, (2, 60, 1))
    if request.param == "repeated":
        rows = rng.integers(0, 9, 60)
        centre, outside = centre[rows], outside[rows]
    wv = KeyedVectors([f"i{i}" for i in range(60)], centre)
    return SimpleNamespace(wv=wv, outside_vectors=outside.astype(np.float32))


@pytest.fixture(scope="module")
def sessions():
    rng = np.random.default_rng(8)
    lengths = rng.integers(0, 9, 300)
    return [[f"i{i}" for i in rng.integers(0, 66, length)] for length in lengths]


def expected_rank(model, session, query, score, exclude_seen):
    """Rank the last item by sorting all scores; None if it is not counted."""
    *before, last = [int(item[1:]) for item in session] or [99]
    before = [row for row in before if row < 60]
    if last >= 60 or not before or (exclude_seen and last in before):
        return None
    vectors = model.wv.vectors.astype(float)
    chosen = before if query == "mean" else before[-1:]
    q = vectors[chosen].mean(axis=0)
    rows = vectors if score == "cosine" else model.outside_vectors.astype(float)
    scores = [float(np.sum(row * q)) for row in rows]
    if score == "cosine":
        scores = [s / np.linalg.norm(v) for s, v in zip(scores, vectors, strict=True)]
    ranked = sorted(range(60), key=lambda row: (-round(scores[row], 9), row))
    return 1 + [r for r in ranked if not exclude_seen or r not in before].index(last)


@pytest.mark.parametrize("query", ["mean", "last"])
@pytest.mark.parametrize("score", ["cosine", "output"])
@pytest.mark.parametrize("exclude_seen", [True, False])
@pytest.mark.parametrize("k", [1, 7, 100])
def test_ranks(monkeypatch, model, sessions, query, score, exclude_seen, k):
    monkeypatch.setattr(target_ranks, "BLOCK_ROWS", 16)
    options = {"query": query, "score": score, "exclude_seen": exclude_seen}
    result = evaluate_next_item(model, iter(sessions), k, batch=50, **options)
    expected = [expected_rank(model, session, **options) for session in sessions]
    counted = [rank for rank in expected if rank]
    assert result.ranks.tolist() == [r if r and r <= k else 0 for r in expected]
    assert result.hit_rate == np.mean([rank <= k for rank in counted])
    assert result.mrr == pytest.approx(
        math.fsum(1 / rank for rank in counted if rank <= k) / len(counted)
    )
    assert (result.k, result.sessions, result.counted) == (k, 300, len(counted))
    assert result.unknown + result.repeated == 300 - len(counted)
    assert evaluate_next_item(model, sessions, k, batch=1, **options) == result


def test_a_model_is_ranked_by_cosine_like_its_vectors(model, sessions):
    expected = evaluate_next_item(model.wv, sessions)
    assert evaluate_next_item(model, sessions) == expected


# On sessions -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def visits():
    """Sessions within one of 20 groups of 10 items; frequent items exist in each."""
    rng = np.random.default_rng(9)
    popularity = 1 / np.arange(1, 11)
    popularity /= popularity.sum()
    visits = []
    for _ in range(3000):
        group = rng.integers(20)
        items = rng.choice(10, 5, replace=False, p=popularity)
        visits.append([f"{group}-{item}" for item in items])
    return visits


@pytest.fixture(scope="module")
def trained(visits):
    before = [visit[:-1] for visit in visits]
    model = Word2Vec(before, vector_size=16, min_count=1, sample=0, workers=1)
    return model.train(epochs=10)


@pytest.mark.parametrize("query", ["mean", "last"])
@pytest.mark.parametrize("score", ["cosine", "output"])
def test_better_than_popularity(trained, visits, query, score):
    result = evaluate_next_item(trained, visits, k=10, query=query, score=score)
    by_count = trained.vocabulary.index_to_key  # the most frequent items first
    hits = [
        visit[-1] in [i for i in by_count if i not in visit[:-1]][:10]
        for visit in visits
    ]
    assert np.mean(hits) < 0.15
    assert result.hit_rate > 0.8
    assert result.mrr > 0.2


def test_outside_vectors_of_a_tree_are_refused(visits):
    model = Word2Vec(visits[:50], min_count=1, loss="hierarchical_softmax")
    with pytest.raises(ValueError, match="inner nodes of a tree"):
        evaluate_next_item(model, visits, score="output")


# Errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sessions", "options", "error", "message"),
    [
        ([["bread", "jam"]], {"k": 0}, ValueError, "k=0: expected 1 or more"),
        ([["bread", "jam"]], {"k": 1.5}, TypeError, "k=1.5: expected a whole"),
        ([["bread", "jam"]], {"batch": 0}, ValueError, "batch=0: expected"),
        ([["bread", "jam"]], {"query": "sum"}, ValueError, "query='sum': expected one"),
        ([["bread", "jam"]], {"score": "dot"}, ValueError, "score='dot': expected one"),
        ([["bread", "jam"]], {"score": "output"}, TypeError, "outside vectors"),
        ([], {}, ValueError, "of 0 sessions none can be counted"),
        (
            [["jam", "tea"], ["jam", "jam"]],
            {},
            ValueError,
            "known last item in 1, .* before in 1;",
        ),
        ([["bread", "jam"], "bread jam"], {}, TypeError, r"sessions\[1\] is 'bread"),
    ],
)
def test_errors(shop, sessions, options, error, message):
    with pytest.raises(error, match=message):
        evaluate_next_item(shop, sessions, **options)
