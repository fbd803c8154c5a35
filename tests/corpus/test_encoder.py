"""Files and token lists become ids; the results equal those of plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus.content import kind_of
from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.plausibility import has_binary_controls
from w2vfast.corpus.wide_text import wide_encoding
from w2vfast.files.decompression import content_suffix

RELAXED = settings(deadline=None)

WHITE = b" \t\n\r\v\f"

PARTS = st.sampled_from(
    [b"a", b"b", b"the", b"of", b"sentence", b"eight888", b"ninechars", b"\0", b"a\0"]
    + [
        "größe".encode(),
        "日本".encode(),
        b"\xff\xfe",
        b"\xc3",
        b"x" * 40,
        b"\x1c",
        b"\x85",
    ]
    + [bytes([white]) for white in WHITE] * 2
    + [b"\r\n", b"\n\n", b" "] * 2
)


def is_table(data):
    """Return whether bytes begin as the formats of Arrow do, which are no text."""
    is_stream = data.startswith(b"\xff\xff\xff\xff") and data[7:8] == b"\0"
    return data.startswith(b"ARROW1\0\0") or is_stream


TEXTS = st.one_of(
    st.lists(PARTS, max_size=60).map(b"".join), st.binary(max_size=80)
).filter(lambda data: not (is_table(data) or content_suffix(data)))


class BoomError(Exception):
    pass


def failing():
    for _ in range(50):
        yield ["some", "words"] * 50
    raise BoomError


def lines_of(data, errors="surrogateescape"):
    """Return the token lists of a text, by plain Python."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = [line.split() for line in data.split(b"\n")]
    texts = [[token.decode("utf-8", errors) for token in line] for line in lines]
    return [[text for text in line if text] for line in texts]


def error_of(data):
    """Return a pattern for the error of a text in UTF-8, or None; by plain Python."""
    if content_suffix(data):
        return "the name does not end in"
    if wide_encoding(data) or kind_of(data):
        return " text; pass encoding=|, not text; "
    try:
        data.split(b"\0")[0].decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return (
            rf": line {line}, byte {error.start}: 0x{data[error.start]:02x}.* not utf-8"
        )
    if b"\0" in data:
        line, place = data.split(b"\0")[0].count(b"\n") + 1, data.index(0)
        return f": line {line}, byte {place}: a NUL character"
    return None if any(lines_of(data)) else "empty"


@pytest.mark.filterwarnings("ignore:.* looks like")  # random bytes may
@pytest.mark.filterwarnings(r"ignore:.*ends its lines with \\r:UserWarning")
@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([1, 2, 3, 7]), st.integers(1, 40))
def test_any_bytes_are_read_as_in_python_or_the_place_of_the_error_is_named(
    rewrite, contents, encoded, data, workers, size
):
    expected = error_of(data)
    if expected is None:
        corpus = Corpus(rewrite(data), workers, _chunk_bytes=size)
        assert contents(corpus) == encoded(lines_of(data))
    else:
        with pytest.raises(ValueError, match=expected):
            Corpus(rewrite(data), workers, _chunk_bytes=size)


@pytest.mark.filterwarnings("ignore:.* looks like")  # random bytes may
@pytest.mark.filterwarnings(r"ignore:.*ends its lines with \\r:UserWarning")
@settings(max_examples=300, deadline=None)
@given(
    TEXTS,
    st.sampled_from(["surrogateescape", "replace", "ignore"]),
    st.sampled_from([1, 2, 3, 7]),
    st.integers(1, 40),
    st.booleans(),
)
def test_any_bytes_encode_as_in_python(
    rewrite, contents, encoded, data, errors, workers, size, spilled
):
    limit = 8 if spilled else None
    given = {"errors": errors, "memory_limit": limit, "_chunk_bytes": size}
    lines = lines_of(data, errors)
    refused = wide_encoding(data) or kind_of(data) or content_suffix(data)
    refused = refused or (errors != "surrogateescape" and has_binary_controls(data))
    if b"\0" in data or refused or not any(lines):
        messages = (
            r"NUL|binary data|, not text|; pass encoding|empty|the name does not end in"
        )
        with pytest.raises(ValueError, match=messages):
            Corpus(rewrite(data), workers, **given)
    else:
        corpus = Corpus(rewrite(data), workers, **given)
        assert contents(corpus) == encoded(lines)


