"""Damaged and hostile Arrow data are errors, never a crash or a wrong corpus."""

import random

import numpy as np
import pytest

from w2vfast import Corpus
from w2vfast.corpus.content import NotTextError
from w2vfast.files.arrow_checks import ArrowDataError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
TEXT = np.frombuffer(b"thecatsat", np.uint8)


#: Offsets in use, and those that replace them.
LATER = []


def buffer(values, kind=np.int32):
    return pa.py_buffer(np.asarray(values, kind).tobytes())


def with_offsets(kind, offsets, *buffers, **children):
    """Return an array whose offsets change in `damaged`, after pyarrow's checks."""
    shared = np.zeros(len(offsets), np.int32)
    found = [None, pa.py_buffer(shared), *buffers]
    array = pa.Array.from_buffers(kind, len(offsets) - 1, found, **children)
    LATER.append((shared, offsets))
    return array


def damaged(make):
    """Return a source that becomes hostile after pyarrow has checked it."""
    LATER.clear()
    source = make()
    for shared, offsets in LATER:
        shared[:] = offsets
    return source


def text(offsets, data=TEXT):
    """Return an array of text with these offsets."""
    return with_offsets(pa.string(), offsets, pa.py_buffer(bytes(data)))


def lists(offsets, values):
    """Return lists with these offsets."""
    return with_offsets(pa.list_(values.type), offsets, children=[values])


def codes(numbers, dictionary, kind=np.int32):
    indices = pa.Array.from_buffers(
        pa.from_numpy_dtype(kind), len(numbers), [None, buffer(numbers, kind)]
    )
    return pa.DictionaryArray.from_arrays(indices, dictionary, safe=False)


GOOD = pa.array(["the", "cat", "sat"])
HOSTILE = {
    "offsets beyond the buffer": lambda: text([0, 3, 10**6]),
    "offsets far beyond the buffer": lambda: text([0, 3, 2**31 - 1]),
    "negative offsets": lambda: text([-5, 3, 6]),
    "falling offsets": lambda: text([0, 6, 3, 9]),
    "text that is not UTF-8": lambda: text([0, 2], b"a\xff"),
    "a text that ends within a character": lambda: text([0, 2, 3], "aé".encode()),
    "list offsets beyond the values": lambda: lists([0, 2, 9], GOOD),
    "negative list offsets": lambda: lists([-1, 2], GOOD),
    "falling list offsets": lambda: lists([0, 3, 1, 3], GOOD),
    "offsets of words beyond the buffer": lambda: lists([0, 2], text([0, 3, 99])),
    "falling offsets of words": lambda: lists([0, 3], text([0, 6, 3, 9])),
    "negative offsets of words": lambda: lists([0, 2], text([-3, 3, 6])),
    "words that are not UTF-8": lambda: lists([0, 2], text([0, 1, 2], b"a\xc3")),
    "a large code": lambda: codes([0, 1, 10**6], GOOD),
    "a negative code": lambda: codes([0, -1], GOOD),
    "a code in lists": lambda: lists([0, 2], codes([0, 3], GOOD)),
    "a code of 64 bits in lists": lambda: lists(
        [0, 2], codes([0, 2**32], GOOD, np.int64)
    ),
    "a negative code in lists": lambda: lists([0, 2], codes([0, -7], GOOD)),
    "list offsets beyond the codes": lambda: lists([0, 50], codes([0, 1], GOOD)),
    "a damaged dictionary": lambda: lists([0, 1], codes([0], text([0, 3, 10**6]))),
    "a dictionary that is not UTF-8": lambda: codes([0], text([0, 1], b"\xff")),
    "ids beyond the buffer": lambda: lists([0, 9], pa.array([1, 2])),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("workers", [1, 2])
def test_hostile_arrays_are_errors(name, workers):
    make = HOSTILE[name]
    for source in (
        damaged(make),
        damaged(lambda: pa.chunked_array([make()])),
        damaged(lambda: pa.table({"x": make()})),
    ):
        with pytest.raises(ArrowDataError, match=r"(Array|Table).* (damaged|UTF-8)"):
            Corpus(source, workers)


def test_codes_below_nulls_are_not_read():
    mask = buffer([0b01], np.uint8)
    numbers = buffer([0, 10**6])
    indices = pa.Array.from_buffers(pa.int32(), 2, [mask, numbers])
    array = pa.DictionaryArray.from_arrays(indices, GOOD, safe=False)
    with pytest.raises(TypeError, match=r"row 1, .* is a missing value"):
        Corpus(array)
    with pytest.raises(TypeError, match="sentence 0: the token None"):
        Corpus(damaged(lambda: lists([0, 2], array)))


def test_a_second_dictionary_is_checked_too():
    def make():
        arrays = [codes([0, 1], GOOD)] * 2 + [codes([1], text([0, 1, 2], b"a\xff"))]
        return pa.chunked_array(arrays)

    with pytest.raises(ArrowDataError, match="damaged"):
        Corpus(damaged(make))


FILES = (
    "x.arrow",
    "stream.arrow",
    "x.feather",
    "x.parquet",
    "codes.arrow",
    "c.parquet",
)


def written(name):
    """Return the bytes of a file with three columns."""
    words = [["the", "cat"], ["sat"], [], ["the", "mat", "é"]] * 5
    flat = pa.array([" ".join(line) for line in words])
    if name.startswith("c"):
        array = pa.array(words)
        array = pa.ListArray.from_arrays(
            array.offsets, array.values.dictionary_encode()
        )
        table = pa.table({"text": array})
    else:
        table = pa.table({"id": range(20), "text": flat, "words": words})
    sink = pa.BufferOutputStream()
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow.parquet").write_table(
            table, sink, write_page_checksum=True, row_group_size=7
        )
    elif name.endswith(".feather"):
        pytest.importorskip("pyarrow.feather").write_feather(table, sink, "zstd")
    else:
        make = pa.ipc.new_stream if name.startswith("stream") else pa.ipc.new_file
        with make(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=7)
    return sink.getvalue().to_pybytes()


