"""`w2vfast similar`."""

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.cli.main import main


def test_similar_prints_one_block_for_each_word(vectors, capsys):
    assert main(["similar", str(vectors), "king", "wine", "--topn", "2"]) == 0
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


@pytest.mark.parametrize("suffix", [".txt", ".vec", ".w2v"])
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
        (["king", "--topn=0"], "topn=0: expected 1 or more"),
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
