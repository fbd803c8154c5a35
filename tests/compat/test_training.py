"""Training: views of the matrices, callbacks, loss, frozen rows, small corpora."""

import copy
import pickle

import numpy as np
import pytest

from w2vfast.compat.gensim import CallbackAny2Vec, Word2Vec
from w2vfast.compat.gensim.weights import COMBINED
from w2vfast.kernels.arguments import LOSSES
from w2vfast.training.state import ModelState

HAS_FACTORS = "centre_scale" in ModelState.__dataclass_fields__
HAS_COMBINED = COMBINED in LOSSES


def shares_memory(model):
    return np.shares_memory(model.wv.vectors, model.state.centre)


def more(model, texts, **options):
    model.train(texts, total_examples=len(texts), epochs=1, **options)


def test_vectors_are_a_view(model, texts):
    assert shares_memory(model)
    assert np.shares_memory(model.syn1neg, model.state.outside)
    assert model.syn1neg.shape == model.wv.vectors.shape == (8, 8)
    with pytest.raises(AttributeError):
        model.syn1  # noqa: B018
    model.wv.vectors[0] = 5
    more(model, texts, start_alpha=1e-6, end_alpha=1e-6)
    assert np.allclose(model.wv.vectors[0], 5, atol=1e-3)


def test_assigned_vectors_are_trained(model, texts):
    model.wv.vectors = np.full((8, 8), 2.0)
    more(model, texts, start_alpha=1e-6, end_alpha=1e-6)
    assert shares_memory(model)
    assert np.allclose(model.wv.vectors, 2, atol=1e-3)
    assert not np.array_equal(model.wv.vectors, np.full((8, 8), 2))
    model.wv.vectors = np.ones((9, 8), np.float32)
    with pytest.raises(ValueError, match=r"has shape \(9, 8\)"):
        more(model, texts)


def test_assigned_outside_vectors(model):
    model.syn1neg = np.ones((8, 8))
    assert (model.state.outside[:, :8] == 1).all()


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_are_independent_models(model, texts, duplicate):
    again = duplicate(model)
    before = model.wv.vectors.copy()
    assert np.array_equal(again.wv.vectors, before)
    assert shares_memory(again)
    more(again, texts)
    assert np.array_equal(model.wv.vectors, before)
    assert not np.array_equal(again.wv.vectors, before)


def test_noise_table(model):
    table = model.cum_table
    assert table.dtype == np.uint32 and table[-1] == 2**31 - 1
    assert (np.diff(table.astype(np.int64)) > 0).all()


class Recorder(CallbackAny2Vec):
    def __init__(self):
        self.calls, self.losses, self.vectors = [], [], []

    def on_train_begin(self, model):
        self.calls.append("train begin")

    def on_train_end(self, model):
        self.calls.append("train end")

    def on_epoch_begin(self, model):
        self.calls.append("begin")

    def on_epoch_end(self, model):
        self.calls.append("end")
        self.losses.append(model.get_latest_training_loss())
        self.vectors.append(model.wv.vectors.copy())


def test_callbacks_and_loss(texts):
    recorder = Recorder()
    model = Word2Vec(
        texts,
        min_count=1,
        sample=0,
        epochs=3,
        callbacks=[recorder],
        compute_loss=True,
        vector_size=8,
        sg=1,
    )
    assert recorder.calls == ["train begin", *["begin", "end"] * 3, "train end"]
    assert 0 < recorder.losses[0] < recorder.losses[1] < recorder.losses[2]
    assert model.get_latest_training_loss() == recorder.losses[2]
    assert not np.array_equal(*recorder.vectors[:2])
    more(model, texts)
    assert model.get_latest_training_loss() == 0
    more(model, texts, compute_loss=True)
    assert 0 < model.running_training_loss < recorder.losses[0]


