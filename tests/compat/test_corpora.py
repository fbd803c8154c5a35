"""Iterables over files."""

import bz2
import gzip

import pytest

from w2vfast.compat.gensim import LineSentence, PathLineSentences, Text8Corpus


def test_line_sentence(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a b\u3000c\n\nd e f g\n", encoding="utf-8")
    sentences = LineSentence(str(path), max_sentence_length=3)
    assert list(sentences) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
    assert list(sentences) == list(sentences)
    assert list(LineSentence(path, limit=1)) == [["a", "b", "c"]]
    with path.open("rb") as file:
        assert list(LineSentence(file)) == list(LineSentence(file))


@pytest.mark.parametrize(
    ("suffix", "open_file"), [(".gz", gzip.open), (".bz2", bz2.open)]
)
def test_compressed_lines(tmp_path, suffix, open_file):
    path = tmp_path / f"a.txt{suffix}"
    with open_file(path, "wt") as file:
        file.write("a b\nc\n")
    assert list(LineSentence(path)) == [["a", "b"], ["c"]]


def test_path_line_sentences(tmp_path):
    (tmp_path / "2.txt").write_text("c d\n")
    (tmp_path / "1.txt").write_text("a b\n")
    (tmp_path / "folder").mkdir()
    assert list(PathLineSentences(tmp_path)) == [["a", "b"], ["c", "d"]]
    assert list(PathLineSentences(tmp_path / "1.txt")) == [["a", "b"]]
    with pytest.raises(ValueError, match="neither"):
        PathLineSentences(tmp_path / "missing")


def test_text8(tmp_path):
    path = tmp_path / "text8"
    path.write_text("a b c d e")
    assert list(Text8Corpus(str(path), 2)) == [["a", "b"], ["c", "d"], ["e"]]
