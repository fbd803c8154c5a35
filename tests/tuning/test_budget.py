"""Limits of time and of trials, and predicted durations."""

import math

import numpy as np
import pytest

from w2vfast.training.parameters import Parameters
from w2vfast.tuning.budget import Budget, Durations, check_trials, parse_time


@pytest.mark.parametrize(
    "given, seconds",
    [
        ("90s", 90), ("10min", 600), ("1.5h", 5400), (3, 3), (0.5, 0.5), (None, None),
        ("10", 10), ("0.5", 0.5), ("20000", 20000),
    ],
)  # fmt: skip
def test_times_are_read(given, seconds):
    assert parse_time(given) == seconds


@pytest.mark.parametrize("given", ["3 epochs", "soon", "0s", "0", 0, -1, math.inf])
def test_wrong_times_are_errors(given):
    with pytest.raises(ValueError, match="expected '90s', '10min'"):
        parse_time(given)


def test_m_is_no_unit():
    with pytest.raises(ValueError, match=r"above 0; write 'min' for minutes$"):
        parse_time("5m")


def test_wrong_types_are_errors():
    for value in (True, [1]):
        with pytest.raises(TypeError, match="expected '90s'"):
            parse_time(value)
    with pytest.raises(TypeError, match="expected a whole number"):
        check_trials(2.0)
    with pytest.raises(ValueError, match="expected 1 or more"):
        check_trials(0)


def test_share_is_the_larger_of_time_and_trials():
    assert Budget(None, 4).share(1) == 0.25
    assert Budget(1e9, None).share(1) < 0.01
    assert Budget(1e-9, 4).share(1) == 1
    assert Budget(None, 4).left == math.inf and Budget(1e-9, 4).left == 0


def test_one_trial_does_not_take_most_of_the_time():
    budget = Budget(100.0, None)
    assert budget.largest_trial(1.0) == 25
    assert budget.largest_trial(20.0) == 40
    assert budget.left - 1 < budget.largest_trial(90.0) <= 100
    assert budget.largest_trial(math.inf) == math.inf  # the defaults always run


def test_predicted_seconds_grow_with_the_work():
    durations = Durations(np.array([900, 90, 10]))
    assert durations.predict(Parameters()) == 0
    durations.add(Parameters(), 4.0)
    assert durations.predict(Parameters()) == pytest.approx(4)
    assert durations.predict(Parameters(epochs=10)) == pytest.approx(8)
    assert durations.predict(Parameters(window=15)) > 4
    assert durations.predict(Parameters(vector_size=300)) > 6
    assert durations.predict(Parameters(sample=1e-5)) < 2
