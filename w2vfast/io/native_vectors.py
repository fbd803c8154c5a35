"""Keys, vectors and counts as tensors of the native format (``.w2v``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from w2vfast.io.input import Input
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.open import Target
from w2vfast.io.options import ReadOptions
from w2vfast.io.safetensors_file import read_safetensors_input, write_safetensors
from w2vfast.io.safetensors_layout import Tensor, Tensors
from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.validation import VectorArray

Counts = npt.NDArray[np.int64]


def write(
    path: Target,
    keys: Sequence[str],
    vectors: VectorArray,
    counts: Counts | None,
    datatype: str = "float32",
) -> None:
    """
    Write a ``.w2v`` file with the tensors centre, keys, key_offsets and counts.

    Raises
    ------
    ValueError
        If `datatype` is "float16" and a number exceeds its range.
    """
    key_bytes, offsets = pack_keys(keys)
    stored = to_storage(vectors, datatype)
    tensors: dict[str, Tensor] = {}
    tensors |= {"centre": stored, "keys": key_bytes, "key_offsets": offsets}
    if counts is not None:
        tensors["counts"] = counts
    write_safetensors(path, tensors, {"parameters": "{}"})


def read(
    file: Input, options: ReadOptions, mmap: bool
) -> tuple[list[str], VectorArray, Counts | None]:
    """
    Read or map the vectors of a ``.w2v`` file or of a whole model.

    Raises
    ------
    ValueError
        If a tensor is missing or has another type, or mapped vectors are not of the
        type `options.dtype`.
    """
    names = ("centre", "keys", "key_offsets", "counts")
    tensors, _ = read_safetensors_input(file, names, mmap)
    _check_tensors(tensors)
    centre = tensors["centre"]
    if isinstance(centre, np.memmap) and centre.dtype != options.dtype:
        raise ValueError(
            f"mmap=True: the file stores {centre.dtype}, which can't be mapped as "
            f"dtype={options.dtype!r}; pass dtype={str(centre.dtype)!r}, or mmap=False"
        )
    counts = tensors.get("counts")
    keys = unpack_keys(tensors["keys"], tensors["key_offsets"])
    if options.limit is None:
        return keys, from_storage(centre, options.dtype), counts
    n = options.limit
    kept = from_storage(centre[:n], options.dtype)
    if not mmap and n < len(centre):
        kept = kept.copy()  # so that the rest of the array is freed
    return keys[:n], kept, None if counts is None else counts[:n]


def to_storage(vectors: VectorArray, datatype: str) -> VectorArray:
    """
    Return the vectors as `datatype`, without a copy if they have that type.

    Raises
    ------
    ValueError
        If a finite number exceeds the range of float16.
    """
    if datatype != "float16":
        return vectors.astype(np.float32, copy=False)
    if vectors.dtype == np.float16:
        return vectors
    stored = np.empty(vectors.shape, np.float16)
    with np.errstate(over="ignore"):
        for block in row_blocks(vectors):
            stored[block] = vectors[block]
            if not np.isfinite(stored[block]).all():
                raise ValueError(
                    "float16: a number exceeds its range of 65504; scale the vectors, "
                    "or store float32"
                )
    return stored


def from_storage(stored: Tensor, dtype: str) -> VectorArray:
    """Return stored vectors as float32 or float16, copied only if that is necessary."""
    if dtype == "float16" and stored.dtype != np.float16:
        return to_storage(stored.astype(np.float32, copy=False), dtype)
    vectors: VectorArray = stored.astype(dtype, copy=False)
    return vectors


def _check_tensors(tensors: Tensors) -> None:
    """Raise ValueError if a required tensor is missing or a data type is wrong."""
    for name in ("centre", "keys", "key_offsets"):
        if name not in tensors:
            raise ValueError(
                f"the tensor {name!r} is missing; expected 'centre', 'keys' and "
                "'key_offsets'; write the file with save()"
            )
    expected = {"centre": ("float32", "float16"), "counts": ("int64",)}
    for name, dtypes in expected.items():
        if name in tensors and tensors[name].dtype.name not in dtypes:
            raise ValueError(
                f"the tensor {name!r} is {tensors[name].dtype}, expected "
                f"{' or '.join(dtypes)}; write the file with save()"
            )
