"""Numbers in the headers of every format: refused, never an OverflowError or a hang."""

import gzip
import io
import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from w2vfast.io.json_text import MAX_CONTAINERS, parse_json
from w2vfast.io.limits import MAX_LINE_BYTES, check_line_bytes
from w2vfast.io.npy_header import read_npy_header
from w2vfast.keyedvectors import KeyedVectors

BAD_NUMBERS = (
    "-1", "0", "1000000000000000000", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "9" * 50, "1e9", "1_0", "\u0663", "2.0", "nan", "inf", "0x2",
    "+2", "",
)  # fmt: skip


def refuse(path, match=None):
    with pytest.raises(ValueError, match=match) as caught:
        KeyedVectors.load(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize("suffix", [".txt", ".bin", ".vec", ".txt.gz", ".bin.gz"])
def test_dimensions_in_the_first_line(tmp_path, suffix, number):
    row = b"a 1 2\n" if "bin" not in suffix else b"a " + bytes(8) + b"\n"
    data = f"5 {number}\n".encode() + row
    path = tmp_path / f"v{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    refuse(path)


@pytest.mark.parametrize("number", BAD_NUMBERS[2:7])
@pytest.mark.parametrize("suffix", [".txt", ".bin", ".txt.gz", ".bin.gz"])
def test_a_huge_number_of_words_allocates_nothing(tmp_path, suffix, number):
    row = b"a 1 2\n" if "bin" not in suffix else b"a " + bytes(8) + b"\n"
    data = f"{number} 2\n".encode() + row
    path = tmp_path / f"v{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    tracemalloc.start()
    with pytest.warns(UserWarning, match="announces"):
        assert len(KeyedVectors.load(path)) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20


def fasttext(**changed):
    """Return a fastText model of one word; `changed` replaces numbers of its headers."""
    n = {
        "dim": 2,
        "bucket": 0,
        "minn": 0,
        "maxn": 0,
        "size": 1,
        "words": 1,
        "labels": 0,
    }
    n |= {"pruned": -1, "rows": 1, "columns": 2} | changed
    data = struct.pack("<2i", 793712314, 12)
    data += struct.pack(
        "<12id",
        n["dim"],
        5,
        5,
        1,
        5,
        1,
        2,
        2,
        n["bucket"],
        n["minn"],
        n["maxn"],
        1,
        0.0,
    )
    data += struct.pack("<3i2q", n["size"], n["words"], n["labels"], 9, n["pruned"])
    data += b"a\0" + struct.pack("<qb", 5, 0) + b"\0"
    return data + struct.pack("<2q", n["rows"], n["columns"]) + bytes(8)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *[("dim", n) for n in (-1, 0, 3, 2**31 - 1)],
        *[("bucket", n) for n in (-1,)],
        *[("minn", n) for n in (-1, 101, 2**31 - 1)],
        *[("maxn", n) for n in (-(2**31), 101, 2**31 - 1)],
        *[("size", n) for n in (-1, 0, 2, 2**31 - 1)],
        *[("words", n) for n in (-1, 0, 2, 2**31 - 1)],
        *[("labels", n) for n in (-1, 2, 2**31 - 1)],
        *[("pruned", n) for n in (-2, 10**6, 2**60, 2**63 - 1, -(2**63))],
        *[("rows", n) for n in (-1, 0, 2**62, 2**63 - 1, -(2**63))],
        *[("columns", n) for n in (-1, 0, 2**62, 2**63 - 1, -(2**63))],
    ],
)
@pytest.mark.parametrize("suffix", [".bin", ".bin.gz"])
def test_numbers_of_a_fasttext_model(tmp_path, suffix, name, number):
    path = tmp_path / f"v{suffix}"
    pack = gzip.compress if suffix.endswith(".gz") else bytes
    path.write_bytes(pack(fasttext()))
    assert KeyedVectors.load(path).index_to_key == ["a"]
    path.write_bytes(pack(fasttext(**{name: number})))
    refuse(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"shape": [2**62, 4]}, {"shape": [0, 2**70]}, {"shape": [-1, -2]},
        {"shape": [1.0, 2]}, {"shape": ["1", 2]}, {"shape": [True, 2]}, {"shape": 2},
        {"shape": [1] * 100}, {"shape": [2] * 100_000}, {"shape": None},
        {"data_offsets": [0, 10**400]}, {"data_offsets": [0, -8]}, {"data_offsets": [8]},
        {"data_offsets": [8, 16]}, {"data_offsets": [0, float("nan")]},
        {"data_offsets": "08"}, {"dtype": 5}, {"dtype": "F128"}, {"dtype": None},
        {"dtype": []}, {"dtype": "f4"},
    ],
    ids=lambda entry: str(entry)[:30],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".w2v", ".w2v.gz"])
