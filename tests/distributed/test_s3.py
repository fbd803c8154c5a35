"""Corpora in S3, which moto serves on this machine."""

import gzip
from urllib.request import Request, urlopen

import numpy as np
import pytest

from w2vfast.distributed import divide, encode_shard, number_words, resume, train
from w2vfast.distributed.files import open_file

pytest.importorskip("s3fs", reason="s3:// needs the package s3fs")
moto_server = pytest.importorskip(
    "moto.server", reason="a server of S3 needs the package moto[server]"
)
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of s3fs
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of botocore
]
RUN = {"vector_size": 16, "min_count": 2, "epochs": 2, "chunk_size": 64}
FILES = ("a/1.txt", "a/2.txt", "b.txt.gz", ".hidden/3.txt")


def post(url, data=b""):
    """Send a command to moto."""
    request = Request(url, data, {"Content-Type": "text/plain"}, method="POST")
    urlopen(request).close()


@pytest.fixture(scope="module")
def server():
    """Return the address of a server of S3."""
    found = moto_server.ThreadedMotoServer(port=0, verbose=False)
    found.start()
    host, port = found.get_host_and_port()
    yield f"http://{host}:{port}"
    found.stop()


@pytest.fixture
def s3(server, monkeypatch):
    """Return a file system of fsspec with an empty bucket; "s3://" leads to it."""
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    post(f"{server}/moto-api/reset")
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem()
    system.mkdir("bucket")
    yield system
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def both(s3, tmp_path, write_text):
    """Return a folder of this machine, and the same one in S3."""
    for number, name in enumerate(FILES):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        write_text(path, 40_000, seed=number)
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(path.read_bytes()))
        s3.pipe(f"bucket/corpus/{name}", path.read_bytes())
    return tmp_path, "s3://bucket/corpus"


def test_shards_are_those_of_local_files(both):
    local, remote = both
    for shards in (1, 3, 5):
        pairs = zip(divide(local, shards), divide(remote, shards), strict=True)
        for here, there in pairs:
            assert [p[1:3] for p in here] == [p[1:3] for p in there]
            assert all(p.url.startswith("s3://bucket/corpus/") for p in there)
            assert all(p.version for p in there)


def test_words_and_ids_are_those_of_local_files(both):
    found = []
    for source in both:
        encoded = [encode_shard(shard) for shard in divide(source, 3)]
        vocabulary = number_words([e.words for e in encoded], 2)
        ids = [e.numbered(vocabulary) for e in encoded]
        found.append((vocabulary, ids, [e.words.fingerprint for e in encoded]))
    (words, ids, marks), (remote_words, remote_ids, remote_marks) = found
    assert words.index_to_key == remote_words.index_to_key
    assert words.counts.tolist() == remote_words.counts.tolist()
    assert marks == remote_marks
    for here, there in zip(ids, remote_ids, strict=True):
        np.testing.assert_array_equal(here.ids, there.ids)
        np.testing.assert_array_equal(here.offsets, there.offsets)


def test_training_gives_the_bits_of_local_files(both, assert_same, tmp_path):
    local, remote = both
    right = train(local, 3, **RUN)
    path = tmp_path.parent / "s3.ckpt"
    assert_same(train(remote, 3, checkpoint=path, every="1epoch", **RUN), right)
    assert_same(resume(path, remote, checkpoint=False), right)


def test_a_file_of_several_megabytes_is_read_in_ranges(s3, tmp_path, write_text):
    path = write_text(tmp_path / "large.txt", 1_500_000)
    s3.pipe("bucket/large.txt", path.read_bytes())
    found = [encode_shard(s) for s in divide("s3://bucket/large.txt", 4)]
    right = [encode_shard(s) for s in divide(path, 4)]
    assert [e.words.fingerprint for e in found] == [e.words.fingerprint for e in right]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://missing/corpus", "no such file: s3://missing/corpus"),
        ("s3://missing", "no such file: s3://missing"),
        ("s3://bucket/missing.txt", r"no such file: s3://bucket/missing\.txt"),
    ],
)
def test_a_missing_bucket_or_file_is_named(s3, url, message):
    with pytest.raises(FileNotFoundError, match=message):
        divide(url, 2)


def test_denied_access_is_named(both, server):
    _, remote = both
    shards = divide(remote, 2)
    post(f"{server}/moto-api/reset-auth", b"0")  # keys are checked from now on
    try:
        with pytest.raises(
            PermissionError, match=r"s3://bucket/corpus: access is denied"
        ):
            divide(remote, 2)
        with pytest.raises(PermissionError, match=r"corpus/a/1\.txt: access is denied"):
            encode_shard(shards[0])
    finally:
        post(f"{server}/moto-api/reset-auth", b"inf")


def test_missing_credentials_are_named(s3, monkeypatch):
    import s3fs

    s3.pipe("bucket/x.txt", b"a b\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/no/such")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(OSError, match=r"s3://bucket/x\.txt.*redentials"):
        divide("s3://bucket/x.txt", 2)


def test_a_server_that_does_not_answer_is_named(s3, monkeypatch):
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(OSError, match=r"s3://bucket/x\.txt cannot be read.*address"):
        divide("s3://bucket/x.txt", 2)


def test_a_file_that_changes_after_the_division_is_an_error(both, s3):
    _, remote = both
    first, *_ = divide(remote, 3)
    s3.pipe("bucket/corpus/a/1.txt", b"other text\n" * 20_000)
    with pytest.raises(OSError, match=r"s3://bucket/corpus/a/1\.txt has changed"):
        encode_shard(first)


def test_a_file_that_changes_while_it_is_read_is_an_error(both, s3, monkeypatch):
    """The file is open when it changes, so its next part is that of another file."""
    _, remote = both
    (piece, *_), *_ = divide(remote, 2)

    def open_then_change(url):
        file = open_file(url, 1 << 16)  # bytes of a request
        assert file.read(1 << 10)
        s3.pipe("bucket/corpus/a/1.txt", b"other text\n" * 20_000)
        return file

    monkeypatch.setattr("w2vfast.distributed.pieces.open_file", open_then_change)
    message = r"s3://bucket/corpus/a/1\.txt has changed"
    with pytest.raises(OSError, match=message) as caught:
        encode_shard((piece,))
    assert "FileExpired" in str(caught.value.__context__)


def test_a_run_stops_if_a_file_changes_while_it_is_read(both, s3, monkeypatch):
    _, remote = both

    def encode_then_change(shard, *more):
        found = encode_shard(shard, *more)
        s3.pipe("bucket/corpus/a/1.txt", b"other text\n" * 20_000)
        return found

    monkeypatch.setattr("w2vfast.distributed.replica.encode_shard", encode_then_change)
    with pytest.raises(OSError, match=r"has changed while.*a/1\.txt"):
        train(remote, 2, **RUN)
