"""Held-out loss: windows, the noise divided out, errors."""

import math

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.training.parameters import Parameters
from w2vfast.tuning import HeldOutObjective
from w2vfast.tuning.held_out import calibrated_loss, log_factors
from w2vfast.tuning.known_tokens import known_tokens
from w2vfast.tuning.windows import Windows

IDS = np.array([0, 1, 2, 3, 0, 1, 2], np.int32)
OFFSETS = np.array([0, 4, 5, 7])


def windows(*arguments):
    return Windows(IDS, OFFSETS, *arguments).draw(100)


def test_windows_stay_in_their_sentence():
    found = windows(1)
    assert found.centres.tolist() == [0, 1, 2, 3, 1, 2]  # the fifth token is alone
    assert found.lengths.tolist() == [1, 2, 2, 1, 1, 1]
    assert found.outside.tolist() == [1, 0, 2, 1, 3, 2, 2, 1]


def test_windows_are_drawn_and_split():
    whole = Windows(IDS, OFFSETS, 2)
    first, second = (half.draw(100) for half in whole.split())
    assert first.centres.tolist() == [0, 1, 2] and second.centres.tolist() == [3, 1, 2]
    drawn = [Windows(IDS, OFFSETS, 2).draw(3).centres.tolist() for _ in range(2)]
    assert len(drawn[0]) == 3 and drawn[0] == drawn[1]
    with pytest.raises(ValueError, match="no two known words in one sentence"):
        Windows(IDS[:2], np.array([0, 1, 2]), 2)


def test_unknown_tokens_are_dropped():
    corpus = Corpus.from_ids([5, 5, 5, 7, 5, 7, 9], [0, 4, 7])
    ids, offsets = known_tokens(corpus, 1)
    assert ids.tolist() == [0, 0, 0, 0] and offsets.tolist() == [0, 3, 4]


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_loss_is_the_softmax_with_noise_and_subsampling_divided_out(
    corpus, architecture
):
    model = Word2Vec(
        corpus, vector_size=8, min_count=1, workers=1, sample=0.02, ns_exponent=0.5,
        architecture=architecture,
    ).train()  # fmt: skip
    found = Windows(corpus.ids[:60], corpus.offsets[:11], 2).draw(1000)
    u, v = (m.astype(float) for m in (model.outside_vectors, model.wv.vectors))
    bias = log_factors(model.parameters, model.vocabulary.counts)
    losses, start = [], 0
    for c, n in zip(found.centres, found.lengths, strict=True):
        around = found.outside[start : start + n]
        start += n
        hidden = v[c] if architecture == "skipgram" else v[around].mean(axis=0)
        scores = u @ hidden + bias
        log_p = scores - math.log(np.exp(scores).sum())
        losses += [-log_p[o] for o in (around if architecture == "skipgram" else [c])]
    assert calibrated_loss(model, found) == pytest.approx(np.mean(losses), rel=1e-5)


def test_loss_hardly_depends_on_the_noise_distribution():
    """The frequencies of words alone decide, so every exponent has the same optimum."""
    random = np.random.default_rng(0)
    shares = np.array([8, 4, 2, 1, 1]) / 16
    text = [random.choice(list("abcde"), 10, p=shares).tolist() for _ in range(3000)]
    train, other = text[:2500], text[2500:]
    entropy = -(shares * np.log(shares)).sum()
    losses, uncorrected = [], []
    for exponent in (-0.5, 0.0, 1.0):
        model = Word2Vec(
            train, vector_size=4, min_count=1, workers=1, sample=0, epochs=5,
            alpha=0.05, ns_exponent=exponent,
        ).train()  # fmt: skip
        objective = HeldOutObjective(other, test=None)
        objective.prepare(model.corpus, model.parameters)
        losses.append(objective.score(model))
        uncorrected.append(model.evaluate_loss(other).loss)
    assert np.ptp(losses) < 0.03 and np.ptp(uncorrected) > 0.1
    np.testing.assert_allclose(losses, entropy, atol=0.06)


def test_objective_has_halves_a_test_text_or_none(corpus, sentences):
    model = Word2Vec(corpus, vector_size=8, min_count=1, workers=1).train()
    base = model.parameters
    half = HeldOutObjective(sentences[:40])
    assert half.prepare(corpus, base) is corpus
    assert half.score(model) != half.test_score(model)
    assert "window 5; the test is its second half" in half.summary()
    other = HeldOutObjective(sentences[:40], sentences[:40], window=2, centres=50)
    other.prepare(corpus, base)
    assert other.score(model) == other.test_score(model)
    assert "50 centres" in other.summary() and "window 2" in other.summary()
    none = HeldOutObjective(sentences[:40], None)
    none.prepare(corpus, base)
    assert none.test_score(model) is None and "no test" in none.summary()
    assert half.describe() != none.describe()


def test_infinite_vectors_are_an_error(corpus):
    model = Word2Vec(corpus, vector_size=8, min_count=1, workers=1).train()
    model.outside_vectors[:] = np.inf
    found = Windows(corpus.ids[:60], corpus.offsets[:11], 2).draw(10)
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match="infinite or NaN"),
    ):
        calibrated_loss(model, found)


def test_what_changes_the_measure_is_refused(corpus, sentences):
    objective = HeldOutObjective(sentences)
    assert {"min_count", "architecture", "loss"} <= set(objective.excluded)
    assert objective.unsearched == ("window",)
    with pytest.raises(ValueError, match="belong to the nodes of a tree"):
        objective.prepare(corpus, Parameters(loss="hierarchical_softmax"))
    with pytest.raises(ValueError, match="window=0: expected a whole number from 1"):
        HeldOutObjective(sentences, window=0)
