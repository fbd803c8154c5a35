"""What a trained model says about given words: likelihoods and probable words."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast import kernels as builds
from w2vfast.compat.gensim.key_table import Key
from w2vfast.compat.gensim.model import ModelBase
from w2vfast.evaluation.held_out import evaluation_parameters
from w2vfast.training.prepare import kernel_arguments

logger: logging.Logger = logging.getLogger(__name__)


def score(
    model: ModelBase, sentences: Iterable[Any], total_sentences: int
) -> npt.NDArray[np.float32]:
    """
    Return the log likelihood of sentences under hierarchical softmax.

    It is the sum of log P(o | c) over all pairs within the window (CBOW: of log P of
    each word given its context). Windows have their full size.

    Raises
    ------
    RuntimeError
        If the model has no vocabulary, or negative sampling.
    """
    if not model.wv.key_to_index or model.state is None:
        raise RuntimeError(
            "the model has no vocabulary: call build_vocab() and train() before score()"
        )
    if not model.hs or model.negative:
        raise RuntimeError(
            "scoring is only implemented for hierarchical softmax (hs=1, negative=0); "
            "w2vfast.Word2Vec.evaluate_loss gives the exact loss of every model"
        )
    model.sync()
    state = model.state
    kernels = builds.load()
    ids = np.zeros(1, np.int32)
    empty = kernel_arguments(
        evaluation_parameters(model.parameters(), 0.0),
        ids,
        np.array([0, 1]),
        state.vocabulary.counts,
        state.centre,
        state.outside,
    )
    index = model.wv.key_to_index
    scores = []
    for sentence in islice(sentences, total_sentences):
        ids = np.array([index[w] for w in sentence if w in index], np.int32)
        loss = 0.0
        if len(ids) > 1:
            arguments = replace(empty, ids=ids, offsets=np.array([0, len(ids)]))
            loss, *_ = kernels.evaluate(arguments, 0, arguments.n_blocks, np.zeros(0))
        scores.append(-loss)
    return np.array(scores, np.float32)


def predict_output_word(
    model: ModelBase, context: Iterable[Key], topn: int
) -> list[tuple[Key, float]] | None:
    """
    Return the most probable centre words of a context, under negative sampling.

    Parameters
    ----------
    model : ModelBase
    context : iterable of words or row numbers
    topn : int

    Returns
    -------
    list of (word, probability), or None
        None if no word of the context is known.

    Raises
    ------
    RuntimeError
        If the model has no outside vectors of words.
    """
    if not model.negative:
        raise RuntimeError(
            "We have currently only implemented predict_output_word for the negative "
            "sampling scheme, so you need to have run word2vec with negative > 0 for "
            "this to work."
        )
    if model.state is None:
        raise RuntimeError(
            "Parameters required for predicting the output words not found."
        )
    model.sync()
    wv = model.wv
    rows = [row for word in context if (row := _row(model, word)) is not None]
    if not rows:
        logger.warning(
            "All the input context words are out-of-vocabulary for the current model."
        )
        return None
    hidden = wv.vectors[rows].astype(np.float64).sum(axis=0)
    if model.cbow_mean:
        hidden /= len(rows)
    products = model.syn1neg @ hidden.astype(np.float32)
    weights = np.exp(products.astype(np.float64) - products.max())
    probabilities = weights / weights.sum()
    best = np.argsort(-probabilities, kind="stable")[:topn].tolist()
    return [(wv.index_to_key[row], float(probabilities[row])) for row in best]


def _row(model: ModelBase, word: Key) -> int | None:
    """Return the row of a word, or of a row number; None if there is none."""
    if word in model.wv.key_to_index:
        return model.wv.key_to_index[word]
    is_number = isinstance(word, int | np.integer)
    return int(word) if is_number and 0 <= word < len(model.wv) else None
