"""Callbacks that evaluate a model after each epoch."""

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.evaluation import (
    EpochScores,
    NextItemCallback,
    WordAnalogiesCallback,
    WordPairsCallback,
    call_each,
    evaluate_next_item,
)

SENTENCES = [["a", "b", "c"], ["d", "e", "c"], ["a", "e", "b"]] * 20


@pytest.fixture
def model():
    return Word2Vec(
        SENTENCES, vector_size=8, min_count=1, epochs=3, sample=0, workers=1
    )


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("a\tb\t3\na\td\t1\nb\te\t2\nA\tB\t2\n")
    return path


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(": s\na b d e\na c d e\n")
    return path


def test_history(model, pairs, questions, capfd):
    """Each result is that of the model at the end of an epoch; nothing is printed."""
    expected = []

    def evaluate(model):
        expected.append(
            (
                model.wv.evaluate_word_pairs(pairs, lowercase=True),
                model.wv.evaluate_word_analogies(questions, topn=2),
                evaluate_next_item(model, SENTENCES, 2, score="output"),
            )
        )

    callbacks = [
        WordPairsCallback(pairs, lowercase=True),
        WordAnalogiesCallback(questions, topn=2),
        NextItemCallback(iter(SENTENCES), 2, score="output"),
    ]
    model.train(after_epoch=call_each(evaluate, *callbacks))
    histories = [callback.history for callback in callbacks]
    assert list(zip(*histories, strict=True)) == expected
    assert len(expected) == 3
    assert len({scores.pearson for scores in histories[0]}) == 3
    assert histories[0][-1] == model.wv.evaluate_word_pairs(pairs, lowercase=True)
    assert capfd.readouterr() == ("", "")


def test_one_callback_alone(model, pairs):
    scores = WordPairsCallback(pairs)
    model.train(after_epoch=scores)
    assert [result.found for result in scores.history] == [3, 3, 3]


def test_training_continues_as_without_callbacks(model, pairs):
    scores = WordPairsCallback(pairs)
    vectors = model.train(after_epoch=scores).wv.vectors
    other = Word2Vec(
        SENTENCES, vector_size=8, min_count=1, epochs=3, sample=0, workers=1
    )
    assert np.array_equal(other.train().wv.vectors, vectors)


def test_stop(model, pairs):
    scores = WordPairsCallback(pairs, stop=lambda history: len(history) == 2)
    model.train(after_epoch=scores)
    assert len(scores.history) == len(model.loss_history) == 2


@pytest.mark.parametrize(
    ("answers", "stops"),
    [([], False), ([None, 1], False), ([True, None], True), ([0, np.True_], True)],
)
def test_call_each(answers, stops):
    calls = []

    def callback(answer):
        return lambda model: calls.append(model) or answer

    assert call_each(*map(callback, answers))("model") is stops
    assert calls == ["model"] * len(answers)


def test_any_function(model):
    scores = EpochScores(lambda model: len(model.loss_history))
    model.train(after_epoch=scores)
    assert scores.history == [1, 2, 3]


@pytest.mark.parametrize("make", [WordPairsCallback, WordAnalogiesCallback])
def test_bad_files_are_found_before_training(tmp_path, make):
    path = tmp_path / "bad"
    with pytest.raises(FileNotFoundError):
        make(path)
    path.write_text("a\tb\n")
    with pytest.raises(ValueError, match="bad, line 1: expected"):
        make(path)


def test_unknown_options_are_found_before_training(pairs, questions):
    for make, source in (
        (WordPairsCallback, pairs),
        (WordAnalogiesCallback, questions),
        (NextItemCallback, SENTENCES),
    ):
        with pytest.raises(TypeError, match="unknown option 'upper': expected one of"):
            make(source, upper=True)
