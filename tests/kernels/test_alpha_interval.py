"""The learning rate changes only at multiples of `alpha_interval` tokens."""

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.kernels.reference.blocks import learning_rate


def test_rate_is_constant_within_an_interval(make_arguments):
    arguments = make_arguments(alpha_interval=50, alpha=0.1, min_alpha=0.0, epochs=2)
    tokens = len(arguments.ids)
    for position in (0, 49, 50, 149, 201):
        done = position // 50 * 50
        rate = learning_rate(arguments, 1, position)
        assert rate == pytest.approx(0.1 * (1 - (tokens + done) / tokens / 2))


def test_interval_of_the_whole_epoch_trains_at_one_rate(build):
    sentences = [["a", "b", "c", "d"]] * 50
    fixed = {"min_count": 1, "sample": 0, "workers": 1, "kernels": build}
    fixed |= {"vector_size": 8, "epochs": 1, "chunk_size": 4}
    stepped = Word2Vec(sentences, alpha=0.05, alpha_interval=200, **fixed).train()
    constant = Word2Vec(sentences, alpha=0.05, min_alpha=0.05, **fixed).train()
    falling = Word2Vec(sentences, alpha=0.05, **fixed).train()
    assert np.array_equal(stepped.wv.vectors, constant.wv.vectors)
    assert not np.array_equal(stepped.wv.vectors, falling.wv.vectors)
