"""Raw files, as standard output is with PYTHONUNBUFFERED=1, get every byte."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import KeyedVectors

PACKAGE = str(Path(w2vfast.__file__).parents[1])
FORMATS = ["word2vec-binary", "word2vec-text", "glove", "w2v", "npz"]


class Slow(io.RawIOBase):
    """Writes at most 1,000 bytes at a call."""

    def __init__(self):
        self.content = bytearray()

    def writable(self):
        return True

    def write(self, data):
        part = bytes(data)[:1000]
        self.content += part
        return len(part)


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(800, 40)).astype(np.float32)
    return KeyedVectors([f"w{i}" for i in range(800)], vectors)


@pytest.mark.parametrize("name", FORMATS)
def test_partial_writes_are_continued(wv, name):
    whole, slow = io.BytesIO(), Slow()
    wv.save(whole, format=name)
    wv.save(slow, format=name)
    loaded = KeyedVectors.load(io.BytesIO(bytes(slow.content)), format=name)
    assert loaded.vectors.tobytes() == wv.vectors.tobytes()
    if name != "npz":  # which is written differently if it cannot seek
        assert slow.content == whole.getvalue()


def test_a_full_file_that_does_not_block_is_an_error(wv):
    class Full(Slow):
        def write(self, data):
            return None if len(self.content) > 5000 else super().write(data)

    with pytest.raises(BlockingIOError, match="expected a file that waits"):
        wv.save(Full(), format="glove")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other errors")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_convert_reports_a_reader_that_left(wv, tmp_path, unbuffered):
    wv.save(tmp_path / "v.bin")
    command = [sys.executable, "-P", "-m", "w2vfast", "convert", "v.bin", "-"]
    process = subprocess.Popen(
        [*command, "--to", "glove"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": PACKAGE, "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.read(2) == b"w0"
    process.stdout.close()  # more than a pipe holds is still to come
    assert process.stderr.read() == b""
    assert process.wait() == 141
    process.stderr.close()
