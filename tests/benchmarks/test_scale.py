"""scale.py writes a text, measures all phases, and leaves nothing behind."""

import json

import pytest


def test_all_phases_are_measured(call, tmp_path, corpus):
    folder = tmp_path / "texts"
    folder.mkdir()
    _, printed = call(
        "scale.py",
        *("--sizes", 0.0005, "--corpus", corpus, "--folder", folder),
        *("--output", tmp_path, "--vector-size", 8),
    )
    found = json.loads((tmp_path / "scale.json").read_text())
    names = [row["name"] for row in found["rows"]]
    assert names == [
        *("scan", "scan", "scan, bounded", "create", "train", "save", "load"),
        *("one query", "1,000 queries", "load, mapped", "one query, mapped"),
    ]
    for row in found["rows"]:
        assert row["wall"] > 0
        if "mapped" not in row["name"]:
            assert row["resident"] >= row["anonymous"] > 0
    assert "| 0.0005 |" in printed
    assert not list(folder.iterdir())


def test_a_full_disk_is_found_before_the_text_is_written(
    path_to_benchmarks, monkeypatch, tmp_path
):
    import scale
    from harness.scale import text

    monkeypatch.setattr(text, "write_text", None)
    with pytest.raises(SystemExit, match="GB are free"):
        scale.main(["--sizes", "1e9", "--folder", str(tmp_path)])
