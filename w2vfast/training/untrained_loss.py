"""The loss of vectors that were never trained, which training has to reduce."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.parameters import DEFAULT_ALPHA, Parameters
from w2vfast.training.state import ModelState

#: The loss of untrained vectors is an expectation: allow for chance.
_MARGIN = 1.02


def untrained_loss(model: ModelState, p: Parameters, corpus: Corpus) -> float:
    """
    Return the expected mean loss of untrained vectors, whose scores are all 0.

    A logistic term is then ln 2. Negative sampling has 1 + negative of them, and
    hierarchical softmax one for each node of the word's path. The softmax is uniform.
    """
    counts = model.vocabulary.counts
    if p.loss == "softmax":
        return math.log(len(counts))
    terms = 1.0 + (p.negative or 0) if p.uses_negatives else 0.0
    if p.uses_tree:
        lengths = np.diff(huffman_tree(counts).offsets)
        terms += float(np.average(lengths, weights=_kept(model, p, corpus)))
    return terms * math.log(2)


def worse_than_untrained(model: ModelState, corpus: Corpus) -> str | None:
    """
    Return a warning if the last epoch's loss is above that of untrained vectors.

    Later runs of a model, and models that started from given vectors, return None:
    their loss may start anywhere.
    """
    run = model.run
    if run is None or not run.epoch or run.first_epoch > 0 or model.warm_start:
        return None
    p, loss = run.parameters, model.loss_history[-1]
    if not loss > _least_untrained_loss(model, p, corpus):  # also nan
        return None
    untrained = untrained_loss(model, p, corpus)
    if loss <= _MARGIN * untrained:
        return None
    default = DEFAULT_ALPHA[p.loss][p.architecture]
    smaller = default if default < p.initial_alpha else p.initial_alpha / 4
    return (
        f"the loss of the last epoch is {loss:.4g}, above that of untrained vectors, "
        f"{untrained:.4g}: alpha={p.initial_alpha:g} is too large; train again with a "
        f"lower alpha, such as alpha={smaller:.2g}"
    )


def _least_untrained_loss(model: ModelState, p: Parameters, corpus: Corpus) -> float:
    """
    Return a lower bound of `untrained_loss`: a tree takes seconds for a million words.

    The mean path of any tree is at least as long as the entropy of its words in bits.
    """
    if not p.uses_tree:
        return untrained_loss(model, p, corpus)
    kept = _kept(model, p, corpus)
    share = kept[kept > 0] / kept.sum()
    negatives = 1 + (p.negative or 0) if p.uses_negatives else 0
    return -float(share @ np.log(share)) + negatives * math.log(2)


def _kept(model: ModelState, p: Parameters, corpus: Corpus) -> NDArray[np.float64]:
    """Return how many tokens of each word subsampling is expected to keep."""
    counts = model.vocabulary.counts
    kept: NDArray[np.float64] = keep_probability(counts, p.sample)
    return kept * corpus.token_counts()[: len(counts)]
