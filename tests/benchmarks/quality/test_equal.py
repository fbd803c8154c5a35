"""quality.py equal names the fastest setting as good as the peer."""

import json
from importlib.util import find_spec

import pytest


@pytest.fixture
def equal_quality(call):
    def run(corpus, output, *more):
        short = ("--dim", 8, "--epochs", 1, "--rounds", 2, "--output", output)
        return call("quality.py", "equal", "--corpus", corpus, *short, *more)[1]

    return run


def test_equal_runs_each_setting(corpus, questions, tmp_path, equal_quality):
    if find_spec("gensim") is None:
        pytest.skip("gensim is not installed")
    grid = ("--alphas", 0.02, 0.05, "--our-epochs", 1, 2, "--set", "chunk_size=16")
    text = equal_quality(corpus, tmp_path, "--eval", questions, *grid)
    rows = json.loads((tmp_path / "equal_quality.json").read_text())["rows"]
    assert [(row["contender"], row["alpha"], row["epochs"]) for row in rows] == [
        ("gensim", 0.025, 1),
        *(("w2vfast", alpha, epochs) for epochs in (1, 2) for alpha in (0.02, 0.05)),
    ]
    assert rows[0]["times"] == 1 and rows[0]["short_of"] == []
    assert all(set(row["scores"]) == {"WS-353", "Google"} for row in rows)
    assert all(len(row["runs"]) == 2 for row in rows)
    assert "chunk_size=16 (w2vfast)" in text and "- gensim reads" in text


def test_equal_needs_its_peer(corpus, path_to_benchmarks, monkeypatch):
    import quality
    from harness.quality import equal

    given = ["equal", "--corpus", str(corpus), "--eval", "."]
    with pytest.raises(SystemExit, match="gensim has only negative_sampling"):
        monkeypatch.setattr(equal, "installed", lambda peer: True)
        quality.main([*given, "--loss", "softmax"])
    monkeypatch.setattr(equal, "installed", lambda peer: False)
    with pytest.raises(SystemExit, match="gensim is not installed"):
        quality.main(given)


def test_equal_names_the_fastest_setting_as_good(path_to_benchmarks):
    from harness.quality.equal import Row, short_of, verdict

    wanted = {"MEN": 0.6, "Google": 0.37}

    def row(name, alpha, wall, scores):
        lower = short_of(scores, wanted)
        return Row(name, alpha, 5, wall, wall, wall, 60 / wall, scores, lower, [])

    peer = row("gensim", 0.025, 60, wanted)
    hasty = row("w2vfast", 0.1, 1, {"MEN": 0.58, "Google": 0.4})
    good = row("w2vfast", 0.05, 2, {"MEN": 0.59, "Google": 0.36})
    slow = row("w2vfast", 0.025, 5, {"MEN": 0.61, "Google": 0.38})
    assert hasty.short_of == ["MEN"] and good.short_of == slow.short_of == []
    assert short_of({"MEN": 0.6}, wanted) == ["Google"]
    text = verdict([peer, hasty, slow, good])
    assert "2 of 3 settings" in text and "alpha 0.05" in text and "30.0 times" in text
    assert "No setting" in verdict([peer, hasty])
    assert "Nothing was scored" in verdict([row("gensim", 0.025, 60, {}), good])
