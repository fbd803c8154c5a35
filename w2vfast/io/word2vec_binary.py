"""Rows of word2vec's binary format: a word, a space, float32 values, a newline."""

from __future__ import annotations

from itertools import chain
from typing import BinaryIO

import numpy as np

from w2vfast.io.key_encoding import LONGEST_KEY, decode_key
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Floats


def write_rows(file: BinaryIO, heads: list[bytes], rows: Floats) -> None:
    """Write a head (a word and a space) and a row of `rows` each."""
    rows = np.ascontiguousarray(rows, "<f4")
    values = rows.view(f"V{4 * rows.shape[1]}")[:, 0].tolist()
    newlines = [b"\n"] * len(heads)
    file.write(b"".join(chain(*zip(heads, values, newlines, strict=True))))


def read_rows(file: BinaryIO, vectors: Floats) -> tuple[list[str], bytes]:
    """Fill `vectors`; return the words and what was read beyond."""
    keys: list[str] = []
    width = 4 * vectors.shape[1]
    newline = _ends_with_newline(file, width)
    data = b"\n" if newline else b""  # as if it came before each word
    while (done := len(keys)) < len(vectors):
        block = file.read(max(row_blocks.SIZE, width))
        if not block:
            raise ValueError(f"cut: it ends after {done} of {len(vectors)} vectors")
        data += block
        words, starts, end = _find_records(data, width, len(vectors) - done)
        if words:
            vectors[done : done + len(words)] = _values(data, starts, width)
            keys += _decode(words, newline, done)
        data = data[end:]
    return keys, data


def _values(data: bytes, starts: list[int], width: int) -> Floats:
    """Return the vectors of `width` bytes that begin at `starts`."""
    size = len(data) - width + 1
    windows = np.ndarray(size, f"V{width}", buffer=data, strides=(1,))
    return windows[starts].view("<f4").reshape(len(starts), -1)


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


def _decode(words: list[bytes], newline: bool, done: int) -> list[str]:
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
