"""Files in chunks: named pipes, byte order marks, files that change or are empty."""

import gzip
import os
import threading

import numpy as np
import pytest

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.reader import FileChunks


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_named_pipes_are_read(text, contents, expected, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[text.read_bytes()])
    writer.start()
    assert contents(Corpus(pipe, 2, _chunk_bytes=50)) == expected
    writer.join()


@pytest.mark.parametrize("suffix", ["txt", "gz"])
@pytest.mark.parametrize("chunk", [1, 2, 5, 1 << 20])
def test_utf8_byte_order_marks_are_skipped_others_are_errors(tmp_path, suffix, chunk):
    path = tmp_path / f"text.{suffix}"

    def write(data):
        path.write_bytes(gzip.compress(data) if suffix == "gz" else data)

    for data in (b"word\nnext", b"\nnext", b" word"):
        write(b"\xef\xbb\xbf" + data)
        assert Corpus(path, 2, _chunk_bytes=chunk).words() == data.decode().split()
    for encoding in ("utf-16", "utf-32"):
        write("some words".encode(encoding))
        with pytest.raises(ValueError, match=f"text; pass encoding='{encoding}'"):
            Corpus(path, 2, _chunk_bytes=chunk)
        corpus = Corpus(path, 2, encoding=encoding, _chunk_bytes=chunk)
        assert corpus.words() == ["some", "words"]


def test_file_that_becomes_shorter_is_an_error(text):
    data = text.read_bytes()
    chunks = FileChunks([text], 100)
    first, second = chunks.take(), chunks.take()
    text.write_bytes(data[:150])
    buffer = np.empty(1000, np.uint8)
    assert first.read(buffer).tobytes().startswith(data[:100])
    with pytest.raises(OSError, match="shorter"):
        second.read(buffer)


@pytest.mark.parametrize("data", [b"", b"  \n\t \n", b"\xef\xbb\xbf", b"\n"])
def test_files_without_words_are_empty_corpora(tmp_path, data):
    path = tmp_path / "text.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="corpus is empty"):
        Corpus(path, 2)
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress(data))
    with pytest.raises(ValueError, match="corpus is empty"):
        Corpus(path, 2)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file"
)
def test_unreadable_file_is_an_error(text):
    text.chmod(0)
    with pytest.raises(PermissionError):
        Corpus(text)
