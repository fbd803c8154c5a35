"""The budget of a corpus: words that exceed it are an error with numbers."""

import re

import pytest

from w2vfast import Corpus
from w2vfast.runtime import memory


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kind", ["file", "lists"])
def test_words_beyond_the_limit_are_an_error(tmp_path, monkeypatch, workers, kind):
    monkeypatch.setattr(memory, "LEAST_FOR_WORDS", 1 << 16)
    lines = [[f"word{n}" for n in range(i, i + 100)] for i in range(0, 20_000, 100)]
    path = tmp_path / "text"
    path.write_text("\n".join(" ".join(line) for line in lines))
    source = path if kind == "file" else lines
    message = (
        r"distinct words so far need about [0-9.]+ GB, more than memory_limit=9 bytes"
    )
    with pytest.raises(MemoryError, match=message) as caught:
        Corpus(source, workers, memory_limit=9, _chunk_bytes=10_000)
    words = int(re.match(r"[\d,]+", str(caught.value))[0].replace(",", ""))
    assert 0 < words <= 20_000
    assert len(Corpus(source, workers, memory_limit=10**8).counts) == 20_000


def test_few_words_are_allowed_whatever_the_limit(tmp_path):
    (tmp_path / "text").write_text("to be or not to be\n")
    assert len(Corpus(tmp_path / "text", memory_limit=0).counts) == 4
