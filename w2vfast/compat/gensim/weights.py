"""The matrices of a model: new ones, and those of a vocabulary that grows."""

from __future__ import annotations

from w2vfast.corpus import Vocabulary
from w2vfast.training.growth import copy_rows
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState

#: The loss of ``hs=1`` with ``negative > 0``. Its outside rows are those of the words,
#: then those of the tree's nodes.
COMBINED = "negative_sampling+hierarchical_softmax"


def loss_name(hs: int, negative: int) -> str:
    """
    Return the loss that gensim's parameters select.

    Raises
    ------
    ValueError
        If both are 0.
    """
    if hs and negative:
        return COMBINED
    if not (hs or negative):
        raise ValueError(
            "hs=0 and negative=0 leave no loss to train: pass hs=1 for hierarchical "
            "softmax, or negative=5 for negative sampling"
        )
    return "hierarchical_softmax" if hs else "negative_sampling"


def new_state(parameters: Parameters, vocabulary: Vocabulary) -> ModelState:
    """Make an untrained model; its vectors are uniform in ±1 / vector_size."""
    state = ModelState.initial(parameters, vocabulary)
    state.centre_vectors[:] *= 2  # gensim 4's range is twice that of word2vec.c
    return state


def grown_state(
    old: ModelState, parameters: Parameters, vocabulary: Vocabulary
) -> ModelState:
    """
    Return a model with more words that keeps what the old one learned.

    Parameters
    ----------
    old : ModelState
    parameters : Parameters
        With the same loss.
    vocabulary : Vocabulary
        The old words first, in the same order.

    Notes
    -----
    Old words keep their centre and outside vectors. New words get initial ones. The
    vectors of tree nodes are copied as `training.growth` describes.
    """
    state = new_state(parameters, vocabulary)
    copy_rows(old, state)
    state.loss_history, state.run = old.loss_history, old.run
    return state