def test_a_callback_may_change_vectors(texts):
    class Double(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            model.wv.vectors = model.wv.vectors * 100

    model = Word2Vec(
        texts, min_count=1, vector_size=8, callbacks=[Double()], epochs=2, sample=0
    )
    assert shares_memory(model)
    assert np.abs(model.wv.vectors).max() > 100


def test_nothing_to_train_is_logged(caplog, texts):
    recorder = Recorder()
    model = Word2Vec([["a"], ["b"]], min_count=1, vector_size=4, callbacks=[recorder])
    assert "nothing was trained" in caplog.text
    assert recorder.calls.count("end") == 5
    caplog.clear()
    more(model, texts)
    assert "no token of the corpus is in the vocabulary" in caplog.text


def test_required_arguments(model, texts):
    with pytest.raises(ValueError, match="epochs=None: expected 1 or more"):
        model.train(texts, total_examples=40)
    with pytest.raises(ValueError, match="needs the length of the corpus"):
        model.train(texts, epochs=1)
    with pytest.raises(TypeError, match="foo is unknown to train"):
        model.train(texts, total_examples=40, epochs=1, foo=1)


def test_learning_rates(caplog, texts):
    model = Word2Vec(texts, min_count=1, vector_size=4)
    assert model.min_alpha_yet_reached == model.min_alpha == 1e-4
    more(model, texts, start_alpha=0.01, end_alpha=0.005)
    assert (model.alpha, model.min_alpha) == (0.01, 0.005)
    assert "Effective 'alpha' higher" in caplog.text
    more(model, texts, start_alpha=0.01, end_alpha=0.02)  # constant, as in gensim
    assert model.state.run.parameters.alpha == 0.02


def test_attributes_between_trainings_count(texts):
    model = Word2Vec(texts, min_count=1, vector_size=4, window=2)
    model.window, model.negative, model.sample = 1, 3, 0
    more(model, texts)
    parameters = model.state.run.parameters
    assert (parameters.window, parameters.negative, parameters.sample) == (1, 3, 0)


def test_words_reported(model, texts):
    assert model.train(texts, total_examples=40, epochs=2) == (256, 256)
    assert model.train([["tea", "x", "milk"]], total_examples=1, epochs=3) == (6, 9)


def test_options_without_effect_are_reported(caplog, texts):
    Word2Vec(texts, min_count=1, vector_size=4, hashfxn=len)
    assert "hashfxn has no effect" in caplog.text
    with pytest.raises(NotImplementedError, match="Doc2Vec"):
        Word2Vec(null_word=1)


def locked(model, texts):
    model.wv.vectors_lockf = np.ones(len(model.wv), np.float32)
    model.wv.vectors_lockf[0] = 0
    before = model.wv.vectors.copy()
    more(model, texts)
    return before


@pytest.mark.skipif(not HAS_FACTORS, reason="the kernels have no factors of rows")
def test_frozen_rows(model, texts):
    before = locked(model, texts)
    assert np.array_equal(before[0], model.wv.vectors[0])
    assert not np.array_equal(before[1], model.wv.vectors[1])


@pytest.mark.skipif(HAS_FACTORS, reason="the kernels have factors of rows")
def test_frozen_rows_are_refused(model, texts):
    with pytest.raises(NotImplementedError, match="restore the rows after training"):
        locked(model, texts)


def test_factors_of_wrong_shape(model, texts):
    model.wv.vectors_lockf = np.zeros(3, np.float32)
    with pytest.raises(ValueError, match="vectors_lockf has shape"):
        more(model, texts)


@pytest.mark.skipif(not HAS_COMBINED, reason="the kernels lack the combined loss")
def test_both_losses(texts):
    model = Word2Vec(texts, hs=1, negative=5, min_count=1, vector_size=8, sample=0)
    assert model.syn1.shape == model.syn1neg.shape == (8, 8)
    assert model.syn1.any() and model.syn1neg.any()
    assert not np.shares_memory(model.syn1, model.syn1neg)


@pytest.mark.skipif(HAS_COMBINED, reason="the kernels have the combined loss")
def test_both_losses_are_refused(texts):
    with pytest.raises(NotImplementedError, match="pass negative=0 or hs=0"):
        Word2Vec(texts, hs=1, negative=5, min_count=1)


def test_both_losses_warn(caplog):
    model = Word2Vec(hs=1, negative=5)
    with pytest.raises(RuntimeError):
        model.train([["a"]], total_examples=1, epochs=1)
    assert "Both hierarchical softmax and negative sampling" in caplog.text


@pytest.mark.parametrize(
    ("options", "least"),
    [({}, 0.9), ({"hs": 1, "negative": 0}, 0.75), ({"sg": 1}, 0.95)],
)
def test_small_corpora_learn(walks, options, least):
    """Of 15 neighbours, gensim has .97, .85 and 1 in the node's own group."""
    options = options | {"vector_size": 16, "window": 3, "alpha": 0.05, "workers": 1}
    wv = Word2Vec(walks, min_count=0, **options).wv
    shares = [
        np.mean([near[0] == node[0] for near, _ in wv.most_similar(node, topn=15)])
        for node in wv.index_to_key
    ]
    assert np.mean(shares) > least


def test_predicted_words(model, texts):
    predicted = model.predict_output_word(["bread", "butter"], topn=8)
    assert np.isclose(sum(probability for _, probability in predicted), 1)
    row = model.wv.get_index("bread")
    assert model.predict_output_word([row, "butter"], topn=8) == predicted
    assert model.predict_output_word(["unknown"]) is None
    model.wv.vectors[:] = 0
    flat = model.predict_output_word(["bread"], topn=8)
    assert np.allclose([probability for _, probability in flat], 1 / 8)
    with pytest.raises(RuntimeError, match="negative sampling scheme"):
        Word2Vec(texts, hs=1, negative=0, min_count=1).predict_output_word(["tea"])


def log_probability(model, context, word):
    """Return log P(word | context) along the path of the tree."""
    hidden = np.mean([model.wv[key] for key in context], axis=0)
    points = model.wv.get_vecattr(word, "point")
    signs = 1 - 2.0 * model.wv.get_vecattr(word, "code")
    return -np.logaddexp(0, -signs * (model.syn1[points] @ hidden)).sum()


@pytest.mark.parametrize("sg", [0, 1])
def test_scores(texts, sg):
    model = Word2Vec(
        texts, hs=1, negative=0, min_count=1, window=2, sg=sg, vector_size=8, sample=0
    )
    sentence = ["bread", "butter", "unknown", "jam", "tea"]
    known = [word for word in sentence if word in model.wv]
    expected = 0.0
    for place, word in enumerate(known):
        around = known[max(0, place - 2) : place] + known[place + 1 : place + 3]
        if sg:
            expected += sum(log_probability(model, [other], word) for other in around)
        else:
            expected += log_probability(model, around, word)
    scores = model.score([sentence, ["tea"], []])
    assert np.allclose(scores, [expected, 0, 0], atol=1e-4)
    assert len(model.score([sentence] * 5, total_sentences=2)) == 2


def test_scores_need_a_tree(model):
    with pytest.raises(RuntimeError, match="hierarchical softmax"):
        model.score([["tea"]])
    with pytest.raises(RuntimeError, match="has no vocabulary"):
        Word2Vec().score([["tea"]])
