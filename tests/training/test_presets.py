"""Presets set the parameters that a call does not give."""

import pytest

from w2vfast import Word2Vec, presets
from w2vfast.training.parameters import Parameters
from w2vfast.training.presets import preset_parameters

SENTENCES = [["a", "b", "c", "d"], ["d", "a", "b"]] * 9


def parameters(*arguments, **given):
    return Word2Vec(SENTENCES, *arguments, workers=1, **given).parameters


@pytest.mark.parametrize("name", presets)
def test_a_name_is_the_same_as_the_parameters(name):
    assert parameters(preset=name, min_count=1) == parameters(
        **{**presets[name], "min_count": 1}
    )


@pytest.mark.parametrize("name", presets)
def test_a_preset_has_valid_parameters_and_a_source(name):
    preset = presets[name]
    assert Parameters(**preset).as_dict().items() >= dict(preset).items()
    assert preset.source and "  " not in preset.source
    assert repr(preset) == f"Preset({dict(preset)})"
    assert len(preset) == len(dict(preset))


def test_text_is_the_default():
    assert dict(presets["text"]) == {}
    assert parameters(preset="text") == parameters(preset=None) == parameters()


def test_explicit_arguments_win_even_if_they_are_the_defaults():
    default = Parameters()
    assert presets["items"]["window"] != default.window
    assert presets["items"]["epochs"] != default.epochs
    by_name = parameters(preset="items", window=default.window)
    by_position = parameters(default.vector_size, default.window, preset="items")
    assert by_name.window == by_position.window == default.window
    assert by_name.epochs == by_position.epochs == presets["items"]["epochs"]


@pytest.mark.parametrize("loss", ["softmax", "hierarchical_softmax"])
def test_a_loss_without_negatives_leaves_their_parameters_out(loss):
    assert parameters(preset="items", loss=loss).ns_exponent is None
    by_position = parameters(9, 5, 1, "skipgram", loss, preset="items")
    assert by_position.ns_exponent is None
    assert parameters(preset="items").ns_exponent == presets["items"]["ns_exponent"]


@pytest.mark.parametrize("name", ["item", "", 3, ["items"]])
def test_another_name_is_an_error(name):
    with pytest.raises(ValueError, match="expected one of 'text', 'items', 'walks'"):
        Word2Vec(SENTENCES, preset=name)


def test_presets_cannot_be_changed():
    with pytest.raises(TypeError):
        presets["items"]["window"] = 9
    with pytest.raises(TypeError):
        presets["more"] = presets["items"]


def test_no_preset_gives_no_parameters():
    assert preset_parameters(None, {"window": 3}) == {}
