"""Extensions that crash gensim, or after which it trains nothing."""

import numpy as np
import pytest

from w2vfast import Vocabulary, Word2Vec


@pytest.mark.parametrize("empty", [[], [[]], [[], []], iter([])])
def test_an_empty_corpus_is_an_error_and_changes_nothing(kind, empty, make):
    model = make(**kind).train()
    state, corpus = model._state, model.corpus
    with pytest.raises(ValueError, match="the corpus is empty"):
        model.extend(empty)
    assert model._state is state
    assert model.corpus is corpus
    model.train(epochs=1)


def test_an_extension_without_new_words_trains_the_old_ones(
    kind, caplog, make, old_text
):
    model = make(**kind).train()
    counts, centre = model.vocabulary.counts, model.wv.vectors
    model.extend(old_text).train()
    assert (model.vocabulary.counts == 2 * counts).all()
    assert "has no new word" in caplog.text
    assert (model.wv.vectors != centre).any(axis=1).all()


def test_a_corpus_of_rare_unknown_words_is_an_error(kind, make):
    model = make(**kind, min_count=3).train()
    state = model._state
    with pytest.raises(ValueError, match=r"has 2 words: none .*min_count=3 "):
        model.extend([["m", "n"], ["n", "m"]])
    assert model._state is state
    with pytest.raises(ValueError, match="no token of the corpus is in the vocabulary"):
        model.train([["m", "n"]])


def test_words_of_count_zero(kind, make):
    words = Vocabulary(["a", "b", "never", "v", "w"], [3, 0, 0, 0, 0])
    model = make(**kind, vocabulary=words).train()
    before = model.wv["never"].copy()
    model.extend([["c", "a", "never"]] * 9).train()
    assert model.vocabulary.counts.tolist() == [12, 0, 9, 0, 0, 9]
    assert not np.array_equal(model.wv["never"], before)
    assert np.isfinite(model.wv.vectors).all()


def test_growth_from_two_words_to_many_after_load(kind, tmp_path, make):
    """The tree of two words has one node; the matrices grow by a factor of 500."""
    make([["a", "b"]] * 9, **kind).train().save(tmp_path / "m.w2v")
    model = Word2Vec.load(tmp_path / "m.w2v", workers=2)
    text = [[f"w{(i * j) % 997}" for j in range(1, 20)] for i in range(300)]
    model.extend(text).train().train(epochs=1)
    assert len(model.wv) > 500
    trained = model.wv.vectors[2:] != make(text, **kind).wv.vectors[: len(model.wv) - 2]
    assert trained.any(axis=1).all()


@pytest.mark.parametrize("build", ["base", "avx2", "avx512", "reference"])
def test_builds_agree_after_an_extension(build, kind, make, old_text, new_text):
    from w2vfast import kernels

    if build not in kernels.usable():
        pytest.skip(f"{build}: not built, or this CPU cannot run it")
    one, two = (
        make(old_text[:40], kernels=k, **kind)
        .train()
        .extend(new_text[:40], old_alpha=0.5)
        .train()
        for k in (build, "base")
    )
    np.testing.assert_allclose(one.wv.vectors, two.wv.vectors, rtol=1e-4, atol=1e-5)
