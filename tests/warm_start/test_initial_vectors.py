"""Models that start from given vectors, for all losses."""

from itertools import product

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

ARCHITECTURES = ["skipgram", "cbow"]
KINDS = list(product(LOSSES, ARCHITECTURES))
TREE_ALONE = "hierarchical_softmax"


@pytest.mark.parametrize("source_kind", KINDS, ids="-".join)
def test_a_model_of_any_loss_starts_a_model_of_any_loss(
    kind, source_kind, make, outside_of, new_text
):
    loss, architecture = source_kind
    source = make(loss=loss, architecture=architecture).train()
    model = make(new_text, **kind, initial_vectors=source)
    common = list("abcvwx")
    assert np.array_equal(model.wv[common], source.wv[common])
    if TREE_ALONE not in (loss, kind["loss"]):
        given = outside_of(source, common)
        assert np.array_equal(outside_of(model, common), given)
    model.train()
    assert np.isfinite(model.loss_history).all()


def test_initial_vectors_lower_the_first_loss(kind, make):
    source = make(**kind, epochs=30, alpha=0.05).train()
    fixed = {**kind, "epochs": 1}
    cold, warm = make(**fixed).train(), make(**fixed, initial_vectors=source).train()
    assert warm.loss_history[0] < cold.loss_history[0]


def test_words_frozen_by_their_centre_vectors_alone_still_train_others(
    kind, make, outside_of, new_text
):
    """Outside vectors that stay 0 would give new words no gradient."""
    wv = make(**kind).train().wv
    model = make(new_text, **kind, initial_vectors=wv, frozen=True)
    new = list("fgst")
    before = model.wv
    model.train()
    assert np.array_equal(model.wv[list("abcvwx")], wv[list("abcvwx")])
    assert (model.wv[new] != before[new]).any(axis=1).all()
    assert outside_of(model, "abcvwx").any() or kind["loss"] == TREE_ALONE


def test_errors_of_initial_vectors_reach_the_user(make):
    wv = make().wv
    with pytest.raises(ValueError, match=r"10 dimensions.*vector_size=7"):
        make(initial_vectors=wv, vector_size=7)
    with pytest.raises(ValueError, match=r"of 2 words of the corpus.* none"):
        make([["m", "n"]], initial_vectors=wv)
    with pytest.raises(TypeError, match="expected words"):
        make(frozen="a")
