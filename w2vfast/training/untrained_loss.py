"""The loss of vectors that were never trained, which training has to reduce."""

from __future__ import annotations

import math

import numpy as np

from w2vfast.sampling.huffman import huffman_tree
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.parameters import DEFAULT_ALPHA, Parameters
from w2vfast.training.state import ModelState

#: The loss of untrained vectors is an expectation: allow for chance.
_MARGIN = 1.02


def untrained_loss(model: ModelState, p: Parameters) -> float:
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
        kept = counts * keep_probability(counts, p.sample)
        terms += float(np.average(np.diff(huffman_tree(counts).offsets), weights=kept))
    return terms * math.log(2)


def worse_than_untrained(model: ModelState) -> str | None:
    """
    Return a warning if the last epoch's loss is above that of untrained vectors.

    Models that started from given vectors return None: their loss may start anywhere.
    """
    run = model.run
    if run is None or not run.epoch or model.warm_start:
        return None
    p, loss = run.parameters, model.loss_history[-1]
    if not loss > _least_untrained_loss(model, p):  # also nan
        return None
    untrained = untrained_loss(model, p)
    if loss <= _MARGIN * untrained:
        return None
    default = DEFAULT_ALPHA[p.loss][p.architecture]
    smaller = default if default < p.initial_alpha else p.initial_alpha / 4
    return (
        f"the loss of the last epoch is {loss:.4g}, above that of untrained vectors, "
        f"{untrained:.4g}: alpha={p.initial_alpha:g} is too large; train again with a "
        f"lower alpha, such as alpha={smaller:.2g}"
    )


def _least_untrained_loss(model: ModelState, p: Parameters) -> float:
    """
    Return a lower bound of `untrained_loss`: a tree takes seconds for a million words.

    The mean path is at least as long as the entropy of the words in bits. Subsampling
    drops frequent words, whose paths are short, so it makes the mean path longer.
    """
    if not p.uses_tree:
        return untrained_loss(model, p)
    share = model.vocabulary.counts / model.vocabulary.counts.sum()
    entropy = -float(share @ np.log(share))
    negatives = 1 + (p.negative or 0) if p.uses_negatives else 0
    return entropy + negatives * math.log(2)
