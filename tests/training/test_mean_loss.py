"""The mean loss of an epoch: the same for any number of workers; nan without pairs."""

import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.compat import gensim
from w2vfast.io.safetensors_file import read_safetensors
from w2vfast.kernels.arguments import LOSSES

pytestmark = pytest.mark.filterwarnings("ignore::w2vfast.TrainingWarning")


@pytest.fixture(scope="module")
def corpus():
    """Return 400,000 tokens in 25 blocks: nearby words share their tens."""
    rng = np.random.default_rng(4)
    group = np.repeat(rng.integers(0, 20, 40_000), 10)
    ids = 10 * group + rng.integers(0, 10, 400_000)
    return Corpus.from_ids(ids, range(0, 400_001, 10))


@pytest.mark.parametrize(
    ("loss", "architecture"), list(product(LOSSES, ["skipgram", "cbow"]))
)
def test_mean_loss_hardly_depends_on_the_number_of_workers(corpus, loss, architecture):
    """In gensim the loss of one epoch is a third with four workers."""
    histories, pairs = [], []
    for workers in (1, 2, 4):
        model = Word2Vec(
            corpus, loss=loss, architecture=architecture, workers=workers, epochs=2,
            vector_size=16,
        ).train()  # fmt: skip
        histories.append(model.loss_history)
        pairs.append(model._state.run.trained)
    assert all(type(value) is float for value in histories[0])
    assert pairs == pairs[:1] * 3
    # Eight seeds with one worker have a standard deviation of .5 %; this is three.
    np.testing.assert_allclose(histories, histories[:1] * 3, rtol=0.016)


@pytest.fixture
def some_epochs():
    """Return a function: a model of which some epochs have no pair."""

    def make(**parameters):
        fixed = {"vector_size": 8, "min_count": 1, "epochs": 12, "sample": 0.05}
        return Word2Vec([["a", "b"]] * 2, **fixed | parameters)

    return make


def is_nan(values):
    return [math.isnan(value) for value in values]


@pytest.mark.parametrize("loss", LOSSES)
def test_an_epoch_without_pairs_has_no_loss(some_epochs, loss):
    history = some_epochs(loss=loss).train().loss_history
    assert 0 < sum(is_nan(history)) < 12
    assert all(value > 0 for value in history if not math.isnan(value))


def test_nan_survives_files_as_valid_json(some_epochs, tmp_path):
    model = some_epochs().train()
    path = tmp_path / "m.w2v"
    model.save(path)

    def reject(name):
        raise AssertionError(f"{name} is not JSON")

    text = read_safetensors(path)[1]["parameters"]
    values = json.loads(text, parse_constant=reject)
    assert values["loss_history"].count(None) == sum(is_nan(model.loss_history))
    loaded = Word2Vec.load(path)
    np.testing.assert_array_equal(loaded.loss_history, model.loss_history)
    assert "nan" not in repr(loaded)


def test_a_run_with_nan_continues(some_epochs, tmp_path):
    whole = some_epochs(workers=1).train()
    model = some_epochs(workers=1)
    for _ in range(12):
        model.train(after_epoch=lambda model: True)
        model.save(tmp_path / "m.w2v")
        model = Word2Vec.load(tmp_path / "m.w2v", workers=1)
        model.corpus = whole.corpus
    np.testing.assert_array_equal(model.loss_history, whole.loss_history)
    assert np.array_equal(model.wv.vectors, whole.wv.vectors)


def test_gensims_sum_skips_epochs_without_pairs():
    model = gensim.Word2Vec(
        [["a", "b"]] * 2, vector_size=8, min_count=1, epochs=12, sample=0.05,
        compute_loss=True, sg=1, workers=1,
    )  # fmt: skip
    assert any(is_nan(model.state.loss_history))
    loss = model.get_latest_training_loss()
    assert 0 < loss < 100 * model.state.run.trained


def test_the_command_line_prints_nan(tmp_path, capsys):
    from w2vfast.cli.main import main

    Path(tmp_path, "c.txt").write_text("a b\na b\n")
    options = ["--min-count", "1", "--sample", "0.05", "--epochs"]
    lasts = []
    for epochs in range(1, 13):
        out = Path(tmp_path, f"{epochs}.w2v")
        args = ["train", str(tmp_path / "c.txt"), "-o", str(out), *options]
        if main([*args, str(epochs)]) == 0:
            lasts.append(Word2Vec.load(out).loss_history[-1])
            assert ("loss nan" in capsys.readouterr().err) == math.isnan(lasts[-1])
    assert any(is_nan(lasts))
