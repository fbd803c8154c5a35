"""Models with dtype="float16": what training, files and queries do with them."""

import copy
import pickle
import re
from dataclasses import replace

import numpy as np
import pytest

from w2vfast import Corpus, EarlyStopping, KeyedVectors, Word2Vec, distributed
from w2vfast.cli.main import main

LOSSES = (
    "negative_sampling",
    "hierarchical_softmax",
    "negative_sampling+hierarchical_softmax",
)
KINDS = [(a, loss) for a in ("skipgram", "cbow") for loss in LOSSES]


def new_model(text, **options):
    settings = {"dtype": "float16", "min_count": 1, "workers": 1, "vector_size": 24}
    return Word2Vec(text, **settings | {"epochs": 3} | options)


@pytest.fixture(scope="module")
def trained(text):
    model = new_model(text)
    model.train()
    return model


def same_model(one, other):
    a, b = one._state, other._state
    return (
        a.centre.dtype == b.centre.dtype
        and np.array_equal(a.centre, b.centre)
        and np.array_equal(a.outside, b.outside)
    )


@pytest.mark.parametrize(("architecture", "loss"), KINDS)
def test_vectors_are_near_those_of_float32(text, architecture, loss):
    kind = {"architecture": architecture, "loss": loss, "epochs": 2}
    halves, floats = new_model(text, **kind), new_model(text, **kind, dtype="float32")
    halves.train()
    floats.train()
    assert halves.wv.vectors.dtype == halves.outside_vectors.dtype == np.float16
    assert floats.wv.vectors.dtype == np.float32
    assert halves.loss_history == pytest.approx(floats.loss_history, rel=1e-3)
    difference = np.linalg.norm(halves.wv.vectors - floats.wv.vectors)
    assert 0 < difference < 0.03 * np.linalg.norm(floats.wv.vectors)


@pytest.mark.parametrize("dtype", ["float16", np.float16, np.dtype("<f2"), "<f2"])
def test_a_type_may_be_a_name_or_a_numpy_type(text, dtype):
    assert new_model(text, dtype=dtype).parameters.dtype == "float16"


@pytest.mark.parametrize(
    "dtype",
    ["bfloat16", "float64", int, None, "half32", "(0,", "f2,x!", b"float16"],
)
def test_other_types_are_refused(text, dtype):
    expected = f"dtype={dtype!r}: expected one of 'float32', 'float16'"
    with pytest.raises(ValueError, match=re.escape(expected)):
        new_model(text, dtype=dtype)


def test_softmax_is_refused(text):
    with pytest.raises(ValueError, match=r"loss='softmax'.*expected dtype='float32'"):
        new_model(text, loss="softmax")


def test_the_type_of_a_model_is_fixed(trained):
    with pytest.raises(TypeError, match="dtype is fixed"):
        trained.train(epochs=1, dtype="float32")


def test_workers_do_not_change_deterministic_training(text):
    models = [new_model(text * 5, deterministic=True, workers=n) for n in (1, 2)]
    for model in models:
        model.train()
    assert same_model(*models)


def test_files_hold_the_same_numbers_in_half_the_size(trained, text, tmp_path):
    floats = new_model(text, dtype="float32")
    floats.train()
    for name, model in (("half", trained), ("float", floats)):
        model.save(tmp_path / f"{name}.w2v")
    loaded = Word2Vec.load(tmp_path / "half.w2v")
    assert same_model(loaded, trained)
    assert loaded.parameters == trained.parameters
    assert loaded._state.centre.ctypes.data % 64 == 0
    sizes = [(tmp_path / f"{name}.w2v").stat().st_size for name in ("half", "float")]
    assert sizes[1] - sizes[0] >= 2 * 2 * 24 * len(trained.vocabulary) - 200
    vectors = KeyedVectors.load(tmp_path / "half.w2v")
    np.testing.assert_array_equal(vectors.vectors, trained.wv.vectors)


@pytest.mark.parametrize("suffix", [".bin", ".txt", ".npz", ".w2v", ".parquet"])
def test_vectors_are_written_without_loss(trained, tmp_path, suffix):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"vectors{suffix}"
    trained.save_vectors(path)
    np.testing.assert_array_equal(KeyedVectors.load(path).vectors, trained.wv.vectors)


def test_an_interrupted_run_continues_as_if_it_had_not_been(trained, text, tmp_path):
    def stop(model):
        return len(model.loss_history) == 2

    model = new_model(text)
    model.train(after_epoch=stop, checkpoint=tmp_path / "run.ckpt")
    resumed = Word2Vec.load(tmp_path / "run.ckpt")
    resumed.train(Corpus(text))
    assert same_model(resumed, trained)


