"""Both softmaxes: the curvature bounds the step of every row.

The step of a row u_w is min(alpha, 2 / b_w), with a sum over hidden rows h_i of n_i
pairs each, y_i = softmax(U h_i):

    b_w = sum_i n_i q (1 - q) |h_i|^2 + sum over w's own pairs of c |h_i|^2
    q   = min(y_iw, 1/2)
    c   = y (1 - y) where the pair's y is 1/2 or more, else 1 / (4 + loss)

The step of h_i uses the same sums with |u_w|^2. In a tree every node has a logistic
loss; its c is s'(x) where the prediction is right and 1 / (4 + |x|) where it is wrong.
"""

import numpy as np
import pytest

WORDS, SIZE = 6, 4
IDS = np.array([0, 1, 2, 2, 3, 0, 1, 4, 4, 4, 1, 0] * 8, np.int32)
LOSSES = ["softmax", "hierarchical_softmax"]


def softmax_terms(arguments, h, o, U):
    """Yield (row, pull, outside curvature, hidden curvature) of a pair's terms."""
    score = U @ h
    y = np.exp(score - score.max())
    y /= y.sum()
    for w in range(len(U)):
        q = min(y[w], 0.5)
        yield w, -y[w], q * (1 - q), y[w]
    c = y[o] * (1 - y[o]) if y[o] >= 0.5 else 1 / (4 - np.log(y[o]))
    yield o, 1, c, c


def tree_terms(arguments, h, o, U):
    path = slice(arguments.path_offsets[o], arguments.path_offsets[o + 1])
    for node, label in zip(
        arguments.path_nodes[path], arguments.path_labels[path], strict=True
    ):
        x = np.clip(label * (U[node] @ h), -30, 30)
        wrong = 1 / (1 + np.exp(x))
        curvature = wrong * (1 - wrong) if x > 0 else 1 / (4 - x)
        yield node, label * wrong, curvature, curvature


def hidden_rows(arguments):
    """Yield each hidden row: (input words, weight, share of the gradient, targets)."""
    ids, n = arguments.ids.tolist(), arguments.window
    for i, centre in enumerate(ids):
        around = ids[max(0, i - n) : i] + ids[i + 1 : i + 1 + n]
        weight = 1 / len(around) if arguments.cbow_mean else 1
        share = weight if arguments.cbow_exact else 1
        if arguments.cbow:
            yield around, weight, share, [centre]
        else:
            yield [centre], 1, 1, around


def after_one_step(arguments, V, U, rate):
    """Return both embedding matrices after one batch and the share of bounded rows."""
    terms = softmax_terms if arguments.loss == "softmax" else tree_terms
    gV, gU, bV, bU = (
        np.zeros_like(V),
        np.zeros_like(U),
        np.zeros(WORDS),
        np.zeros(WORDS),
    )
    for words, weight, share, targets in hidden_rows(arguments):
        h = weight * V[words].sum(axis=0)
        gh, bh = np.zeros(SIZE), 0.0
        for o in targets:
            for row, pull, c_u, c_h in terms(arguments, h, o, U):
                gU[row] += pull * h
                bU[row] += c_u * h @ h
                gh += pull * U[row]
                bh += c_h * U[row] @ U[row]
        for word in words:  # h moves by the sum of its words' steps
            gV[word] += share * gh
            bV[word] += share * weight * len(words) * bh
    steps = [np.minimum(rate, 2 / np.maximum(b, 1e-30)) for b in (bV, bU)]
    bounded = [(step < rate).mean() for step in steps]
    return V + steps[0][:, None] * gV, U + steps[1][:, None] * gU, bounded


@pytest.fixture(scope="module")
def one_batch(make_arguments):
    def make(**changes):
        fixed = {"words": WORDS, "vector_size": SIZE, "window": 2, "sample": 0}
        ends = np.array([0, len(IDS)])
        return make_arguments(
            ids=IDS,
            offsets=ends,
            shrink_windows=False,
            batch_size=512,
            **fixed | changes,
        )

    return make


@pytest.mark.parametrize(
    "setting",
    [
        {"cbow": False},
        {"cbow": True},
        {"cbow": True, "cbow_exact": True},
        {"cbow": True, "cbow_mean": False},
    ],
    ids=["skipgram", "cbow", "cbow_exact", "cbow_sum"],
)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("scale", [0.1, 0.7, 2])
@pytest.mark.parametrize("alpha", [1e-4, 0.03, 1e6])
def test_step_size_is_the_smaller_of_alpha_and_the_bound(
    kernels, one_batch, copy_arguments, loss, setting, scale, alpha
):
    before = one_batch(loss=loss, scale=scale, alpha=alpha, min_alpha=alpha, **setting)
    arguments = copy_arguments(before)
    assert kernels.train(arguments, 0, 0, 1)[3]
    old = [t[:, :SIZE].astype(np.float64) for t in (before.centre, before.outside)]
    *expected, bounded = after_one_step(before, *old, alpha)
    for matrix, right in zip(
        (arguments.centre, arguments.outside), expected, strict=True
    ):
        size = max(1, np.abs(right).max())
        np.testing.assert_allclose(matrix[:, :SIZE], right, rtol=1e-4, atol=1e-5 * size)
    if alpha == 1e-4:
        assert not any(bounded)
    if alpha == 1e6:  # except word 5 (unused) and the last row (not a node)
        assert min(bounded) >= (WORDS - 1) / WORDS


def test_probabilities_cover_both_cases_of_the_bound(one_batch):
    """Pairs and words have y both above and below 1/2."""
    arguments = one_batch(loss="softmax", scale=2)
    V, U = (
        t[:, :SIZE].astype(np.float64) for t in (arguments.centre, arguments.outside)
    )
    own, all_words = [], []
    for words, weight, _, targets in hidden_rows(arguments):
        for o in targets:
            *all_terms, own_term = softmax_terms(
                arguments, weight * V[words].sum(axis=0), o, U
            )
            own.append(-all_terms[o][1])
            all_words += [-pull for _, pull, *_ in all_terms]
            assert own_term[0] == o
    assert min(own) < 0.1 < 0.5 < max(own)
    assert min(all_words) < 0.1 < 0.5 < max(all_words)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("score", [-3000.0, -300.0, 300.0, 3000.0])
def test_softmax_of_huge_scores_is_finite(kernels, one_batch, cbow, score):
    """One word's score is extreme: no exponential overflows and nothing is 0 / 0."""
    arguments = one_batch(loss="softmax", cbow=cbow, alpha=1e-5, min_alpha=1e-5)
    arguments.centre[:] = arguments.outside[:] = 0
    arguments.centre[:, 0] = 10
    arguments.outside[0, 0] = score / 10
    loss, pairs, _, finite = kernels.train(arguments, 0, 0, 1)
    zeros = sum(targets.count(0) for *_, targets in hidden_rows(arguments))
    right = (pairs - zeros) * score
    if score < 0:  # the other words share the probability
        right = pairs * np.log(WORDS - 1) - zeros * score
    assert finite
    assert loss == pytest.approx(right, rel=1e-5)
    assert np.isfinite(arguments.centre).all()
    assert np.isfinite(arguments.outside).all()
