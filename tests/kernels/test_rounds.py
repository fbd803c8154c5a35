"""Deterministic rounds equal the reference, and do not depend on threads."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

EPOCHS = 2
LEVELS = {
    "cbow": (False, True),
    "batch_size": (1, 7, 32),
    "shared_negatives": (0, 8, 33),
    "cbow_mean": (True, False),
    "cbow_exact": (True, False),
    "shrink_windows": (True, False),
    "window": (1, 2, 5),
    "negative": (1, 5),
    "vector_size": (1, 20, 100, 270),
    "block_size": (16, 61, 100),
    "shape": ("mixed", "long", "pairs", "lonely", "unknown", "repeated"),
    "streams": (1, 2, 3, 8),
    "sample": (0, 0.05),
    "words": (40, 450),
    "top_nodes": (0, 7, 64),
    "scaled": (False, True),
    "weighted": (False, True),
}
#: Matrices of float16.
HALF = {"dtype": np.float16}
#: Threads that train one group.
THREADS = (1, 2, 3, 8)


def settings(number):
    """Return combinations for each loss; each uses a name's levels equally often."""
    rng = np.random.default_rng(0)
    result = []
    kinds = [{"loss": loss} for loss in LOSSES]
    kinds += [{"loss": loss, **HALF} for loss in LOSSES if loss != "softmax"]
    kinds += [
        {"loss": LOSSES[0], "bfloat16_products": True},
        {"loss": LOSSES[3], "bfloat16_products": True, **HALF},
        {"loss": LOSSES[0], "thin_gradients": True},
        {"loss": LOSSES[3], "thin_gradients": True, **HALF},
    ]
    for kind in kinds:
        levels = LEVELS
        if "thin_gradients" in kind:
            levels = LEVELS | {"shared_negatives": (1, 8, 33)}
        columns = {
            name: rng.permutation(np.arange(number) % len(values))
            for name, values in levels.items()
        }
        result += [
            {name: levels[name][columns[name][i]] for name in levels} | kind
            for i in range(number)
        ]
    return result


def short_name(setting):
    arch = "cbow" if setting["cbow"] else "sg"
    loss = "".join(word[0] for word in setting["loss"].split("_"))
    half = "-half" if "dtype" in setting else ""
    half += "-rounded" if "bfloat16_products" in setting else ""
    half += "-thinned" if "thin_gradients" in setting else ""
    return f"{loss}-{arch}-{setting['shape']}-S{setting['streams']}{half}"


@pytest.fixture(scope="module")
def make(make_arguments):
    """Return a function: setting → kernel arguments; `scaled` gives rows factors.

    `weighted` weights pairs by distance where that is possible.
    """

    def make(setting):
        setting = dict(setting)
        scaled = setting.pop("scaled", False)
        weighted = setting.pop("weighted", False)
        if weighted and not setting["cbow"] and "hierarchical" not in setting["loss"]:
            setting |= {"shrink_windows": False, "weighted_windows": True}
        if setting["loss"] == "softmax":
            setting["streams"] = 1
        arguments = make_arguments(epochs=EPOCHS, **setting)
        if scaled:
            scales = {
                f"{name}_scale": np.linspace(
                    0, 1.5, len(getattr(arguments, name)), dtype=np.float32
                )
                for name in ("centre", "outside")
            }
            arguments = replace(arguments, **scales)
        return arguments

    return make


def train_group(rounds, threads):
    """Train the group that was begun, on some threads; return its totals."""
    started = [threading.Thread(target=rounds.work) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return rounds.totals()


def train_all(kernels, arguments, threads=1):
    """Train all epochs in rounds; return the totals of all groups."""
    rounds, totals = kernels.Rounds(arguments), []
    for epoch in range(arguments.epochs):
        for first in range(0, arguments.n_blocks, arguments.streams):
            last = min(first + arguments.streams, arguments.n_blocks)
            rounds.begin(epoch, first, last)
            totals.append(train_group(rounds, threads))
    return totals


@pytest.fixture(scope="module")
def expected_run(reference, make, copy_arguments):
    """Return a function: setting → untrained arguments, trained ones, totals."""
    known = {}

    def run(setting):
        key = repr(setting)
        if key not in known:
            arguments = make(setting)
            trained = copy_arguments(arguments)
            known[key] = arguments, trained, train_all(reference, trained)
        return known[key]

    return run


@pytest.mark.parametrize("setting", settings(24), ids=short_name)
def test_rounds_equal_the_reference(
    kernels, expected_run, copy_arguments, same_embeddings, setting
):
    arguments, expected, totals = expected_run(setting)
    arguments = copy_arguments(arguments)
    for got, right in zip(train_all(kernels, arguments), totals, strict=True):
        assert got[1:] == right[1:]
        is_rounded = arguments.bfloat16_products or arguments.centre.dtype != np.float32
        rel = 1e-3 if is_rounded else 1e-5
        assert got[0] == pytest.approx(right[0], rel=rel, abs=1e-6)
    same_embeddings(arguments, expected)
    d = setting["vector_size"]
    assert not arguments.centre[:, d:].any()
    assert not arguments.outside[:, d:].any()


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize(
    ("loss", "dtype"),
    [*((loss, np.float32) for loss in LOSSES), (LOSSES[0], np.float16)],
)
def test_any_number_of_threads_gives_the_same_bits(
    kernels, make, copy_arguments, loss, dtype, cbow
):
    setting = {"loss": loss, "cbow": cbow, "streams": 8, "shape": "long"}
    setting["dtype"] = dtype
    setting |= {"tokens": 1500, "block_size": 100, "words": 400, "batch_size": 16}
    before = make(setting)
    results = []
    for threads in THREADS:
        arguments = copy_arguments(before)
        totals = train_all(kernels, arguments, threads)
        matrices = arguments.centre.tobytes(), arguments.outside.tobytes()
        results.append((totals, *matrices))
    assert all(result == results[0] for result in results)
    assert not np.array_equal(arguments.centre, before.centre)
