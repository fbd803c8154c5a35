import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2vfast import formats
from w2vfast.files import atomic
from w2vfast.formats import read_native, read_word2vec, write_native, write_word2vec

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
# Any bytes may be a word, except white space, which ends one.
WORDS = st.binary(min_size=1, max_size=12).filter(
    lambda b: not set(b" \t\n\r\v\f") & {*b}
)


@st.composite
def word_vectors(draw):
    columns = draw(st.integers(1, 9))
    words = draw(st.lists(WORDS, min_size=1, max_size=9, unique=True))
    keys = [word.decode("utf-8", "surrogateescape") for word in words]
    shape = (len(keys), columns)
    return keys, draw(hnp.arrays(np.float32, shape, elements=FLOATS))


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("formats")


@pytest.fixture(params=[1 << 23, 64], ids=["blocks", "small blocks"])
def blocks(request, monkeypatch):
    monkeypatch.setattr(formats, "BLOCK", request.param)


def put(folder, data, name="f"):
    path = folder / name
    path.write_bytes(data)
    return path


# word2vec --------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1 << 23, 64])
@pytest.mark.parametrize("binary", [True, False])
@given(data=word_vectors())
def test_word2vec_round_trip(folder, binary, block, data):
    keys, vectors = data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "BLOCK", block)
        write_word2vec(folder / "v", keys, vectors, binary)
        read_keys, read = read_word2vec(folder / "v", binary)
    assert read_keys == keys
    assert same_bits(read, vectors)


@pytest.mark.parametrize("binary", [True, False])
def test_the_format_is_found_out(folder, binary):
    keys = ["the", "1", "caf\u00e9"]
    vectors = np.random.default_rng(0).normal(size=(3, 7)).astype(np.float32)
    write_word2vec(folder / "v", keys, vectors, binary)
    read_keys, read = read_word2vec(folder / "v")
    assert read_keys == keys
    assert same_bits(read, vectors)


def test_binary_layout(folder):
    vectors = np.array([[1, 2], [3, 4]], np.float32)
    write_word2vec(folder / "v", ["a", "b"], vectors, binary=True)
    one, two = vectors.astype("<f4")
    expected = b"2 2\na " + one.tobytes() + b"\nb " + two.tobytes() + b"\n"
    assert (folder / "v").read_bytes() == expected


def test_text_layout(folder):
    vectors = np.array([[1, 0.1], [-3, 1e-30]], np.float32)
    write_word2vec(folder / "v", ["a", "b"], vectors)
    expected = b"2 2\na 1 0.100000001\nb -3 1e-30\n"
    assert (folder / "v").read_bytes() == expected


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_binary_without_newlines(folder, end, blocks):
    rows = np.random.default_rng(0).normal(size=(40, 5)).astype("<f4")
    records = b"".join(b"w%d " % i + row.tobytes() for i, row in enumerate(rows))
    keys, vectors = read_word2vec(put(folder, b"40 5\n" + records + end))
    assert keys == [f"w{i}" for i in range(40)]
    assert same_bits(vectors, rows)


def test_last_newline_may_be_missing(folder):
    rows = np.ones((2, 2), "<f4")
    data = b"2 2\na " + rows[0].tobytes() + b"\nb " + rows[1].tobytes()
    assert read_word2vec(put(folder, data), True)[0] == ["a", "b"]


def test_binary_values_may_look_like_separators(folder, blocks):
    rows = np.frombuffer(b" \n" * 60, "<f4").reshape(10, 3)
    keys = [f"w{i}" for i in range(10)]
    write_word2vec(folder / "v", keys, rows, binary=True)
    read_keys, read = read_word2vec(folder / "v", True)
    assert read_keys == keys
    assert same_bits(read, rows)


def test_words_cut_in_the_middle_of_a_character(folder):
    data = b"2 1\ncaf\xc3 " + np.float32(1).tobytes() + b"\n\xa9 " + b"\0\0\0\0\n"
    keys, vectors = read_word2vec(put(folder, data))
    write_word2vec(folder / "again", keys, vectors, binary=True)
    assert (folder / "again").read_bytes() == data


def test_glove(folder, blocks):
    data = b". . 0.5 -1 2e3\nthe 1 2 3\nat name@domain.com 4 5 6\n1 7 8 9"
    data = b"in 1 1 1\n" + data
    keys, vectors = read_word2vec(put(folder, data))
    assert keys == ["in", ". .", "the", "at name@domain.com", "1"]
    assert vectors[1].tolist() == [0.5, -1, 2000]
    assert vectors[4].tolist() == [7, 8, 9]


