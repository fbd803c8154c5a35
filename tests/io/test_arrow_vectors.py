"""Vectors in Parquet and Arrow files, and in tables of other libraries."""

import io
from decimal import Decimal

import numpy as np
import pytest

from w2vfast import Corpus, KeyedVectors

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

KEYS = ["the", "größte", "", "new york", "a\0b", "日本"]
FILES = ("v.parquet", "v.arrow", "v.feather", "v.parquet.gz", "v.arrow.xz")


@pytest.fixture
def wv():
    rows = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    return KeyedVectors(KEYS, rows, counts=np.arange(60, 0, -10))


def same(one, two):
    """Return whether words, vectors and counts are equal to the bit."""
    counts = [None if w.counts is None else w.counts.tolist() for w in (one, two)]
    vectors = one.vectors.tobytes() == two.vectors.tobytes()
    return one.index_to_key == two.index_to_key and vectors and counts[0] == counts[1]


@pytest.mark.parametrize("name", FILES)
def test_files_survive_a_round_trip(name, wv, tmp_path):
    path = tmp_path / name
    for vectors in (wv, KeyedVectors(KEYS, wv.vectors)):
        vectors.save(path)
        assert same(KeyedVectors.load(path), vectors)
    wv.save(path)
    first = KeyedVectors.load(path, limit=2)
    assert first.index_to_key == KEYS[:2] and first.counts.tolist() == [60, 50]
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_open_files_and_float16(format, wv, tmp_path):
    file = io.BytesIO()
    wv.save(file, format=format)
    file.seek(0)
    assert same(KeyedVectors.load(file), wv)
    wv.save(tmp_path / "v", format=format, datatype="float16")
    half = KeyedVectors.load(tmp_path / "v", format=format)
    assert half.vectors.tolist() == wv.vectors.astype(np.float16).tolist()


def test_many_rows(tmp_path):
    n = 40_000
    rows = np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)
    wv = KeyedVectors([f"w{i}" for i in range(n)], rows, counts=np.arange(n, 0, -1))
    for name in FILES[:2]:
        wv.save(tmp_path / name)
        assert same(KeyedVectors.load(tmp_path / name), wv)
        assert len(KeyedVectors.load(tmp_path / name, limit=20_000)) == 20_000


def test_other_libraries_read_the_files(wv, tmp_path):
    wv.save(tmp_path / "v.parquet")
    table = parquet.read_table(tmp_path / "v.parquet")
    assert table.schema.names == ["word", "count", "vector"]
    assert table.schema.field("vector").type == pa.list_(pa.float32(), 5)
    assert table["vector"][0].as_py() == wv.vectors[0].tolist()


def test_tables_survive_a_round_trip(wv):
    table = wv.to_arrow()
    sources = [table, table.to_batches()[0], table.to_reader()]
    for source in sources:
        assert same(KeyedVectors.from_arrow(source), wv)
    other = table.rename_columns(["token", "n", "embedding"])
    names = {"word": "token", "vector": "embedding", "count": "n"}
    assert same(KeyedVectors.from_arrow(other, **names), wv)
    chunks = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    assert same(KeyedVectors.from_arrow(chunks), wv)
    with pytest.raises(TypeError, match="expected a pyarrow"):
        KeyedVectors.from_arrow([1])


@pytest.mark.parametrize("library", ["polars", "pandas", "datasets", "lance"])
def test_tables_of_other_libraries(library, wv, tmp_path):
    module, table = pytest.importorskip(library), wv.to_arrow()
    made = {
        "polars": lambda: module.from_arrow(table),
        "pandas": table.to_pandas,
        "datasets": lambda: module.Dataset(table),
        "lance": lambda: module.write_dataset(table, str(tmp_path / "v.lance")),
    }[library]()
    assert same(KeyedVectors.from_arrow(made), wv)


def test_vectors_of_other_types():
    words = pa.array(["a", "b"])
    for kind in (
        *(pa.list_(pa.float64()), pa.large_list(pa.float32())),
        *(pa.list_(pa.float16(), 2), pa.list_(pa.float64(), 2)),
    ):
        rows = np.array([[0.5, 1], [2, 3]])
        if "half" in str(kind):
            rows = rows.astype(np.float16)
        table = pa.table({"word": words, "vector": pa.array(list(rows), kind)})
        loaded = KeyedVectors.from_arrow(table)
        assert loaded.vectors.tolist() == [[0.5, 1], [2, 3]] and loaded.counts is None
    table = pa.table({"word": words.dictionary_encode(), "vector": [[1.0], [2.0]]})
    assert KeyedVectors.from_arrow(table).index_to_key == ["a", "b"]


