"""pipeline.py scan: every scanner has a row."""

import json
from importlib.util import find_spec


def test_scan_reports_each_scanner(corpus, call):
    _, text = call("pipeline.py", "scan", "--corpus", corpus, "--repeats", 2, "--json")
    rows = json.loads(text)["rows"]
    assert [row["scanner"] for row in rows[:2]] == [
        "w2vfast, 1 workers",
        "w2vfast, 2 workers",
    ]
    assert len(rows) == (2 if find_spec("gensim") is None else 3)
    assert rows[0]["ratio"] == 1
