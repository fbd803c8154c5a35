"""Check Arrow data before anything reads them, and explain the errors of pyarrow.

pyarrow trusts offsets, dictionary codes and text. A wrong offset of a damaged file
would make a computation read memory that is not its own. So every array is validated
here first, and the scanner checks the bounds of each value again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.optional_packages import load
from w2vfast.wording import shortened

Int64s = npt.NDArray[np.int64]


class ArrowDataError(ValueError):
    """Arrow or Parquet data are damaged, or of a kind that pyarrow does not read."""


def arrow(module: str = "pyarrow") -> Any:
    """Return pyarrow or a module of it."""
    return load(module, "a file or column of Arrow or Parquet", "arrow")


@contextmanager
def arrow_errors(name: object) -> Iterator[None]:
    """
    Turn errors of pyarrow into ArrowDataError with the name of the source.

    Errors of the operating system, such as a missing file, stay as they are.
    """
    lib = arrow("pyarrow").lib
    try:
        yield
    except ArrowDataError:
        raise
    except OSError as error:  # pyarrow's own, such as a short read, have no number
        if error.errno is not None:
            raise
        raise _damaged(name, error) from error
    except (lib.ArrowException, UnicodeDecodeError, OverflowError) as error:
        raise _damaged(name, error) from error


def _damaged(name: object, error: Exception) -> ArrowDataError:
    kind = "too large, or damaged" if isinstance(error, MemoryError) else "damaged"
    if isinstance(error, NotImplementedError):
        kind = "of a kind that pyarrow does not read"
    reason = shortened(" ".join(str(error).split()), 300)
    return ArrowDataError(
        f"{name}: the data are {kind} ({reason}): copy or write them again"
    )


class ArrayChecks:
    """
    Checks of the arrays of one column.

    Parameters
    ----------
    name : str
        Name of the source, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._dictionary: Any = None  # the last one: many arrays share it
        self._place: object = None

    def check(self, array: Any) -> None:
        """
        Validate an array with all its children.

        Parameters
        ----------
        array : pyarrow.Array
            Text, lists, or either with a dictionary.

        Raises
        ------
        ArrowDataError
            If an offset, a dictionary code, a length or a text is invalid.
        """
        types = arrow("pyarrow").types
        with arrow_errors(self._name):
            array.validate()  # sizes of the buffers
            kind = array.type
            if types.is_dictionary(kind):
                self._check_codes(array)
            elif is_list(kind):
                self._check_values(list_values(array, self._offsets(array)))
            else:
                array.validate(full=True)

    def _check_values(self, values: Any) -> None:
        """Check the values of lists; that words are UTF-8 is left to the scanner."""
        types = arrow("pyarrow").types
        if types.is_dictionary(values.type):
            self._check_codes(values)
        elif types.is_string(values.type) or types.is_large_string(values.type):
            bounds = buffer_offsets(values, types.is_large_string(values.type))
            data = values.buffers()[2]
            size = 0 if data is None else data.size
            if bounds[0] < 0 or bounds[-1] > size or (np.diff(bounds) < 0).any():
                raise self._error(
                    f"offsets of words from {bounds[0]} to {bounds[-1]}, expected them "
                    f"to rise within 0 and {size}, the number of bytes"
                )
        else:
            values.validate(full=True)

    def _offsets(self, array: Any) -> Int64s:
        """Return the offsets of lists, after a comparison with their values."""
        offsets = list_offsets(array)
        rises = bool((np.diff(offsets) >= 0).all())
        if offsets[0] < 0 or offsets[-1] > len(array.values) or not rises:
            raise self._error(
                f"list offsets from {offsets[0]} to {offsets[-1]}, expected them to "
                f"rise within 0 and {len(array.values)}, the number of values"
            )
        return offsets

    def _check_codes(self, array: Any) -> None:
        """Check codes, and the dictionary unless it is that of the last array."""
        codes = array.indices
        codes.validate(full=True)
        codes = codes.drop_null() if codes.null_count else codes
        numbers = codes.to_numpy(zero_copy_only=False)
        dictionary = array.dictionary
        low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
        if len(numbers) and not 0 <= low <= high < len(dictionary):
            raise self._error(
                f"dictionary codes from {low} to {high}, expected 0 to "
                f"{len(dictionary) - 1}"
            )
        place = len(dictionary), dictionary.offset, *map(_place, dictionary.buffers())
        if self._dictionary is None or place != self._place:
            dictionary.validate(full=True)
            self._dictionary, self._place = dictionary, place  # kept: its memory stays

    def _error(self, text: str) -> ArrowDataError:
        return ArrowDataError(
            f"{self._name}: the data are damaged ({text}): copy or write them again"
        )


def is_text(kind: Any) -> bool:
    """Return whether a type is text."""
    types = arrow("pyarrow").types
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or getattr(types, "is_string_view", _no)(kind)
    )


def _no(kind: object) -> bool:
    return False


def is_list(kind: Any) -> bool:
    """Return whether a type is a list whose values follow each other."""
    types = arrow("pyarrow").types
    checks = types.is_list, types.is_large_list, types.is_fixed_size_list
    return any(check(kind) for check in checks)


def list_offsets(array: Any) -> Int64s:
    """Return where lists of a valid array start in ``array.values``, and the end."""
    types = arrow("pyarrow").types
    if types.is_fixed_size_list(array.type):
        rows = np.arange(array.offset, array.offset + len(array) + 1, dtype=np.int64)
        return rows * int(array.type.list_size)
    return buffer_offsets(array, types.is_large_list(array.type))


def list_values(array: Any, offsets: Int64s) -> Any:
    """Return the values of all lists, without those outside of them."""
    return array.values.slice(offsets[0], offsets[-1] - offsets[0])


def buffer_offsets(array: Any, is_large: bool) -> Int64s:
    """Return the offsets buffer of text or lists as int64, (len(array) + 1,)."""
    dtype = np.dtype(np.int64 if is_large else np.int32)
    buffer = array.buffers()[1]
    if buffer is None or not len(array):  # an empty array may have no offsets
        return np.zeros(1, np.int64)
    start, n = array.offset * dtype.itemsize, len(array) + 1
    return np.frombuffer(buffer, dtype, n, start).astype(np.int64, copy=False)


def _place(buffer: Any) -> object:
    return None if buffer is None else (buffer.address, buffer.size)