@RELAXED
@given(st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=8), st.booleans())
def test_token_lists_encode_as_in_python(contents, encoded, lines, spilled):
    # In token lists any str is a word: empty, with spaces, with lone surrogates.
    if any(lines):
        corpus = Corpus(iter(lines), 2, memory_limit=4 if spilled else None)
        assert contents(corpus) == encoded(lines)


@RELAXED
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_surrogates_round_trip(words):
    words = [*words, "\udcff", "\ud800", "é", "\udcc3\udca9"]
    assert sorted(Corpus([words]).words()) == sorted(set(words))


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_larger_text_with_many_words(rewrite, contents, encoded, workers):
    random = np.random.default_rng(5)
    lengths = random.integers(0, 30, 3000)
    lines = [[f"w{int(i)}" for i in random.zipf(1.2, n) % 20000] for n in lengths]
    path = rewrite("\n".join(" ".join(line) for line in lines).encode())
    assert contents(Corpus(path, workers, _chunk_bytes=20_011)) == encoded(lines)
    spilled = Corpus(path, workers, memory_limit=50_000, _chunk_bytes=20_011)
    assert contents(spilled) == encoded(lines)
    assert contents(Corpus(lines, workers)) == encoded(lines)


def test_words_may_be_longer_than_chunks(rewrite, contents, encoded):
    long = b"x" * 300_000
    data = b"a " + long + b" b a  " + long + b"y " + long
    corpus = Corpus(rewrite(data), 3, _chunk_bytes=1000)
    expected = lines_of(data)
    assert contents(corpus) == encoded(expected)
    assert len(corpus) == 1


def test_sentences_end_at_the_end_of_a_file(contents, encoded, tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, ["one two", "", "two three\nfour"], strict=True):
        path.write_text(text)
    lines = [["one", "two"], ["two", "three"], ["four"]]
    assert contents(Corpus(paths, _chunk_bytes=3)) == encoded(lines)


def test_token_lists_longer_than_a_block(contents, encoded, monkeypatch):
    monkeypatch.setattr("w2vfast.corpus.encoder._BLOCK", 5)
    lines = [list("abcab"), [], list("z"), list("cabcaaaqqqqqqq")] * 3
    for limit in (None, 0, 30):
        assert contents(Corpus(iter(lines), memory_limit=limit)) == encoded(lines)


def test_an_iterator_s_error_reaches_the_caller():
    with pytest.raises(BoomError):
        Corpus(failing())


# Words with equal hashes; the hash is the one in _word_hash.pxd.

FACTOR = 0x9E3779B97F4A7C15

MASK = 2**64 - 1


def mix(hashed):
    hashed = hashed * FACTOR & MASK
    return hashed ^ (hashed >> 32)


def unmix(hashed):
    return (hashed ^ (hashed >> 32)) * pow(FACTOR, -1, 2**64) & MASK


@pytest.mark.filterwarnings("ignore:.* looks like")  # random bytes may
@pytest.mark.filterwarnings(r"ignore:.*ends its lines with \\r:UserWarning")
def test_words_with_equal_hashes_get_different_ids(rewrite, contents, encoded):
    head, words = b"the_head", []
    start = mix(int.from_bytes(head, "little"))
    same = mix(start ^ int.from_bytes(b"the_tail", "little"))
    for i in range(100):
        second = b"%04dword" % i
        after = mix(start ^ int.from_bytes(second, "little"))
        # The last 8 bytes are chosen so that all these words have the same hash.
        thirds = after ^ same, after ^ unmix(unmix(mix(after) ^ 16 ^ 24))
        longer = [head + second + third.to_bytes(8, "little") for third in thirds]
        words += [*longer, head + second]
    words = [word for word in words if len(word.split()) == 1 and b"\0" not in word]
    assert len(words) > 200
    data = b" ".join(words + words)
    corpus = Corpus(rewrite(data), 3, errors="surrogateescape", _chunk_bytes=99)
    assert contents(corpus) == encoded(lines_of(data))
