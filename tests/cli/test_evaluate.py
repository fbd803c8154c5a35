"""w2vfast evaluate."""

import json
import sys

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.cli.main import main


@pytest.fixture
def files(tmp_path):
    """Vectors, pairs and questions."""
    vectors = np.array([[1, 0], [1, 1], [0, 0.5], [-1, 3], [1, 0.2]])
    wv = KeyedVectors(["man", "king", "woman", "queen", "boy"], vectors)
    wv.save(tmp_path / "v.bin")
    (tmp_path / "p.tsv").write_text("man\tboy\t9\nman\tking\t7\nman\twoman\t3\nx\ty\t1")
    (tmp_path / "q.txt").write_text(": royal\nman king woman queen\n: x\na b c d\n")
    (tmp_path / "upper.csv").write_text("MAN,Boy,9\nMan,King,7\n")
    return tmp_path


def run(files, *options):
    return main(["evaluate", *(o.replace("@", f"{files}/") for o in options)])


ANALOGIES = [
    ["royal", "1.0000", "1", "1", "1"],
    ["(total)", "1.0000", "1", "1", "2"],
]


def test_tables_in_a_pipe(files, capsys):
    assert run(files, "@v.bin", "--pairs", "@p.tsv", "--analogies", "@q.txt") == 0
    out, err = capsys.readouterr()
    assert err == ""
    pairs, analogies = (
        [row.split("\t") for row in t.splitlines()] for t in out.split("\n\n")
    )
    header = ["pairs", "spearman", "spearman p", "pearson", "pearson p", "found", "of"]
    assert pairs[0] == header
    assert pairs[1][:2] == [f"{files}/p.tsv", "1.0000"]
    assert pairs[1][5:] == ["3", "4"]
    expected = KeyedVectors.load(files / "v.bin").evaluate_word_pairs(files / "p.tsv")
    assert float(pairs[1][3]) == pytest.approx(expected.pearson, abs=1e-4)
    header = ["analogies", "section", "accuracy", "correct", "counted", "of"]
    assert analogies == [header, *([f"{files}/q.txt", *row] for row in ANALOGIES)]