ROWS = [[0.5, 1.0], [2.0, 3.0]]
WRONG = {
    "no vectors": ({"word": ["a"]}, "no column 'vector', expected one"),
    "no words": ({"vector": ROWS}, "no column 'word'"),
    "decimals": ({"vector": [[Decimal("1.5")]] * 2}, "expected lists of floats"),
    "strings": ({"vector": [["1"], ["2"]]}, "expected lists of floats"),
    "booleans": ({"vector": [[True], [False]]}, "expected lists of floats"),
    "whole numbers": ({"vector": [[1], [2]]}, "expected lists of floats"),
    "no lists": ({"vector": [1.0, 2.0]}, "expected lists of floats"),
    "counts of floats": ({"count": [1.0, 2.0]}, "expected whole numbers"),
    "counts of booleans": ({"count": [True, False]}, "expected whole numbers"),
    "negative counts": ({"count": [1, -1]}, "numbers of at least 0"),
    "huge counts": ({"count": pa.array([2**64 - 1, 1], pa.uint64())}, r"< 2\*\*63"),
    "words that are numbers": ({"word": [1, 2]}, r"expected text \(string\)"),
    "different lengths": ({"vector": [[1.0], [1.0, 2.0]]}, "vectors of 1 and of 2"),
    "no numbers": ({"vector": [[], []]}, "type|vectors of 0 numbers"),
    "a missing vector": ({"vector": [[1.0], None]}, "'vector' has missing values"),
    "a missing number": ({"vector": [[1.0], [None]]}, "'vector' has missing values"),
    "a missing word": ({"word": ["a", None]}, "'word' has missing values"),
    "a missing count": ({"count": [1, None]}, "'count' has missing values"),
    "beyond float32": ({"vector": [[1.0], [1e39]]}, "'b' has the number 1e.39"),
    "NaN": ({"vector": [[1.0], [float("nan")]]}, "not finite"),
    "infinity": ({"vector": [[1.0], [float("inf")]]}, "not finite"),
    "a word twice": ({"word": ["a", "a"]}, "duplicate key 'a'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_columns_are_errors(name, tmp_path):
    changed, message = WRONG[name]
    columns = {"word": ["a", "b"], "vector": ROWS, "count": [2, 1]} | changed
    if name.startswith("no ") and name in ("no vectors", "no words"):
        columns = changed
    table = pa.table(columns)
    parquet.write_table(table, tmp_path / "v.parquet")
    with pytest.raises(ValueError, match=message):
        KeyedVectors.from_arrow(table)
    with pytest.raises(ValueError, match=rf"v\.parquet.*({message})"):
        KeyedVectors.load(tmp_path / "v.parquet")


def test_two_columns_of_counts_are_an_error(wv, tmp_path):
    table = wv.to_arrow()
    table = table.append_column("count", table["count"])
    with pa.ipc.new_file(str(tmp_path / "v.arrow"), table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(ValueError, match=r"v\.arrow: 2 columns 'count'"):
        KeyedVectors.load(tmp_path / "v.arrow")


def test_only_the_columns_needed_are_read(wv, tmp_path):
    table = wv.to_arrow().append_column("text", pa.array(["x" * 1000] * 6))
    with pa.ipc.new_file(str(tmp_path / "v.arrow"), table.schema) as writer:
        writer.write_table(table)
    parquet.write_table(table, tmp_path / "v.parquet")
    for name in ("v.arrow", "v.parquet"):
        assert same(KeyedVectors.load(tmp_path / name), wv)


@pytest.mark.parametrize("name", FILES[:2])
def test_damaged_files_are_errors_with_their_name(name, wv, tmp_path):
    path = tmp_path / name
    wv.save(path)
    whole = path.read_bytes()
    end = 8 if name == "v.parquet" else 10  # the size of the footer, and a mark
    start = len(whole) - end - int.from_bytes(whole[-end:][:4], "little")
    bad_footer = whole[:start] + b"\xff" * 12 + whole[start + 12 :]
    for data in (whole[: len(whole) // 2], bad_footer):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=rf"v\.{name[2:]}: ") as caught:
            KeyedVectors.load(path)
        assert str(caught.value).count(name) == 1
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=name):
        KeyedVectors.load(path)
    path.write_bytes(b"the 0.5 1.5\n")
    with pytest.raises(ValueError, match="looks like glove"):
        KeyedVectors.load(path)


def test_a_word_that_is_no_unicode_keeps_the_old_file(tmp_path):
    path = tmp_path / "v.parquet"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="not valid Unicode"):
        KeyedVectors(["\udcff"], np.ones((1, 2))).save(path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["v.parquet", "v.arrow"])
def test_a_table_of_vectors_is_no_corpus(tmp_path, name):
    path = tmp_path / name
    KeyedVectors(["a", "b"], np.eye(2)).save(path)
    with pytest.raises(ValueError, match=r"word vectors, not text: KeyedVectors.load"):
        Corpus(path)
    assert len(Corpus(path, field="word").ids) == 2
