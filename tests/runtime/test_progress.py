"""Bars of evaluation: shown on request, complete at the end, and nowhere else."""

import re

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec

QUESTIONS = ": royal\nw0 w1 w2 w3\nw4 w5 w6 w7\nw0 w2 w4 w6\n"


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    return KeyedVectors([f"w{i}" for i in range(100)], rng.normal(size=(100, 8)))


def last_share(text):
    """Return the percentage that the bar "evaluate" showed last."""
    return re.findall(r"evaluate: +(\d+)%", text)[-1]


def test_analogies_have_a_bar(wv, tmp_path, capsys):
    path = tmp_path / "questions.txt"
    path.write_text(QUESTIONS)
    shown = wv.evaluate_word_analogies(path, progress=True)
    assert last_share(capsys.readouterr().err) == "100"
    assert wv.evaluate_word_analogies(path, progress=False) == shown
    wv.evaluate_word_analogies(path)  # standard error is not a terminal here
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_held_out_loss_has_a_bar(capsys, loss, architecture):
    rng = np.random.default_rng(0)
    text = [[f"w{i}" for i in rng.integers(0, 20, 9)] for _ in range(50)]
    model = Word2Vec(
        text, vector_size=4, min_count=1, loss=loss, architecture=architecture,
        workers=2, progress=True,
    )  # fmt: skip
    capsys.readouterr()
    shown = model.evaluate_loss(text)
    assert last_share(capsys.readouterr().err) == "100"
    model._progress = False
    assert model.evaluate_loss(text) == shown
    assert capsys.readouterr().err == ""
