"""Save and load vectors in the format that the suffix names."""

import os

import numpy as np
import pytest

from w2vfast.io.key_encoding import pack_keys
from w2vfast.io.safetensors_file import write_safetensors
from w2vfast.keyedvectors import KeyedVectors


def numbered_words(n):
    return [f"w{i}" for i in range(n)]


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    return KeyedVectors(
        numbered_words(500), rng.normal(size=(500, 12)).astype(np.float32)
    )


@pytest.mark.parametrize("suffix", [".bin", ".txt", ".vec", ".w2v", ".BIN"])
def test_save_then_load_gives_the_same_words_vectors_and_counts(wv, tmp_path, suffix):
    wv.counts = np.arange(500)[::-1].copy()
    wv.save(tmp_path / f"v{suffix}")
    loaded = KeyedVectors.load(os.fspath(tmp_path / f"v{suffix}"))
    assert loaded.index_to_key == wv.index_to_key
    assert loaded.vectors.tobytes() == wv.vectors.tobytes()
    assert (loaded.counts is None) == (suffix != ".w2v")
    if loaded.counts is not None:
        assert loaded.counts.tolist() == wv.counts.tolist()
        assert loaded.counts.dtype == np.int64


def test_word2vec_format_is_read_whether_or_not_binary_is_given(wv, tmp_path):
    for binary in (True, False):
        wv.save_word2vec_format(tmp_path / "v", binary=binary)
        for given in (binary, None):
            loaded = KeyedVectors.load_word2vec_format(tmp_path / "v", binary=given)
            assert loaded.vectors.tobytes() == wv.vectors.tobytes()
        loaded = KeyedVectors.load_word2vec_format(tmp_path / "v", limit=3)
        assert loaded.index_to_key == ["w0", "w1", "w2"]


def test_w2v_stores_any_word(tmp_path):
    keys = ["", "new york", "a\nb", "\udcff", "caf\u00e9", "\0"]
    wv = KeyedVectors(keys, np.ones((6, 2)))
    wv.save(tmp_path / "v.w2v")
    assert KeyedVectors.load(tmp_path / "v.w2v").index_to_key == keys
    with pytest.raises(ValueError, match=r"\.w2v"):
        wv.save(tmp_path / "v.bin")
    assert not (tmp_path / "v.bin").exists()


def test_load_reads_the_vectors_of_a_model_file(wv, tmp_path):
    key_bytes, offsets = pack_keys(wv.index_to_key)
    tensors = {
        "centre": wv.vectors, "keys": key_bytes, "key_offsets": offsets,
        "outside": wv.vectors, "loss_history": np.ones(3),
    }  # fmt: skip
    write_safetensors(tmp_path / "m.w2v", tensors, {"parameters": '{"alpha": 1}'})
    loaded = KeyedVectors.load(tmp_path / "m.w2v")
    assert loaded.vectors.tobytes() == wv.vectors.tobytes()
    assert loaded.index_to_key == wv.index_to_key


def test_w2v_files_with_missing_or_inconsistent_tensors_are_rejected(tmp_path):
    path = tmp_path / "m.w2v"
    key_bytes, offsets = pack_keys(["a", "b"])
    complete = {
        "centre": np.ones((2, 3), np.float32), "keys": key_bytes, "key_offsets": offsets
    }  # fmt: skip
    for name in complete:
        write_safetensors(path, {k: v for k, v in complete.items() if k != name})
        with pytest.raises(ValueError, match=f"'{name}' is missing"):
            KeyedVectors.load(path)
    for change, message in [
        ({"centre": np.ones((3, 3), np.float32)}, "2 keys"),
        ({"centre": np.ones(2, np.float32)}, "shape"),
        ({"centre": np.ones((2, 3), np.float64)}, "float64"),
        ({"centre": np.ones((2, 3), np.int32)}, "int32"),
        ({"keys": key_bytes[:1]}, "offsets"),
        ({"keys": np.frombuffer(b"aa", np.uint8)}, "duplicate key 'a'"),
        ({"counts": np.ones(3, np.int64)}, "counts"),
        ({"counts": np.ones(2, np.float32)}, "counts"),
    ]:
        write_safetensors(path, complete | change)
        with pytest.raises(ValueError, match=message) as caught:
            KeyedVectors.load(path)
        assert str(path) in str(caught.value)


def test_unknown_suffixes_are_rejected(wv, tmp_path):
    for name in ("v", "v.npy", "v.gz", "v.zip.gz"):
        with pytest.raises(ValueError, match="suffix"):
            wv.save(tmp_path / name)
        with pytest.raises(ValueError, match="suffix"):
            KeyedVectors.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load(tmp_path / "absent.bin")


def test_errors_about_content_name_the_file_and_the_word(tmp_path):
    path = tmp_path / "v.txt"
    for text, message in [
        ("2 1\na 1\nb nan\n", "vector of 'b'"),
        ("2 1\na 1\nb -inf\n", "vector of 'b'"),
        ("2 1\na 1\nb 1e60\n", "vector of 'b'"),
        ("2 1\na 1\na 2\n", "duplicate key 'a'"),
    ]:
        path.write_text(text)
        with pytest.raises(ValueError, match=message) as caught:
            KeyedVectors.load(path)
        assert str(path) in str(caught.value)
