"""Embedding matrices in float16: conversion, rounding and errors.

test_kernels.py and test_rounds.py compare whole runs with the reference.
"""

import numpy as np
import pytest

HALF_MAX = 65504


@pytest.fixture
def make(make_arguments):
    """Return a function that makes arguments whose rows are all in one batch."""

    def make(**changes):
        setting = {"shape": "long", "tokens": 60, "sample": 0, "batch_size": 64}
        setting |= {"epochs": 1, "min_alpha": 0.0, "dtype": np.float16}
        return make_arguments(**setting | changes)

    return make


def all_halves(shape):
    """Return every finite float16 number, again and again."""
    numbers = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    return np.resize(numbers[np.isfinite(numbers)], shape)


@pytest.mark.parametrize("cbow", [False, True])
def test_a_learning_rate_of_0_changes_no_number(kernels, make, cbow):
    """Each number is widened and narrowed, the subnormal ones too."""
    words = 800
    arguments = make(
        words=words, tokens=3000, vector_size=96, alpha=0.0, cbow=cbow, negative=13
    )
    arguments.centre[:] = arguments.outside[:] = all_halves(arguments.centre.shape)
    before = arguments.centre.copy(), arguments.outside.copy()
    assert kernels.train(arguments, 0, 0, 1)[3]
    np.testing.assert_array_equal(arguments.centre, before[0])
    np.testing.assert_array_equal(arguments.outside, before[1])


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("scale", [1e-6, 3e-5, 1e-3, 30])
def test_one_batch_rounds_to_the_nearest(
    kernels, reference, make, copy_arguments, cbow, scale
):
    """Of the subnormal numbers too, below 6e-5; their distance is 6e-8."""
    arguments = make(scale=scale, cbow=cbow, vector_size=100)
    expected = copy_arguments(arguments)
    before = arguments.centre.copy()
    kernels.train(arguments, 0, 0, 1)
    reference.train(expected, 0, 0, 1)
    assert not np.array_equal(arguments.centre, before)
    for name in ("centre", "outside"):
        left, right = getattr(arguments, name), getattr(expected, name)
        steps = np.abs(left.view(np.int16).astype(int) - right.view(np.int16))
        assert (steps == 0).mean() > 0.995  # the others are nearly ties
        np.testing.assert_allclose(
            left.astype(float), right.astype(float), rtol=1e-3, atol=6e-8
        )


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["centre", "outside"])
def test_numbers_that_are_not_finite_are_reported(kernels, make, name, value, cbow):
    arguments = make(cbow=cbow)
    getattr(arguments, name)[:, 3] = value
    assert not kernels.train(arguments, 0, 0, 1)[3]


@pytest.mark.parametrize("cbow", [False, True])
def test_numbers_that_become_too_large_are_reported(kernels, make, cbow):
    """They become infinite, not wrong finite numbers."""
    arguments = make(cbow=cbow, alpha=1e6, min_alpha=1e6)
    arguments.centre[:] = arguments.outside[:] = 0
    arguments.centre[:, :2] = HALF_MAX, -HALF_MAX
    arguments.outside[:, :2] = 0.5, 0.7  # pairs have low scores, and want larger ones
    assert kernels.train(arguments, 0, 0, 1)[3]
    assert arguments.centre[:, 0].max() == np.inf
    assert not kernels.train(arguments, 0, 0, 1)[3]
