"""quality.py batches: every point of the grid has a row."""

import json


def test_batches_reports_the_grid(corpus, questions, call):
    grid = ("--chunk-sizes", 16, 32, "--shared-negatives", 8, "--alphas", 0.025)
    short = ("--epochs", 1, "--dim", 8, "--rounds", 2, "--json")
    given = ("--corpus", corpus, "--eval", questions, *grid, *short)
    _, text = call("quality.py", "batches", *given)
    rows = json.loads(text)["rows"]
    assert [row["point"]["chunk_size"] for row in rows] == [16, 32]
    assert all(set(row["scores"]) == {"WS-353", "Google"} for row in rows)
