"""Model folders for Model2Vec and sentence-transformers."""

import json

import numpy as np
import pytest

from w2vfast.io.safetensors_layout import encode_header
from w2vfast.keyedvectors import KeyedVectors


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    keys = ["the", "king", "café", "日本", "new york", ""]
    return KeyedVectors(keys, rng.normal(size=(6, 8)).astype(np.float32))


@pytest.mark.parametrize("datatype", ["float32", "float16"])
def test_round_trip(wv, tmp_path, datatype):
    wv.save(tmp_path / "model", format="static-embedding", datatype=datatype)
    loaded = KeyedVectors.load(tmp_path / "model")
    assert loaded.index_to_key == wv.index_to_key
    assert (loaded.vectors == wv.vectors.astype(datatype)).all()
    limited = KeyedVectors.load(tmp_path / "model", limit=2)
    assert limited.index_to_key == ["the", "king"]


def test_a_key_for_unknown_words_is_kept(tmp_path):
    wv = KeyedVectors(["a", "[UNK]"], np.eye(2))
    wv.save(tmp_path / "model", format="static-embedding")
    assert KeyedVectors.load(tmp_path / "model").index_to_key == ["a", "[UNK]"]


def test_model2vec_loads_the_folder(wv, tmp_path):
    model2vec = pytest.importorskip("model2vec")
    wv.save(tmp_path / "model", format="static-embedding")
    model = model2vec.StaticModel.from_pretrained(str(tmp_path / "model"))
    found = model.encode(["the king", "café", "king nonsense"])
    np.testing.assert_allclose(found[0], wv.vectors[:2].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found[1], wv["café"], rtol=1e-6)
    np.testing.assert_allclose(found[2], wv["king"], rtol=1e-6)


def test_a_folder_of_model2vec_is_read(wv, tmp_path):
    model2vec = pytest.importorskip("model2vec")
    wv.save(tmp_path / "ours", format="static-embedding")
    model = model2vec.StaticModel.from_pretrained(str(tmp_path / "ours"))
    model.save_pretrained(str(tmp_path / "theirs"))
    loaded = KeyedVectors.load(tmp_path / "theirs", limit=6)
    assert loaded.index_to_key == wv.index_to_key
    assert (loaded.vectors == wv.vectors).all()


def test_sentence_transformers_loads_the_folder(wv, tmp_path):
    transformers = pytest.importorskip("sentence_transformers")
    wv.save(tmp_path / "model", format="static-embedding")
    model = transformers.SentenceTransformer(str(tmp_path / "model"), device="cpu")
    found = model.encode(["the king"])
    np.testing.assert_allclose(found[0], wv.vectors[:2].mean(axis=0), rtol=1e-6)


def test_damaged_folders_are_rejected(wv, tmp_path):
    path = tmp_path / "model"
    wv.save(path, format="static-embedding")
    with pytest.raises(ValueError, match="this is a folder"):
        KeyedVectors.load(path, format="w2v")
    good = (path / "tokenizer.json").read_text(encoding="utf-8")
    for change in (
        "{",
        "[]",
        '{"model": {"vocab": {"a": 0}}}',
        '{"model": {"vocab": 1}}',
    ):
        (path / "tokenizer.json").write_text(change, encoding="utf-8")
        with pytest.raises(ValueError, match=r"tokenizer\.json"):
            KeyedVectors.load(path)
    (path / "tokenizer.json").write_text(good, encoding="utf-8")
    content = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(content[:-1])
    with pytest.raises(ValueError, match=r"model\.safetensors: .*truncated"):
        KeyedVectors.load(path)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(wv, tmp_path, name):
    path = tmp_path / "model"
    wv.save(path, format="static-embedding")
    (path / name).unlink()
    with pytest.raises(FileNotFoundError) as info:
        KeyedVectors.load(path)
    assert f"{path}: the model folder has no {name}" in str(info.value)
    assert "save the model again" in str(info.value)


def test_another_folder_is_no_model(tmp_path):
    with pytest.raises(FileNotFoundError) as info:
        KeyedVectors.load(tmp_path)
    assert f"{tmp_path} is a folder, but no model of Model2Vec" in str(info.value)


def test_a_folder_of_sentence_transformers_in_parts_is_read(wv, tmp_path):
    wv.save(tmp_path / "0_StaticEmbedding", format="static-embedding")
    assert KeyedVectors.load(tmp_path).index_to_key == wv.index_to_key


@pytest.fixture
def with_tensors(wv, tmp_path):
    """Return a function that writes a model folder whose file has more tensors."""
    path = tmp_path / "model"
    wv.save(path, format="static-embedding")
    rows = np.concatenate([wv.vectors, np.zeros((1, 8), np.float32)])

    def write(**tensors):
        header = encode_header({"embeddings": rows} | tensors, None)
        data = b"".join(t.tobytes() for t in (rows, *tensors.values()))
        content = len(header).to_bytes(8, "little") + header + data
        (path / "model.safetensors").write_bytes(content)
        return path

    return write


def test_rows_and_weights_of_tokens_are_used(wv, with_tensors):
    """Model2Vec stores them if it reduces the number of vectors."""
    mapping = np.array([1, 1, 0, 2, 3, 4, 6])
    weights = np.arange(7, dtype=np.float32)
    loaded = KeyedVectors.load(with_tensors(mapping=mapping, weights=weights))
    expected = wv.vectors[mapping[:6]] * weights[:6, None]
    assert loaded.index_to_key == wv.index_to_key
    assert (loaded.vectors == expected).all()


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("mapping", np.arange(7) + 1, "rows 1 to 7, but there are 7 vectors"),
        ("mapping", np.arange(7) - 1, "rows -1 to 5"),
        ("mapping", np.ones(7, np.float32), "expected the number of a row"),
        ("mapping", np.zeros(3, np.int64), "expected one token for each row"),
        ("weights", np.ones(6, np.float32), "expected 7 floats"),
        ("weights", np.ones((7, 1), np.float32), "expected 7 floats"),
        ("weights", np.full(7, np.nan, np.float32), "NaN"),
    ],
)
def test_rows_and_weights_that_do_not_fit_are_errors(
    with_tensors, name, tensor, message
):
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load(with_tensors(**{name: tensor}))


def test_words_that_json_cannot_hold_are_rejected_before_writing(tmp_path):
    wv = KeyedVectors(["\udcff"], np.ones((1, 2)))
    with pytest.raises(ValueError, match="not valid Unicode"):
        wv.save(tmp_path / "model", format="static-embedding")
    assert not (tmp_path / "model").exists()


def test_the_tokenizer_splits_at_white_space(wv, tmp_path):
    wv.save(tmp_path / "model", format="static-embedding")
    text = (tmp_path / "model" / "tokenizer.json").read_text(encoding="utf-8")
    assert json.loads(text)["pre_tokenizer"] == {"type": "WhitespaceSplit"}
