"""The two-layer network; how L2 normalisation changes a classifier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.kernels.reference.classifier import (
    parameter_count,
    two_layer_network_loss_and_gradients,
)
from w2vfast.kernels.reference.functions import (
    cross_entropy,
    l2_normalise,
    sigmoid,
    softmax,
)
from w2vfast.kernels.reference.gradient_check import gradient_check

sizes = st.tuples(*[st.integers(1, 5)] * 3, st.integers(2, 4), st.integers(0, 2**32))
NAMES = ["x", "W1", "b1", "W2", "b2"]


def network(N, Dx, H, Dy, seed):
    """Return y and the differentiable arguments by name."""
    rng = np.random.default_rng(seed)
    shapes = [(N, Dx), (Dx, H), (H,), (H, Dy), (Dy,)]
    values = [rng.uniform(-1, 1, shape) for shape in shapes]
    y = np.eye(Dy)[rng.integers(0, Dy, N)]
    return y, dict(zip(NAMES, values, strict=True))


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=50)
@given(size=sizes)
def test_two_layer_network_gradients(name, size):
    y, arguments = network(*size)

    def f(value):
        cost, gradients = two_layer_network_loss_and_gradients(
            y=y, **arguments | {name: value}
        )
        return cost, getattr(gradients, name)

    assert gradient_check(f, arguments[name]) < 1e-6


@given(sizes)
def test_two_layer_network_loss_is_the_sum_of_cross_entropies(size):
    y, p = network(*size)
    cost, _ = two_layer_network_loss_and_gradients(y=y, **p)
    expected = 0.0
    for x_n, y_n in zip(p["x"], y, strict=True):
        h = sigmoid(x_n @ p["W1"] + p["b1"])
        expected += cross_entropy(y_n, softmax(h @ p["W2"] + p["b2"]))
    assert cost == pytest.approx(expected, rel=1e-12)


@given(sizes)
def test_two_layer_network_parameter_count_is_the_size_of_its_arrays(size):
    _, p = network(*size)
    assert parameter_count(*size[1:4]) == sum(p[k].size for k in NAMES[1:])


def test_two_layer_network_refuses_class_numbers():
    _, p = network(3, 2, 2, 2, 0)
    for y in ([0, 1, 1], np.ones((3, 2)), np.eye(2)):
        with pytest.raises(ValueError, match=r"expected \(3, 2\), .*np.eye\(2\)\[k\]"):
            two_layer_network_loss_and_gradients(y=y, **p)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_two_layer_network_keeps_the_type(dtype):
    y, p = network(3, 4, 2, 3, 1)
    p = {k: v.astype(dtype) for k, v in p.items()}
    _, gradients = two_layer_network_loss_and_gradients(y=y.astype(dtype), **p)
    assert {g.dtype for g in gradients} == {np.dtype(dtype)}


# ---- L2 normalisation ----

WORDS = np.array([[1.0, 0], [3, 0], [0, 1], [0, 3]])  # good, great, bad, awful


def accuracy(features, labels):
    """Train a logistic classifier on the first half; score it on the second."""
    x = np.column_stack([features, np.ones(len(features))])
    half, weights = len(x) // 2, np.zeros(x.shape[1])
    for _ in range(2000):
        residuals = sigmoid(x[:half] @ weights) - labels[:half]
        weights -= 0.3 / half * x[:half].T @ residuals
    return ((x[half:] @ weights > 0) == labels[half:]).mean()


def reviews():
    """Return 400 texts of five words each."""
    return np.random.default_rng(3).integers(0, 4, (400, 5))


def sums(vectors, texts):
    """Return the sum of each text's word vectors."""
    return vectors[texts].sum(axis=1)


def test_l2_normalise_makes_parallel_vectors_one():
    unit = l2_normalise(WORDS)
    np.testing.assert_array_equal(unit, [[1, 0], [1, 0], [0, 1], [0, 1]])


def test_l2_normalise_ruins_a_classifier_that_needs_the_length():
    """Strong or weak words? 'great' and 'good' differ only in length."""
    texts = reviews()
    strong = (texts % 2).sum(axis=1) > 2
    assert accuracy(sums(WORDS, texts), strong) > 0.95
    assert accuracy(sums(l2_normalise(WORDS), texts), strong) < 0.6


def test_l2_normalise_leaves_a_classifier_that_needs_the_direction():
    """More good words than bad ones? Their strength is noise."""
    texts = reviews()
    good = (texts < 2).sum(axis=1) > 2
    assert accuracy(sums(l2_normalise(WORDS), texts), good) > 0.95
    assert 0.7 < accuracy(sums(WORDS, texts), good) < 0.95
