"""
The native format (``.w2v``): named arrays and metadata in one safetensors file.

The metadata are ``format``, ``version``, ``crc32`` (check sums, as JSON) and what the
caller adds, such as ``parameters`` (JSON).
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.io.atomic import StrPath, atomic
from w2vfast.io.errors import refuse_foreign
from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.validation import first_non_finite

Tensor = npt.NDArray[Any]
Tensors = Mapping[str, Tensor]

FORMAT, VERSION = "w2vfast", "1"
DTYPES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16",
    "uint32": "U32", "int32": "I32", "uint64": "U64", "int64": "I64",
    "float16": "F16", "float32": "F32", "float64": "F64",
}  # fmt: skip


def write_native(
    path: StrPath,
    tensors: Tensors,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """
    Write named arrays to one safetensors file, whole or not at all.

    Parameters
    ----------
    path : path-like
        The file; usually ends in ``.w2v``.
    tensors : dict of arrays
        Numbers or booleans; views with gaps are fine, nothing is copied whole.
    metadata : dict of str, optional
        Text to keep; ``parameters`` must be JSON. The format's name and version and
        a check sum of every tensor are added.

    Raises
    ------
    TypeError
        If a tensor holds something else than numbers.
    ValueError
        If ``parameters`` is not JSON, or metadata is no Unicode text.
    """
    for name, tensor in tensors.items():
        if tensor.dtype.name not in DTYPES:
            raise TypeError(f"tensor {name!r}: can't store dtype {tensor.dtype}")
    text = {**(metadata or {}), "format": FORMAT, "version": VERSION}
    _check_parameters(text)
    text["crc32"] = json.dumps(_check_sums(tensors, text))
    names = sorted(tensors, key=lambda name: -tensors[name].itemsize)  # aligned so
    header = _header({name: tensors[name] for name in names}, text)
    with atomic(path) as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for name in names:
            for block in _blocks(tensors[name]):
                file.write(block)


def read_native(
    path: StrPath, names: Collection[str] | None = None
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """
    Read what `write_native` wrote, and check all of it.

    Parameters
    ----------
    path : path-like
        The file.
    names : collection of str, optional
        Read only these tensors, where they exist; None reads all.

    Returns
    -------
    tensors : dict of arrays
        Finite, in memory, writable.
    metadata : dict of str
        With ``format`` and ``version``.

    Raises
    ------
    ValueError
        If the file is of another format or version, or damaged.
    """
    from safetensors import SafetensorError, safe_open  # costs milliseconds

    with Path(path).open("rb") as file:
        head = file.read(8)
    try:
        refuse_foreign(head)
        with safe_open(os.fspath(path), framework="np") as file:
            metadata = file.metadata() or {}
            _check_version(metadata)
            stored = list(file.keys())
            wanted = [n for n in stored if names is None or n in names]
            tensors = {name: _tensor(file, name) for name in wanted}
            _check_content(tensors, metadata, stored)
    except (ValueError, SafetensorError) as error:
        raise ValueError(
            f"{os.fspath(path)}: not a whole .w2v file: {error}"
        ) from error
    return tensors, metadata


def _header(tensors: Tensors, metadata: Mapping[str, str]) -> bytes:
    """Return safetensors' header for tensors that follow each other in this order."""
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name, tensor in tensors.items():
        header[name] = _describe(tensor)
        header[name]["data_offsets"] = [end, end := end + tensor.nbytes]
    data = json.dumps(header, ensure_ascii=False).encode()
    return data + b" " * (-len(data) % 8)


def _describe(tensor: Tensor) -> dict[str, Any]:
    return {"dtype": DTYPES[tensor.dtype.name], "shape": list(tensor.shape)}


def _blocks(tensor: Tensor) -> Iterator[memoryview]:
    """Give the bytes of an array, little-endian and in C order, in pieces."""
    rows = np.atleast_1d(tensor)
    for block in row_blocks(rows):
        little = rows[block].astype(tensor.dtype.newbyteorder("<"), "C", copy=False)
        yield little.reshape(-1).view(np.uint8).data


def _check_sums(tensors: Tensors, metadata: Mapping[str, str]) -> dict[str, int]:
    """Return the CRC-32 of each tensor with its shape, and of the metadata."""
    text = sorted(item for item in metadata.items() if item[0] != "crc32")
    sums = {"__metadata__": zlib.crc32(json.dumps(text).encode())}
    for name, tensor in tensors.items():
        crc = zlib.crc32(json.dumps(_describe(tensor)).encode())
        for block in _blocks(tensor):
            crc = zlib.crc32(block, crc)
        sums[name] = crc
    return sums


def _tensor(file: Any, name: str) -> Tensor:
    dtype = file.get_slice(name).get_dtype()
    if dtype not in DTYPES.values():
        raise ValueError(f"tensor {name!r} has the dtype {dtype}, which is not ours")
    tensor: Tensor = file.get_tensor(name)
    return tensor


def _check_parameters(metadata: Mapping[str, str]) -> None:
    try:
        json.loads(metadata.get("parameters", "{}"))
    except ValueError as error:
        raise ValueError(f"metadata 'parameters' is not JSON: {error}") from error


def _check_version(metadata: Mapping[str, str]) -> None:
    if metadata.get("format") != FORMAT:
        raise ValueError(
            f"its metadata name the format {metadata.get('format')!r}, expected "
            f"{FORMAT!r}"
        )
    if metadata.get("version") != VERSION:
        raise ValueError(
            f"it has version {metadata.get('version')!r}, this program reads "
            f"{VERSION!r}; a newer release may read it"
        )


def _compare_sums(
    tensors: Tensors, metadata: Mapping[str, str], names: Iterable[str]
) -> None:
    """Raise ValueError unless the file's check sums are those of its content."""
    stated = json.loads(metadata["crc32"])
    if not isinstance(stated, dict) or stated.keys() != {*names, "__metadata__"}:
        raise ValueError("the tensors are not those that were written; damaged")
    for name, crc in _check_sums(tensors, metadata).items():
        if stated[name] != crc:
            raise ValueError(f"the check sum of {name} is wrong; damaged")


def _check_content(
    tensors: Tensors, metadata: Mapping[str, str], names: Iterable[str]
) -> None:
    """Raise ValueError unless check sums fit and all numbers are finite."""
    _check_parameters(metadata)
    if "crc32" in metadata:
        _compare_sums(tensors, metadata, names)
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and (row := first_non_finite(tensor)) is not None:
            raise ValueError(f"tensor {name!r}: NaN or infinity in row {row}")
