"""Extended vocabularies, for all losses."""

import numpy as np
import pytest

from w2vfast import Corpus, Vocabulary, Word2Vec
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.growth import same_nodes

TREE_ALONE = "hierarchical_softmax"


def test_extend_keeps_rows_and_adds_words(kind, make, copies, new_text):
    model = make(**kind).train()
    old_words, counts = model.vocabulary.index_to_key, model.vocabulary.counts
    centre, outside = copies(model)
    assert model.extend(new_text) is model
    words = model.vocabulary.index_to_key
    assert words[:10] == old_words
    assert set(words[10:]) == set("fgst")
    new = Corpus(new_text)
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


def test_extended_models_learn_new_words(kind, make, new_text):
    model = make(**kind, epochs=20, alpha=0.05).train()
    model.extend(new_text).train(new_text)
    assert len(model.loss_history) == 40
    for word, group in (("f", "abcdeg"), ("s", "vwxyzt")):
        near = [key for key, _ in model.wv.most_similar(word, topn=4)]
        assert set(near) <= set(group), (word, near)


def test_all_rows_train_after_an_extension(kind, make, copies, old_text, new_text):
    model = make(**kind).train().extend(new_text)
    centre, outside = copies(model)
    model.train([*old_text, *new_text])
    assert (model.wv.vectors != centre).any(axis=1).all()
    n = len(outside) - (kind["loss"] == TREE_ALONE)  # the last row is unused
    assert (model.outside_vectors[:n] != outside[:n]).any(axis=1).all()


def test_the_new_corpus_is_read_once(kind, make, assert_same, new_text):
    """Given as a generator it could not be read again; train() needs no corpus."""
    one = make(**kind).train().extend(iter(new_text)).train()
    two = make(**kind).train().extend(new_text).train(new_text)
    three = make(**kind).train().extend(Corpus(new_text)).train(Corpus(new_text))
    assert_same(one, two)
    assert_same(one, three)


def test_the_old_corpus_gets_the_new_ids(make, old_text):
    """Id 10 of the old corpus is 'rare', id 10 of the extended model is a new word."""
    old = Corpus([*old_text, ["rare"]])
    model = make(old, min_count=2).train()
    model.extend([["new"] * 3, ["a", "new"]])
    assert model.vocabulary.index_to_key[10] == "new"
    before = model.wv["new"].copy()
    model.train(old)
    assert np.array_equal(model.wv["new"], before)


def test_extend_after_load(kind, tmp_path, make, assert_same, new_text):
    model = make(**kind).train()
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    for one in (model, loaded):
        one.extend(new_text).train()
    assert_same(model, loaded)


def test_save_and_load_after_an_extension(kind, tmp_path, make, assert_same, new_text):
    model = make(**kind).train().extend(new_text, old_alpha=0.5, frozen=["a"])
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    assert loaded.frozen.tolist() == model.frozen.tolist()
    for one in (model, loaded):
        one.train(new_text)
    assert_same(model, loaded)
    assert loaded.evaluate_loss(new_text).loss == model.evaluate_loss(new_text).loss


def test_several_extensions(kind, make):
    model = make(**kind).train()
    for number in range(3):
        model.extend([["a", f"new{number}", "b"]] * 20).train()
    words = model.vocabulary.index_to_key
    assert words[10:] == ["new0", "new1", "new2"]
    assert len(model.loss_history) == 12
    assert np.isfinite(model.wv.vectors).all()


def test_min_count_applies_to_new_words(make):
    text = [["a", "common", "rare"], ["common", "a"]]
    assert len(make(min_count=2).extend(text).vocabulary) == 11
    assert len(make(min_count=2).extend(text, min_count=1).vocabulary) == 12
    assert make(min_count=2).extend(text, min_count=1).parameters.min_count == 2
    with pytest.raises(ValueError, match="min_count=0: expected"):
        make().extend(text, min_count=0)


def test_an_extension_of_an_untrained_model(kind, make, new_text):
    model = make(**kind).extend(new_text).train()
    assert len(model.loss_history) == 3
    assert len(model.wv) == 14


def test_an_extension_by_an_encoded_corpus_counts_its_tokens(make):
    corpus = Corpus([["a", "b", "new", "new"]])
    encoded = corpus.encode(Vocabulary(["new", "a"], [50, 60]))
    model = make().extend(encoded)
    before = make().vocabulary
    assert model.vocabulary.counts[10] == 2
    assert model.vocabulary.counts[:10].sum() == before.counts.sum() + 1


def test_an_extension_ends_an_interrupted_run(kind, caplog, make, new_text):
    model = make(**kind, epochs=5)
    model.train(after_epoch=lambda model: len(model.loss_history) == 2)
    model.extend(new_text)
    assert "interrupted run ends at epoch 3 of 5" in caplog.text
    model.train()
    assert len(model.loss_history) == 2 + 5
    assert model._state.run.first_epoch == 5
    assert model._state.run.done


@pytest.mark.parametrize("action", ["extend", "freeze"])
def test_the_model_cannot_be_extended_while_it_trains(action, make, new_text):
    model = make()

    def change(model):
        if action == "extend":
            model.extend(new_text)
        else:
            model.frozen = True

    with pytest.raises(RuntimeError, match=r"while train\(\) runs"):
        model.train(after_epoch=change)
    change(model)  # train() has returned
    assert not model._state.in_training
