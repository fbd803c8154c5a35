"""What counts as a corpus: paths, folders, iterables; and errors for the rest."""

import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from w2vfast.corpus.corpus import Corpus


def test_paths_may_be_strings_and_lists(text, contents, expected):
    for source in (text, str(text), [text], (str(text),)):
        assert contents(Corpus(source)) == expected


def test_folders_are_read_in_order_without_hidden_files(tmp_path):
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


# Token lists


def as_arrow(lines):
    return pytest.importorskip("pyarrow").array(lines)


def as_arrow_chunks(lines):
    return pytest.importorskip("pyarrow").chunked_array([lines[:7], lines[7:]])


def as_polars(lines):
    return pytest.importorskip("polars").Series(lines)


def as_pandas(lines):
    return pytest.importorskip("pandas").Series(lines)


@pytest.mark.parametrize(
    "make",
    [
        list,
        lambda lines: tuple(map(tuple, lines)),
        iter,
        lambda lines: (line for line in lines),
        lambda lines: (iter(line) for line in lines),
        lambda lines: [np.array(line) for line in lines],
        lambda lines: [np.array(line, object) for line in lines],
        lambda lines: np.array([*lines, None], object)[:-1],
        lambda lines: dict(enumerate(lines)).values(),
        as_arrow,
        as_arrow_chunks,
        as_polars,
        as_pandas,
    ],
)
def test_any_iterable_of_token_lists_is_a_corpus(make, lines, contents, expected):
    corpus = Corpus(make(lines), 2)
    assert contents(corpus) == expected
    assert {type(word) for word in corpus.words()} == {str}


# Errors


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("no such file", FileNotFoundError, "raw text is not accepted.*token lists"),
        ("https://host/a.txt", FileNotFoundError, "reads files only: download it, or"),
        (["s3://host/a.txt"], FileNotFoundError, r"w2vfast\.distributed\.train, which"),
        ("raw text " * 1000, FileNotFoundError, "raw text is not accepted"),
        ("", FileNotFoundError, "raw text is not accepted"),
        ("nul\0nul", FileNotFoundError, "raw text is not accepted"),
        (Path("missing.txt"), FileNotFoundError, "missing.txt"),
        (["some words", "more words"], TypeError, r"line.split\(\) for line in lines"),
        ([Path("missing.txt")], FileNotFoundError, "missing.txt"),
        (
            [__file__, "missing"],
            FileNotFoundError,
            "no such file: 'missing'; a list of str is a",
        ),
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
        (5, TypeError, "the corpus is an int"),
        (None, TypeError, "the corpus is a NoneType"),
        (io.StringIO("text"), TypeError, "give its path"),
        (np.arange(5), TypeError, "from_ids"),
        ([["a", 5]], TypeError, "sentence 0: the token 5 is an int"),
        ([["a"], ["b", None]], TypeError, "sentence 1: the token None"),
        ([["a", float("nan")]], TypeError, "the token nan is a float"),
        ([["a", b"b"]], TypeError, "the token b'b' is a bytes"),
        (
            [["a", ["b"]]],
            TypeError,
            r"sentence 0: the token \['b'\] is a list.* nested",
        ),
        ([["a"], 5], TypeError, "sentence 1 is an int"),
        ([["a"], None], TypeError, "sentence 1 is a NoneType .* missing"),
    ],
)
def test_bad_sources_are_errors(source, error, message):
    with pytest.raises(error, match=message):
        Corpus(source)


def test_open_text_files_are_errors(text):
    with text.open() as file, pytest.raises(TypeError, match="give its path"):
        Corpus(file)


def test_null_sentences_are_errors():
    with pytest.raises(TypeError, match="sentence 1"):
        Corpus(pytest.importorskip("pyarrow").array([["a"], None]))
