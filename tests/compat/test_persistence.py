"""Files: whole models, vectors, and word2vec's formats."""

import gzip
import pickle
import threading

import numpy as np
import pytest

import w2vfast
from w2vfast.compat.gensim import KeyedVectors, Word2Vec


@pytest.mark.parametrize("name", ["model", "model.bin", "model.w2v"])
def test_models(texts, tmp_path, name, loss):
    options = loss | {"sg": 1, "comment": "kitchen"}
    model = Word2Vec(texts, vector_size=8, min_count=1, window=3, workers=1, **options)
    model.wv.set_vecattr("tea", "hot", 1)
    model.save(tmp_path / name, sep_limit=0)
    again = Word2Vec.load(tmp_path / name, mmap="r")
    assert np.array_equal(model.wv.vectors, again.wv.vectors)
    assert again.wv.key_to_index == model.wv.key_to_index
    assert again.wv.get_vecattr("tea", "hot") == 1
    assert (again.wv.expandos["count"] == model.wv.expandos["count"]).all()
    ours, theirs = vars(model).copy(), vars(again).copy()
    for attribute in persistent(ours):
        assert ours[attribute] == theirs[attribute], attribute
    for each in (model, again):
        each.train(texts, total_examples=40, epochs=2)
    assert np.array_equal(model.wv.vectors, again.wv.vectors)


def persistent(attributes):
    left_out = {"_wv", "state", "_view", "random", "lifecycle_events", "_last_scan"}
    return attributes.keys() - left_out


def test_changed_vectors_are_saved(model, tmp_path):
    model.wv.vectors = np.full((8, 8), 3.0)
    model.save(str(tmp_path / "model"))
    assert (Word2Vec.load(str(tmp_path / "model")).wv["tea"] == 3).all()


def test_native_classes_read_the_files(model, texts, tmp_path):
    model.save(tmp_path / "model.w2v")
    native = w2vfast.Word2Vec.load(tmp_path / "model.w2v")
    assert np.array_equal(native.wv["tea"], model.wv["tea"])
    model.wv.save(tmp_path / "vectors.w2v")
    vectors = w2vfast.KeyedVectors.load(tmp_path / "vectors.w2v")
    assert np.array_equal(vectors["tea"], model.wv["tea"])
    native.save(tmp_path / "native.w2v")
    wv = KeyedVectors.load(tmp_path / "native.w2v")
    assert np.array_equal(wv["tea"], model.wv["tea"])


def test_models_without_vocabulary(tmp_path):
    Word2Vec(vector_size=7).save(tmp_path / "empty")
    model = Word2Vec.load(tmp_path / "empty")
    assert (model.vector_size, len(model.wv)) == (7, 0)


def test_vectors(wv, tmp_path):
    wv.add_vectors([], np.zeros((0, 3)))
    wv.set_vecattr("a", "count", 4)
    wv.set_vecattr("a", "weight", 0.5)
    wv.save(tmp_path / "kv", separately=["vectors"])
    again = KeyedVectors.load(tmp_path / "kv", mmap="r")
    assert again.index_to_key == ["a", "b", "c", 7, "zero"]
    assert np.array_equal(again.vectors, wv.vectors)
    assert again.get_vecattr("a", "count") == 4
    assert again.get_vecattr("a", "weight") == 0.5
    again.vectors[0] = 1  # in memory: rows may be changed
    assert (again["a"] == 1).all()
    KeyedVectors(4).save(tmp_path / "none")
    assert KeyedVectors.load(tmp_path / "none").vector_size == 4


def test_what_a_file_cannot_hold(wv, tmp_path):
    wv.set_vecattr("a", "label", "fruit")
    with pytest.raises(TypeError, match="convert it to numbers"):
        wv.save(tmp_path / "kv")
    with pytest.raises(TypeError, match="no option compress"):
        wv.save(tmp_path / "kv", compress=True)


