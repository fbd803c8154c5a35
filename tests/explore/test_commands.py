"""`w2vfast explore` and `w2vfast projector`."""

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.cli.main import main


@pytest.fixture(scope="module")
def file(wv, tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "v.w2v"
    wv.save(path)
    return str(path)


def test_explore_writes_the_page_of_the_method(wv, file, tmp_path, capsys):
    page = tmp_path / "page.html"
    page.write_text("old")  # is replaced
    assert main(["explore", file, "-o", str(page)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("w2vfast: 300 words of 12 dimensions, 0.1 MB, written to ")
    wv.explore(tmp_path / "same.html", names=("v.w2v",))
    assert page.read_bytes() == (tmp_path / "same.html").read_bytes()


def test_explore_compares_files_of_the_same_name(file, tmp_path, capsys, read_data):
    page = str(tmp_path / "page.html")
    assert main(["explore", file, "-o", page, "--compare", file, "--top", "50"]) == 0
    models = read_data(tmp_path / "page.html")["models"]
    assert [model["name"] for model in models] == [file, file]
    assert [len(model["words"]) for model in models] == [50, 50]


def test_projector_writes_a_folder(file, tmp_path, capsys):
    folder = tmp_path / "logs"
    assert main(["projector", file, "-o", str(folder), "--top", "10"]) == 0
    assert "10 words of 12 dimensions" in capsys.readouterr().err
    assert len((folder / "vectors.tsv").read_text().splitlines()) == 10


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["explore", "FILE", "-o", "missing/page.html"], "there is no folder"),
        (["explore", "FILE", "-o", "."], "is a folder; expected the name of a file"),
        (
            ["explore", "FILE", "-o", "p.html", "--top=60000"],
            "--top 60000: expected 2 to",
        ),
        (
            ["explore", "TWO", "-o", "TWO"],
            "two.bin holds the vectors; expected",
        ),
        (
            ["explore", "none.bin", "-o", "p.html"],
            "no such file: none.bin; did you mean",
        ),
        (["explore", "FILE", "-o", "p.html", "--compare", "TWO"], "TWO: the compared"),
        (["explore", "TEXT", "-o", "p.html"], "TEXT: "),
        (["explore", "ONE", "-o", "p.html"], "ONE: 1 word: expected at least 2"),
        (["projector", "ONE", "-o", "p"], "ONE: 1 word: expected at least 2"),
        (["projector", "FILE", "-o", "TEXT"], "TEXT is a file; expected the name of a"),
    ],
)
def test_errors_are_one_line(file, tmp_path, monkeypatch, capsys, arguments, text):
    monkeypatch.chdir(tmp_path)
    KeyedVectors(["a", "b"], np.eye(2)).save(tmp_path / "two.bin")
    KeyedVectors(["a"], np.eye(1)).save(tmp_path / "one.bin")
    (tmp_path / "text.bin").write_text("no vectors at all")
    before = sorted(tmp_path.iterdir())
    names = {"FILE": file, "TWO": "two.bin", "ONE": "one.bin", "TEXT": "text.bin"}
    for name, path in names.items():
        arguments = [path if argument == name else argument for argument in arguments]
        text = text.replace(f"{name}:", f"{path}:").replace(f"{name} is", f"{path} is")
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and text in err
    assert sorted(tmp_path.iterdir()) == before
