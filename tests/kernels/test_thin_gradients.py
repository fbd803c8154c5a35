"""Thinned gradients of negatives: every second hidden row, doubled."""

import numpy as np
import pytest

SEEDS = range(200)
#: One batch whose steps are so small that the step bound never acts.
BATCH = {
    "batch_size": 512,
    "block_size": 1 << 14,
    "sample": 0,
    "scale": 0.5,
    "alpha": 1e-5,
    "min_alpha": 1e-5,
    "shared_negatives": 8,
}
#: A corpus whose only centre word is 0.
ONE_HIDDEN_ROW = {
    "ids": np.zeros(6, np.int32),
    "offsets": np.array([0, 6]),
    "tokens": 6,
    "shape": "long",
}


@pytest.fixture
def changes(kernels, make_arguments, copy_arguments):
    """Return a function: arguments → changes of both matrices by one batch."""

    def of(seed, thin_gradients, **options):
        before = make_arguments(
            seed=seed, thin_gradients=thin_gradients, **BATCH | options
        )
        after = copy_arguments(before)
        assert kernels.train(after, 0, 0, 1)[3]
        return tuple(
            getattr(after, name).astype(np.float64) - getattr(before, name)
            for name in ("centre", "outside")
        )

    return of


@pytest.mark.parametrize("cbow", [False, True])
def test_centres_get_all_gradients(changes, cbow):
    for seed in range(4):
        all_rows, thinned = (changes(seed, thin, cbow=cbow) for thin in (False, True))
        np.testing.assert_array_equal(thinned[0], all_rows[0])
        assert not np.array_equal(thinned[1], all_rows[1])


def test_the_only_hidden_row_counts_twice_or_not_at_all(changes):
    twice = 0
    for seed in SEEDS:
        full = changes(seed, False, **ONE_HIDDEN_ROW)[1][1:]
        thinned = changes(seed, True, **ONE_HIDDEN_ROW)[1][1:]  # row 0 has pairs
        assert full.any()
        if thinned.any():
            np.testing.assert_allclose(thinned, 2 * full, rtol=0.01, atol=2e-7)
            twice += 1
    assert 0.35 < twice / len(SEEDS) < 0.65


@pytest.mark.parametrize("cbow", [False, True])
def test_both_choices_have_the_whole_gradient_as_their_mean(changes, cbow):
    """All noise is word 39, so the seed decides nothing but the choice."""
    noise = {
        "noise_accept": np.zeros(40, np.uint32),
        "noise_alias": np.full(40, 39, np.int32),
        "shrink_windows": False,
        "cbow": cbow,
    }
    full = changes(0, False, **noise)[1][39]
    thinned = [changes(seed, True, **noise)[1][39] for seed in range(20)]
    kinds = np.unique(np.round(thinned, 6), axis=0)
    assert len(kinds) == 2
    np.testing.assert_allclose(kinds.mean(axis=0), full, atol=2e-6)


@pytest.mark.parametrize("alpha", [0.1, 10, 1e4])
@pytest.mark.parametrize("cbow", [False, True])
def test_large_steps_stay_bounded(kernels, make_arguments, alpha, cbow):
    """The bound counts each hidden row as often as the gradient does."""
    arguments = make_arguments(
        **BATCH | {"alpha": alpha, "min_alpha": alpha, "epochs": 20},
        thin_gradients=True,
        cbow=cbow,
    )
    losses = []
    for epoch in range(20):
        loss, pairs, _, finite = kernels.train(arguments, epoch, 0, 1)
        assert finite
        losses.append(loss / pairs)
    assert max(losses) < 3 * losses[0]


@pytest.mark.parametrize(
    "options",
    [
        {"shared_negatives": 0},
        {"loss": "softmax"},
        {"loss": "hierarchical_softmax"},
        {"bfloat16_products": True},
    ],
)
def test_it_is_refused_without_shared_negatives_in_float32(make_arguments, options):
    with pytest.raises(ValueError, match=r"thin_gradients=True with .*; pass thin"):
        make_arguments(**BATCH | options, thin_gradients=True)
