"""`w2vfast similar`."""

import json

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.cli.main import main

QUERY = ["king", "wine", "--topn", "2"]


def test_similar_prints_one_block_for_each_word(vectors, capsys):
    assert main(["similar", str(vectors), *QUERY, "--format", "table"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "king",
        f"  {np.cos(0.1):7.4f}  queen",
        f"  {np.cos(1.5):7.4f}  bread",
        "",
        "wine",
        f"  {np.cos(0.2):7.4f}  bread",
        f"  {np.cos(1.3):7.4f}  \\udcff",
    ]


def test_similar_prints_lines_with_tabs_into_a_pipe(vectors, capsys):
    assert main(["similar", str(vectors), *QUERY]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "word\tneighbour\tcosine",
        f"king\tqueen\t{np.cos(0.1):.4f}",
        f"king\tbread\t{np.cos(1.5):.4f}",
        f"wine\tbread\t{np.cos(0.2):.4f}",
        f"wine\t\\udcff\t{np.cos(1.3):.4f}",
    ]


def test_similar_prints_json(vectors, capsys):
    assert main(["similar", str(vectors), *QUERY, "--format", "json"]) == 0
    king, wine = json.loads(capsys.readouterr().out)
    assert (king["word"], wine["word"]) == ("king", "wine")
    assert [near["word"] for near in wine["neighbours"]] == ["bread", "\udcff"]
    assert king["neighbours"][0]["cosine"] == pytest.approx(np.cos(0.1), abs=1e-6)


@pytest.mark.parametrize("style", ["table", "tsv"])
def test_escape_sequences_do_not_reach_the_terminal(tmp_path, capsys, style):
    words = ["king", "red\x1b[31m", "new\nline", "tab\there", "turn\u202eed"]
    path = tmp_path / "v.npz"
    KeyedVectors(words, np.eye(5, 3) + 1).save(path)
    assert main(["similar", str(path), "king", "--format", style]) == 0
    out = capsys.readouterr().out
    assert not {"\x1b", "\u202e"} & set(out)
    for text in (r"red\x1b[31m", r"new\nline", r"tab\there", r"turn\u202eed"):
        assert sum(text in line for line in out.splitlines()) == 1


@pytest.mark.filterwarnings("ignore:.*are not valid UTF-8. 1 of 5:UserWarning")
@pytest.mark.parametrize("suffix", [".bin", ".txt", ".vec", ".w2v", ".npz", ".txt.gz"])
def test_similar_reads_all_formats(vectors, tmp_path, capsys, suffix):
    main(["similar", str(vectors), "king"])
    expected = capsys.readouterr().out
    path = tmp_path / f"v{suffix}"
    KeyedVectors.load(vectors).save(path)
    assert main(["similar", str(path), "king"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["king", "kin"], "'kin' is not among the 5 words of these vectors"),
        (["king", "--topn=0"], "--topn 0: expected 1 or more"),
        (["king", "--topn=many"], "invalid int value: 'many'"),
    ],
)
def test_similar_reports_bad_arguments(vectors, capsys, arguments, text, is_error):
    assert main(["similar", str(vectors), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and text in err


def test_similar_reports_a_missing_file(tmp_path, capsys):
    path = tmp_path / "none.bin"
    assert main(["similar", str(path), "king"]) == 2
    assert capsys.readouterr().err == (
        f"w2vfast: error: {path}: No such file or directory\n"
    )
