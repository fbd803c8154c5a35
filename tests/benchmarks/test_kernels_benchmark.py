"""Operations are counted right, and every build is timed."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from w2vfast.kernels import usable
from w2vfast.kernels.arguments import zero_embeddings
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training import parameters
from w2vfast.training.prepare import kernel_arguments


@pytest.fixture
def measure(call):
    def run(corpus, output, *more):
        short = ("--dims", 8, "--words", 2000, "--rounds", 1, "--gflop", 0.1)
        size = ("--vocabulary", 60, "--softmax-words", 1000, "--softmax-vocabulary", 40)
        call("kernels.py", *short, *size, "--output", output, *more)
        found = json.loads((output / "kernels.json").read_text())
        return (output / "kernels.md").read_text(), found

    return run


def test_kernels_reports_every_build_and_setting(corpus, tmp_path, measure):
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


def test_kernels_makes_up_a_corpus(corpus, tmp_path, measure):
    only = ("--losses", "softmax", "--architectures", "cbow", "--builds", usable()[1])
    text, found = measure(corpus, tmp_path, *only)
    (row,) = found["rows"]
    assert "made up" in text
    assert (row["words"], row["vocabulary"]) == (1000, 40)


@pytest.mark.parametrize("cbow", [False, True])
def test_useful_operations_are_those_of_each_score(cbow, path_to_benchmarks):
    from kernels_task import operations

    # Ten different words, each seen by its neighbours: 18 pairs, in CBOW 10.
    ids, pairs = np.arange(10, dtype=np.int32), 10 if cbow else 18
    counts = np.ones(10, np.int64)
    kind = {"architecture": "cbow" if cbow else "skipgram", "sample": 0}
    kind |= {"window": 1, "shrink_windows": False, "vector_size": 20}

    def scores(change=None, **more):
        p = parameters.Parameters(**kind, **more)
        tables = zero_embeddings(10, 20), zero_embeddings(10, 20)
        offsets = np.array([0, 10])
        job = kernel_arguments(p, ids, offsets, counts, *tables)
        return operations(replace(job, **(change or {}))) * 10 / (6 * 32)

    one = {"chunk_size": 5, "shared_negatives": 1}
    assert scores(**one) == pytest.approx(10 + pairs)
    assert scores(loss="softmax") == pytest.approx(10 * 10 + pairs)
    tree = {"loss": "hierarchical_softmax"}
    paths = np.diff(huffman_tree(counts).offsets)
    aimed_at = [1] * 10 if cbow else [1] + [2] * 8 + [1]
    assert scores({"top_nodes": 0}, **tree) == pytest.approx(paths @ aimed_at)
    assert scores({"top_nodes": 32}, **tree) == pytest.approx(10 * 10)


def test_repeated_centres_are_one_hidden_row(path_to_benchmarks):
    from kernels_task import operations

    def scores(**more):
        p = parameters.Parameters(sample=0, window=1, shrink_windows=False, **more)
        tables = zero_embeddings(2, 100), zero_embeddings(2, 100)
        ids = np.array([0, 1] * 4, np.int32)
        job = kernel_arguments(p, ids, np.array([0, 8]), np.array([4, 4]), *tables)
        return operations(job) * 8 / (6 * 112)

    # Words 0 1 0 1 … in one chunk: two rows and two words, 14 pairs.
    assert scores(chunk_size=8, loss="softmax") == pytest.approx(2 * 2 + 14)
    assert scores(chunk_size=1, loss="softmax") == pytest.approx(8 * 2 + 14)
