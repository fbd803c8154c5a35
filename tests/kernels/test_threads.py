"""Several threads train the same embedding matrices at once."""

import threading

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES
from w2vfast.runtime import threads

WORKERS = 3


@pytest.fixture
def train_on_threads(kernels):
    """Return a function that trains each block of an epoch on one of the threads."""

    def train(arguments, workers=WORKERS):
        blocks, lock, results = iter(range(arguments.n_blocks)), threading.Lock(), []

        def work(stop):
            while not stop.is_set():
                with lock:
                    block = next(blocks, None)
                if block is None:
                    return
                results.append(kernels.train(arguments, 0, block, block + 1))

        threads.run(workers, work)
        return results

    return train


@pytest.mark.parametrize(
    ("loss", "dtype"),
    [*((loss, np.float32) for loss in LOSSES), (LOSSES[0], np.float16)],
)
@pytest.mark.parametrize("cbow", [False, True])
def test_threads_train_the_same_pairs_as_one_thread(
    train_on_threads, make_arguments, copy_arguments, cbow, loss, dtype
):
    """Updates may be lost, so only the vectors and the loss differ a little."""
    setting = {"tokens": 2000, "block_size": 300, "batch_size": 32}
    setting |= {"cbow": cbow, "loss": loss, "dtype": dtype}
    shared = make_arguments("mixed", **setting)
    alone = copy_arguments(shared)
    several, one = train_on_threads(shared), train_on_threads(alone, workers=1)
    assert sorted(r[1:] for r in several) == sorted(r[1:] for r in one)
    total, expected = (sum(r[0] for r in results) for results in (several, one))
    assert total == pytest.approx(expected, rel=0.05)
    for name in ("centre", "outside"):
        assert np.isfinite(getattr(shared, name)).all()
        assert not getattr(shared, name)[:, 20:].any()


def test_threads_evaluate_the_same_loss_as_one_thread(kernels, make_arguments):
    arguments = make_arguments("mixed", tokens=2000, block_size=300, loss="softmax")
    unknown, losses = np.zeros(0), {}

    def work(stop):
        for block in range(arguments.n_blocks):
            loss = kernels.evaluate(arguments, block, block + 1, unknown)[0]
            assert losses.setdefault(block, loss) == loss

    threads.run(WORKERS, work)
    assert len(losses) == arguments.n_blocks


def test_threads_share_one_array_of_log_z(kernels, make_arguments):
    arguments = make_arguments(loss="softmax")
    whole, parts = np.empty(40), np.empty(40)
    kernels.log_partition(arguments, 0, 40, whole)
    threads.run_ranges(
        WORKERS, 40, 7, lambda a, b: kernels.log_partition(arguments, a, b, parts)
    )
    np.testing.assert_allclose(parts, whole, rtol=1e-6)
