"""compare.py runs every contender and reports its results."""

import gzip
import json
import math
from importlib.util import find_spec
from xml.etree import ElementTree

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
def test_compare_names_the_loss_and_leaves_out_peers_without_it(
    loss, corpus, questions, tmp_path, compare
):
    only = ("--losses", loss, "--architectures", "skipgram", "--rounds", 1)
    text, found = compare(corpus, questions, tmp_path, *only)
    able = {"gensim", "fasttext"}
    able -= {"gensim"} if loss == "softmax" else set()
    able -= {"fasttext"} if "+" in loss else set()
    there = {peer for peer in able if find_spec(peer) is not None}
    assert {row["contender"] for row in found["rows"]} == {"w2vfast", *there}
    assert all(row["loss"] == loss for row in found["rows"])
    assert text.count(f" {loss} |") == len(found["rows"])
    assert ("negative 5" in text) == loss.startswith("negative_sampling")


def test_compare_names_the_default_alpha_of_w2vfast(
    corpus, questions, tmp_path, compare
):
    text, _ = compare(corpus, questions, tmp_path, "--peers", "--rounds", 1)
    assert "- alpha is 0.025 for every contender" in text
    assert "w2vfast takes 0.075 for cbow with negative sampling." in text
    same = ("--peers", "--rounds", 1, "--architectures", "skipgram")
    assert "alpha is" not in compare(corpus, questions, tmp_path, *same)[0]


def test_command_names_no_folder(corpus, questions, tmp_path, compare):
    text, found = compare(corpus, questions, tmp_path, "--peers", "--rounds", 1)
    assert str(corpus.parent) not in text + json.dumps(found)
    assert "--corpus tiny.txt" in found["conditions"]["command"]
