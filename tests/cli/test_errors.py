"""Command-line errors: one line, status 2, and no file changes."""

import os
from pathlib import Path

import pytest

import w2vfast
from w2vfast import KeyedVectors
from w2vfast.cli import train
from w2vfast.cli.main import main


def names_in(folder):
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def no_training(monkeypatch):
    def fail(*_, **__):
        raise AssertionError("the corpus was read")

    monkeypatch.setattr(train, "Corpus", fail)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    "options, text",
    [
        (["--output=v.zip"], "v.zip: the suffix names the format; expected .bin"),
        (["--output=v"], "if compressed, found no suffix"),
        (["--output=none/v.bin"], "none/v.bin: there is no folder"),
        (["--output=folder.bin"], "folder.bin is a folder"),
        (
            ["--output=v.bin", "--alpha=-1"],
            "--alpha -1.0: expected a finite number above",
        ),
        (["--output=v.bin", "--epochs=0"], "--epochs 0: expected a whole number"),
        (["--output=v.bin", "--epochs=x"], "--epochs: invalid int value: 'x'"),
        (["--output=v.bin", "--architecture=cbov"], "expected one of 'skipgram'"),
        (["--output=v.bin", "--workers=0"], "--workers 0: expected 1 or more"),
        (["--output=v.bin", "--kernels=fast"], "--kernels fast: expected 'auto'"),
        (["--output=v.bin", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["--output=v.bin", "--epoch=1"], "unrecognized arguments: --epoch=1"),
        (["missing.txt", "--output=v.bin"], "no such file: missing.txt"),
        ([], "the following arguments are required: --output"),
    ],
)
def test_bad_options_fail_before_training(
    corpus, tmp_path, capsys, monkeypatch, options, text, is_error
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.bin").mkdir()
    assert main(["train", str(corpus), *options]) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and text in err
    assert names_in(tmp_path) == ["folder.bin"]


@pytest.mark.parametrize(
    ("arguments", "help_of"),
    [
        (["--bogus", "train", "x", "-o", "v.bin"], "w2vfast"),
        (["train", "x", "-o", "v.bin", "--bogus"], "w2vfast train"),
        (["similar", "--bogus", "v.bin", "x"], "w2vfast similar"),
    ],
)
def test_an_unknown_option_names_the_help_of_its_place(capsys, arguments, help_of):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert f"unrecognized arguments: --bogus (see {help_of} --help)" in error


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["trian", "x", "-o", "v.bin"], "did you mean train?"),
        (["evaluat", "v.bin"], "did you mean evaluate?"),
        (["train", "x", "--checkpiont", "g", "-o", "v"], "pass --checkpoint (see"),
        (["train", "x", "--resme=g", "-o", "v"], "instead of --resme pass --resume"),
        (["evaluate", "v", "--pair", "p.tsv"], "instead of --pair pass --pairs"),
        (["tune", "x", "--trails", "3"], "instead of --trails pass --trials"),
        (["similar", "v", "king", "--tpon=3"], "instead of --tpon pass --topn"),
        (["similar", "v", "x", "--format=tables"], "did you mean table?"),
        (["--versoin", "train", "x", "-o", "v"], "pass --version (see w2vfast --help"),
    ],
)
def test_misspelt_words_are_answered(capsys, arguments, answer):
    assert main(arguments) == 2
    assert answer in capsys.readouterr().err


def test_options_that_a_command_lacks_are_not_suggested(capsys):
    assert main(["similar", "v.bin", "king", "--epoch=3"]) == 2
    assert "--epochs" not in capsys.readouterr().err


def test_a_corpus_is_no_checkpoint(corpus, tmp_path, capsys):
    given = [str(corpus), "-o", str(tmp_path / "v.bin"), "--resume", str(corpus)]
    assert main(["train", *given]) == 2
    assert f"--resume {corpus} is a corpus file" in capsys.readouterr().err


def test_standard_input_is_no_output(tmp_path, monkeypatch, capsys):
    text = tmp_path / "text.txt"
    text.write_text("sun moon star sky\n" * 300)
    with text.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["train", "-", "-o", str(text), "--min-count", "1"]) == 2
    assert f"--output {text} is a corpus file" in capsys.readouterr().err
    assert text.read_text().startswith("sun moon")


@pytest.mark.skipif(os.name != "posix" or not os.getuid(), reason="root may write")
def test_output_folder_without_permission_is_an_error(
    corpus, tmp_path, capsys, no_training
):
    tmp_path.chmod(0o500)
    assert main(["train", str(corpus), "-o", str(tmp_path / "v.bin")]) == 2
    assert "v.bin: Permission denied" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_output_folder_that_cannot_hold_files_is_an_error(
    corpus, capsys, no_training, is_error
):
    assert main(["train", str(corpus), "-o", "/proc/v.bin"]) == 2
    assert is_error(capsys.readouterr().err)


def test_failed_training_keeps_the_old_output_file(corpus, tmp_path, capsys):
    output = tmp_path / "v.bin"
    output.write_bytes(b"old")
    given = ["--output", str(output), "--min-count=1000"]
    assert main(["train", str(corpus), *given]) == 2
    assert "--min-count 1000 leaves no word" in capsys.readouterr().err
    assert output.read_bytes() == b"old" and names_in(tmp_path) == ["v.bin"]


@pytest.mark.parametrize("arguments", [[], ["trian"], ["train"], ["similar", "v.bin"]])
def test_wrong_command_points_to_help(arguments, capsys, is_error):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and "--help" in err


@pytest.mark.parametrize(
    "error, text",
    [
        (ValueError("two\nlines"), "two lines"),
        (TypeError("a type"), "a type"),
        (KeyError("no 'quotes' more"), "no 'quotes' more"),
        (KeyError(), "KeyError"),
        (OSError(13, "Permission denied", "a/b"), "a/b: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("in words"), "in words"),
        (ImportError("not installed"), "not installed"),
        (MemoryError(), "out of memory"),
        (MemoryError("so much"), "so much"),
        (w2vfast.DivergedError("infinite"), "infinite"),
        (RuntimeError(), "RuntimeError"),
        (ZeroDivisionError("surprise"), "surprise"),
    ],
)
def test_every_exception_becomes_one_line(monkeypatch, capsys, error, text):
    def fail(*_):
        raise error

    monkeypatch.setattr(KeyedVectors, "load", fail)
    assert main(["similar", "v.bin", "king"]) == 2
    assert capsys.readouterr() == ("", f"w2vfast: error: {text}\n")


def test_messages_do_not_send_escape_sequences(tmp_path, capsys):
    name = tmp_path / "red\x1b[31m.bin"
    assert main(["similar", str(name), "king"]) == 2
    err = capsys.readouterr().err
    assert "\x1b" not in err and r"red\x1b[31m.bin: No such file" in err
