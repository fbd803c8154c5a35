"""frontier.py trains a grid, continues it, and draws the fronts."""

import json
from dataclasses import replace
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest


@pytest.fixture
def frontier(call, corpus, questions):
    def run(output, *more):
        given = ("--corpus", corpus, "--eval", questions, "--output", output)
        return call(
            "frontier.py", *given, "--small", "--only", "w2vfast.*e.*=1 ", *more
        )

    return run


@pytest.fixture
def modules(path_to_benchmarks):
    from harness.frontier import grid, records, report

    return grid, records, report


def lines(folder):
    text = (folder / "frontier.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_small_runs_are_resumed_and_reported(frontier, tmp_path):
    status, text = frontier(tmp_path, "--seeds", 1, 2)
    assert status == 0 and "| w2vfast" in text and "## Time to equal" in text
    runs = lines(tmp_path)
    assert len({(run["name"], run["seed"]) for run in runs}) == len(runs) >= 8
    assert {run["seed"] for run in runs} == {1, 2}
    assert {run["setting"]["architecture"] for run in runs} == {"skipgram", "cbow"}
    for run in runs:
        assert run["cpu"] > 0 and run["wall"] > 0
        assert set(run["scores"]) == {"WS-353", "Google"}

    file = tmp_path / "frontier.jsonl"
    kept = file.read_text().splitlines(keepends=True)
    file.write_text("".join(kept[:-1]) + kept[-1][:50])  # killed while it was written
    assert frontier(tmp_path, "--seeds", 1, 2)[0] == 1  # neither --resume nor --report
    frontier(tmp_path, "--seeds", 1, 2, "--resume")
    again = lines(tmp_path)
    assert again[:-1] == runs[:-1]
    assert again[-1]["scores"] == runs[-1]["scores"]

    (tmp_path / "frontier.md").unlink()
    status, text = frontier(tmp_path, "--report")
    assert status == 0 and lines(tmp_path) == again
    assert text.strip() == (tmp_path / "frontier.md").read_text().strip()
    assert str(tmp_path) not in text
    if find_spec("matplotlib") is not None:
        ElementTree.parse(tmp_path / "frontier.svg")


def test_the_list_trains_nothing(frontier, tmp_path):
    names = frontier(tmp_path / "new", "--list")[1].splitlines()
    assert len(names) == len(set(names)) >= 4
    assert not (tmp_path / "new").exists()


def test_names_tell_settings_apart(modules):
    grid, _, _ = modules
    settings = grid.grid()
    assert len({s.name for s in settings}) == len(set(settings)) == len(settings)
    for name in ("epochs", "vector_size", "sample", "alpha", "window", "architecture"):
        assert len({getattr(s, name) for s in settings}) > 1, name
    for setting in settings:
        if setting.contender == "gensim":
            assert setting.task("text", None, 1).extra == {}
            assert all(getattr(setting, name) == grid.OURS[name] for name in grid.OURS)


@pytest.mark.parametrize("known", ["shared_negatives rare_power", "shared_negatives"])
def test_parameters_that_are_missing_leave_settings_out(modules, monkeypatch, known):
    grid, _, _ = modules
    monkeypatch.setattr(grid, "installed", lambda name: name != "gensim")
    monkeypatch.setattr(grid, "parameters_of_w2vfast", lambda: {*known.split()})
    plain = grid.SKIPGRAM
    peer, rare = replace(plain, contender="gensim"), replace(plain, rare_power=0.25)
    shared = replace(plain, shared_negatives=16)
    has_rare = "rare" in known
    able = [plain, rare, shared] if has_rare else [plain, shared]
    assert grid.usable([plain, peer, rare, shared]) == able
    # A default that is not 0 must not apply to a setting with 0.
    assert plain.extra() == ({"rare_power": 0.0} if has_rare else {})
    assert shared.extra() == plain.extra() | {"shared_negatives": 16}


def test_a_record_is_read_as_it_was_written(modules, tmp_path):
    grid, records, _ = modules
    record = records.Record(grid.CBOW, 3, 1.5, 2.0, {"MEN": 0.5}, "text", "abc")
    path = tmp_path / "runs.jsonl"
    assert records.read(path) == []
    records.append(path, record)
    records.append(path, replace(record, seed=4))
    assert records.read(path) == [record, replace(record, seed=4)]


def test_points_are_means_and_fronts_have_no_better_and_cheaper_point(modules):
    grid, records, _ = modules

    def record(seed, cpu, men):
        scores = {"WS-353": men, "SimLex": men, "MEN": men, "Google": 0.1}
        return records.Record(grid.SKIPGRAM, seed, cpu, cpu, scores, "text", "abc")

    (point,) = records.points([record(1, 1.0, 0.2), record(2, 3.0, 0.4)])
    assert (point.runs, point.cpu) == (2, 2.0)
    assert point.similarity == pytest.approx(0.3) and point.analogy == 0.1
    assert point.spread["MEN"] == pytest.approx(0.2 / 2**0.5)
    (single,) = records.points([record(1, 1.0, 0.2)])
    assert single.spread == {}
    values = [(3, 0.5), (1, 0.2), (2, 0.2), (4, 0.4), (1, 0.1), (5, 0.6)]
    front = records.front((cost, value, (cost, value)) for cost, value in values)
    assert front == [(1, 0.2), (3, 0.5), (5, 0.6)]


def test_the_fastest_setting_as_good_is_named(modules):
    grid, records, report = modules

    def point(setting, cpu, similarity, google):
        scores = dict.fromkeys(records.SIMILARITY, similarity) | {"Google": google}
        return records.Point(setting, 1, cpu, cpu, scores, {})

    ours, theirs = grid.SKIPGRAM, replace(grid.SKIPGRAM, contender="gensim")
    found = [
        point(theirs, 600, 0.50, 0.40),
        point(replace(theirs, sample=1e-4), 500, 0.55, 0.45),
        point(replace(ours, epochs=1), 10, 0.48, 0.40),
        point(replace(ours, epochs=2), 20, 0.495, 0.395),
        point(replace(ours, epochs=3), 30, 0.51, 0.41),
    ]
    usual, best = report.equal_quality(found)
    assert "epochs=2" in usual and "1/30.0 of the time" in usual
    assert "sample=0.0001" in best and "no setting of w2vfast is as good" in best
    assert report.equal_quality(found[2:]) == []


def test_runs_of_another_corpus_are_not_continued(path_to_benchmarks, modules):
    import frontier

    grid, records, _ = modules
    record = records.Record(grid.CBOW, 3, 1.5, 2.0, {}, "other.txt", "abc")
    options = frontier._parser().parse_args(["--corpus", __file__, "--resume"])
    with pytest.raises(SystemExit, match=r"runs of other.txt, not of this.txt"):
        frontier.check([record], "this.txt", options)
    with pytest.raises(SystemExit, match="has no runs"):
        frontier.report([], "this.txt", None)
