"""No row steps by more than the curvature of its softmaxes allows.

The step of a row u_w is min(alpha, 2 / b_w), with a sum over hidden rows h_i of n_i
pairs each, y_i = softmax(U h_i):

    b_w = sum_i n_i q (1 - q) |h_i|^2 + sum over w's own pairs of c |h_i|^2
    q   = min(y_iw, 1/2)
    c   = y (1 - y) where the pair's y is 1/2 or more, else 1 / (4 + loss)

and that of h_i likewise with |u_w|^2; in a tree every node has a logistic loss, whose
c is s'(x) on the right side of 0 and 1 / (4 + |x|) on the wrong one.
"""

import numpy as np
import pytest

WORDS, SIZE = 6, 4
IDS = np.array([0, 1, 2, 2, 3, 0, 1, 4, 4, 4, 1, 0] * 8, np.int32)
LOSSES = ["softmax", "hierarchical_softmax"]


def softmax_terms(job, h, o, U):
    """Yield row, pull and curvatures of every term that a pair is made of.

    The curvatures are those for the outside row and for the hidden row.
    """
    score = U @ h
    y = np.exp(score - score.max())
    y /= y.sum()
    for w in range(len(U)):
        q = min(y[w], 0.5)
        yield w, -y[w], q * (1 - q), y[w]
    c = y[o] * (1 - y[o]) if y[o] >= 0.5 else 1 / (4 - np.log(y[o]))
    yield o, 1, c, c


def tree_terms(job, h, o, U):
    path = slice(job.path_offsets[o], job.path_offsets[o + 1])
    for node, label in zip(job.path_nodes[path], job.path_labels[path], strict=True):
        x = np.clip(label * (U[node] @ h), -30, 30)
        wrong = 1 / (1 + np.exp(x))
        curvature = wrong * (1 - wrong) if x > 0 else 1 / (4 - x)
        yield node, label * wrong, curvature, curvature


def lines(job):
    """Every hidden row: its words, how each is weighed, paid, and what it aims at."""
    ids, n = job.ids.tolist(), job.window
    for i, centre in enumerate(ids):
        around = ids[max(0, i - n) : i] + ids[i + 1 : i + 1 + n]
        weight = 1 / len(around) if job.cbow_mean else 1
        share = weight if job.cbow_exact else 1
        if job.cbow:
            yield around, weight, share, [centre]
        else:
            yield [centre], 1, 1, around


def after_one_step(job, V, U, rate):
    """The tables after a chunk, and which rows the bound held back."""
    terms = softmax_terms if job.loss == "softmax" else tree_terms
    gV, gU, bV, bU = (
        np.zeros_like(V),
        np.zeros_like(U),
        np.zeros(WORDS),
        np.zeros(WORDS),
    )
    for words, weight, share, aims in lines(job):
        h = weight * V[words].sum(axis=0)
        gh, bh = np.zeros(SIZE), 0.0
        for o in aims:
            for row, pull, c_u, c_h in terms(job, h, o, U):
                gU[row] += pull * h
                bU[row] += c_u * h @ h
                gh += pull * U[row]
                bh += c_h * U[row] @ U[row]
        for word in words:  # all of a window's words move h together
            gV[word] += share * gh
            bV[word] += share * weight * len(words) * bh
    steps = [np.minimum(rate, 2 / np.maximum(b, 1e-30)) for b in (bV, bU)]
    held = [(step < rate).mean() for step in steps]
    return V + steps[0][:, None] * gV, U + steps[1][:, None] * gU, held


@pytest.fixture(scope="module")
def one_chunk(make_job):
    def make(**changes):
        fixed = {"words": WORDS, "vector_size": SIZE, "window": 2, "sample": 0}
        ends = np.array([0, len(IDS)])
        return make_job(
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
def test_rows_move_by_the_smaller_of_alpha_and_the_bound(
    kernels, one_chunk, copy_of, loss, setting, scale, alpha
):
    before = one_chunk(loss=loss, scale=scale, alpha=alpha, min_alpha=alpha, **setting)
    job = copy_of(before)
    assert kernels.train(job, 0, 0, 1)[3]
    old = [t[:, :SIZE].astype(np.float64) for t in (before.centre, before.outside)]
    *expected, held = after_one_step(before, *old, alpha)
    for table, right in zip((job.centre, job.outside), expected, strict=True):
        size = max(1, np.abs(right).max())
        np.testing.assert_allclose(table[:, :SIZE], right, rtol=1e-4, atol=1e-5 * size)
    if alpha == 1e-4:
        assert not any(held)
    if alpha == 1e6:  # all but word 5, never seen, and the last row, no node
        assert min(held) >= (WORDS - 1) / WORDS


def test_both_sides_of_the_bound_are_met(one_chunk):
    """There are pairs with y above and below 1/2, and words likewise."""
    job = one_chunk(loss="softmax", scale=2)
    V, U = (t[:, :SIZE].astype(np.float64) for t in (job.centre, job.outside))
    own, all_words = [], []
    for words, weight, _, aims in lines(job):
        for o in aims:
            *spread, pair = softmax_terms(job, weight * V[words].sum(axis=0), o, U)
            own.append(-spread[o][1])
            all_words += [-pull for _, pull, *_ in spread]
            assert pair[0] == o
    assert min(own) < 0.1 < 0.5 < max(own)
    assert min(all_words) < 0.1 < 0.5 < max(all_words)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("score", [-3000.0, -300.0, 300.0, 3000.0])
def test_a_softmax_of_huge_scores_is_a_number(kernels, one_chunk, cbow, score):
    """Of one word against the rest: no exponential overflows, none is 0 / 0."""
    job = one_chunk(loss="softmax", cbow=cbow, alpha=1e-5, min_alpha=1e-5)
    job.centre[:] = job.outside[:] = 0
    job.centre[:, 0] = 10
    job.outside[0, 0] = score / 10
    loss, pairs, _, finite = kernels.train(job, 0, 0, 1)
    zeros = sum(aims.count(0) for *_, aims in lines(job))
    right = (pairs - zeros) * score
    if score < 0:  # the other words share the probability
        right = pairs * np.log(WORDS - 1) - zeros * score
    assert finite
    assert loss == pytest.approx(right, rel=1e-5)
    assert np.isfinite(job.centre).all()
    assert np.isfinite(job.outside).all()
