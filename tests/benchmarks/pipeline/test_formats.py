"""pipeline.py formats: every way to save and load is timed and checked."""

import numpy as np
import pytest

from w2vfast import KeyedVectors


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of gensim's imports
def test_formats(gensim, tmp_path, monkeypatch, capsys, read):
    import pipeline
    from harness.pipeline import formats

    monkeypatch.setattr(formats, "installed", lambda name: gensim)
    files = tmp_path / "files"
    files.mkdir()
    short = ["--words", "50", "--dim", "7", "--rounds", "2"]
    folders = ["--folder", str(files), "--output", str(tmp_path)]
    pipeline.main(["formats", *short, *folders])
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
    import pipeline
    from harness.pipeline import formats

    wrong = KeyedVectors(["a"], np.ones((1, 7), np.float32))
    monkeypatch.setattr(formats.KeyedVectors, "load", lambda path: wrong)
    short = ["--words", "5", "--dim", "7", "--output", str(tmp_path)]
    with pytest.raises(SystemExit, match="differ from the saved"):
        pipeline.main(["formats", *short])
