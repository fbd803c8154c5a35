"""Every format, compressed or not, from paths, open files and URLs, both ways."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.files.decompression import SIGNATURES
from w2vfast.keyedvectors import KeyedVectors

COMPRESSIONS = ["", ".gz", ".bz2", ".xz", ".zst"]
SUFFIXES = {
    ".bin": "word2vec-binary",
    ".txt": "word2vec-text",
    ".vec": "word2vec-text",
    ".w2v": "w2v",
    ".npz": "npz",
}
ALL_FORMATS = sorted({*SUFFIXES.values(), "glove"})


def need(compression):
    if compression == ".zst":
        try:
            import compression.zstd
        except ImportError:
            pytest.importorskip("zstandard")


@pytest.fixture(scope="module")
def wv():
    rng = np.random.default_rng(0)
    keys = ["the", "café", "日本", "a\u00a0b", "x" * 500, *map(str, range(60))]
    vectors = rng.normal(size=(len(keys), 7)).astype(np.float32)
    return KeyedVectors(keys, vectors, np.arange(len(keys))[::-1])


def same(a, b):
    assert a.index_to_key == b.index_to_key
    assert a.vectors.tobytes() == b.vectors.tobytes()
    assert a.vectors.dtype == np.float32


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_paths(wv, tmp_path, suffix, compression):
    need(compression)
    path = tmp_path / f"v{suffix}{compression}"
    wv.save(path)
    same(KeyedVectors.load(path), wv)
    start = path.read_bytes()[:10]
    found = [s for b, s in SIGNATURES.items() if start.startswith(b)]
    assert found == ([compression] if compression else [])
    limited = KeyedVectors.load(path, limit=3)
    assert limited.index_to_key == wv.index_to_key[:3]
    assert limited.vectors.tobytes() == wv.vectors[:3].tobytes()
    if suffix in (".w2v", ".npz"):
        assert KeyedVectors.load(path).counts.tolist() == wv.counts.tolist()
        assert limited.counts.tolist() == wv.counts[:3].tolist()


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("binary", [True, False])
def test_word2vec_format_compresses_by_the_suffix(wv, tmp_path, binary, compression):
    need(compression)
    path = tmp_path / f"v.any{compression}"
    wv.save_word2vec_format(path, binary)
    assert (path.read_bytes()[:3] == b"65 ") == (not compression)
    same(KeyedVectors.load_word2vec_format(path), wv)


@pytest.mark.parametrize("format", ALL_FORMATS)
def test_open_files(wv, tmp_path, format):
    file = io.BytesIO()
    wv.save(file, format=format)
    for source in (io.BytesIO(file.getvalue()), _Pipe(file.getvalue())):
        same(KeyedVectors.load(source), wv)
    (tmp_path / "v").write_bytes(file.getvalue())
    with (tmp_path / "v").open("rb") as source:
        same(KeyedVectors.load(source), wv)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_compressed_streams_without_a_name(wv, tmp_path, suffix, compression):
    need(compression)
    path = tmp_path / f"v{suffix}{compression}"
    wv.save(path)
    same(KeyedVectors.load(_Pipe(path.read_bytes())), wv)


class _Pipe(io.RawIOBase):
    """A stream that gives few bytes at a time and cannot seek."""

    def __init__(self, data):
        self._data = data

    def readable(self):
        return True

    def readinto(self, buffer):
        part = self._data[: min(len(buffer), 1000)]
        self._data = self._data[len(part) :]
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize("name", ["v.bin", "v.vec.gz", "v.w2v", "v.npz"])
def test_urls(wv, name):
    pytest.importorskip("fsspec")
    wv.save(f"memory://w2vfast/{name}")
    same(KeyedVectors.load(f"memory://w2vfast/{name}"), wv)
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load(f"memory://w2vfast/no-{name}")


@pytest.mark.parametrize(
    "url, extra", [("https://a/v.bin", "fsspec"), ("s3://b/v.bin", "s3")]
)
def test_a_url_without_fsspec_names_the_extra(wv, monkeypatch, url, extra):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(ImportError, match=rf"pip install 'w2vfast\[{extra}\]'"):
        KeyedVectors.load(url)


def test_a_failed_write_to_a_url_leaves_the_old_file():
    fsspec = pytest.importorskip("fsspec")
    url = "memory://w2vfast/old.bin"
    with fsspec.open(url, "wb") as file:
        file.write(b"old")
    with pytest.raises(ValueError, match=r"\.w2v"):
        KeyedVectors(["new york"], np.ones((1, 2))).save(url)
    with fsspec.open(url, "rb") as file:
        assert file.read() == b"old"


def test_an_open_text_file_is_rejected(wv, tmp_path):
    wv.save(tmp_path / "v.txt")
    file = io.StringIO((tmp_path / "v.txt").read_text(encoding="utf-8"))
    with pytest.raises(TypeError, match="mode 'rb'"):
        KeyedVectors.load(file)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("length", [1, 70_000, 3_000_000])
def test_tokens_of_any_length(tmp_path, suffix, length):
    keys = ["a", "x" * length, "b"]
    wv = KeyedVectors(keys, np.arange(6, dtype=np.float32).reshape(3, 2))
    wv.save(tmp_path / f"v{suffix}")
    same(KeyedVectors.load(tmp_path / f"v{suffix}"), wv)
    first = KeyedVectors(keys[1:], wv.vectors[1:])
    first.save(tmp_path / f"first{suffix}")
    same(KeyedVectors.load(tmp_path / f"first{suffix}"), first)


@pytest.fixture(scope="module")
def files(wv, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    small = KeyedVectors(["a", "bé", "c"], wv.vectors[:3, :4], np.array([3, 2, 1]))
    names = ["v.bin", "v.txt", "v.w2v", "v.npz", "v.bin.gz", "v.txt.xz", "v.npz.bz2"]
    for name in names:
        small.save(folder / name)
    return folder, {name: (folder / name).read_bytes() for name in names}


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_damaged_files_raise_or_give_finite_vectors(files, data):
    folder, contents = files
    name = data.draw(st.sampled_from(sorted(contents)))
    content = bytearray(contents[name])
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position] ^= 1 << data.draw(st.integers(0, 7))
    content = content[: data.draw(st.integers(1, len(content)))]
    Path(folder, name).write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            loaded = KeyedVectors.load(folder / name)
        except (ValueError, OSError) as error:
            assert name in str(error)
        else:
            assert np.isfinite(loaded.vectors).all()
            assert len(loaded.index_to_key) == len(loaded.vectors)
