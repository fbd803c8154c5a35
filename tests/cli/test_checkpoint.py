"""`w2vfast train --checkpoint, --every, --resume`, and signals that end it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import Word2Vec
from w2vfast.cli import train
from w2vfast.cli.main import main

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
COMMAND = [sys.executable, "-P", "-m", "w2vfast", "train"]
SECONDS = 120  # a process that takes longer hangs, also on a busy machine
SMALL = ["--vector-size=8", "--min-count=1", "--workers=1"]
NEEDS_SIGNALS = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def embeddings(path):
    model = Word2Vec.load(path, workers=1)
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def start(*arguments):
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], env=ENVIRONMENT, stderr=subprocess.PIPE
    )


def wait_for(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@NEEDS_SIGNALS
@pytest.mark.parametrize("name, status", [("SIGINT", 130), ("SIGTERM", 143)])
def test_signals_write_a_checkpoint_and_end_soon(corpus, tmp_path, name, status):
    checkpoint, output = tmp_path / "run.ckpt", tmp_path / "m.w2v"
    output.write_bytes(b"old")
    process = start(
        corpus, "-o", output, *SMALL, "--epochs=1000000",
        "--checkpoint", checkpoint, "--every=1epoch",
    )  # fmt: skip
    try:
        wait_for(checkpoint.exists)
        before = Word2Vec.load(checkpoint)._state.run.epoch
        process.send_signal(getattr(signal, name))
        begin = time.monotonic()
        error = process.communicate(timeout=SECONDS)[1].decode()
        # An idle machine takes 0.1 s, a run that goes on several minutes.
        assert time.monotonic() - begin < 10
    finally:
        process.kill()
    assert process.returncode == status and "Traceback" not in error
    hint, last = error.splitlines()
    assert hint == (
        f"w2vfast: to continue: w2vfast train {corpus} --output {output} "
        f"--resume {checkpoint} --every 1epoch --workers 1"
    )
    assert last == ("w2vfast: interrupted" if status == 130 else
                    f"w2vfast: ended by signal {int(signal.SIGTERM)}")  # fmt: skip
    assert names_in(tmp_path) == ["m.w2v", "run.ckpt"]
    assert output.read_bytes() == b"old"
    model = Word2Vec.load(checkpoint)
    assert model._state.run.epoch >= before
    reason = "KeyboardInterrupt" if status == 130 else "SIGTERM"
    assert model.stopped.reason == reason and reason in repr(model)


@NEEDS_SIGNALS
@pytest.mark.parametrize("name, status", [("SIGINT", 130), ("SIGTERM", 143)])
def test_signals_without_a_checkpoint_write_nothing(corpus, tmp_path, name, status):
    process = start(corpus, "-o", tmp_path / "v.bin", "--epochs=1000000", "--progress")
    text = b""
    try:
        while b"loss" not in text:
            more = os.read(process.stderr.fileno(), 4096)
            assert more, text
            text += more
        process.send_signal(getattr(signal, name))
        text = process.communicate(timeout=SECONDS)[1]
    finally:
        process.kill()
    assert process.returncode == status and b"Traceback" not in text
    assert b"--resume" not in text and names_in(tmp_path) == []


@NEEDS_SIGNALS
def test_signals_that_nohup_ignores_stay_ignored():
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "from w2vfast.cli.signals import termination_raises\n"
        "with termination_raises():\n"
        "    signal.raise_signal(signal.SIGHUP)\n"
        "    try: signal.raise_signal(signal.SIGTERM)\n"
        "    except KeyboardInterrupt as error: print(error.number)\n"
        "assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=ENVIRONMENT, capture_output=True
    )
    assert done.stdout.split() == [b"%d" % signal.SIGTERM] and done.stderr == b""


def run_until_epoch(monkeypatch, epoch, arguments):
    """Run the command; interrupt it after an epoch."""

    def stop(model):
        if len(model.loss_history) == epoch:
            raise KeyboardInterrupt

    class Interrupted(Word2Vec):
        def train(self, *given, **settings):
            return super().train(*given, after_epoch=stop, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(train, "Word2Vec", Interrupted)
        assert main(["train", *map(str, arguments)]) == 130


def test_resume_gives_the_vectors_of_an_uninterrupted_run(
    corpus, tmp_path, monkeypatch, capsys
):
    right, output = tmp_path / "right.w2v", tmp_path / "m.w2v"
    checkpoint, other = tmp_path / "run.ckpt", tmp_path / "other.ckpt"
    given = [corpus, *SMALL, "--epochs=4"]
    assert main(["train", *map(str, [*given, "-o", right])]) == 0
    arguments = [*given, "-o", output, "--checkpoint", checkpoint]
    run_until_epoch(monkeypatch, 2, arguments)
    assert not output.exists()
    assert f"--resume {checkpoint} --workers 1\n" in capsys.readouterr().err
    again = ["train", str(corpus), "-o", str(output), "--workers=1"]
    again += ["--resume", str(checkpoint)]
    before = checkpoint.read_bytes()
    assert main([*again, "--checkpoint", str(other), "--every", "1epoch"]) == 0
    assert np.array_equal(embeddings(output), embeddings(right))
    assert np.array_equal(embeddings(other), embeddings(right))
    assert checkpoint.read_bytes() == before
    assert "words/s" in capsys.readouterr().err
    output.unlink()
    for finished in (False, True):
        assert main(again) == 0
        error = capsys.readouterr().err
        assert ("words/s" in error, "nothing is trained" in error) == (
            not finished,
            finished,
        )
        assert np.array_equal(embeddings(output), embeddings(right))
        assert np.array_equal(embeddings(checkpoint), embeddings(right))


@pytest.mark.parametrize(
    "options, text",
    [
        (["--every=5min"], "--every without --checkpoint"),
        (["--checkpoint=c", "--every=5epochs"], None),
        (["--checkpoint=c", "--every=5"], "--every 5: a number without a unit means "),
        (["--checkpoint=c", "--every=5m"], "--every 5m: expected a time"),
        (["--checkpoint=c.bin"], "c.bin: .bin is a format for vectors alone"),
        (["--checkpoint=none/c"], "none/c: there is no folder"),
        (["--resume=none.ckpt"], "no such file: none.ckpt"),
        (["--resume=text.txt"], "is a corpus file"),
        (["--checkpoint=text.txt"], "--checkpoint text.txt is a corpus file"),
        (["--resume=old.ckpt", "--epochs=3", "--min-count=1"],
         "--epochs, --min-count with --resume: the run keeps the parameters of old"),
        (["--resume=old.ckpt"], "old.ckpt: not a valid .w2v file"),
    ],
)  # fmt: skip
def test_bad_options(corpus, tmp_path, monkeypatch, capsys, options, text, is_error):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_bytes(corpus.read_bytes())
    (tmp_path / "old.ckpt").write_bytes(b"old")
    arguments = ["train", "text.txt", "-o", "v.w2v", *options]
    if text is None:
        assert main([*arguments, "--min-count=1", "--epochs=1"]) == 0
        return
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert is_error(error) and text in error
    assert names_in(tmp_path) == ["old.ckpt", "text.txt"]
    assert (tmp_path / "old.ckpt").read_bytes() == b"old"


def test_another_corpus_is_refused(corpus, tmp_path, monkeypatch, capsys, is_error):
    checkpoint = tmp_path / "run.ckpt"
    arguments = [corpus, "-o", tmp_path / "m.w2v", "--checkpoint", checkpoint]
    run_until_epoch(monkeypatch, 1, [*arguments, *SMALL])
    other = tmp_path / "other.txt"
    other.write_bytes(b"\n".join(corpus.read_bytes().split(b"\n")[::-1]))
    capsys.readouterr()
    arguments = ["train", other, "-o", tmp_path / "m.w2v", "--resume", checkpoint]
    assert main(list(map(str, arguments))) == 2
    error = capsys.readouterr().err
    assert is_error(error) and f"--resume {checkpoint}: the interrupted run" in error
    # The advice: a new run, which takes parameters.
    assert "leave out --resume and name another --checkpoint" in error
    assert "epochs" not in error and "Word2Vec" not in error
    new = ["train", other, "-o", tmp_path / "m.w2v", "--checkpoint", tmp_path / "new"]
    assert main([*map(str, new), "--epochs=1", *SMALL]) == 0


def test_a_checkpoint_that_cannot_be_written_does_not_lose_the_result(
    corpus, tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "gone"
    folder.mkdir()

    class Removing(Word2Vec):
        def train(self, *given, **settings):
            def remove(model):
                shutil.rmtree(folder, ignore_errors=True)

            return super().train(*given, after_epoch=remove, **settings)

    monkeypatch.setattr(train, "Word2Vec", Removing)
    output, checkpoint = tmp_path / "m.w2v", folder / "run.ckpt"
    arguments = [corpus, "-o", output, *SMALL, "--checkpoint", checkpoint]
    assert main(["train", *map(str, arguments)]) == 0
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith(
        f"w2vfast: warning: {checkpoint}: the checkpoint can't be written: there is no "
    )
    assert last.endswith(f"written to {output}")
    assert len(Word2Vec.load(output).loss_history) == 5


@pytest.mark.parametrize("command", ["convert", "explore"])
@pytest.mark.parametrize("finished", [True, False])
def test_vectors_and_pages_do_not_replace_a_model(
    corpus, tmp_path, capsys, command, finished
):
    model = Word2Vec(corpus, min_count=1, vector_size=8, epochs=2, workers=1)
    model.train(after_epoch=lambda _: not finished)
    target, source = tmp_path / "model.w2v", tmp_path / "v.bin"
    model.save(target)
    model.save_vectors(source)
    before = target.read_bytes()
    output = [str(target)] if command == "convert" else ["-o", str(target)]
    assert main([command, str(source), *output]) == 2
    assert target.read_bytes() == before
    error = capsys.readouterr().err
    assert ("a whole model, which" in error) == finished
    assert ("unfinished run, epoch 2 of 2" in error) != finished


@NEEDS_SIGNALS
@pytest.mark.parametrize("command", ["convert", "explore"])
def test_an_output_that_is_a_pipe_is_not_read(tmp_path, command):
    source, pipe = tmp_path / "v.bin", tmp_path / "pipe"
    Word2Vec([["a", "b"]] * 20, min_count=1, vector_size=4).save_vectors(source)
    os.mkfifo(pipe)
    to = ["--to=word2vec-binary", str(pipe)] if command == "convert" else ["-o", pipe]
    started = subprocess.Popen(
        [*COMMAND[:-1], command, str(source), *to], env=ENVIRONMENT
    )
    try:
        read = subprocess.run(["cat", pipe], capture_output=True, timeout=SECONDS)
        assert read.stdout
        assert started.wait(SECONDS) == 0
    finally:
        started.kill()
