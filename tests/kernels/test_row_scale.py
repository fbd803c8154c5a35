"""Factors on the steps of rows: frozen rows do not change, others do."""

from dataclasses import replace

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES


@pytest.fixture(params=LOSSES)
def arguments(request, make_arguments):
    """Return untrained arguments in which every third word has the factor 0."""
    plain = make_arguments(loss=request.param, cbow=False, batch_size=16)
    rng = np.random.default_rng(3)
    scales = {}
    for name in ("centre", "outside"):
        scale = rng.uniform(0.1, 1, len(getattr(plain, name))).astype(np.float32)
        scale[::3] = 0
        scales[f"{name}_scale"] = scale
    return replace(plain, **scales)


@pytest.mark.parametrize("cbow", [False, True])
def test_scaled_training_equals_the_reference(
    kernels, reference, arguments, copy_arguments, same_embeddings, cbow
):
    got, expected = (copy_arguments(arguments, cbow=cbow) for _ in range(2))
    kernels.train(got, 0, 0, got.n_blocks)
    reference.train(expected, 0, 0, expected.n_blocks)
    same_embeddings(got, expected)


@pytest.mark.parametrize("cbow", [False, True])
def test_rows_with_factor_zero_do_not_change(kernels, arguments, copy_arguments, cbow):
    trained = copy_arguments(arguments, cbow=cbow)
    kernels.train(trained, 0, 0, trained.n_blocks)
    for name in ("centre", "outside"):
        before, after = getattr(arguments, name), getattr(trained, name)
        frozen = getattr(arguments, f"{name}_scale") == 0
        assert np.array_equal(before[frozen], after[frozen])
        assert (before[~frozen] != after[~frozen]).any()


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_curvature_bounds_scaled_steps(
    kernels, make_arguments, copy_arguments, loss, cbow
):
    """A large rate times a large factor gives the step of a rate beyond all bounds."""
    changes = {"loss": loss, "cbow": cbow, "batch_size": 10_000, "vector_size": 8}
    plain = make_arguments(alpha=1e6, min_alpha=1e6, **changes)
    scales = {
        f"{name}_scale": np.full(len(getattr(plain, name)), 3, np.float32)
        for name in ("centre", "outside")
    }
    scaled = copy_arguments(plain, **scales)
    whole = copy_arguments(plain)
    for run in (scaled, whole):
        assert kernels.train(run, 0, 0, 1)[3]
    assert np.array_equal(scaled.centre, whole.centre)
    assert np.array_equal(scaled.outside, whole.outside)


def test_factors_multiply_the_step(kernels, make_arguments, copy_arguments):
    """One batch; the rate is so small that the curvature does not bound the steps."""
    plain = make_arguments(alpha=1e-6, min_alpha=1e-6, batch_size=10_000)
    half = np.full(len(plain.centre), 0.5, np.float32)
    scaled = copy_arguments(plain, centre_scale=half)
    whole = copy_arguments(plain)
    for run in (scaled, whole):
        kernels.train(run, 0, 0, 1)
    step = (whole.centre - plain.centre).astype(float)
    assert np.abs(step).max() > 0
    half_step = (scaled.centre - plain.centre).astype(float)
    np.testing.assert_allclose(half_step, step / 2, atol=2e-7)
