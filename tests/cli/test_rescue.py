"""`w2vfast train` saves the model elsewhere if the output cannot be written."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import KeyedVectors, Word2Vec
from w2vfast.cli import rescue
from w2vfast.cli.main import main

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
SMALL = ["--vector-size=8", "--min-count=1", "--epochs=1", "--workers=1"]


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def train(corpus, output, *options):
    return main(["train", str(corpus), "-o", str(output), *SMALL, *options])


def fail_for(monkeypatch, *failing, error=None):
    """Make writes to some paths fail, as on a full disk."""
    real = rescue._write

    def write(model, path):
        if any(path.match(pattern) for pattern in failing):
            raise error or OSError(errno.ENOSPC, "No space left")
        real(model, path)

    monkeypatch.setattr(rescue, "_write", write)


def right(corpus):
    model = Word2Vec(corpus, vector_size=8, min_count=1, epochs=1, workers=1)
    return model.train().wv.vectors


def saved_as(capsys, is_error):
    error = capsys.readouterr().err
    assert is_error(error)
    return error, Path(re.search(r"was saved as (\S+) \(", error)[1])


@pytest.mark.parametrize("name", ["v.bin", "m.w2v", "v.txt.gz"])
def test_the_model_is_saved_in_the_same_folder(
    corpus, folder, temporary, monkeypatch, capsys, is_error, name
):
    output = folder / name
    output.write_bytes(b"old")
    fail_for(monkeypatch, f"folder/{name}")
    assert train(corpus, output) == 2
    error, path = saved_as(capsys, is_error)
    assert f"error: {output}: No space left; " in error
    assert "w2vfast convert writes its vectors" in error
    assert path == folder / f"rescued-{name.removesuffix('.w2v')}.w2v"
    assert np.array_equal(Word2Vec.load(path).wv.vectors, right(corpus))
    assert output.read_bytes() == b"old"
    assert names_in(folder) == sorted([name, path.name])
    assert not list(temporary.iterdir())


def test_the_model_is_saved_in_the_temporary_folder(
    corpus, folder, temporary, monkeypatch, capsys, is_error
):
    fail_for(monkeypatch, "folder/*")
    (temporary / "rescued-v.bin.w2v").write_bytes(b"of an earlier run")
    assert train(corpus, folder / "v.bin") == 2
    _, path = saved_as(capsys, is_error)
    assert path == temporary / "rescued-2-v.bin.w2v"
    assert np.array_equal(Word2Vec.load(path).wv.vectors, right(corpus))
    assert (temporary / "rescued-v.bin.w2v").read_bytes() == b"of an earlier run"


@pytest.mark.filterwarnings("ignore:.*are not valid UTF-8:UserWarning")
@pytest.mark.parametrize("place", ["folder", "temporary"])
def test_the_vectors_are_saved_if_the_model_is_too_large(
    corpus, folder, temporary, monkeypatch, capsys, is_error, place
):
    other = {"folder": "none", "temporary": "folder"}[place]
    fail_for(monkeypatch, "folder/v.bin", "*.w2v", f"{other}/*")
    assert train(corpus, folder / "v.bin") == 2
    error, path = saved_as(capsys, is_error)
    assert path == {"folder": folder, "temporary": temporary}[place] / "rescued-v.bin"
    assert "(the vectors)" in error
    assert np.array_equal(KeyedVectors.load(path).vectors, right(corpus))


def test_if_all_fails_the_error_says_what_was_tried(
    corpus, folder, temporary, monkeypatch, capsys, is_error
):
    fail_for(monkeypatch, "*")
    assert train(corpus, folder / "v.bin") == 2
    error = capsys.readouterr().err
    assert is_error(error) and "could not be saved as" in error
    assert error.count("No space left") == 5


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders that are in use")
def test_a_folder_that_disappears_during_training(
    corpus, folder, temporary, monkeypatch, capsys, is_error
):
    real = Word2Vec.train

    def remove_and_train(self, *given, **settings):
        shutil.rmtree(folder, ignore_errors=True)
        return real(self, *given, **settings)

    monkeypatch.setattr(Word2Vec, "train", remove_and_train)
    assert train(corpus, folder / "v.bin") == 2
    error, path = saved_as(capsys, is_error)
    assert f"{folder / 'v.bin'}: there is no folder {folder}" in error
    assert np.array_equal(Word2Vec.load(path).wv.vectors, right(corpus))


def test_a_format_that_cannot_hold_the_words(
    tmp_path, folder, temporary, monkeypatch, capsys, is_error
):
    error = ValueError("v.bin: the word 'a b' has white space; use .w2v")
    fail_for(monkeypatch, "folder/v.bin", error=error)
    text = tmp_path / "text.txt"
    text.write_text("a b c\n" * 30)
    assert train(text, folder / "v.bin", "--sample=0") == 2
    message, path = saved_as(capsys, is_error)
    assert "use .w2v; the result" in message and len(Word2Vec.load(path).wv) == 3


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits of file size")
def test_a_limit_of_the_size(tmp_path, folder):
    """What a quota does. The text format needs more bytes than the model here."""
    text = tmp_path / "text.txt"
    words = [f"w{i}" for i in range(2000)]
    text.write_text("\n".join(" ".join(words[i : i + 20]) for i in range(0, 2000, 20)))
    output = folder / "v.txt"
    output.write_bytes(b"old")
    code = (
        "import resource, signal, sys; from w2vfast.cli.main import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "sys.exit(main())"
    )
    given = ["train", text, "-o", output, *SMALL, "--vector-size=16", "--sample=0"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *map(str, given)],
        env=ENVIRONMENT | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert f"error: {output}: File too large; the result" in done.stderr
    path = folder / "rescued-v.txt.w2v"
    assert str(path) in done.stderr and len(Word2Vec.load(path).wv) == 2000
    assert output.read_bytes() == b"old"
    assert names_in(folder) == ["rescued-v.txt.w2v", "v.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_is_not_given_neighbours(
    corpus, temporary, capsys, is_error, tmp_path
):
    link = tmp_path / "full.bin"
    link.symlink_to("/dev/full")
    assert train(corpus, link) == 2
    error, path = saved_as(capsys, is_error)
    assert "No space left on device" in error
    assert path == temporary / "rescued-full.bin.w2v"