def test_numbers_of_a_safetensors_header(tmp_path, suffix, entry):
    good = {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}
    metadata = {"format": "w2vfast", "version": "1"}
    header = json.dumps({"__metadata__": metadata, "centre": good | entry}).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(8)
    path = tmp_path / f"v{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    refuse(path, "not a valid .w2v file")


@pytest.mark.parametrize("size", [0, 1, 7, 10**6, 2**31, 2**63, 2**64 - 1])
def test_the_size_of_a_safetensors_header(tmp_path, size):
    path = tmp_path / "v.w2v"
    path.write_bytes(size.to_bytes(8, "little") + b"{}      ")
    refuse(path)


def npz(tmp_path, shape="(1, 2)", descr="'<f4'", order="False", data=bytes(8), tail=""):
    """Return an .npz file whose vectors have this header."""
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, {tail}}}\n"
    header = text.encode("latin-1", "replace")
    path = tmp_path / "v.npz"
    with zipfile.ZipFile(path, "w") as archive:
        size = len(header).to_bytes(2, "little")
        archive.writestr("vectors.npy", b"\x93NUMPY\1\0" + size + header + data)
        file = io.BytesIO()
        np.save(file, np.array(["a"]))
        archive.writestr("keys.npy", file.getvalue())
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"shape": f"({number}, 2)"} for number in BAD_NUMBERS if number != "2"
    ]
    + [
        {"shape": "(0, 99999999999999999999)"}, {"shape": "(1,) * 10**9"},
        {"shape": "(" + "1, " * 100 + ")"}, {"shape": "2"}, {"shape": "(9, 9, 9)"},
        {"shape": "(" * 9000}, {"shape": "[1, 2]"}, {"shape": "(1 2)"},
        {"descr": "'|O'"}, {"descr": "'<f3'"}, {"descr": "'<f99999999'"},
        {"descr": "'<U99999999'"}, {"descr": "[('a', '<f4')]"}, {"descr": "'<M8[s]'"},
        {"descr": "'<V8'"}, {"descr": "'|S0'"}, {"descr": "__import__('os').abort()"},
        {"order": "1"}, {"order": "None"}, {"data": b""}, {"data": bytes(9)},
    ],
    ids=str,
)  # fmt: skip
def test_the_header_of_an_npy_array(tmp_path, changed):
    assert len(KeyedVectors.load(npz(tmp_path))) == 1
    refuse(npz(tmp_path, **changed))


def test_a_long_or_foreign_npy_header_is_refused():
    for data in (b"", b"\x93NUMPY", b"\x93NUMPY\1\0", b"\x93NUMPY\2\0" + b"\xff" * 9):
        with pytest.raises(ValueError, match=r"found|version|truncated"):
            read_npy_header(io.BytesIO(data))
    with pytest.raises(ValueError, match="version 9"):
        read_npy_header(io.BytesIO(b"\x93NUMPY\x09\0" + bytes(9)))


def test_text_with_invalid_characters_in_an_npz_file(tmp_path):
    keys = np.frombuffer(b"\xff\xff\xff\x7f", "<U1")
    np.savez(tmp_path / "v.npz", vectors=np.ones((1, 2), np.float32), keys=keys)
    refuse(tmp_path / "v.npz")


@pytest.mark.parametrize(
    "vocabulary",
    [
        {"a": -1}, {"a": "0"}, {"a": 0.0}, {"a": True}, {"a": None}, {"a": 10**30},
        {"a": float("inf")}, {"a": float("nan")}, {"a": [0]}, {"a": 1}, {},
        {"a": 0, "b": 0}, [["a", 1]], [[["a"], 1]], [1], ["ab"], "a", 5, None,
    ],
    ids=str,
)  # fmt: skip
def test_the_rows_of_a_model_folder(tmp_path, vocabulary):
    KeyedVectors(["a"], np.ones((1, 2))).save(tmp_path, format="static-embedding")
    config = json.loads((tmp_path / "config.json").read_text())
    config["w2vfast"]["added_unknown"] = False
    (tmp_path / "config.json").write_text(json.dumps(config))
    path = tmp_path / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokenizer["model"]["vocab"] = vocabulary
    path.write_text(json.dumps(tokenizer))
    with pytest.raises(ValueError, match=r"tokenizer\.json"):
        KeyedVectors.load(tmp_path)


def test_a_line_without_end_is_refused():
    check_line_bytes(MAX_LINE_BYTES)
    with pytest.raises(ValueError, match="no line and no word ends"):
        check_line_bytes(MAX_LINE_BYTES + 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 10_000, "nested too deeply|Expecting"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ("[" + "[]," * MAX_CONTAINERS + "1]", "more than 100,000 objects"),
        ("1" * 5000, "not valid JSON"),
        (b"\xff{}", "not valid JSON"),
        ("", "not valid JSON"),
    ],
)
def test_hostile_json(text, message):
    with pytest.raises(ValueError, match=message):
        parse_json(text, "the text")
