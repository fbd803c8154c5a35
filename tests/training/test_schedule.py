"""The grammar of `every`."""

import pytest

from w2vfast.training.schedule import Schedule


@pytest.mark.parametrize(
    "every, unit, amount",
    [
        ("30s", "seconds", 30),
        ("30 sec", "seconds", 30),
        ("1 second", "seconds", 1),
        ("5min", "seconds", 300),
        ("0.5 minutes", "seconds", 30),
        ("2h", "seconds", 7200),
        ("1.5 Hours", "seconds", 5400),
        ("1epoch", "epochs", 1),
        ("3 epochs", "epochs", 3),
        ("1 token", "tokens", 1),
        (10_000, "tokens", 10_000),
        (10**12, "tokens", 10**12),
        ("10_000", "tokens", 10_000),
        (" 1_000_000 tokens ", "tokens", 10**6),
    ],
)
def test_schedules(every, unit, amount):
    assert Schedule.parse(every) == (unit, amount)


@pytest.mark.parametrize(
    "every, text",
    [
        ("", r"every='': expected a time \('30s', '5min', '2h'\)"),
        ("5m", r"every='5m': expected a time .*write 'min' for minutes"),
        ("min", "expected a time"),
        ("5", "means tokens, 10000 or more; pass '5min' or '5 epochs'$"),
        (1, "every=1: .* pass '1min' or '1 epoch'$"),
        (5000, "10000 or more; pass '5000 tokens', or a time such as '5min'$"),
        ("9_999", "every='9_999': a number without a unit means tokens"),
        ("5 days", "or a whole number of tokens"),
        ("-5min", "expected a time"),
        ("1e6", "expected a time"),
        ("nan s", "expected a time"),
        ("1.5 epochs", "expected a whole number of epochs"),
        ("0.5", "expected a whole number of tokens"),
        ("0s", "expected more than 0 seconds"),
        ("0epochs", "expected more than 0 epochs"),
        (0, "every=0: expected more than 0 tokens"),
        (-3, "expected more than 0 tokens"),
    ],
)
def test_other_texts_and_numbers_are_errors(every, text):
    with pytest.raises(ValueError, match=text):
        Schedule.parse(every)


@pytest.mark.parametrize("every", [1.5, True, None, ["5min"], b"5min"])
def test_other_types_are_errors(every):
    with pytest.raises(TypeError, match=r"every=.*: expected a time"):
        Schedule.parse(every)
