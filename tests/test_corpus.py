import gc
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast import spill
from w2vfast._scan import Table, find_white, rfind_white, select, translate
from w2vfast.corpus import Corpus
from w2vfast.vocabulary import Vocabulary, rank_order

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
            Corpus(file(data), workers, _piece=piece)
        return
    limit = 8 if spilled else None
    corpus = Corpus(file(data), workers, memory_limit=limit, _piece=piece)
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
    assert facts(Corpus(path, workers, _piece=20_011)) == oracle(lines)
    spilled = Corpus(path, workers, memory_limit=50_000, _piece=20_011)
    assert facts(spilled) == oracle(lines)
    assert facts(Corpus(lines, workers)) == oracle(lines)


def test_one_line_without_end_and_words_longer_than_pieces(file):
    long = b"x" * 300_000
    data = b"a " + long + b" b a  " + long + b"y " + long
    corpus = Corpus(file(data), 3, _piece=1000)
    expected = lines_of(data)
    assert facts(corpus) == oracle(expected)
    assert len(corpus) == 1


def test_several_files_end_their_sentences(file, tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, ["one two", "", "two three\nfour"], strict=True):
        path.write_text(text)
    lines = [["one", "two"], ["two", "three"], ["four"]]
    assert facts(Corpus(paths, _piece=3)) == oracle(lines)


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
    monkeypatch.setattr("w2vfast.encoding._CHUNK", 5)
    lines = [list("abcab"), [], list("z"), list("cabcaaaqqqqqqq")] * 3
    for limit in (None, 0, 30):
        assert facts(Corpus(iter(lines), memory_limit=limit)) == oracle(lines)


def test_closing_lets_go():
    with Corpus([["a", "b"]]) as corpus:
        assert repr(corpus) == "<Corpus: 2 tokens in 1 sentences, 2 types>"
    assert repr(corpus) == "<Corpus: closed>"
    with pytest.raises(ValueError, match="closed"):
        _ = corpus.ids


# -- errors midway, and what is left behind


class BoomError(Exception):
    pass


def failing():
    for _ in range(50):
        yield ["some", "words"] * 50
    raise BoomError


def test_errors_of_an_iterator_come_out_as_they_are():
    with pytest.raises(BoomError):
        Corpus(failing())


def test_errors_of_one_thread_stop_all(file, monkeypatch):
    path = file(b"some words and more\n" * 1000)
    calls = iter(range(100_000))

    def copy(self, part):
        if next(calls) == 7:
            raise BoomError
        return part.copy()

    monkeypatch.setattr(spill.Copies, "copy", copy)
    before = threading.active_count()
    with pytest.raises(BoomError):
        Corpus(path, 3, _piece=100, memory_limit=100)
    assert threading.active_count() == before


def open_temporaries():
    links = Path("/proc/self/fd").iterdir()
    names = [str(link.readlink()) for link in links if link.exists()]
    return [name for name in names if name.startswith(tempfile.gettempdir())]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
@pytest.mark.parametrize("fails", [False, True])
def test_spilling_leaves_no_file(tmp_path, monkeypatch, fails):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("w2vfast.encoding._CHUNK", 100)
    if fails:
        with pytest.raises(BoomError):
            Corpus(failing(), memory_limit=64)
    else:
        corpus = Corpus([["a", "b"] * 5000], memory_limit=64)
        maps = Path("/proc/self/maps").read_text()
        assert str(tmp_path) in maps  # so it did spill
        assert list(tmp_path.iterdir()) == []
        corpus.close()
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()
    assert open_temporaries() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error_that_says_where(monkeypatch):
    def full(buffering):
        return Path("/dev/full").open("r+b", buffering=buffering)

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(OSError, match="TMPDIR"):
        Corpus([["a", "b"]], memory_limit=0)


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
    monkeypatch.setattr("w2vfast.corpus._CHUNK", 3)
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


# -- vocabularies of a corpus


LINES = [["c", "b", "a"], ["a", "b", "a"], ["d"]]


def test_a_vocabulary_is_the_first_ids():
    corpus = Corpus(LINES)
    vocabulary = corpus.vocabulary(min_count=2)
    assert vocabulary.index_to_key == ["a", "b"]
    assert vocabulary.counts.tolist() == [3, 2]
    assert corpus.vocabulary(1).index_to_key == ["a", "b", "c", "d"]
    assert corpus.vocabulary(1, 3).index_to_key == ["a", "b", "c"]
    assert corpus.vocabulary(1, 9).index_to_key == ["a", "b", "c", "d"]
    assert corpus.words(2) == ["a", "b"]
    assert corpus.words(0) == []


def test_encoding_with_another_vocabulary():
    wanted = Vocabulary(["new", "b", "c"], [7, 0, 1])
    encoded = Corpus(LINES).encode(wanted)
    assert encoded.ids.tolist() == [2, 1, 1]
    assert encoded.offsets.tolist() == [0, 2, 3]
    assert encoded.counts.tolist() == [7, 0, 1]
    assert encoded.words() == ["new", "b", "c"]
    assert encoded.vocabulary(min_count=100) is wanted