def test_fasttext_vec(folder):
    data = "3 2\na\u00a0b 1 2 \nx y 3 4 \n\u2028 5 6 \n".encode()
    keys, vectors = read_word2vec(put(folder, data))
    assert keys == ["a\u00a0b", "x y", "\u2028"]
    assert vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_windows_line_ends_and_tabs(folder):
    keys, vectors = read_word2vec(put(folder, b"2 2\r\na\t1\t2\r\nb  3  4\r\n"))
    assert keys == ["a", "b"]
    assert vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("binary", [True, False, None])
def test_limit(folder, binary, blocks):
    keys = [f"w{i}" for i in range(50)]
    vectors = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    write_word2vec(folder / "v", keys, vectors, bool(binary))
    for limit in (1, 49, 50, 99):
        read_keys, read = read_word2vec(folder / "v", binary, limit)
        assert read_keys == keys[:limit]
        assert same_bits(read, vectors[:limit])
    with pytest.raises(ValueError, match="limit=0"):
        read_word2vec(folder / "v", limit=0)


def test_views_with_gaps_are_written(folder, blocks):
    padded = np.arange(800, dtype=np.float32).reshape(50, 16)
    keys = [f"w{i}" for i in range(50)]
    for binary in (True, False):
        write_word2vec(folder / "v", keys, padded[:, :10], binary)
        assert same_bits(read_word2vec(folder / "v")[1], padded[:, :10].copy())


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("key", ["", "new york", "a\n", "\tb", "\x0b", "\x0c", "\r"])
def test_keys_with_white_space_are_refused_before_writing(folder, key, binary):
    path = put(folder, b"old")
    with pytest.raises(ValueError, match=r"\.w2v") as caught:
        write_word2vec(path, ["fine", key], np.ones((2, 1), np.float32), binary)
    assert repr(key) in str(caught.value)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("key", ["\ud800", "\udcc3\udca9"])
def test_surrogates_that_are_no_bytes_are_refused(folder, key):
    with pytest.raises(ValueError, match="surrogate"):
        write_word2vec(folder / "v", ["a", key], np.ones((2, 1), np.float32))


def test_shapes_must_fit(folder):
    with pytest.raises(ValueError, match="1 keys"):
        write_word2vec(folder / "v", ["a"], np.ones((2, 1), np.float32))


