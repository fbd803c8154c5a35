"""Errors of files that are not text, and of URLs that cannot be opened."""

import gzip
from importlib import import_module

import pytest

from w2vfast import KeyedVectors
from w2vfast.corpus.content import NotTextError
from w2vfast.distributed import divide, encode_shard


@pytest.mark.parametrize("name", ["part.parquet", "part.txt"])
def test_tables_at_urls_are_refused(memory, name):
    memory.pipe(f"/tables/{name}", b"PAR1" + b"\0" * 500 + b"PAR1")
    try:
        with pytest.raises(ValueError, match=name) as caught:
            encode_shard(divide("memory://tables", 1)[0])
        assert "write its column as text, for instance: open('corpus.txt'" in str(
            caught.value
        )
        url = f"pandas.read_parquet('memory:///tables/{name}')['text']"
        assert url in str(caught.value)
    finally:
        memory.rm("/tables", recursive=True)


def test_a_local_table_is_refused(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / "x.parquet"
    pytest.importorskip("pyarrow.parquet").write_table(pa.table({"text": ["a"]}), path)
    with pytest.raises(ValueError, match=r"is a table.*read_parquet\('.*x\.parquet'\)"):
        divide(path, 2)


@pytest.mark.parametrize(
    ("name", "head", "fix"),
    [
        ("x.zip", b"PK\x03\x04", "download it, then unpack it: unzip -p x.zip >"),
        ("x.orc", b"ORC", "pandas.read_orc('memory://odd/x.orc')['text'])"),
        ("x.h5", b"\x89HDF\r\n\x1a\n", "then write its column as text, for instance: "),
        ("x.h5", b"\x89HDF\r\n\x1a\n", "pandas.read_hdf('x.h5')['text'])"),
        ("x.npy", b"\x93NUMPY", "download it, then write it as text, one sentence a "),
        ("x.npy", b"\x93NUMPY", "numpy.load('x.npy'), fmt='%s')"),
        ("x.txt", b"a b\n" * 2000 + b"\0", "if it is text, download it, then remove"),
        ("x.txt.gz", gzip.compress(b"PAR1\0"), "it, gunzip x.txt.gz, then write its"),
        ("x.txt.gz", gzip.compress(b"PAR1\0"), "pandas.read_parquet('x.txt')"),
        ("x.jpg", b"\xff\xd8\xff", "not text; download it, then recognise its text: "),
        ("x.mp3", b"ID3", "sound or video, not text; pass a transcript"),
        (
            "x.bin",
            b"3 2\n\xff \xff\xff\xff",
            "format, not text; KeyedVectors.load reads",
        ),
        ("x.gz", gzip.compress(gzip.compress(b"a")), "download it, then decompress it"),
    ],
)
def test_advice_for_files_at_urls_fits_urls(memory, name, head, fix):
    memory.pipe(f"/odd/{name}", head + b"\0" * 500 * (not name.endswith(".gz")))
    try:
        with pytest.raises(NotTextError) as caught:
            encode_shard(divide(f"memory://odd/{name}", 1)[0])
        assert fix in str(caught.value)
        assert "Corpus(" not in str(caught.value)
    finally:
        memory.rm("/odd", recursive=True)


@pytest.mark.parametrize("url", ["s3://bucket/x.txt", "file-nobody-knows://x.txt"])
def test_errors_of_a_protocol_name_the_url(monkeypatch, url):
    pytest.importorskip("fsspec", reason="URLs need fsspec")
    if is_s3 := url.startswith("s3"):
        known = {"class": "no_such_package.S3", "err": "Install s3fs to access S3"}
        registry = import_module("fsspec.registry")  # fsspec.registry is a mapping
        monkeypatch.setitem(registry.known_implementations, "s3", known)
        monkeypatch.delitem(registry._registry, "s3", raising=False)
    kind = ImportError if is_s3 else ValueError
    fix = (
        r"pip install 'w2vfast\[s3\]' for s3" if is_s3 else "expected a path, or a URL"
    )
    for read in (lambda: divide(url, 2), lambda: KeyedVectors.load(url)):
        with pytest.raises(kind, match=fix) as caught:
            read()
        assert str(caught.value).startswith(f"{url}: ")


@pytest.mark.parametrize("head", [b"ORC", b"\x93NUMPY", b"\x89HDF\r\n\x1a\n"])
def test_advice_for_local_files_fits_several_machines(tmp_path, head):
    path = tmp_path / "x.dat"
    path.write_bytes(head + b"\0" * 500)
    with pytest.raises(NotTextError, match="write it") as caught:
        encode_shard(divide(path, 1)[0])
    assert "Corpus(" not in str(caught.value)
