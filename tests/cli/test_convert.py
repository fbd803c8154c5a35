"""w2vfast convert."""

import gzip
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import KeyedVectors
from w2vfast.cli.main import main


@pytest.fixture
def source(tmp_path):
    wv = KeyedVectors(["king", "queen"], np.array([[1, 0.5], [3, 4]], np.float32))
    wv.save(tmp_path / "v.bin")
    return tmp_path / "v.bin"


@pytest.mark.parametrize("name", ["o.txt", "o.vec.gz", "o.w2v", "o.npz", "o.bin.xz"])
def test_convert_by_suffix(source, tmp_path, capsys, name):
    assert main(["convert", str(source), str(tmp_path / name)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (f"w2vfast: 2 words of 2 dimensions, written to {tmp_path / name}\n")
    found, expected = KeyedVectors.load(tmp_path / name), KeyedVectors.load(source)
    assert found.index_to_key == expected.index_to_key
    assert found.vectors.tobytes() == expected.vectors.tobytes()


def test_options(tmp_path, capsys):
    (tmp_path / "v.txt").write_bytes("3 1\né 1\nb 2\né 3\n".encode("latin-1"))
    given = ["convert", str(tmp_path / "v.txt"), str(tmp_path / "o.w2v")]
    given += ["--encoding=latin-1", "--datatype=float16"]
    assert main(given) == 2
    assert "duplicate key 'é'" in capsys.readouterr().err
    assert main([*given, "--duplicates=first"]) == 0
    wv = KeyedVectors.load(tmp_path / "o.w2v")
    assert (wv.index_to_key, wv.vectors.tolist()) == (["é", "b"], [[1], [2]])
    assert main([*given, "--limit=2"]) == 0
    model = tmp_path / "model"
    assert main(["convert", given[2], str(model), "--to=static-embedding"]) == 0
    assert KeyedVectors.load(model).index_to_key == ["é", "b"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["v.bin", "o.zip"], "o.zip: the suffix names the format"),
        (["v.bin", "o.zip"], ", or --to of w2vfast convert, found '.zip'"),
        (["v.bin", "-"], "--to of w2vfast convert, one of 'word2vec-binary'"),
        (["v.bin", "-"], "standard output: an open file has no suffix"),
        (["v.bin", "o.bin", "--to=npz"], "the format 'npz' contradicts the suffix"),
        (["v.bin", "o.txt", "--datatype=float16"], "can't store it"),
        (["v.bin", "o.txt", "--from=w2v"], "the content looks like"),
        (["v.bin", "o.txt", "--from=bin"], "invalid choice: 'bin'"),
        (["none.bin", "o.txt"], "none.bin: No such file"),
    ],
)
def test_refusals(source, tmp_path, capsys, monkeypatch, is_error, arguments, text):
    monkeypatch.chdir(tmp_path)
    assert main(["convert", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and text in err
    assert [path.name for path in tmp_path.iterdir()] == ["v.bin"]


def test_standard_input_and_output(source):
    process = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "w2vfast",
            "convert",
            "-",
            "-",
            "--to=word2vec-text",
        ],
        input=gzip.compress(source.read_bytes()),
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])},
    )
    assert process.stdout == b"2 2\nking 1 0.5\nqueen 3 4\n"
    assert b"written to standard output" in process.stderr


@pytest.mark.filterwarnings("default")
def test_warnings_are_printed_as_one_line(tmp_path, capsys):
    (tmp_path / "v.txt").write_text("3 1\na 1\nb 2\n")
    assert main(["convert", str(tmp_path / "v.txt"), str(tmp_path / "o.w2v")]) == 0
    warning, _ = capsys.readouterr().err.splitlines()
    assert warning.startswith("w2vfast: warning: the first line announces 3 words")


def test_similar_reads_standard_input(source, capsys, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(source.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["similar", "-", "king"]) == 0
    assert "queen" in capsys.readouterr().out
