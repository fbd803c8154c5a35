"""word2vec's, fastText's and GloVe's formats: round trips, layout, damaged files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2vfast import KeyedVectors
from w2vfast.io.word2vec_format import read_word2vec, write_word2vec
from w2vfast.runtime import row_blocks

NOT_UTF8 = pytest.mark.filterwarnings("ignore:.*are not valid UTF-8:UserWarning")
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
# A word may hold any bytes except whitespace, which separates fields.
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
    return tmp_path_factory.mktemp("word2vec")


@pytest.fixture(params=[row_blocks.SIZE, 64], ids=["large blocks", "small blocks"])
def block_size(request, monkeypatch):
    monkeypatch.setattr(row_blocks, "SIZE", request.param)


def create_file(folder, data, name="f"):
    path = folder / name
    path.write_bytes(data)
    return path


@NOT_UTF8
@pytest.mark.parametrize("size", [row_blocks.SIZE, 64])
@pytest.mark.parametrize("binary", [True, False])
@given(data=word_vectors())
def test_round_trip_keeps_keys_and_bits(folder, binary, size, data):
    keys, vectors = data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_blocks, "SIZE", size)
        write_word2vec(folder / "v", keys, vectors, binary)
        keys_read, vectors_read = read_word2vec(folder / "v", binary)
    assert keys_read == keys
    assert same_bits(vectors_read, vectors)


@pytest.mark.parametrize("binary", [True, False])
def test_binary_or_text_is_detected_from_the_content(folder, binary):
    keys = ["the", "1", "caf\u00e9"]
    vectors = np.random.default_rng(0).normal(size=(3, 7)).astype(np.float32)
    write_word2vec(folder / "v", keys, vectors, binary)
    keys_read, vectors_read = read_word2vec(folder / "v")
    assert keys_read == keys
    assert same_bits(vectors_read, vectors)


def test_binary_files_have_the_layout_of_word2vec_c(folder):
    vectors = np.array([[1, 2], [3, 4]], np.float32)
    write_word2vec(folder / "v", ["a", "b"], vectors, binary=True)
    first, second = vectors.astype("<f4")
    expected = b"2 2\na " + first.tobytes() + b"\nb " + second.tobytes() + b"\n"
    assert (folder / "v").read_bytes() == expected


def test_text_files_have_nine_digits(folder):
    vectors = np.array([[1, 0.1], [-3, 1e-30]], np.float32)
    write_word2vec(folder / "v", ["a", "b"], vectors)
    expected = b"2 2\na 1 0.100000001\nb -3 1e-30\n"
    assert (folder / "v").read_bytes() == expected


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_binary_files_without_newlines_are_read(folder, end, block_size):
    rows = np.random.default_rng(0).normal(size=(40, 5)).astype("<f4")
    records = b"".join(b"w%d " % i + row.tobytes() for i, row in enumerate(rows))
    keys, vectors = read_word2vec(create_file(folder, b"40 5\n" + records + end))
    assert keys == [f"w{i}" for i in range(40)]
    assert same_bits(vectors, rows)


def test_the_last_newline_may_be_missing(folder):
    rows = np.ones((2, 2), "<f4")
    data = b"2 2\na " + rows[0].tobytes() + b"\nb " + rows[1].tobytes()
    assert read_word2vec(create_file(folder, data), True)[0] == ["a", "b"]


def test_bytes_of_values_may_equal_separators(folder, block_size):
    rows = np.frombuffer(b" \n" * 60, "<f4").reshape(10, 3)
    keys = [f"w{i}" for i in range(10)]
    write_word2vec(folder / "v", keys, rows, binary=True)
    keys_read, vectors_read = read_word2vec(folder / "v", True)
    assert keys_read == keys
    assert same_bits(vectors_read, rows)


def test_words_that_split_a_utf8_character_are_kept(folder):
    data = b"2 1\ncaf\xc3 " + np.float32(1).tobytes() + b"\n\xa9 " + b"\0\0\0\0\n"
    with pytest.warns(UserWarning, match="words that are not valid UTF-8: 2 of 2,"):
        keys, vectors = read_word2vec(create_file(folder, data))
    write_word2vec(folder / "copy", keys, vectors, binary=True)
    assert (folder / "copy").read_bytes() == data


def test_glove_text_is_read(folder, block_size):
    data = b". . 0.5 -1 2e3\nthe 1 2 3\nat name@domain.com 4 5 6\n1 7 8 9"
    data = b"in 1 1 1\n" + data
    keys, vectors = read_word2vec(create_file(folder, data))
    assert keys == ["in", ". .", "the", "at name@domain.com", "1"]
    assert vectors[1].tolist() == [0.5, -1, 2000]
    assert vectors[4].tolist() == [7, 8, 9]


@pytest.mark.parametrize("end", ["", "\n", "\n\n", " \r\n\n", "\n" * 200])
def test_blank_lines_may_end_glove_text(folder, end, block_size):
    keys, vectors = read_word2vec(create_file(folder, f"a 1 2\nb 3 4{end}".encode()))
    assert keys == ["a", "b"]
    assert vectors.tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match=r"vector 2: .* 0 fields"):
        read_word2vec(create_file(folder, f"a 1 2\n\nb 3 4{end}".encode()))


def test_fasttext_text_is_read(folder):
    data = "3 2\na\u00a0b 1 2 \nx y 3 4 \n\u2028 5 6 \n".encode()
    keys, vectors = read_word2vec(create_file(folder, data))
    assert keys == ["a\u00a0b", "x y", "\u2028"]
    assert vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_windows_line_ends_and_tabs_are_read(folder):
    keys, vectors = read_word2vec(create_file(folder, b"2 2\r\na\t1\t2\r\nb  3  4\r\n"))
    assert keys == ["a", "b"]
    assert vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("binary", [True, False, None])
def test_limit_reads_only_the_first_words(folder, binary, block_size):
    keys = [f"w{i}" for i in range(50)]
    vectors = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    write_word2vec(folder / "v", keys, vectors, bool(binary))
    for limit in (1, 49, 50, 99):
        keys_read, vectors_read = read_word2vec(folder / "v", binary, limit)
        assert keys_read == keys[:limit]
        assert same_bits(vectors_read, vectors[:limit])
    with pytest.raises(ValueError, match="limit=0"):
        read_word2vec(folder / "v", limit=0)


def test_views_with_gaps_are_written(folder, block_size):
    padded = np.arange(800, dtype=np.float32).reshape(50, 16)
    keys = [f"w{i}" for i in range(50)]
    for binary in (True, False):
        write_word2vec(folder / "v", keys, padded[:, :10], binary)
        assert same_bits(read_word2vec(folder / "v")[1], padded[:, :10].copy())


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("key", ["", "new york", "a\n", "\tb", "\x0b", "\x0c", "\r"])
def test_keys_with_whitespace_are_rejected_before_writing(folder, key, binary):
    path = create_file(folder, b"old")
    with pytest.raises(ValueError, match=r"\.w2v") as caught:
        write_word2vec(path, ["fine", key], np.ones((2, 1), np.float32), binary)
    assert repr(key) in str(caught.value)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("key", ["\ud800", "\udcc3\udca9"])
def test_surrogates_that_represent_no_byte_are_rejected(folder, key):
    with pytest.raises(ValueError, match="surrogate"):
        write_word2vec(folder / "v", ["a", key], np.ones((2, 1), np.float32))


def test_the_number_of_keys_must_match_the_vectors(folder):
    with pytest.raises(ValueError, match="1 key, but"):
        write_word2vec(folder / "v", ["a"], np.ones((2, 1), np.float32))


BAD_TEXT_FILES = {
    "empty": (b"", "words dimensions"),
    "garbage": (b"hello world\nfoo\n", "words dimensions"),
    "no dimensions": (b"3 0\na \n", "nothing to read"),
    "no words": (b"0 3\n", "no vectors"),
    "minus": (b"-1 3\na 1 2 3\n", "vector 2"),
    "too large": (b"99999999999 100\na 1\n", "vector 1: expected a word and 100"),
    "too wide": (
        b"1 99999999999\na 1\n",
        "announces vectors of 99,999,999,999 dimensions, expected 16,777,216 at most",
    ),
    "enormous": (b"9" * 70 + b" 1\na 1\n", "first line"),
    "decimal comma": (b"2 2\na 1 2\nb 0,5 2\n", "vector 2: b'0,5' has a decimal comma"),
    "comma in GloVe": (b"the 0,5 -1,2\nof 1,2 3,4\n", "b'0,5' has a decimal comma"),
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
    "UTF-16": ("2 1\na 1\n".encode("utf-16"), "iconv"),
}


@pytest.mark.parametrize("name", BAD_TEXT_FILES)
def test_bad_text_files_are_rejected(folder, name):
    data, message = BAD_TEXT_FILES[name]
    path = create_file(folder, data)
    with pytest.raises(ValueError, match=message) as caught:
        read_word2vec(path, None if name in ("gzip", "pickle") else False)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("binary", [True, False, None])
@pytest.mark.parametrize("announced", [1, 2, 4, 99])
def test_a_wrong_count_gives_a_warning_with_the_numbers(folder, binary, announced):
    rows = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    write_word2vec(folder / "v", ["a", "b", "c"], rows, bool(binary))
    data = (folder / "v").read_bytes().replace(b"3 4", b"%d 4" % announced, 1)
    path = create_file(folder, data)
    message = f"announces {announced} words?, but the file has 3; read 3"
    with pytest.warns(UserWarning, match=message):
        keys, vectors = read_word2vec(path, binary)
    assert keys == ["a", "b", "c"]
    assert same_bits(vectors, rows)
    assert read_word2vec(path, binary, limit=1)[0] == ["a"]


def test_bad_binary_files_are_rejected(folder):
    write_word2vec(folder / "v", ["a", "b", "c"], np.ones((3, 4), np.float32), True)
    data = (folder / "v").read_bytes()
    row_ends = {4 + 19 * n - missing for n in (1, 2) for missing in (0, 1)}
    for stop in range(1, len(data) - 1):
        path = create_file(folder, data[:stop])
        if stop in row_ends:
            with pytest.warns(UserWarning, match="announces 3 words, but the file has"):
                read_word2vec(path, True)
        else:
            with pytest.raises(ValueError, match=str(folder)):
                read_word2vec(path, True)
    with pytest.raises(ValueError, match="more data"):
        read_word2vec(create_file(folder, data + b"d ddd"), True)
    with pytest.raises(ValueError, match="truncated: the file ends after 3 of 4"):
        truncated = data.replace(b"3 4", b"4 4") + b"dddddddddddddddd"
        read_word2vec(create_file(folder, truncated), True)
    with pytest.raises(ValueError, match=r"vector 3: .*holds a space"):
        read_word2vec(create_file(folder, data.replace(b"\nb ", b"\nnew york ")), True)
    for word in (b"\nb\nc ", b"\n\nb ", b"\n "):
        with pytest.raises(ValueError, match="vector 2: expected a word"):
            read_word2vec(create_file(folder, data.replace(b"\nb ", word)), True)
    with pytest.raises(ValueError, match="words dimensions"):
        read_word2vec(create_file(folder, b"a 1 2 3\n"), True)
    with pytest.raises(ValueError, match="the line after the header is text"):
        read_word2vec(create_file(folder, b"2 2\na 1 2\nb 3 4\n"), True)


def test_a_word_that_does_not_end_is_rejected(folder, monkeypatch):
    monkeypatch.setattr(row_blocks, "SIZE", 4096)
    with pytest.raises(ValueError, match="no word ends"):
        read_word2vec(create_file(folder, b"100 1\n" + b"x" * 100_000), True)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=300)
@given(
    data=word_vectors(),
    binary=st.booleans(),
    position=st.integers(0, 10**6),
    byte=st.integers(0, 255),
    cut=st.booleans(),
    give_binary=st.booleans(),
)
def test_damaged_files_raise_or_give_complete_vectors(
    folder, data, binary, position, byte, cut, give_binary
):
    write_word2vec(folder / "v", *data, binary)
    content = bytearray((folder / "v").read_bytes())
    position %= len(content)
    content[position:] = b"" if cut else bytes([byte]) + content[position + 1 :]
    try:
        keys, vectors = read_word2vec(
            create_file(folder, content), binary if give_binary else None
        )
    except ValueError as error:
        assert str(folder) in str(error)
    else:
        assert vectors.dtype == np.float32
        assert vectors.ndim == 2
        assert len(keys) == len(vectors) > 0
        assert vectors.shape[1] > 0


@pytest.mark.parametrize("vector", [b'"\n\xf1J', b"12\n3", b"1\n\n\n", b"a 1\n1.5\n"])
def test_a_newline_in_a_binary_vector_does_not_make_it_text(folder, vector):
    values = np.frombuffer(vector, np.float32)[None]
    write_word2vec(folder / "v", ["!"], values, binary=True)
    keys, read = read_word2vec(folder / "v", binary=True)
    assert keys == ["!"]
    assert np.array_equal(read, values)


def test_text_needs_only_the_write_method_of_an_open_file():
    class Sink:
        def __init__(self):
            self.parts = []

        def write(self, data):
            self.parts.append(bytes(data))
            return len(data)

    sink = Sink()
    wv = KeyedVectors(["a", "b"], np.eye(2))
    wv.save_word2vec_format(sink, binary=False)
    assert b"".join(sink.parts) == b"2 2\na 1 0\nb 0 1\n"
