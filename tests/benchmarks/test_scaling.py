"""scaling.py measures every point and marks cliffs."""

import json
from itertools import product
from xml.etree import ElementTree

import pytest

from w2vfast.training import parameters


@pytest.fixture
def scaling(call):
    def run(output, *more):
        short = ("--tokens", 3000, "--rounds", 2, "--output", output)
        _, text = call("scaling.py", *short, *more)
        return text, json.loads((output / "scaling.json").read_text())["rows"]

    return run


def test_scaling_reports_each_group(tmp_path, scaling):
    few = ("--threads", 2, "--vocabularies", 500, "--dims", 8, "--windows", 2)
    text, rows = scaling(tmp_path, *few, "--negatives", 2)
    values = {}
    for row in rows:
        values.setdefault(row["group"], []).append(row["value"])
    assert values == {
        "workers": [1, 2],
        "vocabulary": [500, 30_000],
        "vector_size": [8, 100],
        "window": [2, 5],
        "negative": [2, 5],
    }
    assert text.count("\n## skipgram: ") == 5
    usual = [row for row in rows if row["value"] in (1, 30_000, 100, 5)]
    assert all(row["speed"] == row["time_per_operation"] == 1 for row in usual)
    two = rows[1]
    assert [run["words"] for run in two["runs"]] == [6000, 6000]
    # Not exactly: the operations are counted on a text twice as long.
    assert two["time_per_operation"] == pytest.approx(2 / two["speed"], rel=0.05)
    # Fewer dimensions, windows, negatives: fewer operations. 8 are padded to 16.
    for row in rows:
        if row["group"] in ("vector_size", "window", "negative") and row not in usual:
            assert row["operations_per_word"] < usual[0]["operations_per_word"]
    dims = next(row for row in rows if row["value"] == 8)
    share = dims["operations_per_word"] / usual[0]["operations_per_word"]
    assert share == pytest.approx(16 / 112)
    chart = ElementTree.parse(tmp_path / "scaling.svg").getroot()
    bars = chart.findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 1 + len(rows)


def test_scaling_leaves_out_groups_without_points(tmp_path, scaling):
    none = ("--threads", "--vocabularies", "--dims", "--windows", "--negatives")
    _, rows = scaling(tmp_path, *none, 10, "--architectures", "skipgram", "cbow")
    assert [(row["architecture"], row["value"]) for row in rows] == [
        *product(parameters.ARCHITECTURES, (5, 10))
    ]


def test_scaling_marks_a_cliff(path_to_benchmarks, monkeypatch, tmp_path, capsys):
    import scaling as script

    def run(module, task, name):
        # Time grows as the operations do, but jumps at 100,000 words.
        seconds = 4.0 if task["vocabulary"] >= 100_000 else 1.0
        fixed = {"words": 10, "operations": 2.0 * task["vector_size"]}
        return {"cpu": seconds * task["vector_size"], "wall": 9.0, **fixed}

    monkeypatch.setattr(script, "run_in_process", run)
    none = ["--threads", "--windows", "--negatives", "--dims", "50", "200"]
    script.main([*none, "--output", str(tmp_path)])
    rows = json.loads((tmp_path / "scaling.json").read_text())["rows"]
    assert [row["value"] for row in rows if row["cliff"]] == [100_000]
    dims = [row for row in rows if row["group"] == "vector_size"]
    assert [row["speed"] for row in dims] == [2, 1, 0.5]
    assert [row["time_per_operation"] for row in dims] == [1, 1, 1]
    assert capsys.readouterr().out.count("| cliff |") == 1 + 2
    assert (tmp_path / "scaling.svg").read_text().count("cliff") == 1
