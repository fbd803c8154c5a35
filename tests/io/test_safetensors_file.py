"""The native .w2v format: round trips, damaged files, files of other formats."""

import numpy as np
import pytest

from w2vfast.compat.gensim.persistence import read_file as gensim_read_file
from w2vfast.corpus.content import kind_of
from w2vfast.io.safetensors_file import read_safetensors, write_safetensors
from w2vfast.runtime import row_blocks


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("safetensors")


@pytest.fixture(params=[row_blocks.SIZE, 64], ids=["large blocks", "small blocks"])
def block_size(request, monkeypatch):
    monkeypatch.setattr(row_blocks, "SIZE", request.param)


def create_file(folder, data, name="f"):
    path = folder / name
    path.write_bytes(data)
    return path


def tensors():
    rng = np.random.default_rng(0)
    return {
        "centre": rng.normal(size=(30, 16)).astype(np.float32)[:, :10],
        "counts": np.arange(30),
        "a\u00e9": np.array([[True, False]]),
        "bytes": np.arange(7, dtype=np.uint8),
        "none": np.zeros((0, 4), np.float64),
        "step": np.array(3.5),
    }


def test_round_trip_keeps_tensors_and_metadata(folder, block_size):
    metadata = {"parameters": '{"alpha": 0.025}', "note": "\u00e9"}
    write_safetensors(folder / "m.w2v", tensors(), metadata)
    loaded, text = read_safetensors(folder / "m.w2v")
    assert metadata.items() <= text.items()
    assert (text["format"], text["version"]) == ("w2vfast", "1")
    assert loaded.keys() == tensors().keys()
    for name, tensor in tensors().items():
        assert same_bits(loaded[name], tensor.copy()), name
    selected, _ = read_safetensors(folder / "m.w2v", ["counts", "absent"])
    assert selected.keys() == {"counts"}


@pytest.mark.parametrize("length", [640, 896, 1152, 1408])
def test_headers_whose_length_looks_like_a_pickle_are_read(folder, length):
    """The file begins with the length, as a pickle with 0x80 and its protocol."""
    path, tensors = folder / "file.w2v", {"counts": np.arange(3)}
    for padding in range(length):
        write_safetensors(path, tensors, {"note": "x" * padding})
        head = path.read_bytes()[:9]
        if int.from_bytes(head[:8], "little") == length:
            break
    assert head[0] == 0x80
    assert head[1] in range(2, 6)
    for read in (read_safetensors, gensim_read_file):
        assert read(path)[0]["counts"].tolist() == [0, 1, 2]
    assert kind_of(head).name == "a .w2v or safetensors file"


def test_the_safetensors_library_reads_the_file(folder):
    load_file = pytest.importorskip("safetensors.numpy").load_file

    write_safetensors(folder / "m.w2v", tensors())
    for name, tensor in load_file(folder / "m.w2v").items():
        assert same_bits(tensor, tensors()[name].copy())


def test_a_changed_bit_raises_or_leaves_the_content_unchanged(folder):
    write_safetensors(folder / "m.w2v", tensors(), {"parameters": '{"a": 1}'})
    data = (folder / "m.w2v").read_bytes()
    for position in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        try:
            loaded, text = read_safetensors(create_file(folder, damaged))
        except ValueError as error:
            assert str(folder) in str(error)
            continue
        # Only whitespace, or the name of an entry that is not read, may change.
        assert text.get("parameters") == '{"a": 1}'
        for name, tensor in tensors().items():
            assert same_bits(loaded[name], tensor.copy())


def test_damage_in_a_block_or_in_the_header_is_detected(folder, block_size):
    write_safetensors(folder / "m.w2v", tensors())
    data = (folder / "m.w2v").read_bytes()
    values = tensors()["centre"].tobytes()
    damaged_values = bytearray(values)
    damaged_values[3] ^= 1
    for old, new in [
        (values, bytes(damaged_values)),
        (b'"F32"', b'"I32"'),
        (b"[30, 10]", b"[10, 30]"),
        (b'"counts": {', b'"countz": {'),
    ]:
        assert data.count(old) == 1
        with pytest.raises(ValueError, match="damaged"):
            read_safetensors(create_file(folder, data.replace(old, new)))


@pytest.mark.parametrize("size", [0, 7, 8, 100, -1])
def test_truncated_files_are_rejected(folder, size):
    write_safetensors(folder / "m.w2v", tensors())
    data = (folder / "m.w2v").read_bytes()[:size]
    with pytest.raises(ValueError, match="not a valid"):
        read_safetensors(create_file(folder, data))


def test_other_formats_and_versions_are_rejected(folder):
    save = pytest.importorskip("safetensors.numpy").save

    array = {"centre": np.ones((2, 2), np.float32)}
    valid = {"format": "w2vfast", "version": "1"}
    read_safetensors(create_file(folder, save(array, valid)))
    for metadata, message in [
        (None, "format None"),
        (valid | {"version": "2"}, "version '2'"),
        (valid | {"format": "pt"}, "format 'pt'"),
        (valid | {"parameters": "{"}, "parameters"),
        (valid | {"crc32": "[]"}, "damaged"),
        (valid | {"crc32": "{"}, "not a valid"),
    ]:
        with pytest.raises(ValueError, match=message):
            read_safetensors(create_file(folder, save(array, metadata)))
    with pytest.raises(ValueError, match="pickle"):
        read_safetensors(create_file(folder, b"\x80\x04\x95" + bytes(100)))
    with pytest.raises(FileNotFoundError):
        read_safetensors(folder / "absent.w2v")


def test_tensors_with_nan_are_rejected(folder, block_size):
    save = pytest.importorskip("safetensors.numpy").save

    rows = np.ones((99, 2), np.float32)
    rows[77, 1] = np.nan
    data = save({"outside": rows}, {"format": "w2vfast", "version": "1"})
    with pytest.raises(ValueError, match="'outside': NaN or infinity in row 77"):
        read_safetensors(create_file(folder, data))


def test_text_objects_and_bad_metadata_are_not_written(folder):
    with pytest.raises(TypeError, match="'x'"):
        write_safetensors(folder / "n", {"x": np.array(["text"])})
    with pytest.raises(TypeError, match="object"):
        write_safetensors(folder / "n", {"x": np.array([object()])})
    with pytest.raises(ValueError, match="parameters"):
        write_safetensors(folder / "n", {}, {"parameters": "nope"})
    with pytest.raises(ValueError, match="surrogate"):
        write_safetensors(folder / "n", {}, {"note": "\udc80"})
    assert not (folder / "n").exists()
