"""Columns of Arrow: the same corpus as the equivalent Python lists, from any source."""

import sys

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec

pa = pytest.importorskip("pyarrow")

WORDS = [
    ["Der", "größte", "Hund", "der", "", " a b", "x\0y"],
    ["Welt"],
    [],
    ["Hund"],
] * 9
TEXTS = ["a b  c\nd", "", "x\ty", "größte Hund"] * 9
SPLIT = [line.split() for text in TEXTS for line in text.split("\n")]
IDS = [[3, 5, 3], [], [7], [2**40]] * 9


def lists_of_codes(lists, index, value):
    """Return lists with a dictionary: one word is in it twice, one is not used."""
    words = [*sorted({word for line in lists for word in line}), "unused"]
    dictionary = pa.array(words[::-1] + words[:1], value)
    codes = [[words[::-1].index(w) for w in line] for line in lists]
    flat = pa.array([code for line in codes for code in line], index)
    array = pa.DictionaryArray.from_arrays(flat, dictionary)
    offsets = np.cumsum([0, *map(len, lists)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, array)


ARRAYS = {
    "list": (WORDS, lambda: pa.array(WORDS)),
    "large": (WORDS, lambda: pa.array(WORDS, pa.large_list(pa.large_string()))),
    "codes": (WORDS, lambda: lists_of_codes(WORDS, pa.uint8(), pa.string())),
    "large codes": (
        WORDS,
        lambda: lists_of_codes(WORDS, pa.int64(), pa.large_string()),
    ),
    "fixed": (
        [["a", "b"], ["b", "c"], ["d", ""]] * 5,
        lambda: pa.array(
            [["a", "b"], ["b", "c"], ["d", ""]] * 5, pa.list_(pa.string(), 2)
        ),
    ),
    "text": (SPLIT, lambda: pa.array(TEXTS)),
    "large text": (SPLIT, lambda: pa.array(TEXTS, pa.large_string())),
    "text codes": (SPLIT, lambda: pa.array(TEXTS).dictionary_encode()),
    "ids": (IDS, lambda: pa.array(IDS)),
    "unsigned ids": (IDS, lambda: pa.array(IDS, pa.large_list(pa.uint64()))),
}
if hasattr(pa, "string_view"):
    ARRAYS["views"] = (WORDS, lambda: pa.array(WORDS, pa.list_(pa.string_view())))
    ARRAYS["text views"] = (SPLIT, lambda: pa.array(TEXTS, pa.string_view()))


@pytest.fixture(params=ARRAYS)
def case(request):
    """Return the lists and the array of a type."""
    lists, make = ARRAYS[request.param]
    return lists, make()


@pytest.fixture
def same(contents):
    """Return a function: whether two corpora are equal."""
    return lambda one, two: contents(one) == contents(two)


@pytest.mark.parametrize("chunk_bytes", [1, 40, 4 << 20])
def test_arrays_are_read_as_lists(case, chunk_bytes, same):
    lists, array = case
    for workers in (1, 3):
        corpus = Corpus(array, workers, _chunk_bytes=chunk_bytes)
        assert same(corpus, Corpus(lists))


def test_chunks_slices_tables_and_readers(case, same):
    lists, array = case
    expected = Corpus(lists)
    table = pa.table({"n": range(len(array)), "x": array})
    batches = table.to_batches(max_chunksize=5)
    chunked = pa.chunked_array([array[:0], array[:7], array[7:]])
    for source in (chunked, table, table.to_reader(), pa.Table.from_batches(batches)):
        field = None if source is chunked else "x"
        assert same(Corpus(source, field=field), expected)
    assert same(Corpus(pa.table({"x": chunked}), 2), expected)
    part = Corpus(array.to_pylist()[2:9]) if isinstance(lists[0][0], int) else None
    if part is None and isinstance(array[0].as_py(), list):
        part = Corpus(lists[2:9])
    if part is not None:
        assert same(Corpus(array[2:9]), part)
        assert same(Corpus(table.to_batches()[0].slice(2, 7), field="x"), part)


def test_slices_of_text(same):
    expected = Corpus([line.split() for t in TEXTS[2:9] for line in t.split("\n")])
    for kind in (pa.string(), pa.dictionary(pa.int8(), pa.string())):
        assert same(Corpus(pa.array(TEXTS, kind)[2:9]), expected)


def test_files(case, tmp_path, same):
    lists, array = case
    table = pa.table({"n": range(len(array)), "x": array})
    feather = pytest.importorskip("pyarrow.feather")
    parquet = pytest.importorskip("pyarrow.parquet")
    paths = [
        tmp_path / name for name in ("f.arrow", "s.arrow", "z.feather", "p.parquet")
    ]
    with pa.ipc.new_file(str(paths[0]), table.schema) as writer:
        writer.write_table(table, max_chunksize=5)
    with pa.ipc.new_stream(str(paths[1]), table.schema) as writer:
        writer.write_table(table, max_chunksize=5)
    feather.write_feather(table, str(paths[2]), compression="lz4")
    try:
        parquet.write_table(table, paths[3], row_group_size=5)
    except pa.ArrowNotImplementedError:  # views, before pyarrow 19
        paths.pop()
    for path in paths:
        assert same(Corpus(path, 2, field="x", progress=False), Corpus(lists)), path
    assert same(Corpus(paths[:2], field="x"), Corpus(lists * 2))


def test_vectors_are_the_same_to_the_bit():
    options = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 2}
    lists = Word2Vec(WORDS, **options).train().wv
    arrow = Word2Vec(pa.array(WORDS), **options).train().wv
    assert lists.index_to_key == arrow.index_to_key
    assert lists.vectors.tobytes() == arrow.vectors.tobytes()