def read(path):
    """Read a file that may be damaged; return whether it was refused."""
    try:
        for field in ("text", None):
            corpus = Corpus(path, 2, field=field, progress=False)
            assert corpus.offsets[-1] == len(corpus.ids) == corpus.counts.sum()
    except (ValueError, OSError, TypeError) as error:
        assert path.name in str(error) or "corpus is empty" in str(error)
        return True
    return False


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_an_error(name, tmp_path):
    whole, path = written(name), tmp_path / name
    for end in range(0, len(whole) - 1, max(1, len(whole) // 150)):
        path.write_bytes(whole[:end])
        refused = read(path)
        # A stream may end after any batch.
        assert refused or (name.startswith("stream") and end > len(whole) // 2)


@pytest.mark.parametrize("name", FILES)
def test_flipped_bits_are_an_error_or_another_text(name, tmp_path):
    whole, path, drawn = written(name), tmp_path / name, random.Random(1)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(drawn.choice([1, 1, 3])):
            damaged[drawn.randrange(len(damaged))] ^= 1 << drawn.randrange(8)
        path.write_bytes(damaged)
        read(path)


def test_an_empty_part_is_named(tmp_path):
    (tmp_path / "0.parquet").write_bytes(written("x.parquet"))
    (tmp_path / "part.parquet").write_bytes(b"")
    with pytest.raises(ArrowDataError, match=r"part\.parquet: the file is empty"):
        Corpus(tmp_path, field="text")


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_first_fault_is_named_with_any_number_of_threads(workers):
    rows = ["a b c " * 100] * 65_536
    rows[60_000] = "c\0d"
    with pytest.raises(NotTextError, match="NUL"):
        Corpus(pa.array([*rows, "z", None]), workers)


def test_a_wrong_number_of_missing_values_is_damage(tmp_path):
    path = tmp_path / "n.arrow"
    table = pa.table({"w": pa.array([["a"], None, ["b"]])})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    data = bytearray(path.read_bytes())
    lengths = bytes(data).find(np.array([3, 1], np.int64).tobytes())
    bits = bytes(data).find(b"\x05" + b"\0" * 7, lengths)
    data[bits] = 7  # all rows are valid, and the number of missing ones stays 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"n\.arrow.*damaged"):
        Corpus(path)


def test_folders_may_have_notes_of_the_programs_that_wrote_them(tmp_path):
    table, found = pa.table({"text": ["a b c", "d e f"] * 50}), []
    for number in range(2):
        one = []
        path = tmp_path / f"part.{number}.parquet"
        pq.write_table(table, path, metadata_collector=one)
        one[0].set_file_path(path.name)
        found += one
    pq.write_metadata(table.schema, tmp_path / "_metadata", metadata_collector=found)
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / "_delta_log" / "000.json").write_text("{}")
    assert len(Corpus(tmp_path).ids) == 600
