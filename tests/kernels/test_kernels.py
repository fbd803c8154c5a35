"""Every build computes the same numbers as the reference."""

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

EPOCHS = 2
LEVELS = {
    "loss": LOSSES[:3],
    "cbow": (False, True),
    "batch_size": (1, 7, 64, 512),
    "shared_negatives": (0, 8, 33),
    "cbow_mean": (True, False),
    "cbow_exact": (True, False),
    "shrink_windows": (True, False),
    "window": (1, 2, 5, 11),
    "negative": (1, 5, 13),
    "vector_size": (1, 16, 20, 100),
    "block_size": (16, 61, 1 << 14),
    "shape": ("mixed", "long", "pairs", "lonely", "unknown", "repeated"),
    "sample": (0, 0.05),
    "seed": (0, 1, 2**64 - 1),
    "words": (40, 450),
    "top_nodes": (0, 7, 16, 64, 500),
    "alpha_interval": (0, 7, 100),
}


#: Both losses at once. A pair has a term for each node of its path. In larger batches
#: and windows, sums of some 2,000 terms in float32 exceed the tolerance by rounding.
BOTH_LOSSES = {
    "loss": LOSSES[3:],
    "batch_size": (1, 7, 32),
    "window": (1, 2, 5),
}


#: Pairs weighted by distance; only skip-gram without a tree has them.
WEIGHTED = {
    "loss": LOSSES[:2],
    "cbow": (False,),
    "shrink_windows": (False,),
    "weighted_windows": (True,),
}


#: Matrices of float16, with every loss that can have them.
HALF = {"dtype": (np.float16,)}
HALVES = (
    HALF | {"loss": (LOSSES[0], LOSSES[2])},
    HALF | BOTH_LOSSES,
    HALF | WEIGHTED | {"loss": LOSSES[:1]},
)

#: Thinned gradients of negatives, with every loss that has shared negatives.
THINNED = {"thin_gradients": (True,), "shared_negatives": (1, 8, 33)}
THINNED_LOSSES = (
    THINNED | {"loss": LOSSES[:1], "dtype": (np.float32, np.float16)},
    THINNED | BOTH_LOSSES,
    THINNED | WEIGHTED | {"loss": LOSSES[:1]},
)

#: Products in bfloat16, with every loss that can have them.
ROUNDED = {"bfloat16_products": (True,), "shared_negatives": (0, 8, 33, 40)}
ROUNDED_LOSSES = (
    ROUNDED | {"loss": LOSSES[:1]},
    ROUNDED | BOTH_LOSSES,
    ROUNDED | WEIGHTED | {"loss": LOSSES[:1], "dtype": (np.float32, np.float16)},
)


def settings(number, **changes):
    """Return `number` random combinations; each uses a name's levels equally often."""
    rng = np.random.default_rng(0)
    levels = LEVELS | changes
    columns = {
        name: rng.permutation(np.arange(number) % len(values))
        for name, values in levels.items()
    }
    return [
        {name: levels[name][columns[name][i]] for name in levels} for i in range(number)
    ]


def short_name(setting):
    arch = "cbow" if setting["cbow"] else "sg"
    loss = "".join(word[0] for word in setting["loss"].split("_"))
    size, shared = setting["batch_size"], setting["shared_negatives"]
    kind = "-weighted" if "weighted_windows" in setting else ""
    kind += "-half" if setting.get("dtype") == np.float16 else ""
    kind += "-thinned" if "thin_gradients" in setting else ""
    kind += "-rounded" if "bfloat16_products" in setting else ""
    return f"{loss}-{arch}-{setting['shape']}-L{size}-K{shared}{kind}"


@pytest.fixture(scope="module")
def expected_run(reference, make_arguments, copy_arguments, train_all):
    """Return a function: setting → untrained arguments, trained ones, results.

    The reference trains each setting once.
    """
    known = {}

    def run(setting):
        key = repr(setting)
        if key not in known:
            arguments = make_arguments(**{"epochs": EPOCHS} | setting)
            trained = copy_arguments(arguments)
            known[key] = arguments, trained, train_all(reference, trained)
        return known[key]

    return run


@pytest.mark.parametrize(
    "setting",
    [
        *settings(96),
        *settings(48, **BOTH_LOSSES),
        *settings(36, **WEIGHTED),
        *(s for half in HALVES for s in settings(24, **half)),
        *(s for changes in THINNED_LOSSES for s in settings(24, **changes)),
        *(s for changes in ROUNDED_LOSSES for s in settings(24, **changes)),
    ],
    ids=short_name,
)
def test_training_equals_the_reference(
    kernels, expected_run, copy_arguments, train_all, same_embeddings, setting
):
    arguments, expected, sums = expected_run(setting)
    arguments = copy_arguments(arguments)
    for got, right in zip(train_all(kernels, arguments), sums, strict=True):
        assert got[1:] == right[1:]
        is_rounded = arguments.bfloat16_products or arguments.centre.dtype != np.float32
        rel = 1e-3 if is_rounded else 1e-5
        assert got[0] == pytest.approx(right[0], rel=rel, abs=1e-6)
    same_embeddings(arguments, expected)
    d = setting["vector_size"]
    assert not arguments.centre[:, d:].any()
    assert not arguments.outside[:, d:].any()


@pytest.mark.parametrize("cbow", [False, True])
def test_many_epochs_equal_the_reference(
    kernels, expected_run, copy_arguments, train_all, cbow
):
    setting = {"cbow": cbow, "epochs": 8, "alpha": 0.1, "shared_negatives": 33}
    arguments, expected, sums = expected_run({**setting, "first_epoch": 3})
    arguments = copy_arguments(arguments)
    assert train_all(kernels, arguments)[-1][0] == pytest.approx(sums[-1][0], rel=1e-4)
    np.testing.assert_allclose(arguments.centre, expected.centre, rtol=1e-3, atol=1e-4)
    assert sums[-1][0] < sums[0][0]


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("batch_size", [64, 300])
def test_large_matrix_products_equal_the_reference(
    kernels, expected_run, copy_arguments, train_all, same_embeddings, cbow, batch_size
):
    """Sizes need several tiles and panels; softmax scores are kept or recomputed."""
    setting = {"loss": "softmax", "cbow": cbow, "batch_size": batch_size, "words": 400}
    setting |= {"shape": "long", "vector_size": 270, "sample": 0, "epochs": 1}
    arguments, expected, sums = expected_run(setting)
    arguments = copy_arguments(arguments)
    assert train_all(kernels, arguments)[0][0] == pytest.approx(sums[0][0], rel=1e-6)
    same_embeddings(arguments, expected)


@pytest.mark.parametrize("mean", [True, False])
def test_long_batches_of_similar_rows_equal_the_reference(
    kernels, expected_run, copy_arguments, train_all, same_embeddings, mean
):
    """The rows' common part causes large rounding errors in batch-wide sums."""
    setting = {"cbow": True, "cbow_mean": mean, "batch_size": 1 << 14, "epochs": 1}
    setting |= {"shape": "long", "tokens": 6000, "sample": 0, "alpha": 0.01}
    arguments, expected, _ = expected_run(setting | {"common": 2.0})
    arguments = copy_arguments(arguments)
    train_all(kernels, arguments)
    same_embeddings(arguments, expected)
