"""Loops over arrays of ids: they check array sizes."""

import numpy as np
import pytest

from w2vfast.corpus._ids import count, select, translate


def test_functions_check_array_sizes():
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="fit"):
        translate(one, one, np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="fit"):
        select(one, one, np.zeros(2, np.int32), np.zeros(1, np.int64))


def test_translate_may_write_to_its_input():
    ids = np.array([2, 0, 1, 2], np.int32)
    translate(ids, np.array([5, 6, 7], np.int32), ids)
    assert ids.tolist() == [7, 5, 6, 7]


def test_select_drops_ids_and_moves_the_ends():
    ids = np.array([0, 1, 2, 1, 0], np.int32)
    out, ends = np.zeros(5, np.int32), np.array([0, 2, 3, 5])
    assert select(ids, np.array([1, -1, 0], np.int32), out, ends) == 3
    assert out[:3].tolist() == [1, 0, 1]
    assert ends.tolist() == [0, 1, 2, 3]


def test_count_appends_ids_at_their_first_appearance():
    counts, order = np.zeros(4, np.int64), np.zeros(4, np.int64)
    assert count(np.array([3, 1, 3], np.int32), counts, order, 0) == 2
    assert count(np.array([0, 1], np.int32), counts, order, 2) == 3
    assert order[:3].tolist() == [3, 1, 0]
    assert counts.tolist() == [1, 2, 0, 2]
