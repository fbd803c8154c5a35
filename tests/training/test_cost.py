"""The time estimate of a softmax and the warning before training."""

import warnings
from itertools import pairwise

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.kernels import NAMES
from w2vfast.kernels.arguments import LOSSES
from w2vfast.training import cost
from w2vfast.training.cost import (
    OPERATIONS_PER_SECOND,
    WARNING_SECONDS,
    softmax_seconds,
    warn_if_slow,
)
from w2vfast.training.parameters import Parameters

COUNTS = np.full(1000, 50)
TOKENS = 50_000
SENTENCES = [["a", "b", "c", "d"], ["b", "a"]] * 5
LONG = 2 * 10**9


@pytest.fixture(autouse=True)
def many_cores(monkeypatch):
    monkeypatch.setattr(cost.threads, "available", lambda: 8)


def seconds(counts=COUNTS, tokens=TOKENS, workers=1, build="avx2", **parameters):
    fixed = {"loss": "softmax", "sample": 0, "vector_size": 100, "epochs": 5}
    return softmax_seconds(
        Parameters(**fixed | parameters), counts, tokens, workers, build
    )


def test_seconds_equal_operations_over_speed():
    """Each token takes three products of 2 * words * vector_size operations."""
    operations = 3 * 2 * 1000 * 100 * TOKENS * 5
    assert seconds() == pytest.approx(operations / OPERATIONS_PER_SECOND["avx2"])


@pytest.mark.parametrize(
    ("changes", "factor"),
    [
        ({"vector_size": 300}, 3),
        ({"epochs": 20}, 4),
        ({"tokens": TOKENS // 2}, 0.5),
        ({"workers": 4}, 1 / 4),
        ({"workers": 8}, 1 / 8),
        ({"workers": 99}, 1 / 8),  # no more than the 8 cores
        ({"counts": np.full(4000, 50)}, 4),
        ({"counts": np.full(4000, 50), "tokens": 200_000}, 16),
        ({"tokens": 10**9}, 1),  # most tokens are outside the vocabulary
        ({"architecture": "cbow", "window": 9, "chunk_size": 1}, 1),
    ],
)
def test_seconds_scale_with_sizes_and_threads(changes, factor):
    assert seconds(**changes) == pytest.approx(factor * seconds())


def test_subsampling_reduces_seconds():
    kept = min(1, np.sqrt(1e-4 / 1e-3) + 1e-4 / 1e-3)
    assert seconds(sample=1e-4) == pytest.approx(kept * seconds())


def test_every_build_has_a_speed():
    assert set(OPERATIONS_PER_SECOND) == set(NAMES)
    ordered = [seconds(build=b) for b in ("avx512", "avx2", "base", "reference")]
    assert all(fast < slow for fast, slow in pairwise(ordered))


@pytest.mark.parametrize("loss", sorted({*LOSSES} - {"softmax"}))
def test_other_losses_take_zero_seconds(loss):
    assert seconds(loss=loss) == 0


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (WARNING_SECONDS + 1, "10 minutes"),
        (7199, "120 minutes"),
        (7200, "2 hours"),
        (2 * 86400, "2 days"),
        (86400 * 12345, "12,345 days"),
    ],
)
def test_warning_names_the_time_and_faster_options(time, text):
    p = Parameters(loss="softmax", vector_size=250, epochs=7)
    with pytest.warns(UserWarning, match="softmax") as caught:
        warn_if_slow(p, 98_765, time)
    message = str(caught[0].message)
    for part in (
        "98,765 words and 250 dimensions",
        "1.5e+08 operations per centre",
        f"remaining part of 7 epochs will take about {text}.",
        "loss='negative_sampling'",
        "max_final_vocab",
    ):
        assert part in message


@pytest.mark.parametrize("time", [0, 1, WARNING_SECONDS])
def test_short_runs_do_not_warn(time):
    warn_if_slow(Parameters(loss="softmax"), 10**6, time)


def model(**parameters):
    fixed = {"min_count": 1, "sample": 0, "workers": 1, "loss": "softmax"}
    return Word2Vec(SENTENCES, **fixed | parameters)


def test_training_warns_before_it_starts():
    """Warnings are errors in the tests, so the model must stay untrained."""
    m = model()
    vectors = m.wv.vectors
    with pytest.raises(UserWarning, match=f"over 4 words .* {LONG:,} epochs will take"):
        m.train(epochs=LONG, after_epoch=lambda m: True)
    assert m.loss_history == []
    assert np.array_equal(m.wv.vectors, vectors)
    assert not m.outside_vectors.any()
    assert np.array_equal(m.train().wv.vectors, model().train().wv.vectors)
    assert len(m.loss_history) == 5


def test_warning_points_to_the_caller_and_training_continues():
    with pytest.warns(UserWarning, match="softmax") as caught:
        m = model(epochs=LONG).train(after_epoch=lambda m: True)
    assert caught[0].filename == __file__
    assert len(caught) == len(m.loss_history) == 1


@pytest.mark.parametrize("loss", sorted({*LOSSES} - {"softmax"}))
def test_other_losses_never_warn(loss):
    m = model(loss=loss).train(epochs=LONG, after_epoch=lambda m: True)
    assert len(m.loss_history) == 1


def estimate_inputs(corpus=None, **arguments):
    """Return the arguments of the time estimate; training stops there."""
    seen = []

    class StopTrainingError(Exception):
        pass

    def record(*call):
        seen.extend(call)
        raise StopTrainingError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("w2vfast.training.trainer.softmax_seconds", record)
        with pytest.raises(StopTrainingError):
            model().train(corpus, **arguments)
    return dict(zip(("p", "counts", "tokens", "workers", "build"), seen, strict=True))


def test_estimate_uses_the_arguments_of_train():
    """Corpus, parameters, workers and kernels come from the call, not the model."""
    plain = estimate_inputs()
    assert (plain["tokens"], plain["workers"], plain["p"].epochs) == (30, 1, 5)
    assert plain["counts"].tolist() == [10, 10, 5, 5]
    other = estimate_inputs(
        Corpus([["a", "b"]] * 99), workers=3, kernels="reference", epochs=2, window=9
    )
    assert (other["tokens"], other["workers"], other["build"]) == (198, 3, "reference")
    assert (other["p"].epochs, other["p"].window) == (2, 9)
    assert estimate_inputs(kernels="auto")["build"] == model().kernels


def test_warnings_can_be_silenced():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model(epochs=LONG).train(after_epoch=lambda m: True)
