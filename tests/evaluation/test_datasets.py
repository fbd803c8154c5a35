"""Evaluation files: encoding errors name the expected encoding."""

import numpy as np
import pytest

from w2vfast.evaluation import evaluate_analogies, evaluate_word_pairs
from w2vfast.keyedvectors import KeyedVectors


def test_files_that_are_not_utf8_are_errors(tmp_path):
    wv = KeyedVectors(["a", "b"], np.eye(2))
    path = tmp_path / "latin"
    path.write_bytes(b"caf\xe9\tb\t1\n")
    for evaluate in (evaluate_word_pairs, evaluate_analogies):
        with pytest.raises(ValueError, match="not UTF-8"):
            evaluate(wv, path)
