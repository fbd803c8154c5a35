"""NumPy's ``.npz``: the arrays vectors, keys, key_offsets and counts in a zip file."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2vfast.io.input import COPY_BYTES, Input
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.native_vectors import Counts, from_storage, to_storage
from w2vfast.io.npy_header import read_npy_header
from w2vfast.io.open import Target, open_output
from w2vfast.io.options import ReadOptions
from w2vfast.io.spooled import seekable
from w2vfast.vectors.validation import VectorArray
from w2vfast.wording import counted

if TYPE_CHECKING:
    from zipfile import ZipFile

ARRAYS = ("vectors", "keys", "key_offsets", "counts")


def write(
    path: Target,
    keys: Sequence[str],
    vectors: VectorArray,
    counts: Counts | None,
    datatype: str = "float32",
) -> None:
    """
    Write an uncompressed ``.npz`` file that `numpy.load` reads without pickle.

    ``keys`` holds the UTF-8 bytes of all keys, one after the other. Key i is
    ``keys[key_offsets[i]:key_offsets[i + 1]].tobytes().decode()``. So keys of any
    length and with any character are stored without waste.
    """
    key_bytes, offsets = pack_keys(keys)
    arrays: dict[str, npt.NDArray[Any]] = {
        "vectors": to_storage(vectors, datatype),
        "keys": key_bytes,
        "key_offsets": offsets,
    }
    if counts is not None:
        arrays["counts"] = counts
    import zipfile  # takes milliseconds

    with open_output(path) as file:
        # Sizes follow the arrays, because compressed files cannot seek back.
        target: Any = _WriteOnly(file)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, array in arrays.items():
                info = zipfile.ZipInfo(f"{name}.npy")  # a fixed date: equal files
                with archive.open(info, "w", force_zip64=True) as member:
                    np.lib.format.write_array(
                        member, np.ascontiguousarray(array), allow_pickle=False
                    )


class _WriteOnly:
    """A file that can only be written to, so that zipfile does not seek."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write

    def flush(self) -> None:
        """Do nothing: closing the file flushes it."""


def read(
    file: Input, options: ReadOptions
) -> tuple[list[str], VectorArray, Counts | None]:
    """
    Read the arrays that `write` wrote.

    ``keys`` may also be an array of text (dtype ``U``), as users store it by hand.

    Raises
    ------
    ValueError
        If an array is missing, damaged, larger than its data, or holds objects.
    """
    import zipfile

    with seekable(file) as source:
        try:
            with zipfile.ZipFile(source) as archive:
                arrays = {name: _read_array(archive, name) for name in ARRAYS}
        except MemoryError:
            raise
        except Exception as error:  # of damaged zips zipfile raises errors of any kind
            raise ValueError(
                f"damaged .npz file: {error}; copy or write it again"
            ) from error
    return _check(arrays, options)


def _read_array(archive: ZipFile, name: str) -> npt.NDArray[Any] | None:
    """Return an array, or None if the archive lacks it."""
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        return None
    with archive.open(info) as member:
        try:
            dtype, shape, fortran_order = read_npy_header(member)
            data = _read_bytes(member, math.prod(shape) * dtype.itemsize)
        except MemoryError:
            raise
        except Exception as error:  # decompressors raise errors of any kind
            raise ValueError(
                f"array {name!r}: {error}; expected what save() or numpy.savez writes"
            ) from error
    array: npt.NDArray[Any] = np.ndarray(
        shape, dtype, data, order="F" if fortran_order else "C"
    )
    return array


def _read_bytes(member: Any, n_bytes: int) -> bytearray:
    """Read the rest of a member; its memory grows with the bytes that come."""
    data = bytearray()
    while block := member.read(min(COPY_BYTES, n_bytes + 1 - len(data))):
        data += block
    if len(data) != n_bytes:
        raise ValueError(
            f"the shape needs {counted(n_bytes, 'byte')}, found "
            f"{'more' if len(data) > n_bytes else f'{len(data):,}'}"
        )
    return data


def _text_keys(keys: npt.NDArray[Any]) -> list[str]:
    """Return an array of text as a list; NumPy itself does not check its characters."""
    characters = np.ascontiguousarray(keys).view(keys.dtype.byteorder + "u4")
    if characters.size and characters.max() > sys.maxunicode:
        raise ValueError(
            "the array 'keys' holds numbers that are no characters; the file is "
            "damaged, copy or write it again"
        )
    words: list[str] = keys.tolist()
    return words


def _check(
    arrays: dict[str, npt.NDArray[Any] | None], options: ReadOptions
) -> tuple[list[str], VectorArray, Counts | None]:
    vectors, keys, offsets, counts = (arrays[name] for name in ARRAYS)
    if vectors is None or keys is None:
        raise ValueError(
            "expected the arrays 'vectors' and 'keys'; write the file with save()"
        )
    if vectors.dtype.kind != "f" or vectors.ndim != 2:
        raise ValueError(
            f"the array 'vectors' is {vectors.dtype} of shape {vectors.shape}; "
            "expected floats of shape (words, dimensions)"
        )
    if keys.dtype.kind == "U" and keys.ndim == 1:
        words = _text_keys(keys)
    elif offsets is not None:
        words = unpack_keys(keys, offsets)
    else:
        raise ValueError(
            "the array 'key_offsets' is missing; expected it beside bytes in 'keys', "
            "or 'keys' as an array of text"
        )
    if counts is not None and counts.dtype.kind not in "iu":
        raise ValueError(f"the array 'counts' is {counts.dtype}; expected integers")
    end = options.limit
    kept = from_storage(vectors[:end], options.dtype)
    if kept.base is not None or not kept.flags.writeable:
        kept = kept.copy()
    return words[:end], kept, None if counts is None else counts[:end].astype(np.int64)
