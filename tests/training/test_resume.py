"""Checkpoints of `train`, and `resume`."""

import errno
import logging
import os
import shutil
import time

import numpy as np
import pytest

from w2vfast import CheckpointError, Corpus, DivergedError, Word2Vec
from w2vfast.training import periodic

SETTINGS = {"vector_size": 12, "workers": 1, "epochs": 3}
WRITTEN_AT_THE_END = 1


class BoomError(Exception):
    pass


def make_corpus(seed, sentence=20):
    rng = np.random.default_rng(seed)
    ids = np.minimum(rng.geometric(0.02, 60_000) - 1, 200)
    ids[:201] = range(201)  # so that all ids exist
    return Corpus.from_ids(ids, range(0, 60_001, sentence))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 12)
    monkeypatch.setattr("w2vfast.training.epoch.next_n_blocks", lambda size, seconds: 1)


@pytest.fixture(scope="module")
def corpus():
    return make_corpus(0)


@pytest.fixture
def model(corpus):
    return Word2Vec(corpus, **SETTINGS)


@pytest.fixture
def whole(corpus, small_blocks):
    """Return a model of an uninterrupted run."""
    return Word2Vec(corpus, **SETTINGS).train()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.ckpt"


@pytest.fixture
def writes(monkeypatch, tmp_path):
    """Return a list of copies of all checkpoints written."""
    copies, real = [], periodic.write_checkpoint

    def write(path, state):
        turns = real(path, state)
        copies.append(shutil.copyfile(path, tmp_path / f"copy{len(copies)}"))
        return turns

    monkeypatch.setattr(periodic, "write_checkpoint", write)
    return copies


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_same(one, two):
    assert np.array_equal(one.wv.vectors, two.wv.vectors)
    assert np.array_equal(one.outside_vectors, two.outside_vectors)
    assert one.loss_history == pytest.approx(two.loss_history, rel=1e-12)


def stop_after(epochs):
    return lambda model: len(model.loss_history) == epochs


@pytest.mark.parametrize(
    "every, expected",
    [
        (60_000, 3),
        ("4096 tokens", 3 * 15),
        (10_000, 3 * 15 // 3),
        ("1epoch", 3),
        ("2 epochs", 1 + WRITTEN_AT_THE_END),
        ("1h", WRITTEN_AT_THE_END),
        (None, WRITTEN_AT_THE_END),
        (10**9, WRITTEN_AT_THE_END),
    ],
)
def test_checkpoints_are_written_when_due_and_at_the_end(
    model, whole, path, writes, every, expected
):
    assert_same(model.train(checkpoint=path, every=every), whole)
    assert abs(len(writes) - expected) <= WRITTEN_AT_THE_END
    assert_same(Word2Vec.load(path), whole)


def test_a_time_is_counted_from_the_last_checkpoint(model, path, writes):
    start = time.monotonic()
    model.train(epochs=20, checkpoint=path, every="0.05s")
    assert 1 < len(writes) <= (time.monotonic() - start) / 0.05 + 1


def test_runs_continue_from_every_checkpoint(model, corpus, whole, path, writes):
    model.train(checkpoint=path, every="4096 tokens")
    for i, file in enumerate(list(writes)):
        same_file = file.read_bytes()
        result = Word2Vec.resume(file, corpus, workers=1, checkpoint=False)
        assert_same(result, whole)
        assert file.read_bytes() == same_file
        assert len(writes) > i


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["hierarchical_softmax", "negative_sampling"])
def test_resume_continues_a_second_run(corpus, path, architecture, loss):
    """Random numbers continue from the first run; the rate is that of the second."""
    settings = SETTINGS | {"architecture": architecture, "loss": loss}
    right = Word2Vec(corpus, **settings).train().train(epochs=2, alpha=0.01)
    model = Word2Vec(corpus, **settings).train()
    model.train(epochs=2, alpha=0.01, checkpoint=path, after_epoch=lambda m: True)
    result = Word2Vec.resume(path, corpus, workers=1)
    assert_same(result, right)
    assert len(result.loss_history) == 5


def test_resume_goes_on_writing_checkpoints(model, corpus, whole, path, writes):
    model.train(checkpoint=path, after_epoch=stop_after(1))
    first = path.read_bytes()
    del writes[:]
    result = Word2Vec.resume(path, corpus, workers=1, every="1epoch")
    assert_same(result, whole)
    assert len(writes) == 2 and path.read_bytes() != first
    path.write_bytes(first)
    other = path.with_name("other.ckpt")
    Word2Vec.resume(path, corpus, checkpoint=other, after_epoch=lambda m: True)
    assert path.read_bytes() == first and Word2Vec.load(other)._state.run.epoch == 2


