"""The softmax benchmark does the work that it says."""

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
def test_softmax_beside_torch_trains_the_same(call):
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


def test_softmax_says_that_torch_is_missing(path_to_benchmarks, monkeypatch):
    import softmax as script

    monkeypatch.setattr(script, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install torch"):
        script.main(["--torch"])


def test_no_chunk_of_the_made_up_corpus_has_a_word_twice(
    path_to_benchmarks, monkeypatch
):
    import softmax_task as script

    monkeypatch.setattr(script.Task, "chunk", 7)
    task = script.Task("w2vfast", words=20, vector_size=4, gflop=1e-4)
    ids = task.ids()
    assert len(ids) % 7 == 0 and set(ids.tolist()) == set(range(20))
    pairs = []
    for first, (centres, rows, outside) in enumerate(task.batches()):
        assert centres.tolist() == ids[7 * first : 7 * first + 7].tolist()
        assert len(set(centres.tolist())) == 7
        pairs += zip(centres[rows].tolist(), outside.tolist(), strict=True)
    wanted = [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - 5), min(len(ids), i + 6))
        if j != i
    ]
    assert pairs == wanted
