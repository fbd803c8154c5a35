"""
Rows of the bad-input table: damaged and foreign files of vectors.

Each row is (name, factory, error, message): ``factory(folder)`` writes the file and
returns its path; ``CALL(path)`` raises `error` with a text that `message` matches.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from w2vfast import KeyedVectors

CALL = KeyedVectors.load
Row = tuple[str, Callable[[Path], Path], type[Exception], str]

VALID = KeyedVectors(
    ["the", "king", "of"], np.arange(12, dtype=np.float32).reshape(3, 4)
)
SUFFIXES = (".txt", ".bin", ".w2v", ".npz")


def _bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    """Return a factory of a file with this content."""

    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return write


def _damaged(suffix: str, damage: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """Return a factory of a valid file to which `damage` was done."""

    def write(folder: Path) -> Path:
        path = folder / f"v{suffix}"
        VALID.save(path)
        path.write_bytes(damage(path.read_bytes()))
        return path

    return write


def _npz(**arrays: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "v.npz"
        np.savez(path, **arrays)
        return path

    return write


def _encrypted(data: bytes) -> bytes:
    """Set the flag of an encrypted member in both headers of a zip file."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def _folder(**files: bytes | None) -> Callable[[Path], Path]:
    """Return a factory of a model folder in which some files are replaced."""

    def write(folder: Path) -> Path:
        VALID.save(folder, format="static-embedding")
        for name, data in files.items():
            path = folder / name.replace("_", ".")
            path.unlink() if data is None else path.write_bytes(data)
        return folder

    return write


