"""Synthetic corpora."""

import numpy as np
import pytest


def test_a_synthetic_corpus_follows_zipf(path_to_benchmarks):
    from harness.corpora import zipf

    text = zipf(50, 100_000, 2)
    assert len(text.ids) == 200_000 and len(text.vocabulary()) == 50
    drawn = np.bincount(text.ids, minlength=50) / 2e5
    wanted = 1 / np.arange(1, 51)
    assert np.abs(drawn - wanted / wanted.sum()).max() < 0.01
    counts = text.vocabulary().counts
    assert counts / counts.sum() == pytest.approx(wanted / wanted.sum(), rel=1e-6)
    assert len(zipf(5000, 10).vocabulary()) == 5000
