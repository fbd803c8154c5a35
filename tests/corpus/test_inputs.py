import bz2
import gzip
import importlib.util
import io
import lzma
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.reader import FileChunks

LINES = [["Der", "größte", "Hund", "der"], ["Welt"], ["der", "Hund"]] * 40
TEXT = "\n".join(" ".join(line) for line in LINES).encode()


def zstd(data):
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


PACKERS = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd
}  # fmt: skip


def facts(corpus):
    return (
        corpus.ids.tolist(),
        corpus.offsets.tolist(),
        corpus.counts.tolist(),
        corpus.words(),
    )


EXPECTED = facts(Corpus(LINES))


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    return path


def test_paths(text):
    for source in (text, str(text), [text], (str(text),)):
        assert facts(Corpus(source)) == EXPECTED


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("chunk", [1, 7, 100, 1 << 20])
def test_compressed_files(tmp_path, suffix, chunk):
    path = tmp_path / f"text.{suffix.upper() if chunk == 7 else suffix}"
    pack = PACKERS[suffix]
    half = TEXT.index(b" ", len(TEXT) // 2) + 3
    path.write_bytes(pack(TEXT[:half]) + pack(TEXT[half:]))  # two frames or members
    for workers in (1, 3):
        assert facts(Corpus(path, workers, _chunk_bytes=chunk)) == EXPECTED
    if chunk > 1:
        chunks = FileChunks([path], chunk)
        costs = [chunk.size_on_disk for chunk in iter(chunks.take, None)]
        assert sum(costs) <= chunks.total


@pytest.mark.parametrize("suffix", PACKERS)
def test_damaged_compressed_files(tmp_path, suffix):
    path = tmp_path / f"text.{suffix}"
    whole = PACKERS[suffix](os.urandom(300_000).hex().encode())
    for data in (whole[:-50], whole[: len(whole) // 2], b"plain text", whole[:3]):
        path.write_bytes(data)
        with pytest.raises(OSError, match=f"text.{suffix} cannot be read"):
            Corpus(path, 2, _chunk_bytes=1 << 16)


@pytest.mark.skipif(
    importlib.util.find_spec("compression") is not None, reason="Python has it"
)
def test_zst_without_its_package(tmp_path, monkeypatch):
    path = tmp_path / "text.zst"
    path.write_bytes(zstd(TEXT))
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(ImportError, match="pip install zstandard"):
        Corpus(path)


def test_directories(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    files = {
        "b/2.txt": "two",
        "a.txt": "one",
        "c.gz": "three",
        ".hid": "x",
        ".git/y": "y",
    }
    for name, word in files.items():
        data = word.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if "gz" in name else data)
    corpus = Corpus(tmp_path)
    assert corpus.words() == ["one", "two", "three"]
    assert corpus.offsets.tolist() == [0, 1, 2, 3]
    assert Corpus([tmp_path / "b", tmp_path / "a.txt"]).words() == ["two", "one"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty has no files"):
        Corpus(tmp_path / "empty")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_named_pipes(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[TEXT])
    writer.start()
    assert facts(Corpus(pipe, 2, _chunk_bytes=50)) == EXPECTED
    writer.join()


@pytest.mark.parametrize("suffix", ["txt", "gz"])
@pytest.mark.parametrize("chunk", [1, 2, 5, 1 << 20])
def test_byte_order_marks(tmp_path, suffix, chunk):
    path = tmp_path / f"text.{suffix}"

    def write(data):
        path.write_bytes(gzip.compress(data) if suffix == "gz" else data)

    for text in (b"word\nnext", b"\nnext", b" word"):
        write(b"\xef\xbb\xbf" + text)
        assert Corpus(path, 2, _chunk_bytes=chunk).words() == text.decode().split()
    for encoding in ("utf-16", "utf-32"):
        write("some words".encode(encoding))
        with pytest.raises(ValueError, match="convert it to UTF-8"):
            Corpus(path, 2, _chunk_bytes=chunk)


def test_a_file_that_shrinks_is_an_error(text):
    chunks = FileChunks([text], 100)
    first, second = chunks.take(), chunks.take()
    text.write_bytes(TEXT[:150])
    buffer = np.empty(1000, np.uint8)
    assert first.read(buffer).tobytes().startswith(TEXT[:100])
    with pytest.raises(OSError, match="shorter"):
        second.read(buffer)


# -- token lists


def as_arrow():
    return pytest.importorskip("pyarrow").array(LINES)


def as_arrow_chunks():
    return pytest.importorskip("pyarrow").chunked_array([LINES[:7], LINES[7:]])


def as_polars():
    return pytest.importorskip("polars").Series(LINES)


def as_pandas():
    return pytest.importorskip("pandas").Series(LINES)


@pytest.mark.parametrize(
    "make",
    [
        lambda: LINES,
        lambda: tuple(map(tuple, LINES)),
        lambda: iter(LINES),
        lambda: (line for line in LINES),
        lambda: (iter(line) for line in LINES),
        lambda: [np.array(line) for line in LINES],
        lambda: [np.array(line, object) for line in LINES],
        lambda: np.array([*LINES, None], object)[:-1],
        lambda: dict(enumerate(LINES)).values(),
        as_arrow,
        as_arrow_chunks,
        as_polars,
        as_pandas,
    ],
)
def test_iterables(make):
    corpus = Corpus(make(), 2)
    assert facts(corpus) == EXPECTED
    assert {type(word) for word in corpus.words()} == {str}


# -- what is no corpus


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("no such file", FileNotFoundError, "raw text is not accepted.*token lists"),
        ("raw text " * 1000, FileNotFoundError, "raw text is not accepted"),
        ("", FileNotFoundError, "raw text is not accepted"),
        ("nul\0nul", FileNotFoundError, "raw text is not accepted"),
        (Path("missing.txt"), FileNotFoundError, "missing.txt"),
        (["some words", "more words"], TypeError, r"line.split\(\) for line in lines"),
        ([Path("missing.txt")], FileNotFoundError, "missing.txt"),
        ([__file__, "missing"], FileNotFoundError, "no such file: 'missing'$"),
        ([__file__, ["a"]], TypeError, "item 1 is a list, another a path"),
        ([["a"], "b"], TypeError, "item 0 is a list, another a path or text"),
        ([], ValueError, "corpus is empty"),
        ([[], []], ValueError, "corpus is empty"),
        (iter([]), ValueError, "corpus is empty"),
        ((line for line in ["a b"]), TypeError, "sentence 0 is a str .'a b'"),
        (iter([["a"], b"b"]), TypeError, "sentence 1 is a bytes"),
        (np.array(["a b", "c"]), TypeError, "sentence 0 is a str"),
        (iter([["a"], {"b"}]), TypeError, "sentence 1 is a set"),
        ({"a": 1}, TypeError, "the corpus is a dict"),
        ({"a"}, TypeError, "the corpus is a set"),
        (b"some words", TypeError, "the corpus is a bytes"),
        (5, TypeError, "the corpus is a int"),
        (None, TypeError, "the corpus is a NoneType"),
        (io.StringIO("text"), TypeError, "give its path"),
        (np.arange(5), TypeError, "from_ids"),
        ([["a", 5]], TypeError, "sentence 0: the token 5 is a int"),
        ([["a"], ["b", None]], TypeError, "sentence 1: the token None"),
        ([["a", float("nan")]], TypeError, "the token nan is a float"),
        ([["a", b"b"]], TypeError, "the token b'b' is a bytes"),
        ([["a", ["b"]]], TypeError, "sentence 0: .*unhashable.*'list'"),
        ([["a"], 5], TypeError, "sentence 1: 'int' object is not iterable"),
        ([["a"], None], TypeError, "sentence 1: 'NoneType'"),
    ],
)
def test_errors_say_what_was_expected(source, error, message):
    with pytest.raises(error, match=message):
        Corpus(source)


def test_open_files_and_tables_are_refused(text):
    with text.open() as file, pytest.raises(TypeError, match="give its path"):
        Corpus(file)
    for name in ("pandas", "polars"):
        frame = pytest.importorskip(name).DataFrame({"words": LINES})
        with pytest.raises(TypeError, match="give one column"):
            Corpus(frame)
        assert facts(Corpus(frame["words"])) == EXPECTED


def test_null_sentences_are_refused():
    with pytest.raises(TypeError, match="sentence 1"):
        Corpus(pytest.importorskip("pyarrow").array([["a"], None]))


@pytest.mark.parametrize("data", [b"", b"  \n\t \n", b"\xef\xbb\xbf", b"\n"])
def test_files_without_words(tmp_path, data):
    path = tmp_path / "text.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="corpus is empty"):
        Corpus(path, 2)
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress(data))
    with pytest.raises(ValueError, match="corpus is empty"):
        Corpus(path, 2)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all"
)
def test_unreadable_files(text):
    text.chmod(0)
    with pytest.raises(PermissionError):
        Corpus(text)
