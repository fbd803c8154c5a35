import os

import numpy as np
import pytest

from w2vfast.io.key_encoding import pack_keys
from w2vfast.io.safetensors_file import write_native
from w2vfast.keyedvectors import KeyedVectors


def words(number):
    return [f"w{i}" for i in range(number)]


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    return KeyedVectors(words(500), rng.normal(size=(500, 12)).astype(np.float32))


@pytest.mark.parametrize("suffix", [".bin", ".txt", ".vec", ".w2v", ".BIN"])
def test_save_and_load(wv, tmp_path, suffix):
    wv.counts = np.arange(500)[::-1].copy()
    wv.save(tmp_path / f"v{suffix}")
    again = KeyedVectors.load(os.fspath(tmp_path / f"v{suffix}"))
    assert again.index_to_key == wv.index_to_key
    assert again.vectors.tobytes() == wv.vectors.tobytes()
    assert (again.counts is None) == (suffix != ".w2v")
    if again.counts is not None:
        assert again.counts.tolist() == wv.counts.tolist()
        assert again.counts.dtype == np.int64


def test_word2vec_format(wv, tmp_path):
    for binary in (True, False):
        wv.save_word2vec_format(tmp_path / "v", binary=binary)
        for told in (binary, None):
            again = KeyedVectors.load_word2vec_format(tmp_path / "v", binary=told)
            assert again.vectors.tobytes() == wv.vectors.tobytes()
        again = KeyedVectors.load_word2vec_format(tmp_path / "v", limit=3)
        assert again.index_to_key == ["w0", "w1", "w2"]


def test_native_holds_any_word(tmp_path):
    keys = ["", "new york", "a\nb", "\udcff", "caf\u00e9", "\0"]
    wv = KeyedVectors(keys, np.ones((6, 2)))
    wv.save(tmp_path / "v.w2v")
    assert KeyedVectors.load(tmp_path / "v.w2v").index_to_key == keys
    with pytest.raises(ValueError, match=r"\.w2v"):
        wv.save(tmp_path / "v.bin")
    assert not (tmp_path / "v.bin").exists()


def test_a_whole_model_is_read(wv, tmp_path):
    blob, offsets = pack_keys(wv.index_to_key)
    tensors = {
        "centre": wv.vectors, "keys": blob, "key_offsets": offsets,
        "outside": wv.vectors, "loss_history": np.ones(3),
    }  # fmt: skip
    write_native(tmp_path / "m.w2v", tensors, {"parameters": '{"alpha": 1}'})
    again = KeyedVectors.load(tmp_path / "m.w2v")
    assert again.vectors.tobytes() == wv.vectors.tobytes()
    assert again.index_to_key == wv.index_to_key


def test_native_files_that_do_not_fit_together(tmp_path):
    path = tmp_path / "m.w2v"
    blob, offsets = pack_keys(["a", "b"])
    whole = {
        "centre": np.ones((2, 3), np.float32), "keys": blob, "key_offsets": offsets
    }  # fmt: skip
    for name in whole:
        write_native(path, {k: v for k, v in whole.items() if k != name})
        with pytest.raises(ValueError, match=f"'{name}' is missing"):
            KeyedVectors.load(path)
    for change, message in [
        ({"centre": np.ones((3, 3), np.float32)}, "2 keys"),
        ({"centre": np.ones(2, np.float32)}, "shape"),
        ({"centre": np.ones((2, 3), np.float64)}, "float64"),
        ({"centre": np.ones((2, 3), np.int32)}, "int32"),
        ({"keys": blob[:1]}, "offsets"),
        ({"keys": np.frombuffer(b"aa", np.uint8)}, "twice"),
        ({"counts": np.ones(3, np.int64)}, "counts"),
        ({"counts": np.ones(2, np.float32)}, "counts"),
    ]:
        write_native(path, whole | change)
        with pytest.raises(ValueError, match=message) as caught:
            KeyedVectors.load(path)
        assert str(path) in str(caught.value)


def test_suffixes(wv, tmp_path):
    for name in ("v", "v.npy", "v.bin.gz"):
        with pytest.raises(ValueError, match="suffix"):
            wv.save(tmp_path / name)
        with pytest.raises(ValueError, match="suffix"):
            KeyedVectors.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load(tmp_path / "absent.bin")


def test_files_with_bad_content_name_file_and_word(tmp_path):
    path = tmp_path / "v.txt"
    for text, message in [
        ("2 1\na 1\nb nan\n", "vector of 'b'"),
        ("2 1\na 1\nb -inf\n", "vector of 'b'"),
        ("2 1\na 1\nb 1e60\n", "vector of 'b'"),
        ("2 1\na 1\na 2\n", "'a' comes twice"),
    ]:
        path.write_text(text)
        with pytest.raises(ValueError, match=message) as caught:
            KeyedVectors.load(path)
        assert str(path) in str(caught.value)
