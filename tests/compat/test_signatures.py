"""Names, signatures and defaults are those of gensim."""

import inspect

import pytest

from w2vfast.compat import gensim as layer

gensim = pytest.importorskip("gensim")
PAIRS = {
    "Word2Vec": "gensim.models.word2vec",
    "KeyedVectors": "gensim.models.keyedvectors",
    "LineSentence": "gensim.models.word2vec",
    "PathLineSentences": "gensim.models.word2vec",
    "Text8Corpus": "gensim.models.word2vec",
    "CallbackAny2Vec": "gensim.models.callbacks",
}
#: Methods that gensim declares as (*args, **kwargs) or that exist for old pickles.
OTHER_SIGNATURE = {"load", "save"}
REMOVED = {
    "add_lifecycle_event",
    "log_accuracy",
    "log_evaluate_word_pairs",
    "similarity_unseen_docs",
}


def public(owner):
    names = [name for name in dir(owner) if not name.startswith("_")]
    names = [name for name in names if callable(getattr(owner, name))]
    return [*names, "__init__"] if "__init__" in vars(owner) else names


def parameters(function):
    return [
        (p.name, p.default, p.kind)
        for p in inspect.signature(function).parameters.values()
    ]


def theirs(name):
    return getattr(__import__(PAIRS[name], fromlist=[name]), name)


@pytest.mark.parametrize("name", PAIRS)
def test_signatures(name):
    ours = getattr(layer, name)
    for method in set(public(theirs(name))) - OTHER_SIGNATURE:
        if not hasattr(ours, method):
            assert (name, method in REMOVED) == ("KeyedVectors", True), method
            continue
        given = parameters(getattr(ours, method))
        assert given == parameters(getattr(theirs(name), method)), method


def test_removed_names_say_what_to_use():
    for name in [*REMOVED, "vocab", "index2word", "vectors_norm"]:
        with pytest.raises(AttributeError, match=rf"{name}.*: (use|print|only)"):
            getattr(layer.KeyedVectors(2), name)


def test_model_attributes(texts):
    def options(model_class):
        return vars(model_class(texts, min_count=1, hs=0, vector_size=4))

    from gensim.models import Word2Vec as TheirWord2Vec

    # cum_table, syn1neg and wv are properties here; load is refused on instances.
    properties = {"cum_table", "syn1neg", "wv", "load"}
    expected = options(TheirWord2Vec).keys() - properties
    assert expected <= options(layer.Word2Vec).keys()


def test_vector_attributes(model):
    from gensim.models import KeyedVectors as TheirVectors

    for name in vars(TheirVectors(3)):
        assert hasattr(model.wv, name), name
