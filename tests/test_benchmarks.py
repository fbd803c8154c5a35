"""Every benchmark runs, and says what it should, on a tiny corpus."""

import json
import math
import os
import random
import subprocess
import sys
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest

import w2vfast
from w2vfast import parameters

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "benchmarks"
PACKAGE = str(Path(w2vfast.__file__).parents[1])
WORDS = [f"w{i}" for i in range(60)]

pytestmark = pytest.mark.skipif(
    not SCRIPTS.is_dir(), reason="the benchmarks are not part of this distribution"
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    drawn = random.Random(1)
    weights = [1 / (i + 1) for i in range(len(WORDS))]
    lines = [" ".join(drawn.choices(WORDS, weights, k=30)) for _ in range(150)]
    path = tmp_path_factory.mktemp("corpus") / "tiny.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("eval")
    pairs = [f"w{i}\tw{i + 1}\t{i}\n" for i in range(10)]
    (folder / "wordsim353.tsv").write_text("".join(pairs))
    (folder / "google-analogies.tsv").write_text("all\tw1\tw2\tw3\tw4\n")
    return folder


@pytest.fixture
def path_to_benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


def call(name, *arguments):
    """Run a script as a user would; return status and standard output."""
    paths = [PACKAGE, os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    words = [sys.executable, str(SCRIPTS / name), *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, env=env)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def compare(corpus, questions, output, *more):
    short = ("--dims", 8, "--epochs", 1, "--rounds", 2, "--output", output)
    status, text = call(
        "compare.py", "--corpus", corpus, "--eval", questions, *short, *more
    )
    assert status == 0
    return text, json.loads((output / "compare.json").read_text())


def test_compare_writes_table_json_and_chart(corpus, questions, tmp_path):
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
def test_compare_runs_a_peer_on_a_packed_corpus(peer, corpus, questions, tmp_path):
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed")
    import gzip

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
    loss, corpus, questions, tmp_path
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


def test_command_names_no_folder(corpus, questions, tmp_path):
    text, found = compare(corpus, questions, tmp_path, "--peers", "--rounds", 1)
    assert str(corpus.parent) not in text + json.dumps(found)
    assert "--corpus tiny.txt" in found["conditions"]["command"]


def test_reference_vs_fast_agrees_and_times(corpus):
    short = ("--check-words", 2000, "--words", 2000, "--repeats", 1, "--dim", 8)
    status, text = call("reference_vs_fast.py", "--corpus", corpus, *short, "--json")
    assert status == 0
    rows = json.loads(text)["rows"]
    assert {row["architecture"] for row in rows} == {"skipgram", "cbow"}
    reference = [row for row in rows if row["build"] == "reference"]
    assert all(row["error"] == 0 and row["times"] == 1 for row in reference)
    assert all(row["error"] < 1e-4 for row in rows)


def test_reference_vs_fast_notices_a_difference(path_to_benchmarks, monkeypatch):
    import reference_vs_fast as script

    monkeypatch.setattr(script, "difference", lambda a, b: math.nan)
    with pytest.raises(SystemExit, match="differ from the reference"):
        script.main(["--check-words", "300", "--dim", "8"])


def test_nan_sweep_is_finite(corpus):
    status, text = call("nan_sweep.py", "--corpus", corpus, "--quick", "--dim", 8)
    assert status == 0
    assert "12 of 12 settings finite" in text


def test_nan_sweep_fails_when_a_run_diverges(corpus, path_to_benchmarks, monkeypatch):
    import nan_sweep as script

    def run(corpus, setting, fixed):
        return script.Row(setting, math.nan, 1.0, 1.0)

    monkeypatch.setattr(script, "run", run)
    with pytest.raises(SystemExit) as error:
        script.main(["--corpus", str(corpus), "--quick"])
    assert error.value.code == 1


def test_nan_sweep_covers_the_range_promised(path_to_benchmarks):
    import nan_sweep as script

    settings = list(script.settings(script.every()))
    assert len(settings) == 243
    assert len({tuple(setting.items()) for setting in settings}) == 243


def test_beginning_cuts_at_a_line_or_else_a_word(path_to_benchmarks, tmp_path):
    from plain_text import beginning

    path = tmp_path / "text"
    for text, size, wanted in (
        (b"a b\nc d\ne f\n", 9, b"a b\nc d\n"),
        (b"aa bb cc", 7, b"aa bb\n"),
        (b"aa bb", 99, b"aa bb\n"),
    ):
        path.write_bytes(text)
        with beginning(path, size) as cut:
            assert cut.read_bytes() == wanted
        assert not cut.exists()


def test_scan_reports_each_scanner(corpus):
    _, text = call("scan.py", "--corpus", corpus, "--repeats", 2, "--json")
    rows = json.loads(text)["rows"]
    assert [row["scanner"] for row in rows[:2]] == [
        "w2vfast, 1 workers",
        "w2vfast, 2 workers",
    ]
    assert len(rows) == (2 if find_spec("gensim") is None else 3)
    assert rows[0]["ratio"] == 1


def test_chunks_reports_the_grid(corpus, questions):
    grid = ("--chunk-sizes", 16, 32, "--shared-negatives", 8, "--alphas", 0.025)
    short = ("--epochs", 1, "--dim", 8, "--rounds", 2, "--json")
    _, text = call("chunks.py", "--corpus", corpus, "--eval", questions, *grid, *short)
    rows = json.loads(text)["rows"]
    assert [row["point"]["chunk_size"] for row in rows] == [16, 32]
    assert all(set(row["scores"]) == {"WS-353", "Google"} for row in rows)


needs_softmax = pytest.mark.skipif(
    "softmax" not in parameters.LOSSES, reason="this w2vfast has no softmax"
)
TINY = ("--vocabularies", 300, "--dims", 8, 20, "--gflop", 0.01, "--rounds", 2)


@needs_softmax
@pytest.mark.parametrize("architecture", parameters.ARCHITECTURES)
def test_softmax_counts_its_operations(architecture):
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
def test_softmax_beside_torch_trains_the_same():
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


def learning(corpus, *arguments):
    short = ("--dim", 8, "--epochs", 2, "--sample", 0)
    return call("learning.py", "--corpus", corpus, *short, *arguments)[1]


def test_learning_reports_every_epoch_of_every_setting(corpus, questions):
    more = ("--eval", questions, "--held-out", 0.1, "--max-vocab", 50)
    found = json.loads(learning(corpus, *more, "--json"))
    rows = found["rows"]
    both = [(row["loss"], row["architecture"]) for row in rows]
    assert both == [*product(parameters.LOSSES, parameters.ARCHITECTURES)]
    assert found["conditions"]["tokens"] == 4050
    assert found["conditions"]["held_out_tokens"] == 450
    for row in rows:
        assert len(row["losses"]) == 2 and row["losses"][1] < row["losses"][0]
        assert set(row["scores"]) == {"WS-353", "Google"}
        assert len(row["held_out"]) == 2
        perplexity = math.exp(row["held_out"][-1])  # sample=0: of the same words
        assert row["perplexity"] == pytest.approx(perplexity)
        assert 1 < perplexity < 60


def test_learning_prints_a_table_with_a_column_for_each_epoch(corpus):
    loss = "negative_sampling"
    only = ("--losses", loss, "--architectures", "cbow", "--held-out", 0)
    text = learning(corpus, *only, "--alphas", 0.01, f"{loss}=0.05", f"{loss}=0.1")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _, *rows = ([c.strip() for c in line.split("|")[1:-1]] for line in lines)
    assert head[:6] == [
        *("loss", "architecture", "alpha", "epoch 1", "epoch 2"),
        "perplexity",
    ]
    assert [row[:3] for row in rows] == [[loss, "cbow", "0.05"], [loss, "cbow", "0.1"]]
    assert all(row[5] == "–" and "/" not in row[3] for row in rows)


def test_learning_goes_on_when_a_run_diverges(corpus, path_to_benchmarks, monkeypatch):
    import learning as script

    def train(model, after_epoch):
        model.loss_history.append(1.0)
        raise w2vfast.DivergedError("planted")

    monkeypatch.setattr(w2vfast.Word2Vec, "train", train)
    options = ["--corpus", str(corpus), "--losses", "negative_sampling"]
    parsed = script._parser().parse_args(options)
    row = script.run(*script.parts(parsed), ("negative_sampling", "cbow", 0.1), parsed)
    assert row.diverged and row.losses == [1.0]
    assert script._cells(row, 3)[3:6] == ["1.0000", "diverged", "–"]


def test_learning_holds_out_the_end(corpus, path_to_benchmarks):
    import learning as script

    options = ["--corpus", str(corpus), "--words", "1000", "--held-out", "0.25"]
    found = script.parts(script._parser().parse_args(options))
    text = corpus.read_text().split()
    for part, wanted in zip(found, (text[:750], text[750:1000]), strict=True):
        words = part.words()
        assert [words[i] for i in part.ids] == wanted
    assert found[0].offsets.tolist() == [*range(0, 751, 30)]
    assert found[1].offsets.tolist() == [*range(0, 241, 30), 250]


def test_ties_are_ordered_alike(path_to_benchmarks):
    import numpy as np
    from quality import keyed

    wv = keyed(["b", "c", "a"], [1, 2, 1], np.eye(3, dtype=np.float32))
    assert wv.index_to_key == ["c", "a", "b"]
    assert wv["a"].tolist() == [0, 0, 1]
