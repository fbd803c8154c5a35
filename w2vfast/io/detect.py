"""Find the format of a file from its name, the caller's choice and its content."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from w2vfast.files.signatures import is_safetensors
from w2vfast.io import word2vec_text
from w2vfast.io.compression import split_suffix
from w2vfast.io.errors import reject_other_formats
from w2vfast.io.input import Input
from w2vfast.io.limits import MAX_DIMENSIONS, check_line_bytes
from w2vfast.runtime import row_blocks
from w2vfast.wording import counted, quoted

BOM = b"\xef\xbb\xbf"
MAX_HEADER_BYTES = 60
FASTTEXT_MAGIC = b"\xba\x16O/"
NPY_MAGIC = b"\x93NUMPY"
ZIP_MAGIC = b"PK\x03\x04"
ARROW_MAGIC = b"ARROW1\0\0"
PARQUET_MAGIC = b"PAR1"
STREAM_MAGIC = b"\xff\xff\xff\xff"

#: Formats, with a description for messages.
FORMATS = {
    "word2vec-binary": "word2vec binary",
    "word2vec-text": "word2vec text",
    "glove": "GloVe text, without a header",
    "fasttext-binary": "a fastText model",
    "w2v": "native",
    "npz": "NumPy arrays in a zip file",
    "parquet": "a Parquet table",
    "arrow": "an Arrow table",
    "static-embedding": "a model folder of Model2Vec or sentence-transformers",
}
#: Suffix, and the formats that it stands for; the first is written.
SUFFIX_FORMATS: dict[str, tuple[str, ...]] = {
    ".bin": ("word2vec-binary", "fasttext-binary"),
    ".txt": ("word2vec-text", "glove"),
    ".vec": ("word2vec-text", "glove"),
    ".w2v": ("w2v",),
    ".npz": ("npz",),
    ".parquet": ("parquet",),
    ".arrow": ("arrow",),
    ".feather": ("arrow",),
    ".ftz": ("fasttext-binary",),
}
#: The usual suffix of a checkpoint, which may have any.
CHECKPOINT_SUFFIX = ".ckpt"
#: Suffix of archives, and the command that unpacks them.
ARCHIVES = {".zip": "unzip", ".tar": "tar xf", ".tgz": "tar xf", ".7z": "7z x"}
EXPECTED_SUFFIX = (
    "the suffix names the format; expected .bin (word2vec binary), .txt or .vec "
    "(word2vec text), .w2v (native), .npz (NumPy), .parquet or .arrow, with .gz, .bz2, "
    ".xz or .zst after it if compressed"
)
#: What else names the format, where the caller has such an option.
READ_OPTION = ", or format= of KeyedVectors.load (w2vfast convert: --from)"
WRITE_OPTION = ", or format= of KeyedVectors.save (w2vfast convert: --to)"


class Header(NamedTuple):
    """The first line of word2vec's formats."""

    n_words: int
    dimensions: int


def strip_bom(file: Input) -> None:
    """Skip a byte order mark; it is never part of a word."""
    if file.peek(len(BOM)) == BOM:
        file.read(len(BOM))


def first_line(file: Input) -> bytes:
    """Return the first line without reading it."""
    size = row_blocks.SIZE
    while True:
        data = file.peek(size)
        end = data.find(b"\n") + 1
        if end or len(data) < size or b"\0" in data:
            return data[:end] if end else data
        check_line_bytes(size)
        size *= 2


def parse_header(line: bytes) -> Header | None:
    r"""
    Return the number of words and the dimensions, or None for another line.

    Examples
    --------
    >>> parse_header(b"71290 300\n")
    Header(n_words=71290, dimensions=300)
    """
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return None
    if len(line) > MAX_HEADER_BYTES:
        raise ValueError(
            f"expected a first line 'words dimensions', found {quoted(line)}; the file "
            "is damaged or has another format"
        )
    header = Header(*map(int, fields))
    if not header.dimensions:
        raise ValueError(
            f"{counted(header.n_words, 'word')} of 0 dimensions: nothing to read; "
            "expected 1 or more of each"
        )
    if header.dimensions > MAX_DIMENSIONS:
        raise ValueError(
            f"the first line announces vectors of {header.dimensions:,} dimensions, "
            f"expected {MAX_DIMENSIONS:,} at most; the file is damaged or has another "
            "format"
        )
    return header


