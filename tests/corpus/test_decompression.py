"""Compressed files: every suffix, damaged files, a missing package."""

import bz2
import gzip
import importlib
import lzma
import os
import sys

import pytest

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.reader import FileChunks


def zstd(data):
    if sys.version_info >= (3, 14):
        return importlib.import_module("compression.zstd").compress(data)
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


PACKERS = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd
}  # fmt: skip


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("chunk", [1, 7, 100, 1 << 20])
def test_compressed_files_equal_plain_text(
    text, contents, expected, tmp_path, suffix, chunk
):
    path = tmp_path / f"packed.{suffix.upper() if chunk == 7 else suffix}"
    pack, data = PACKERS[suffix], text.read_bytes()
    half = data.index(b" ", len(data) // 2) + 3
    path.write_bytes(pack(data[:half]) + pack(data[half:]))  # two frames or members
    for workers in (1, 3):
        assert contents(Corpus(path, workers, _chunk_bytes=chunk)) == expected
    if chunk > 1:
        chunks = FileChunks([path], chunk)
        sizes = [chunk.size_on_disk for chunk in iter(chunks.take, None)]
        assert sum(sizes) <= chunks.total


@pytest.mark.parametrize("suffix", PACKERS)
def test_damaged_compressed_file_is_an_error(tmp_path, suffix):
    path = tmp_path / f"text.{suffix}"
    whole = PACKERS[suffix](os.urandom(300_000).hex().encode())
    for data in (whole[:-50], whole[: len(whole) // 2], whole[:3] + b"\0"):
        path.write_bytes(data)
        with pytest.raises(OSError, match=f"text.{suffix} cannot be read"):
            Corpus(path, 2, _chunk_bytes=1 << 16)
    path.write_bytes(b"plain text")
    with pytest.raises(ValueError, match=rf"name ends in .{suffix}, but the content"):
        Corpus(path, 2, _chunk_bytes=1 << 16)


def test_zst_without_its_module_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "text.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    module, remedy = "zstandard", "pip install zstandard"
    if sys.version_info >= (3, 14):
        module, remedy = "compression.zstd", "this Python was built without it"
    monkeypatch.setitem(sys.modules, module, None)
    expected = rf"text.zst: the module that reads .zst is missing \(.*{module}.*\); "
    with pytest.raises(ImportError, match=expected + remedy):
        Corpus(path)


def test_xz_streams_and_padding_are_read(tmp_path):
    path = tmp_path / "text.xz"
    parts = [
        lzma.compress(b"to be "),
        bytes(70_000),
        lzma.compress(b"or not"),
        bytes(4),
    ]
    path.write_bytes(b"".join(parts))
    assert Corpus(path).words() == ["to", "be", "or", "not"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xfd7zXZ\0",
        lzma.compress(b"to be")[:-1],
        lzma.compress(b"to be") + b"garbage",
        # The header of an older format announces a dictionary of 4 GB.
        b"\x5d\xff\xff\xff\xff" + b"\xff" * 90,
        lzma.compress(
            b"to be", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
        ),
    ],
)
def test_damaged_xz_files_are_errors(tmp_path, data):
    path = tmp_path / "text.xz"
    path.write_bytes(data)
    with pytest.raises((OSError, ValueError), match=r"text.xz"):
        Corpus(path)
