"""The smaller benchmarks run, and notice what is wrong."""

import json
import math
from importlib.util import find_spec

import pytest


def test_reference_vs_fast_agrees_and_times(corpus, call):
    short = ("--check-words", 2000, "--words", 2000, "--repeats", 1, "--dim", 8)
    status, text = call("reference_vs_fast.py", "--corpus", corpus, *short, "--json")
    assert status == 0
    rows = json.loads(text)["rows"]
    assert {row["architecture"] for row in rows} == {"skipgram", "cbow"}
    reference = [row for row in rows if row["build"] == "reference"]
    assert all(row["error"] == 0 and row["times"] == 1 for row in reference)
    assert all(row["error"] < 1e-4 for row in rows)


def test_reference_vs_fast_notices_a_difference(path_to_benchmarks, monkeypatch):
    import reference_vs_fast as script

    monkeypatch.setattr(script, "difference", lambda a, b: math.nan)
    with pytest.raises(SystemExit, match="differ from the reference"):
        script.main(["--check-words", "300", "--dim", "8"])


def test_nan_sweep_is_finite(corpus, call):
    status, text = call("nan_sweep.py", "--corpus", corpus, "--quick", "--dim", 8)
    assert status == 0
    assert "12 of 12 settings finite" in text


def test_nan_sweep_fails_when_a_run_diverges(corpus, path_to_benchmarks, monkeypatch):
    import nan_sweep as script

    def run(corpus, setting, fixed):
        return script.Row(setting, math.nan, 1.0, 1.0)

    monkeypatch.setattr(script, "run", run)
    with pytest.raises(SystemExit) as error:
        script.main(["--corpus", str(corpus), "--quick"])
    assert error.value.code == 1


def test_nan_sweep_covers_the_range_promised(path_to_benchmarks):
    import nan_sweep as script

    settings = list(script.settings(script.every()))
    assert len(settings) == 243
    assert len({tuple(setting.items()) for setting in settings}) == 243


def test_beginning_cuts_at_a_line_or_else_a_word(path_to_benchmarks, tmp_path):
    from plain_text import beginning

    path = tmp_path / "text"
    for text, size, wanted in (
        (b"a b\nc d\ne f\n", 9, b"a b\nc d\n"),
        (b"aa bb cc", 7, b"aa bb\n"),
        (b"aa bb", 99, b"aa bb\n"),
    ):
        path.write_bytes(text)
        with beginning(path, size) as cut:
            assert cut.read_bytes() == wanted
        assert not cut.exists()


def test_scan_reports_each_scanner(corpus, call):
    _, text = call("scan.py", "--corpus", corpus, "--repeats", 2, "--json")
    rows = json.loads(text)["rows"]
    assert [row["scanner"] for row in rows[:2]] == [
        "w2vfast, 1 workers",
        "w2vfast, 2 workers",
    ]
    assert len(rows) == (2 if find_spec("gensim") is None else 3)
    assert rows[0]["ratio"] == 1


def test_chunks_reports_the_grid(corpus, questions, call):
    grid = ("--chunk-sizes", 16, 32, "--shared-negatives", 8, "--alphas", 0.025)
    short = ("--epochs", 1, "--dim", 8, "--rounds", 2, "--json")
    _, text = call("chunks.py", "--corpus", corpus, "--eval", questions, *grid, *short)
    rows = json.loads(text)["rows"]
    assert [row["point"]["chunk_size"] for row in rows] == [16, 32]
    assert all(set(row["scores"]) == {"WS-353", "Google"} for row in rows)


def test_slices_compares_trees(corpus, call, package):
    short = ("--corpus", corpus, "--build", "base", "--rounds", 3, "--blocks", 1)
    small = ("--set", "vector_size=8", "--set", "min_count=1")
    _, text = call("slices.py", package, package, *short, *small)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [line.split("|")[1:-1] for line in lines[2:]]
    assert [row[0].strip() for row in rows] == [package, package]
    assert float(rows[0][2]) == 1
    assert 0.2 < float(rows[1][2]) < 5