def test_vectors_are_no_model(wv, tmp_path, model):
    wv.save(tmp_path / "kv")
    with pytest.raises(AttributeError, match=r"KeyedVectors\.load reads vectors"):
        Word2Vec.load(tmp_path / "kv")
    with pytest.raises(AttributeError, match="method of the class"):
        model.load(tmp_path / "kv")


@pytest.mark.parametrize(
    "load", [Word2Vec.load, KeyedVectors.load, KeyedVectors.load_word2vec_format]
)
@pytest.mark.parametrize("protocol", [2, 4])
def test_pickles_are_refused(tmp_path, load, protocol):
    (tmp_path / "old").write_bytes(pickle.dumps({"a": 1}, protocol=protocol))
    with pytest.raises(ValueError, match=r"[Ss]ave") as error:
        load(tmp_path / "old")
    call = f"({str(tmp_path / 'old')!r})"
    call = f"Word2Vec.load{call}.wv" if load == Word2Vec.load else f"Vectors.load{call}"
    assert f"{call}.save_word2vec_format('vectors.bin', binary=True)" in str(
        error.value
    )


@pytest.mark.parametrize(
    "name", ["v.bin", "v.txt", "v.bin.gz", "v.txt.xz", "v.txt.bz2"]
)
def test_word2vec_formats(model, tmp_path, name):
    binary = ".bin" in name
    path, counts = tmp_path / name, tmp_path / "counts"
    model.wv.save_word2vec_format(path, counts, binary=binary)
    wv = KeyedVectors.load_word2vec_format(path, str(counts), binary=binary)
    assert wv.index_to_key == model.wv.index_to_key
    assert np.array_equal(wv.vectors, model.wv.vectors)
    assert wv.get_vecattr("bread", "count") == 24
    part = KeyedVectors.load_word2vec_format(
        path, binary=binary, limit=3, datatype=np.float16
    )
    assert (len(part), part.vectors.dtype) == (3, np.float16)
    assert part.expandos["count"].tolist() == [8, 7, 6]


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.bin.gz", "v.txt.gz"])
def test_exchange_with_gensim(model, tmp_path, name):
    theirs = pytest.importorskip("gensim.models").KeyedVectors
    path, binary = str(tmp_path / name), ".bin" in name
    model.wv.save_word2vec_format(path, binary=binary)
    read = theirs.load_word2vec_format(path, binary=binary)
    assert np.array_equal(read.vectors, model.wv.vectors)
    read.save_word2vec_format(path, binary=binary)
    again = KeyedVectors.load_word2vec_format(path, binary=binary)
    assert np.array_equal(again.vectors, model.wv.vectors)
    assert again.index_to_key == model.wv.index_to_key


