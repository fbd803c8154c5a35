"""Every reader and writer says what it expects if it is given no path."""

import io
from pathlib import Path

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.io.formats import write_vectors

VECTORS = KeyedVectors(["a", "b"], np.eye(2))
MODEL = Word2Vec([["sun", "moon"]] * 9, vector_size=4, min_count=1)

CALLS = {
    "load": Word2Vec.load,
    "resume": lambda path: Word2Vec.resume(path, [["sun", "moon"]]),
    "save": MODEL.save,
    "save_vectors": MODEL.save_vectors,
    "KeyedVectors.load": KeyedVectors.load,
    "KeyedVectors.save": VECTORS.save,
    "load_word2vec_format": KeyedVectors.load_word2vec_format,
    "save_word2vec_format": VECTORS.save_word2vec_format,
}


@pytest.fixture(params=CALLS)
def call(request):
    return CALLS[request.param]


@pytest.mark.parametrize("path", [None, 3, b"v.bin", [], True])
def test_another_type_is_named(call, path):
    with pytest.raises(TypeError) as info:
        call(path)
    assert str(info.value).startswith(f"{path!r}: expected ")
    assert str(info.value).endswith(f"found {type(path).__name__}")


@pytest.mark.parametrize(
    ("path", "problem"), [("", "is empty"), ("a\0b.bin", "has a NUL character")]
)
def test_an_impossible_name_is_an_error(call, path, problem):
    with pytest.raises(ValueError, match=f"the name of the file {problem}"):
        call(path)


@pytest.mark.parametrize(
    "read", [Word2Vec.load, KeyedVectors.load_word2vec_format, CALLS["resume"]]
)
def test_a_folder_is_no_file(read, tmp_path):
    with pytest.raises(IsADirectoryError) as info:
        read(tmp_path)
    assert str(info.value) == f"{tmp_path} is a folder; expected the name of a file"


def test_a_whole_model_needs_a_path():
    with pytest.raises(TypeError, match=r"expected the path of a model"):
        MODEL.save(io.BytesIO())


def test_an_open_text_file_is_no_target():
    with pytest.raises(TypeError, match="takes text; expected bytes; open it with"):
        VECTORS.save(io.StringIO(), format="w2v")


def test_a_protocol_that_cannot_write_is_named(monkeypatch):
    fsspec = pytest.importorskip("fsspec")

    class ReadOnly(fsspec.AbstractFileSystem):
        protocol = "readonly"

        def _open(self, path, mode="rb", **given):
            raise NotImplementedError

    fsspec.register_implementation("readonly", ReadOnly, clobber=True)
    url = "readonly://host/v.bin"
    with pytest.raises(OSError, match="can't write files; write to a local") as info:
        write_vectors(url, ["a"], np.ones((1, 2), np.float32))
    assert url in str(info.value)


def test_a_url_that_cannot_be_opened_is_named_with_the_reason():
    fsspec = pytest.importorskip("fsspec")

    class Unreachable(fsspec.AbstractFileSystem):
        protocol = "unreachable"

        def _open(self, path, mode="rb", **given):
            raise FileNotFoundError(path) from OSError("the host is not found")

    fsspec.register_implementation("unreachable", Unreachable, clobber=True)
    url = "unreachable://host/v.bin"
    with pytest.raises(FileNotFoundError) as info:
        KeyedVectors.load(url)
    assert str(info.value) == f"no such file: {url} (the host is not found)"


def test_paths_of_pathlib_and_text_are_the_same(tmp_path):
    for path in (tmp_path / "v.bin", str(tmp_path / "v.bin")):
        VECTORS.save(path)
        assert len(KeyedVectors.load(Path(path))) == 2
