"""pipeline.py arrow: each type of column has a row, and both ways agree."""

import json

import pytest


def test_arrow_reports_each_type(corpus, call):
    pytest.importorskip("pyarrow.parquet")
    _, text = call("pipeline.py", "arrow", "--corpus", corpus, "--repeats", 1, "--json")
    rows = json.loads(text)["rows"]
    assert [row["column"] for row in rows] == [
        *("string", "list<string>", "list<dictionary>", "list<int64>"),
        *("Parquet, string", "Parquet, list<string>"),
    ]
    assert all(row["ratio"] > 0 for row in rows)
