"""
Read the word vectors of a fastText model (``.bin``).

Only the words of the dictionary are read. Their vectors include their subwords, as
fastText's ``get_word_vector`` gives them. Vectors of other words are not composed.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2vfast.io._subwords import compose
from w2vfast.io.detect import FASTTEXT_MAGIC
from w2vfast.io.input import COPY_BYTES, Input
from w2vfast.io.limits import MAX_DIMENSIONS
from w2vfast.io.options import ReadOptions, warn_of_cut_words
from w2vfast.runtime import threads
from w2vfast.vectors.validation import Float32Array
from w2vfast.wording import counted

Counts = npt.NDArray[np.int64]

VERSIONS = (11, 12)
SUPERVISED = 3
END_OF_SENTENCE = b"</s>"  # has no subwords
MAX_WORD_BYTES = 1 << 20
MAX_NGRAM = 100  # characters; fastText's default is 6
WORDS_PER_TASK = 1000
_ARGUMENTS = struct.Struct("<12id")
_DICTIONARY = struct.Struct("<3i2q")


class _Dictionary(NamedTuple):
    words: list[bytes]
    counts: list[int]
    is_pruned: bool
    pruned: npt.NDArray[np.int32]  # shape (n, 2): bucket, row


def read(file: Input, options: ReadOptions) -> tuple[list[str], Float32Array, Counts]:
    """
    Read the words, their vectors and their counts.

    Parameters
    ----------
    file : Input
        At its first byte. The matrix of a local, uncompressed file is mapped, so
        that memory holds only the result.
    options : ReadOptions

    Raises
    ------
    ValueError
        If the file is truncated, damaged, quantised or of another version.
    """
    if file.read(4) != FASTTEXT_MAGIC:
        raise ValueError("expected a fastText model; the first 4 bytes differ")
    (version,) = struct.unpack("<i", _exactly(file, 4, "version"))
    if version not in VERSIONS:
        raise ValueError(
            f"fastText model of version {version}; expected 11 or 12; write it again "
            "with fastText 0.9"
        )
    arguments = _ARGUMENTS.unpack(_exactly(file, _ARGUMENTS.size, "arguments"))
    dimensions, model = arguments[0], arguments[7]
    bucket, minn, maxn = arguments[8:11]
    if version == 11 and model == SUPERVISED:
        maxn = 0  # such models were trained without subwords
    _check_arguments(dimensions, bucket, minn, maxn)
    dictionary = _read_dictionary(file)
    n_words = len(dictionary.words)
    uses_subwords = maxn > 0 and bucket > 0 and len(dictionary.pruned) > 0
    if not dictionary.is_pruned:
        uses_subwords = maxn > 0 and bucket > 0
    if _exactly(file, 1, "matrix") != b"\0":
        raise ValueError(
            "the fastText model is quantised; expected float32; load the .bin or .vec "
            "file that was written before quantising"
        )
    n_kept = int(min(n_words, options.end))
    matrix = _read_matrix(file, dimensions, n_words)
    if uses_subwords and not dictionary.is_pruned and len(matrix) < n_words + bucket:
        raise ValueError(
            f"the matrix has {counted(len(matrix), 'row')}, expected "
            f"{counted(n_words, 'word')} and {counted(bucket, 'bucket')}; the file is "
            "damaged, copy it again"
        )
    keys = options.decode(dictionary.words[:n_kept])
    if options.errors == "surrogateescape":
        warn_of_cut_words(keys)
    subwords = (minn, maxn, bucket) if uses_subwords else (0, 0, 0)
    vectors = _compose(dictionary, matrix, n_kept, *subwords)
    return keys, vectors, np.array(dictionary.counts[:n_kept], np.int64)


def _check_arguments(dimensions: int, bucket: int, minn: int, maxn: int) -> None:
    """Raise ValueError if a number is out of range."""
    for name, value, least, most in (
        ("dim", dimensions, 1, MAX_DIMENSIONS),
        ("bucket", bucket, 0, (1 << 31) - 1),
        ("minn", minn, 0, MAX_NGRAM),
        ("maxn", maxn, 0, MAX_NGRAM),
    ):
        if not least <= value <= most:
            raise ValueError(
                f"the argument {name} of the model is {value}; expected {least} to "
                f"{most}; the file is damaged, copy it again"
            )


def _exactly(file: Input, n_bytes: int, what: str) -> bytes:
    data = file.read(n_bytes)
    if len(data) < n_bytes:
        raise ValueError(f"truncated within the {what}; copy the file again")
    return data


def _read_dictionary(file: Input) -> _Dictionary:
    """Read words and counts; labels of supervised models follow the words."""
    values = _DICTIONARY.unpack(_exactly(file, _DICTIONARY.size, "dictionary"))
    size, n_words, n_labels, _, n_pruned = values
    if size != n_words + n_labels or n_words < 1 or n_labels < 0 or n_pruned < -1:
        raise ValueError(
            f"a dictionary of {counted(size, 'entry', 'entries')} with "
            f"{counted(n_words, 'word')}, {counted(n_labels, 'label')} and "
            f"{counted(n_pruned, 'pruned bucket')}; expected the sum of words and "
            "labels, one or more words, and pruned buckets of -1 or more"
        )
    words: list[bytes] = []
    counts: list[int] = []
    data, position = b"", 0
    for i in range(size):
        end = data.find(b"\0", position)
        while end < 0 or end + 10 > len(data):
            block = file.read(COPY_BYTES)
            if not block or len(data) - position > MAX_WORD_BYTES + COPY_BYTES:
                raise ValueError(
                    f"truncated or damaged: entry {i} of {size} of the dictionary does "
                    "not end; copy the file again"
                )
            data, position = data[position:] + block, 0
            end = data.find(b"\0")
        count, kind = struct.unpack_from("<qb", data, end + 1)
        if kind != (i >= n_words) or count < 0:
            raise ValueError(
                f"entry {i} of the dictionary has type {kind} and count {count}; the "
                "file is damaged, copy it again"
            )
        if i < n_words:
            words.append(data[position:end])
            counts.append(count)
        position = end + 10
    file.unread(data[position:])
    pruned = np.empty((0, 2), np.int32)
    if n_pruned > 0:
        blob = _exactly(file, 8 * n_pruned, "pruned buckets")
        pruned = np.frombuffer(blob, "<i4").reshape(-1, 2).astype(np.int32)
    return _Dictionary(words, counts, n_pruned >= 0, pruned)


def _read_matrix(file: Input, dimensions: int, n_words: int) -> Float32Array:
    """Map or read the input matrix: the rows of words, then the rows of buckets."""
    n_rows, n_columns = struct.unpack("<2q", _exactly(file, 16, "matrix"))
    if n_columns != dimensions or n_columns < 1 or n_rows < n_words:
        raise ValueError(
            f"a matrix of {n_rows:,} x {n_columns:,}; expected "
            f"{counted(dimensions, 'column')} and at least {counted(n_words, 'row')}; "
            "the file is damaged, copy it again"
        )
    n_bytes = 4 * n_rows * n_columns
    if file.remaining is not None and n_bytes > file.remaining:
        raise ValueError("truncated within the matrix; copy the file again")
    if file.path is not None:
        mapped: Float32Array = np.memmap(
            file.path, "<f4", "r", file.position, (n_rows, n_columns)
        )
        return mapped
    data = bytearray()
    while len(data) < n_bytes:
        block = file.read(min(COPY_BYTES, n_bytes - len(data)))
        if not block:
            raise ValueError("truncated within the matrix; copy the file again")
        data += block
    return np.frombuffer(data, "<f4").reshape(n_rows, n_columns)


def _compose(
    dictionary: _Dictionary,
    matrix: Float32Array,
    n_kept: int,
    minn: int,
    maxn: int,
    bucket: int,
) -> Float32Array:
    """Add the subwords of each word, on all cores."""
    marked = [
        b"" if word == END_OF_SENTENCE else b"<" + word + b">"
        for word in dictionary.words[:n_kept]
    ]
    offsets = np.zeros(n_kept + 1, np.int64)
    np.cumsum(list(map(len, marked)), out=offsets[1:])
    order = np.argsort(dictionary.pruned[:, 0], kind="stable")
    pruned = dictionary.pruned[order].astype(np.int64)
    vectors = np.empty((n_kept, matrix.shape[1]), np.float32)
    arrays = np.ascontiguousarray(pruned[:, 0]), np.ascontiguousarray(pruned[:, 1])
    rows = np.asarray(matrix, np.float32)
    text = b"".join(marked)

    def task(first: int, last: int) -> None:
        compose(
            text,
            offsets,
            first,
            last,
            rows,
            len(dictionary.words),
            minn,
            maxn,
            bucket,
            *arrays,
            dictionary.is_pruned,
            vectors,
        )

    if n_kept <= WORDS_PER_TASK:
        task(0, n_kept)
    else:
        threads.run_ranges(threads.available(), n_kept, WORDS_PER_TASK, task)
    return vectors
