"""Frozen and slow words, for all losses."""

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.kernels.arguments import LOSSES

TREE_ALONE = "hierarchical_softmax"


@pytest.mark.parametrize("workers", [1, 2])
def test_old_alpha_zero_freezes_old_words(kind, workers, make, outside_of, new_text):
    model = make(**kind, workers=workers).train()
    old = model.vocabulary.index_to_key
    centre, outside = model.wv.vectors, outside_of(model, old)
    model.extend(new_text, old_alpha=0)
    new = model.wv.vectors[10:]
    model.train(new_text)
    assert np.array_equal(model.wv.vectors[:10], centre)
    assert np.array_equal(outside_of(model, old), outside)
    assert (model.wv.vectors[10:] != new).any(axis=1).all()
    assert model.frozen.tolist() == [True] * 10 + [False] * 4


def test_old_alpha_slows_old_words(make, new_text):
    """The rate is so small that steps depend on it alone."""
    moved = {}
    for old_alpha in (1.0, 0.25):
        model = make().train().extend(new_text, old_alpha=old_alpha)
        before = model.wv.vectors.astype(float)
        model.train(alpha=1e-5, min_alpha=1e-5, epochs=1)
        moved[old_alpha] = np.linalg.norm(model.wv.vectors - before, axis=1)
    ratio = moved[0.25] / np.maximum(moved[1.0], 1e-12)
    used = [
        i for i, word in enumerate(model.vocabulary.index_to_key) if word in "abcvwx"
    ]
    assert ratio[used] == pytest.approx(0.25, rel=0.1)
    assert ratio[10:] == pytest.approx(1, rel=0.05)


def test_frozen_words_of_a_model(kind, make, outside_of, new_text):
    source = make(**kind).train()
    model = make(new_text, **kind, initial_vectors=source, frozen=True)
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


def test_frozen_words_stay_frozen_until_they_are_set_free(kind, make, new_text):
    model = make(**kind, frozen=["a"]).train(epochs=1)
    row = model.wv["a"].copy()
    model.extend(new_text).train(epochs=1)
    assert np.array_equal(model.wv["a"], row)
    model.frozen = False
    assert not model.frozen.any()
    model.train(epochs=1)
    assert not np.array_equal(model.wv["a"], row)


def test_the_words_to_freeze_can_be_set(make):
    model = make().train()
    model.frozen = ["a", "b"]
    before = model.wv
    model.train()
    same = (model.wv.vectors == before.vectors).all(axis=1)
    assert np.array_equal(same, model.frozen)
    assert same.sum() == 2


@pytest.mark.parametrize("loss", LOSSES)
def test_training_a_model_of_frozen_words_alone_is_an_error(loss, make):
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


def test_an_interrupted_run_of_frozen_words_resumes_after_load(
    kind, tmp_path, make, assert_same, new_text
):
    whole, stopped = (
        make(**kind).train().extend(new_text, old_alpha=0) for _ in range(2)
    )
    whole.train()
    stopped.train(after_epoch=lambda model: True)
    stopped.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    loaded.train(new_text)
    assert_same(whole, loaded)
    assert np.array_equal(loaded._state.centre_scale, whole._state.centre_scale)


@pytest.mark.parametrize(
    ("values", "message"),
    [(np.ones(3, np.float32), "shape"), (np.ones(10), "float64"),
     (-np.ones(10, np.float32), "negative")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["centre_scale", "outside_scale"])
def test_damaged_factors_are_an_error(tmp_path, values, message, name, make):
    model = make()
    setattr(model._state, name, values)
    model.save(tmp_path / "m.w2v")
    with pytest.raises(ValueError, match=f"not a whole Word2Vec model.*{message}"):
        Word2Vec.load(tmp_path / "m.w2v")


def test_model_files_without_frozen_words_have_no_factors(tmp_path, make):
    load_file = pytest.importorskip("safetensors.numpy").load_file

    make().save(tmp_path / "m.w2v")
    names = {"centre", "outside", "keys", "key_offsets", "counts"}
    assert set(load_file(tmp_path / "m.w2v")) == names
    make(frozen=["a"]).save(tmp_path / "f.w2v")
    assert set(load_file(tmp_path / "f.w2v")) == names | {"centre_scale"}
    assert len(KeyedVectors.load(tmp_path / "f.w2v")) == 10
