"""Errors midway, and what is left behind: no thread, no file."""

import gc
import tempfile
import threading
from pathlib import Path

import pytest

from w2vfast.corpus import growable
from w2vfast.corpus.corpus import Corpus


class BoomError(Exception):
    pass


def failing():
    for _ in range(50):
        yield ["some", "words"] * 50
    raise BoomError


def test_errors_of_an_iterator_come_out_as_they_are():
    with pytest.raises(BoomError):
        Corpus(failing())


def test_errors_of_one_thread_stop_all(tmp_path, monkeypatch):
    path = tmp_path / "text.txt"
    path.write_bytes(b"some words and more\n" * 1000)
    calls = iter(range(100_000))

    def copy(self, part):
        if next(calls) == 7:
            raise BoomError
        return part.copy()

    monkeypatch.setattr(growable.ArrayPool, "copy", copy)
    before = threading.active_count()
    with pytest.raises(BoomError):
        Corpus(path, 3, _chunk_bytes=100, memory_limit=100)
    assert threading.active_count() == before


def open_temporaries():
    links = Path("/proc/self/fd").iterdir()
    names = [str(link.readlink()) for link in links if link.exists()]
    return [name for name in names if name.startswith(tempfile.gettempdir())]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
@pytest.mark.parametrize("fails", [False, True])
def test_spilling_leaves_no_file(tmp_path, monkeypatch, fails):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("w2vfast.corpus.encoder._BLOCK", 100)
    if fails:
        with pytest.raises(BoomError):
            Corpus(failing(), memory_limit=64)
    else:
        corpus = Corpus([["a", "b"] * 5000], memory_limit=64)
        maps = Path("/proc/self/maps").read_text()
        assert str(tmp_path) in maps  # so it did spill
        assert list(tmp_path.iterdir()) == []
        corpus.close()
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()
    assert open_temporaries() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error_that_says_where(monkeypatch):
    def full(buffering):
        return Path("/dev/full").open("r+b", buffering=buffering)

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(OSError, match="TMPDIR"):
        Corpus([["a", "b"]], memory_limit=0)
