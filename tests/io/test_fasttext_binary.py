"""fastText models: words with their subwords, damaged and quantised files."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.keyedvectors import KeyedVectors

WORDS = ["</s>", "the", "café", "日本語", "a", "where", "x"]


def fnv(data):
    value = 2166136261
    for byte in data:
        signed = byte - 256 if byte > 127 else byte
        value = ((value ^ (signed & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return value


def ngrams(word, minn, maxn):
    """Return the n-grams that fastText hashes, in its order."""
    marked = f"<{word}>"
    found = []
    for start in range(len(marked)):
        for n in range(minn, maxn + 1):
            if start + n > len(marked):
                break
            if n > 1 or 0 < start < len(marked) - 1:
                found.append(marked[start : start + n].encode())
    return found


def model(matrix, minn=2, maxn=4, bucket=50, version=12, labels=(), pruned=None,
          quantised=False, words=WORDS, kind=2):  # fmt: skip
    dimensions = matrix.shape[1]
    data = struct.pack("<2i", 793712314, version)
    data += struct.pack("<12id", dimensions, 5, 5, 1, 5, 1, 2, kind, bucket, minn,
                        maxn, 100, 1e-4)  # fmt: skip
    n_pruned = -1 if pruned is None else len(pruned)
    sizes = len(words) + len(labels), len(words), len(labels)
    data += struct.pack("<3i2q", *sizes, 1000, n_pruned)
    for i, word in enumerate(words):
        data += word.encode() + b"\0" + struct.pack("<qb", 100 - i, 0)
    for label in labels:
        data += label.encode() + b"\0" + struct.pack("<qb", 1, 1)
    for pair in pruned or ():
        data += struct.pack("<2i", *pair)
    data += bytes([quantised]) + struct.pack("<2q", *matrix.shape)
    return data + matrix.astype("<f4").tobytes() + b"\0" + struct.pack("<2q", 0, 0)


def expected(matrix, minn=2, maxn=4, bucket=50, pruned=None):
    vectors = []
    for i, word in enumerate(WORDS):
        rows = [matrix[i]]
        for ngram in ngrams(word, minn, maxn) if word != "</s>" else []:
            row = fnv(ngram) % bucket
            if pruned is not None:
                row = dict(pruned).get(row)
            if row is not None:
                rows.append(matrix[len(WORDS) + row])
        total = np.zeros(matrix.shape[1], np.float32)
        for row in rows:
            total += row
        vectors.append(total * np.float32(1 / len(rows)))
    return np.array(vectors)


@pytest.fixture(scope="module")
def matrix():
    rng = np.random.default_rng(0)
    return rng.normal(size=(len(WORDS) + 50, 6)).astype(np.float32)


def test_words_include_their_subwords(matrix, tmp_path):
    data = model(matrix)
    (tmp_path / "m.bin").write_bytes(data)
    for source in (tmp_path / "m.bin", io.BytesIO(data)):
        wv = KeyedVectors.load(source)
        assert wv.index_to_key == WORDS
        assert wv.vectors.tobytes() == expected(matrix).tobytes()
        assert wv.counts.tolist() == [100 - i for i in range(len(WORDS))]
    wv = KeyedVectors.load(tmp_path / "m.bin", limit=2)
    assert wv.vectors.tobytes() == expected(matrix)[:2].tobytes()


@pytest.mark.parametrize(
    "options", [{"maxn": 0}, {"version": 11, "kind": 3}, {"bucket": 0}]
)
def test_models_without_subwords(matrix, options):
    rows = matrix[: len(WORDS)] if options.get("bucket") == 0 else matrix
    wv = KeyedVectors.load(io.BytesIO(model(rows, **options)))
    assert wv.vectors.tobytes() == matrix[: len(WORDS)].tobytes()


def test_labels_and_pruned_buckets(matrix):
    pruned = [(17, 0), (3, 2), (40, 1), (9, 3)]
    rows = matrix[: len(WORDS) + 4]
    data = model(rows, pruned=pruned, labels=["__label__x"])
    wv = KeyedVectors.load(io.BytesIO(data))
    assert wv.index_to_key == WORDS
    assert wv.vectors.tobytes() == expected(rows, pruned=pruned).tobytes()
    wv = KeyedVectors.load(io.BytesIO(model(matrix[: len(WORDS)], pruned=[])))
    assert wv.vectors.tobytes() == matrix[: len(WORDS)].tobytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": 9}, "version 9"),
        ({"quantised": True}, "quantised"),
        ({"bucket": 51}, "51 buckets"),
        ({"pruned": [(i, 10**6) for i in range(50)]}, "damaged"),
    ],
)
def test_other_models_are_rejected(matrix, options, message):
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load(io.BytesIO(model(matrix, **options)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_models_raise_or_give_finite_vectors(data):
    content = bytearray(model(np.ones((len(WORDS) + 5, 2), np.float32), bucket=5))
    position = data.draw(st.integers(4, len(content) - 1))
    content[position] ^= 1 << data.draw(st.integers(0, 7))
    content = content[: data.draw(st.integers(5, len(content)))]
    try:
        wv = KeyedVectors.load(io.BytesIO(content), errors="replace")
    except ValueError:
        return
    assert np.isfinite(wv.vectors).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("options", [{}, {"minn": 0, "maxn": 0}])
def test_vectors_equal_those_of_fasttext(tmp_path, options):
    fasttext = pytest.importorskip("fasttext")
    text = "the café is where the people of the town drink 日本 tea in the café\n"
    (tmp_path / "corpus").write_text(text * 20, encoding="utf-8")
    trained = fasttext.train_unsupervised(
        str(tmp_path / "corpus"), dim=9, minCount=1, bucket=1000, thread=1, verbose=0,
        epoch=1, **options,
    )  # fmt: skip
    trained.save_model(str(tmp_path / "m.bin"))
    ours = KeyedVectors.load(tmp_path / "m.bin")
    buffer = trained.f.getVocab("strict")[0]
    assert ours.index_to_key == list(buffer)
    for word in ours:
        vector = np.zeros(9, np.float32)
        theirs = fasttext.FastText.fasttext.Vector(9)
        trained.f.getWordVector(theirs, word)
        vector = np.array(theirs, np.float32)
        assert ours[word].tobytes() == vector.tobytes(), word