BAD = {
    "empty": (b"", "words dimensions"),
    "garbage": (b"hello world\nfoo\n", "words dimensions"),
    "no dimensions": (b"3 0\na \n", "nothing to read"),
    "no words": (b"0 3\n", "nothing to read"),
    "minus": (b"-1 3\na 1 2 3\n", "vector 2"),
    "too large": (b"99999999999 100\na 1\n", "more than"),
    "enormous": (b"9" * 70 + b" 1\na 1\n", "first line"),
    "fewer": (b"3 2\na 1 2\nb 3 4\n", "2 of 3"),
    "more": (b"1 2\na 1 2\nb 3 4\n", "more data"),
    "short line": (b"2 3\na 1 2 3\nb 1 2\n", "vector 2"),
    "long line": (b"2 2\na 1 2\nb 1 2 3\n", "vector 2"),
    "no number": (b"2 2\na 1 2\nb 1 x\n", "vector 2: b'x'"),
    "underscore": (b"2 2\na 1 2\nb 1 1_0\n", "vector 2"),
    "hexadecimal": (b"2 2\na 1 2\nb 1 0x10\n", "vector 2"),
    "nul": (b"2 2\na 1 2\nb 1 1\x002\n", "vector 2"),
    "blank line": (b"2 2\n\na 1 2\nb 1 2\n", "vector 1"),
    "ragged GloVe": (b"a 1 2\nb 1\n", "vector 2"),
    "gzip": (b"\x1f\x8b\x08\0", "gzip"),
    "pickle": (b"\x80\x04\x95\0", "pickle"),
    "fastText": (b"\xba\x16\x4f\x2f\x0c\0", "fastText"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text_files(folder, name):
    data, message = BAD[name]
    path = put(folder, data)
    with pytest.raises(ValueError, match=message) as caught:
        read_word2vec(path, None if name in ("gzip", "pickle", "fastText") else False)
    assert str(path) in str(caught.value)


def test_bad_binary_files(folder):
    write_word2vec(folder / "v", ["a", "b", "c"], np.ones((3, 4), np.float32), True)
    data = (folder / "v").read_bytes()
    for stop in range(1, len(data) - 1):
        with pytest.raises(ValueError, match=str(folder)):
            read_word2vec(put(folder, data[:stop]), True)
    with pytest.raises(ValueError, match="more data"):
        read_word2vec(put(folder, data.replace(b"3 4", b"2 4")), True)
    with pytest.raises(ValueError, match="cut: it ends after 3 of 4"):
        long = data.replace(b"3 4", b"4 4") + b"dddddddddddddddd"
        read_word2vec(put(folder, long), True)
    with pytest.raises(ValueError, match=r"vector 3: .*holds a space"):
        read_word2vec(put(folder, data.replace(b"\nb ", b"\nnew york ")), True)
    for word in (b"\nb\nc ", b"\n\nb ", b"\n "):
        with pytest.raises(ValueError, match="vector 2: expected a word"):
            read_word2vec(put(folder, data.replace(b"\nb ", word)), True)
    with pytest.raises(ValueError, match="words dimensions"):
        read_word2vec(put(folder, b"a 1 2 3\n"), True)


def test_a_word_without_end(folder, monkeypatch):
    monkeypatch.setattr(formats, "LONGEST_KEY", 100)
    monkeypatch.setattr(formats, "BLOCK", 64)
    with pytest.raises(ValueError, match="no word ends"):
        read_word2vec(put(folder, b"100 1\n" + b"x" * 1000), True)


@settings(max_examples=300)
@given(
    data=word_vectors(),
    binary=st.booleans(),
    place=st.integers(0, 10**6),
    byte=st.integers(0, 255),
    cut=st.booleans(),
    said=st.booleans(),
)
def test_damaged_files_give_errors_or_whole_tables(
    folder, data, binary, place, byte, cut, said
):
    write_word2vec(folder / "v", *data, binary)
    content = bytearray((folder / "v").read_bytes())
    place %= len(content)
    content[place:] = b"" if cut else bytes([byte]) + content[place + 1 :]
    try:
        keys, vectors = read_word2vec(put(folder, content), binary if said else None)
    except ValueError as error:
        assert str(folder) in str(error)
    else:
        assert vectors.dtype == np.float32
        assert vectors.ndim == 2
        assert len(keys) == len(vectors) > 0
        assert vectors.shape[1] > 0


# Native ----------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=9)))
def test_keys_pack_and_unpack(words):
    keys = [word.decode("utf-8", "surrogateescape") for word in words]
    blob, offsets = formats.pack_keys(keys)
    assert formats.unpack_keys(blob, offsets) == keys
    assert blob.tobytes() == b"".join(words)


@pytest.mark.parametrize(
    ("blob", "offsets"),
    [
        (np.zeros(3, np.uint8), np.array([0, 2], np.int64)),
        (np.zeros(3, np.uint8), np.array([1, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, 4, 2, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, -1, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, 2, 1, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, 3], np.int32)),
        (np.zeros(3, np.uint8), np.array([], np.int64)),
        (np.zeros(3, np.uint8), np.array([[0, 3]], np.int64)),
        (np.zeros(3, np.int8), np.array([0, 3], np.int64)),
        (np.zeros((1, 3), np.uint8), np.array([0, 3], np.int64)),
    ],
)
def test_bad_packed_keys(blob, offsets):
    with pytest.raises(ValueError, match="key"):
        formats.unpack_keys(blob, offsets)


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


def test_native_round_trip(folder, blocks):
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


def test_damage_in_any_block_and_in_the_header_is_noticed(folder, blocks):
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


def test_non_finite_tensors_are_not_read(folder, blocks):
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


# Atomic writing --------------------------------------------------------------------


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = put(tmp_path, b"old")
    with pytest.raises(RuntimeError, match="halfway"), atomic(path) as file:
        file.write(b"new")
        raise RuntimeError("halfway")
    with pytest.raises(KeyboardInterrupt), atomic(tmp_path / "new") as file:
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_disk_that_refuses(tmp_path, monkeypatch, step):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    path = put(tmp_path, b"old")
    monkeypatch.setattr(step, refuse)
    with pytest.raises(OSError, match="No space"), atomic(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_process_leaves_the_old_file(tmp_path):
    path = put(tmp_path, b"old")
    code = f"""
        import os
        from w2vfast.files import atomic
        with atomic({os.fspath(path)!r}) as file:
            file.write(b"x" * 10_000_000)
            file.flush()
            os.kill(os.getpid(), 9)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_permissions(tmp_path):
    path = put(tmp_path, b"old")
    path.chmod(0o604)
    old = os.umask(0o027)
    try:
        for target in (path, tmp_path / "fresh"):
            with atomic(target) as file:
                file.write(b"new")
    finally:
        os.umask(old)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_followed(tmp_path):
    path = put(tmp_path, b"old")
    link = tmp_path / "link"
    link.symlink_to(path)
    with atomic(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_missing_folders_and_folders(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"), atomic(tmp_path / "a/b"):
        pass
    with pytest.raises(IsADirectoryError, match="name of a file"), atomic(tmp_path):
        pass


@pytest.mark.skipif(os.name == "nt", reason="no device files")
def test_devices_are_written_to_not_replaced():
    with atomic(os.devnull) as file:
        file.write(b"gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_imports_stay_light():
    code = (
        "import sys, numpy; a = set(sys.modules); import w2vfast.evaluation; "
        "print(sorted(m for m in set(sys.modules) - a if m.partition('.')[0] in "
        "('safetensors', 'tqdm', 'scipy', 'torch')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
