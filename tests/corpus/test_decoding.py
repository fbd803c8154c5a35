"""Other encodings are read as UTF-8 is; errors name the place of a wrong byte."""

import codecs
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus.content import NotTextError, check_head
from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.decoding import decoded
from w2vfast.corpus.text_options import TextOptions

ENCODINGS = ["utf-8", "latin-1", "cp1252", "gbk", "gb18030", "shift_jis", "euc_kr"]
ENCODINGS += ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "utf-8-sig"]
WORDS = st.sampled_from(["a", "the", "é", "ö", "猫", "犬", "我", "й", "한", "☃", "🐈"])
SPACE = st.sampled_from([" ", "\n", "\r\n", "\t"])


#: Python counts the bytes of these after the byte order mark, or not at all.
UNPLACED = ("utf-7", "utf-32", "utf-8-sig")


def is_refused(data):
    try:
        check_head(data, "x", is_wide=True)
    except NotTextError:
        return True
    return False


@pytest.mark.filterwarnings("ignore:.* looks like")  # random words may
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ENCODINGS),
    st.lists(st.tuples(WORDS, SPACE), min_size=1, max_size=30),
    st.integers(1, 20),
)
def test_text_in_any_encoding_equals_its_utf8(rewrite, contents, encoding, parts, size):
    text = "".join(word + space for word, space in parts)
    text = text.encode(encoding, "ignore").decode(encoding)
    data = text.encode(encoding)
    if text.strip() and not is_refused(data):
        corpus = Corpus(rewrite(data), 2, encoding=encoding, _chunk_bytes=size)
        found = contents(corpus)
        assert found == contents(Corpus(rewrite(text.encode()), 1))
        stream = Corpus(io.BytesIO(data), encoding=encoding, _chunk_bytes=size)
        assert contents(stream) == found


def blocks(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from([e for e in ENCODINGS if e not in UNPLACED]),
    st.lists(st.tuples(WORDS, SPACE), max_size=12),
    st.binary(min_size=1, max_size=6),
    st.integers(1, 9),
)
def test_the_place_of_a_wrong_byte_is_that_of_python(encoding, parts, wrong, size):
    text = "".join(word + space for word, space in parts)
    data = text.encode(encoding, "ignore") + wrong
    options = TextOptions(encoding)
    try:
        whole = codecs.decode(data, encoding)
    except UnicodeDecodeError as error:
        before = codecs.getincrementaldecoder(encoding)("ignore")
        line = before.decode(data[: error.start]).count("\n") + 1
        expected = f": line {line}, byte {error.start}: |: line .*NUL"
        with pytest.raises(NotTextError, match=expected):
            list(decoded(blocks(data, size), "x", options))
        return
    if "\0" in whole:
        line = whole[: whole.index("\0")].count("\n") + 1
        with pytest.raises(NotTextError, match=f"line {line}: a NUL"):
            list(decoded(blocks(data, size), "x", options))
    elif encoding != "utf-16" or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = "".join(decoded(blocks(data, size), "x", options))
        assert found == whole.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_error_mode_reads_what_python_reads(rewrite, encoding):
    data = "a é\nb\n".encode(encoding, "ignore") + b"\xd8" * 3
    for errors in ("replace", "ignore"):
        expected = data.decode(encoding, errors).split()
        corpus = Corpus(rewrite(data), encoding=encoding, errors=errors)
        assert [corpus.words()[i] for i in corpus.ids] == expected
