"""A comparison runs every contender, and says what it should."""

import gzip
import json
import math
from importlib.util import find_spec
from xml.etree import ElementTree

import numpy as np
import pytest

from w2vfast.training import parameters


@pytest.fixture
def compare(call):
    def run(corpus, questions, output, *more):
        short = ("--dims", 8, "--epochs", 1, "--rounds", 2, "--output", output)
        status, text = call(
            "compare.py", "--corpus", corpus, "--eval", questions, *short, *more
        )
        assert status == 0
        return text, json.loads((output / "compare.json").read_text())

    return run


def test_compare_writes_table_json_and_chart(corpus, questions, tmp_path, compare):
    more = ("--peers", "--kernels", "auto", "reference", "--set", "chunk_size=16")
    text, found = compare(corpus, questions, tmp_path, *more)
    assert "| skipgram, 8" in text and "| cbow, 8" in text
    assert text.strip() == (tmp_path / "compare.md").read_text().strip()
    names = [row["contender"] for row in found["rows"]]
    assert names == ["w2vfast", "w2vfast reference"] * 2
    assert found["conditions"]["tokens"] == 4500
    for row in found["rows"]:
        assert row["times"] is None
        assert row["words_per_cpu_second"] > 0
        assert set(row["scores"]) == {"WS-353", "Google"}
        assert len(row["runs"]) == 2
    chart = ElementTree.parse(tmp_path / "compare.svg").getroot()
    bars = chart.findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 1 + len(found["rows"])


@pytest.mark.parametrize("peer", ["gensim", "fasttext"])
def test_compare_runs_a_peer_on_a_packed_corpus(
    peer, corpus, questions, tmp_path, compare
):
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed")

    packed = tmp_path / "tiny.txt.gz"
    packed.write_bytes(gzip.compress(corpus.read_bytes()))
    only = ("--peers", peer, "--architectures", "cbow", "--rounds", 1)
    _, found = compare(packed, questions, tmp_path, *only)
    ours, theirs = found["rows"]
    assert theirs["contender"] == peer and theirs["times"] == 1
    assert math.isfinite(ours["times"])  # noise: fastText's is a difference of two
    assert ours["runs"][0]["vocabulary"] == theirs["runs"][0]["vocabulary"]
    assert set(ours["scores"]) == set(theirs["scores"])


@pytest.mark.parametrize("loss", parameters.LOSSES)
def test_compare_names_the_loss_and_leaves_out_who_lacks_it(
    loss, corpus, questions, tmp_path, compare
):
    only = ("--losses", loss, "--architectures", "skipgram", "--rounds", 1)
    text, found = compare(corpus, questions, tmp_path, *only)
    able = {"fasttext"} if loss == "softmax" else {"gensim", "fasttext"}
    there = {peer for peer in able if find_spec(peer) is not None}
    assert {row["contender"] for row in found["rows"]} == {"w2vfast", *there}
    assert all(row["loss"] == loss for row in found["rows"])
    assert text.count(f" {loss} |") == len(found["rows"])
    assert ("negative 5" in text) == (loss == "negative_sampling")


@pytest.mark.parametrize("peer", ["gensim", "fasttext"])
def test_a_peer_trains_each_of_its_losses(peer, corpus, path_to_benchmarks):
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed")
    from contenders import PEER_LOSSES, TRAINERS, Work

    first_vectors = set()
    for loss in PEER_LOSSES[peer]:
        work = Work(peer, str(corpus), "skipgram", loss, 8, alpha=0.1, epochs=1)
        first_vectors.add(tuple(TRAINERS[peer](work).vectors()["w0"].tolist()))
    assert len(first_vectors) == len(PEER_LOSSES[peer]) > 1


def test_compare_says_which_rate_w2vfast_would_take(
    corpus, questions, tmp_path, compare
):
    text, _ = compare(corpus, questions, tmp_path, "--peers", "--rounds", 1)
    assert "- alpha is 0.025 for every contender" in text
    assert "takes 0.05 for cbow with negative sampling." in text
    same = ("--peers", "--rounds", 1, "--architectures", "skipgram")
    assert "alpha is" not in compare(corpus, questions, tmp_path, *same)[0]


def test_command_names_no_folder(corpus, questions, tmp_path, compare):
    text, found = compare(corpus, questions, tmp_path, "--peers", "--rounds", 1)
    assert str(corpus.parent) not in text + json.dumps(found)
    assert "--corpus tiny.txt" in found["conditions"]["command"]


def test_charts_wrap_what_is_too_long_and_colour_by_kind(path_to_benchmarks):
    from chart import LETTERS, Bar, bar_chart

    bars = {"a": [Bar("x", 1, "l", "k"), Bar("y", 2, "l", "k"), Bar("z", 1, "l")]}
    chart = ElementTree.fromstring(bar_chart("t", "word " * 50, bars))
    tag = "{http://www.w3.org/2000/svg}"
    texts = [(e.get("class"), e.text) for e in chart.iter(f"{tag}text")]
    lines = [text for kind, text in texts if kind == "s"]
    assert len(lines) == 3 and all(len(line) <= LETTERS for line in lines)
    assert " ".join(lines).split() == ["word"] * 50
    rows = [int(e.get("y")) for e in chart.iter(f"{tag}text")]
    assert len(set(rows)) == len(rows) - 3  # a bar's name and label share a line
    colours = [e.get("fill") for e in chart.iter(f"{tag}rect")][1:]
    assert colours[0] == colours[1] != colours[2]


def test_ties_are_ordered_alike(path_to_benchmarks):
    from quality import keyed

    wv = keyed(["b", "c", "a"], [1, 2, 1], np.eye(3, dtype=np.float32))
    assert wv.index_to_key == ["c", "a", "b"]
    assert wv["a"].tolist() == [0, 0, 1]