def _safetensors(header: bytes, data: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + data


def _fasttext(dim: int = 2, maxn: int = 0, quantised: bytes = b"\0") -> bytes:
    data = struct.pack("<2i", 793712314, 12)
    data += struct.pack("<12id", dim, 5, 5, 1, 5, 1, 2, 2, 0, 0, maxn, 1, 0.0)
    data += struct.pack("<3i2q", 1, 1, 0, 9, -1) + b"a\0" + struct.pack("<qb", 5, 0)
    return data + quantised + struct.pack("<2q", 1, 2) + bytes(8)


class _Harmful:
    """A pickle of it would create a file when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("executed"),)


_METADATA = {"format": "w2vfast", "version": "1"}
_CENTRE = {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]}

TRUNCATED: list[Row] = [
    (f"{s} cut to {share:.0%}", _damaged(s, lambda d, n=share: d[: int(len(d) * n)]),
     ValueError, r"truncated|damaged|expected|header|not a zip")
    for s in SUFFIXES
    for share in (0.0, 0.1, 0.5, 0.97)
    if (s, share) != (".txt", 0.97)  # a number with fewer digits is a number
]  # fmt: skip

ROWS: list[Row] = [
    *TRUNCATED,
    ("empty .vec", _bytes("v.vec", b""), ValueError, "expected a first line"),
    ("text: a short line", _bytes("v.txt", b"2 3\na 1 2 3\nb 1 2\n"), ValueError,
     "vector 2: expected a word and 3 numbers"),
    ("text: a word for a number", _bytes("v.txt", b"1 2\na 1 x\n"), ValueError,
     "'x' is not a number"),
    ("text: digits of another script", _bytes("v.txt", "1 2\na 1 \u0663\n".encode()),
     ValueError, "is not a number"),
    ("text: underscores in a number", _bytes("v.txt", b"1 2\na 1 1_0\n"), ValueError,
     "'1_0' is not a number"),
    ("text: decimal commas", _bytes("v.txt", b"1 2\na 1,5 2,5\n"), ValueError,
     "decimal comma"),
    ("text: NaN", _bytes("v.txt", b"1 2\na 1 nan\n"), ValueError, "not finite"),
    ("text: a number beyond float32", _bytes("v.txt", b"1 2\na 1 1e999\n"), ValueError,
     "not finite"),
    ("text: huge dimensions", _bytes("v.txt", b"5 1000000000000000000\na 1\n"),
     ValueError, "announces vectors of 1,000,000,000,000,000,000 dimensions"),
    ("text: no dimensions", _bytes("v.txt", b"5 0\na\n"), ValueError, "0 dimensions"),
    ("text: a long first line", _bytes("v.txt", b"1" * 99 + b" 2\na 1 2\n"), ValueError,
     "first line"),
    ("text: a word twice", _bytes("v.txt", b"2 1\na 1\na 2\n"), ValueError,
     "duplicate key 'a'"),
    ("GloVe: a word twice", _bytes("v.txt", b"a 1 2\na 2 3\n"), ValueError,
     "duplicate key 'a'"),
    ("text: another encoding, strict", _bytes("v.txt", "a 1 2\n".encode("utf-16")),
     ValueError, "UTF-16"),
    ("text: prose", _bytes("v.txt", b"It was the best of times\n"), ValueError,
     "check the format"),
    ("text: compressed, named .txt", _bytes("v.txt", gzip.compress(b"1 1\na 1\n")),
     ValueError, "rename the file so that it ends in .gz"),
    ("text: named .gz, not compressed", _bytes("v.txt.gz", b"1 1\na 1\n"), ValueError,
     "remove .gz from the name"),
    *[
        (f"text: damaged {s}", _bytes(f"v.txt{s}", pack(b"1 1\na 1\n" * 99)[:-9]),
         OSError, "damaged, incomplete")
        for s, pack in ((".gz", gzip.compress), (".bz2", bz2.compress),
                        (".xz", lzma.compress))
    ],
    ("binary: huge dimensions", _bytes("v.bin", b"1 99999999999\na " + bytes(99)),
     ValueError, "announces vectors of 99,999,999,999"),
    ("binary: more dimensions than bytes", _bytes("v.bin", b"1 1000000\na " + bytes(99)),
     ValueError, "more than the rest of the file can hold"),
    ("binary: NaN", _bytes("v.bin", b"1 1\na \0\0\xc0\x7f\n"), ValueError, "not finite"),
    ("binary: a word twice", _bytes("v.bin", b"2 1\na \0\0\0\0\na \0\0\0\0\n"),
     ValueError, "duplicate key"),
    ("binary: text named .bin", _bytes("v.bin", b"2 3\na 1 2 3\nb 1 2 3\n"), ValueError,
     "is text"),
    ("binary: no header", _bytes("v.bin", bytes(range(1, 99))), ValueError,
     "expected a first line"),
    ("pickle named .bin", _bytes("v.bin", pickle.dumps(_Harmful())), ValueError,
     "pickles are never loaded"),
    ("pickle named .w2v", _bytes("v.w2v", pickle.dumps([1])), ValueError,
     "pickles are never loaded"),
    ("HDF5", _bytes("v.bin", b"\x89HDF\r\n\x1a\n" + bytes(99)), ValueError, "HDF5"),
    ("an unknown suffix", _bytes("v.dat", b"a 1 2\n"), ValueError, "suffix"),
    ("no such file", lambda folder: folder / "v.txt", FileNotFoundError, "v.txt"),
    ("w2v: a huge header", _bytes("v.w2v", (2**60).to_bytes(8, "little") + b"{}"),
     ValueError, "format|header|formats"),
    ("w2v: nested JSON", _bytes("v.w2v", _safetensors(b'{"a":' * 99_000)), ValueError,
     "nested too deeply"),
    ("w2v: a tensor named twice",
     _bytes("v.w2v", _safetensors(b'{"a": {}, "a": {}}')), ValueError, "occurs twice"),
    ("w2v: a huge shape", _bytes("v.w2v", _safetensors(json.dumps(
        {"__metadata__": _METADATA, "centre": {**_CENTRE, "shape": [2**62, 4]}}
     ).encode(), bytes(32))), ValueError, "no valid dtype, shape"),
    ("w2v: offsets beyond the file", _bytes("v.w2v", _safetensors(json.dumps(
        {"__metadata__": _METADATA, "centre": {**_CENTRE, "data_offsets": [0, 10**15]}}
     ).encode(), bytes(32))), ValueError, "truncated or damaged"),
    ("w2v: another format's metadata", _bytes("v.w2v", _safetensors(json.dumps(
        {"centre": _CENTRE}).encode(), bytes(32))), ValueError, "name the format None"),
    ("w2v: a flipped bit", _damaged(".w2v", lambda d: d[:-40] + b"\x55" + d[-39:]),
     ValueError, "checksum"),
    ("npz: objects", _npz(vectors=VALID.vectors, keys=np.array(["a", 1, 2], object)),
     ValueError, "objects or records, which are never loaded"),
    ("npz: no keys", _npz(vectors=VALID.vectors), ValueError, "'vectors' and 'keys'"),
    ("npz: fewer keys than vectors", _npz(vectors=VALID.vectors, keys=np.array(["a"])),
     ValueError, r"\(1 key\) and"),
    ("npz: a word twice", _npz(vectors=VALID.vectors, keys=np.array(["a", "b", "a"])),
     ValueError, "duplicate key 'a'"),
    ("npz: encrypted", _damaged(".npz", _encrypted), ValueError, "encrypted"),
    ("npz: a flipped bit", _damaged(".npz", lambda d: d[:150] + b"\x99" + d[151:]),
     ValueError, "CRC|damaged"),
    ("an .npy array named .npz", _bytes("v.npz", b"\x93NUMPY\1\0" + bytes(99)),
     ValueError, "looks like npy"),
    ("fastText: quantised", _bytes("v.bin", _fasttext(quantised=b"\1")), ValueError,
     "quantised"),
    ("fastText: negative dimensions", _bytes("v.bin", _fasttext(dim=-1)), ValueError,
     "argument dim of the model is -1"),
    ("fastText: endless n-grams", _bytes("v.bin", _fasttext(maxn=2**31 - 1)), ValueError,
     "argument maxn of the model is 2147483647"),
    ("fastText: truncated", _bytes("v.bin", _fasttext()[:-1]), ValueError, "truncated"),
    ("fastText: of version 99", _bytes("v.bin", struct.pack("<2i", 793712314, 99)),
     ValueError, "version 99"),
    ("model folder: no tokenizer", _folder(tokenizer_json=None), FileNotFoundError,
     "tokenizer.json"),
    ("model folder: ids as text", _folder(tokenizer_json=json.dumps(
        {"model": {"vocab": {"a": "1_0"}}}).encode()), ValueError, "tokenizer.json"),
    ("model folder: too few tokens", _folder(tokenizer_json=json.dumps(
        {"model": {"vocab": {"a": 0}}}).encode()), ValueError, "1 token with"),
    ("model folder: nested JSON", _folder(config_json=b"[" * 99_999), ValueError,
     "config.json"),
    ("model folder: truncated vectors", _folder(model_safetensors=b"\x10"), ValueError,
     "model.safetensors"),
    ("a folder without a model", lambda folder: folder, FileNotFoundError,
     "model.safetensors"),
    ("a zip file of something else",
     lambda folder: _zip_of_text(folder / "v.npz"), ValueError, "'vectors' and 'keys'"),
]  # fmt: skip


def _zip_of_text(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("vectors.txt", "1 1\na 1\n")
    return path
