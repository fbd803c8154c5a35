"""Find out whether a run had hardly anything to learn from or failed, and say why."""

from __future__ import annotations

import math

import numpy as np

from w2vfast.corpus import Corpus
from w2vfast.sampling.subsampling import FULL_SHARE
from w2vfast.training.parameters import DEFAULT_ALPHA, Parameters
from w2vfast.training.report import expected_share
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.training.untrained_loss import worse_than_untrained
from w2vfast.wording import counted

#: Least number of trained pairs per word times alpha (CBOW: of centres). Below it
#: the neighbours of a word are hardly better than chance (docs/how-to/control.md).
MIN_STEPS = {"skipgram": 2.5, "cbow": 1.0}
#: A smaller expected share of tokens that subsampling keeps causes a warning.
MIN_KEPT_SHARE = 0.1
#: A larger share of sentences of a single word causes a warning.
MAX_SINGLE_SHARE = 0.5
#: More epochs are no advice: the text is too small, or alpha too low.
MAX_EPOCHS = 10_000
_BLOCK = 1 << 20  # offsets compared at a time


class TrainingWarning(UserWarning):
    """A run had hardly anything to learn from, or its learning rate was too large."""


def diagnose(model: ModelState, corpus: Corpus) -> str | None:
    """
    Return why the last run gave no useful vectors; None if nothing is known.

    Parameters
    ----------
    model : ModelState
    corpus : Corpus
        The corpus of the run.

    Notes
    -----
    Later runs of a model, and models that started from given vectors, return None: a
    model may be trained further on little or on other text. Runs that are not complete
    return None unless the loss is above that of untrained vectors.
    """
    if worse := worse_than_untrained(model, corpus):
        return worse
    run = model.run
    if run is None or not run.done or run.first_epoch > 0 or model.warm_start:
        return None
    pairs = run.trained / len(model.vocabulary)
    few = pairs < _needed_pairs(run.parameters)
    share = expected_share(model, run.parameters.sample)
    single = single_words(corpus)
    if share < (0.5 if few else MIN_KEPT_SHARE):
        return _dropped(model, run, share)
    if single > MAX_SINGLE_SHARE * len(corpus):
        return (
            "sentences of one word have no context to learn from, here "
            f"{single:,} of {counted(len(corpus), 'sentence')}: expected sentences of "
            "several words; if the file has one word a line, join the lines of each "
            "sentence"
        )
    return _few(run, pairs) if few else None


def no_pairs(model: ModelState, corpus: Corpus) -> str:
    """Return why no epoch of a run had a pair of words, as the text of an error."""
    run = model.run
    assert run is not None
    what = "no word has another word in its window: "
    share = expected_share(model, run.parameters.sample)
    single = single_words(corpus)
    if single == len(corpus):
        return (
            f"{what}the sentences are single words ({single:,} of {single:,}). Pass "
            "sentences of several words"
        )
    if share < 1:
        return what + _dropped(model, run, share)
    return (
        f"{what}min_count={run.parameters.min_count} leaves a single word, or none, in "
        "every sentence. Pass a smaller min_count or more text"
    )


def single_words(corpus: Corpus) -> int:
    """Return how many sentences have a single token."""
    offsets = corpus.offsets
    return sum(
        int(np.count_nonzero(np.diff(offsets[start : start + _BLOCK + 1]) == 1))
        for start in range(0, len(offsets) - 1, _BLOCK)
    )


def _dropped(model: ModelState, run: TrainingState, share: float) -> str:
    counts, p = model.vocabulary.counts, run.parameters
    tokens = int(counts.sum())
    needed = FULL_SHARE * int(counts.max()) / tokens
    return (
        f"subsampling with sample={p.sample:g} keeps about {share * tokens:,.0f} of "
        f"{counted(tokens, 'token')} ({100 * share:.1f} %), and "
        f"{counted(run.trained, 'pair')} in {counted(p.epochs, 'epoch')} remained for "
        f"{counted(len(counts), 'word')}: sample={_up(needed):g} or more keeps all "
        "tokens, and so does sample=0"
    )


def _few(run: TrainingState, pairs: float) -> str:
    p = run.parameters
    needed = _needed_pairs(p)
    default = DEFAULT_ALPHA[p.loss][p.architecture]
    fix = f", alpha={default:g}" if p.initial_alpha < default else ""
    more = p.epochs * needed / pairs
    fix += f", or epochs={math.ceil(more)}" if more <= MAX_EPOCHS else ""
    return (
        f"the number of pairs of the run ({counted(p.epochs, 'epoch')}) was "
        f"{_short(run.trained)}, or {_short(pairs, 1)} for each word, so the vectors "
        "are hardly better than their random initial values: expected about "
        f"{_short(needed)} for each word or more; pass more text{fix}"
    )


def _needed_pairs(p: Parameters) -> float:
    return MIN_STEPS[p.architecture] / p.initial_alpha


def _short(number: float, decimals: int = 0) -> str:
    """Return a number in at most ten characters."""
    return f"{number:.1e}" if number >= 1e7 else f"{number:,.{decimals}f}"


def _up(value: float) -> float:
    """Round up to two significant digits."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / unit) * unit
