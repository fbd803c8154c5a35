"""Warm starts, frozen words and extended vocabularies, for all losses."""

import logging
from itertools import product

import numpy as np
import pytest

from w2vfast import Corpus, KeyedVectors, Vocabulary, Word2Vec
from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.growth import same_nodes

ARCHITECTURES = ["skipgram", "cbow"]
KINDS = list(product(LOSSES, ARCHITECTURES))
TREE_ALONE = "hierarchical_softmax"


def groups(first, second, sentences=200, seed=1):
    """Return sentences whose words come from one of two groups of words."""
    rng = np.random.default_rng(seed)
    words = (list(first), list(second))
    return [rng.choice(words[i % 2], 6).tolist() for i in range(sentences)]


OLD = groups("abcde", "vwxyz")
NEW = groups("abcfg", "vwxst", seed=2)  # f, g, s, t are new; d, e, y, z do not occur


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request):
    return dict(zip(("loss", "architecture"), request.param, strict=True))


def make(corpus=OLD, **parameters):
    fixed = {"vector_size": 10, "min_count": 1, "sample": 0, "workers": 1, "epochs": 3}
    return Word2Vec(corpus, **fixed | parameters)


def copies(model):
    return model.wv.vectors.copy(), model.outside_vectors.copy()


def outside_of(model, words):
    """Return the outside vectors of words; none if the loss has no such vectors."""
    if model.parameters.loss == TREE_ALONE:
        return np.zeros(0)
    return model.outside_vectors[[model.vocabulary.key_to_index[w] for w in words]]


def assert_same(one, two):
    assert np.array_equal(one.wv.vectors, two.wv.vectors)
    assert np.array_equal(one._state.outside, two._state.outside)
    assert one.loss_history == two.loss_history


# extend ----------------------------------------------------------------------------


def test_extend_keeps_rows_and_adds_words(kind):
    model = make(**kind).train()
    old_words, counts = model.vocabulary.index_to_key, model.vocabulary.counts
    centre, outside = copies(model)
    assert model.extend(NEW) is model
    words = model.vocabulary.index_to_key
    assert words[:10] == old_words
    assert set(words[10:]) == set("fgst")
    new = Corpus(NEW)
    expected = dict(zip(new.words(), new.counts.tolist(), strict=True))
    for word, count in zip(old_words, counts.tolist(), strict=True):
        expected[word] = expected.get(word, 0) + count
    assert dict(zip(words, model.vocabulary.counts.tolist(), strict=True)) == expected
    assert np.array_equal(model.wv.vectors[:10], centre)
    assert 0 < np.abs(model.wv.vectors[10:]).max() <= 0.5 / 10
    assert len(np.unique(model.wv.vectors[10:])) > 30
    n = model._state.n_word_rows
    if n:
        assert np.array_equal(model.outside_vectors[:10], outside[:10])
        assert not model.outside_vectors[10:].any()
    if kind["loss"].endswith(TREE_ALONE):
        trees = (huffman_tree(c) for c in (counts, model.vocabulary.counts))
        _, nodes, _ = same_nodes(*trees, np.arange(10), np.arange(10))
        has_vector = model._state.outside[n:].any(axis=1)
        assert np.array_equal(np.flatnonzero(has_vector), np.sort(nodes))
        assert len(nodes) > 0
    assert model.loss_history[-1] > 0
    assert len(model.loss_history) == 3


def test_extended_models_learn_new_words(kind):
    model = make(**kind, epochs=20, alpha=0.05).train()
    model.extend(NEW).train(NEW)
    assert len(model.loss_history) == 40
    for word, group in (("f", "abcdeg"), ("s", "vwxyzt")):
        near = [key for key, _ in model.wv.most_similar(word, topn=4)]
        assert set(near) <= set(group), (word, near)


