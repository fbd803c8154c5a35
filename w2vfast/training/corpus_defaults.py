"""Defaults that depend on the corpus: sampling, learning rate, order of sentences.

The measurements behind the rules are in docs/explanation/algorithm.md.
"""

from __future__ import annotations

import math
from dataclasses import replace

from w2vfast.training.parameters import DEFAULT_ALPHA, DEFAULT_SAMPLE, Parameters

#: Largest default subsampling threshold: that of small corpora.
SMALL_CORPUS_SAMPLE = 1e-3
#: A word with at most this many tokens is not subsampled by default.
UNSAMPLED_TOKENS = 1000
#: Skip-gram: runs of at least this many tokens, over all epochs, have the usual rate.
LONG_RUN = 80e6
#: Skip-gram: the largest default rate, that of the shortest runs.
SHORT_RUN_ALPHA = 0.05
#: CBOW: vocabularies of at least this many words have the usual rate.
LARGE_VOCABULARY = 8192
#: CBOW: words with at most this many tokens on average, over all epochs, have it too.
FEW_VISITS = 500
#: CBOW: the smallest default rate.
OFTEN_VISITED_ALPHA = 0.02
#: Larger corpora keep the order of the text: they may be read from the disk.
SHUFFLED_TOKENS = 250_000_000


def default_sample(words: int, tokens: int) -> float:
    """
    Return the default subsampling threshold.

    The threshold of large corpora is 1e-4. Smaller corpora cannot spare so many tokens:
    their threshold is the share of a word with 1,000 tokens, up to 1e-3. In a small
    vocabulary no word is subsampled for a share below the average.

    Parameters
    ----------
    words : int
        Size of the vocabulary.
    tokens : int
        Occurrences of all its words.
    """
    threshold = min(SMALL_CORPUS_SAMPLE, UNSAMPLED_TOKENS / tokens)
    return max(DEFAULT_SAMPLE, threshold, 1 / words)


def default_alpha(parameters: Parameters, words: int, tokens: int) -> float:
    """
    Return the default initial learning rate.

    Negative sampling has two rules; other losses have one rate for all corpora.

    Skip-gram takes larger steps in short runs, from 0.025 to 0.05:
    0.025 * (80 million / (tokens * epochs)) ** (1/3).

    CBOW takes smaller steps where each of a few words is visited very often, such as
    the nodes of a small graph, whose single walks it would memorise. From 0.02 to
    0.075: 0.075 * max(words / 8192, 500 / visits per word).

    Parameters
    ----------
    parameters : Parameters
        Architecture, loss and epochs.
    words : int
        Size of the vocabulary.
    tokens : int
        Occurrences of all its words.
    """
    usual = DEFAULT_ALPHA[parameters.loss][parameters.architecture]
    if parameters.loss != "negative_sampling":
        return usual
    visits = tokens * parameters.epochs
    if parameters.cbow:
        share = max(words / LARGE_VOCABULARY, FEW_VISITS * words / visits)
        return max(OFTEN_VISITED_ALPHA, usual * min(1.0, share))
    return min(SHORT_RUN_ALPHA, usual * math.cbrt(max(1.0, LONG_RUN / visits)))


def fit_to_corpus(
    parameters: Parameters, words: int, tokens: int, *, sample: bool, alpha: bool
) -> Parameters:
    """
    Return parameters with the defaults for a corpus.

    The order of sentences is set unless it is given.

    Parameters
    ----------
    parameters : Parameters
    words : int
        Size of the vocabulary.
    tokens : int
        Occurrences of all its words.
    sample, alpha : bool
        Whether to set the subsampling threshold, and the initial learning rate.
    """
    if sample:
        parameters = replace(parameters, sample=default_sample(words, tokens))
    if alpha:
        rate = max(default_alpha(parameters, words, tokens), parameters.min_alpha)
        parameters = replace(parameters, alpha=rate)
    if parameters.shuffle is None:
        parameters = replace(parameters, shuffle=tokens <= SHUFFLED_TOKENS)
    return parameters
