"""Files that are not text: what their first bytes show, and how to get text from them.

The table has signatures of at least 5 bytes, or with a byte that text does not have.
A shorter signature of letters, such as "MZ", also needs a NUL byte in the first
`HEAD_BYTES` bytes: a text may begin with these letters. Sources: the formats' own
specifications, and the tables of file(1) (github.com/file/file, magic/Magdir).
docs/explanation/decisions says why this is no library.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from w2vfast.corpus.wide_text import wide_encoding
from w2vfast.files.names import is_url, local_file, quoted, whole_name
from w2vfast.files.signatures import PICKLES, is_safetensors

HEAD_BYTES = 4096
#: Commands that decompress a file in its place.
DECOMPRESS = {".gz": "gunzip", ".bz2": "bunzip2", ".xz": "unxz", ".zst": "unzstd"}


class NotTextError(ValueError):
    """A corpus file holds something that is not text in the given encoding."""


class Kind(NamedTuple):
    """
    What a file is, and how to turn it into text.

    ``{path}`` stands for the file's name as a shell needs it, ``{name}`` for the name,
    ``{url}`` for the URL of a file that has one, for functions that open URLs.

    Attributes
    ----------
    name : str
    fix : str
    elsewhere : str, optional
        The fix for a file at a URL, or read in part, if it is another one.
    """

    name: str
    fix: str
    elsewhere: str = ""


_UNPACK = "unpack it: {} > corpus.txt"
_CONVERT = "convert it: {}"
#: For a column of the table that READ stands for, a call of pandas.
_COLUMN = (
    "write its column as text, for instance: open('corpus.txt', 'w').writelines("
    "f'{{text}}\\n' for text in pandas.READ['text'])"
)
_ARROW = "give the path of a whole file, uncompressed: Corpus({name!r}, field='text')"
_VECTORS = "KeyedVectors.load reads it; pass the text that the vectors were trained on"
_NO_TEXT = "pass a file with the text itself"
_IMAGE = Kind("an image", "recognise its text: tesseract {path} corpus")
_EXECUTABLE = "an executable ({})"
_MEDIA = Kind("sound or video", "pass a transcript")
_PICKLE = Kind(
    "a pickle",
    "pickles are never loaded because they can run code; where it was made, write one "
    "sentence per line: print(*words, file=text)",
)
_ZIP = Kind("a zip archive", _UNPACK.format("unzip -p {path}"))
_ROWS = (
    "write it as text, one sentence a row, for instance: numpy.savetxt('corpus.txt', "
    "numpy.load({name!r})ITEM, fmt='%s')"
)
_OFFICE = Kind("an office document", _CONVERT.format("pandoc -t plain {path}"))
_OLD_OFFICE = Kind(
    "an old office document",
    _CONVERT.format("libreoffice --headless --convert-to txt:Text {path}"),
)
_MACH_O = Kind(_EXECUTABLE.format("Mach-O"), _NO_TEXT)
_SAFETENSORS = Kind("a .w2v or safetensors file", _VECTORS)


def _column(reader: str, field: str = "url") -> str:
    """Return the fix for a table; `field` is "name" if the reader opens no URL."""
    return _COLUMN.replace("READ", f"read_{reader}({{{field}!r}})")


#: Position, bytes, and the kind of file that has these bytes there.
SIGNATURES: list[tuple[int, bytes, Kind]] = [
    (0, b"7z\xbc\xaf\x27\x1c", Kind("a 7z archive", _UNPACK.format("7z x -so {path}"))),
    (0, b"Rar!\x1a\x07", Kind("a RAR archive", _UNPACK.format("unrar p -inul {path}"))),
    (257, b"ustar", Kind("a tar archive", _UNPACK.format("tar -xOf {path}"))),
    (0, b"!<arch>\n", Kind("an ar archive", _UNPACK.format("ar p {path}"))),
    (0, b"\x04\x22\x4d\x18", Kind("lz4 data", _UNPACK.format("lz4 -dc {path}"))),
    (0, b"\x1f\x9d", Kind("compress (.Z) data", _UNPACK.format("gzip -dc {path}"))),
    (0, b"LZIP\x01", Kind("lzip data", _UNPACK.format("lzip -dc {path}"))),
    (0, b"\x5d\0\0", Kind("lzma data", _UNPACK.format("xz -dc {path}"))),
    (0, b"\xff\x06\0\0sNaPpY", Kind("snappy data", _UNPACK.format("snzip -dc {path}"))),
    *((0, start, _PICKLE) for start in PICKLES),
    *((0, start, _PICKLE) for start in (b"ccopy_reg\n", b"(lp0\n", b"(dp0\n")),
    (0, b"\x93NUMPY", Kind("a NumPy array", _ROWS.replace("ITEM", ""))),
    (0, b"%PDF-", Kind("a PDF", _CONVERT.format("pdftotext {path} corpus.txt"))),
    (0, b"%!PS-", Kind("PostScript", _CONVERT.format("ps2ascii {path} corpus.txt"))),
    (0, b"{\\rtf", Kind("rich text (RTF)", _CONVERT.format("pandoc -t plain {path}"))),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (0, b"PAR1", Kind("a Parquet file", _ARROW, _column("parquet"))),
    (0, b"ARROW1\0\0", Kind("an Arrow file", _ARROW, _column("feather"))),
    (0, b"ORC", Kind("an ORC file", _column("orc"))),
    (0, b"Obj\x01", Kind("an Avro file", _CONVERT.format("avro-tools tojson {path}"))),
    (0, b"\x89HDF\r\n\x1a\n", Kind("an HDF5 file", _column("hdf", "name"))),
    (
        0,
        b"SQLite format 3\0",
        Kind(
            "an SQLite database",
            "export a column: sqlite3 {path} 'select text from documents' > corpus.txt",
        ),
    ),
    *((0, s, _IMAGE) for s in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a")),
    *((0, s, _IMAGE) for s in (b"GIF89a", b"BM", b"II*\0", b"MM\0*")),
    (8, b"WEBPVP8", _IMAGE),
    *((0, s, _MEDIA) for s in (b"OggS", b"ID3", b"fLaC", b"RIFF", b"\x1aE\xdf\xa3")),
    (4, b"ftyp", _MEDIA),
    (0, b"\x7fELF", Kind(_EXECUTABLE.format("ELF"), _NO_TEXT)),
    (0, b"MZ", Kind(_EXECUTABLE.format("Windows"), _NO_TEXT)),
    *((0, b + b"\xed\xfa" + e, _MACH_O) for b, e in ((b"\xfe", b"\xce"),)),
    *((0, s, _MACH_O) for s in (b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe")),
    *((0, s, _MACH_O) for s in (b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0")),
    (0, b"\0asm", Kind(_EXECUTABLE.format("WebAssembly"), _NO_TEXT)),
    (0, b"\xba\x16O/", Kind("a fastText model", _VECTORS)),
]
#: A pickle of protocol 0 or 1: a global or a string, then the opcode that stores it.
_OLD_PICKLE = re.compile(
    rb"(c[\w.]+\n\w+\n|V[^\n]*\n|S'[^\n]*'\n|[(\]}])(p\d+\n|q\x00)"
)
_LETTERS = re.compile(rb"[ -~]{1,4}")
_HEADER = re.compile(rb"\d{1,12} (\d{1,7})[ \t]*\r?\n")
_NUMBER = re.compile(rb"-?\d*\.?\d+(e[-+]?\d+)?")


def kind_of(head: bytes) -> Kind | None:
    r"""
    Return what a file is by its first bytes, or None if it may be text.

    Parameters
    ----------
    head : bytes
        The first `HEAD_BYTES` bytes of the file, or all of a shorter one.

    Examples
    --------
    >>> kind_of(b"PK\x03\x04").name
    'a zip archive'
    >>> kind_of(b"MZ is the first word of this text")
    """
    if is_safetensors(head):
        return _SAFETENSORS
    has_nul = b"\0" in head
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(head)
    for start, signature, kind in SIGNATURES:
        if head.startswith(signature, start) and (
            has_nul or not _LETTERS.fullmatch(signature)
        ):
            return kind
    if _OLD_PICKLE.match(head):
        return _PICKLE
    return _vectors_kind(head)


def check_head(
    head: bytes, path: object, suffix: str = "", *, is_wide: bool = False
) -> None:
    """
    Raise NotTextError if the first bytes of a file show that it is not text.

    Parameters
    ----------
    head : bytes
        Decompressed, if the file is compressed.
    path : path-like
        For messages.
    suffix : str, optional
        Suffix of the compression, "" for none.
    is_wide : bool
        Whether the caller reads UTF-16 or a similar encoding, which has NUL bytes.
    """
    kind = kind_of(head)
    encoding = None if is_wide or kind is not None else wide_encoding(head)
    if kind is None and encoding is None:
        return
    whole, (unpack, name) = whole_name(path), local_file(path)
    if suffix:
        unpack += f"decompress it, {DECOMPRESS[suffix]} {quoted(name)}, then "
        name = name.removesuffix(suffix)
    if encoding is not None:
        raise NotTextError(
            f"{path}: {encoding.upper()} text; pass encoding={encoding!r}, or {unpack}"
            f"convert it: iconv -f {encoding} -t utf-8 {quoted(name)} > corpus.txt"
        )
    assert kind is not None
    fix = kind.fix
    if kind.elsewhere and (is_url(whole) or whole != str(path)):
        fix = kind.elsewhere
    if "{" not in fix or ("{url" in fix and not suffix):
        unpack = ""  # the file itself is of no use, or is opened where it is
    url = name if suffix else whole
    fix = unpack + fix.format(path=quoted(name), name=name, url=url)
    raise NotTextError(f"{path}: {kind.name}, not text; {fix}")


def table_as_text(name: str, reader: str = "parquet") -> str:
    """Return how to make a text of a table that cannot be read where it is."""
    return _column(reader).format(url=name)


def _zip_kind(head: bytes) -> Kind:
    """Return the kind of a zip file by the names of its first members."""
    for marks, kind in (
        ((b"[Content_Types].xml", b"mimetypeapplication/"), _OFFICE),
        ((b".npy",), Kind("NumPy arrays (.npz)", _ROWS.replace("ITEM", "['arr_0']"))),
    ):
        if any(mark in head[:512] for mark in marks):
            return kind
    return _ZIP


def _vectors_kind(head: bytes) -> Kind | None:
    """Return the kind of a file of word vectors, or None for another text."""
    header = _HEADER.match(head)
    body = head[header.end() :] if header else head
    if header and (b"\0" in body or not _is_utf8(body)):
        return Kind("word vectors in word2vec's binary format", _VECTORS)
    lines = body.split(b"\n", 2)
    if header:
        found, expected = _n_numbers(lines[0], is_cut=len(lines) == 1), int(header[1])
        if found == expected > 1 or (len(lines) == 1 and 10 <= found < expected):
            return Kind("word vectors in word2vec's text format", _VECTORS)
    elif len(lines) > 1 and 10 <= _n_numbers(lines[0]) == _n_numbers(lines[1]):
        return Kind("word vectors in GloVe's text format", _VECTORS)
    return None


def _n_numbers(line: bytes, *, is_cut: bool = False) -> int:
    """Return how many decimal numbers follow the first word; 0 for other text."""
    word, *fields = line.split()[: -1 if is_cut else None] or [b""]
    are_numbers = all(map(_NUMBER.fullmatch, fields))
    is_walk = b"." not in line and (len(fields) < 3 or _NUMBER.fullmatch(word))
    return len(fields) if are_numbers and not is_walk else 0


def _is_utf8(data: bytes) -> bool:
    """Return whether `data` is UTF-8, but for an incomplete character at its end."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3 and error.reason == "unexpected end of data"
    return True
