"""Products of shared negatives in bfloat16.

test_kernels.py compares whole runs with the reference.
"""

import numpy as np
import pytest

from w2vfast.kernels.reference.sgd import rounded


@pytest.fixture
def make(make_arguments):
    """Return a function that makes arguments whose centres are all in one batch."""

    def make(**changes):
        setting = {"shape": "long", "tokens": 400, "sample": 0, "batch_size": 512}
        setting |= {"epochs": 1, "bfloat16_products": True}
        return make_arguments(**setting | changes)

    return make


def test_the_reference_rounds_to_the_nearest_with_ties_to_even():
    step = 2.0**-7  # between numbers from 1 to 2
    given = [1 + step / 2, 1 + 1.5 * step, 1 + 0.51 * step, -1 - 0.49 * step, 0.0]
    expected = [1, 1 + 2 * step, 1 + step, -1, 0]
    np.testing.assert_allclose(rounded(np.array(given)), expected, rtol=1e-7)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize(
    ("vector_size", "shared"), [(1, 1), (16, 16), (33, 48), (100, 32), (270, 100)]
)
@pytest.mark.parametrize("tokens", [20, 300, 700])
def test_one_batch_equals_the_reference(
    kernels, reference, make, copy_arguments, cbow, vector_size, shared, tokens
):
    """Sizes need one and several tiles, of all widths, and padding of all operands."""
    arguments = make(
        cbow=cbow,
        vector_size=vector_size,
        shared_negatives=shared,
        tokens=tokens,
        words=400,
    )
    exact = copy_arguments(arguments, bfloat16_products=False)
    expected, start = copy_arguments(arguments), copy_arguments(arguments)
    kernels.train(arguments, 0, 0, 1)
    reference.train(expected, 0, 0, 1)
    reference.train(exact, 0, 0, 1)
    for name in ("centre", "outside"):
        got, right, other, before = (
            getattr(a, name) for a in (arguments, expected, exact, start)
        )
        change, error = np.abs(right - before).max(), np.abs(got - right).max()
        assert error <= 1e-3 * change
        # The error of rounding itself is far larger than the difference to the oracle.
        if vector_size > 1:
            rounding = np.linalg.norm(other - right)
            assert np.linalg.norm(got - right) < 0.2 * rounding


@pytest.mark.parametrize("cbow", [False, True])
def test_scores_beyond_the_clamp_stay_finite(kernels, make, cbow):
    arguments = make(cbow=cbow, scale=1e3)
    assert kernels.train(arguments, 0, 0, 1)[3]
    assert np.isfinite(arguments.centre).all()
    assert np.isfinite(arguments.outside).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["centre", "outside"])
def test_numbers_that_are_not_finite_are_reported(kernels, make, name, value):
    arguments = make()
    getattr(arguments, name)[:, 3] = value
    assert not kernels.train(arguments, 0, 0, 1)[3]
