"""Which words `frozen` selects, and the factors on the steps of rows."""

import copy

import numpy as np
import pytest

from w2vfast.corpus import Vocabulary
from w2vfast.training import row_factors
from w2vfast.training.parameters import Parameters
from w2vfast.training.row_factors import factors_after_growth, freeze, frozen_mask
from w2vfast.training.state import ModelState

VOCABULARY = Vocabulary(["a", "b", "c", "d"], [4, 3, 2, 1])


def state(words="abcd", loss="negative_sampling", trained=True):
    vocabulary = Vocabulary(list(words), [1] * len(words))
    model = ModelState.initial(Parameters(vector_size=3, loss=loss), vocabulary)
    model.outside_vectors[:] = trained
    return model


def factors(model):
    """Return both arrays of factors, with 1 for None."""
    ones = [1.0] * len(model.vocabulary)
    scales = (model.centre_scale, model.outside_scale)
    return [ones if scale is None else scale.tolist() for scale in scales]


@pytest.mark.parametrize(
    ("frozen", "expected"),
    [
        (["b", "d"], [0, 1, 0, 1]),
        ({"b": 1, "d": 2}, [0, 1, 0, 1]),
        ((word for word in "bd"), [0, 1, 0, 1]),
        (np.array(["b", "d"]), [0, 1, 0, 1]),
        ([], [0, 0, 0, 0]),
        (np.array([True, False, True, False]), [1, 0, 1, 0]),
        ([False, False, False, True], [0, 0, 0, 1]),
    ],
)
def test_words_and_masks(frozen, expected):
    mask = frozen_mask(frozen, VOCABULARY, 4)
    assert mask.dtype == np.bool_
    assert mask.tolist() == expected


def test_a_mask_may_describe_only_the_first_words():
    assert frozen_mask([True, False], VOCABULARY, 2).tolist() == [1, 0, 0, 0]
    assert frozen_mask(["d"], VOCABULARY, 2).tolist() == [0, 0, 0, 1]


def test_unknown_words_are_counted(caplog):
    assert frozen_mask(["b", "x", "y"], VOCABULARY, 4).tolist() == [0, 1, 0, 0]
    assert "not in the vocabulary: 2 of 3 frozen words" in caplog.text
    assert "'x'" in caplog.text


@pytest.mark.parametrize(
    ("frozen", "error", "message"),
    [
        ("the", TypeError, "frozen='the': expected words"),
        (b"the", TypeError, "expected words"),
        (7, TypeError, "frozen=7: expected words"),
        ([0, 1, 0, 1], TypeError, "frozen contains 0: expected words"),
        (["a", 5], TypeError, "frozen contains 5"),
        ([True], ValueError, "mask of 1 item for 4 words"),
        (np.zeros(5, bool), ValueError, "mask of 5 items for 4 words"),
        (["x"], ValueError, "not in the vocabulary: 1 of 1 frozen word,"),
    ],
)
def test_other_values_are_errors(frozen, error, message):
    with pytest.raises(error, match=message):
        frozen_mask(frozen, VOCABULARY, 4)


@pytest.mark.parametrize(
    ("frozen", "expected"),
    [(True, [0, 0, 0, 0]), (np.True_, [0, 0, 0, 0]), (["b"], [1, 0, 1, 1])],
)
def test_freeze(frozen, expected):
    model = state()
    freeze(model, frozen)
    assert factors(model) == [expected, expected]
    assert model.centre_scale.dtype == model.outside_scale.dtype == np.float32
    assert row_factors.frozen_words(model).tolist() == [not f for f in expected]
    freeze(model, False)
    assert model.centre_scale is None
    assert model.outside_scale is None


@pytest.mark.parametrize(
    "loss", ["negative_sampling", "softmax", "negative_sampling+hierarchical_softmax"]
)
def test_outside_vectors_of_zero_are_not_frozen(loss):
    model = state(loss=loss)
    model.outside[2] = 0
    freeze(model, ["b", "c"])
    assert factors(model) == [[1, 0, 0, 1], [1, 0, 1, 1]]


def test_nodes_are_not_taken_for_outside_vectors():
    """With the tree alone, outside row 0 is the root, not a word."""
    model = state(loss="hierarchical_softmax")
    model.outside[2] = 0
    freeze(model, ["b", "c"])
    assert factors(model)[0] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("before", "old_alpha", "frozen", "expected"),
    [
        (None, 1.0, None, [1, 1, 1, 1]),
        (None, 0.5, None, [0.5, 0.5, 1, 1]),
        (None, 0, None, [0, 0, 1, 1]),
        (None, 1.0, True, [0, 0, 1, 1]),
        (None, 1.0, np.True_, [0, 0, 1, 1]),
        (None, 0.5, ["b", "d"], [0.5, 0, 1, 0]),
        (None, 0.5, [False, True], [0.5, 0, 1, 1]),
        ([0, 0.5], 1.0, None, [0, 0.5, 1, 1]),
        ([0, 0.5], 0.5, None, [0, 0.25, 1, 1]),
        ([0, 0.5], 0.5, ["c"], [0, 0.25, 0, 1]),
        ([0, 0.5], 0.5, False, [0.5, 0.5, 1, 1]),
        ([0, 0.5], 1.0, np.False_, [1, 1, 1, 1]),
    ],
)
def test_factors_after_growth(before, old_alpha, frozen, expected):
    old, grown = state("ab"), state("abcd")
    if before is not None:
        old.centre_scale = old.outside_scale = np.array(before, np.float32)
    factors_after_growth(old, grown, old_alpha, frozen)
    assert factors(grown) == [expected, expected]
    if before is not None:
        assert factors(old) == [before, before]


@pytest.mark.parametrize(
    ("value", "error"),
    [(-0.1, ValueError), (1.1, ValueError), (np.nan, ValueError), ("1", TypeError),
     (True, TypeError), (None, TypeError)],
)  # fmt: skip
def test_old_alpha_out_of_range(value, error):
    with pytest.raises(error, match=r"old_alpha=.*from 0"):
        factors_after_growth(state("ab"), state("abcd"), value, None)


def test_a_model_in_training_cannot_be_frozen_but_its_copy_can():
    model = state()
    with model.gate.claimed():
        with pytest.raises(RuntimeError, match=r"frozen was set while train\(\) runs"):
            freeze(model, True)
        freeze(copy.deepcopy(model), True)
    freeze(model, True)
