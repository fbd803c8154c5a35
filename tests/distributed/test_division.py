import gzip
import os
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from w2vfast import Corpus
from w2vfast.corpus.text_options import TextOptions
from w2vfast.distributed import divide, encode_shard, number_words, train
from w2vfast.distributed.division import LINE_SEARCH
from w2vfast.distributed.files import open_file


def contents(shards):
    """Return the bytes of each shard."""
    texts = []
    for shard in shards:
        parts = []
        for piece in shard:
            with open_file(piece.url) as file:
                parts.append(file.read()[piece.start : piece.stop])
        texts.append(b"".join(parts))
    return texts


def numbered(shards, min_count=1):
    """Return the vocabulary of shards, and their sentences as words."""
    encoded = [encode_shard(shard) for shard in shards]
    vocabulary = number_words([e.words for e in encoded], min_count)
    sentences = []
    for e in encoded:
        ids = e.numbered(vocabulary)
        bounds = ids.offsets.tolist()
        for start, end in pairwise(bounds):
            sentences.append([vocabulary.index_to_key[i] for i in ids.ids[start:end]])
    return vocabulary, sentences


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 50])
def test_shards_are_the_corpus_in_order_and_cut_at_line_ends(tmp_path, shards):
    chance = random.Random(1)
    folder = tmp_path / "corpus"
    folder.mkdir()
    whole = b""
    for number in range(4):
        lines = [
            b"w%d " % chance.randrange(90) * chance.randrange(9) for _ in range(99)
        ]
        text = b"\n".join(lines) + b"\n" * (number % 2)
        (folder / f"{number}.txt").write_bytes(text)
        whole += text
    found = divide(folder, shards)
    assert len(found) == shards
    texts = contents(found)
    assert b"".join(texts) == whole
    for shard in found:
        for piece in shard:
            before = Path(piece.url).read_bytes()[: piece.start]

            assert not before or before.endswith(b"\n")
    sizes = [len(text) for text in texts]
    assert max(sizes) - min(sizes) < 100


@pytest.mark.parametrize("shards", [1, 2, 5, 11])
def test_words_have_the_numbers_of_one_process(text, shards):
    whole = Corpus(text)
    vocabulary, sentences = numbered(divide(text, shards))
    right = whole.vocabulary(min_count=1)
    assert vocabulary.index_to_key == right.index_to_key
    assert vocabulary.counts.tolist() == right.counts.tolist()
    words, bounds = whole.words(), whole.offsets.tolist()
    ids = whole.ids.tolist()
    assert sentences == [
        [words[i] for i in ids[start:end]] for start, end in pairwise(bounds)
    ]