def test_all_rows_train_after_an_extension(kind):
    model = make(**kind).train().extend(NEW)
    centre, outside = copies(model)
    model.train([*OLD, *NEW])
    assert (model.wv.vectors != centre).any(axis=1).all()
    n = len(outside) - (kind["loss"] == TREE_ALONE)  # the last row is unused
    assert (model.outside_vectors[:n] != outside[:n]).any(axis=1).all()


def test_the_new_corpus_is_read_once(kind):
    """Given as a generator it could not be read again; train() needs no corpus."""
    one = make(**kind).train().extend(iter(NEW)).train()
    two = make(**kind).train().extend(NEW).train(NEW)
    three = make(**kind).train().extend(Corpus(NEW)).train(Corpus(NEW))
    assert_same(one, two)
    assert_same(one, three)


def test_the_old_corpus_gets_the_new_ids():
    """Id 10 of the old corpus is 'rare', id 10 of the extended model is a new word."""
    old = Corpus([*OLD, ["rare"]])
    model = make(old, min_count=2).train()
    model.extend([["new"] * 3, ["a", "new"]])
    assert model.vocabulary.index_to_key[10] == "new"
    before = model.wv["new"].copy()
    model.train(old)
    assert np.array_equal(model.wv["new"], before)


def test_extend_after_load(kind, tmp_path):
    model = make(**kind).train()
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    for one in (model, loaded):
        one.extend(NEW).train()
    assert_same(model, loaded)


def test_save_and_load_after_an_extension(kind, tmp_path):
    model = make(**kind).train().extend(NEW, old_alpha=0.5, frozen=["a"])
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    assert loaded.frozen.tolist() == model.frozen.tolist()
    for one in (model, loaded):
        one.train(NEW)
    assert_same(model, loaded)
    assert loaded.evaluate_loss(NEW).loss == model.evaluate_loss(NEW).loss


def test_several_extensions(kind):
    model = make(**kind).train()
    for number in range(3):
        model.extend([["a", f"new{number}", "b"]] * 20).train()
    words = model.vocabulary.index_to_key
    assert words[10:] == ["new0", "new1", "new2"]
    assert len(model.loss_history) == 12
    assert np.isfinite(model.wv.vectors).all()


def test_min_count_applies_to_new_words():
    text = [["a", "common", "rare"], ["common", "a"]]
    assert len(make(min_count=2).extend(text).vocabulary) == 11
    assert len(make(min_count=2).extend(text, min_count=1).vocabulary) == 12
    assert make(min_count=2).extend(text, min_count=1).parameters.min_count == 2
    with pytest.raises(ValueError, match="min_count=0: expected"):
        make().extend(text, min_count=0)


def test_an_extension_of_an_untrained_model(kind):
    model = make(**kind).extend(NEW).train()
    assert len(model.loss_history) == 3
    assert len(model.wv) == 14


def test_an_extension_by_an_encoded_corpus_counts_its_tokens():
    corpus = Corpus([["a", "b", "new", "new"]])
    encoded = corpus.encode(Vocabulary(["new", "a"], [50, 60]))
    model = make().extend(encoded)
    before = make().vocabulary
    assert model.vocabulary.counts[10] == 2
    assert model.vocabulary.counts[:10].sum() == before.counts.sum() + 1


# Situations in which gensim crashes or trains nothing --------------------------------


@pytest.mark.parametrize("empty", [[], [[]], [[], []], iter([])])
def test_an_empty_corpus_is_an_error_and_changes_nothing(kind, empty):
    model = make(**kind).train()
    state, corpus = model._state, model.corpus
    with pytest.raises(ValueError, match="the corpus is empty"):
        model.extend(empty)
    assert model._state is state
    assert model.corpus is corpus
    model.train(epochs=1)


def test_an_extension_without_new_words_trains_the_old_ones(kind, caplog):
    model = make(**kind).train()
    counts, centre = model.vocabulary.counts, model.wv.vectors
    model.extend(OLD).train()
    assert (model.vocabulary.counts == 2 * counts).all()
    assert "has no new word" in caplog.text
    assert (model.wv.vectors != centre).any(axis=1).all()


