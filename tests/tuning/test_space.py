"""The search space: defaults, the user's changes, and errors."""

import pytest

from w2vfast.training.parameters import Parameters
from w2vfast.tuning.dimensions import Choice, Real, Whole, as_dimension
from w2vfast.tuning.space import default_space, resolve_space


def resolve(given=None, fixed=(), excluded=()):
    base = Parameters()
    return resolve_space(given, default_space(base, 1e-3), dict(fixed), dict(excluded))


def test_default_space_contains_the_defaults():
    for sample in (1e-3, 1e-2):
        space = default_space(Parameters(), sample)
        base = {**Parameters().as_dict(), "sample": sample}
        assert all(space[name].contains(base[name]) for name in space)


def test_only_negative_sampling_has_a_noise_exponent():
    assert "ns_exponent" not in default_space(Parameters(loss="softmax"), 1e-3)


def test_fixed_and_excluded_parameters_do_not_vary():
    assert set(resolve()) == {
        "window",
        "sample",
        "ns_exponent",
        "vector_size",
        "epochs",
    }
    space = resolve({"epochs": None}, {"window": 5}, {"sample": "reason"})
    assert set(space) == {"ns_exponent", "vector_size"}


def test_any_parameter_can_be_added_by_name():
    space = resolve({"alpha": (0.01, 0.05), "shrink_windows": [True, False]})
    assert space["alpha"] == Real(0.01, 0.05)
    assert space["shrink_windows"] == Choice((True, False))


@pytest.mark.parametrize(
    "name, values, expected",
    [
        ("window", (2, 15), Whole(2, 15)),
        ("window", (1, 20), Whole(1, 20, log=True)),
        ("ns_exponent", (0, 1), Real(0.0, 1.0)),
        ("sample", (1e-5, 1e-3), Real(1e-5, 1e-3, log=True)),
        ("vector_size", [50, 100], Choice((50, 100))),
        ("epochs", Whole(1, 3), Whole(1, 3)),
    ],
)
def test_ranges_and_lists_become_dimensions(name, values, expected):
    assert as_dimension(name, values) == expected


@pytest.mark.parametrize(
    "given, kind, message",
    [
        ({"windw": (1, 2)}, ValueError, r"did you mean space\['window'\]=\(1, 2\)\?"),
        ({"size": [8]}, ValueError, r"did you mean space\['vector_size'\]=\[8\]\?"),
        ({"xyzzy": [8]}, ValueError, "of Word2Vec: 'vector_size', 'window', "),
        ({"seed": (1, 2)}, ValueError, "expected a parameter of Word2Vec"),
        ({"window": (5, 5)}, ValueError, r"expected \(low, high\)"),
        ({"window": (0, 5)}, ValueError, "window=0: expected a whole number"),
        ({"window": 5}, TypeError, r"expected a range \(low, high\)"),
        ({"window": "5"}, TypeError, r"expected a range \(low, high\)"),
        ({"window": []}, TypeError, r"expected a range \(low, high\)"),
        ({"sample": (0.1, float("inf"))}, ValueError, "not a finite number"),
        (
            {"epochs": (1, 2)},
            ValueError,
            "epochs=3 is fixed, but",
        ),
        ({"loss": ["softmax"]}, ValueError, "a reason"),
    ],
)
def test_wrong_spaces_are_errors(given, kind, message):
    with pytest.raises(kind, match=message):
        resolve(given, {"epochs": 3}, {"loss": "a reason"})


def test_an_empty_space_is_an_error():
    names = dict.fromkeys(["window", "sample", "ns_exponent", "vector_size", "epochs"])
    with pytest.raises(ValueError, match="the search space is empty"):
        resolve(names)


def test_numbers_are_short_to_copy():
    assert Real(1e-5, 1e-2).used(0.000123456) == 0.000123
    assert Real(0.12345, 1).used(0.12345) == 0.12345  # not below the range
