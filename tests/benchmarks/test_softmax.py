"""softmax.py does the work that it reports."""

import json
import math
from importlib.util import find_spec

import pytest

from w2vfast.training import parameters

needs_softmax = pytest.mark.skipif(
    "softmax" not in parameters.LOSSES, reason="this w2vfast has no softmax"
)

TINY = ("--vocabularies", 300, "--dims", 8, 20, "--gflop", 0.01, "--rounds", 2)


@needs_softmax
@pytest.mark.parametrize("architecture", parameters.ARCHITECTURES)
def test_softmax_counts_its_operations(architecture, call):
    more = ("--chunk-size", 30, "--architecture", architecture, "--json")
    _, text = call("softmax.py", *TINY, *more)
    found = json.loads(text)
    assert [row["vector_size"] for row in found["rows"]] == [8, 20]
    assert found["torch"] == []
    for row in found["rows"]:
        assert row["chunk"] == 30 and row["tokens"] % 30 == 0
        flop = 6 * 300 * row["vector_size"]
        assert row["tokens"] * flop == pytest.approx(1e7, rel=0.1)
        assert row["gflops"] > 0 and row["matmul_gflops"] > 0 and row["ratio"] > 0
        # Both are medians of two rounds, one of seconds and one of their inverses.
        speed = row["words_per_cpu_second"] * flop / 1e9
        assert speed <= row["gflops"] * 1.001


@needs_softmax
def test_softmax_and_torch_train_the_same(call):
    if find_spec("torch") is None:
        pytest.skip("torch is not installed")
    short = ("--vocabularies", 300, "--dims", 8, "--gflop", 0.02, "--rounds", 1)
    _, text = call("softmax.py", *short, "--alpha", 0.1, "--torch", "--json")
    rows = json.loads(text)["torch"]
    names = [row["contender"] for row in rows]
    assert names == ["w2vfast", "torch, by centre", "torch, by pair"]
    for row in rows:
        assert row["loss"] == pytest.approx(rows[0]["loss"], abs=1e-3)
        assert row["loss"] < math.log(300) - 5e-3
        if row["peak_mb"] is not None:  # Linux
            assert row["peak_mb"] >= row["mb_before"] > 0


def test_softmax_needs_torch_for_its_option(path_to_benchmarks, monkeypatch):
    import softmax as script

    monkeypatch.setattr(script, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install torch"):
        script.main(["--torch"])
