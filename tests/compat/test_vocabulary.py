"""Counting words, choosing the vocabulary, and adding words to it."""

import copy
from itertools import chain

import numpy as np
import pytest

from w2vfast.compat.gensim import (
    RULE_DEFAULT,
    RULE_DISCARD,
    RULE_KEEP,
    CallbackAny2Vec,
    LineSentence,
    Word2Vec,
)
from w2vfast.compat.gensim.weights import COMBINED
from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.growth import same_nodes


def counts(model):
    return {word: model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key}


def test_two_steps_equal_one(texts):
    options = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1}
    one = Word2Vec(texts, **options)
    two = Word2Vec(**options)
    two.build_vocab(texts)
    assert (two.corpus_count, two.corpus_total_words) == (40, 8 * 16)
    two.train(texts, total_examples=two.corpus_count, epochs=two.epochs)
    assert np.array_equal(one.wv.vectors, two.wv.vectors)
    assert np.array_equal(one.syn1neg, two.syn1neg)


def test_a_file_equals_its_sentences(texts, tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("".join(" ".join(words) + "\n" for words in texts))
    options = {"vector_size": 8, "min_count": 1, "workers": 1}
    models = (
        Word2Vec(texts, **options),
        Word2Vec(corpus_file=str(path), **options),
        Word2Vec(LineSentence(path), **options),
    )
    assert len({model.wv.vectors.tobytes() for model in models}) == 1
    assert {model.corpus_count for model in models} == {40}


def test_order_of_words(texts):
    model = Word2Vec(texts, min_count=1, vector_size=4)
    assert list(counts(model).values()) == sorted(counts(model).values(), reverse=True)
    unsorted = Word2Vec(texts, min_count=1, vector_size=4, sorted_vocab=0)
    assert unsorted.wv.index_to_key == list(dict.fromkeys(chain(*texts)))
    assert counts(unsorted) == counts(model)


def test_trim_rule(texts):
    def rule(word, count, min_count):
        assert min_count == 20
        return {"jam": RULE_KEEP, "bread": RULE_DISCARD}.get(word, RULE_DEFAULT)

    model = Word2Vec(texts, min_count=20, trim_rule=rule, vector_size=4)
    assert set(model.wv.index_to_key) == {"jam"}


def test_final_size_raises_min_count(texts):
    model = Word2Vec(vector_size=4, min_count=1, max_final_vocab=3)
    model.build_vocab(texts, keep_raw_vocab=True)
    assert (len(model.wv), model.effective_min_count) == (1, 17)
    assert len(model.raw_vocab) == 8


def test_dry_run_changes_nothing(texts):
    model = Word2Vec(vector_size=4, min_count=1)
    assert model.scan_vocab(texts) == (8 * 16, 40)
    report = model.prepare_vocab(min_count=17, dry_run=True)
    assert report["num_retained_words"] == 1
    assert report["drop_unique"] == 7
    assert report["retain_total"] == 24
    assert (len(model.wv), model.min_count) == (0, 1)


def test_limit_while_counting():
    texts = [["a", "b"]] * 3 + [["a", "c"], ["a", "d"]]
    model = Word2Vec(vector_size=4, min_count=1, max_vocab_size=2)
    model.build_vocab(texts)
    assert counts(model) == {"a": 5, "b": 3}


def test_integers_as_words():
    walks = [[1, 2, 3, 2], [3, 2, 1], [4, 5, 4]] * 20
    model = Word2Vec(walks, vector_size=4, min_count=1, sample=0)
    assert model.wv.index_to_key[0] == 2
    before = model.wv.vectors.copy()
    model.train(walks, total_examples=60, epochs=1)
    assert not np.array_equal(before, model.wv.vectors)
    assert isinstance(model.wv.most_similar(4)[0][0], int)


def test_from_frequencies():
    model = Word2Vec(vector_size=4, min_count=2)
    model.build_vocab_from_freq({"a": 3, "b": 1, "c": 5}, corpus_count=7)
    assert counts(model) == {"c": 5, "a": 3}
    assert model.corpus_count == 7
    model.build_vocab_from_freq({"a": 2, "d": 9, "e": 1}, update=True)
    assert counts(model) == {"c": 5, "a": 5, "d": 9}


def test_update_keeps_what_was_learned(texts, more_texts, loss):
    model = Word2Vec(texts, vector_size=8, min_count=1, sample=0, **loss)
    wv, words = model.wv, list(model.wv.index_to_key)
    old = wv.vectors.copy()
    outside = model.syn1neg.copy() if loss["negative"] else None
    model.build_vocab(more_texts, update=True)
    assert model.wv is wv
    assert wv.index_to_key[: len(words)] == words
    assert set(wv.index_to_key[len(words) :]) == {"lemon", "honey"}
    assert np.array_equal(wv.vectors[: len(words)], old)
    assert (np.abs(wv.vectors[len(words) :]).max(axis=1) > 0).all()
    assert wv.get_vecattr("tea", "count") == 16 + 8
    if outside is not None:
        assert np.array_equal(model.syn1neg[: len(words)], outside)
        assert not model.syn1neg[len(words) :].any()
    if loss["hs"]:
        assert len(model.syn1) == len(wv)
    model.train(more_texts, total_examples=16, epochs=5)
    assert not np.array_equal(wv.vectors[: len(words)], old)
    assert wv.similarity("lemon", "honey") > wv.similarity("lemon", "fork")


@pytest.mark.parametrize("combined", [False, True])
def test_update_keeps_nodes_that_separate_the_same_words(texts, combined):
    if combined and COMBINED not in LOSSES:
        pytest.skip("the kernels lack the combined loss")
    options = {"hs": 1, "negative": 5 if combined else 0, "vector_size": 8}
    model = Word2Vec(texts, min_count=1, sample=0, **options)
    before, counts = model.syn1.copy(), model.state.vocabulary.counts
    model.build_vocab([["lemon"]], update=True)
    trees = huffman_tree(counts), huffman_tree(model.state.vocabulary.counts)
    words = np.arange(len(counts))
    old_nodes, new_nodes, signs = same_nodes(*trees, words, words)
    assert len(old_nodes) > 2
    expected = before[old_nodes] * signs[:, None]
    assert np.array_equal(model.syn1[new_nodes], expected)
    others = np.setdiff1d(np.arange(len(model.syn1)), new_nodes)
    assert not model.syn1[others].any()


def test_update_after_vectors_were_added(texts, more_texts, model):
    model.wv.add_vectors(["extra"], [np.full(8, 0.5)])
    model.build_vocab(more_texts, update=True)
    assert (model.wv["extra"] == 0.5).all()
    model.train(more_texts, total_examples=16, epochs=1)


@pytest.mark.parametrize("loss", [{}, {"hs": 1, "negative": 0}, {"hs": 1}])
def test_words_that_were_added_are_trained(texts, loss):
    model = Word2Vec(texts, vector_size=8, min_count=1, sample=0, workers=1, **loss)
    row = model.wv.add_vector("extra", np.full(8, 0.5))
    old = model.wv["tea"].copy()
    text = [[*sentence, "extra"] for sentence in texts]
    trained, raw = model.train(text, total_examples=40, epochs=1)
    assert trained == raw and model.wv.get_index("extra") == row == len(model.wv) - 1
    assert not np.array_equal(model.wv["tea"], old)
    assert not np.array_equal(model.wv["extra"], np.full(8, 0.5))
    assert model.wv.get_vecattr("extra", "count") == 0


def test_words_that_were_added_are_saved_and_copied(model, tmp_path):
    model.wv.add_vectors(["extra"], [np.full(8, 0.5)], extras={"count": [7]})
    twin = copy.deepcopy(model)
    model.save(tmp_path / "model.w2v")
    for other in (twin, Word2Vec.load(tmp_path / "model.w2v")):
        assert (other.wv["extra"] == 0.5).all()
        assert other.wv.get_vecattr("extra", "count") == 7
        assert len(other.wv) == len(other.syn1neg)


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_end"])
def test_words_added_in_a_callback_are_an_error(texts, model, event):
    """The threads have the matrices of the old words."""

    class Adds(CallbackAny2Vec):
        pass

    def add(self, model):
        model.wv.add_vector("extra", np.full(8, 0.5))

    setattr(Adds, event, add)
    with pytest.raises(ValueError, match="were added to wv during training: add them"):
        model.train(texts, total_examples=40, epochs=2, callbacks=[Adds()])


def test_vectors_of_another_shape_are_an_error(texts, model):
    model.wv.vectors = np.zeros((len(model.wv) + 1, 8), np.float32)
    with pytest.raises(ValueError, match="assign as many rows, and add words with"):
        model.train(texts, total_examples=40, epochs=1)


def test_update_of_assigned_vectors_keeps_them(model, texts):
    vectors = model.wv
    new = Word2Vec(vector_size=8, min_count=1, sample=0)
    new.wv = vectors
    old = vectors["tea"].copy()
    new.build_vocab([["tea", "cup"]] * 5, update=True)
    assert np.array_equal(new.wv["tea"], old)
    new.train(texts, total_examples=40, epochs=1)


def test_reset_from(model, more_texts):
    other = Word2Vec(more_texts, vector_size=8, min_count=1)
    model.reset_from(other)
    assert model.wv.key_to_index == other.wv.key_to_index
    assert counts(model) == counts(other)
    model.train(more_texts, total_examples=16, epochs=1)


def test_no_vocabulary():
    with pytest.raises(RuntimeError, match="the model has no vocabulary"):
        Word2Vec([])
    with pytest.raises(RuntimeError, match="the model has no vocabulary"):
        Word2Vec([["a", "b"]], min_count=5)
    with pytest.raises(RuntimeError, match="the model has no vocabulary"):
        Word2Vec().train([["a"]], total_examples=1, epochs=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sentences": 5}, "iterable of lists"),
        ({"sentences": (words for words in [["a"]])}, "can't support 6 passes"),
        ({"corpus_file": 3}, "valid path"),
        ({"sentences": [["a"]], "corpus_file": "x"}, "Both"),
        ({"sentences": [(word for word in "ab")]}, "expected a list of words"),
    ],
)
def test_wrong_sources(options, message):
    with pytest.raises(TypeError, match=message):
        Word2Vec(**options)


def test_plain_strings_are_reported(caplog):
    Word2Vec(["human", "machine"], min_count=1, vector_size=4)
    assert "should be a list of words" in caplog.text
    assert "Pass [text.split() for text in texts]" in caplog.text


def test_no_loss(texts):
    with pytest.raises(ValueError, match="leave no loss to train"):
        Word2Vec(texts, hs=0, negative=0)


def test_memory(model):
    sizes = model.estimate_memory()
    assert sizes["vectors"] == 8 * 8 * 4
    assert sizes["total"] == sizes["vocab"] + sizes["vectors"] + sizes["syn1neg"]


def test_tree_attributes(texts):
    model = Word2Vec(texts, min_count=1, vector_size=4, hs=1, negative=0)
    for word in model.wv.index_to_key:
        code, point = (model.wv.get_vecattr(word, name) for name in ("code", "point"))
        assert len(code) == len(point) > 0
        assert set(code.tolist()) <= {0, 1}
    codes = {tuple(code) for code in model.wv.expandos["code"]}
    assert len(codes) == len(model.wv)
