"""Both softmaxes: the update is minus alpha times the gradient of the stated loss.

What is expected are the loss and gradients of the mathematics, window by window, in
float64. All tokens are kept and windows have their full size: nothing is random.
"""

from itertools import pairwise, product

import numpy as np
import pytest

from w2vfast.kernels.reference import architectures
from w2vfast.kernels.reference.objectives import naive_softmax_loss_and_gradients

WORDS, SIZE, WINDOW, ALPHA = 9, 20, 3, 1e-3
SMALL = {"words": WORDS, "vector_size": SIZE, "window": WINDOW, "scale": 0.3}
FIXED = {"sample": 0, "shrink_windows": False, "alpha": ALPHA, "min_alpha": ALPHA}
#: Word 12 is out of the vocabulary.
IDS = np.array([0, 1, 2, 0, 3, 1, 1, 1, 4, 8, 0, 5, 0, 1, 12, 2, 7, 7, 3], np.int32)
OFFSETS = np.array([0, 6, 6, 9, 10, 19])
LOSSES = ["softmax", "hierarchical_softmax"]
ARCHITECTURES = [
    {"cbow": False},
    *(
        {"cbow": True, "cbow_mean": mean, "cbow_exact": exact}
        for mean, exact in product((True, False), (True, False))
    ),
]


def windows():
    """Every centre with the words around it, if there are any."""
    found = []
    for begin, end in pairwise(OFFSETS.tolist()):
        s = [word for word in IDS[begin:end].tolist() if word < WORDS]
        for i, centre in enumerate(s):
            around = s[max(0, i - WINDOW) : i] + s[i + 1 : i + 1 + WINDOW]
            if around:
                found.append((centre, around))
    return found


def loss_of(job):
    """The loss of one hidden vector and one word, as the mathematics has it."""
    if job.loss == "softmax":
        return naive_softmax_loss_and_gradients
    ends = pairwise(job.path_offsets)
    paths = [(job.path_nodes[a:b], job.path_labels[a:b]) for a, b in ends]
    return architectures.with_tree(paths)


def as_word2vec_c(c, context, V, U, loss, mean):
    """CBOW with the whole of dJ/dh for every word of the context."""
    h = V[context].mean(axis=0) if mean else V[context].sum(axis=0)
    J, dh, dU = loss(h, c, U)
    dV = np.zeros_like(V)
    for word in context:
        dV[word] += dh
    return J, dV, dU


def tables(job):
    return [t[:, :SIZE].astype(np.float64) for t in (job.centre, job.outside)]


def loss_and_gradients(job, V, U):
    """Sum over all windows: J, dJ/dV, dJ/dU."""
    loss = loss_of(job)
    J, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for centre, around in windows():
        if not job.cbow:
            parts = architectures.skipgram(centre, around, V, U, loss)
        elif job.cbow_exact:
            parts = architectures.cbow(centre, around, V, U, loss, job.cbow_mean)
        else:
            parts = as_word2vec_c(centre, around, V, U, loss, job.cbow_mean)
        J, dV, dU = J + parts[0], dV + parts[1], dU + parts[2]
    return J, dV, dU


def name(setting):
    return "-".join(key for key, value in setting.items() if value) or "skipgram"


@pytest.fixture(scope="module")
def small(make_job):
    def make(**changes):
        return make_job(ids=IDS, offsets=OFFSETS, **SMALL | FIXED | changes)

    return make