def test_files_of_float32_models_do_not_name_the_type(text, tmp_path):
    """So that older versions read them."""
    model = new_model(text, dtype="float32")
    model.save(tmp_path / "m.w2v")
    assert b'dtype\\"' not in (tmp_path / "m.w2v").read_bytes()[:4000]
    assert Word2Vec.load(tmp_path / "m.w2v").parameters.dtype == "float32"


def test_a_file_of_another_type_than_its_parameters_is_refused(trained, tmp_path):
    path, model = tmp_path / "m.w2v", copy.deepcopy(trained)
    state = model._state
    state.run, state.parameters = None, replace(state.parameters, dtype="float32")
    model.save(path)
    with pytest.raises(ValueError, match=r"a matrix of float16.*expected float32"):
        Word2Vec.load(path)


def test_copies_are_equal_and_can_be_trained(trained, text):
    for copied in (copy.deepcopy(trained), pickle.loads(pickle.dumps(trained))):
        assert same_model(copied, trained)
        assert copied._state.centre.ctypes.data % 64 == 0
        copied.train(Corpus(text), epochs=1)
        assert copied.wv.vectors.dtype == np.float16


@pytest.mark.parametrize("loss", LOSSES[:2])
def test_held_out_loss_is_near_that_of_float32(text, loss):
    halves = new_model(text, loss=loss)
    halves.train()
    floats = new_model(text, loss=loss, dtype="float32", initial_vectors=halves)
    expected = floats.evaluate_loss(text[:50]).loss
    assert halves.evaluate_loss(text[:50]).loss == pytest.approx(expected, rel=1e-6)


def test_early_stopping_restores_the_best_vectors(text):
    seen, values = [], [3.0, 1.0, 2.0, 2.5]

    def metric(model):
        seen.append(model.wv.vectors.copy())
        return values[len(seen) - 1]

    model = new_model(text, epochs=10)
    model.train(callbacks=EarlyStopping(metric, patience=2))
    np.testing.assert_array_equal(model.wv.vectors, seen[1])


def test_new_words_join_a_trained_model(trained, text):
    model = copy.deepcopy(trained)
    model.extend(Corpus([["new", "w1", "w2"]] * 50))
    assert model._state.centre.dtype == np.float16
    np.testing.assert_array_equal(model.wv["w5"], trained.wv["w5"])
    model.train(epochs=1)
    assert np.isfinite(model.wv.vectors).all()


def test_initial_vectors_are_rounded(text, trained):
    source = {"w1": np.linspace(-1, 1, 24), "w2": np.ones(24)}
    model = new_model(text, initial_vectors=source)
    np.testing.assert_array_equal(model.wv["w1"], source["w1"].astype(np.float16))


@pytest.mark.parametrize("kind", ["mapping", "model"])
def test_initial_vectors_that_are_too_large_are_refused(text, kind):
    source = {"w1": np.full(24, 1e5)}
    if kind == "model":
        source = new_model(text, dtype="float32", initial_vectors=source)
    with pytest.raises(ValueError, match=r"above 65504.*pass dtype='float32'"):
        new_model(text, initial_vectors=source)


def test_the_estimate_of_vectors_halves():
    sizes = {"tokens": 10**7, "types": 10**5}
    need = [Word2Vec.estimate_memory(**sizes, dtype=d) for d in ("float32", "float16")]
    assert need[0].vectors == 2 * need[1].vectors


def test_memory_errors_name_the_type(text):
    with pytest.raises(MemoryError, match=r"a smaller vector_size, or dtype='float16'"):
        new_model(text, dtype="float32", vector_size=2**31 - 1)
    with pytest.raises(MemoryError, match=r"a smaller vector_size, or fewer|size$"):
        new_model(text, vector_size=2**31 - 1)


def test_several_machines_are_refused(text, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("\n".join(map(" ".join, text)))
    with pytest.raises(ValueError, match=r"dtype='float16'.*Word2Vec"):
        distributed.train(path, replicas=2, dtype="float16", min_count=1)


def test_outside_vectors_that_are_not_finite_are_refused(text):
    source = new_model(text, dtype="float32")
    source._state.outside[3, 0] = np.nan
    for dtype in ("float32", "float16"):
        with pytest.raises(ValueError, match=r"row 3 of the outside vectors .* is inf"):
            new_model(text, dtype=dtype, initial_vectors=source)


def test_the_command_line_has_the_option(text, tmp_path):
    path, output = tmp_path / "t.txt", tmp_path / "m.w2v"
    path.write_text("\n".join(map(" ".join, text)))
    options = ["--dtype=float16", "--min-count=1", "--vector-size=16", "--epochs=1"]
    assert main(["train", str(path), "-o", str(output), *options]) == 0
    assert Word2Vec.load(output).wv.vectors.dtype == np.float16
