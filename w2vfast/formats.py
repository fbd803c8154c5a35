"""
Files of word vectors: word2vec's text and binary formats, GloVe text, native.

The native format (``.w2v``) is one safetensors file: named arrays, and metadata with
``format``, ``version``, ``crc32`` and the caller's ``parameters`` (a JSON string).
"""

from __future__ import annotations

import json
import os
import re
import warnings
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2vfast.files import atomic

StrPath = str | os.PathLike[str]
Floats = npt.NDArray[np.float32]

BLOCK = 1 << 23  # bytes read or written at a time
LONGEST_KEY = 1 << 16  # bytes; a longer "word" means that the file is something else
FORMAT, VERSION = "w2vfast", "1"
WHITE_SPACE = frozenset(" \t\n\r\v\f")  # what separates fields in these formats
DTYPES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16",
    "uint32": "U32", "int32": "I32", "uint64": "U64", "int64": "I64",
    "float16": "F16", "float32": "F32", "float64": "F64",
}  # fmt: skip
NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf\w*)", re.I)
FOREIGN = {
    b"\x1f\x8b": "gzip data; unpack it first",
    b"\xfd7zXZ": "xz data; unpack it first",
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"\xba\x16O/": "a fastText model; use its .vec file",
    **{
        bytes((0x80, protocol)): "a pickle, which is never loaded: it can run code"
        for protocol in range(2, 6)
    },
}


# Keys ------------------------------------------------------------------------------


def encode_keys(keys: Sequence[str]) -> list[bytes]:
    """
    Return the bytes of each key: UTF-8, odd bytes kept by surrogateescape.

    Raises
    ------
    ValueError
        If the bytes would not read back as the key.
    """
    with suppress(UnicodeEncodeError):
        return [key.encode() for key in keys]
    encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
    for place, key in enumerate(keys):
        with suppress(UnicodeEncodeError):
            encoded[place] = key.encode("utf-8", "surrogateescape")
        if decode_key(encoded[place]) != key:
            raise ValueError(f"key {key!r} holds a surrogate that stands for no byte")
    return encoded


def decode_key(data: bytes) -> str:
    """Return the text of `data`; bytes that are no UTF-8 become surrogates."""
    return data.decode("utf-8", "surrogateescape")


