"""Edited model files: each field is refused with its name before anything uses it."""

import json
import re

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.io.safetensors_file import read_safetensors, write_safetensors
from w2vfast.training import validation
from w2vfast.training.state import TrainingState

SENTENCES = [["to", "be", "or", "not"], ["be", "to"]] * 20
HUGE = 2**63 - 1


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the tensors and the metadata of a model whose run was interrupted."""
    path = tmp_path_factory.mktemp("model") / "m.w2v"
    model = Word2Vec(SENTENCES, vector_size=8, min_count=1, sample=0, epochs=3)
    model.train(after_epoch=lambda _: True)
    model.save(path)
    return read_safetensors(path)


@pytest.fixture
def load(saved, tmp_path):
    """Return a function that writes an edited model and loads it."""

    def write_and_load(edit=lambda content: None, **tensors):
        metadata = dict(saved[1])
        content = json.loads(metadata["parameters"])
        edit(content)
        metadata["parameters"] = json.dumps(content)
        path = tmp_path / "edited.w2v"
        kept = {k: v for k, v in (saved[0] | tensors).items() if v is not None}
        write_safetensors(path, kept, metadata)
        return Word2Vec.load(path)

    return write_and_load


def test_the_unedited_model_loads_and_continues(load):
    model = load()
    assert model._state.run.epoch == 1
    assert len(model.train(SENTENCES).loss_history) == 3


@pytest.mark.parametrize("name", validation.RUN_BOUNDS)
@pytest.mark.parametrize(
    "value",
    [
        -1,
        -(10**6),
        HUGE,
        2**80,
        "3",
        1.5,
        None,
        True,
        [],
        {},
        float("nan"),
        "x" * 10**6,
    ],
    ids=lambda value: repr(value)[:12],
)
def test_the_position_of_a_run_is_checked(load, name, value):
    def edit(content):
        content["run"][name] = value

    with pytest.raises(ValueError, match=rf"edited.w2v: .*run\.{name} is ") as caught:
        load(edit)
    assert len(str(caught.value)) < 1000


def test_every_whole_number_of_a_run_has_bounds():
    types = TrainingState.__annotations__
    assert {n for n, kind in types.items() if kind == "int"} <= {*validation.RUN_BOUNDS}


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda c: c["run"].update(epoch=4), "run.epoch is 4: expected up to 3"),
        (lambda c: c["run"].update(block=2), "run.block is 2: expected up to 1"),
        (
            lambda c: c["run"].update(epoch=3, block=1),
            "run.block is 1: expected up to 0",
        ),
        (lambda c: c["run"].update(loss="much"), "run.loss is 'much'"),
        (lambda c: c["run"].update(loss=float("inf")), "run.loss is inf"),
        (lambda c: c["run"].pop("tokens"), "run.tokens is None"),
        (lambda c: c["run"].update(surprise=1), "surprise"),
        (lambda c: c.update(run=[1]), "run is [1]"),
        (lambda c: c["run"].update(parameters=7), "run.parameters is 7"),
        (
            lambda c: c["run"]["parameters"].update(
                loss="negative_sampling+hierarchical_softmax", weighted_windows=False
            ),
            "run.parameters.loss is 'negative_sampling+",
        ),
        (lambda c: c["run"]["parameters"].update(vector_size=16), "vector_size is 16"),
        (lambda c: c["run"]["parameters"].update(window=-1), "window=-1"),
        (lambda c: c["parameters"].update(vector_size="8"), "vector_size='8'"),
        (lambda c: c["parameters"].update(vector_size=2**31), "vector_size=2147483648"),
        (
            lambda c: [
                c["parameters"].update(vector_size=9),
                c["run"]["parameters"].update(vector_size=9),
            ],
            "shape (4, 9)",
        ),
        (lambda c: c["parameters"].update(seed=-1), "seed=-1"),
        (lambda c: c["parameters"].update(alpha=10**400), "alpha="),
        (lambda c: c["parameters"].update(loss=[]), "loss=[]"),
        (lambda c: c["parameters"].update(extra=1), "unknown fields 'extra'"),
        (lambda c: c.update(parameters=[]), "parameters is []"),
        (lambda c: c.pop("parameters"), "'parameters' is missing"),
        (lambda c: c.update(loss_history="0.5"), "loss_history is '0.5'"),
        (lambda c: c.update(loss_history=[0.5, "x"]), "loss_history[1] is 'x'"),
        (lambda c: c.update(loss_history=[float("inf")]), "loss_history[0] is inf"),
    ],
)
def test_fields_are_compared_with_each_other(load, edit, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        load(edit)
    assert "edited.w2v: " in str(caught.value)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"counts": np.array([5, 4, 3, -1])}, "counts from -1"),
        ({"counts": np.array([0, 0, 0, 0])}, "sum from 1"),
        ({"counts": np.array([HUGE, HUGE, 1, 1])}, "sum from 1"),
        ({"counts": np.array([5, 4, 3])}, "one int64 for each word (4"),
        ({"counts": np.ones(4, np.float32)}, "one int64 for each word (4"),
        ({"counts": None}, "'counts' is missing"),
        ({"outside": np.zeros((4, 4), np.float32)}, "shape (4, 8)"),
        ({"outside": np.zeros((4, 8), np.float64)}, "a matrix of float64"),
        ({"centre": np.zeros((0, 8), np.float32)}, "shape (4, 8)"),
        ({"key_offsets": np.array([0, 2, 1, 3, 9])}, "key offsets"),
        ({"keys": np.frombuffer(b"aaaacddee", np.uint8)}, "'aa' occurs twice"),
        ({"centre_scale": np.full(4, -1, np.float32)}, "centre_scale"),
    ],
)
def test_tensors_are_compared_with_each_other(load, tensors, message):
    if "keys" in tensors:
        tensors["key_offsets"] = np.array([0, 2, 4, 7, 9])
    with pytest.raises(ValueError, match=re.escape(message)):
        load(**tensors)


def test_an_epoch_without_pairs_has_no_loss(load):
    history = load(
        lambda c: c.update(loss_history=[None, float("nan"), 1])
    ).loss_history
    assert np.isnan(history[:2]).all() and history[2:] == [1.0]


@pytest.mark.parametrize("entry", ["parameters", "crc32"])
@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, '{"a": 1, "a": 2}', ""]
)
def test_hostile_json_is_a_value_error(saved, tmp_path, entry, text):
    path = tmp_path / "m.w2v"
    write_safetensors(path, *saved)
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header["__metadata__"].pop("crc32")
    header["__metadata__"][entry] = text
    changed = json.dumps(header).encode()
    path.write_bytes(len(changed).to_bytes(8, "little") + changed + data[8 + size :])
    with pytest.raises(ValueError, match=r"m.w2v: .*(JSON|names of the tensors)"):
        Word2Vec.load(path)


def test_another_corpus_is_refused_when_the_run_continues(load):
    model = load(lambda c: c["run"].update(tokens=119))
    with pytest.raises(ValueError, match="was over 119 tokens"):
        model.train(SENTENCES)