def test_order_header_prefix_and_parts(wv, tmp_path):
    wv.set_vecattr(7, "count", 9)
    path = tmp_path / "v.txt"
    wv.save_word2vec_format(path, prefix="*", total_vec=6)
    assert path.read_text().splitlines()[:2] == ["6 3", "*7 0 0 3"]
    with path.open("a") as file:
        file.write("more 1 2 3\n")
    assert len(KeyedVectors.load_word2vec_format(path)) == 6
    plain = tmp_path / "plain.txt"
    wv.save_word2vec_format(plain, write_header=False, sort_attr="none")
    wv.save_word2vec_format(plain, write_header=False, append=True, prefix="+")
    read = KeyedVectors.load_word2vec_format(plain, no_header=True)
    assert (len(read), read.index_to_key[:1], read.index_to_key[5:6]) == (
        10,
        ["a"],
        ["+7"],
    )


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz"])
def test_a_failure_to_append_keeps_the_old_file(wv, tmp_path, monkeypatch, name):
    path = tmp_path / name
    options = {"write_header": False, "append": True}
    wv.save_word2vec_format(path, prefix="x", **options)
    old = path.read_bytes()

    def fail(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            wv.save_word2vec_format(path, **options)
    assert path.read_bytes() == old
    assert [file.name for file in tmp_path.iterdir()] == [name]
    wv.save_word2vec_format(path, **options)
    assert path.read_bytes().startswith(old)
    assert len(KeyedVectors.load_word2vec_format(path, no_header=True)) == 10


def test_damaged_files(wv, tmp_path):
    path = tmp_path / "v"
    for binary in (True, False):
        wv.save_word2vec_format(path, binary=binary)
        data = path.read_bytes()
        path.write_bytes(b"6" + data[1:])
        with pytest.raises(EOFError):
            KeyedVectors.load_word2vec_format(path, binary=binary)
    path.write_text("2 1\na 1\nb x\n")
    with pytest.raises(ValueError, match="not a number"):
        KeyedVectors.load_word2vec_format(path)
    path.write_text("a 1\nb 2\n")
    with pytest.raises(ValueError, match="no_header=True"):
        KeyedVectors.load_word2vec_format(path)
    spaced = KeyedVectors(1)
    spaced.add_vectors(["a b"], [[1]])
    with pytest.raises(ValueError, match="without white space"):
        spaced.save_word2vec_format(path)


def test_repeated_and_odd_words(tmp_path, caplog):
    path = tmp_path / "v.txt"
    path.write_bytes(b"3 1\na 1\na 2\nb\xff 3\n")
    with pytest.raises(UnicodeDecodeError):
        KeyedVectors.load_word2vec_format(path)
    wv = KeyedVectors.load_word2vec_format(path, unicode_errors="ignore")
    assert (wv.index_to_key, wv.vectors.tolist()) == (["a", "b"], [[1], [3]])
    assert "1 duplicate words" in caplog.text
    path.write_bytes("1 1\nё 1\n".encode("koi8-r"))
    wv = KeyedVectors.load_word2vec_format(path, encoding="koi8-r")
    assert wv.index_to_key == ["ё"]


def test_newlines_before_binary_words(tmp_path):
    path = tmp_path / "v.bin.gz"
    rows = np.arange(3, dtype="<f4").reshape(3, 1)
    words = (b"\na", b"b", b"\n\nc")
    with gzip.open(path, "wb") as file:
        parts = [w + b" " + r.tobytes() for w, r in zip(words, rows, strict=True)]
        file.write(b"3 1\n" + b"".join(parts))
    wv = KeyedVectors.load_word2vec_format(path, binary=True)
    assert wv.index_to_key == ["a", "b", "c"]
    assert wv.vectors.ravel().tolist() == [0, 1, 2]


def test_intersection(model, tmp_path):
    other = KeyedVectors(8)
    other.add_vectors(["tea", "unknown"], np.ones((2, 8)))
    other.save_word2vec_format(tmp_path / "v.txt")
    model.wv.intersect_word2vec_format(tmp_path / "v.txt", lockf=0.5)
    assert (model.wv["tea"] == 1).all() and "unknown" not in model.wv
    row = model.wv.get_index("tea")
    assert model.wv.vectors_lockf[row] == 0.5
    assert model.wv.vectors_lockf.sum() == 7.5
    assert np.shares_memory(model.wv.vectors, model.state.centre)
    with pytest.raises(ValueError, match="incompatible vector size 8"):
        KeyedVectors(3).intersect_word2vec_format(tmp_path / "v.txt")


def test_files_and_copies_made_during_training_are_of_one_moment(tmp_path):
    """`wv.vectors` is a view of the matrix that two other threads train."""
    rng = np.random.default_rng(0)
    ids = np.minimum(rng.geometric(0.01, (10_000, 20)), 800)
    texts = [[f"w{i}" for i in row] for row in ids.tolist()]
    model = Word2Vec(vector_size=50, min_count=1, workers=2, sg=1)
    model.build_vocab(texts)
    settings = {"total_examples": len(texts), "epochs": 3}
    thread = threading.Thread(target=model.train, args=(texts,), kwargs=settings)
    thread.start()
    while thread.is_alive():
        model.save(tmp_path / "model")
        Word2Vec.load(tmp_path / "model")
        model.wv.save(tmp_path / "vectors")
        KeyedVectors.load(tmp_path / "vectors")
        twin = pickle.loads(pickle.dumps(model))
        assert np.shares_memory(twin.wv.vectors, twin.state.centre)
    thread.join()
