"""quality.py learning reports every epoch of every setting."""

import json
import math
import random
from itertools import product

import pytest

import w2vfast
from w2vfast.training import parameters


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Return a text of two topics: words that were independent would teach nothing."""
    drawn = random.Random(1)
    topics = [[f"w{i}" for i in range(first, 60, 2)] for first in (0, 1)]
    weights = [1 / (i + 1) for i in range(30)]
    lines = [" ".join(drawn.choices(topics[i % 2], weights, k=30)) for i in range(150)]
    path = tmp_path_factory.mktemp("corpus") / "topics.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def learning(call):
    def run(corpus, *arguments):
        short = ("--dim", 8, "--epochs", 2, "--sample", 0)
        return call("quality.py", "learning", "--corpus", corpus, *short, *arguments)[1]

    return run


def test_learning_reports_every_epoch_of_every_setting(corpus, questions, learning):
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


def test_learning_prints_a_table_with_a_column_for_each_epoch(corpus, learning):
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


def test_learning_continues_when_a_run_diverges(
    corpus, path_to_benchmarks, monkeypatch, parse
):
    from harness.quality import learning as script

    def train(model, after_epoch):
        model.loss_history.append(1.0)
        raise w2vfast.DivergedError("planted")

    monkeypatch.setattr(w2vfast.Word2Vec, "train", train)
    parsed = parse(script, "--corpus", corpus, "--losses", "negative_sampling")
    row = script.run(*script.parts(parsed), ("negative_sampling", "cbow", 0.1), parsed)
    assert row.diverged and row.losses == [1.0]
    assert script._cells(row, 3)[3:6] == ["1.0000", "diverged", "–"]


def test_learning_holds_out_the_end(corpus, path_to_benchmarks, parse):
    from harness.quality import learning as script

    options = ("--corpus", corpus, "--words", 1000, "--held-out", 0.25)
    found = script.parts(parse(script, *options))
    text = corpus.read_text().split()
    for part, wanted in zip(found, (text[:750], text[750:1000]), strict=True):
        words = part.words()
        assert [words[i] for i in part.ids] == wanted
    assert found[0].offsets.tolist() == [*range(0, 751, 30)]
    assert found[1].offsets.tolist() == [*range(0, 241, 30), 250]
