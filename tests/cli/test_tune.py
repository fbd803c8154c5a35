"""`w2vfast tune`: options, table, JSON, study, errors, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import w2vfast
from w2vfast.cli.main import main
from w2vfast.cli.tune import parse_space

pytest.importorskip("optuna")

SECONDS = 120  # a process that takes longer hangs, also on a busy machine
QUICK = ["--min-count=1", "--workers=1", "--epochs=1", "--space", "vector_size=4:16"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    lines = [f"word{i}\tword{i + 1}\t{i % 5}" for i in range(20)]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def analogies(tmp_path):
    path = tmp_path / "questions.txt"
    rows = [f"word{i} word{i + 1} word{i + 2} word{i + 3}" for i in range(12)]
    path.write_text("\n".join(rows))
    return path


def test_table_has_best_parameters_and_the_command(corpus, pairs, capsys):
    assert main(["tune", str(corpus), "--pairs", str(pairs), "--trials=3", *QUICK]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Spearman on 10 pairs of pairs.tsv, 10 with known words; the")
    assert out.count("defaults\n") >= 1 and f"Word2Vec('{corpus}'" in out
    assert f"w2vfast train {corpus} --output vectors.w2v" in out and err == ""


def test_a_study_that_cannot_be_written_ends_with_the_result(
    corpus, pairs, tmp_path, monkeypatch, capsys, is_error
):
    from w2vfast.tuning.study import Study

    study = tmp_path / "words.study"
    finish = Study.finish

    def full(self, trial, *given, **facts):
        if self.trials():
            raise OSError(28, "No space left on device", str(study))
        finish(self, trial, *given, **facts)

    monkeypatch.setattr(Study, "finish", full)
    given = [str(corpus), "--pairs", str(pairs), "--trials=3", "--study", str(study)]
    assert main(["tune", *given, *QUICK]) == 2
    out, err = capsys.readouterr()
    assert "1 trial done" in out or "defaults" in out
    assert f"to continue, repeat the command: {study} is kept" in err
    assert f"error: {study}: No space left on device" in err


@pytest.mark.parametrize("kind", ["both", "held-out", "next-item", "test", "no-test"])
def test_objectives(corpus, pairs, analogies, kind, capsys):
    given = {
        "both": ["--pairs", pairs, "--analogies", analogies],
        "held-out": ["--held-out", corpus, "--encoding", "utf-8"],
        "next-item": ["--next-item", "--k", 3],
        "test": ["--pairs", pairs, "--test", pairs],
        "no-test": ["--pairs", pairs, "--no-test"],
    }[kind]
    command = ["tune", corpus, *given, "--trials=2", "--json", *QUICK]
    assert main([str(part) for part in command]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["trials"]) == 2 and found["gain"] >= 0
    assert (found["best"]["test"] is None) == (kind == "no-test")
    names = {"both": "mean of Spearman and accuracy", "held-out": "loss"}
    assert found["score"] == (names | {"next-item": "hit@3"}).get(kind, "Spearman")
    assert found["parameters"]["epochs"] == 1


def test_presets_are_no_option(corpus, pairs, capsys):
    """They would fix what the search varies."""
    command = ["tune", str(corpus), "--pairs", str(pairs), "--preset=items"]
    assert main(command) == 2
    assert "--preset=items" in capsys.readouterr().err


def test_the_same_command_continues(corpus, pairs, tmp_path, capsys, is_error):
    study = tmp_path / "study"
    command = [
        "tune",
        str(corpus),
        "--pairs",
        str(pairs),
        "--study",
        str(study),
        *QUICK,
    ]
    for trials in (2, 3):
        assert main([*command, f"--trials={trials}", "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)["trials"]) == trials
    assert main([*command, "--trials=4", "--negative=7"]) == 2
    err = capsys.readouterr().err
    assert is_error(err) and "--negative 5 before, --negative 7 now" in err


@pytest.mark.parametrize(
    "options, message",
    [
        ([], "expected one objective"),
        (["--next-item", "--pairs", "PAIRS"], "expected one objective"),
        (["--pairs", "PAIRS", "--test", "PAIRS", "--no-test"], "leave out one of them"),
        (["--next-item", "--test", "PAIRS"], "--test with --next-item"),
        (["--pairs", "PAIRS", "--analogies", "PAIRS", "--test", "PAIRS"], "its kind"),
        (["--pairs", "none.tsv"], "none.tsv"),
        (["--pairs", "PAIRS", "--space", "window"], "expected NAME=LOW:HIGH"),
        (
            ["--pairs", "PAIRS", "--space", "windw=1:2"],
            "--space windw: did you mean --space window=1:2?",
        ),
        (["--pairs", "PAIRS", "--time", "soon"], "expected '90s'"),
        (["--pairs", "PAIRS", "--trials", "0"], "expected 1 or more"),
    ],
)
def test_mistakes_are_one_line(corpus, pairs, options, message, capsys, is_error):
    given = [str(pairs) if option == "PAIRS" else option for option in options]
    assert main(["tune", str(corpus), *given]) == 2
    err = capsys.readouterr().err
    assert is_error(err) and message in err


def test_missing_corpus_and_missing_optuna(
    corpus, pairs, tmp_path, capsys, monkeypatch, is_error
):
    assert main(["tune", str(tmp_path / "no.txt"), "--pairs", str(pairs)]) == 2
    err = capsys.readouterr().err
    assert is_error(err) and "no such file" in err
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert main(["tune", str(corpus), "--pairs", str(pairs)]) == 2
    err = capsys.readouterr().err
    assert is_error(err) and "pip install 'w2vfast[tune]'" in err


def test_no_time_for_one_trial_is_an_error(corpus, pairs, capsys):
    command = ["tune", str(corpus), "--pairs", str(pairs), "--time=0.5s", *QUICK]
    assert main([*command[:-4], "--epochs=1000000", *QUICK[:2]]) == 2
    out, err = capsys.readouterr()
    assert "stopped" in out and "no trial is complete" in err and "--time" in err


def test_spaces_are_read():
    space = parse_space(
        ["window=2:15", "ns-exponent=-0.5:1", "cbow_mean=true,false", "alpha=0.05"]
    )
    assert space == {
        "window": (2, 15), "ns_exponent": (-0.5, 1), "cbow_mean": [True, False],
        "alpha": [0.05],
    }  # fmt: skip
    assert parse_space(["loss=softmax"]) == {"loss": ["softmax"]}
    assert parse_space(["epochs=none"]) == {"epochs": None}


def test_one_setting_ends_and_the_limit_is_said(corpus, pairs, capsys):
    fixed = ["--sample=0", "--ns-exponent=0.75", "--epochs=1", "--vector-size=8"]
    options = [*fixed, "--min-count=1", "--workers=1", "--space", "window=5"]
    assert main(["tune", str(corpus), "--pairs", str(pairs), *options]) == 0
    out, err = capsys.readouterr()
    assert "1 setting of the space, all tried" in out
    assert "the search takes 10min; --time or --trials sets another limit" in err


@pytest.mark.parametrize(
    "options, message",
    [
        (["--space", "window=5:5"], "--space window=5:5: expected LOW:HIGH with LOW "
         "below HIGH; to keep one value, pass --window 5"),
        (["--window=3", "--space", "window=2:5"], "--window 3 is fixed, but --space "
         "window=… varies it"),
        (["--space", "min_count=1:5"], "--space min_count: "),
        (["--space", "size=4:9"], "did you mean --space vector_size=4:9?"),
        (["--space", "xyzzy=5"], "expected one of 'vector_size', 'window', 'min"),
        (["--time=0s"], "--time 0s: expected"),
        (["--space", "window=2-6"], "window=2-6: write --space window=2:6 for a range"),
        (["--space", "alpha=1e-3..0.1"], "write --space alpha=1e-3:0.1 for a range"),
        (["--space", "cbow_exact=yes"], "--cbow-exact yes: expected true or false"),
        (["--alpha=-1"], "--alpha -1.0: expected"),
    ],
)  # fmt: skip
def test_errors_name_options(corpus, pairs, options, message, capsys, is_error):
    assert main(["tune", str(corpus), "--pairs", str(pairs), *options]) == 2
    err = capsys.readouterr().err
    assert is_error(err) and message in err


def test_unknown_words_and_few_lines_name_options(
    corpus, pairs, analogies, tmp_path, capsys
):
    upper = tmp_path / "upper"
    upper.write_text(pairs.read_text().upper())
    questions = tmp_path / "upper.txt"
    questions.write_text(analogies.read_text().upper())
    few = tmp_path / "few"
    few.write_text("word1 word2 3\n")
    for given, message in [
        (["--pairs", upper], "in the vocabulary; pass --lowercase"),
        (["--analogies", questions, "--restrict-vocab=3"],
         "; pass --case-insensitive and a larger --restrict-vocab"),
        (["--pairs", few], "pass --no-test to search with all"),
        (["--analogies", few], "few, line 1: expected section"),
    ]:  # fmt: skip
        command = ["tune", str(corpus), *map(str, given), "--min-count=1", "--trials=1"]
        assert main(command) == 2
        assert capsys.readouterr().err.strip().partition(message)[1], message


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_prints_the_table_so_far_and_keeps_the_study(corpus, pairs, tmp_path):
    study = tmp_path / "study"
    command = [
        sys.executable, "-P", "-m", "w2vfast", "tune", corpus, "--pairs", pairs,
        "--trials=100000", "--study", study, *QUICK,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=-1, stderr=-1, env=ENVIRONMENT, text=True
    )
    try:
        deadline = time.monotonic() + SECONDS
        while not study.exists() or study.read_text().count('"outcome"') < 2:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "defaults" in out and "Word2Vec(" in out
    assert err.endswith(f"repeat the command: {study} is kept\nw2vfast: interrupted\n")
    done = subprocess.run(
        [*command[:8], "--trials=3", *command[9:], "--json"],
        capture_output=True, env=ENVIRONMENT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["trials"]) >= 3