def test_encoding_with_the_same_words_shares_the_ids():
    corpus = Corpus(LINES)
    encoded = corpus.encode(corpus.vocabulary(2))
    assert encoded.ids is corpus.ids
    assert encoded.vocabulary().index_to_key == ["a", "b"]
    corpus.close()
    assert encoded.ids.tolist() == [2, 1, 0, 0, 1, 0, 3]


def test_encoding_twice():
    corpus = Corpus([*LINES, ["e", "a"]])
    shared = corpus.encode(corpus.vocabulary(1, 2))
    again = shared.encode(Vocabulary(["x", "b", "e"], [1, 1, 1]))
    assert again.ids.tolist() == [1, 1]
    assert again.offsets.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="no token"):
        shared.encode(Vocabulary(["e", "d"], [1, 1]))
    every = corpus.encode(Vocabulary(["f", *corpus.words()], [1] * 6))
    assert (every.ids == corpus.ids + 1).all()


def test_encoding_with_no_word_in_common_is_an_error():
    with pytest.raises(ValueError, match="no token"):
        Corpus(LINES).encode(Vocabulary(["x", "y"], [1, 1]))


@RELAXED
@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1),
    st.permutations("abcdefgh"),
    st.integers(1, 8),
    st.sampled_from([None, 0]),
)
def test_encoding_agrees_with_python(lines, keys, size, limit):
    index = {key: i for i, key in enumerate(keys[:size])}
    ids = [[index[t] for t in line if t in index] for line in lines]
    ids = [line for line in ids if line]
    if not ids:
        return
    corpus = Corpus(lines, memory_limit=limit)
    encoded = corpus.encode(Vocabulary(keys[:size], [1] * size))
    if encoded.ids is not corpus.ids:
        assert encoded.ids.tolist() == [i for line in ids for i in line]
        assert np.diff(encoded.offsets).tolist() == [len(line) for line in ids]


@RELAXED
@given(st.lists(st.sampled_from([1, 2, 3, 65534, 65535, 65536, 10**12]), max_size=30))
def test_order_by_count_keeps_ties_in_place(counts):
    expected = sorted(range(len(counts)), key=lambda i: -counts[i])
    assert rank_order(np.array(counts, np.int64)).tolist() == expected


# -- progress


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


# -- the compiled pieces refuse what would write out of bounds


def test_native_functions_check_their_room():
    table = Table()
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="room"):
        table.scan(b"some words here", one, one, True)
    ids, ends = np.zeros((2, 20), np.int32)
    assert table.scan(b"b a\nb", ids, ends, True) == (3, 2)
    with pytest.raises(ValueError, match="room"):
        Table().absorb(table, one)
    with pytest.raises(ValueError, match="counts"):
        table.measure(np.zeros(1, np.int64), np.zeros(2, np.int64))
    order = np.array([0, 5])
    with pytest.raises(ValueError, match="no word 5"):
        table.spell(order, np.array([0, 1]), np.zeros(9, np.uint8))
    with pytest.raises(ValueError, match="fit"):
        translate(one, one, np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="fit"):
        select(one, one, np.zeros(2, np.int32), np.zeros(1, np.int64))


@RELAXED
@given(st.binary(max_size=20), st.integers(-2, 22))
def test_white_space_is_found(data, start):
    white = [i for i in range(max(start, 0), len(data)) if data[i] in WHITE]
    if 0 <= start < len(data):
        assert find_white(data, start) == (white[0] if white else len(data))
        assert rfind_white(data, start) == (white[-1] if white else start - 1)
    else:
        assert find_white(data, start) == len(data)
        assert rfind_white(data, start) == start - 1


def test_the_limit_is_half_of_the_memory():
    assert spill.resolve_limit(None) == spill.physical_memory() // 2
    assert spill.physical_memory() > 1 << 26
    with pytest.raises(ValueError, match="memory_limit"):
        Corpus(LINES, memory_limit=-1)
    with pytest.raises(TypeError, match="memory_limit"):
        Corpus(LINES, memory_limit=0.5)
    with pytest.raises(ValueError, match="workers=0"):
        Corpus(LINES, workers=0)


@pytest.mark.parametrize("data", [b"\n" * 50, b"a\n\n" * 50, b"a\n" * 50, b"a b " * 9])
def test_scanning_stays_within_its_room(data):
    tokens = (len(data) + 1) // 2
    ids, ends = np.full((2, tokens + 9), -7, np.int32)
    Table().scan(data, ids[:tokens], ends[: tokens + 1], True)
    assert (ids[tokens:] == -7).all()
    assert (ends[tokens + 1 :] == -7).all()


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
    assert facts(Corpus(file(data), 3, _piece=99)) == oracle(lines_of(data))
