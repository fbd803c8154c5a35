"""Every build refuses arguments with which it would read outside its arrays."""

import re
from dataclasses import replace

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

NONE = np.zeros(0)


@pytest.mark.parametrize(
    ("epoch", "first", "last", "error"),
    [
        (0, -1, 1, ValueError),
        (0, 0, -1, ValueError),
        (0, 3, 2, ValueError),
        (0, 2**63 - 1, 2**63 - 1, ValueError),
        (0, 2**70, 2**70, ValueError),
        (-1, 0, 1, ValueError),
        (2, 0, 1, ValueError),
        (-(10**6), 0, 1, ValueError),
        (2**70, 0, 1, ValueError),
        ("0", 0, 1, TypeError),
        (0, 0.5, 1, TypeError),
        (0, None, 1, TypeError),
        (0, 0, True, TypeError),
    ],
)
def test_blocks_and_epochs_beyond_the_run_are_refused(
    kernels, make_arguments, epoch, first, last, error
):
    arguments = make_arguments(block_size=61)  # 4 blocks, 2 epochs
    with pytest.raises(error, match="expected"):
        kernels.train(arguments, epoch, first, last)
    if epoch == 0:
        with pytest.raises(error, match="expected"):
            kernels.evaluate(replace(arguments, loss="softmax"), first, last, NONE)


@pytest.mark.parametrize("bad", [-1, -(2**31)])
@pytest.mark.parametrize("cbow", [False, True])
def test_a_negative_id_is_an_error_in_its_block_and_harmless_elsewhere(
    kernels, make_arguments, copy_arguments, bad, cbow
):
    whole = make_arguments(block_size=61, cbow=cbow, sample=0)
    arguments = copy_arguments(whole, ids=whole.ids.copy())
    arguments.ids[61] = bad
    with pytest.raises(ValueError, match=rf"ids\[61\] is {bad}"):
        kernels.train(arguments, 0, 0, 2)
    # The window of the last token of block 0 extends to the bad id.
    unknown = copy_arguments(whole, ids=whole.ids.copy())
    unknown.ids[61] = 10**6
    assert kernels.train(arguments, 0, 0, 1) == kernels.train(unknown, 0, 0, 1)
    assert (arguments.centre == unknown.centre).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "mean"}, "loss='mean'"),
        (
            {"offsets": lambda a: np.append(a.offsets, len(a.ids) + 1)},
            "offsets must begin",
        ),
        ({"offsets": lambda a: a.offsets[::-1].copy()}, "offsets must begin"),
        ({"offsets": lambda a: np.array([0, 9, 5, len(a.ids)])}, "must not fall"),
        ({"offsets": lambda a: np.array([0, -5, len(a.ids)])}, "must not fall"),
        ({"ids": lambda a: a.ids.astype(np.int64)}, "ids is int64"),
        ({"ids": lambda a: list(a.ids)}, "ids is list"),
        ({"ids": lambda a: np.repeat(a.ids, 2)[::2]}, "expected a contiguous"),
        (
            {"keep_thresholds": lambda a: a.keep_thresholds[:-1]},
            "39 items: expected 40",
        ),
        ({"noise_accept": lambda a: a.noise_accept[:0]}, "noise_accept has 0 items"),
        (
            {"noise_alias": lambda a: a.noise_alias - 1},
            "noise_alias has values from -1",
        ),
        ({"noise_alias": lambda a: a.noise_alias + 40}, "noise_alias has values"),
        ({"centre": lambda a: a.centre[:, :8].copy()}, "multiple of 16"),
        ({"centre": lambda a: a.centre[:0]}, "1 or more rows"),
        ({"vector_size": lambda a: a.centre.shape[1] + 1}, "expected at most"),
        ({"centre": lambda a: a.centre.astype(np.float64)}, "centre is float64"),
        ({"centre": lambda a: a.centre.reshape(-1)}, "2 dimensions"),
        ({"centre": lambda a: a.centre.astype(np.float16)}, "expected a contiguous"),
        ({"outside": lambda a: a.outside.astype(np.float16)}, "outside is float16"),
        (
            {
                "loss": "softmax",
                "centre": lambda a: a.centre.astype(np.float16),
                "outside": lambda a: a.outside.astype(np.float16),
            },
            "loss='softmax' with matrices of float16",
        ),
        ({"outside": lambda a: a.outside[:-1]}, "outside has the shape"),
        ({"centre_scale": lambda a: np.ones(39, np.float32)}, "expected 40"),
        ({"outside_scale": lambda a: np.ones(41, np.float32)}, "expected 40"),
        ({"window": 0}, "window is 0"),
        ({"window": 2**31}, "window is 2147483648"),
        ({"negative": -1}, "negative is -1"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"block_size": 0}, "block_size is 0"),
        ({"block_size": -5}, "block_size is -5"),
        ({"shared_negatives": -1}, "shared_negatives is -1"),
        ({"seed": 2**64}, "seed is 18446744073709551616"),
        ({"seed": "1"}, "seed is '1'"),
        ({"first_epoch": 2**63 - 1}, "first_epoch is"),
        ({"epochs": 0}, "epochs is 0"),
        ({"alpha": float("nan")}, "alpha=nan"),
        ({"alpha_interval": -1}, "alpha_interval is -1"),
    ],
)
def test_arguments_that_do_not_fit_each_other_are_refused(
    make_arguments, change, message
):
    arguments = make_arguments()
    values = {k: v(arguments) if callable(v) else v for k, v in change.items()}
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        replace(arguments, **values)


