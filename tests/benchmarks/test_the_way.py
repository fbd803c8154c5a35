"""The benchmarks of files, queries and the whole way, on tiny work."""

import json
import os
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from w2vfast import KeyedVectors

GENSIM = find_spec("gensim") is not None


@pytest.fixture(autouse=True)
def command(path_to_benchmarks, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x.py", "--quick"])


@pytest.fixture(params=[True, False], ids=["gensim", "alone"])
def gensim(request):
    if request.param and not GENSIM:
        pytest.skip("gensim is not installed")
    return request.param


def read(folder, name):
    found = json.loads((folder / f"{name}.json").read_text())
    return found, (folder / f"{name}.md").read_text()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of gensim's imports
def test_formats(gensim, tmp_path, monkeypatch, capsys):
    import formats as script

    monkeypatch.setattr(script, "installed", lambda name: gensim)
    files = tmp_path / "files"
    files.mkdir()
    short = ["--words", "50", "--dim", "7", "--rounds", "2"]
    script.main([*short, "--folder", str(files), "--output", str(tmp_path)])
    found, text = read(tmp_path, "formats")
    assert text.strip() == capsys.readouterr().out.strip()
    names = [row["name"] for row in found["rows"]]
    ways = [f"w2vfast {do} .{x}" for x in ("bin", "w2v") for do in ("save", "load")]
    theirs = ["gensim save .bin", "gensim load .bin"] if gensim else []
    assert names == ["plain write and fsync", "plain read", *ways, *theirs]
    for row in found["rows"]:
        assert row["gb_per_second"] == pytest.approx(50 * 7 * 4e-9 / row["wall"])
    assert list(files.iterdir()) == []  # nothing is left behind
    assert str(tmp_path) not in text


def test_formats_notices_a_difference(monkeypatch, tmp_path):
    import formats as script

    wrong = KeyedVectors(["a"], np.ones((1, 7), np.float32))
    monkeypatch.setattr(script.KeyedVectors, "load", lambda path: wrong)
    with pytest.raises(SystemExit, match="differs"):
        script.main(["--words", "5", "--dim", "7", "--output", str(tmp_path)])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_queries(gensim, tmp_path, monkeypatch, capsys):
    import queries as script

    monkeypatch.setattr(script, "installed", lambda name: gensim)
    short = ["--words", "300", "--dim", "8", "--rounds", "2", "--queries", "30"]
    script.main([*short, "--output", str(tmp_path)])
    found, text = read(tmp_path, "queries")
    assert text.strip() == capsys.readouterr().out.strip()
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["w2vfast most_similar"]["queries"] == 1
    assert rows["w2vfast most_similar_batch"]["queries"] == 30
    assert ("gensim most_similar" in rows) == gensim
    for row in rows.values():
        flop = 2 * 300 * 8 / (row["ms_per_query"] / 1e3) / 1e9
        assert row["gflops"] == pytest.approx(flop)
        assert (row["gb_per_second"] is None) == (row["queries"] > 1)
    ratios = [row["ratio"] for name, row in rows.items() if "numpy.matmul" in name]
    assert max(ratios) == 1


def test_products_are_whole(monkeypatch):
    import queries as script

    done = []
    matmul = np.matmul

    def watched(a, b, out):
        done.append(out.size)
        return matmul(a, b, out=out)

    monkeypatch.setattr(np, "matmul", watched)
    a, b = np.ones((10, 3), np.float32), np.ones((57, 3), np.float32)
    for tile in ((4, 20), (10, 57), (99, 999)):
        script._product(a, b, *tile)
        assert sum(done) == 570
        done.clear()


needs_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="no os.wait4")


@needs_wait4
def test_end_to_end(gensim, tmp_path, monkeypatch, capsys):
    import end_to_end as script

    monkeypatch.setattr(script, "installed", lambda name: gensim)
    text = "\n".join(" ".join(f"w{i % 9}" for i in range(n, n + 8)) for n in range(40))
    (tmp_path / "text").write_text(text + "\n")
    short = ["--dim", "8", "--epochs", "1", "--workers", "1", "--starts", "1"]
    script.main([*short, "--corpus", str(tmp_path / "text"), "--output", str(tmp_path)])
    found, shown = read(tmp_path, "end_to_end_8")
    assert shown.strip() == capsys.readouterr().out.strip()
    runs = {one["contender"]: one for one in found["runs"]}
    assert set(runs) == {"w2vfast", *(["gensim"] if gensim else [])}
    ours = runs["w2vfast"]
    assert (ours["times"] is not None) == gensim
    # 9 words of 16 floats in two tables, 320 tokens.
    assert ours["agreed_mb"] == pytest.approx(100 + (2 * 9 * 64 + 4 * 320) / 1e6)
    if sys.platform == "linux":
        assert 10 < ours["peak_mb"] < ours["agreed_mb"]
    phases = found["phases"]
    assert {"start-up", "scan", "train", "save", "total"} <= set(phases)
    assert phases["total"][0] <= ours["wall"] + 0.02
    assert ("import gensim" in found["starts"]) == gensim
    assert found["starts"]["import numpy"][0] > found["starts"]["pass"][0]


@needs_wait4
def test_end_to_end_says_what_failed():
    import end_to_end as script

    with pytest.raises(SystemExit, match="planted"):
        script.run([sys.executable, "-c", "raise SystemExit('planted')"])
