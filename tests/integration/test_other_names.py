"""Names of gensim on the native classes, and names that the layer does not have."""

import copy
import re

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.compat import gensim
from w2vfast.vectors import other_names as of_vectors
from w2vfast.word2vec import other_names as of_model


@pytest.fixture(scope="module")
def model():
    return Word2Vec([["a", "b"]] * 9, 4, min_count=1, workers=1, sample=0)


@pytest.fixture
def wv():
    return KeyedVectors(["a", "b"], np.eye(2, dtype=np.float32))


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("vocab", "use key_to_index, index_to_key and counts"),
        ("index2word", "use index_to_key"),
        ("get_vector", "use wv[word]"),
        ("similar_by_word", "use most_similar(word)"),
        ("wmdistance", "w2vfast.compat.gensim.KeyedVectors has it"),
    ],
)
def test_vectors_answer_names_of_gensim(wv, name, fix):
    text = f"'KeyedVectors' object has no attribute {name!r}: {fix}"
    with pytest.raises(AttributeError, match=re.escape(text)) as caught:
        getattr(wv, name)
    assert (caught.value.name, caught.value.obj) == (name, wv)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("most_similar", "use model.wv.most_similar"),
        ("index_to_key", "use model.wv.index_to_key"),
        ("similar_by_word", "of the vectors, model.wv: use most_similar(word)"),
        ("epochs", "use parameters.epochs"),
        ("syn1neg", "use outside_vectors"),
        ("predict_output_word", "w2vfast.compat.gensim.Word2Vec has it"),
    ],
)
def test_a_model_answers_names_of_gensim(model, name, fix):
    text = f"'Word2Vec' object has no attribute {name!r}: {fix}"
    with pytest.raises(AttributeError, match=re.escape(text)):
        getattr(model, name)


def test_a_model_is_no_container_of_words(model):
    with pytest.raises(
        TypeError, match=r"model\['a'\]: vectors are in model.wv\['a'\]"
    ):
        model["a"]
    with pytest.raises(TypeError, match=r"'a' in model: use 'a' in model\.wv"):
        assert "a" in model
    with pytest.raises(TypeError, match="not iterable"):
        iter(model)


def test_no_name_that_exists_is_answered(model, wv):
    assert not [name for name in of_vectors.INSTEAD if hasattr(wv, name)]
    assert not [name for name in of_model.INSTEAD if hasattr(model, name)]


def test_fixes_name_what_exists(model, wv):
    for thing, answers in ((wv, of_vectors.INSTEAD), (model, of_model.INSTEAD)):
        for fix in answers.values():
            for used in re.findall(r"\buse (?:model\.)?([a-z_]{4,})", fix):
                assert used == "word" or hasattr(thing, used), fix


@pytest.mark.parametrize("name", ["nothing", "_nothing", "__nothing__"])
def test_other_names_are_missing_as_usual(model, wv, name):
    for thing in (model, wv):
        assert not hasattr(thing, name)
        with pytest.raises(AttributeError, match=f"no attribute '{name}'$"):
            getattr(thing, name)


def test_copies_work(model, wv):
    assert copy.deepcopy(wv).index_to_key == ["a", "b"]
    assert len(copy.deepcopy(model).vocabulary) == 2


@pytest.mark.parametrize(
    ("name", "module"),
    [("Phrases", "gensim.models.phrases"), ("FastText", "gensim.models")],
)
def test_names_that_stay_in_gensim_say_where(name, module):
    text = f"^{name} stays in gensim: from {module} import {name}$"
    with pytest.raises(ImportError, match=text):
        exec(f"from w2vfast.compat.gensim import {name}")
    with pytest.raises(ImportError, match=text):
        getattr(gensim, name)


def test_models_is_answered_and_other_names_are_missing():
    with pytest.raises(ImportError, match="write Word2Vec where the program has"):
        exec("from w2vfast.compat.gensim import models")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = gensim.nothing
