"""The suffix, the option and the content of a file must agree; options of reading."""

import io
import struct

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def wv():
    return KeyedVectors(["a", "b"], np.array([[1, 2], [3, 0.1]], np.float32))


@pytest.mark.parametrize(
    ("written", "name", "message"),
    [
        ("word2vec-binary", "v.w2v", "the suffix is .w2v, but the content looks like"),
        ("w2v", "v.bin", "the content looks like w2v"),
        ("w2v", "v.txt", "the content looks like w2v"),
        ("npz", "v.vec", "the content looks like npz"),
        ("word2vec-text", "v.npz", "the suffix is .npz"),
        ("word2vec-text", "v.bin", "the line after the header is text"),
        ("glove", "v.bin", "expected a first line 'words dimensions'"),
        ("glove", "v.w2v", "the content looks like glove"),
        ("glove", "v.zip", r".zip is an archive: unpack it first, .*unzip .*v\.zip"),
        ("word2vec-binary", "v.txt", "vector 1"),
    ],
)
def test_a_wrong_suffix_is_an_error(wv, tmp_path, written, name, message):
    file = io.BytesIO()
    wv.save(file, format=written)
    (tmp_path / name).write_bytes(file.getvalue())
    with pytest.raises(ValueError, match=message) as caught:
        KeyedVectors.load(tmp_path / name)
    assert name in str(caught.value)
    loaded = KeyedVectors.load(tmp_path / name, format=written)  # the option decides
    assert loaded.vectors.tobytes() == wv.vectors.tobytes()


def test_a_wrong_option_is_an_error(wv, tmp_path):
    wv.save(tmp_path / "v.w2v")
    with pytest.raises(ValueError, match="the format 'npz' was given, but the content"):
        KeyedVectors.load(tmp_path / "v.w2v", format="npz")
    with pytest.raises(ValueError, match="format='bin': expected one of"):
        KeyedVectors.load(tmp_path / "v.w2v", format="bin")
    with pytest.raises(ValueError, match="contradicts the suffix"):
        wv.save(tmp_path / "v.w2v", format="npz")
    with pytest.raises(ValueError, match="format='bin': expected one of"):
        wv.save(tmp_path / "v.w2v", format="bin")
    with pytest.raises(ValueError, match="an open file has no suffix"):
        wv.save(io.BytesIO())
    with pytest.raises(ValueError, match="can only be read"):
        wv.save(tmp_path / "v.ftz")
    wv.save(tmp_path / "v.dat", format="w2v")
    assert KeyedVectors.load(tmp_path / "v.dat", format="w2v").index_to_key == [
        "a",
        "b",
    ]


def test_the_name_and_the_compression_must_agree(wv, tmp_path):
    wv.save(tmp_path / "v.txt.gz")
    (tmp_path / "v.txt").write_bytes((tmp_path / "v.txt.gz").read_bytes())
    with pytest.raises(ValueError, match=r"found gzip data.*ends in \.gz"):
        KeyedVectors.load(tmp_path / "v.txt")
    (tmp_path / "v.txt.xz").write_bytes((tmp_path / "v.txt.gz").read_bytes())
    with pytest.raises(ValueError, match="found gzip data"):
        KeyedVectors.load(tmp_path / "v.txt.xz")
    wv.save(tmp_path / "v.bin")
    (tmp_path / "v.bin.gz").write_bytes((tmp_path / "v.bin").read_bytes())
    with pytest.raises(ValueError, match="is not gzip data"):
        KeyedVectors.load(tmp_path / "v.bin.gz")


