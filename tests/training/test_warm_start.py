"""Models whose words start from given vectors."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest

from w2vfast.corpus import Vocabulary
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState
from w2vfast.training.warm_start import initial_state

WORDS = ["a", "b", "c"]
GIVEN = {"x": [1, 2, 3, 4], "c": [5, 6, 7, 8], "a": [9, 10, 11, 12]}
P = Parameters(vector_size=4)


def make(source, frozen=None, parameters=P):
    return initial_state(parameters, Vocabulary(WORDS, [3, 2, 1]), source, frozen)


def keyed(vectors=GIVEN, dtype=np.float32):
    return KeyedVectors(list(vectors), np.array(list(vectors.values()), dtype))


def mapping(dtype):
    return {word: np.array(vector, dtype) for word, vector in GIVEN.items()}


SOURCES = [
    GIVEN,
    mapping(np.float64),
    mapping(np.float16),
    keyed(),
    keyed().to_float16(),
    SimpleNamespace(wv=keyed()),  # a model of another package
]


@pytest.mark.parametrize("source", SOURCES)
def test_found_words_start_from_the_given_vectors(source, caplog):
    with caplog.at_level(logging.INFO, "w2vfast"):
        model = make(source)
    plain = ModelState.initial(P, model.vocabulary)
    vectors = model.centre_vectors
    assert vectors.dtype == np.float32
    assert vectors.tolist()[::2] == [GIVEN["a"], GIVEN["c"]]
    assert np.array_equal(vectors[1], plain.centre_vectors[1])
    assert not model.outside.any()
    assert not model.centre[:, 4:].any()  # the padding
    assert model.centre_scale is model.outside_scale is None
    assert "given for 2 of 3 words" in caplog.text


def test_without_vectors_all_words_are_random():
    plain = ModelState.initial(P, Vocabulary(WORDS, [3, 2, 1]))
    assert np.array_equal(make(None).centre, plain.centre)


def test_frozen_true_selects_the_found_words():
    for frozen in (True, np.True_):
        model = make(GIVEN, frozen)
        assert model.centre_scale.tolist() == [0, 1, 0]
        assert model.outside_scale is None  # outside vectors are 0: they must train


def test_frozen_words_and_masks():
    assert make(GIVEN, ["b"]).centre_scale.tolist() == [1, 0, 1]
    assert make(GIVEN, [True, True, False]).centre_scale.tolist() == [0, 0, 1]
    for frozen in (None, False, np.False_):
        assert make(GIVEN, frozen).centre_scale is None


def test_frozen_true_needs_vectors():
    with pytest.raises(ValueError, match="frozen=True without initial_vectors"):
        make(None, True)


def test_a_model_gives_outside_vectors_too():
    source = ModelState.initial(P, Vocabulary(["c", "z", "a"], [1, 1, 1]))
    source.centre_vectors[:] = np.arange(12).reshape(3, 4)
    source.outside_vectors[:] = -source.centre_vectors - 1
    model = make(source, True)
    assert np.array_equal(model.centre[[0, 2]], source.centre[[2, 0]])
    assert np.array_equal(model.outside[[0, 2]], source.outside[[2, 0]])
    assert model.centre_scale.tolist() == model.outside_scale.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "source", [*SOURCES, ModelState.initial(P, Vocabulary(WORDS, [1] * 3))]
)
def test_other_dimensions_are_an_error(source):
    with pytest.raises(ValueError, match=r"have 4 dimensions.*vector_size=7: pass"):
        make(source, parameters=Parameters(vector_size=7))


def test_a_mapping_with_one_vector_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="have 2 dimensions"):
        make({**GIVEN, "c": [1, 2]})
    make({**GIVEN, "x": [1, 2]})  # not a word of the corpus


@pytest.mark.parametrize(
    "source",
    [{"x": [1] * 4}, keyed({"x": [1] * 4}),
     ModelState.initial(P, Vocabulary(["x"], [1])), {}],
)  # fmt: skip
def test_no_common_word_is_an_error(source):
    n = len(getattr(source, "vocabulary", source))
    with pytest.raises(
        ValueError, match=rf"of 3 words .*'a', none is among {n} words?"
    ):
        make(source)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_vectors_that_are_not_finite_are_an_error(value):
    state = ModelState.initial(P, Vocabulary(WORDS, [1] * 3))
    state.centre_vectors[2, 1] = value
    for source in ({"c": [1, value, 3, 4]}, state):
        with pytest.raises(ValueError, match=r"the vector of 'c'.*not finite"):
            make(source)


@pytest.mark.parametrize("source", ["vectors.bin", 5, [[1, 2, 3, 4]], np.eye(4)])
def test_other_kinds_are_an_error(source):
    with pytest.raises(TypeError, match="expected KeyedVectors, a Word2Vec model or"):
        make(source)


@pytest.mark.parametrize("vector", [5, [[1, 2, 3, 4]], ["1", "2", "3", "4"]])
def test_a_mapping_to_something_else_is_an_error(vector):
    with pytest.raises(ValueError, match=r"initial vector of 'a' has shape.*4 numbers"):
        make({"a": vector})
