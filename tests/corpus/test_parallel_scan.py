"""Threads that scan a file: an error in one stops all."""

import pytest

from w2vfast.corpus import growable
from w2vfast.corpus.corpus import Corpus


class BoomError(Exception):
    pass


@pytest.mark.usefixtures("threads_end")
def test_error_in_one_thread_stops_all(tmp_path, monkeypatch):
    path = tmp_path / "text.txt"
    path.write_bytes(b"some words and more\n" * 1000)
    calls = iter(range(100_000))

    def copy(self, part):
        if next(calls) == 7:
            raise BoomError
        return part.copy()

    monkeypatch.setattr(growable.ArrayPool, "copy", copy)
    with pytest.raises(BoomError):
        Corpus(path, 3, _chunk_bytes=100, memory_limit=100)
