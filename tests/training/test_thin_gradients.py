"""The gradients of negatives are thinned where batches are large."""

import pytest

from w2vfast import Word2Vec
from w2vfast.training.prepare import model_arguments
from w2vfast.training.validation import parse_parameters

SENTENCES = [[f"w{i}", f"w{i + 1}"] for i in range(400)] * 2


def new_model(**options):
    settings = {"min_count": 1, "vector_size": 8, "chunk_size": 64}
    return Word2Vec(SENTENCES, **settings | options)


def thins(model, **changes):
    parameters = model.parameters.override(**changes)
    return model_arguments(model._state, model.corpus, parameters).thin_gradients


@pytest.mark.parametrize(
    ("options", "right"),
    [
        ({}, True),
        ({"architecture": "cbow"}, True),
        ({"loss": "negative_sampling+hierarchical_softmax"}, True),
        ({"dtype": "float16"}, True),
        ({"chunk_size": 63}, False),
        ({"chunk_size": 2, "thin_gradients": True}, True),
        ({"thin_gradients": False}, False),
        ({"shared_negatives": 0}, False),
        ({"matmul_precision": "bfloat16"}, False),
        ({"loss": "softmax"}, False),
        ({"loss": "hierarchical_softmax"}, False),
    ],
)
def test_the_default_thins_large_batches_where_that_is_possible(options, right):
    assert thins(new_model(**options)) is right


def test_a_run_may_change_it():
    model = new_model()
    assert not thins(model, shared_negatives=0)
    assert not thins(model, chunk_size=8)
    assert not thins(model, thin_gradients=False)


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


def test_other_values_are_refused():
    with pytest.raises((TypeError, ValueError), match=r"thin_gradients='half'"):
        new_model(thin_gradients="half")


def test_files_without_the_parameter_are_trained_as_before():
    values = new_model().parameters.as_dict()
    assert values.pop("thin_gradients") is None
    assert parse_parameters(values).thin_gradients is False
    assert "thin_gradients" not in new_model(thin_gradients=False).parameters.as_dict()