def pack_keys(
    keys: Sequence[str],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """
    Join strings to one array of bytes.

    Parameters
    ----------
    keys : sequence of str
        V strings.

    Returns
    -------
    blob : uint8 array, shape (bytes,)
        All keys, one after the other.
    offsets : int64 array, shape (V + 1,)
        Key i is ``blob[offsets[i]:offsets[i + 1]]``.
    """
    encoded = encode_keys(keys)
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(list(map(len, encoded)), out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def unpack_keys(blob: npt.NDArray[Any], offsets: npt.NDArray[Any]) -> list[str]:
    """
    Return the strings that `pack_keys` joined.

    Raises
    ------
    ValueError
        If the arrays can't have come from `pack_keys`.
    """
    if blob.dtype != np.uint8 or blob.ndim != 1:
        raise ValueError(f"keys: expected bytes, found {blob.dtype} {blob.shape}")
    if offsets.dtype != np.int64 or offsets.ndim != 1 or len(offsets) == 0:
        raise ValueError(
            f"key offsets: expected int64 (keys + 1,), found {offsets.dtype} "
            f"{offsets.shape}"
        )
    if offsets[0] != 0 or offsets[-1] != len(blob) or (np.diff(offsets) < 0).any():
        raise ValueError(f"key offsets don't rise from 0 to {len(blob)}")
    data, ends = blob.tobytes(), offsets.tolist()
    return [decode_key(data[a:b]) for a, b in pairwise(ends)]


# word2vec: writing -----------------------------------------------------------------


def write_word2vec(
    path: StrPath, keys: Sequence[str], vectors: Floats, binary: bool = False
) -> None:
    """
    Write word2vec's format: a line ``words dimensions``, then word and vector each.

    Parameters
    ----------
    path : path-like
        Written whole or not at all.
    keys : sequence of str
        V words.
    vectors : float32 array, shape (V, d)
        May be a view with gaps; copied one block of rows at a time.
    binary : bool, default False
        Little-endian float32 and a newline after each vector, as word2vec.c does;
        else decimal text with 9 digits, which read back as the same float32.

    Raises
    ------
    ValueError
        If a key is empty or holds white space; nothing is written then.
    """
    if vectors.ndim != 2 or len(keys) != len(vectors):
        raise ValueError(f"{len(keys)} keys for vectors of shape {vectors.shape}")
    heads = _heads(keys)
    write = _write_binary if binary else _write_text
    with atomic(path) as file:
        file.write(b"%d %d\n" % vectors.shape)
        step = max(1, BLOCK // (4 * vectors.shape[1] + 1))
        for start in range(0, len(heads), step):
            stop = start + step
            write(file, heads[start:stop], vectors[start:stop])


def _heads(keys: Sequence[str]) -> list[bytes]:
    """Return each key with the space that ends it, if the format can hold them."""
    if "" in keys or not WHITE_SPACE.isdisjoint("".join(keys)):
        bad = next(k for k in keys if not k or not WHITE_SPACE.isdisjoint(k))
        raise ValueError(
            f"word2vec's formats can't hold the key {bad!r}, since white space "
            "separates their fields; save to a file that ends in .w2v"
        )
    return [key + b" " for key in encode_keys(keys)]


def _write_binary(file: BinaryIO, heads: list[bytes], rows: Floats) -> None:
    rows = np.ascontiguousarray(rows, "<f4")
    values = rows.view(f"V{4 * rows.shape[1]}")[:, 0].tolist()
    newlines = [b"\n"] * len(heads)
    file.write(b"".join(chain(*zip(heads, values, newlines, strict=True))))


def _write_text(file: BinaryIO, heads: list[bytes], rows: Floats) -> None:
    line = b" ".join([b"%.9g"] * rows.shape[1]) + b"\n"
    for head, row in zip(heads, rows, strict=True):
        file.write(head + line % tuple(row.tolist()))


# word2vec and GloVe: reading -------------------------------------------------------


def read_word2vec(
    path: StrPath, binary: bool | None = None, limit: int | None = None
) -> tuple[list[str], Floats]:
    """
    Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

    Parameters
    ----------
    path : path-like
        The file.
    binary : bool, optional
        None, the default, finds out from the content.
    limit : int, optional
        Read only the first `limit` words.

    Returns
    -------
    keys : list of str
        V words; bytes that are no UTF-8 become surrogates (surrogateescape).
    vectors : float32 array, shape (V, d)
        Not checked for NaN.

    Raises
    ------
    ValueError
        If the file is damaged or something else; names the place.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: expected 1 or more words, or None for all")
    with Path(path).open("rb") as file:
        try:
            return _read(file, os.fstat(file.fileno()).st_size, binary, limit)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)}: {error}") from error


def _read(
    file: BinaryIO, size: int, binary: bool | None, limit: int | None
) -> tuple[list[str], Floats]:
    """Tell the formats apart and read."""
    first = file.readline(BLOCK)
    refuse_foreign(first)
    fields = first.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        words, columns = _header(first)
        if binary is None:
            binary = not _is_text(file, columns)
    elif binary:
        raise ValueError(
            f"expected a first line 'words dimensions', found {first!r:.60}"
        )
    else:
        words, columns, binary = _count_lines(file), _count_numbers(first), False
        file.seek(0)
    # A binary vector takes 4 d bytes, a number in text 2: don't believe more.
    if words * columns * (4 if binary else 2) > size:
        raise ValueError(
            f"the first line promises {words} vectors of {columns} numbers, more than "
            f"{size} bytes can hold; the file is cut or not of this format"
        )
    vectors = np.empty((min(words, limit or words), columns), np.float32)
    keys, rest = (_read_binary if binary else _read_text)(file, vectors)
    if len(vectors) == words and (rest + file.read(BLOCK)).strip():
        raise ValueError(f"more data after the {words} vectors that line 1 promises")
    return keys, vectors


def refuse_foreign(head: bytes) -> None:
    """Raise ValueError if a file that starts with `head` is of a known other kind."""
    for magic, kind in FOREIGN.items():
        if head.startswith(magic):
            raise ValueError(f"this is {kind}")


def _header(line: bytes) -> tuple[int, int]:
    """Return words and dimensions."""
    if len(line) > 60:
        raise ValueError(
            f"expected a first line 'words dimensions', found {line!r:.60}"
        )
    words, columns = map(int, line.split())
    if not words or not columns:
        raise ValueError(f"{words} words of {columns} dimensions: nothing to read")
    return words, columns


def _is_text(file: BinaryIO, columns: int) -> bool:
    """Tell whether a word and `columns` decimal numbers come next."""
    start = file.tell()
    fields = file.readline(LONGEST_KEY + 64 * columns).split()[-columns:]
    file.seek(start)
    return len(fields) == columns and all(map(_is_number, fields))


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _count_lines(file: BinaryIO) -> int:
    file.seek(0)
    lines, last = 0, b"\n"
    while block := file.read(BLOCK):
        lines, last = lines + block.count(b"\n"), block[-1:]
    return lines + (last != b"\n")


def _count_numbers(line: bytes) -> int:
    """Return the dimension of headerless text: the numbers that end its first line."""
    fields = line.split()
    numbers = 0
    while numbers < len(fields) - 1 and _is_number(fields[-1 - numbers]):
        numbers += 1
    if not numbers:
        raise ValueError(
            "expected a first line 'words dimensions' (word2vec) or a word and its "
            f"numbers (GloVe), found {line!r:.60}"
        )
    return numbers


def _read_binary(file: BinaryIO, vectors: Floats) -> tuple[list[str], bytes]:
    """Fill `vectors`; return the words and what was read beyond."""
    keys: list[str] = []
    width = 4 * vectors.shape[1]
    newline = _ends_with_newline(file, width)
    data = b"\n" if newline else b""  # as if it came before each word
    while (done := len(keys)) < len(vectors):
        block = file.read(max(BLOCK, width))
        if not block:
            raise ValueError(f"cut: it ends after {done} of {len(vectors)} vectors")
        data += block
        words, starts, end = _find_records(data, width, len(vectors) - done)
        if starts:
            windows = np.ndarray(
                len(data) - width + 1, f"V{width}", buffer=data, strides=(1,)
            )
            rows = windows[starts].view("<f4").reshape(len(starts), -1)
            vectors[done : done + len(starts)] = rows
        keys += _binary_keys(words, newline, done) if words else []
        data = data[end:]
    return keys, data


def _ends_with_newline(file: BinaryIO, width: int) -> bool:
    """Tell whether a newline follows the first vector; then it follows them all."""
    start = file.tell()
    head = file.read(LONGEST_KEY + width)
    file.seek(start)
    end = head.find(b" ") + 1 + width
    return head[end : end + 1] == b"\n"


def _find_records(
    data: bytes, width: int, most: int
) -> tuple[list[bytes], list[int], int]:
    """Return words, the starts of their vectors, and the end of the last vector."""
    words: list[bytes] = []
    starts: list[int] = []
    end, last = 0, len(data) - width
    for _ in range(most):
        start = data.find(b" ", end) + 1
        if not 0 < start <= last:
            break
        words.append(data[end : start - 1])
        starts.append(start)
        end = start + width
    if len(words) < most and last - end > LONGEST_KEY:
        raise ValueError(f"no word ends near {data[end:]!r:.60}; damaged")
    return words, starts, end


def _binary_keys(words: list[bytes], newline: bool, done: int) -> list[str]:
    """Decode words, refusing what only turns up when a reader is out of step."""
    joined = b" ".join(words)
    keys = decode_key(joined).removeprefix("\n").split(" \n" if newline else " ")
    newlines = len(words) if newline else 0
    if len(keys) == len(words) and "" not in keys and joined.count(b"\n") == newlines:
        return keys
    for place, word in enumerate(words):  # tell where it went wrong
        if len(word) <= newline or word.rfind(b"\n") != newline - 1:
            done += place
            break
    raise ValueError(
        f"vector {done + 1}: expected a word, found {word!r:.60}; the file is "
        "damaged, or a word before it holds a space"
    )


def _read_text(file: BinaryIO, vectors: Floats) -> tuple[list[str], bytes]:
    """Fill `vectors`; return the words and what was read beyond."""
    keys: list[str] = []
    rest: list[bytes] = []
    while (done := len(keys)) < len(vectors):
        lines = file.readlines(BLOCK)
        if not lines:
            raise ValueError(f"cut: it ends after {done} of {len(vectors)} vectors")
        rest = lines[len(vectors) - done :]
        numbers: list[bytes] = []
        for line in lines[: len(vectors) - done]:
            fields = _fields(line, vectors.shape[1], len(keys) + 1)
            keys.append(decode_key(fields[0]))
            numbers += fields[1:]
        vectors[done : len(keys)] = _parse(numbers, vectors.shape[1], done)
    return keys, b"".join(rest)


def _fields(line: bytes, columns: int, number: int) -> list[bytes]:
    """Split a line from the right, as fastText's and GloVe's words may hold spaces."""
    fields = line.rsplit(None, columns)
    key = fields[0].strip() if len(fields) > columns else b""
    if key and not (b" " in key and _is_number(key.split()[-1])):
        fields[0] = key
        return fields
    raise ValueError(
        f"vector {number}: expected a word and {columns} numbers, found "
        f"{len(line.split())} fields in {line!r:.60}"
    )


def _parse(numbers: list[bytes], columns: int, done: int) -> Floats:
    """Read decimal numbers."""
    try:
        with np.errstate(over="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # of older NumPy
            values = np.fromstring(b" ".join(numbers), np.float32, sep=" ")
        return values.reshape(-1, columns)
    except (ValueError, DeprecationWarning):
        for place, field in enumerate(numbers):
            if not NUMBER.fullmatch(field):
                row = done + 1 + place // columns
                raise ValueError(f"vector {row}: {field!r:.60} is no number") from None
        raise


# Native ----------------------------------------------------------------------------


def write_native(
    path: StrPath,
    tensors: Mapping[str, npt.NDArray[Any]],
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
    header: dict[str, Any] = {"__metadata__": text}
    end = 0
    for name in names:
        header[name] = _describe(tensors[name])
        header[name]["data_offsets"] = [end, end := end + tensors[name].nbytes]
    data = json.dumps(header, ensure_ascii=False).encode()
    data += b" " * (-len(data) % 8)
    with atomic(path) as file:
        file.write(len(data).to_bytes(8, "little") + data)
        for name in names:
            for block in _blocks(tensors[name]):
                file.write(block)


def read_native(
    path: StrPath, names: Collection[str] | None = None
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, str]]:
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


def _describe(tensor: npt.NDArray[Any]) -> dict[str, Any]:
    return {"dtype": DTYPES[tensor.dtype.name], "shape": list(tensor.shape)}


def _blocks(tensor: npt.NDArray[Any]) -> Iterator[memoryview]:
    """Give the bytes of an array, little-endian and in C order, in pieces."""
    rows = np.atleast_1d(tensor)
    if not rows.size:
        return
    step = max(1, BLOCK * len(rows) // rows.nbytes)
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        little = np.ascontiguousarray(block, block.dtype.newbyteorder("<"))
        yield little.reshape(-1).view(np.uint8).data


def _check_sums(
    tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str]
) -> dict[str, int]:
    """Return the CRC-32 of each tensor with its shape, and of the metadata."""
    text = sorted(item for item in metadata.items() if item[0] != "crc32")
    sums = {"__metadata__": zlib.crc32(json.dumps(text).encode())}
    for name, tensor in tensors.items():
        crc = zlib.crc32(json.dumps(_describe(tensor)).encode())
        for block in _blocks(tensor):
            crc = zlib.crc32(block, crc)
        sums[name] = crc
    return sums


def _tensor(file: Any, name: str) -> npt.NDArray[Any]:
    dtype = file.get_slice(name).get_dtype()
    if dtype not in DTYPES.values():
        raise ValueError(f"tensor {name!r} has the dtype {dtype}, which is not ours")
    tensor: npt.NDArray[Any] = file.get_tensor(name)
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


def _check_content(
    tensors: Mapping[str, npt.NDArray[Any]],
    metadata: Mapping[str, str],
    names: list[str],
) -> None:
    """Raise ValueError unless check sums fit and all numbers are finite."""
    _check_parameters(metadata)
    if "crc32" in metadata:
        stated = json.loads(metadata["crc32"])
        if not isinstance(stated, dict) or stated.keys() != {*names, "__metadata__"}:
            raise ValueError("the tensors are not those that were written; damaged")
        for name, crc in _check_sums(tensors, metadata).items():
            if stated[name] != crc:
                raise ValueError(f"the check sum of {name} is wrong; damaged")
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and (row := first_non_finite(tensor)) is not None:
            raise ValueError(f"tensor {name!r}: NaN or infinity in row {row}")


def first_non_finite(array: npt.NDArray[Any]) -> int | None:
    """Return the first row with NaN or an infinity, None if there is none."""
    if not array.size:
        return None
    with np.errstate(invalid="ignore"):
        if np.isfinite(array.min()) and np.isfinite(array.max()):
            return None
    rows = np.atleast_1d(array)
    step = max(1, BLOCK * len(rows) // rows.nbytes)
    for start in range(0, len(rows), step):
        block = rows[start : start + step].reshape(len(rows[start : start + step]), -1)
        if not (finite := np.isfinite(block).all(axis=1)).all():
            return start + int(finite.argmin())
    return None