def test_a_corpus_of_rare_unknown_words_is_an_error(kind):
    model = make(**kind, min_count=3).train()
    state = model._state
    with pytest.raises(ValueError, match=r"none of the 2 words .*min_count=3 times"):
        model.extend([["m", "n"], ["n", "m"]])
    assert model._state is state
    with pytest.raises(ValueError, match="no token of the corpus is in the vocabulary"):
        model.train([["m", "n"]])


def test_words_of_count_zero(kind):
    words = Vocabulary(["a", "b", "never", "v", "w"], [3, 0, 0, 0, 0])
    model = make(**kind, vocabulary=words).train()
    before = model.wv["never"].copy()
    model.extend([["c", "a", "never"]] * 9).train()
    assert model.vocabulary.counts.tolist() == [12, 0, 9, 0, 0, 9]
    assert not np.array_equal(model.wv["never"], before)
    assert np.isfinite(model.wv.vectors).all()


def test_growth_from_two_words_to_many_after_load(kind, tmp_path):
    """The tree of two words has one node; the matrices grow by a factor of 500."""
    make([["a", "b"]] * 9, **kind).train().save(tmp_path / "m.w2v")
    model = Word2Vec.load(tmp_path / "m.w2v", workers=2)
    text = [[f"w{(i * j) % 997}" for j in range(1, 20)] for i in range(300)]
    model.extend(text).train().train(epochs=1)
    assert len(model.wv) > 500
    trained = model.wv.vectors[2:] != make(text, **kind).wv.vectors[: len(model.wv) - 2]
    assert trained.any(axis=1).all()


@pytest.mark.parametrize("build", ["base", "avx2", "avx512", "reference"])
def test_builds_agree_after_an_extension(build, kind):
    from w2vfast import kernels

    if build not in kernels.usable():
        pytest.skip(f"{build}: not built, or this CPU cannot run it")
    one, two = (
        make(OLD[:40], kernels=k, **kind)
        .train()
        .extend(NEW[:40], old_alpha=0.5)
        .train()
        for k in (build, "base")
    )
    np.testing.assert_allclose(one.wv.vectors, two.wv.vectors, rtol=1e-4, atol=1e-5)


# Frozen and slow rows --------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_old_alpha_zero_freezes_old_words(kind, workers):
    model = make(**kind, workers=workers).train()
    old = model.vocabulary.index_to_key
    centre, outside = model.wv.vectors, outside_of(model, old)
    model.extend(NEW, old_alpha=0)
    new = model.wv.vectors[10:]
    model.train(NEW)
    assert np.array_equal(model.wv.vectors[:10], centre)
    assert np.array_equal(outside_of(model, old), outside)
    assert (model.wv.vectors[10:] != new).any(axis=1).all()
    assert model.frozen.tolist() == [True] * 10 + [False] * 4


def test_old_alpha_slows_old_words():
    """The rate is so small that steps depend on it alone."""
    moved = {}
    for old_alpha in (1.0, 0.25):
        model = make().train().extend(NEW, old_alpha=old_alpha)
        before = model.wv.vectors.astype(float)
        model.train(alpha=1e-4, min_alpha=1e-4, epochs=1)
        moved[old_alpha] = np.linalg.norm(model.wv.vectors - before, axis=1)
    ratio = moved[0.25] / np.maximum(moved[1.0], 1e-12)
    used = [
        i for i, word in enumerate(model.vocabulary.index_to_key) if word in "abcvwx"
    ]
    assert ratio[used] == pytest.approx(0.25, rel=0.1)
    assert ratio[10:] == pytest.approx(1, rel=0.05)