def test_equal_counts_are_in_the_order_of_first_appearance(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("z y\nx z\nb a\na b\ny x\n")
    vocabulary, _ = numbered(divide(path, 3))
    assert vocabulary.index_to_key == ["z", "y", "x", "b", "a"]


def test_fingerprints_tell_texts_and_words_apart(tmp_path):
    path, found = tmp_path / "corpus.txt", set()
    texts = ["a b a\n", "c d c\n", "a b b\n", "a b\na\n", "b a b\n"]
    for text in texts:
        path.write_text(text)
        found.add(encode_shard(divide(path, 1)[0]).words.fingerprint)
    assert len(found) == len(texts)


def test_one_long_line_is_cut_at_white_space(tmp_path):
    path = tmp_path / "text8"
    words = [b"%d" % n for n in range(800_000)]
    path.write_bytes(b" ".join(words))
    found = divide(path, 3)
    texts = contents(found)
    assert b" ".join(texts).split() == words
    assert all(len(text) > LINE_SEARCH for text in texts)


@pytest.mark.parametrize("before", [0, 10, 500_000])
def test_a_token_of_megabytes_is_never_cut(tmp_path, before):
    path = tmp_path / "corpus.txt"
    token = b"x" * (3 * LINE_SEARCH)
    path.write_bytes(b"a b\n" * before + token + b" c d\n" + b"e f\n" * 1000)
    texts = contents(divide(path, 4))
    assert b"".join(texts) == path.read_bytes()
    assert sum(token in text.split() for text in texts) == 1
    assert all(token in t or b"x" not in t for t in texts)


def test_compressed_files_stay_whole(tmp_path):
    for number in range(5):
        with gzip.open(tmp_path / f"{number}.txt.gz", "wb") as file:
            file.write(b"a b c %d\n" % number * 1000)
    found = divide(tmp_path, 2)
    assert [piece.url[-8:-7] for shard in found for piece in shard] == list("01234")
    assert all(piece.is_whole for shard in found for piece in shard)
    vocabulary, sentences = numbered(found)
    assert vocabulary.index_to_key[:3] == ["a", "b", "c"] and len(sentences) == 5000


def test_a_large_compressed_file_stays_whole(tmp_path):
    chance = random.Random(1)
    path = tmp_path / "corpus.txt.gz"
    with gzip.open(path, "wb") as file:
        file.write(chance.randbytes(50_000).hex().encode())
    assert path.read_bytes().count(b"\n") > 9  # places where a text would be cut
    found = [shard for shard in divide(path, 3) if shard]
    assert len(found) == 1 and found[0][0].is_whole


def test_files_in_other_encodings_stay_whole(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("a b\n" * 1000, "utf-16")
    (piece,) = [p for shard in divide(path, 2, encoding="utf-16") for p in shard]
    assert piece.is_whole
    found = encode_shard((piece,), TextOptions("utf-16"))
    assert found.words.words == ["a", "b"] and len(found.ids) == 2000


def test_urls_are_read_in_ranges(memory):
    memory.pipe("/part/1.txt", b"a b\n" * 5000)
    memory.pipe("/part/2.txt", b"b c\n" * 5000)
    memory.pipe("/part/.hidden", b"x\n")
    try:
        found = divide("memory://part", 3)
        vocabulary, sentences = numbered(found)
        assert vocabulary.index_to_key == ["b", "a", "c"] and len(sentences) == 10000
        one = [shard[0][:3] for shard in divide(["memory://part/1.txt"], 2)]
        assert one == [
            ("memory://part/1.txt", 0, 10_000),
            ("memory://part/1.txt", 10_000, None),
        ]
        with pytest.raises(FileNotFoundError, match="memory://part/3"):
            divide("memory://part/3.txt", 2)
    finally:
        memory.rm("/part", recursive=True)


def test_files_of_unknown_size_stay_whole(memory, monkeypatch):
    memory.pipe("/sizeless.txt", b"a b\n" * 500)
    info = type(memory).info
    monkeypatch.setattr(
        type(memory), "info", lambda *a, **k: {**info(*a, **k), "size": None}
    )
    found = divide(["memory://sizeless.txt"] * 2, 2)
    assert [shard[0][:3] for shard in found] == [("memory://sizeless.txt", 0, None)] * 2


@pytest.fixture
def server():
    """Return the address of a server of one file, and the requests that it got."""
    pytest.importorskip("aiohttp", reason="fsspec reads HTTP with aiohttp")
    pytest.importorskip("fsspec", reason="URLs need fsspec")
    requests = []
    text = b'a <a href="http://x/y">b</a>\n' * 5000

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            requests.append((self.command, self.path))
            self.send_response(200 if "text" in self.path else 404)
            if "sized" in self.path:
                self.send_header("Content-Length", str(len(text)))
                self.send_header("Accept-Ranges", "bytes")
            self.end_headers()

        def do_GET(self):
            wanted = self.headers.get("Range")
            if wanted is None or "sized" not in self.path:
                self.do_HEAD()
                self.wfile.write(text)
                return
            requests.append((self.command, wanted))
            first, last = wanted.removeprefix("bytes=").split("-")
            part = text[int(first) : int(last) + 1]
            self.send_response(206)
            self.send_header("Content-Length", str(len(part)))
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(text)}")
            self.end_headers()
            self.wfile.write(part)

        def log_message(self, *_): ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", requests
        http.shutdown()
        thread.join()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of fsspec
def test_a_server_may_say_no_size(server):
    address, _ = server
    found = divide([f"{address}/text"] * 2, 2)
    assert [len(shard) for shard in found] == [1, 1]
    assert all(piece.is_whole for (piece,) in found)
    assert len(encode_shard(found[0]).ids) == 15_000
    with pytest.raises(FileNotFoundError, match="no such file: http"):
        divide(f"{address}/other", 2)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of fsspec
def test_a_file_of_a_server_is_cut_without_downloading_it(server):
    address, requests = server
    found = divide(f"{address}/text-sized", 2)
    assert [len(shard) for shard in found] == [1, 1]
    assert [r for r in requests if r[0] == "GET" and "bytes=" not in r[1]] == []
    assert sum(len(encode_shard(shard).ids) for shard in found) == 15_000


def test_a_file_that_became_shorter_is_an_error(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("a b\n" * 1000)
    first, _ = divide(path, 2)
    path.write_text("a b\n")
    with pytest.raises(OSError, match="became shorter"):
        encode_shard(first)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ([["a", "b"]], TypeError, "item of type list.*write it to a file"),
        (5, TypeError, "the corpus is an int"),
        ([], ValueError, "empty"),
        ("no/such.txt", FileNotFoundError, "no such file"),
    ],
)
def test_other_sources_are_refused(source, error, message):
    with pytest.raises(error, match=message):
        divide(source, 2)


