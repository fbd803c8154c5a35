"""kernels.py throughput times every build with every objective."""

import json
from itertools import product

import pytest

from w2vfast.kernels import usable
from w2vfast.training import parameters


@pytest.fixture
def measure(call):
    def run(corpus, output, *more):
        short = ("--dims", 8, "--words", 2000, "--rounds", 1, "--gflop", 0.1)
        size = ("--vocabulary", 60, "--softmax-words", 1000, "--softmax-vocabulary", 40)
        call("kernels.py", "throughput", *short, *size, "--output", output, *more)
        found = json.loads((output / "kernels.json").read_text())
        return (output / "kernels.md").read_text(), found

    return run


def test_throughput_reports_every_build_and_setting(corpus, tmp_path, measure):
    builds = [name for name in usable() if name != "reference"]
    text, found = measure(corpus, tmp_path, "--corpus", corpus)
    names = ("loss", "architecture", "build")
    assert [tuple(row[name] for name in names) for row in found["rows"]] == [
        *product(parameters.LOSSES, parameters.ARCHITECTURES, builds)
    ]
    for row in found["rows"]:
        soft = row["loss"] == "softmax"
        assert row["vocabulary"] == (40 if soft else 60)
        assert row["words"] <= 1000 if soft else row["words"] == 2000
        assert row["gflops"] == pytest.approx(row["gflop"] / row["cpu_seconds"][0])
        assert row["share"] == pytest.approx(row["gflops"] / row["sgemm_gflops"])
    assert text.count("\n| ") == 2 + len(found["rows"])
    assert "8 to 16" in text and "tiny.txt" in text and str(corpus) not in text


def test_throughput_uses_a_synthetic_corpus(corpus, tmp_path, measure):
    only = ("--losses", "softmax", "--architectures", "cbow", "--builds", usable()[1])
    text, found = measure(corpus, tmp_path, *only)
    (row,) = found["rows"]
    assert "synthetic" in text
    assert (row["words"], row["vocabulary"]) == (1000, 40)