def content_format(file: Input) -> str | None:
    """Return the format that the first bytes show, or None."""
    start = file.peek(16)
    for magic, name in (
        (FASTTEXT_MAGIC, "fasttext-binary"),
        (NPY_MAGIC, "npy"),
        (ZIP_MAGIC, "npz"),
        (ARROW_MAGIC, "arrow"),
        (STREAM_MAGIC, "arrow"),
    ):
        if start.startswith(magic):
            return name
    if start.startswith(PARQUET_MAGIC) and not start[4:5].isspace():  # no word of GloVe
        return "parquet"
    if is_safetensors(start):
        return "w2v"
    strip_bom(file)
    line = first_line(file)
    header = parse_header(line)
    if header is None:
        return "glove" if word2vec_text.count_dimensions(line) else None
    return "word2vec"  # text or binary: the reader looks at the next line


def detect_format(file: Input, name: str | None, given: str | None) -> str:
    """
    Return the format to read.

    Parameters
    ----------
    file : Input
        At its first byte.
    name : str or None
        The path or URL, None for a stream without a name.
    given : str or None
        The format that the caller chose.

    Returns
    -------
    str
        One of `FORMATS`.

    Raises
    ------
    ValueError
        If the name is no help and nothing was given, or if the content contradicts
        them.
    """
    reject_other_formats(file.peek(16))
    allowed, reason = _allowed_formats(name, given, is_safetensors(file.peek(16)))
    found = content_format(file)
    if found == "word2vec":
        if allowed is None or {"word2vec-binary", "word2vec-text"} <= {*allowed}:
            return "word2vec"
        if "word2vec-binary" in allowed or "word2vec-text" in allowed:
            return next(f for f in allowed if f.startswith("word2vec"))
    if found is None:
        if allowed is None:
            raise ValueError(
                "the content has none of the known formats "
                f"({', '.join(FORMATS)}); found {file.peek(16)!r}"
            )
        return allowed[0]
    if allowed is None or found in allowed:
        return found
    if found == "glove" and allowed[0] == "word2vec-binary":
        return allowed[0]  # its reader misses the header, and says so
    description = FORMATS.get(found, found)
    raise ValueError(
        f"{reason}, but the content looks like {found} ({description}); rename the "
        f"file or pass the right format"
    )


def _allowed_formats(
    name: str | None, given: str | None, is_native: bool
) -> tuple[tuple[str, ...] | None, str]:
    """
    Return the formats that the caller and the name allow, and who says so.

    A native file may have any other suffix, such as that of a checkpoint.
    """
    if given is not None:
        if given not in FORMATS:
            raise ValueError(
                f"format={given!r}: expected one of {', '.join(map(repr, FORMATS))}"
            )
        return (given,), f"the format {given!r} was given"
    if name is None:
        return None, ""
    if (archive := split_suffix(name)[0]) in ARCHIVES:
        raise ValueError(
            f"{archive} is an archive: unpack it first, for instance with "
            f"{ARCHIVES[archive]} {shlex.quote(name)}, and give a file of its content"
        )
    if is_native and split_suffix(name)[0] not in SUFFIX_FORMATS:
        return ("w2v",), "the content is native"
    suffix = format_suffix(name, READ_OPTION)
    return SUFFIX_FORMATS[suffix], f"the suffix is {suffix}"


def format_suffix(name: str, option: str) -> str:
    """Return the suffix of the format; raise ValueError with `option` if unknown."""
    suffix = split_suffix(name)[0]
    if suffix not in SUFFIX_FORMATS:
        found = repr(suffix) if suffix else "no suffix"
        raise ValueError(f"{EXPECTED_SUFFIX}{option}, found {found}")
    return suffix
