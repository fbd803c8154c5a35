"""Fixtures of the tests of the kernels."""

import pytest


@pytest.fixture(scope="session")
def train_all():
    """Return a function that trains all epochs.

    It returns each epoch's result: loss, pairs, centres, finite.
    """

    def train_all(kernels, arguments):
        epochs = range(arguments.first_epoch, arguments.first_epoch + arguments.epochs)
        return [kernels.train(arguments, e, 0, arguments.n_blocks) for e in epochs]

    return train_all
