"""Both softmaxes: the update is minus alpha times the gradient of the loss.

The expected loss and gradients come from the textbook functions of
`kernels.reference`, window by window, in float64. Every token is kept and every window
has its full size, so nothing is random.
"""

from itertools import pairwise, product

import numpy as np
import pytest

from w2vfast.kernels.reference import architectures
from w2vfast.kernels.reference.objectives import naive_softmax_loss_and_gradients

WORDS, SIZE, WINDOW, ALPHA = 9, 20, 3, 1e-3
SMALL = {"words": WORDS, "vector_size": SIZE, "window": WINDOW, "scale": 0.3}
FIXED = {"sample": 0, "shrink_windows": False, "alpha": ALPHA, "min_alpha": ALPHA}
#: Id 12 is outside the vocabulary.
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
    """Return (centre, outside words) of every centre that has outside words."""
    found = []
    for begin, end in pairwise(OFFSETS.tolist()):
        s = [word for word in IDS[begin:end].tolist() if word < WORDS]
        for i, centre in enumerate(s):
            around = s[max(0, i - WINDOW) : i] + s[i + 1 : i + 1 + WINDOW]
            if around:
                found.append((centre, around))
    return found


def pairs_with_distances():
    """Return (centre, outside word, distance) of every pair."""
    found = []
    for begin, end in pairwise(OFFSETS.tolist()):
        s = [word for word in IDS[begin:end].tolist() if word < WORDS]
        found += [
            (centre, o, abs(i - j))
            for i, centre in enumerate(s)
            for j, o in enumerate(s)
            if 1 <= abs(i - j) <= WINDOW
        ]
    return found


def loss_of(arguments):
    """Return the function for the loss of one hidden vector and one outside word."""
    if arguments.loss == "softmax":
        return naive_softmax_loss_and_gradients
    ends = pairwise(arguments.path_offsets)
    paths = [(arguments.path_nodes[a:b], arguments.path_labels[a:b]) for a, b in ends]
    return architectures.with_tree(paths)


def as_word2vec_c(c, context, V, U, loss, mean):
    """Return J, dV, dU of CBOW where every context word gets the whole dJ/dh."""
    h = V[context].mean(axis=0) if mean else V[context].sum(axis=0)
    J, dh, dU = loss(h, c, U)
    dV = np.zeros_like(V)
    for word in context:
        dV[word] += dh
    return J, dV, dU


def embeddings(arguments):
    return [
        t[:, :SIZE].astype(np.float64) for t in (arguments.centre, arguments.outside)
    ]


def loss_and_gradients(arguments, V, U):
    """Return J, dJ/dV and dJ/dU, summed over all windows."""
    loss = loss_of(arguments)
    J, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    if arguments.weighted_windows:
        return weighted_loss_and_gradients(V, U, loss)
    for centre, around in windows():
        if not arguments.cbow:
            parts = architectures.skipgram(centre, around, V, U, loss)
        elif arguments.cbow_exact:
            parts = architectures.cbow(centre, around, V, U, loss, arguments.cbow_mean)
        else:
            parts = as_word2vec_c(centre, around, V, U, loss, arguments.cbow_mean)
        J, dV, dU = J + parts[0], dV + parts[1], dU + parts[2]
    return J, dV, dU


def weighted_loss_and_gradients(V, U, loss):
    """Return J, dJ/dV and dJ/dU of all pairs, weighted by distance."""
    J, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for centre, o, distance in pairs_with_distances():
        parts = architectures.skipgram(centre, [o], V, U, loss)
        weight = (WINDOW + 1 - distance) / WINDOW
        J, dV, dU = (x + weight * y for x, y in zip((J, dV, dU), parts, strict=True))
    return J, dV, dU


def name(setting):
    return "-".join(key for key, value in setting.items() if value) or "skipgram"


@pytest.fixture(scope="module")
def small(make_arguments):
    def make(**changes):
        return make_arguments(ids=IDS, offsets=OFFSETS, **SMALL | FIXED | changes)

    return make


@pytest.mark.parametrize("setting", ARCHITECTURES, ids=name)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch_size", [32, 512])  # softmax: keep or recompute scores
def test_update_is_minus_alpha_times_the_gradient(
    kernels, small, copy_arguments, loss, setting, batch_size
):
    before = small(loss=loss, batch_size=batch_size, **setting)
    arguments = copy_arguments(before)
    V, U = embeddings(before)
    J, *gradients = loss_and_gradients(before, V, U)
    got, pairs, centres, finite = kernels.train(arguments, 0, 0, 1)
    around = [len(words) for _, words in windows()]
    assert finite
    assert pairs == (len(around) if arguments.cbow else sum(around))
    assert centres == 18
    assert got == pytest.approx(J, rel=3e-6)
    for new, old, g in zip(embeddings(arguments), (V, U), gradients, strict=True):
        assert np.abs(g).max() > 0.3
        np.testing.assert_allclose((new - old) / ALPHA, -g, rtol=1e-4, atol=2e-4)
    if arguments.cbow and arguments.cbow_mean and not arguments.cbow_exact:
        return  # word2vec.c's CBOW step is not a gradient
    moved = sum(
        ((a - b) ** 2).sum() for a, b in zip(embeddings(arguments), (V, U), strict=True)
    )
    fall = J - loss_and_gradients(arguments, *embeddings(arguments))[0]
    assert fall == pytest.approx(moved / ALPHA, rel=0.03)


