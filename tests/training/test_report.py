"""The log of a run: numbers that a person can check, and no output by default."""

import logging
import re
import subprocess
import sys

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec


@pytest.fixture
def corpus():
    """Return 3,000 tokens: word 0 has half of them; 100 words occur once."""
    rng = np.random.default_rng(0)
    ids = np.concatenate([np.zeros(1500), rng.integers(1, 20, 1400), range(20, 120)])
    return Corpus.from_ids(rng.permutation(ids.astype(int)), range(0, 3001, 10))


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, "w2vfast")
    return caplog


def messages(log):
    return [r.getMessage() for r in log.records if r.name == "w2vfast.training"]


def numbers(message):
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", message)
    return [float(number.replace(",", "")) for number in found]


def test_the_corpus_is_described(corpus, log):
    Word2Vec(corpus, min_count=2, sample=0.01, workers=2, vector_size=8).train()
    about, how = messages(log)[:2]
    tokens, sentences, known, share, words, min_count, sample, kept, kept_share = (
        numbers(about)
    )
    assert (tokens, sentences, known, words, min_count) == (3000, 300, 2900, 20, 2)
    assert share == 96.7
    assert sample == 0.01
    assert kept_share == pytest.approx(100 * kept / known, abs=0.1)
    assert "20 words of the vocabulary (min_count=2)" in about
    assert "skipgram with negative_sampling: 8 dimensions, window 5" in how
    assert "2 threads" in how
    assert how.endswith("batches of 1 centre")


@pytest.mark.parametrize("workers", [1, 2])
def test_epochs_and_totals_add_up(corpus, log, workers):
    model = Word2Vec(corpus, min_count=2, sample=0.01, workers=workers, epochs=3)
    model.train()
    expected = numbers(messages(log)[0])[7]
    epochs, total = messages(log)[2:-1], messages(log)[-1]
    assert len(epochs) == 3
    read, kept, pairs = np.array([numbers(m)[2:5] for m in epochs]).T
    assert read.tolist() == [3000] * 3
    assert kept == pytest.approx([expected] * 3, rel=0.1)
    # The weights of an epoch's pairs are logged as a whole number.
    assert pairs.sum() == pytest.approx(model._state.run.trained, abs=1.5)
    assert [numbers(m)[5] for m in epochs] == pytest.approx(
        model.loss_history, abs=1e-4
    )
    assert numbers(total)[:2] == [9000, kept.sum()]
    assert numbers(total)[2] == round(model._state.run.trained)
    assert total.endswith("; complete")


def test_a_stop_is_logged(corpus, log):
    model = Word2Vec(corpus, min_count=2, sample=0, epochs=3)
    model.train(after_epoch=lambda model: True)
    assert messages(log)[-1].endswith("; stopped: after_epoch returned True")
    log.clear()
    model.train()
    assert "epoch 2 to 3" in messages(log)[1]


def test_words_outside_the_vocabulary_are_counted(corpus, log):
    """The corpus has another vocabulary than the model."""
    model = Word2Vec([["1", "2", "3"]] * 50, sample=0, vector_size=8).train()
    log.clear()
    model.train(corpus)
    counts = np.bincount(corpus.ids)
    known = sum(counts[corpus.words().index(word)] for word in ("1", "2", "3"))
    assert f"{known:,} tokens" in messages(log)[0]


def test_nothing_is_printed_by_default():
    code = (
        "from w2vfast import Word2Vec; "
        "Word2Vec([['a', 'b', 'c']] * 200, min_count=1).train()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_share_of_known_tokens_counts_all_tokens_of_another_corpus(log):
    model = Word2Vec([["a", "b", "c"]] * 20, min_count=1, workers=1, vector_size=8)
    model.train([["b", "x", "c", "y"]] * 20)
    assert "80 tokens in 20 sentences, and 40 tokens (50.0 %) of" in messages(log)[0]
    log.clear()
    model.extend([["b", "x", "c", "y"]] * 20 + [["z"]], min_count=5).train()
    assert "81 tokens in 20 sentences, and 80 tokens (98.8 %) of" in messages(log)[0]
