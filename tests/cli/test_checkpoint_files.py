"""`w2vfast train` does not replace the checkpoint of an unfinished run."""

import shlex
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.cli import train
from w2vfast.cli.main import main
from w2vfast.io.file_lock import file_lock

SMALL = ["--vector-size=8", "--min-count=1", "--workers=1", "--epochs=3"]


@pytest.fixture
def stop_after(monkeypatch):
    """Return a function that makes the next command stop after so many epochs."""

    def set_epochs(epochs):
        def stop(model):
            if len(model.loss_history) == epochs:
                raise KeyboardInterrupt

        class Interrupted(Word2Vec):
            def train(self, *given, every=None, callbacks=None, **settings):
                settings |= {"every": every, "callbacks": callbacks}
                return super().train(*given, after_epoch=stop, **settings)

        monkeypatch.setattr(train, "Word2Vec", Interrupted if epochs else Word2Vec)

    return set_epochs


def run(*arguments):
    return main(["train", *map(str, arguments)])


@pytest.fixture
def unfinished(corpus, tmp_path, stop_after, capsys):
    """Return the checkpoint of a command that was interrupted after an epoch."""
    path = tmp_path / "run.ckpt"
    stop_after(1)
    assert run(corpus, "-o", tmp_path / "m.w2v", *SMALL, "--checkpoint", path) == 130
    stop_after(0)
    capsys.readouterr()
    return path


def command_in(error):
    text = error.split("to go on: ")[1].split(";")[0]
    return shlex.split(text)[1:]


def test_the_same_command_again_says_how_to_go_on(
    corpus, tmp_path, unfinished, capsys, is_error
):
    before, output = unfinished.read_bytes(), tmp_path / "m.w2v"
    arguments = [corpus, "-o", output, *SMALL, "--checkpoint", unfinished]
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert is_error(error) and "1 of 3 epochs are done" in error
    assert "delete the file" in error and unfinished.read_bytes() == before
    assert main(command_in(error)) == 0
    assert len(Word2Vec.load(output).loss_history) == 3
    assert run(*arguments) == 0  # the run of the file is finished now


def test_the_output_does_not_replace_an_unfinished_run(
    corpus, tmp_path, unfinished, capsys, is_error
):
    before = unfinished.read_bytes()
    unfinished = unfinished.rename(tmp_path / "run.w2v")
    for more in ([], ["--checkpoint", tmp_path / "new.ckpt"]):
        assert run(corpus, "-o", unfinished, *SMALL, *more) == 2
        error = capsys.readouterr().err
        assert is_error(error) and unfinished.read_bytes() == before
        assert f"--output {unfinished} holds the checkpoint" in error
    assert main(command_in(error)) == 0
    assert len(Word2Vec.load(unfinished).loss_history) == 3


@pytest.mark.parametrize("content", ["my notes", "vectors"])
def test_a_file_that_is_no_checkpoint_is_kept(
    corpus, vectors, tmp_path, capsys, is_error, content
):
    path = tmp_path / "notes"
    path.write_bytes(vectors.read_bytes() if content == "vectors" else b"my notes")
    before = path.read_bytes()
    assert run(corpus, "-o", tmp_path / "m.w2v", *SMALL, "--checkpoint", path) == 2
    error = capsys.readouterr().err
    assert is_error(error) and f"--checkpoint {path} holds" in error
    assert path.read_bytes() == before and "resume" not in error


def test_a_run_of_few_counted_words_continues_as_printed(
    corpus, tmp_path, stop_after, capsys, is_error
):
    checkpoint, output = tmp_path / "run.ckpt", tmp_path / "m.w2v"
    counted = [*SMALL, "--min-count=55", "--max-counted-words=20"]
    counted += ["--checkpoint", checkpoint]
    stop_after(1)
    assert run(corpus, "-o", output, *counted) == 130
    stop_after(0)
    hint = capsys.readouterr().err.partition("to continue: ")[2].splitlines()[0]
    assert run(corpus, "-o", output, "--resume", checkpoint) == 2
    error = capsys.readouterr().err
    assert is_error(error) and "with the same --encoding" in error
    assert "--max-counted-words; for a new run on this CORPUS" in error
    assert main(shlex.split(hint)[1:]) == 0
    assert len(Word2Vec.load(output).loss_history) == 3


@pytest.mark.parametrize("option", ["--output", "--checkpoint", "--resume"])
def test_two_commands_at_once_do_not_write_one_file(tmp_path, capsys, is_error, option):
    path = tmp_path / "run.w2v"
    output = [] if option == "--output" else ["-o", tmp_path / "m.w2v"]
    command = f"missing.txt {option} {path}".split()
    with file_lock(path), ThreadPoolExecutor(1) as pool:
        assert pool.submit(run, *command, *output).result(60) == 2
    error = capsys.readouterr().err
    assert is_error(error) and f"{path} is being written by another run" in error
    assert not list(tmp_path.iterdir())


def test_many_commands_resume_a_finished_run(corpus, tmp_path):
    path, output = tmp_path / "run.ckpt", tmp_path / "m.bin"
    assert run(corpus, "-o", output, *SMALL, "--checkpoint", path) == 0
    with file_lock(path), ThreadPoolExecutor(1) as pool:
        again = pool.submit(run, corpus, "-o", output, "--resume", path)
        assert again.result(60) == 0


def test_a_run_that_changed_its_file_continues_from_the_new_one(
    corpus, tmp_path, unfinished, stop_after, capsys
):
    """The same command again would start from the old file."""
    other, output = tmp_path / "other.ckpt", tmp_path / "m.w2v"
    arguments = [corpus, "-o", output, "--resume", unfinished, "--checkpoint", other]
    stop_after(2)
    assert run(*arguments) == 130
    stop_after(0)
    hint = capsys.readouterr().err.splitlines()[0].partition("to continue: ")[2]
    assert f"--resume {other}" in hint and str(unfinished) not in hint
    assert run(*arguments) == 2
    assert f"--resume {other}" in capsys.readouterr().err
    assert main(shlex.split(hint)[1:]) == 0
    assert len(Word2Vec.load(output).loss_history) == 3


def test_no_old_file_is_named_by_a_run_that_wrote_none(
    corpus, tmp_path, stop_after, capsys, monkeypatch
):
    path = tmp_path / "run.ckpt"
    arguments = [corpus, "-o", tmp_path / "m.w2v", *SMALL, "--checkpoint", path]
    assert run(*arguments) == 0
    before = Word2Vec.load(path).wv.vectors

    class Interrupted(Word2Vec):
        def __init__(self, *given, **settings):
            raise KeyboardInterrupt

    monkeypatch.setattr(train, "Word2Vec", Interrupted)
    capsys.readouterr()
    assert run(*arguments) == 130
    assert "--resume" not in capsys.readouterr().err
    np.testing.assert_array_equal(Word2Vec.load(path).wv.vectors, before)
