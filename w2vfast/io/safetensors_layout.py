"""safetensors' header: where the tensors of a file lie; read or map them."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from w2vfast.io.input import COPY_BYTES, Input
from w2vfast.io.json_text import parse_json
from w2vfast.io.limits import fits_array
from w2vfast.wording import counted

Tensor = npt.NDArray[Any]
Tensors = Mapping[str, Tensor]

SAFETENSORS_DTYPES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16",
    "uint32": "U32", "int32": "I32", "uint64": "U64", "int64": "I64",
    "float16": "F16", "float32": "F32", "float64": "F64",
}  # fmt: skip
NUMPY_DTYPES = {name: dtype for dtype, name in SAFETENSORS_DTYPES.items()}
MAX_HEADER_BYTES = 100_000_000  # the limit of the safetensors library


class Entry(NamedTuple):
    """One tensor in the file; `start` and `end` count from the first tensor's byte."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


class Layout(NamedTuple):
    """The header of a file, and the number of bytes before the first tensor."""

    entries: dict[str, Entry]
    metadata: dict[str, str]
    data_start: int


def encode_header(tensors: Tensors, metadata: Mapping[str, str] | None) -> bytes:
    """Return safetensors' JSON header; `tensors` are in the order of the file."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    end = 0
    for name, tensor in tensors.items():
        header[name] = dtype_and_shape(tensor)
        header[name]["data_offsets"] = [end, end := end + tensor.nbytes]
    data = json.dumps(header, ensure_ascii=False).encode()
    data += b" " * (-len(data) % 8)
    return data


def dtype_and_shape(tensor: Tensor) -> dict[str, Any]:
    """Return the entries ``dtype`` and ``shape`` of a tensor in the header."""
    return {
        "dtype": SAFETENSORS_DTYPES[tensor.dtype.name],
        "shape": list(tensor.shape),
    }


def read_layout(file: Input) -> Layout:
    """
    Read the header and check that it is consistent.

    Raises
    ------
    ValueError
        If the header is not JSON of the right form, or the tensors overlap, leave
        gaps or do not fit the file.
    """
    size_bytes = file.read(8)
    size = int.from_bytes(size_bytes, "little")
    if len(size_bytes) < 8 or size > MAX_HEADER_BYTES:
        raise ValueError("the header is missing; expected a safetensors file")
    header = file.read(size)
    if len(header) < size:
        raise ValueError("truncated within the header; copy or write it again")
    values = parse_json(header, "the header")
    if not isinstance(values, dict):
        raise ValueError("the header is not a JSON object; copy or write it again")
    metadata = values.pop("__metadata__", {}) or {}
    if not isinstance(metadata, dict) or not all(
        isinstance(item, str) for item in metadata.values()
    ):
        raise ValueError("the metadata are not text; copy or write the file again")
    entries = {name: _parse_entry(name, value) for name, value in values.items()}
    layout = Layout(entries, metadata, 8 + size)
    _check_extent(layout, file)
    return layout


def _parse_entry(name: str, value: Any) -> Entry:
    try:
        dtype, shape, (start, end) = (
            value["dtype"],
            value["shape"],
            value["data_offsets"],
        )
        numbers = [*shape, start, end]
        valid = all(type(n) is int and n >= 0 for n in numbers)
        valid = valid and isinstance(dtype, str) and fits_array(tuple(shape), 1)
    except (KeyError, TypeError, ValueError):
        valid = False
    if not valid:
        raise ValueError(
            f"the header of tensor {name!r} has no valid dtype, shape and "
            "data_offsets; the file is damaged, copy or write it again"
        )
    return Entry(dtype, tuple(shape), start, end)


def _check_extent(layout: Layout, file: Input) -> None:
    """Raise ValueError unless the tensors cover the rest of the file without gaps."""
    end = 0
    for name, entry in sorted(layout.entries.items(), key=lambda item: item[1][2:]):
        if entry.start != end or entry.end < entry.start:
            raise ValueError(
                f"tensor {name!r} begins at byte {entry.start}, expected {end}; the "
                "file is damaged, copy or write it again"
            )
        end = entry.end
    remaining = file.remaining
    if remaining is not None and remaining != end:
        raise ValueError(
            f"the tensors need {counted(end, 'byte')}, found {remaining:,}; the file "
            "is truncated or damaged, copy or write it again"
        )


def load_tensors(
    file: Input, layout: Layout, names: Collection[str] | None, mmap: bool
) -> dict[str, Tensor]:
    """
    Read or map tensors.

    Parameters
    ----------
    file : Input
        At the first tensor.
    layout : Layout
    names : collection of str or None
        The tensors to read; None for all.
    mmap : bool
        Map tensors of more than one dimension. They become `numpy.memmap`.

    Raises
    ------
    ValueError
        If a dtype is unknown or does not fit its bytes, or the file ends too early.
    """
    if mmap and file.path is None:
        raise ValueError(
            "mmap=True: expected a regular local file that is not compressed; copy or "
            "decompress it first, or pass mmap=False"
        )
    tensors: dict[str, Tensor] = {}
    position = 0
    for name, entry in sorted(layout.entries.items(), key=lambda item: item[1][2:]):
        if names is not None and name not in names:
            continue
        dtype = _check_size(name, entry)
        if mmap and len(entry.shape) > 1 and entry.end > entry.start:
            assert file.path is not None
            offset = layout.data_start + entry.start
            tensors[name] = np.memmap(file.path, dtype, "r", offset, entry.shape)
            continue
        file.skip(entry.start - position)
        tensors[name] = _read_tensor(file, name, entry, dtype)
        position = entry.end
    return tensors


def _check_size(name: str, entry: Entry) -> np.dtype[Any]:
    if entry.dtype not in NUMPY_DTYPES:
        raise ValueError(
            f"tensor {name!r} has dtype {entry.dtype}; expected one of "
            f"{', '.join(NUMPY_DTYPES)}"
        )
    dtype = np.dtype(NUMPY_DTYPES[entry.dtype]).newbyteorder("<")
    n_bytes = math.prod(entry.shape) * dtype.itemsize
    if (
        not fits_array(entry.shape, dtype.itemsize)
        or n_bytes != entry.end - entry.start
    ):
        raise ValueError(
            f"tensor {name!r} of shape {list(entry.shape)} and dtype {entry.dtype} "
            f"does not fit its {counted(entry.end - entry.start, 'byte')}; the file is "
            "damaged"
        )
    return dtype


def _read_tensor(file: Input, name: str, entry: Entry, dtype: np.dtype[Any]) -> Tensor:
    n_bytes = entry.end - entry.start
    if file.remaining is None:
        # Of a stream without a size, only the bytes that come are kept.
        data = bytearray()
        while len(data) < n_bytes:
            block = file.read(min(COPY_BYTES, n_bytes - len(data)))
            if not block:
                break
            data += block
        raw = np.frombuffer(data, np.uint8)
    else:
        raw = np.empty(n_bytes, np.uint8)
        raw = raw[: file.readinto(raw)]
    if len(raw) < n_bytes:
        raise ValueError(
            f"truncated within tensor {name!r}; copy or write the file again"
        )
    tensor = raw.view(dtype).reshape(entry.shape)
    return tensor.astype(dtype.newbyteorder("="), copy=False)
