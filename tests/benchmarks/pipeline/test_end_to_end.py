"""pipeline.py end-to-end: phases, memory and imports are reported."""

import os
import sys

import pytest

needs_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="no os.wait4")


@needs_wait4
def test_end_to_end(gensim, tmp_path, monkeypatch, capsys, read):
    import pipeline
    from harness.pipeline import end_to_end, processes

    for module in (end_to_end, processes):
        monkeypatch.setattr(module, "installed", lambda name: gensim)
    text = "\n".join(" ".join(f"w{i % 9}" for i in range(n, n + 8)) for n in range(40))
    (tmp_path / "text").write_text(text + "\n")
    short = ["--dim", "8", "--epochs", "1", "--workers", "1", "--starts", "1"]
    folders = ["--corpus", str(tmp_path / "text"), "--output", str(tmp_path)]
    pipeline.main(["end-to-end", *short, *folders])
    found, shown = read(tmp_path, "end_to_end_8")
    assert shown.strip() == capsys.readouterr().out.strip()
    runs = {one["contender"]: one for one in found["runs"]}
    assert set(runs) == {"w2vfast", *(["gensim"] if gensim else [])}
    ours = runs["w2vfast"]
    assert (ours["times"] is not None) == gensim
    # 9 words of 16 floats in two matrices, 320 tokens.
    assert ours["agreed_mb"] == pytest.approx(100 + (2 * 9 * 64 + 4 * 320) / 1e6)
    if sys.platform == "linux":
        assert 10 < ours["peak_mb"] < ours["agreed_mb"]
    phases = found["phases"]
    assert {"start-up", "scan", "train", "save", "total"} <= set(phases)
    assert phases["total"][0] <= ours["wall"] + 0.02
    assert ("import gensim" in found["starts"]) == gensim
    assert found["starts"]["import numpy"][0] > found["starts"]["pass"][0]


@needs_wait4
def test_a_failed_process_shows_its_error():
    from harness.pipeline import processes

    with pytest.raises(SystemExit, match="planted"):
        processes.run([sys.executable, "-c", "raise SystemExit('planted')"])
