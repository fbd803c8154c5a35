"""The gradients of negatives are thinned in long runs with large batches."""

import numpy as np
import pytest
from stopped_runs import stop

from w2vfast import Word2Vec
from w2vfast.training.prepare import model_arguments
from w2vfast.training.validation import parse_parameters

SENTENCES = [[f"w{i}", f"w{i + 1}"] for i in range(600)] * 2
#: Words and tokens of a corpus that has 50 million tokens in five epochs.
LARGE = 50_000, 10_000_000


def new_model(**options):
    return Word2Vec(SENTENCES, min_count=1, vector_size=8, **options)


@pytest.mark.parametrize(
    ("options", "right"),
    [
        ({}, True),
        ({"architecture": "cbow"}, True),
        ({"loss": "negative_sampling+hierarchical_softmax"}, True),
        ({"dtype": "float16"}, True),
        ({"chunk_size": 64}, True),
        ({"chunk_size": 63}, False),
        ({"epochs": 4}, True),
        ({"epochs": 3}, False),
        ({"epochs": 1, "thin_gradients": True}, True),
        ({"thin_gradients": False}, False),
        ({"shared_negatives": 0}, False),
        ({"matmul_precision": "bfloat16"}, False),
        ({"loss": "softmax"}, False),
        ({"loss": "hierarchical_softmax"}, False),
    ],
)
def test_the_default_thins_long_runs_where_that_is_possible(options, right):
    parameters = new_model(**options).parameters
    assert parameters.thins_gradients(*LARGE) is right


def test_small_vocabularies_are_not_thinned():
    parameters = new_model().parameters
    assert parameters.thins_gradients(512, 10_000_000)
    assert not parameters.thins_gradients(511, 10_000_000)  # batches of 63 centres


def test_kernels_get_the_value():
    for thins in (True, False):
        model = new_model(thin_gradients=thins)
        arguments = model_arguments(model._state, model.corpus, model.parameters)
        assert arguments.thin_gradients is thins


def test_a_run_may_change_it():
    free = new_model().parameters
    for changes in ({"shared_negatives": 0}, {"chunk_size": 8}, {"epochs": 1}):
        assert not free.override(**changes).thins_gradients(*LARGE)


@pytest.mark.parametrize(
    "options",
    [
        {"shared_negatives": 0},
        {"matmul_precision": "bfloat16"},
        {"loss": "softmax"},
        {"loss": "hierarchical_softmax"},
    ],
)
def test_it_is_refused_elsewhere(options):
    with pytest.raises(ValueError, match=r"thin_gradients=True with .* leave thin_"):
        new_model(thin_gradients=True, **options)
    model = new_model(**options)
    with pytest.raises(ValueError, match=r"thin_gradients=True with .* leave thin_"):
        model.train(thin_gradients=True)


@pytest.mark.parametrize("thins", [True, False])
def test_a_resumed_run_keeps_it(tmp_path, thins):
    whole = new_model(thin_gradients=thins, workers=1).train()
    model = new_model(thin_gradients=thins, workers=1)
    model.train(after_epoch=stop)
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    assert loaded._state.run.parameters.thin_gradients is thins
    loaded.train(SENTENCES)
    assert np.array_equal(loaded.wv.vectors, whole.wv.vectors)


def test_models_with_it_can_be_evaluated():
    model = new_model(thin_gradients=True).train()
    assert model.evaluate_loss(SENTENCES).loss > 0


def test_other_values_are_refused():
    with pytest.raises((TypeError, ValueError), match=r"thin_gradients='half'"):
        new_model(thin_gradients="half")


def test_files_without_the_parameter_are_trained_as_before():
    values = new_model().parameters.as_dict()
    assert values.pop("thin_gradients") is None
    assert parse_parameters(values).thin_gradients is False
    assert "thin_gradients" not in new_model(thin_gradients=False).parameters.as_dict()