def test_a_dictionary_may_change_from_batch_to_batch(same):
    parts = [["a", "b"], ["c", "b"]], [["b"], ["d", "a"]]
    arrays = [lists_of_codes(part, pa.int32(), pa.string()) for part in parts]
    corpus = Corpus(pa.chunked_array(arrays))
    assert same(corpus, Corpus([*parts[0], *parts[1]]))


def test_a_large_dictionary_of_which_few_words_are_used(same):
    dictionary = pa.array([f"w{i}" for i in range(1000)])
    codes = pa.DictionaryArray.from_arrays(
        pa.array([7, 999, 7], pa.int32()), dictionary
    )
    array = pa.ListArray.from_arrays(pa.array([0, 2, 3], pa.int32()), codes)
    assert same(Corpus(array), Corpus([["w7", "w999"], ["w7"]]))


MISSING = {
    "row": ([["a"], None], pa.list_(pa.string())),
    "token": ([["a"], ["b", None]], pa.list_(pa.string())),
    "code": ([["a"], ["b", None]], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
    "id": ([[1], [], [2, None]], pa.list_(pa.int64())),
    "negative": ([[1], [], [2, -2]], pa.list_(pa.int64())),
    "first": ([[None, 3]], pa.list_(pa.int64())),
    "null": ([None, None], pa.null()),
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_values_are_the_errors_of_lists(name):
    values, kind = MISSING[name]
    array = pa.array(values) if kind == pa.null() else None
    if array is None and "dictionary" in str(kind):
        inner = pa.array(["a", "b", None], kind.value_type)
        array = pa.ListArray.from_arrays(pa.array([0, 1, 3], pa.int32()), inner)
    array = pa.array(values, kind) if array is None else array
    found = []
    for source in (values, array):
        with pytest.raises(TypeError) as caught:
            Corpus(source)
        found.append(str(caught.value))
    assert found[0] == found[1]


def test_a_missing_text_is_named_as_such():
    with pytest.raises(TypeError, match=r"StringArray: row 1, .*missing value"):
        Corpus(pa.array(["a", None]))
    with pytest.raises(TypeError, match=r"Table: column 'x': row 2, .*drop_null\(\)"):
        Corpus(pa.table({"x": ["a", "b", None]}))


def test_a_dictionary_may_have_a_null():
    dictionary = pa.array(["a", None])
    codes = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), dictionary)
    with pytest.raises(TypeError, match=r"row 1, .*missing value \(null\), not text"):
        Corpus(codes)
    assert Corpus(codes[:1]).words() == ["a"]


def test_nulls_outside_of_a_slice_do_not_matter():
    assert Corpus(pa.array([[None], ["a"], None])[1:2]).words() == ["a"]


def test_objects_with_the_c_interface(same):
    class Stream:
        def __init__(self, source):
            self.__arrow_c_stream__ = source.__arrow_c_stream__

    class Batch:
        def __init__(self, source):
            self.__arrow_c_array__ = source.__arrow_c_array__

    batch = pa.record_batch({"x": pa.array(WORDS)})
    for source in (
        Batch(batch),
        Batch(pa.array(WORDS)),
        Stream(pa.table({"x": WORDS})),
    ):
        assert same(Corpus(source), Corpus(WORDS))


def test_data_sets_of_arrow_read_one_column(tmp_path, same):
    data = pytest.importorskip("pyarrow.dataset")
    found = data.dataset(pa.table({"n": [1, 2], "x": WORDS[:2]}))
    assert same(Corpus(found), Corpus(WORDS[:2]))
    assert same(Corpus(found.scanner(columns=["x"])), Corpus(WORDS[:2]))


def test_memory_limit(same):
    small = Corpus(pa.array(WORDS), memory_limit=10)
    assert same(small, Corpus(WORDS))
    assert same(Corpus(pa.array(IDS), memory_limit=10), Corpus(IDS))


def test_pyarrow_is_missing(monkeypatch, tmp_path):
    path = tmp_path / "x.parquet"
    pytest.importorskip("pyarrow.parquet").write_table(pa.table({"x": ["a"]}), path)
    for name in [name for name in sys.modules if name.startswith("pyarrow")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install 'w2vfast\[arrow\]'"):
        Corpus(path)


@pytest.mark.parametrize("text", ["PAR1", "PAR1 a b PAR1"])
def test_text_may_begin_and_end_with_the_mark_of_parquet(tmp_path, text):
    path = tmp_path / "text.txt"
    path.write_text(text)
    assert len(Corpus(path).ids) == len(text.split())
