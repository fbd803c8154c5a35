"""CBOW: large curvatures of one sentence do not bound the steps of a later one."""

import numpy as np
import pytest

LARGE = np.arange(6)  # words of the first sentence
LONELY = [6]  # a sentence without pairs lies between
ORDINARY = np.arange(7, 12)
NEGATIVE = 12


@pytest.fixture
def two_scales(make_arguments, copy_arguments):
    """Return arguments with one batch, in which curvatures differ by 29 digits."""
    sentences = [LARGE, LONELY, ORDINARY]
    arguments = copy_arguments(
        make_arguments(
            cbow=True,
            window=2,
            shrink_windows=False,
            sample=0,
            words=20,
            ids=np.concatenate(sentences).astype(np.int32),
            offsets=np.cumsum([0, *map(len, sentences)], dtype=np.int64),
            noise_accept=np.zeros(20, np.uint32),
            noise_alias=np.full(20, NEGATIVE, np.int32),
        )
    )
    arguments.outside[LARGE] *= 1e15
    return arguments


def test_rounding_errors_end_with_the_windows(
    kernels, reference, two_scales, copy_arguments
):
    """The differences of sums over the first sentence are far above 1."""
    got, expected = copy_arguments(two_scales), copy_arguments(two_scales)
    kernels.train(got, 0, 0, 1)
    reference.train(expected, 0, 0, 1)
    assert (expected.centre[ORDINARY, :20] != two_scales.centre[ORDINARY, :20]).all()
    np.testing.assert_allclose(
        got.centre[ORDINARY], expected.centre[ORDINARY], rtol=2e-5, atol=4e-6
    )
