"""An interrupted `w2vfast train` whose checkpoint cannot be written saves its run."""

import errno
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.cli import rescued_run, train
from w2vfast.cli.main import main

SMALL = ["--vector-size=8", "--min-count=1", "--workers=1", "--epochs=3"]


def interrupt(monkeypatch, before, arguments, error=KeyboardInterrupt):
    """Run the command; call `before` and interrupt it after its first epoch."""

    def stop(model):
        before()
        raise error

    class Interrupted(Word2Vec):
        def train(self, *given, **settings):
            return super().train(*given, after_epoch=stop, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(train, "Word2Vec", Interrupted)
        return main(["train", *map(str, arguments)])


def fail_to_write(monkeypatch):
    def fail(path, state):
        raise OSError(errno.ENOSPC, "No space left", str(path))

    def patch():
        monkeypatch.setattr("w2vfast.training.periodic.write_checkpoint", fail)
        monkeypatch.setattr(rescued_run, "write_checkpoint", fail)

    return patch


@pytest.mark.parametrize("error, status", [(KeyboardInterrupt, 130), (MemoryError, 2)])
def test_the_run_is_saved_if_the_folder_is_gone(
    corpus, folder, tmp_path, temporary, monkeypatch, capsys, error, status
):
    right, output = tmp_path / "right.w2v", folder / "m.w2v"
    assert main(["train", str(corpus), "-o", str(right), *SMALL]) == 0
    given = [corpus, "-o", output, *SMALL, "--checkpoint", folder / "g.ckpt"]
    capsys.readouterr()
    ended = interrupt(monkeypatch, lambda: shutil.rmtree(folder), given, error)
    assert ended == status
    text = capsys.readouterr().err
    assert "g.ckpt: the checkpoint can't be written: there is no folder" in text
    path = temporary / "rescued-g.ckpt"
    assert f"the run was saved as {path} instead" in text
    assert "model in memory" not in text
    command = re.search(r"to continue: w2vfast (.*)", text)[1]
    assert command.endswith(f"--resume {path} --workers 1")
    folder.mkdir()
    assert main(shlex.split(command)) == 0
    found, expected = Word2Vec.load(output), Word2Vec.load(right)
    assert np.array_equal(found.wv.vectors, expected.wv.vectors)


@pytest.mark.parametrize("every", ["1epoch", "2h"])
def test_the_text_says_what_is_lost_if_nothing_can_be_saved(
    corpus, folder, tmp_path, temporary, monkeypatch, capsys, every
):
    checkpoint = folder / "g.ckpt"
    given = [corpus, "-o", tmp_path / "m.w2v", *SMALL, f"--every={every}"]
    given += ["--checkpoint", checkpoint]
    # The callback is called after the checkpoint of its epoch.
    assert interrupt(monkeypatch, fail_to_write(monkeypatch), given) == 130
    text = capsys.readouterr().err
    assert f"could not be saved as {folder / 'rescued-g.ckpt'}" in text
    assert f"{temporary / 'rescued-g.ckpt'}: No space left" in text
    assert "model in memory" not in text
    since = f"what it trained since {checkpoint} is lost"
    has_older = every == "1epoch"
    assert (since if has_older else "all that it trained is lost") in text
    assert ("to continue: " in text) is has_older


def test_a_resumed_run_names_the_file_that_is_left(
    corpus, folder, tmp_path, temporary, monkeypatch, capsys
):
    first, output = tmp_path / "a.ckpt", tmp_path / "m.w2v"
    given = [corpus, "-o", output, *SMALL, "--checkpoint", first]
    assert interrupt(monkeypatch, lambda: None, given) == 130
    capsys.readouterr()
    given = [corpus, "-o", output, "--resume", first, "--checkpoint", folder / "b.ckpt"]
    assert interrupt(monkeypatch, fail_to_write(monkeypatch), given) == 130
    text = capsys.readouterr().err
    assert f"what it trained since {first} is lost" in text
    assert f"--resume {first} --checkpoint {folder / 'b.ckpt'}" in text


def test_an_existing_file_is_not_replaced(
    corpus, folder, tmp_path, temporary, monkeypatch, capsys
):
    other = temporary / "rescued-g.ckpt"
    other.write_bytes(b"of an earlier run")
    given = [corpus, "-o", folder / "m.w2v", *SMALL, "--checkpoint", folder / "g.ckpt"]
    interrupt(monkeypatch, lambda: shutil.rmtree(folder), given)
    text = capsys.readouterr().err
    path = Path(re.search(r"saved as (\S+) instead", text)[1])
    assert path == temporary / "rescued-2-g.ckpt" and Word2Vec.load(path).stopped
    assert other.read_bytes() == b"of an earlier run"