@pytest.mark.parametrize("setting", ARCHITECTURES, ids=name)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("chunk", [32, 512])  # softmax: scores kept, scores redone
def test_update_is_minus_alpha_times_the_gradient(
    kernels, small, copy_of, loss, setting, chunk
):
    before = small(loss=loss, batch_size=chunk, **setting)
    job = copy_of(before)
    V, U = tables(before)
    J, *gradients = loss_and_gradients(before, V, U)
    got, pairs, centres, finite = kernels.train(job, 0, 0, 1)
    around = [len(words) for _, words in windows()]
    assert finite
    assert pairs == (len(around) if job.cbow else sum(around))
    assert centres == 18
    assert got == pytest.approx(J, rel=3e-6)
    for new, old, g in zip(tables(job), (V, U), gradients, strict=True):
        assert np.abs(g).max() > 0.3
        np.testing.assert_allclose((new - old) / ALPHA, -g, rtol=1e-4, atol=2e-4)
    if job.cbow and job.cbow_mean and not job.cbow_exact:
        return  # the historical step is no gradient
    moved = sum(((a - b) ** 2).sum() for a, b in zip(tables(job), (V, U), strict=True))
    fall = J - loss_and_gradients(job, *tables(job))[0]
    assert fall == pytest.approx(moved / ALPHA, rel=0.03)


def test_the_windows_have_what_matters():
    """Words that come twice, the centre's own word among the outside words."""
    found = windows()
    assert len(found) == 17
    assert any(len(set(around)) < len(around) for _, around in found)
    assert any(centre in around for centre, around in found)
    assert max(len(around) for _, around in found) == 2 * WINDOW


@pytest.mark.parametrize("cbow", [False, True])
def test_an_untrained_softmax_costs_log_v_a_pair(kernels, small, cbow):
    job = small(loss="softmax", cbow=cbow, batch_size=512)
    job.outside[:] = 0
    loss, pairs, _, _ = kernels.train(job, 0, 0, 1)
    assert loss == pytest.approx(pairs * np.log(WORDS), rel=1e-6)


@pytest.mark.parametrize("cbow", [False, True])
def test_an_untrained_tree_costs_its_paths(kernels, small, cbow):
    job = small(loss="hierarchical_softmax", cbow=cbow, batch_size=512)
    job.outside[:] = 0
    lengths = np.diff(job.path_offsets)
    aims = [[centre] if cbow else around for centre, around in windows()]
    nodes = sum(int(lengths[word]) for words in aims for word in words)
    assert kernels.train(job, 0, 0, 1)[0] == pytest.approx(nodes * np.log(2), rel=1e-6)


def trained(kernels, job):
    sums = [kernels.train(job, epoch, 0, job.n_blocks) for epoch in range(2)]
    return [s[0] for s in sums], [s[1:] for s in sums], job


def equal(one, two):
    assert one[0] == pytest.approx(two[0], rel=2e-6)
    assert one[1] == two[1]
    for table in ("centre", "outside"):
        got, right = (getattr(job, table) for job in (one[2], two[2]))
        np.testing.assert_allclose(got, right, rtol=1e-4, atol=3e-6)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("top", [5, 16, 64])
def test_the_top_of_the_tree_is_for_speed_alone(kernels, make_job, copy_of, top, cbow):
    plain = make_job(loss="hierarchical_softmax", cbow=cbow, top_nodes=0, batch_size=30)
    other = copy_of(plain, top_nodes=top)
    equal(trained(kernels, other), trained(kernels, plain))


@pytest.mark.parametrize("cbow", [False, True])
def test_scores_kept_and_scores_redone_are_the_same(kernels, make_job, copy_of, cbow):
    """A work unit of 25 tokens is a chunk in both."""
    kept = make_job(
        loss="softmax", cbow=cbow, vector_size=SIZE, batch_size=32, block_size=25
    )
    redone = copy_of(kept, batch_size=33)
    equal(trained(kernels, redone), trained(kernels, kept))


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_draws_for_negatives_play_no_part(kernels, make_job, copy_of, loss, cbow):
    one = make_job(loss=loss, cbow=cbow)
    two = copy_of(one, negative=9, shared_negatives=0)
    accept, alias = np.zeros_like(one.noise_accept), np.ones_like(one.noise_alias)
    two = copy_of(two, noise_accept=accept, noise_alias=alias)
    assert trained(kernels, one)[0] == trained(kernels, two)[0]
    assert np.array_equal(one.centre, two.centre)
    assert np.array_equal(one.outside, two.outside)