def test_aligned_on_a_terminal(files, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(files, "@v.bin", "--analogies", "@q.txt") == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [[f"{files}/q.txt", *row] for row in ANALOGIES]
    assert [line.split() for line in lines[1:]] == rows
    assert len({len(line) for line in lines}) == 1
    assert lines[0].index("section") == lines[1].index("royal")


def test_json(files, capsys):
    options = ["--pairs", "@p.tsv", "--analogies", "@q.txt", "--topn=2"]
    assert run(files, "@v.bin", *options, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["vectors"] == f"{files}/v.bin"
    [pairs], [analogies] = found["pairs"], found["analogies"]
    wv = KeyedVectors.load(files / "v.bin")
    expected = wv.evaluate_word_pairs(files / "p.tsv")
    assert pairs == {
        "file": f"{files}/p.tsv",
        "spearman": expected.spearman,
        "spearman_p": expected.spearman_p,
        "pearson": expected.pearson,
        "pearson_p": expected.pearson_p,
        "pairs": 4,
        "found": 3,
        "unknown": 1,
        "unknown_ratio": 0.25,
    }
    section = {"accuracy": 1, "accuracy_of_all": 1, "correct": 1, "counted": 1}
    section |= {"questions": 1, "unknown": 0, "unknown_ratio": 0}
    assert analogies["sections"] == {"royal": section}
    assert analogies["total"]["accuracy_of_all"] == 0.5
    assert (analogies["method"], analogies["topn"]) == ("3cosadd", 2)


def found_pairs(files, capsys, *options):
    assert run(files, "@v.bin", "--json", *options) == 0
    return [pairs["found"] for pairs in json.loads(capsys.readouterr().out)["pairs"]]


def test_options(files, capsys):
    both = ["--pairs", "@p.tsv", "@p.tsv", "--pairs", "@upper.csv"]
    for option in ("--lowercase", "--case-insensitive"):
        assert found_pairs(files, capsys, *both, option) == [3, 2]
    limited = ["--pairs", "@p.tsv", "--restrict-vocab", "3"]
    assert found_pairs(files, capsys, *limited) == [2]
    assert run(files, "@v.bin", "--pairs", "@p.tsv", "--unknown-as-zero", "--json") == 0
    [pairs] = json.loads(capsys.readouterr().out)["pairs"]
    wv = KeyedVectors.load(files / "v.bin")
    expected = wv.evaluate_word_pairs(files / "p.tsv", unknown_as_zero=True)
    assert pairs["spearman"] == expected.spearman
    assert run(files, "@v.bin", "--analogies", "@q.txt", "--method=3cosmul") == 0


def test_hints_name_options_that_help(files, capsys):
    def hint(*options):
        assert run(files, "@v.bin", *options) == 2
        return capsys.readouterr().err.strip().rpartition("; ")[2]

    upper, title = ["--pairs", "@upper.csv"], ["--pairs", "@title.csv"]
    (files / "upper.csv").write_text("MAN,Rome,9\nMan,Bern,7\n")
    unknown = "unknown are 'MAN', 'Rome', 'Man', …"
    assert hint(*upper) == unknown
    assert hint(*upper, "--lowercase") == unknown.replace("'Man', …", "'Bern'").replace(
        "'MAN', ", "")  # fmt: skip
    (files / "upper.csv").write_text("MAN,Boy,9\nMan,King,7\n")
    assert hint(*upper) == "pass --lowercase"
    both = "pass --case-insensitive and a larger --restrict-vocab"
    assert hint(*upper, "--restrict-vocab=1") == both
    lower = ["--lowercase", "--restrict-vocab=1"]
    assert hint(*upper, *lower) == "pass a larger --restrict-vocab"
    KeyedVectors(["Man", "Boy", "King"], np.eye(3)).save(files / "v.bin")
    (files / "title.csv").write_text("man,boy,9\nman,king,7\n")
    assert hint(*title, "--lowercase") == "pass --case-insensitive"
    (files / "upper.txt").write_text("MAN BOY KING MAN\n")
    assert hint("--analogies", "@upper.txt", "--lowercase") == "pass --case-insensitive"


@pytest.mark.parametrize("style", ["json", "tsv"])
def test_files_with_known_words_are_scored_beside_others(
    files, capsys, is_error, style
):
    (files / "bad.tsv").write_text("x\ty\t1\nz\tx\t2\n")
    (files / "bad.txt").write_text(": x\na b c d\n")
    bad = ["--pairs", "@bad.tsv", "--analogies", "@bad.txt", "--format", style]
    good = ["--pairs", "@p.tsv", "--analogies", "@q.txt"]
    assert run(files, "@v.bin", *bad, *good) == 2
    out, err = capsys.readouterr()
    assert is_error(err)
    assert all(f"{files}/{name}: no " in err for name in ("bad.tsv", "bad.txt"))
    assert "p.tsv" not in err and "bad.t" not in out
    assert run(files, "@v.bin", *good, "--format", style) == 0
    assert capsys.readouterr().out == out
    assert run(files, "@v.bin", *bad) == 2
    assert capsys.readouterr().out == ""


def test_a_file_without_lines_is_named(files, capsys):
    """Before any vectors are loaded."""
    (files / "empty").write_text("\n# a comment\n")
    for option, text in [("--pairs", "no pair"), ("--analogies", "no question")]:
        assert run(files, "@none.bin", option, "@empty") == 2
        assert f"{files}/empty: {text}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["@v.bin"], "nothing to evaluate: name files with --pairs or --analogies"),
        (["@none.bin", "--pairs", "@none"], "none: No such file or directory"),
        (["@none.bin", "--pairs", "@q.txt"], "q.txt, line 1: expected word<tab>"),
        (["@none.bin", "--pairs", "@q.txt"], "analogy file: pass it to --analogies"),
        (["@none.bin", "--analogies", "@p.tsv"], "word-pair file: pass it to --pairs"),
        (["@none.bin", "--analogies", "@p.tsv"], "p.tsv, line 1: expected section"),
        (["@none.bin", "--pairs", "@p.tsv"], "none.bin: No such file or directory"),
        (["@v.bin", "--pairs", "@upper.csv"], "upper.csv: no rank correlation: 0 of 2"),
        (["@v.bin", "--pairs", "@p.tsv", "--restrict-vocab=0"], "--restrict-vocab 0"),
        (["@v.bin", "--analogies", "@q.txt", "--method=x"], "--method x: expected"),
        (
            ["@v.bin", "--analogies", "@q.txt", "--topn=0"],
            "--topn 0: expected 1",
        ),
        (["@v.bin", "--topn=x"], "invalid int value: 'x'"),
    ],
)
def test_errors(files, capsys, is_error, options, text):
    assert run(files, *options) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and text in err
