"""Arrays that spill to a temporary file leave no file behind."""

import gc
import tempfile
from pathlib import Path

import pytest

from w2vfast.corpus.corpus import Corpus


class BoomError(Exception):
    pass


def failing():
    for _ in range(50):
        yield ["some", "words"] * 50
    raise BoomError


def open_temporaries():
    """Return the temporary files that this process holds open."""
    links = Path("/proc/self/fd").iterdir()
    names = [str(link.readlink()) for link in links if link.exists()]
    return [name for name in names if name.startswith(tempfile.gettempdir())]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
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
        assert str(tmp_path) in maps  # the ids did spill
        assert list(tmp_path.iterdir()) == []
        corpus.close()
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()
    assert open_temporaries() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_error_names_tmpdir(monkeypatch):
    def full(buffering, dir):
        return Path("/dev/full").open("r+b", buffering=buffering)

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(OSError, match="TMPDIR"):
        Corpus([["a", "b"]], memory_limit=0)