def test_resuming_a_finished_run_trains_nothing(model, corpus, path, caplog):
    model.train(checkpoint=path)
    caplog.clear()
    assert_same(Word2Vec.resume(path, corpus), model)
    assert caplog.messages == [f"{path}: the run is finished; nothing is trained"]


@pytest.mark.parametrize("saved_later", [True, False])
def test_a_finished_run_refuses_another_corpus(model, path, saved_later):
    """A file of `save` has no fingerprint, but the number of tokens."""
    model.train(checkpoint=None if saved_later else path)
    if saved_later:
        model.save(path)
    else:
        with pytest.raises(ValueError, match="finished run was over another corpus"):
            Word2Vec.resume(path, make_corpus(1))
    with pytest.raises(ValueError, match=r"60,000 tokens, this corpus has 27: .*load"):
        Word2Vec.resume(path, [["1", "2", "0"]] * 9)


def test_resume_needs_a_run(model, corpus, path):
    model.save(path)
    with pytest.raises(ValueError, match=r"run\.ckpt: .*never trained.*Word2Vec.load"):
        Word2Vec.resume(path, corpus)
    with pytest.raises(FileNotFoundError):
        Word2Vec.resume(path.with_name("none"), corpus)


def test_swapped_arguments_of_resume_are_answered(model, path, tmp_path):
    model.train(checkpoint=path, after_epoch=lambda m: True)
    text = tmp_path / "corpus.txt"
    text.write_text("a b c\n")
    fix = f"call resume({str(path)!r}, {str(text)!r})"
    with pytest.raises(ValueError, match=r"as the first argument, and .* is one") as e:
        Word2Vec.resume(text, path)
    assert str(e.value).endswith(fix)
    with pytest.raises(ValueError, match=r"not a valid \.w2v file"):
        Word2Vec.resume(text, [["a"]])


@pytest.mark.parametrize("given", [True, 3])
def test_a_checkpoint_that_is_no_path(model, corpus, path, given):
    with pytest.raises(TypeError, match=f"checkpoint={given}: .*checkpoint='run.ckpt'"):
        model.train(checkpoint=given)
    assert model.stopped is None and not model.loss_history
    with pytest.raises(TypeError, match=r"checkpoint=3: .*or True, False or None"):
        Word2Vec.resume(path, corpus, checkpoint=3)


def test_resume_changes_no_parameter(model, corpus, path):
    model.train(checkpoint=path, after_epoch=lambda m: True)
    with pytest.raises(TypeError, match=r"unknown to resume\(\): did you mean every="):
        Word2Vec.resume(path, corpus, everys="5min")
    with pytest.raises(TypeError, match=r"can't change epochs, alpha: the run keeps"):
        Word2Vec.resume(path, corpus, epochs=2, every="1h", alpha=0.1)
    for name in (
        *("sg", "cbow", "hs", "trim_rule", "size", "max_vocab_size"),
        *("vocabulary", "initial_vectors", "preset", "frozen"),
    ):
        with pytest.raises(TypeError, match=f"can't change {name}: the run keeps"):
            Word2Vec.resume(path, corpus, **{name: 1})
    with pytest.raises(ValueError, match="every='1h' without checkpoint"):
        Word2Vec.resume(path, corpus, checkpoint=False, every="1h")


@pytest.mark.parametrize(
    "other, text",
    [
        (make_corpus(1), r"another corpus of 60,000 tokens, .*\(fingerprint \w{16}, "),
        (make_corpus(0, 30), "or its sentences differ"),
        ([["1", "2", "0"]] * 9, "60,000 tokens, this corpus has 27"),
    ],
    ids=["words", "sentences", "length"],
)
def test_another_corpus_is_refused(model, corpus, whole, path, other, text):
    model.train(checkpoint=path, after_epoch=lambda m: True)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=text):
        Word2Vec.resume(path, other)
    with pytest.raises(ValueError, match=text):
        model.train(other)
    assert path.read_bytes() == before
    assert_same(Word2Vec.resume(path, corpus, workers=1), whole)
    assert_same(model.train(), whole)


@pytest.mark.parametrize("error", [KeyboardInterrupt, BoomError, MemoryError])
def test_the_last_state_is_written_after_an_error(
    model, corpus, whole, path, error, wrap_kernels
):
    calls = []

    def fail(train, *call):
        calls.append(call)
        if len(calls) == 20:
            raise error("stop")
        return train(*call)

    wrap_kernels(fail)
    with pytest.raises(error, match="stop"):
        model.train(checkpoint=path)
    assert len(calls) == 20
    state = Word2Vec.load(path)._state.run
    assert (state.epoch, state.block) == (1, 19 - 15)
    assert_same(Word2Vec.resume(path, corpus, workers=1), whole)


