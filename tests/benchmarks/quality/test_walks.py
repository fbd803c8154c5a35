"""quality.py walks: thresholds of subsampling, and pairs per word."""

import pytest


def test_both_tables_are_printed(call):
    status, text = call("quality.py", "walks", "--quick", "--seeds", 1)
    assert status == 0
    assert "1 / words" in text and "pairs per word" in text
    scores = [float(cell) for cell in text.splitlines()[2].split("|")[6:10]]
    assert scores[0] < 0.6 < min(scores[1:])


def test_a_perfect_model_scores_1(path_to_benchmarks):
    from harness.quality.walks import Walks
    from w2vfast import Word2Vec

    walks = Walks(20, 4, 0.0, 20_000, 0.1)
    model = Word2Vec(walks.corpus(1), vector_size=16, min_count=1)
    assert walks.purity(model) < 0.6
    assert walks.purity(model.train()) == pytest.approx(1, abs=0.01)
