import numpy as np
import pytest

from w2vfast.io.safetensors_file import read_native, write_native
from w2vfast.runtime import row_blocks


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("native")


@pytest.fixture(params=[row_blocks.SIZE, 64], ids=["blocks", "small blocks"])
def sizes(request, monkeypatch):
    monkeypatch.setattr(row_blocks, "SIZE", request.param)


def put(folder, data, name="f"):
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


def test_native_round_trip(folder, sizes):
    metadata = {"parameters": '{"alpha": 0.025}', "note": "\u00e9"}
    write_native(folder / "m.w2v", tensors(), metadata)
    read, text = read_native(folder / "m.w2v")
    assert metadata.items() <= text.items()
    assert (text["format"], text["version"]) == ("w2vfast", "1")
    assert read.keys() == tensors().keys()
    for name, tensor in tensors().items():
        assert same_bits(read[name], tensor.copy()), name
    some, _ = read_native(folder / "m.w2v", ["counts", "absent"])
    assert some.keys() == {"counts"}


def test_native_is_plain_safetensors(folder):
    from safetensors.numpy import load_file

    write_native(folder / "m.w2v", tensors())
    for name, tensor in load_file(folder / "m.w2v").items():
        assert same_bits(tensor, tensors()[name].copy())


def test_native_damage_is_always_noticed(folder):
    write_native(folder / "m.w2v", tensors(), {"parameters": '{"a": 1}'})
    data = (folder / "m.w2v").read_bytes()
    for place in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        try:
            read, text = read_native(put(folder, damaged))
        except ValueError as error:
            assert str(folder) in str(error)
            continue
        # Only the name or the white space of something we don't need may change.
        assert text.get("parameters") == '{"a": 1}'
        for name, tensor in tensors().items():
            assert same_bits(read[name], tensor.copy())


def test_damage_in_any_block_and_in_the_header_is_noticed(folder, sizes):
    write_native(folder / "m.w2v", tensors())
    data = (folder / "m.w2v").read_bytes()
    values = tensors()["centre"].tobytes()
    spoilt = bytearray(values)
    spoilt[3] ^= 1
    for old, new in [
        (values, bytes(spoilt)),
        (b'"F32"', b'"I32"'),
        (b"[30, 10]", b"[10, 30]"),
        (b'"counts": {', b'"countz": {'),
    ]:
        assert data.count(old) == 1
        with pytest.raises(ValueError, match="damaged"):
            read_native(put(folder, data.replace(old, new)))


@pytest.mark.parametrize("size", [0, 7, 8, 100, -1])
def test_native_files_that_are_cut(folder, size):
    write_native(folder / "m.w2v", tensors())
    data = (folder / "m.w2v").read_bytes()[:size]
    with pytest.raises(ValueError, match="not a whole"):
        read_native(put(folder, data))


def test_foreign_native_files(folder):
    from safetensors.numpy import save

    array = {"centre": np.ones((2, 2), np.float32)}
    good = {"format": "w2vfast", "version": "1"}
    read_native(put(folder, save(array, good)))
    for metadata, message in [
        (None, "format None"),
        (good | {"version": "2"}, "version '2'"),
        (good | {"format": "pt"}, "format 'pt'"),
        (good | {"parameters": "{"}, "parameters"),
        (good | {"crc32": "[]"}, "damaged"),
        (good | {"crc32": "{"}, "not a whole"),
    ]:
        with pytest.raises(ValueError, match=message):
            read_native(put(folder, save(array, metadata)))
    with pytest.raises(ValueError, match="pickle"):
        read_native(put(folder, b"\x80\x04\x95" + bytes(100)))
    with pytest.raises(FileNotFoundError):
        read_native(folder / "absent.w2v")


def test_non_finite_tensors_are_not_read(folder, sizes):
    from safetensors.numpy import save

    rows = np.ones((99, 2), np.float32)
    rows[77, 1] = np.nan
    data = save({"outside": rows}, {"format": "w2vfast", "version": "1"})
    with pytest.raises(ValueError, match="'outside': NaN or infinity in row 77"):
        read_native(put(folder, data))


def test_what_native_cannot_hold(folder):
    with pytest.raises(TypeError, match="'x'"):
        write_native(folder / "n", {"x": np.array(["text"])})
    with pytest.raises(TypeError, match="object"):
        write_native(folder / "n", {"x": np.array([object()])})
    with pytest.raises(ValueError, match="parameters"):
        write_native(folder / "n", {}, {"parameters": "nope"})
    with pytest.raises(ValueError, match="surrogate"):
        write_native(folder / "n", {}, {"note": "\udc80"})
    assert not (folder / "n").exists()
