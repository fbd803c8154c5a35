"""Counting with a bound in columns of Arrow and Parquet, which are read twice."""

import random

import numpy as np
import pytest

from w2vfast import Corpus
from w2vfast.corpus import encoder

pa = pytest.importorskip("pyarrow")

_RANDOM = random.Random(5)
LISTS = [
    ["", *(f"w{int(_RANDOM.paretovariate(0.7))}" for _ in range(_RANDOM.randrange(20)))]
    for _ in range(1000)
]
TEXTS = [" ".join(line) for line in LISTS]


def columns():
    lists = pa.array(LISTS)
    codes = lists.flatten().dictionary_encode()
    return {
        "text": pa.array(TEXTS),
        "text codes": pa.array(TEXTS).dictionary_encode(),
        "lists": lists,
        "codes": pa.ListArray.from_arrays(lists.offsets, codes),
    }


@pytest.fixture(params=["text", "text codes", "lists", "codes"])
def column(request):
    return columns()[request.param]


def check(bounded, exact, max_words):
    """Compare a bounded corpus with the one that counted all words."""
    n = len(bounded.counts)
    assert 2 <= n <= max_words < len(exact.counts)
    assert n == np.count_nonzero(exact.counts >= bounded.counted_from)
    assert bounded.words() == exact.words(n)
    assert bounded.counts.tolist() == exact.counts[:n].tolist()
    assert bounded.ids.tolist() == np.minimum(exact.ids, n).tolist()
    assert bounded.offsets.tolist() == exact.offsets.tolist()


@pytest.mark.parametrize("max_words", [5, 100])
def test_columns_in_memory(column, max_words):
    # The lists have the empty word, which a bounded scan must not confuse with others.
    exact = Corpus(column)
    for workers, chunk_bytes in (1, 4 << 20), (3, 500):
        bounded = Corpus(
            column, workers, max_counted_words=max_words, _chunk_bytes=chunk_bytes
        )
        check(bounded, exact, max_words)


def test_frequent_empty_words_are_kept():
    bounded = Corpus(
        pa.array([["", "a", ""], ["", "a", "b", "c"]]), max_counted_words=2
    )
    assert (bounded.words(), bounded.counts.tolist()) == (["", "a"], [3, 2])
    assert bounded.ids.tolist() == [0, 1, 0, 0, 1, 2, 2]


def test_files(column, tmp_path):
    table = pa.table({"n": range(len(column)), "x": column})
    paths = [tmp_path / name for name in ("p.parquet", "f.arrow", "s.arrow")]
    pytest.importorskip("pyarrow.parquet").write_table(
        table, paths[0], row_group_size=99
    )
    with pa.ipc.new_file(str(paths[1]), table.schema) as writer:
        writer.write_table(table)
    with pa.ipc.new_stream(str(paths[2]), table.schema) as writer:
        writer.write_table(table)
    exact = Corpus(column)
    for path in paths:
        check(Corpus(path, field="x", max_counted_words=50), exact, 50)


def test_tables_that_can_be_read_twice(column):
    table = pa.table({"x": column})
    data = pytest.importorskip("pyarrow.dataset").dataset(table)
    batch = table.combine_chunks().to_batches()[0]
    exact = Corpus(column)
    for source in (table, batch, data, table["x"]):
        check(Corpus(source, max_counted_words=50, memory_limit=0), exact, 50)


def test_a_table_of_polars_can_be_read_twice(column):
    polars = pytest.importorskip("polars", reason="Polars is not installed")
    table = polars.from_arrow(pa.table({"x": column, "n": range(len(column))}))
    exact = Corpus(column)
    check(Corpus(table, field="x", max_counted_words=50), exact, 50)
    many = polars.concat([table[:7], table[7:]], rechunk=False)
    check(Corpus(many, field="x", max_counted_words=50), exact, 50)


def test_streams_are_refused(tmp_path):
    table = pa.table({"x": TEXTS})
    data = pytest.importorskip("pyarrow.dataset").dataset(table)
    for source in (table.to_reader(), data.scanner()):
        with pytest.raises(ValueError, match="can be read only once: pass pyarrow"):
            Corpus(source, max_counted_words=50)
    reader = table.to_reader()
    with pytest.raises(ValueError, match="only once"):
        Corpus(reader, max_counted_words=50)
    assert len(Corpus(reader)) == len(Corpus(table))  # nothing has been read


def test_ids_are_refused():
    with pytest.raises(ValueError, match=r"max_counted_words=9 .*the column has ids"):
        Corpus(pa.array([[1, 2], [1]]), max_counted_words=9)


def test_damaged_text_is_found_in_the_first_pass():
    with pytest.raises(ValueError, match=r"row 1, .*NUL"):
        Corpus(pa.array(["a b", "c \0"]), max_counted_words=9)


def test_a_file_that_changes_between_the_passes_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "x.parquet"
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"x": TEXTS}), path)
    find = encoder.find_bound

    def find_and_write(*arguments):
        found = find(*arguments)
        parquet.write_table(pa.table({"x": ["other", "words"]}), tmp_path / "new")
        (tmp_path / "new").replace(path)
        return found

    monkeypatch.setattr(encoder, "find_bound", find_and_write)
    with pytest.raises(OSError, match="changed"):
        Corpus(path, max_counted_words=9)
