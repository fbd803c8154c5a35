"""
Checks at the entry of the kernels, the same for every build.

The kernels compute addresses from their arguments. `check_arguments` checks whatever
is the same for all calls of a run; `check_call` checks one call, and the ids that it
reads. Corpora may exceed the memory, so ids are not read beforehand.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.wording import counted, quoted

KernelArguments = Any  # of w2vfast.kernels.arguments, which imports this module

#: Largest value of the parameters that the kernels store as int, and of sizes.
MAX_INT = (1 << 31) - 1
MAX_EPOCH = MAX_BLOCK = 1 << 62
#: Array arguments, with their types; the matrices are all float32 or all float16.
DTYPES: dict[str, type[np.generic]] = {
    "ids": np.int32,
    "offsets": np.int64,
    "starts": np.int64,
    "keep_thresholds": np.uint32,
    "noise_accept": np.uint32,
    "noise_alias": np.int32,
    "path_offsets": np.int64,
    "path_nodes": np.int32,
    "path_labels": np.float32,
    "centre_scale": np.float32,
    "outside_scale": np.float32,
}
#: Least and largest value of each whole number.
BOUNDS = {
    "max_path_length": (0, MAX_INT),
    "top_nodes": (0, MAX_INT),
    "seed": (0, (1 << 64) - 1),
    "window": (1, MAX_INT),
    "negative": (0, MAX_INT),
    "batch_size": (1, MAX_INT),
    "shared_negatives": (0, MAX_INT),
    "block_size": (1, MAX_INT),
    "first_epoch": (0, MAX_EPOCH),
    "epochs": (1, MAX_INT),
    "alpha_interval": (0, MAX_EPOCH),
    "streams": (0, 16),
    "vector_size": (0, MAX_INT),
}


class CheckedArguments:
    """Base class of `KernelArguments`, for objects that `check_arguments` accepted."""


def check_arguments(args: KernelArguments, losses: tuple[str, ...], panel: int) -> None:
    """
    Check all arguments except the ids. `KernelArguments` calls it once.

    Parameters
    ----------
    args : KernelArguments
    losses : tuple of str
        Names that ``args.loss`` may have.
    panel : int
        Rows have a multiple of this many floats.

    Raises
    ------
    TypeError
        If an array has another type, or a number is not a whole number.
    ValueError
        If a length, an index or a number is out of range.
    """
    if args.loss not in losses:
        raise ValueError(f"loss={args.loss!r}: expected one of {', '.join(losses)}")
    _check_dtypes(args)
    _check_numbers(args)
    _check_matrices(args, panel)
    _check_offsets("offsets", args.offsets, len(args.ids))
    if len(args.starts):
        _check_starts(args)
    words = len(args.centre)
    _check_length("keep_thresholds", args.keep_thresholds, words)
    if args.weighted_windows and (args.cbow or args.uses_paths or args.shrink_windows):
        raise ValueError(
            "weighted_windows=True: expected skip-gram without hierarchical softmax, "
            "and shrink_windows=False"
        )
    if args.thin_gradients and (
        not args.uses_negatives or not args.shared_negatives or args.bfloat16_products
    ):
        raise ValueError(
            f"thin_gradients=True with loss={args.loss!r}, shared_negatives="
            f"{args.shared_negatives}, bfloat16_products={args.bfloat16_products}: "
            "expected negative sampling, shared_negatives of 1 or more, and "
            "bfloat16_products=False; pass thin_gradients=False"
        )
    if args.uses_negatives:
        _check_length("noise_accept", args.noise_accept, words)
        _check_length("noise_alias", args.noise_alias, words)
        _check_indices("noise_alias", args.noise_alias, words)
    if args.uses_paths:
        _check_paths(args)


def check_call(args: object, first: int, last: int, epoch: int | None = None) -> None:
    """
    Check the range of one call, and that no id in its blocks is negative.

    Ids of tokens outside the vocabulary may have any value from the number of words
    on. The windows of a block extend into its neighbours; there the kernels skip a
    negative id like an unknown word. With `starts`, all ids were checked when the
    arguments were made.

    Parameters
    ----------
    args : KernelArguments
    first, last : int
        The blocks: 0 <= first <= last. Blocks beyond the last one are ignored.
    epoch : int, optional
        Number of the epoch to train; None for an evaluation.

    Raises
    ------
    TypeError
        If `args` is no KernelArguments, or a number is not a whole number.
    ValueError
        If a number is out of range or an id is negative.
    """
    arguments = _checked_class(args)
    check_range("blocks", first, last, MAX_BLOCK)
    if epoch is not None:
        start = arguments.first_epoch
        _check_whole("epoch", epoch, start, start + arguments.epochs - 1)
    if not len(arguments.starts):
        size = arguments.block_size
        _check_ids(arguments.ids, first * size, last * size)


def check_words(args: object, first: int, last: int, out: NDArray[np.float64]) -> None:
    """Check a call of `log_partition`, which writes ``out[first:last]``."""
    arguments = _checked_class(args)
    if arguments.loss != "softmax":
        raise ValueError(
            f"log_partition with loss={arguments.loss!r}: expected 'softmax'"
        )
    check_range("words", first, last, len(arguments.centre))
    check_log_z(args, out, empty=False)


def check_log_z(args: object, log_z: Any, empty: bool = True) -> None:
    """Check that `log_z` has one float64 for each word, or none if `empty`."""
    words = len(_checked_class(args).centre)
    valid = isinstance(log_z, np.ndarray) and log_z.dtype == np.float64
    if not valid or not (log_z.shape == (words,) or (empty and log_z.shape == (0,))):
        raise ValueError(
            f"log_z is {_describe(log_z)}: expected float64 of shape ({words},)"
        )


def check_range(name: str, first: int, last: int, end: int) -> None:
    """Raise an error unless ``0 <= first <= last <= end``."""
    _check_whole(f"the first of the {name}", first, 0, end)
    _check_whole(f"the end of the {name}", last, first, end)


def _checked_class(args: object) -> KernelArguments:
    if not isinstance(args, CheckedArguments):
        raise TypeError(f"expected KernelArguments, not {type(args).__name__}")
    return args


def _check_dtypes(args: KernelArguments) -> None:
    half = getattr(args.centre, "dtype", None) == np.float16
    matrix = np.float16 if half else np.float32
    for name, dtype in {**DTYPES, "centre": matrix, "outside": matrix}.items():
        array = getattr(args, name)
        n_axes = 2 if name in ("centre", "outside") else 1
        if (
            not isinstance(array, np.ndarray)
            or array.dtype != dtype
            or array.ndim != n_axes
            or not array.flags.c_contiguous
        ):
            raise TypeError(
                f"{name} is {_describe(array)}: expected a contiguous array of "
                f"{np.dtype(dtype)} with {n_axes} dimension{'s' if n_axes > 1 else ''}"
            )


def _check_numbers(args: KernelArguments) -> None:
    for name, (least, most) in BOUNDS.items():
        _check_whole(name, getattr(args, name), least, most)
    for name in ("alpha", "min_alpha"):
        value = getattr(args, name)
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"{name}={value!r}: expected a finite number")


def _check_matrices(args: KernelArguments, panel: int) -> None:
    words, row = args.centre.shape
    if args.loss == "softmax" and args.centre.dtype != np.float32:
        raise ValueError(
            "loss='softmax' with matrices of float16: expected float32, because the "
            "softmax reads whole matrices"
        )
    rows = 2 * words if args.uses_negatives and args.uses_paths else words
    if not 1 <= words <= MAX_INT // 2 or not row or row % panel:
        raise ValueError(
            f"centre has the shape {args.centre.shape}: expected 1 or more rows of a "
            f"multiple of {panel} floats"
        )
    if args.outside.shape != (rows, row):
        raise ValueError(
            f"outside has the shape {args.outside.shape}: expected {(rows, row)}"
        )
    if args.vector_size > row:
        raise ValueError(
            f"vector_size={args.vector_size}: expected at most {row}, the length of a "
            "row of centre; or 0"
        )
    for name, length in (("centre_scale", words), ("outside_scale", rows)):
        if len(getattr(args, name)):
            _check_length(name, getattr(args, name), length)


def _check_paths(args: KernelArguments) -> None:
    nodes, offsets = args.path_nodes, args.path_offsets
    _check_length("path_offsets", offsets, len(args.centre) + 1)
    _check_offsets("path_offsets", offsets, len(nodes))
    _check_length("path_labels", args.path_labels, len(nodes))
    _check_indices("path_nodes", nodes, len(args.outside))
    longest = int(np.diff(offsets).max())
    if longest > args.max_path_length:
        raise ValueError(
            f"max_path_length={args.max_path_length}: the longest path has {longest}"
        )


def _check_offsets(name: str, offsets: NDArray[np.int64], end: int) -> None:
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != end:
        raise ValueError(f"{name} must begin with 0 and end with {end}")
    if (offsets[1:] < offsets[:-1]).any():
        raise ValueError(f"{name} must not fall; expected ascending numbers")


def _check_starts(args: KernelArguments) -> None:
    """Check where sentences begin, and all ids: a block may read any of them."""
    lengths = np.diff(args.offsets)
    _check_length("starts", args.starts, len(lengths))
    if args.starts.min() < 0 or (args.starts + lengths).max() > len(args.ids):
        raise ValueError(f"starts: expected sentences within {len(args.ids):,} ids")
    _check_ids(args.ids, 0, len(args.ids))


def _check_ids(ids: NDArray[np.int32], begin: int, end: int) -> None:
    """Check that the ids from `begin` to `end` are not negative."""
    part = ids[begin:end]
    if len(part) and part.min() < 0:
        position = begin + int(part.argmin())
        raise ValueError(
            f"ids[{position}] is {part.min()}: expected 0 or more; make a new Corpus"
        )


def _check_indices(name: str, indices: NDArray[np.int32], end: int) -> None:
    if len(indices) and not (indices.min() >= 0 and indices.max() < end):
        raise ValueError(
            f"{name} has values from {indices.min()} to {indices.max()}: expected 0 to "
            f"{end - 1}"
        )


def _check_length(name: str, array: NDArray[Any], length: int) -> None:
    if len(array) != length:
        raise ValueError(
            f"{name} has {counted(len(array), 'item')}: expected {length:,}"
        )


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} is {quoted(value)}: expected a whole number")
    if not least <= value <= most:
        raise ValueError(f"{name} is {value}: expected {least} to {most}")


def _describe(array: object) -> str:
    if not isinstance(array, np.ndarray):
        return type(array).__name__
    return f"{array.dtype} of shape {array.shape}"