def test_divergence_keeps_the_last_checkpoint(model, path, writes, wrap_kernels):
    def diverge(train, *call):
        if call[1] == 2:
            call[0].centre[0, 0] = np.nan
        return train(*call)

    wrap_kernels(diverge)
    with pytest.raises(DivergedError):
        model.train(checkpoint=path, every="1epoch")
    assert len(writes) == 2
    assert np.isfinite(Word2Vec.load(path).wv.vectors).all()


def fail_to_sync(_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_an_error_at_the_end(
    model, corpus, whole, path, monkeypatch, caplog
):
    """Training continues, and the old file stays."""
    model.train(checkpoint=path, after_epoch=lambda m: True)
    before = path.read_bytes()
    caplog.clear()
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail_to_sync)
        with (
            caplog.at_level(logging.ERROR, "w2vfast"),
            pytest.raises(CheckpointError, match="No space left") as caught,
        ):
            model.train(checkpoint=path, every="1epoch")
    assert caught.value.errno == errno.ENOSPC and caught.value.model is model
    assert caught.value.filename == str(path)
    assert caplog.messages == [
        f"{path}: the checkpoint can't be written: No space left on device; training "
        "continues and tries again later"
    ]  # once, although two checkpoints failed
    assert_same(model, whole)
    assert path.read_bytes() == before and names_in(path.parent) == ["run.ckpt"]
    assert_same(Word2Vec.resume(path, corpus, workers=1), whole)


def test_a_disk_that_was_full_for_a_while_is_only_logged(model, path, monkeypatch):
    real, calls = os.fsync, []

    def fail_once(handle):
        calls.append(handle)
        if len(calls) == 1:
            fail_to_sync(handle)
        real(handle)

    monkeypatch.setattr("os.fsync", fail_once)
    model.train(checkpoint=path, every="1epoch")
    assert_same(Word2Vec.load(path), model)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders that are in use")
def test_a_folder_removed_during_the_run(model, whole, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()

    def remove(model):
        shutil.rmtree(folder, ignore_errors=True)

    expected = r"can't be written: there is no folder .*gone.*run\.ckpt"
    with pytest.raises(CheckpointError, match=expected):
        model.train(checkpoint=folder / "run.ckpt", every="2h", after_epoch=remove)
    assert_same(model, whole)


def test_an_error_is_more_important_than_its_checkpoint(
    model, path, monkeypatch, caplog, wrap_kernels
):
    def fail(*_):
        raise BoomError("in a kernel")

    wrap_kernels(fail)
    monkeypatch.setattr("os.fsync", fail_to_sync)
    with caplog.at_level(logging.ERROR, "w2vfast"), pytest.raises(BoomError) as error:
        model.train(checkpoint=path)
    assert "No space left" in caplog.text
    assert "the model in memory is complete" in "".join(error.value.__notes__)
    assert error.value.model is model


def test_an_interrupted_resume_hands_over_a_model_that_no_file_has(
    model, path, corpus, monkeypatch
):
    model.train(checkpoint=path, after_epoch=lambda model: True)

    def interrupt(model):
        monkeypatch.setattr("os.fsync", fail_to_sync)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        Word2Vec.resume(path, corpus, after_epoch=interrupt)
    assert error.value.model.stopped.epoch == 2


def test_an_interruption_whose_checkpoint_is_written_keeps_no_model(model, path):
    def interrupt(model):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        model.train(checkpoint=path, after_epoch=interrupt)
    assert not hasattr(error.value, "model")


@pytest.mark.parametrize(
    "settings, error, text",
    [
        ({"checkpoint": "none/run.ckpt"}, FileNotFoundError, "no folder"),
        ({"checkpoint": "run.bin"}, ValueError, "format for vectors alone"),
        ({"checkpoint": "run.ckpt", "every": "5 days"}, ValueError, "every='5 days'"),
        ({"checkpoint": "run.ckpt", "every": 1.5}, TypeError, "every=1.5"),
        ({"every": "5min"}, ValueError, "every='5min' without checkpoint"),
    ],
)
def test_bad_settings_fail_before_training(
    model, tmp_path, monkeypatch, settings, error, text
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=text):
        model.train(**settings)
    assert model._state.run is None and names_in(tmp_path) == []


def test_a_checkpoint_of_a_model_with_its_own_corpus_needs_the_text(tmp_path, path):
    """The same text from a file or a list gives the same fingerprint."""
    sentences = [["the", "quick", "fox"], ["a", "lazy", "dog"]] * 400
    text = tmp_path / "text.txt"
    text.write_text("\n".join(map(" ".join, sentences)))
    settings = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1}
    whole = Word2Vec(sentences, **settings).train()
    for first, second in [(sentences, text), (text, iter(sentences))]:
        Word2Vec(first, **settings).train(checkpoint=path, after_epoch=lambda m: True)
        assert_same(Word2Vec.resume(path, second, workers=1), whole)