@pytest.mark.parametrize("shards", [0, -1, "2", True, 1.5, 10**12])
def test_a_wrong_number_of_shards_is_refused(text, shards):
    with pytest.raises((TypeError, ValueError), match="replicas="):
        divide(text, shards)


LINE = "alpha beta gamma delta\n"


def changing(monkeypatch, change):
    """Call a function after the division of a corpus."""

    def divide_then_change(*given, **options):
        shards = divide(*given, **options)
        change()
        return shards

    monkeypatch.setattr("w2vfast.distributed.arguments.divide", divide_then_change)
    return {"vector_size": 8, "min_count": 1, "epochs": 1}


@pytest.mark.parametrize("text", ["zz " + LINE * 4000, LINE[::-1] * 4000])
def test_a_file_that_changes_after_the_division_is_an_error(
    tmp_path, monkeypatch, text
):
    path = tmp_path / "text.txt"
    path.write_text(LINE * 4000)
    os.utime(path, (1, 1))
    given = changing(monkeypatch, lambda: path.write_text(text))
    with pytest.raises(OSError, match=r"shard 0 has changed.*text\.txt"):
        train(path, 3, **given)


def test_a_file_that_is_added_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "b.txt").write_text(LINE * 4000)
    added = tmp_path / "a.txt"
    given = changing(monkeypatch, lambda: added.write_text(LINE))
    with pytest.raises(OSError, match=r"a\.txt was added to the corpus"):
        train(tmp_path, 2, **given)


def test_the_text_is_divided_once(tmp_path, monkeypatch, text):
    calls = []

    def counted(*given):
        calls.append(given)
        return open_file(*given)

    monkeypatch.setattr("w2vfast.distributed.division.open_file", counted)
    train(text, 2, vector_size=8, epochs=1)
    assert len(calls) == 1


def test_an_object_that_changes_is_an_error(memory):
    memory.pipe("/changing/1.txt", b"a b\n" * 5000)
    try:
        first, _ = divide("memory://changing", 2)
        assert len(encode_shard(first).ids) == 5000
        memory.pipe("/changing/1.txt", b"c d\n" * 5000)
        with pytest.raises(OSError, match=r"1\.txt has changed since"):
            encode_shard(first)
    finally:
        memory.rm("/changing", recursive=True)


def test_more_replicas_than_lines_are_refused(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("a b c a b c\n" * 2)
    message = r"replicas=10000, but the corpus fills only 2 shards.*replicas=2 or fewer"
    with pytest.raises(ValueError, match=message):
        train(path, 10_000, min_count=1)


def test_replicas_that_do_not_fit_the_memory_are_refused(text, monkeypatch):
    def ten_megabytes():
        return 10**7

    monkeypatch.setattr("w2vfast.distributed.arguments.available_memory", ten_megabytes)
    message = r"20 replicas of \d+ words in one process: .* bytes.*RayEngine"
    with pytest.raises(MemoryError, match=message):
        train(text, 20, vector_size=100, min_count=1, epochs=1)
