"""Options of reading: how many words, their encoding, precision and duplicates."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from w2vfast.files.encodings import text_codec
from w2vfast.vectors.validation import Float32Array, VectorArray
from w2vfast.wording import quoted

Vectors = TypeVar("Vectors", Float32Array, VectorArray)
Duplicates = Literal["error", "first"]
Datatype = Literal["float16", "float32", "float64"]

#: Every encoding must write these bytes as ASCII does; they separate fields.
_SEPARATORS = "\n\t 0123456789.-"


@dataclass(frozen=True)
class ReadOptions:
    """
    How files of vectors are read.

    Parameters
    ----------
    limit : int, optional
        Read only the first `limit` words of the file. By default all are read.
    encoding : str, default "utf-8"
        Encoding of the words; ASCII bytes must stand for themselves.
    errors : str, default "surrogateescape"
        What to do with bytes that the encoding does not have, as in `bytes.decode`.
        The default keeps them as surrogates, so that saving writes them again.
    datatype : {"float16", "float32", "float64"}, default "float32"
        Precision to round the numbers to, before they are stored as `dtype`. "float16"
        therefore rounds twice and "float64" gives the same as "float32".
    duplicates : {"error", "first"}, default "error"
        Whether a word that occurs twice is an error, or only its first vector is
        kept.
    dtype : {"float32", "float16"}, default "float32"
        Type of the vectors in memory.

    Raises
    ------
    ValueError, TypeError
        If an option has another value or type.
    """

    limit: int | None = None
    encoding: str = "utf-8"
    errors: str = "surrogateescape"
    datatype: str = "float32"
    duplicates: str = "error"
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if self.limit is not None:
            if isinstance(self.limit, bool) or not hasattr(self.limit, "__index__"):
                raise TypeError(f"limit={self.limit!r}: expected a whole number")
            if self.limit < 1:
                raise ValueError(
                    f"limit={self.limit}: expected 1 or more words, or None for all"
                )
        self._check_encoding()
        object.__setattr__(self, "datatype", datatype_name(self.datatype))
        object.__setattr__(self, "dtype", storage_name(self.dtype))
        if self.duplicates not in ("error", "first"):
            raise ValueError(
                f"duplicates={self.duplicates!r}: expected 'error' or 'first'"
            )

    def _check_encoding(self) -> None:
        for name in ("encoding", "errors"):
            if not isinstance(value := getattr(self, name), str):
                raise TypeError(
                    f"{name}={value!r}: expected a str, such as {name}="
                    f"{getattr(ReadOptions, name)!r}"
                )
        separators = text_codec(self.encoding).encode(_SEPARATORS)[0]
        try:
            b"\xff".decode("ascii", self.errors)
        except UnicodeDecodeError:
            pass  # as errors="strict" does
        except (LookupError, TypeError):
            raise ValueError(
                f"errors={self.errors!r}: expected a treatment of bytes, such as "
                "'surrogateescape', 'strict', 'replace' or 'ignore'"
            ) from None
        if separators != _SEPARATORS.encode():
            raise ValueError(
                f"encoding={self.encoding!r}: expected an encoding that contains "
                "ASCII, such as 'utf-8'; convert the file to UTF-8 first"
            )

    @property
    def end(self) -> float:
        """Number of words to read at most; infinity for all."""
        return float("inf") if self.limit is None else self.limit

    def decode(self, encoded: list[bytes]) -> list[str]:
        """Decode keys; a key that the encoding does not have is named."""
        try:
            return [key.decode(self.encoding, self.errors) for key in encoded]
        except UnicodeDecodeError as error:
            raise ValueError(
                f"the word {quoted(error.object)} is not {self.encoding}: "
                f"{error.reason}; pass the encoding of the file, or "
                "errors='surrogateescape'"
            ) from None


def datatype_name(datatype: npt.DTypeLike) -> Datatype:
    """Return the name of a float type, given as a name, a class or a dtype."""
    try:
        name = np.dtype(datatype).name
    except TypeError:
        name = repr(datatype)
    for known in ("float16", "float32", "float64"):
        if name == known:
            return known
    raise ValueError(
        f"datatype={datatype!r}: expected 'float16', 'float32' or 'float64'"
    )


def storage_name(dtype: npt.DTypeLike) -> Literal["float16", "float32"]:
    """Return the name of a type that vectors can have in memory."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = repr(dtype)
    for known in ("float16", "float32"):
        if name == known:
            return known
    raise ValueError(f"dtype={dtype!r}: expected 'float32' or 'float16'")


def round_to_datatype(vectors: VectorArray, datatype: str) -> VectorArray:
    """Round float32 values to float16 in place, if `datatype` says so."""
    if datatype == "float16":
        with np.errstate(over="ignore"):
            vectors[...] = vectors.astype(np.float16)
    return vectors


def drop_duplicates(
    keys: list[str], vectors: Vectors, duplicates: str
) -> tuple[list[str], Vectors, npt.NDArray[np.intp] | None]:
    """
    Keep the first row of each key, if `duplicates` is "first".

    Returns
    -------
    keys, vectors
    rows : int array, or None
        Rows that were kept, or None if all were.
    """
    if duplicates != "first":
        return keys, vectors, None
    first: dict[str, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    if len(first) == len(keys):
        return keys, vectors, None
    rows = np.fromiter(first.values(), np.intp, len(first))
    return list(first), vectors[rows], rows


def warn_of_cut_words(keys: list[str]) -> None:
    """Warn if words hold bytes that are not UTF-8, and count them."""
    if _is_unicode("".join(keys)):
        return
    bad = [key for key in keys if not _is_unicode(key)]
    warnings.warn(
        f"words that are not valid UTF-8: {len(bad):,} of {len(keys):,}, such as "
        f"{quoted(bad[0])}; word2vec.c cuts long words inside a character; the bytes "
        "are kept as surrogates; pass encoding= if the file has another encoding, or "
        "errors='replace'",
        UserWarning,
        stacklevel=2,
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
