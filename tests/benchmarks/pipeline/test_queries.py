"""pipeline.py queries: rates are right, and the product is complete."""

import numpy as np
import pytest


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of gensim's imports
def test_queries(gensim, tmp_path, monkeypatch, capsys, read):
    import pipeline
    from harness.pipeline import queries

    monkeypatch.setattr(queries, "installed", lambda name: gensim)
    short = ["--words", "300", "--dim", "8", "--rounds", "2", "--queries", "30"]
    pipeline.main(["queries", *short, "--output", str(tmp_path)])
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


def test_products_are_complete(monkeypatch):
    from harness.pipeline import queries

    done = []
    matmul = np.matmul

    def watched(a, b, out):
        done.append(out.size)
        return matmul(a, b, out=out)

    monkeypatch.setattr(np, "matmul", watched)
    a, b = np.ones((10, 3), np.float32), np.ones((57, 3), np.float32)
    for tile in ((4, 20), (10, 57), (99, 999)):
        queries._product(a, b, *tile)
        assert sum(done) == 570
        done.clear()
