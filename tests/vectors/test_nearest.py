"""Search rows by cosine, without the excluded rows."""

import numpy as np
import pytest

from w2vfast.vectors import top_k
from w2vfast.vectors.nearest import CosineIndex


@pytest.fixture(params=[(1, 1), (64, 7), (1000, 50), (1 << 19, 2048)])
def limits(request, monkeypatch):
    max_scores, min_block_rows = request.param
    monkeypatch.setattr(top_k, "MAX_SCORES", max_scores)
    monkeypatch.setattr(top_k, "MIN_BLOCK_ROWS", min_block_rows)


@pytest.mark.parametrize("topn", [1, 3, 5])
def test_rows_are_excluded_from_the_result_of_their_own_query_only(limits, topn):
    vectors = np.zeros((800, 10), np.float32)
    vectors[:, 0] = 1
    kept = [0, 12, 24]
    excluded = [i for i in range(800) if i not in kept]
    query = np.eye(10)[:1]
    index = CosineIndex(vectors)
    assert index.nearest(query, [excluded], topn) == [[(i, 1) for i in kept[:topn]]]
    both = index.nearest(np.repeat(query, 2, axis=0), [excluded, [0, 0]], topn)
    assert both == [
        [(i, 1) for i in kept[:topn]],
        [(i, 1) for i in range(1, topn + 1)],
    ]
