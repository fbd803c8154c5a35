"""Files of gensim are read bit by bit, and gensim reads ours."""

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # gensim leaves a file open when it reads without a header.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def gensim():
    return pytest.importorskip("gensim.models").KeyedVectors


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    keys = ["the", "café", "日本", "1", *(f"w{i}" for i in range(300))]
    scale = 10.0 ** rng.integers(-42, 30, (len(keys), 9))
    return keys, (rng.normal(size=(len(keys), 9)) * scale).astype(np.float32)


@pytest.mark.parametrize("compression", ["", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("binary", [True, False])
def test_gensim_reads_ours(gensim, table, tmp_path, binary, compression):
    path = tmp_path / f"v.{'bin' if binary else 'txt'}{compression}"
    KeyedVectors(*table).save(path)
    theirs = gensim.load_word2vec_format(str(path), binary=binary)
    assert theirs.index_to_key == table[0]
    assert theirs.vectors.tobytes() == table[1].tobytes()


@pytest.mark.parametrize("compression", ["", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("binary", [True, False])
def test_gensims_files_are_read(gensim, table, tmp_path, binary, compression):
    path = tmp_path / f"v.{'bin' if binary else 'txt'}{compression}"
    theirs = gensim(9)
    theirs.add_vectors(*table)
    theirs.save_word2vec_format(str(path), binary=binary)
    ours = KeyedVectors.load(path)
    again = gensim.load_word2vec_format(str(path), binary=binary)
    assert ours.index_to_key == again.index_to_key
    assert ours.vectors.tobytes() == again.vectors.tobytes()
    if not compression:
        limited = KeyedVectors.load(path, limit=7)
        assert limited.vectors.tobytes() == again.vectors[:7].tobytes()


def test_gensims_glove_option(gensim, table, tmp_path):
    KeyedVectors(*table).save(tmp_path / "v.txt", format="glove")
    theirs = gensim.load_word2vec_format(str(tmp_path / "v.txt"), no_header=True)
    assert theirs.vectors.tobytes() == table[1].tobytes()


def test_gensims_pickles_are_rejected(gensim, table, tmp_path):
    theirs = gensim(9)
    theirs.add_vectors(*table)
    theirs.save(str(tmp_path / "v.kv"))
    with pytest.raises(ValueError, match=r"save_word2vec_format\('FILE\.bin'"):
        KeyedVectors.load(tmp_path / "v.kv")