def test_frozen_words_of_a_model(kind):
    source = make(**kind).train()
    model = make(NEW, **kind, initial_vectors=source, frozen=True)
    common = [
        word for word in model.vocabulary.index_to_key if word in source.vocabulary
    ]
    new = list("fgst")
    before, outside = model.wv, outside_of(model, common)
    assert np.array_equal(model.wv[common], source.wv[common])
    assert np.array_equal(outside, outside_of(source, common))
    model.train()
    assert np.array_equal(model.wv[common], source.wv[common])
    assert np.array_equal(outside_of(model, common), outside)
    assert (model.wv[new] != before[new]).any(axis=1).all()


def test_frozen_words_stay_frozen_until_they_are_set_free(kind):
    model = make(**kind, frozen=["a"]).train(epochs=1)
    row = model.wv["a"].copy()
    model.extend(NEW).train(epochs=1)
    assert np.array_equal(model.wv["a"], row)
    model.frozen = False
    assert not model.frozen.any()
    model.train(epochs=1)
    assert not np.array_equal(model.wv["a"], row)


def test_the_words_to_freeze_can_be_set():
    model = make().train()
    model.frozen = ["a", "b"]
    before = model.wv
    model.train()
    same = (model.wv.vectors == before.vectors).all(axis=1)
    assert np.array_equal(same, model.frozen)
    assert same.sum() == 2


@pytest.mark.parametrize("loss", LOSSES)
def test_training_a_model_of_frozen_words_alone_is_an_error(loss):
    """With a tree the nodes still train."""
    model = make(loss=loss).train()
    model.frozen = True
    before = model.wv.vectors
    if loss.endswith(TREE_ALONE):
        model.train()
    else:
        with pytest.raises(ValueError, match="all 10 words are frozen"):
            model.train()
    assert np.array_equal(model.wv.vectors, before)


def test_an_interrupted_run_of_frozen_words_resumes_after_load(kind, tmp_path):
    whole, stopped = (make(**kind).train().extend(NEW, old_alpha=0) for _ in range(2))
    whole.train()
    stopped.train(after_epoch=lambda model: True)
    stopped.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    loaded.train(NEW)
    assert_same(whole, loaded)
    assert np.array_equal(loaded._state.centre_scale, whole._state.centre_scale)


