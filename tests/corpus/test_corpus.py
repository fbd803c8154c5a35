"""Text, token lists and ids become a corpus: all agree with the plainest Python."""

import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus.corpus import Corpus
from w2vfast.runtime import memory

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
TEXTS = st.one_of(st.lists(PARTS, max_size=60).map(b"".join), st.binary(max_size=80))


def oracle(lines):
    """Ids, sentence lengths, words and counts, by the plainest Python."""
    lines = [line for line in lines if line]
    counts = Counter(token for line in lines for token in line)
    words = sorted(counts, key=lambda word: -counts[word])
    rank = {word: i for i, word in enumerate(words)}
    ids = [rank[token] for line in lines for token in line]
    return ids, [len(line) for line in lines], words, [counts[w] for w in words]


def facts(corpus):
    lengths = np.diff(corpus.offsets).tolist()
    return corpus.ids.tolist(), lengths, corpus.words(), corpus.counts.tolist()


def lines_of(data):
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = [line.split() for line in data.split(b"\n")]
    return [[t.decode("utf-8", "surrogateescape") for t in line] for line in lines]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return a function that writes bytes to one file over and over."""
    path = tmp_path_factory.mktemp("corpus") / "text.txt"

    def put(data):
        path.write_bytes(data)
        return path

    return put


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([1, 2, 3, 7]), st.integers(1, 40), st.booleans())
def test_any_bytes_threads_and_pieces_agree_with_python(
    file, data, workers, piece, spilled
):
    lines = lines_of(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or not any(lines):
        with pytest.raises(ValueError, match=r"UTF-8|empty"):
            Corpus(file(data), workers, _chunk_bytes=piece)
        return
    limit = 8 if spilled else None
    corpus = Corpus(file(data), workers, memory_limit=limit, _chunk_bytes=piece)
    assert facts(corpus) == oracle(lines)


@RELAXED
@given(st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=8), st.booleans())
def test_token_lists_agree_with_python(lines, spilled):
    # Any str is a word here: with spaces, empty, even with lone surrogates.
    if any(lines):
        corpus = Corpus(iter(lines), 2, memory_limit=4 if spilled else None)
        assert facts(corpus) == oracle(lines)


@RELAXED
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_surrogates_come_back_as_they_were(words):
    words = [*words, "\udcff", "\ud800", "é", "\udcc3\udca9"]
    assert sorted(Corpus([words]).words()) == sorted(set(words))


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_larger_text_with_many_words(file, workers):
    random = np.random.default_rng(5)
    lengths = random.integers(0, 30, 3000)
    lines = [[f"w{int(i)}" for i in random.zipf(1.2, n) % 20000] for n in lengths]
    path = file("\n".join(" ".join(line) for line in lines).encode())
    assert facts(Corpus(path, workers, _chunk_bytes=20_011)) == oracle(lines)
    spilled = Corpus(path, workers, memory_limit=50_000, _chunk_bytes=20_011)
    assert facts(spilled) == oracle(lines)
    assert facts(Corpus(lines, workers)) == oracle(lines)


def test_one_line_without_end_and_words_longer_than_pieces(file):
    long = b"x" * 300_000
    data = b"a " + long + b" b a  " + long + b"y " + long
    corpus = Corpus(file(data), 3, _chunk_bytes=1000)
    expected = lines_of(data)
    assert facts(corpus) == oracle(expected)
    assert len(corpus) == 1


def test_several_files_end_their_sentences(file, tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, ["one two", "", "two three\nfour"], strict=True):
        path.write_text(text)
    lines = [["one", "two"], ["two", "three"], ["four"]]
    assert facts(Corpus(paths, _chunk_bytes=3)) == oracle(lines)


def test_arrays_are_read_only_and_of_the_promised_types():
    for corpus in (
        Corpus([["a", "b", "a"]]),
        Corpus([["a", "b", "a"]], memory_limit=0),
        Corpus.from_ids([3, 1, 3]),
    ):
        kinds = [a.dtype for a in (corpus.ids, corpus.offsets, corpus.counts)]
        assert kinds == [np.int32, np.int64, np.int64]
        for array in (corpus.ids, corpus.offsets, corpus.counts):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


def test_long_lists_are_packed_in_chunks(monkeypatch):
    monkeypatch.setattr("w2vfast.corpus.encoder._BLOCK", 5)
    lines = [list("abcab"), [], list("z"), list("cabcaaaqqqqqqq")] * 3
    for limit in (None, 0, 30):
        assert facts(Corpus(iter(lines), memory_limit=limit)) == oracle(lines)


def test_closing_lets_go():
    with Corpus([["a", "b"]]) as corpus:
        assert repr(corpus) == "<Corpus: 2 tokens in 1 sentences, 2 types>"
    assert repr(corpus) == "<Corpus: closed>"
    with pytest.raises(ValueError, match="closed"):
        _ = corpus.ids


# -- ids


@RELAXED
@given(st.data())
def test_ids_and_offsets_round_trip(data):
    sentences = data.draw(st.lists(st.lists(st.integers(0, 9), max_size=6)))
    if not any(sentences):
        return
    flat = [i for sentence in sentences for i in sentence]
    offsets = np.cumsum([0, *map(len, sentences)])
    kind = data.draw(st.sampled_from([np.uint8, np.int32, np.int64, np.uint64]))
    words = [[str(i) for i in sentence] for sentence in sentences]
    corpus = Corpus.from_ids(np.array(flat, kind), offsets)
    assert facts(corpus) == oracle(words)
    again = Corpus.from_ids(corpus.ids, corpus.offsets, corpus.words())
    assert facts(again) == facts(corpus)


def test_ids_in_chunks_and_spilled(monkeypatch):
    monkeypatch.setattr("w2vfast.corpus.remap._BLOCK", 3)
    ids = [5, 5, 2, 2, 2, 0, 7, 7, 7, 7, 5]
    lines = [["5"] * 2, ["2", "2", "2", "0", "7"], ["7", "7", "7"], ["5"]]
    for limit in (None, 0):
        corpus = Corpus.from_ids(ids, [0, 0, 2, 2, 7, 10, 11, 11], memory_limit=limit)
        assert facts(corpus) == oracle(lines)


def test_ids_may_be_huge_and_have_names():
    corpus = Corpus.from_ids([10**15, 3, 10**15])
    assert corpus.words() == [str(10**15), "3"]
    assert corpus.ids.tolist() == [0, 1, 0]
    assert Corpus.from_ids([1, 1, 0], words=["zero", "one"]).words() == ["one", "zero"]
    assert len(Corpus.from_ids([4, 4, 2])) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([],), ValueError, "no ids"),
        (([1.5],), TypeError, "integers"),
        (([True],), TypeError, "integers"),
        (([[1]],), TypeError, "one dimension"),
        (([-1, 2],), ValueError, "0 or more"),
        (([0, 5], None, ["a", "b"]), ValueError, "from 0 to 1"),
        (([0, 1], None, ["a", 3]), TypeError, r"words\[1\]=3"),
        (([0, 1], [0, 1]), ValueError, "rise from 0 to 2"),
        (([0, 1], [1, 2]), ValueError, "rise from 0 to 2"),
        (([0, 1], [0, 2, 1, 2]), ValueError, "rise from 0 to 2"),
        (([0, 1], []), (ValueError, TypeError), "offsets"),
        (([0, 1], [0.0, 2.0]), TypeError, "offsets"),
    ],
)
def test_bad_ids_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Corpus.from_ids(*arguments)


# -- progress, memory


LINES = [["c", "b", "a"], ["a", "b", "a"], ["d"]]


def test_progress_bars(file, capsys, monkeypatch):
    path = file(b"some words\n" * 100)
    for source in (path, LINES, iter(LINES)):
        Corpus(source, progress=True)
        assert "scan: " in capsys.readouterr().err
    for terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda shown=terminal: shown)
        Corpus(path)
        assert ("scan: " in capsys.readouterr().err) == terminal
        Corpus(path, progress=False)
        assert capsys.readouterr().err == ""


def test_the_limit_is_half_of_the_memory():
    assert memory.resolve_limit(None) == memory.physical_memory() // 2
    assert memory.physical_memory() > 1 << 26
    with pytest.raises(ValueError, match="memory_limit"):
        Corpus(LINES, memory_limit=-1)
    with pytest.raises(TypeError, match="memory_limit"):
        Corpus(LINES, memory_limit=0.5)
    with pytest.raises(ValueError, match="workers=0"):
        Corpus(LINES, workers=0)


# -- words with equal hashes; the hash is that of _tokens.pxd


FACTOR = 0x9E3779B97F4A7C15
MASK = 2**64 - 1


def mix(hashed):
    hashed = hashed * FACTOR & MASK
    return hashed ^ (hashed >> 32)


def unmix(hashed):
    return (hashed ^ (hashed >> 32)) * pow(FACTOR, -1, 2**64) & MASK


def test_words_with_equal_hashes_stay_apart(file):
    head, words = b"the_head", []
    start = mix(int.from_bytes(head, "little"))
    same = mix(start ^ int.from_bytes(b"the_tail", "little"))
    for i in range(100):
        second = b"%04dword" % i
        after = mix(start ^ int.from_bytes(second, "little"))
        # One third word makes up for the second, another for its own 8 bytes.
        thirds = after ^ same, after ^ unmix(unmix(mix(after) ^ 16 ^ 24))
        longer = [head + second + third.to_bytes(8, "little") for third in thirds]
        words += [*longer, head + second]
    words = [word for word in words if len(word.split()) == 1]
    assert len(words) > 200
    data = b" ".join(words + words)
    assert facts(Corpus(file(data), 3, _chunk_bytes=99)) == oracle(lines_of(data))