@pytest.mark.parametrize("loss", LOSSES[2:])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path_nodes": lambda a: a.path_nodes - 1}, "path_nodes has values"),
        ({"path_nodes": lambda a: a.path_nodes + 80}, "path_nodes has values"),
        ({"path_nodes": lambda a: a.path_nodes[:-1]}, "path_offsets must"),
        ({"path_labels": lambda a: a.path_labels[:-1]}, "path_labels has"),
        ({"path_offsets": lambda a: a.path_offsets[1:]}, "path_offsets has 40 items"),
        ({"max_path_length": 1}, "the longest path has"),
        ({"max_path_length": -1}, "max_path_length is -1"),
        ({"top_nodes": -1}, "top_nodes is -1"),
    ],
)
def test_paths_that_leave_the_matrix_are_refused(make_arguments, loss, change, message):
    arguments = make_arguments(loss=loss)
    values = {k: v(arguments) if callable(v) else v for k, v in change.items()}
    with pytest.raises(ValueError, match=message):
        replace(arguments, **values)


@pytest.mark.parametrize("loss", [LOSSES[0], *LOSSES[2:]])
def test_log_partition_of_other_losses_is_refused(kernels, make_arguments, loss):
    with pytest.raises(ValueError, match="expected 'softmax'"):
        kernels.log_partition(make_arguments(loss=loss), 0, 40, np.zeros(40))


@pytest.mark.parametrize("first, last", [(-1, 1), (0, 41), (5, 4), (2**70, 2**70)])
def test_words_outside_the_vocabulary_are_refused(kernels, make_arguments, first, last):
    with pytest.raises(ValueError, match="of the words is"):
        kernels.log_partition(make_arguments(loss="softmax"), first, last, np.zeros(40))


@pytest.mark.parametrize(
    "log_z", [np.zeros(39), np.zeros(40, np.float32), None, [0] * 40]
)
def test_log_z_has_one_number_for_each_word(kernels, make_arguments, log_z):
    arguments = make_arguments(loss="softmax")
    with pytest.raises(ValueError, match="log_z is"):
        kernels.evaluate(arguments, 0, 1, log_z)
    with pytest.raises(ValueError, match="log_z is"):
        kernels.log_partition(arguments, 0, 40, log_z)


def test_other_objects_are_refused(kernels, make_arguments):
    class Other:
        ids = block_size = n_blocks = centre = 1

    for call in (
        lambda: kernels.train(Other(), 0, 0, 1),
        lambda: kernels.evaluate(Other(), 0, 1, NONE),
        lambda: kernels.log_partition(None, 0, 1, NONE),
    ):
        with pytest.raises(TypeError, match="expected KernelArguments"):
            call()
