"""Skip-gram and CBOW with each of the three losses."""

import numpy as np
import pytest

from w2vfast.kernels.reference.architectures import (
    cbow,
    skipgram,
    with_negatives,
    with_tree,
)
from w2vfast.kernels.reference.gradient_check import gradient_check
from w2vfast.kernels.reference.objectives import naive_softmax_loss_and_gradients

WORDS, D = 6, 4
CENTRE, WINDOW = 2, [4, 0, 4, 5]  # word 4 occurs twice


def balanced_paths(words):
    """Return (nodes, labels) of each leaf; node 0 is the root."""
    paths, free = {}, iter(range(words))

    def grow(low, high, nodes, labels):
        if high - low == 1:
            paths[low] = nodes, labels
            return
        node, middle = next(free), (low + high) // 2
        grow(low, middle, [*nodes, node], [*labels, 1])
        grow(middle, high, [*nodes, node], [*labels, -1])

    grow(0, words, [], [])
    return paths


def draw(o):
    """Return negatives other than o, one of them twice."""
    return [(o + 1) % WORDS, (o + 3) % WORDS, (o + 1) % WORDS]


LOSSES = {
    "naive_softmax": (naive_softmax_loss_and_gradients, WORDS),
    "negative_sampling": (with_negatives(draw), WORDS),
    "hierarchical_softmax": (with_tree(balanced_paths(WORDS)), WORDS - 1),
}


@pytest.fixture(params=LOSSES)
def problem(request):
    """Return a loss and the embedding matrices V, U."""
    loss, rows = LOSSES[request.param]
    rng = np.random.default_rng(8)
    return loss, rng.normal(size=(WORDS, D)), rng.normal(size=(rows, D))


ARCHITECTURES = {
    "skipgram": skipgram,
    "cbow_mean": cbow,
    "cbow_sum": lambda c, w, V, U, loss: cbow(c, w, V, U, loss, mean=False),
}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_with_every_loss(problem, name):
    """The gradients by V and U equal central differences."""
    architecture, (loss, V, U) = ARCHITECTURES[name], problem
    by_V = lambda V: architecture(CENTRE, WINDOW, V, U, loss)[:2]  # noqa: E731
    by_U = lambda U: architecture(CENTRE, WINDOW, V, U, loss)[::2]  # noqa: E731
    assert gradient_check(by_V, V) < 1e-6
    assert gradient_check(by_U, U) < 1e-6


def test_skipgram_sums_over_its_window(problem):
    """J, dJ/dU and dJ/dv_c are sums; a word that occurs twice counts twice."""
    loss, V, U = problem
    cost, dV, dU = skipgram(CENTRE, WINDOW, V, U, loss)
    terms = [loss(V[CENTRE], o, U) for o in WINDOW]
    sums = [sum(parts) for parts in zip(*terms, strict=True)]
    assert cost == pytest.approx(sums[0])
    np.testing.assert_allclose(dV[CENTRE], sums[1], rtol=1e-12)
    np.testing.assert_allclose(dU, sums[2], rtol=1e-12)


def test_skipgram_leaves_other_centre_vectors_alone(problem):
    """dJ/dv_w = 0 for w ≠ c, even for the words of the window."""
    loss, V, U = problem
    dV = skipgram(CENTRE, WINDOW, V, U, loss)[1]
    assert dV[CENTRE].all()
    assert not np.delete(dV, CENTRE, axis=0).any()


def test_skipgram_of_an_empty_window_is_zero(problem):
    loss, V, U = problem
    cost, dV, dU = skipgram(CENTRE, [], V, U, loss)
    assert cost == 0
    assert not dV.any()
    assert not dU.any()


@pytest.mark.parametrize(("mean", "share"), [(True, 1 / 4), (False, 1)])
def test_cbow_divides_its_gradient_among_the_context(problem, mean, share):
    """A word that occurs twice in the context takes two shares."""
    loss, V, U = problem
    h = share * V[WINDOW].sum(axis=0)
    cost, dh, dU = loss(h, CENTRE, U)
    result = cbow(CENTRE, WINDOW, V, U, loss, mean=mean)
    assert result[0] == pytest.approx(cost)
    np.testing.assert_allclose(result[2], dU)
    shares = share * np.bincount(WINDOW, minlength=WORDS)
    np.testing.assert_allclose(result[1], np.outer(shares, dh), rtol=1e-12)


def test_word2vec_c_adds_n_times_the_gradient_of_the_mean(problem):
    """Its update is not a gradient: each context word gets dJ/dh, not dJ/dh / n."""
    loss, V, U = problem
    _, dV, _ = cbow(CENTRE, WINDOW, V, U, loss)
    _, dh, _ = loss(V[WINDOW].mean(axis=0), CENTRE, U)
    historical = np.zeros_like(V)
    for w in WINDOW:
        historical[w] += dh
    np.testing.assert_allclose(historical, len(WINDOW) * dV, rtol=1e-12)
    f = lambda V: (cbow(CENTRE, WINDOW, V, U, loss)[0], historical)  # noqa: E731
    assert gradient_check(f, V) == pytest.approx(3 / 4, rel=1e-6)


def test_a_context_of_one_word_makes_skipgram_and_cbow_the_same(problem):
    loss, V, U = problem
    results = skipgram(3, [1], V, U, loss), cbow(1, [3], V, U, loss)
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b)


def test_architectures_refuse_bad_words(problem):
    loss, V, U = problem
    with pytest.raises(ValueError, match="context is empty"):
        cbow(CENTRE, [], V, U, loss)
    with pytest.raises(IndexError, match=r"context: \[6\].*0 to 5"):
        cbow(CENTRE, [0, 6], V, U, loss)
    with pytest.raises(IndexError, match=r"c: \[-1\].*0 to 5"):
        skipgram(-1, [0], V, U, loss)


@pytest.mark.parametrize("types", ["ff", "fd", "df", "dd"])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_architectures_keep_the_wider_type(problem, name, types):
    loss, V, U = problem
    V, U = V.astype(types[0]), U.astype(types[1])
    _, dV, dU = ARCHITECTURES[name](CENTRE, WINDOW, V, U, loss)
    assert dV.dtype == dU.dtype == np.result_type(*types)
