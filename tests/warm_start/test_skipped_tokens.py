"""Tokens that training and extensions skip are reported."""

import logging

import pytest

from w2vfast import Corpus, OtherCorpusError, Vocabulary, Word2Vec
from w2vfast.training import fingerprint


def test_skipped_tokens_are_reported(caplog, make, old_text):
    caplog.set_level(logging.INFO, "w2vfast")
    model = make(epochs=1)
    model.train(old_text)
    assert "skips" not in caplog.text
    model.train([*old_text, ["m", "n"]])  # the same first words: ids are shared
    model.train([["n", "n", "m", "a", "b"]])
    messages = [(r.name, r.levelname, r.getMessage()) for r in caplog.records]
    messages = [m for m in messages if m[0] != "w2vfast.training"]  # reports of runs
    assert [m[:2] for m in messages] == [("w2vfast", "INFO"), ("w2vfast", "WARNING")]
    assert "skips 2 of 1,202 tokens (0.2 %)" in messages[0][2]
    assert "skips 3 of 5 tokens (60.0 %)" in messages[1][2]
    assert "vocabulary of 10 words" in messages[1][2]


def test_a_resumed_run_reports_no_tokens_that_its_beginning_left_out(caplog, tmp_path):
    """Words below min_count have no vector, and `extend` is no advice for the run."""
    caplog.set_level(logging.INFO, "w2vfast")
    text, path = [["a", "b", "c"], ["a", "b", "d"]] * 3, tmp_path / "run.ckpt"
    text += [[f"rare{i}"] for i in range(30)]
    model = Word2Vec(text, vector_size=4, min_count=2, sample=0, epochs=2)
    model.train(checkpoint=path, after_epoch=lambda model: True)
    for _ in range(2):  # unfinished, then finished
        Word2Vec.resume(path, text)
    Word2Vec.load(path).train(text, epochs=1)
    assert "skips" not in caplog.text
    Word2Vec.load(path).train(text[:-1], epochs=1)
    assert "skips 29 of 47 tokens" in caplog.text


def test_another_corpus_of_as_many_known_tokens_is_reported(caplog, tmp_path):
    caplog.set_level(logging.INFO, "w2vfast")
    path, text = tmp_path / "run.ckpt", [["a", "b", "a"], ["rare"]] * 3
    model = Word2Vec(text, vector_size=4, min_count=2, sample=0, epochs=2)
    model.train([["a", "b", "a"]] * 3, checkpoint=path)
    assert "skips" not in caplog.text
    model.train([["b", "b", "a"], ["other"]] * 3)
    assert "skips 3 of 12 tokens" in caplog.text


def test_an_interrupted_run_reports_a_corpus_only_if_another_run_begins(caplog):
    caplog.set_level(logging.INFO, "w2vfast")
    model = Word2Vec([["a", "b", "a"]] * 3, vector_size=4, min_count=2, sample=0)
    model.train(after_epoch=lambda model: True)
    other = [["b", "b", "a", "rare"]] * 5
    with pytest.raises(OtherCorpusError):
        model.train(other)
    assert "skips" not in caplog.text
    model.train(other, epochs=1)
    assert "skips 5 of 20 tokens" in caplog.text


def test_no_checksum_is_computed_in_vain(monkeypatch, tmp_path):
    """It takes a second for each gigabyte."""
    calls = []
    monkeypatch.setattr(fingerprint, "_checksum", lambda a: calls.append(a) or 0)
    text = [["a", "b", "a"]] * 9
    model = Word2Vec(text, vector_size=4, min_count=2, sample=0, epochs=1)
    model.train(text, checkpoint=tmp_path / "run.ckpt")
    assert calls
    calls.clear()
    model.train(text)  # no token is skipped
    for _ in range(2):  # the last run has no checksum to compare
        model.train([*text, ["rare"]])
    assert calls == []


def test_tokens_of_rare_words_are_reported_by_an_extension(caplog, make):
    caplog.set_level(logging.INFO, "w2vfast")
    make(min_count=2).extend([["a", "new", "rare"], ["new"]]).train()
    messages = [r.getMessage() for r in caplog.records if r.name == "w2vfast"]
    assert "1 new word, found 2 times" in messages[0]
    assert "skips 1 of 4 tokens (25.0 %)" in messages[1]
    assert len(messages) == 2


def test_tokens_that_an_encoded_corpus_lacks_are_reported(caplog, make):
    caplog.set_level(logging.INFO, "w2vfast")
    corpus = Corpus([["a", "b", "a"], ["m"]])
    shared = corpus.encode(Vocabulary(["a", "b"], [9, 9]))
    assert shared.ids is corpus.ids
    make(epochs=1, vocabulary=Vocabulary(["a", "b"], [1, 1])).train(shared)
    assert "skips 1 of 4 tokens (25.0 %)" in caplog.text