@pytest.mark.parametrize("name", ["v.model", "v.kv", "v.bin", "v.txt", "v.w2v"])
def test_gensim_pickles_are_rejected_with_the_line_that_exports_them(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04\x95" + bytes(100))
    with pytest.raises(ValueError, match="save_word2vec_format"):
        KeyedVectors.load(tmp_path / name)


@pytest.mark.parametrize("name", ["v.model", "v.bin", "v.w2v"])
def test_a_pickle_is_exported_by_the_class_that_was_called(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x80\x04\x95" + bytes(100))
    for load, call in [
        (KeyedVectors.load, "KeyedVectors; KeyedVectors.load('FILE').save"),
        (Word2Vec.load, "Word2Vec; Word2Vec.load('FILE').wv.save"),
    ]:
        with pytest.raises(ValueError, match="found a pickle") as error:
            load(path)
        assert f"from gensim.models import {call}" in str(error.value)
        assert "vectors alone is read" not in str(error.value)


def test_vectors_alone_are_advised_only_for_what_can_be_read(tmp_path):
    path = tmp_path / "run.ckpt"
    model = Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=1)
    model.save(path)
    path.write_bytes(path.read_bytes()[:-10])
    (tmp_path / "v.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(99))
    (tmp_path / "text").write_text("a 1 2\n")
    for name, has_advice in [("run.ckpt", False), ("v.h5", False), ("text", True)]:
        with pytest.raises(ValueError, match=r"not|found") as error:
            Word2Vec.load(tmp_path / name)
        assert ("read by KeyedVectors.load" in str(error.value)) is has_advice


@pytest.mark.parametrize("name", ["corpus.txt", "corpus", "corpus.bin"])
def test_a_text_is_neither_a_model_nor_vectors(tmp_path, name):
    (tmp_path / name).write_text("in the beginning god created the heaven\n" * 9)
    with pytest.raises(ValueError, match=r"pass it to Word2Vec\(path\)") as error:
        Word2Vec.load(tmp_path / name)
    assert "KeyedVectors" not in str(error.value)


@pytest.mark.parametrize("header", [b"2 2\n", b""])
def test_a_byte_order_mark_is_not_part_of_a_word(tmp_path, header):
    (tmp_path / "v.txt").write_bytes(BOM + header + b"a 1 2\nb 3 4\n")
    assert KeyedVectors.load(tmp_path / "v.txt").index_to_key == ["a", "b"]
    binary = BOM + b"1 1\na " + struct.pack("<f", 1) + b"\n"
    (tmp_path / "v.bin").write_bytes(binary)
    assert KeyedVectors.load(tmp_path / "v.bin").index_to_key == ["a"]


def test_encoding_and_errors(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes("2 1\ncafé 1\nb 2\n".encode("latin-1"))
    assert KeyedVectors.load(path, encoding="latin-1").index_to_key == ["café", "b"]
    assert KeyedVectors.load(path, errors="replace").index_to_key == ["caf\ufffd", "b"]
    with pytest.warns(UserWarning, match="are not valid UTF-8: 1 of 2,"):
        assert KeyedVectors.load(path).index_to_key == ["caf\udce9", "b"]
    with pytest.raises(ValueError, match="is not utf-8"):
        KeyedVectors.load(path, errors="strict")
    wrong = ["nonsense", "idna", "undefined", "base64", "a\0b"]
    for options in (*({"encoding": name} for name in wrong), {"errors": "nonsense"}):
        with pytest.raises(ValueError, match=r"^(encoding|errors)='"):
            KeyedVectors.load(path, **options)
    with pytest.raises(ValueError, match="contains ASCII"):
        KeyedVectors.load(path, encoding="utf-16")


def test_words_that_the_c_tool_cut_load_with_a_warning_that_counts_them(tmp_path):
    word = ("é" * 60).encode()[:99]
    data = b"3 1\n" + b"".join(
        w + b" " + struct.pack("<f", 1) + b"\n" for w in (b"a", word, word[2:])
    )
    (tmp_path / "v.bin").write_bytes(data)
    with pytest.warns(UserWarning, match="are not valid UTF-8: 2 of 3,"):
        wv = KeyedVectors.load(tmp_path / "v.bin")
    wv.save(tmp_path / "copy.bin")
    assert (tmp_path / "copy.bin").read_bytes() == data


@pytest.mark.parametrize("suffix", [".txt", ".bin", ".w2v"])
def test_duplicates(tmp_path, suffix):
    path = tmp_path / f"v{suffix}"
    KeyedVectors(["a", "c", "b"], np.eye(3, dtype=np.float32)).save(path)
    content = path.read_bytes().replace(b"c ", b"a ") if suffix != ".w2v" else None
    if content is None:
        return
    path.write_bytes(content)
    with pytest.raises(ValueError, match="duplicate key 'a'"):
        KeyedVectors.load(path)
    wv = KeyedVectors.load(path, duplicates="first")
    assert wv.index_to_key == ["a", "b"]
    assert wv.vectors.tolist() == [[1, 0, 0], [0, 0, 1]]
    with pytest.raises(ValueError, match="duplicates='last'"):
        KeyedVectors.load(path, duplicates="last")


def test_datatype_rounds_and_float32_is_stored(wv, tmp_path):
    wv.save(tmp_path / "v.txt")
    for datatype in (np.float16, "float16"):
        loaded = KeyedVectors.load(tmp_path / "v.txt", datatype=datatype)
        assert loaded.vectors.dtype == np.float32
        assert loaded["b"].tolist() == np.array([3, 0.1], np.float16).tolist()
    loaded = KeyedVectors.load(tmp_path / "v.txt", datatype=np.float64)
    assert loaded.vectors.tobytes() == wv.vectors.tobytes()
    with pytest.raises(ValueError, match="datatype="):
        KeyedVectors.load(tmp_path / "v.txt", datatype=np.int8)


@pytest.mark.parametrize("suffix", [".w2v", ".npz"])
def test_float16_storage(wv, tmp_path, suffix):
    big = KeyedVectors(["a"], np.linspace(-1, 1, 4000, dtype=np.float32)[None])
    big.save(tmp_path / f"v32{suffix}")
    big.save(tmp_path / f"v16{suffix}", datatype="float16")
    sizes = [(tmp_path / f"v{n}{suffix}").stat().st_size for n in (32, 16)]
    assert sizes[0] - sizes[1] > 7900
    loaded = KeyedVectors.load(tmp_path / f"v16{suffix}").vectors
    assert loaded.dtype == np.float32
    assert (loaded == big.vectors.astype(np.float16)).all()
    with pytest.raises(ValueError, match="65504"):
        KeyedVectors(["a"], np.array([[1e6]])).save(
            tmp_path / f"v{suffix}", datatype="float16"
        )
    with pytest.raises(ValueError, match="can't store it"):
        wv.save(tmp_path / "v.bin", datatype="float16")


@pytest.mark.parametrize("name", ["v16.w2v", "v32.w2v", "v16.npz", "v.bin", "v.txt.gz"])
def test_vectors_can_stay_float16_in_memory(tmp_path, name):
    numbers = np.random.default_rng(1).random((50, 7), np.float32)
    given = KeyedVectors([f"w{i}" for i in range(50)], numbers)
    given.save(tmp_path / name, datatype="float16" if "16" in name else "float32")
    rounded = numbers.astype(np.float16)
    for dtype in ("float16", np.float16):
        half = KeyedVectors.load(tmp_path / name, dtype=dtype)
        assert half.vectors.dtype == np.float16
        assert half.vectors.tobytes() == rounded.tobytes()
    few = KeyedVectors.load(tmp_path / name, dtype="float16", limit=3)
    assert few.vectors.tobytes() == rounded[:3].tobytes()
    # Queries compute in float32 and float64, from the rounded numbers.
    widened = KeyedVectors(half.index_to_key, rounded.astype(np.float32))
    assert half.most_similar("w3") == widened.most_similar("w3")
    assert half.most_similar_batch(["w1", "w9"]) == widened.most_similar_batch(
        ["w1", "w9"]
    )
    half.save(tmp_path / f"again-{name}")
    again = KeyedVectors.load(tmp_path / f"again-{name}")
    assert again.vectors.tobytes() == widened.vectors.tobytes()


def test_a_float16_file_can_be_mapped(tmp_path):
    numbers = np.random.default_rng(1).random((300, 9), np.float32)
    given = KeyedVectors([f"w{i}" for i in range(300)], numbers).to_float16()
    given.save(tmp_path / "v.w2v", datatype="float16")
    mapped = KeyedVectors.load(tmp_path / "v.w2v", mmap=True, dtype="float16")
    assert isinstance(mapped.vectors, np.memmap)
    assert mapped.vectors.dtype == np.float16
    assert mapped.most_similar("w3") == given.most_similar("w3")
    few = KeyedVectors.load(tmp_path / "v.w2v", mmap=True, dtype="float16", limit=5)
    assert isinstance(few.vectors, np.memmap) and len(few) == 5
    given.save(tmp_path / "v32.w2v")
    with pytest.raises(ValueError, match=r"stores float32.*dtype='float32'"):
        KeyedVectors.load(tmp_path / "v32.w2v", mmap=True, dtype="float16")


def test_numbers_too_large_for_float16_are_named(tmp_path):
    KeyedVectors(["a"], np.array([[1e6]])).save(tmp_path / "v.txt")
    with pytest.raises(ValueError, match="65504"):
        KeyedVectors.load(tmp_path / "v.txt", dtype="float16")
    for wrong in ("float64", np.int8, "half a float", object()):
        with pytest.raises(ValueError, match="dtype="):
            KeyedVectors.load(tmp_path / "v.txt", dtype=wrong)


def test_mmap(wv, tmp_path):
    wv.save(tmp_path / "v.w2v")
    mapped = KeyedVectors.load(tmp_path / "v.w2v", mmap=True)
    assert isinstance(mapped.vectors, np.memmap)
    assert not mapped.vectors.flags.writeable
    assert mapped.vectors.tobytes() == wv.vectors.tobytes()
    assert mapped.most_similar("a") == wv.most_similar("a")
    assert len(KeyedVectors.load(tmp_path / "v.w2v", mmap=True, limit=1)) == 1
    wv.save(tmp_path / "v.w2v")  # replaces the file, not its content
    assert mapped["b"].tolist() == wv["b"].tolist()
    wv.save(tmp_path / "v16.w2v", datatype="float16")
    wv.save(tmp_path / "v.w2v.gz")
    wv.save(tmp_path / "v.bin")
    for name, message in [
        ("v16.w2v", "stores float16.*dtype='float16'"),
        ("v.w2v.gz", "not compressed"),
        ("v.bin", "can't be mapped"),
    ]:
        with pytest.raises(ValueError, match=message):
            KeyedVectors.load(tmp_path / name, mmap=True)


@pytest.mark.parametrize("name", ["run.ckpt", "run.ckpt.gz", "run", "run.2026"])
def test_checkpoints_of_any_name_are_read(tmp_path, name):
    sentences = [["sun", "moon", "star"]] * 20
    model = Word2Vec(sentences, vector_size=4, min_count=1, sample=0)
    model.train(checkpoint=tmp_path / name, after_epoch=lambda model: True)
    loaded = KeyedVectors.load(tmp_path / name)
    np.testing.assert_array_equal(loaded.vectors, model.wv.vectors)
    assert loaded.counts.tolist() == [20, 20, 20]


def test_other_files_need_a_known_suffix(tmp_path):
    path = tmp_path / "run.ckpt"
    path.write_text("a 1 2\n")
    with pytest.raises(ValueError, match=r"the suffix names the format.*'\.ckpt'"):
        KeyedVectors.load(path)
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load(tmp_path / "missing.ckpt")


def test_glove_files_are_written_so_that_they_can_be_read(wv, tmp_path):
    wv.save(tmp_path / "v.txt", format="glove")
    assert (tmp_path / "v.txt").read_bytes() == b"a 1 2\nb 3 0.100000001\n"
    assert KeyedVectors.load(tmp_path / "v.txt").index_to_key == ["a", "b"]
    for keys, vectors, message in [
        (["1", "2"], [[7.0], [8.0]], "looks like a header"),
        (["\ufeffa", "b"], [[7.0, 1], [8.0, 1]], "byte order mark"),
    ]:
        with pytest.raises(ValueError, match=message):
            KeyedVectors(keys, np.array(vectors)).save(
                tmp_path / "w.txt", format="glove"
            )
