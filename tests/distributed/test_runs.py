import logging
from pathlib import Path

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.distributed import LocalEngine, resume, train
from w2vfast.distributed.rounds import train_shard


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"architecture": "cbow"},
        {"loss": "hierarchical_softmax"},
        {"loss": "negative_sampling+hierarchical_softmax"},
        {"loss": "softmax"},
        {"min_count": 30},
    ],
)
def test_one_replica_gives_the_bits_of_one_process(text, parameters, more):
    model = train(text, 1, **parameters | more)
    given = {k: v for k, v in (parameters | more).items() if k != "merge_every"}
    right = Word2Vec(text, workers=1, **given).train()
    assert model.parameters == right.parameters
    assert model.vocabulary.index_to_key == right.vocabulary.index_to_key
    np.testing.assert_array_equal(model.wv.vectors, right.wv.vectors)
    np.testing.assert_array_equal(model._state.outside, right._state.outside)
    np.testing.assert_allclose(model.loss_history, right.loss_history, rtol=1e-12)


@pytest.mark.parametrize("rule", ["adasum", "weighted", "average"])
@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
def test_replicas_learn_together(text, parameters, rule, loss, assert_same):
    more = parameters | {"merge_rule": rule, "loss": loss}
    model = train(text, 4, **more)
    assert model.loss_history == sorted(model.loss_history, reverse=True)
    assert_same(model, train(text, 4, **more))


def test_a_shard_may_have_no_word_of_the_vocabulary(tmp_path, caplog):
    path = tmp_path / "corpus.txt"
    path.write_text("a b c a b c\n" * 2 + "x y z r s t\nu v w o p q\n")
    given = {"min_count": 2, "vector_size": 8, "epochs": 2, "sample": 0}
    with caplog.at_level(logging.WARNING, "w2vfast.distributed"):
        model = train(path, 4, **given)
    assert "no token in 2 of 4 replicas" in caplog.text
    assert len(model.loss_history) == 2


def test_the_loss_of_an_epoch_counts_all_pairs(text, parameters, monkeypatch):
    results = []

    def spy(*arguments):
        results.append(train_shard(*arguments))
        return results[-1]

    monkeypatch.setattr("w2vfast.distributed.replica.train_shard", spy)
    model = train(text, 3, **parameters)
    for epoch, loss in enumerate(model.loss_history):
        some = [r for r in results if r.round.epoch == epoch]
        assert len(some) == 6
        total = sum(r.loss for r in some) / sum(r.pairs for r in some)
        assert loss == pytest.approx(total, rel=1e-14)


def test_merge_every_is_kept_with_deterministic_training(tmp_path, write_text, caplog):
    path = write_text(tmp_path / "large.txt", 400_000, 2000)
    given = {"vector_size": 16, "epochs": 1, "deterministic": True, "sample": 0}
    given["chunk_size"] = 16
    with caplog.at_level(logging.INFO, "w2vfast.distributed"):
        one = train(path, 2, merge_every=20_000, workers=1, **given)
        two = train(path, 2, merge_every=20_000, workers=2, **given)
    assert one.parameters.n_streams(2000, 400_000) > 2
    assert "11 rounds an epoch, a merge after 18,184 tokens" in caplog.text
    np.testing.assert_array_equal(one.wv.vectors, two.wv.vectors)


def test_an_interval_below_a_block_is_a_warning(text, parameters, caplog):
    with caplog.at_level(logging.WARNING, "w2vfast.distributed"):
        train(text, 2, **parameters | {"merge_every": 1000})
    assert "merge_every=1000 can't be kept" in caplog.text
    assert "blocks of 16,384 tokens" in caplog.text


def test_the_progress_bar_counts_all_replicas(text, parameters, capsys):
    train(text, 2, **parameters | {"progress": True})
    shown = capsys.readouterr().err
    assert "360k/360k" in shown and "loss" in shown and "w/s" in shown


def test_parameters_and_presets_are_those_of_one_process(text):
    model = train(text, 2, preset="items", epochs=1)
    right = Word2Vec(text, preset="items", epochs=1)
    assert model.parameters == right.parameters


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"size": 10}, TypeError, "vector_size=10"),
        ({"vector_size": 0}, ValueError, "vector_size=0"),
        ({"merge_every": 0}, ValueError, "merge_every=0"),
        ({"merge_every": "5"}, TypeError, "merge_every='5'"),
        ({"merge_rule": "sum"}, ValueError, "merge_rule='sum'"),
        ({"merge_rule": ["sum"]}, ValueError, r"merge_rule=\['sum'\]"),
        ({"checkpoint": True}, TypeError, "checkpoint=True: expected the path"),
        ({"checkpoint": 3}, TypeError, "checkpoint=3: expected the path"),
        ({"max_restarts": "a"}, TypeError, "max_restarts='a'"),
        ({"max_restarts": -1}, ValueError, "max_restarts=-1"),
        ({"replicas": 2.0}, TypeError, r"replicas=2\.0"),
        ({"every": "1h"}, ValueError, "without checkpoint"),
        ({"kernels": "fast"}, ValueError, "kernels='fast'"),
        ({"min_count": 10**9}, ValueError, "leaves no word"),
        ({"encoding": "morse"}, ValueError, "no such encoding"),
    ],
)
def test_wrong_arguments_are_refused(text, given, error, message):
    with pytest.raises(error, match=message):
        train(text, **{"replicas": 2, "progress": False} | given)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"path": None}, TypeError, "expected the path of a checkpoint"),
        ({"checkpoint": 3}, TypeError, "checkpoint=3: expected the path"),
        ({"max_restarts": None}, TypeError, "max_restarts=None"),
    ],
)
def test_wrong_arguments_of_resume_are_refused(text, given, error, message):
    with pytest.raises(error, match=message):
        resume(**{"path": "none.ckpt", "corpus": text} | given)


def test_numbers_of_numpy_are_numbers(text, tmp_path):
    given = {"merge_every": np.int64(30_000), "max_restarts": np.int32(1)}
    path = tmp_path / "run.ckpt"
    train(text, np.int64(2), epochs=1, vector_size=8, checkpoint=path, **given)
    assert Word2Vec.load(path)._state.run.distributed["replicas"] == 2


def test_a_checkpoint_and_a_corpus_in_the_wrong_order_are_named(text, tmp_path):
    path = tmp_path / "run.ckpt"
    train(text, 2, epochs=1, vector_size=8, checkpoint=path)
    with pytest.raises(ValueError, match="call resume"):
        resume(text, path)


def test_an_open_file_is_no_corpus_of_several_machines(text):
    with Path(text).open() as file, pytest.raises(TypeError, match="a TextIOWrapper"):
        train(file, 2)


@pytest.mark.parametrize("engine", [5, "local", lambda: None, int])
def test_what_is_no_engine_is_an_error(text, parameters, engine):
    with pytest.raises(TypeError, match="which is no engine"):
        train(text, 2, engine=engine, **parameters)


def test_the_error_for_a_function_names_what_it_returns(text, parameters):
    with pytest.raises(TypeError, match=r"returns None, which is no engine: pass one"):
        train(text, 2, engine=lambda: None, **parameters)


def test_the_engine_of_a_function_is_open_when_training_ends(text, parameters):
    """The caller saves the model first: leaving a cluster may fail."""
    engines = []

    class Recorded(LocalEngine):
        def __init__(self):
            engines.append("started")

        def close(self):
            engines.append("closed")

    train(text, 2, engine=Recorded, **parameters)
    assert engines == ["started"]
