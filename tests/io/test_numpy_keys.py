"""NumPy's .npz files: ours in NumPy, those made by hand in ours, and bad ones."""

import io

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors

VECTORS = np.arange(6, dtype=np.float32).reshape(2, 3)
KEYS = np.frombuffer(b"abc", np.uint8)
OFFSETS = np.array([0, 1, 3])


def test_numpy_reads_the_file(tmp_path):
    wv = KeyedVectors(["new york", "é\0"], VECTORS, np.array([2, 1]))
    wv.save(tmp_path / "v.npz")
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert arrays["vectors"].tolist() == VECTORS.tolist()
        assert arrays["counts"].tolist() == [2, 1]
        start, end = arrays["key_offsets"][1:]
        assert arrays["keys"][start:end].tobytes().decode() == "é\0"
    loaded = KeyedVectors.load(tmp_path / "v.npz")
    assert loaded.index_to_key == ["new york", "é\0"]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_files_made_by_hand_are_read(tmp_path, save):
    vectors = np.asfortranarray(VECTORS, dtype=float)
    save(tmp_path / "v.npz", vectors=vectors, keys=np.array(["a", "bé"]))
    wv = KeyedVectors.load(tmp_path / "v.npz")
    assert wv.index_to_key == ["a", "bé"]
    assert wv.vectors.tolist() == VECTORS.tolist()


def test_equal_vectors_give_equal_files(tmp_path):
    wv = KeyedVectors(["a", "b"], VECTORS)
    for name in ("v.npz.gz", "w.npz.gz"):
        wv.save(tmp_path / name)
    assert (tmp_path / "v.npz.gz").read_bytes() == (tmp_path / "w.npz.gz").read_bytes()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"keys": KEYS}, "expected the arrays 'vectors' and 'keys'"),
        ({"vectors": VECTORS, "keys": KEYS}, "'key_offsets' is missing"),
        ({"vectors": VECTORS[0], "keys": KEYS, "key_offsets": OFFSETS}, "of shape"),
        ({"vectors": VECTORS, "keys": KEYS, "key_offsets": OFFSETS[:2]}, "offsets"),
        ({"vectors": VECTORS > 1, "keys": KEYS, "key_offsets": OFFSETS}, "is bool"),
        ({"vectors": VECTORS, "keys": np.array(["a", 1], object)}, "Python objects"),
        ({"vectors": VECTORS, "keys": np.array(["a"])}, r"\(1 key\) and"),
        (
            {"vectors": VECTORS, "keys": np.array(["a", "b"]), "counts": VECTORS},
            "counts",
        ),
    ],
)
def test_bad_arrays_are_rejected(tmp_path, arrays, message):
    np.savez(tmp_path / "v.npz", **arrays)
    with pytest.raises(ValueError, match=message) as caught:
        KeyedVectors.load(tmp_path / "v.npz")
    assert "v.npz" in str(caught.value)


def test_a_header_that_promises_too_much_allocates_nothing(tmp_path):
    file = io.BytesIO()
    np.savez(file, vectors=VECTORS, keys=np.array(["a", "b"]))
    data = file.getvalue().replace(b"(2, 3)", b"(2, 9)")
    (tmp_path / "v.npz").write_bytes(data)
    with pytest.raises(ValueError, match=r"v\.npz"):
        KeyedVectors.load(tmp_path / "v.npz")
