"""kernels.py reference: builds that differ from the reference are not timed."""

import json
import math

import pytest


def test_builds_agree_with_the_reference_and_are_timed(corpus, call):
    short = ("--check-words", 2000, "--words", 2000, "--repeats", 1, "--dim", 8)
    status, text = call("kernels.py", "reference", "--corpus", corpus, *short, "--json")
    assert status == 0
    rows = json.loads(text)["rows"]
    assert {row["architecture"] for row in rows} == {"skipgram", "cbow"}
    reference = [row for row in rows if row["build"] == "reference"]
    assert all(row["error"] == 0 and row["times"] == 1 for row in reference)
    assert all(row["error"] < 1e-4 for row in rows)


def test_a_difference_from_the_reference_is_noticed(path_to_benchmarks, monkeypatch):
    import kernels
    from harness.kernels import reference

    monkeypatch.setattr(reference, "difference", lambda a, b: math.nan)
    with pytest.raises(SystemExit, match="differ from the reference"):
        kernels.main(["reference", "--check-words", "300", "--dim", "8"])
