"""
Read the header of NumPy's ``.npy`` format without evaluating it.

The header is a Python dict. Here only the three entries that NumPy writes are found,
as text. So nothing is executed, whatever the header holds.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

import numpy as np

from w2vfast.io.limits import fits_array
from w2vfast.wording import counted, quoted, shortened

MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 1 << 16
MAX_ITEM_BYTES = 1 << 20  # of a text in an array of texts
_DESCR = re.compile(r"""['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z?])([0-9]{0,9})['"]""")
_ORDER = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)\b""")
_SHAPE = re.compile(r"""['"]shape['"]\s*:\s*\(([0-9, ]{0,999})\)""")
_HEADER = re.compile(r"\s*\{.*\}\s*", re.DOTALL)


class Reader(Protocol):
    """A binary file; only its method `read` is used."""

    def read(self, n_bytes: int, /) -> bytes:
        """Return up to `n_bytes` bytes."""


def read_npy_header(file: Reader) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    """
    Return type, shape and order of the array that follows.

    Parameters
    ----------
    file : binary file
        At the first byte of the magic string. Afterwards it is at the data.

    Returns
    -------
    dtype : numpy.dtype
        Numbers, booleans or text.
    shape : tuple of int
    fortran_order : bool

    Raises
    ------
    ValueError
        If the header is damaged, or the array holds objects or records.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> np.save(file, np.zeros((2, 3), "<f4"))
    >>> _ = file.seek(0)
    >>> read_npy_header(file)
    (dtype('float32'), (2, 3), False)
    """
    header = _read_text(file)
    dtype = _parse_dtype(header)
    order, shape = _ORDER.search(header), _SHAPE.search(header)
    if order is None or shape is None or not _HEADER.fullmatch(header):
        raise ValueError(f"found {quoted(header)} in the header, no shape and order")
    lengths = tuple(int(length) for length in shape[1].split(",") if length.strip())
    if not fits_array(lengths, dtype.itemsize):
        raise ValueError(f"no array has the shape ({shortened(shape[1], 60)})")
    return dtype, lengths, order[1] == "True"


def _read_text(file: Reader) -> str:
    start = file.read(len(MAGIC) + 2)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 2:
        raise ValueError(f"found {start!r} instead of the start of an .npy file")
    size_bytes = 2 if start[-2] == 1 else 4
    size = file.read(size_bytes)
    n_bytes = int.from_bytes(size, "little")
    if start[-2] not in (1, 2, 3) or n_bytes > MAX_HEADER_BYTES:
        raise ValueError(
            f"an .npy header of version {start[-2]} and {counted(n_bytes, 'byte')}; "
            f"expected version 1 to 3 and {MAX_HEADER_BYTES:,} bytes at most"
        )
    data = file.read(n_bytes)
    if len(size) < size_bytes or len(data) < n_bytes:
        raise ValueError("truncated within its header")
    return data.decode("utf-8" if start[-2] == 3 else "latin-1")


def _parse_dtype(header: str) -> np.dtype[Any]:
    found = _DESCR.search(header)
    kind = "O" if found is None else found[2]
    if found is None or kind not in "?biufUS":
        raise ValueError(
            "it holds Python objects or records, which are never loaded; expected "
            "numbers or text"
        )
    try:
        dtype = np.dtype("".join(found.groups()))
    except TypeError:
        raise ValueError(f"{found[0]!r} is no type of numbers or text") from None
    if not 0 < dtype.itemsize <= MAX_ITEM_BYTES:
        raise ValueError(
            f"items of {counted(dtype.itemsize, 'byte')}; expected 1 or more"
        )
    return dtype
