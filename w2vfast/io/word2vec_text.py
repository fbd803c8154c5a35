"""Rows of word2vec's, fastText's and GloVe's text: a word, then decimal numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from w2vfast.io._text_parser import count_lines, find_lines, parse_lines
from w2vfast.io._text_writer import format_rows, text_bytes
from w2vfast.io.growing_rows import GrowingRows
from w2vfast.io.input import Input
from w2vfast.io.limits import check_line_bytes
from w2vfast.io.options import ReadOptions
from w2vfast.runtime import row_blocks, threads
from w2vfast.vectors.validation import Float32Array
from w2vfast.wording import counted, quoted

NUMBER_PATTERN = re.compile(
    rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf|infinity)", re.IGNORECASE
)
DECIMAL_COMMA = re.compile(rb"[-+]?\d*,\d+([eE][-+]?\d+)?")
BLOCK_SIZE = 16  # of row_blocks.SIZE: text that is in memory at a time

Int64Array = npt.NDArray[np.int64]


def write_rows(file: BinaryIO, prefixes: list[bytes], vectors: Float32Array) -> None:
    """
    Write each row of `vectors` after its prefix, an encoded key and a space.

    All cores format blocks of rows; this thread writes the blocks in order.
    """
    workers = threads.available()
    blocks = list(row_blocks.row_blocks(vectors))
    for start in range(0, len(blocks), workers):
        batch = blocks[start : start + workers]
        texts: list[memoryview] = [memoryview(b"")] * len(batch)

        def format_block(
            first: int,
            last: int,
            batch: list[slice] = batch,
            texts: list[memoryview] = texts,
        ) -> None:
            for i in range(first, last):
                texts[i] = _format(prefixes[batch[i]], vectors[batch[i]])

        if len(batch) == 1:
            format_block(0, 1)
        else:
            threads.run_ranges(len(batch), len(batch), 1, format_block)
        for text in texts:  # noqa: FURB122 - an open file may have no writelines
            file.write(text)


def _format(prefixes: list[bytes], vectors: Float32Array) -> memoryview:
    joined = b"".join(prefixes)
    offsets = np.zeros(len(prefixes) + 1, np.int64)
    np.cumsum(list(map(len, prefixes)), out=offsets[1:])
    text = np.empty(text_bytes(len(joined), *vectors.shape), np.uint8)
    rows = np.ascontiguousarray(vectors, np.float32)
    return text[: format_rows(rows, joined, offsets, text)].data


def read_rows(
    file: Input, dimensions: int, announced: int | None, options: ReadOptions
) -> tuple[list[str], Float32Array]:
    """
    Read lines to the end of the file, or to the limit.

    Parameters
    ----------
    file : Input
        At the first word.
    dimensions : int
        Numbers of a line.
    announced : int or None
        Number of lines according to the header, if there is one.
    options : ReadOptions

    Returns
    -------
    keys : list of str, length V
    vectors : float32 array, shape (V, d)

    Raises
    ------
    ValueError
        If a line is not a word and d numbers. Blank lines may end the file.
    """
    keys: list[str] = []
    rows: GrowingRows | None = None
    start = file.position
    blocks = _line_blocks(file)
    for block in blocks:
        starts = np.empty(count_lines(block) + 1, np.int64)
        find_lines(block, starts)
        n_read = len(keys)
        n_lines = int(min(len(starts) - 1, options.end - n_read))
        if not n_read and dimensions > len(block):
            raise _line_error(bytes(block[: starts[1]]), dimensions, 1)
        if rows is None:
            expected = _expected(file, dimensions, announced, options)
            rows = GrowingRows(dimensions, expected)
        if n_read + n_lines > len(rows.array):
            rows.reserve(_estimate(file, start, n_read + n_lines))
        vectors = rows.array[n_read : n_read + n_lines]
        bounds = np.empty((n_lines, 2), np.int64)
        good = _parse(block, starts, vectors, bounds)
        del vectors  # a view must not outlive the next growth
        encoded = [bytes(block[a:b]) for a, b in bounds[:good].tolist()]
        keys += options.decode(encoded)
        if good < n_lines:
            rest = bytes(block[starts[good] :])
            if not rest.strip() and all(not bytes(b).strip() for b in blocks):
                break
            line = bytes(block[starts[good] : starts[good + 1]])
            raise _line_error(line, dimensions, len(keys) + 1)
        if len(keys) >= options.end:
            break
    if rows is None or not keys:
        raise ValueError("no vectors: expected one line for each word; write it again")
    return keys, rows.take(len(keys))


def _line_blocks(file: Input) -> Iterator[memoryview]:
    """Yield whole lines; a block becomes invalid when the next one is taken."""
    size = BLOCK_SIZE * row_blocks.SIZE
    if file.remaining is not None:
        size = min(size, file.remaining + 1)
    buffer = bytearray(size)
    filled = 0
    while True:
        with memoryview(buffer) as view:
            filled += file.readinto(view[filled:])
            at_end = filled < len(buffer)
            end = filled if at_end else buffer.rfind(b"\n") + 1
            if end:
                yield view[:end].toreadonly()
        if at_end:
            return
        carried = buffer[end:filled]
        if not end:  # one line is longer than the buffer
            check_line_bytes(len(buffer))
            buffer = bytearray(2 * len(buffer))
        buffer[: len(carried)] = carried
        filled = len(carried)


def _expected(
    file: Input, dimensions: int, announced: int | None, options: ReadOptions
) -> int | None:
    """Return the announced number of rows, if the file is long enough for it."""
    if announced is None or file.size is None:
        return None
    return int(min(announced, file.size // (2 * dimensions), options.end))


def _estimate(file: Input, start: int, n_rows: int) -> int:
    """Estimate the number of all rows from the first `n_rows` of them."""
    if file.size is None:
        return n_rows
    share = (file.size - start) / max(1, file.position - start)
    return max(n_rows, int(n_rows * share * 1.01))


def _parse(
    block: memoryview, starts: Int64Array, vectors: Float32Array, bounds: Int64Array
) -> int:
    """Parse lines on all cores; return the number of good lines at the beginning."""
    n_lines = len(bounds)
    step = max(1, n_lines * row_blocks.SIZE // (2 * len(block)))
    if n_lines <= step:
        return parse_lines(block, starts, 0, n_lines, vectors, bounds)
    stops: list[int] = []

    def task(first: int, last: int) -> None:
        stop = parse_lines(block, starts, first, last, vectors, bounds)
        if stop < last:
            stops.append(stop)

    threads.run_ranges(threads.available(), n_lines, step, task)
    return min(stops, default=n_lines)


def is_text_row(line: bytes, dimensions: int) -> bool:
    """
    Return whether a line looks like a word and `dimensions` numbers.

    A line whose fields are printable counts as text too if it has the right number of
    fields, so that a misspelt number gives an error about text.
    """
    if not 0 < dimensions <= len(line):
        return False
    starts = np.array([0, len(line)], np.int64)
    vectors = np.empty((1, dimensions), np.float32)
    if parse_lines(line, starts, 0, 1, vectors, np.empty((1, 2), np.int64)):
        return True
    printable = not re.search(rb"[\0-\x08\x0e-\x1f\x7f]", line)
    has_fields = len(line.split()) == dimensions + 1
    return printable and has_fields and not may_be_binary_row(line, dimensions)


def may_be_binary_row(line: bytes, dimensions: int) -> bool:
    """Return whether a line has the length of a word and a vector of float32."""
    return line.find(b" ") + 1 + 4 * dimensions == len(line.removesuffix(b"\n"))


def count_dimensions(first_line: bytes) -> int:
    """Return how many numbers end a line after its word; 0 if it is no such line."""
    fields = first_line.split()
    dimensions = 0
    while dimensions < len(fields) - 1 and NUMBER_PATTERN.fullmatch(
        fields[-1 - dimensions]
    ):
        dimensions += 1
    return dimensions


def reject_decimal_commas(fields: list[bytes], row_number: int) -> None:
    """Raise ValueError if the last field is a number with a decimal comma."""
    for field in fields:
        if DECIMAL_COMMA.fullmatch(field):
            raise ValueError(
                f"vector {row_number}: {quoted(field)} has a decimal comma; expected a "
                "decimal point; write the file again with points, or replace the "
                "commas in the numbers"
            )


def _line_error(line: bytes, dimensions: int, row_number: int) -> ValueError:
    """Say what is wrong with a line."""
    fields = line.split()
    if len(fields) == dimensions + 1:
        reject_decimal_commas(fields[1:], row_number)
        for field in fields[1:]:
            if not NUMBER_PATTERN.fullmatch(field):
                return ValueError(
                    f"vector {row_number}: {quoted(field)} is not a number; expected "
                    "decimal numbers such as -1.5e-3"
                )
    hint = ""
    if any(byte < 32 and byte not in b"\t\n\v\f\r" for byte in line):
        hint = (
            "; word2vec's binary format needs binary=True or format='word2vec-binary'"
        )
    return ValueError(
        f"vector {row_number}: expected a word and {counted(dimensions, 'number')}, "
        f"found {counted(len(fields), 'field')} in {quoted(line)}; the file is damaged "
        f"or has another format{hint}"
    )
