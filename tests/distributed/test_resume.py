import json

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.distributed import resume, train
from w2vfast.io.safetensors_file import read_safetensors, write_safetensors


def stopping(at):
    """Return a function that stops the driver at some call of `train`."""

    def act(method, number, call):
        if (method, number) == ("train", at):
            raise KeyboardInterrupt
        return call()

    return act


@pytest.fixture
def interrupted(text, parameters, tmp_path, flaky_engine):
    """Return a function that interrupts a run, and returns its checkpoint."""

    def interrupt(at, **more):
        path = tmp_path / "run.ckpt"
        engine = flaky_engine(stopping(at))
        with pytest.raises(KeyboardInterrupt):
            train(text, 3, engine=engine, checkpoint=path, **parameters | more)
        assert engine.running == 0
        return path

    return interrupt


@pytest.mark.parametrize("at", [0, 1, 3, 5, 6, 10, 17])
def test_a_run_continues_to_the_same_bits(text, interrupted, expected, assert_same, at):
    path = interrupted(at)
    stopped = Word2Vec.load(path).stopped
    assert stopped.reason == "KeyboardInterrupt" and stopped.epoch == at // 6
    model = resume(path, text, progress=False)
    assert_same(model, expected)
    assert_same(Word2Vec.load(path), expected)
    assert not list(path.parent.glob(".w2vfast-*"))


def test_an_interruption_keeps_a_model_that_no_file_has(
    text, parameters, tmp_path, flaky_engine, monkeypatch
):
    def stop(method, number, call):
        if (method, number) == ("train", 7):
            monkeypatch.setattr("w2vfast.training.periodic.write_checkpoint", fail)
        return stopping(7)(method, number, call)

    def fail(path, state):
        raise OSError(28, "No space left", str(path))

    path = tmp_path / "run.ckpt"
    with pytest.raises(KeyboardInterrupt) as error:
        train(text, 3, engine=flaky_engine(stop), checkpoint=path, **parameters)
    assert error.value.model.stopped.epoch == 1 and not path.exists()


@pytest.mark.parametrize("rule", ["weighted", "average"])
def test_the_rule_is_part_of_the_checkpoint(
    text, interrupted, parameters, assert_same, rule
):
    path = interrupted(7, merge_rule=rule)
    model = resume(path, text, progress=False, checkpoint=False)
    assert_same(model, train(text, 3, **parameters | {"merge_rule": rule}))
    assert Word2Vec.load(path).stopped is not None


def test_the_corpus_may_be_in_another_folder(
    text, interrupted, expected, assert_same, tmp_path
):
    path = interrupted(4)
    copy = tmp_path / "copy" / text.name
    copy.parent.mkdir()
    copy.write_bytes(text.read_bytes())
    assert_same(resume(path, copy, progress=False), expected)


def test_another_corpus_is_refused(text, interrupted, tmp_path):
    path = interrupted(4)
    other = tmp_path / text.name
    other.write_bytes(text.read_bytes().replace(b"1\n", b"2\n", 5))
    with pytest.raises(ValueError, match=r"shard 0 \(.*other text.*same files"):
        resume(path, other)
    other.write_bytes(text.read_bytes() + b"more words\n" * 20)
    with pytest.raises(ValueError, match=r"shard \d .*size of a file differs: pass"):
        resume(path, other)


def test_one_process_names_the_function_that_resumes(text, interrupted):
    path = interrupted(4)
    with pytest.raises(ValueError, match=r"w2vfast\.distributed\.resume"):
        Word2Vec.resume(path, text)
    model = Word2Vec.load(path)
    with pytest.raises(ValueError, match=r"w2vfast\.distributed\.resume"):
        model.train(text)
    assert model.train(text, epochs=1).stopped is None


def test_a_finished_model_trains_further_in_one_process(text, expected, tmp_path):
    expected.save(tmp_path / "model.w2v")
    model = Word2Vec.load(tmp_path / "model.w2v").train(text, epochs=1)
    assert len(model.loss_history) == 4


def test_a_finished_run_is_returned(text, parameters, expected, assert_same, tmp_path):
    path = tmp_path / "run.ckpt"
    train(text, 3, checkpoint=path, every="1h", **parameters)
    assert_same(resume(path, text), expected)


def test_a_checkpoint_of_one_process_is_refused(text, tmp_path):
    Word2Vec(text, vector_size=8, epochs=1).train().save(tmp_path / "one.w2v")
    with pytest.raises(ValueError, match=r"Word2Vec\.resume continues"):
        resume(tmp_path / "one.w2v", text)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("round", -1, "round"),
        ("round", 10**6, "round 1000000"),
        ("replicas", 0, "replicas=0"),
        ("replicas", 10**9, "replicas=1000000000"),
        ("replicas", 4, "shards"),
        ("merge_rule", "x", "merge_rule='x'"),
        ("merge_every", None, "merge_every=None"),
        ("shards", [[], [], [5]], "shards"),
        ("shards", "abc", "shards"),
        ("fingerprints", [1, 2], "fingerprints"),
        ("kernels", 3, "kernels"),
        ("encoding", 3, "encoding=3"),
    ],
)
def test_a_damaged_checkpoint_is_an_error(interrupted, text, name, value, message):
    path = interrupted(4)
    tensors, metadata = read_safetensors(path)
    values = json.loads(metadata["parameters"])
    values["run"]["distributed"][name] = value
    tensors = {key: np.array(tensor) for key, tensor in tensors.items()}
    with path.open("wb") as file:
        write_safetensors(file, tensors, {"parameters": json.dumps(values)})
    with pytest.raises((ValueError, TypeError), match=message):
        resume(path, text, progress=False)


def test_an_entry_that_is_no_object_is_refused(interrupted):
    path = interrupted(4)
    tensors, metadata = read_safetensors(path)
    values = json.loads(metadata["parameters"])
    values["run"]["distributed"] = [1]
    tensors = {key: np.array(tensor) for key, tensor in tensors.items()}
    with path.open("wb") as file:
        write_safetensors(file, tensors, {"parameters": json.dumps(values)})
    with pytest.raises(ValueError, match=r"run\.distributed is \[1\]"):
        Word2Vec.load(path)


def test_a_checkpoint_has_no_folders_and_no_secrets_of_urls(tmp_path, parameters):
    fsspec = pytest.importorskip("fsspec", reason="URLs need fsspec")
    fsspec.filesystem("memory").pipe("/place/a.txt?key=x/secret", b"a b c\n" * 500)
    path = tmp_path / "run.ckpt"
    source = "memory://place/a.txt?key=x/secret"
    train(source, 2, checkpoint=path, every="1h", **parameters)
    content = path.read_bytes()
    assert b"a.txt" in content
    assert b"secret" not in content and b"place" not in content
    resume(path, source)
