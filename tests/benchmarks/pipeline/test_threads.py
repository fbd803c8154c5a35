"""pipeline.py threads trains with each number of threads, in both modes."""

import json


def test_threads_are_compared(corpus, call):
    given = ("--corpus", corpus, "--workers", 1, 2, "--vector-size", 8, "--rounds", 1)
    _, printed = call("pipeline.py", "threads", *given, "--json")
    rows = json.loads(printed)["rows"]
    assert [(row["training"], row["threads"]) for row in rows] == [
        ("ordinary", 1),
        ("ordinary", 2),
        ("deterministic", 1),
        ("deterministic", 2),
    ]
    assert rows[0]["cpu_ratio"] == 1
    assert all(row["words_per_cpu_second"] > 0 for row in rows)