def test_weighted_softmax_update_is_minus_alpha_times_the_gradient(
    kernels, small, copy_arguments
):
    before = small(loss="softmax", weighted_windows=True, batch_size=512)
    arguments = copy_arguments(before)
    V, U = embeddings(before)
    J, *gradients = loss_and_gradients(before, V, U)
    loss, weight, _, _ = kernels.train(arguments, 0, 0, 1)
    pairs = pairs_with_distances()
    assert weight == pytest.approx(sum(WINDOW + 1 - d for *_, d in pairs) / WINDOW)
    assert loss == pytest.approx(J, rel=3e-6)
    for new, old, g in zip(embeddings(arguments), (V, U), gradients, strict=True):
        np.testing.assert_allclose((new - old) / ALPHA, -g, rtol=1e-4, atol=2e-4)


def test_the_windows_cover_repeated_words():
    """A word occurs twice in a window; a centre occurs among its outside words."""
    found = windows()
    assert len(found) == 17
    assert any(len(set(around)) < len(around) for _, around in found)
    assert any(centre in around for centre, around in found)
    assert max(len(around) for _, around in found) == 2 * WINDOW


@pytest.mark.parametrize("cbow", [False, True])
def test_untrained_softmax_loss_is_log_v_for_each_pair(kernels, small, cbow):
    arguments = small(loss="softmax", cbow=cbow, batch_size=512)
    arguments.outside[:] = 0
    loss, pairs, _, _ = kernels.train(arguments, 0, 0, 1)
    assert loss == pytest.approx(pairs * np.log(WORDS), rel=1e-6)


@pytest.mark.parametrize("cbow", [False, True])
def test_untrained_tree_loss_is_log_2_for_each_node(kernels, small, cbow):
    arguments = small(loss="hierarchical_softmax", cbow=cbow, batch_size=512)
    arguments.outside[:] = 0
    lengths = np.diff(arguments.path_offsets)
    targets = [[centre] if cbow else around for centre, around in windows()]
    nodes = sum(int(lengths[word]) for words in targets for word in words)
    assert kernels.train(arguments, 0, 0, 1)[0] == pytest.approx(
        nodes * np.log(2), rel=1e-6
    )


def trained(kernels, arguments):
    sums = [
        kernels.train(arguments, epoch, 0, arguments.n_blocks) for epoch in range(2)
    ]
    return [s[0] for s in sums], [s[1:] for s in sums], arguments


def assert_equal_runs(one, two):
    assert one[0] == pytest.approx(two[0], rel=2e-6)
    assert one[1] == two[1]
    for name in ("centre", "outside"):
        got, right = (getattr(run[2], name) for run in (one, two))
        np.testing.assert_allclose(got, right, rtol=1e-4, atol=3e-6)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("top", [5, 16, 64])
def test_top_nodes_does_not_change_results(
    kernels, make_arguments, copy_arguments, top, cbow
):
    plain = make_arguments(
        loss="hierarchical_softmax", cbow=cbow, top_nodes=0, batch_size=30
    )
    other = copy_arguments(plain, top_nodes=top)
    assert_equal_runs(trained(kernels, other), trained(kernels, plain))


@pytest.mark.parametrize("cbow", [False, True])
def test_recomputed_scores_equal_kept_scores(
    kernels, make_arguments, copy_arguments, cbow
):
    """Batch size 32 keeps scores, 33 recomputes them; a block has 25 tokens."""
    kept = make_arguments(
        loss="softmax", cbow=cbow, vector_size=SIZE, batch_size=32, block_size=25
    )
    redone = copy_arguments(kept, batch_size=33)
    assert_equal_runs(trained(kernels, redone), trained(kernels, kept))


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_softmax_ignores_the_noise_distribution(
    kernels, make_arguments, copy_arguments, loss, cbow
):
    one = make_arguments(loss=loss, cbow=cbow)
    two = copy_arguments(one, negative=9, shared_negatives=0)
    accept, alias = np.zeros_like(one.noise_accept), np.ones_like(one.noise_alias)
    two = copy_arguments(two, noise_accept=accept, noise_alias=alias)
    assert trained(kernels, one)[0] == trained(kernels, two)[0]
    assert np.array_equal(one.centre, two.centre)
    assert np.array_equal(one.outside, two.outside)


def test_known_log_z_gives_the_same_loss(kernels, make_arguments):
    arguments = make_arguments(loss="softmax", words=40, block_size=61)
    log_z = np.full(40, np.nan)
    kernels.log_partition(arguments, 0, 40, log_z)
    expected = kernels.evaluate(arguments, 0, arguments.n_blocks, np.zeros(0))
    found = kernels.evaluate(arguments, 0, arguments.n_blocks, log_z)
    assert found[0] == pytest.approx(expected[0], rel=1e-6)
    assert found[1:] == expected[1:]


@pytest.mark.parametrize(
    ("matrix", "value"),
    [
        *(("centre", value) for value in (np.nan, np.inf, -np.inf)),
        # A score of -inf adds nothing to Z: only the norm of the row shows it.
        *(("outside", value) for value in (np.nan, np.inf, -np.inf)),
    ],
)
def test_log_z_of_vectors_that_are_not_finite_is_no_number(
    kernels, make_arguments, matrix, value
):
    arguments = make_arguments(loss="softmax", words=40)
    getattr(arguments, matrix)[0, 3] = value
    log_z = np.zeros(40)
    with np.errstate(invalid="ignore"):
        kernels.log_partition(arguments, 0, 40, log_z)
    assert not np.isfinite(log_z[0])


def test_log_z_of_scores_that_are_all_minus_infinity_is_no_number(
    kernels, make_arguments
):
    arguments = make_arguments(loss="softmax", words=40)
    arguments.centre[0, 3], arguments.outside[:, 3] = np.inf, -1
    log_z = np.zeros(40)
    with np.errstate(invalid="ignore"):
        kernels.log_partition(arguments, 0, 40, log_z)
    assert not np.isfinite(log_z[0])
