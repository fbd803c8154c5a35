"""Models with matmul_precision="bfloat16": what training and files do with it."""

import logging

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec, distributed, kernels

LOSSES = ("negative_sampling", "negative_sampling+hierarchical_softmax")
KINDS = [(a, loss) for a in ("skipgram", "cbow") for loss in LOSSES]


def new_model(text, **options):
    settings = {"matmul_precision": "bfloat16", "min_count": 1, "workers": 1}
    settings |= {"vector_size": 24, "epochs": 2, "chunk_size": 40}
    return Word2Vec(text, **settings | options)


def matrices(model):
    return model._state.centre, model._state.outside


@pytest.mark.parametrize(("architecture", "loss"), KINDS)
def test_vectors_are_near_those_of_float32(text, architecture, loss):
    kind = {"architecture": architecture, "loss": loss}
    rounded = new_model(text, **kind)
    exact = new_model(text, **kind, matmul_precision="float32")
    rounded.train()
    exact.train()
    assert rounded.wv.vectors.dtype == np.float32
    assert rounded.loss_history == pytest.approx(exact.loss_history, rel=1e-3)
    difference = np.linalg.norm(rounded.wv.vectors - exact.wv.vectors)
    assert 0 < difference < 0.01 * np.linalg.norm(exact.wv.vectors)


@pytest.mark.parametrize("loss", ["softmax", "hierarchical_softmax"])
def test_losses_without_negatives_are_refused(text, loss):
    with pytest.raises(ValueError, match=r"matmul_precision='bfloat16' with loss="):
        new_model(text, loss=loss)


def test_other_types_are_refused(text):
    with pytest.raises(ValueError, match=r"expected one of 'float32', 'bfloat16'"):
        new_model(text, matmul_precision="float16")


def test_several_machines_are_refused(text, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("\n".join(map(" ".join, text)))
    with pytest.raises(ValueError, match=r"matmul_precision='bfloat16'.*Word2Vec"):
        distributed.train(path, replicas=2, matmul_precision="bfloat16", min_count=1)


def test_a_run_may_change_it(text):
    model = new_model(text, matmul_precision="float32")
    other = new_model(text, matmul_precision="float32")
    model.train(matmul_precision="bfloat16")
    other.train()
    assert not np.array_equal(model.wv.vectors, other.wv.vectors)
    assert model.parameters.matmul_precision == "float32"


def test_workers_do_not_change_deterministic_training(text):
    options = {"deterministic": True, "chunk_size": 16}
    models = [new_model(text * 5, **options, workers=n) for n in (1, 2)]
    for model in models:
        model.train()
    for one, other in zip(*map(matrices, models), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_interrupted_run_continues_with_it(text, tmp_path):
    def stop(model):
        return len(model.loss_history) == 1

    whole, model = new_model(text), new_model(text)
    whole.train()
    model.train(after_epoch=stop, checkpoint=tmp_path / "run.ckpt")
    resumed = Word2Vec.load(tmp_path / "run.ckpt")
    assert resumed.parameters.matmul_precision == "bfloat16"
    resumed.train(Corpus(text))
    for one, other in zip(*map(matrices, (whole, resumed)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_held_out_loss_is_computed_in_float32(text):
    model = new_model(text)
    model.train()
    same = new_model(text, matmul_precision="float32")
    for one, other in zip(matrices(model), matrices(same), strict=True):
        other[:] = one
    assert model.evaluate_loss(text[:50]) == same.evaluate_loss(text[:50])


def test_the_log_says_whether_the_cpu_has_the_instructions(text, caplog):
    with caplog.at_level(logging.INFO, "w2vfast"):
        for name in kernels.usable():
            new_model(text, kernels=name, epochs=1, chunk_size=300).train()
        new_model(text, matmul_precision="float32").train()
    *lines, last = [m for m in caplog.messages if m.startswith("training ")]
    for name, line in zip(kernels.usable(), lines, strict=True):
        how = "with" if kernels.load(name).uses_amx() else "without"
        assert f"{name} kernels {how} AMX" in line
    assert "AMX" not in last