@pytest.mark.parametrize(
    ("values", "message"),
    [(np.ones(3, np.float32), "shape"), (np.ones(10), "float64"),
     (-np.ones(10, np.float32), "negative")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["centre_scale", "outside_scale"])
def test_damaged_factors_are_an_error(tmp_path, values, message, name):
    model = make()
    setattr(model._state, name, values)
    model.save(tmp_path / "m.w2v")
    with pytest.raises(ValueError, match=f"not a whole Word2Vec model.*{message}"):
        Word2Vec.load(tmp_path / "m.w2v")


def test_model_files_without_frozen_words_have_no_factors(tmp_path):
    from safetensors.numpy import load_file

    make().save(tmp_path / "m.w2v")
    names = {"centre", "outside", "keys", "key_offsets", "counts"}
    assert set(load_file(tmp_path / "m.w2v")) == names
    make(frozen=["a"]).save(tmp_path / "f.w2v")
    assert set(load_file(tmp_path / "f.w2v")) == names | {"centre_scale"}
    assert len(KeyedVectors.load(tmp_path / "f.w2v")) == 10


# Runs ------------------------------------------------------------------------------


def test_an_extension_ends_an_interrupted_run(kind, caplog):
    model = make(**kind, epochs=5)
    model.train(after_epoch=lambda model: len(model.loss_history) == 2)
    model.extend(NEW)
    assert "interrupted run ends at epoch 3 of 5" in caplog.text
    model.train()
    assert len(model.loss_history) == 2 + 5
    assert model._state.run.first_epoch == 5
    assert model._state.run.done


@pytest.mark.parametrize("action", ["extend", "freeze"])
def test_the_model_cannot_be_extended_while_it_trains(action):
    model = make()

    def change(model):
        if action == "extend":
            model.extend(NEW)
        else:
            model.frozen = True

    with pytest.raises(RuntimeError, match=r"while train\(\) runs"):
        model.train(after_epoch=change)
    change(model)  # train() has returned
    assert not model._state.in_training


# Skipped tokens --------------------------------------------------------------------


def test_skipped_tokens_are_reported(caplog):
    caplog.set_level(logging.INFO, "w2vfast")
    model = make(epochs=1)
    model.train(OLD)
    assert "skips" not in caplog.text
    model.train([*OLD, ["m", "n"]])  # the same first words: ids are shared
    model.train([["n", "n", "m", "a", "b"]])
    messages = [(r.name, r.levelname, r.getMessage()) for r in caplog.records]
    messages = [m for m in messages if m[0] != "w2vfast.training"]  # reports of runs
    assert [m[:2] for m in messages] == [("w2vfast", "INFO"), ("w2vfast", "WARNING")]
    assert "skips 2 of 1,202 tokens (0.2 %)" in messages[0][2]
    assert "skips 3 of 5 tokens (60.0 %)" in messages[1][2]
    assert "vocabulary of 10 words" in messages[1][2]


def test_tokens_of_rare_words_are_reported_by_an_extension(caplog):
    caplog.set_level(logging.INFO, "w2vfast")
    make(min_count=2).extend([["a", "new", "rare"], ["new"]]).train()
    messages = [r.getMessage() for r in caplog.records if r.name == "w2vfast"]
    assert "1 new words occur 2 times" in messages[0]
    assert "skips 1 of 4 tokens (25.0 %)" in messages[1]
    assert len(messages) == 2


def test_tokens_that_an_encoded_corpus_lacks_are_reported(caplog):
    caplog.set_level(logging.INFO, "w2vfast")
    corpus = Corpus([["a", "b", "a"], ["m"]])
    shared = corpus.encode(Vocabulary(["a", "b"], [9, 9]))
    assert shared.ids is corpus.ids
    make(epochs=1, vocabulary=Vocabulary(["a", "b"], [1, 1])).train(shared)
    assert "skips 1 of 4 tokens (25.0 %)" in caplog.text


# initial_vectors -------------------------------------------------------------------


@pytest.mark.parametrize("source_kind", KINDS, ids="-".join)
def test_a_model_of_any_loss_starts_a_model_of_any_loss(kind, source_kind):
    loss, architecture = source_kind
    source = make(loss=loss, architecture=architecture).train()
    model = make(NEW, **kind, initial_vectors=source)
    common = list("abcvwx")
    assert np.array_equal(model.wv[common], source.wv[common])
    if TREE_ALONE not in (loss, kind["loss"]):
        given = outside_of(source, common)
        assert np.array_equal(outside_of(model, common), given)
    model.train()
    assert np.isfinite(model.loss_history).all()


def test_initial_vectors_lower_the_first_loss(kind):
    source = make(**kind, epochs=30, alpha=0.05).train()
    fixed = {**kind, "epochs": 1}
    cold, warm = make(**fixed).train(), make(**fixed, initial_vectors=source).train()
    assert warm.loss_history[0] < cold.loss_history[0]


def test_words_frozen_by_their_centre_vectors_alone_still_train_others(kind):
    """Outside vectors that stay 0 would give new words no gradient."""
    wv = make(**kind).train().wv
    model = make(NEW, **kind, initial_vectors=wv, frozen=True)
    new = list("fgst")
    before = model.wv
    model.train()
    assert np.array_equal(model.wv[list("abcvwx")], wv[list("abcvwx")])
    assert (model.wv[new] != before[new]).any(axis=1).all()
    assert outside_of(model, "abcvwx").any() or kind["loss"] == TREE_ALONE


def test_errors_of_initial_vectors_reach_the_user():
    wv = make().wv
    with pytest.raises(ValueError, match=r"10 dimensions.*vector_size=7"):
        make(initial_vectors=wv, vector_size=7)
    with pytest.raises(ValueError, match="none of the 2 words"):
        make([["m", "n"]], initial_vectors=wv)
    with pytest.raises(TypeError, match="expected words"):
        make(frozen="a")
