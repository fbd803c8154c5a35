"""Upper bounds for what files announce; larger numbers mean a damaged file."""

from __future__ import annotations

#: Dimensions of a vector at most. A row of so many float32 takes 64 MiB.
MAX_DIMENSIONS = 1 << 24
#: Bytes of a line of text, or of a word, at most.
MAX_LINE_BYTES = 1 << 28
#: Dimensions of an array at most; NumPy has no more.
MAX_AXES = 32


def check_line_bytes(n_bytes: int) -> None:
    """Raise ValueError if a line or a word is longer than that of any real file."""
    if n_bytes > MAX_LINE_BYTES:
        raise ValueError(
            f"no line and no word ends within {MAX_LINE_BYTES:,} bytes; the file is "
            "damaged or has another format"
        )


def fits_array(shape: tuple[int, ...], itemsize: int) -> bool:
    """
    Return whether an array of this shape can exist, even if it is empty.

    Examples
    --------
    >>> fits_array((3, 4), 4), fits_array((0, 1 << 70), 4)
    (True, False)
    """
    if len(shape) > MAX_AXES:
        return False
    n_bytes = max(1, itemsize)
    for length in shape:
        n_bytes *= max(1, length)
        if not 0 <= n_bytes < 1 << 62:
            return False
    return True
