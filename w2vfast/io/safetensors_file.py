"""
The native format (``.w2v``): arrays and metadata in one safetensors file.

The metadata hold ``format``, ``version`` and ``crc32`` (checksums, as JSON), and the
caller's own entries, such as ``parameters`` (JSON).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np

from w2vfast.io.errors import reject_other_formats
from w2vfast.io.input import Input
from w2vfast.io.json_text import parse_json
from w2vfast.io.open import Source, Target, open_input, open_output
from w2vfast.io.safetensors_layout import (
    SAFETENSORS_DTYPES,
    Tensor,
    Tensors,
    dtype_and_shape,
    encode_header,
    load_tensors,
    read_layout,
)
from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.validation import first_non_finite

FORMAT_NAME, FORMAT_VERSION = "w2vfast", "1"


def write_safetensors(
    path: Target,
    tensors: Tensors,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """
    Write named arrays and metadata to one safetensors file, atomically.

    Parameters
    ----------
    path : path-like, URL or binary file
        The file; usually ends in ``.w2v``. A suffix ``.gz``, ``.bz2``, ``.xz`` or
        ``.zst`` after it compresses the file.
    tensors : dict of str to array
        Numbers or booleans, of any shape. Non-contiguous views are copied one block
        of rows at a time, never as a whole.
    metadata : dict of str to str, optional
        Text to store. If there is an entry ``parameters``, it must be JSON. The
        entries ``format``, ``version`` and ``crc32`` are added.

    Raises
    ------
    TypeError
        If a tensor holds anything but numbers or booleans.
    ValueError
        If ``parameters`` is not JSON or the metadata are not valid Unicode.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.w2v")
    ...     write_safetensors(path, {"counts": np.array([5, 2])})
    ...     tensors, metadata = read_safetensors(path)
    >>> tensors["counts"].tolist(), metadata["version"]
    ([5, 2], '1')
    """
    for name, tensor in tensors.items():
        if tensor.dtype.name not in SAFETENSORS_DTYPES:
            raise TypeError(
                f"tensor {name!r}: can't store dtype {tensor.dtype}; expected numbers "
                "or booleans"
            )
    text = {**(metadata or {}), "format": FORMAT_NAME, "version": FORMAT_VERSION}
    _check_parameters(text)
    text["crc32"] = json.dumps(_checksums(tensors, text))
    # The largest items come first, so that every tensor is aligned to its item size.
    names = sorted(tensors, key=lambda name: -tensors[name].itemsize)
    header = encode_header({name: tensors[name] for name in names}, text)
    with open_output(path) as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for name in names:
            for block in _byte_blocks(tensors[name]):
                file.write(block)


def read_safetensors(
    path: Source, names: Collection[str] | None = None, mmap: bool = False
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """
    Read and verify a file that `write_safetensors` wrote.

    Parameters
    ----------
    path : path-like, URL or binary file
        Compressed files are decompressed.
    names : collection of str, optional
        Read only the tensors with these names; names that the file lacks are
        ignored. By default all tensors are read.
    mmap : bool, default False
        Map tensors of more than one dimension from the file instead of reading them.
        Only the pages that are used are read then. Mapped tensors are read-only, and
        their checksums and their values are not verified. The file must not be
        changed in place while they are used; saving over it is safe on Linux and
        macOS.

    Returns
    -------
    tensors : dict of str to array
        In memory and writable, unless mapped. Floats are finite, unless mapped.
    metadata : dict of str to str
        Includes ``format`` and ``version``.

    Raises
    ------
    ValueError
        If the file is damaged, or has another format or version, or `mmap` is used
        for a file that is compressed, not local or not regular.
    """
    with open_input(path) as file:
        return read_safetensors_input(file, names, mmap)


def read_safetensors_input(
    file: Input, names: Collection[str] | None = None, mmap: bool = False
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read an opened file; see `read_safetensors`."""
    reject_other_formats(file.peek(16))
    try:
        layout = read_layout(file)
        _check_format_version(layout.metadata)
        tensors = load_tensors(file, layout, names, mmap)
        read = {n: t for n, t in tensors.items() if not isinstance(t, np.memmap)}
        _verify_content(read, layout.metadata, layout.entries)
    except ValueError as error:
        raise ValueError(f"not a valid .w2v file: {error}") from error
    return tensors, layout.metadata


def read_metadata(file: Input) -> dict[str, str]:
    """Read the metadata of an opened file, not its tensors, so this takes no time."""
    metadata = read_layout(file).metadata
    _check_format_version(metadata)
    return metadata


def _byte_blocks(tensor: Tensor) -> Iterator[memoryview]:
    """Yield the bytes of an array, little-endian and in C order, block by block."""
    rows = np.atleast_1d(tensor)
    for block in row_blocks(rows):
        little = rows[block].astype(tensor.dtype.newbyteorder("<"), "C", copy=False)
        yield little.reshape(-1).view(np.uint8).data


def _checksums(tensors: Tensors, metadata: Mapping[str, str]) -> dict[str, int]:
    """Return the CRC-32 of the metadata and of each tensor with its dtype and shape."""
    text = sorted(item for item in metadata.items() if item[0] != "crc32")
    checksums = {"__metadata__": zlib.crc32(json.dumps(text).encode())}
    for name, tensor in tensors.items():
        crc = zlib.crc32(json.dumps(dtype_and_shape(tensor)).encode())
        for block in _byte_blocks(tensor):
            crc = zlib.crc32(block, crc)
        checksums[name] = crc
    return checksums


def _check_parameters(metadata: Mapping[str, str]) -> None:
    parse_json(metadata.get("parameters", "{}"), "the metadata entry 'parameters'")


def _check_format_version(metadata: Mapping[str, str]) -> None:
    if metadata.get("format") != FORMAT_NAME:
        raise ValueError(
            f"the metadata name the format {metadata.get('format')!r}, expected "
            f"{FORMAT_NAME!r}; write the file with save()"
        )
    if metadata.get("version") != FORMAT_VERSION:
        raise ValueError(
            f"the file has version {metadata.get('version')!r}, expected "
            f"{FORMAT_VERSION!r}; a newer release of w2vfast may read it"
        )


def _verify_content(
    tensors: Tensors, metadata: Mapping[str, str], stored: Iterable[str]
) -> None:
    """Raise ValueError if a checksum is wrong or a float is not finite."""
    _check_parameters(metadata)
    if "crc32" in metadata:
        _verify_checksums(tensors, metadata, stored)
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and (row := first_non_finite(tensor)) is not None:
            raise ValueError(
                f"tensor {name!r}: NaN or infinity in row {row}; expected finite "
                "numbers"
            )


def _verify_checksums(
    tensors: Tensors, metadata: Mapping[str, str], stored: Iterable[str]
) -> None:
    """Raise ValueError unless `tensors` have the checksums in the metadata."""
    expected = parse_json(metadata["crc32"], "the metadata entry 'crc32'")
    if not isinstance(expected, dict) or expected.keys() != {*stored, "__metadata__"}:
        raise ValueError(
            "the names of the tensors differ from the names in the checksums; the file "
            "is damaged, copy or write it again"
        )
    for name, crc in _checksums(tensors, metadata).items():
        if expected[name] != crc:
            raise ValueError(
                f"the checksum of {name} is wrong; the file is damaged, copy or write "
                "it again"
            )
