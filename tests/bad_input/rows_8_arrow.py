"""Rows of the table: Arrow and Parquet, in memory and in files."""

import io
from pathlib import Path

from w2vfast import Corpus

TITLE = "Arrow, Parquet and tables"
TEXT = (
    "One column is read. Its rows are text, lists of words, or lists of ids. A row or a "
    "token that is missing is an error, as it is in lists. Rows are counted from 0."
)
EXPECTED = (
    "expected text (string: one sentence a row), lists of words (list<string>) or lists "
    "of ids (list<int64>)"
)
WORDS = [["a", "b"], ["c"]]
DAMAGED = ": copy or write them again"
NULL = (
    ", counted from 0, is a missing value (null), not text: leave such rows out, with "
    "drop_null() of pyarrow, drop_nulls() of Polars or dropna() of pandas"
)


def column(f, values, kind=None, **options):
    """Return the corpus of an array."""
    pa = f.module("pyarrow")
    return Corpus(pa.array(values, kind and kind(pa)), progress=False, **options)


def table(f, field=None, **columns):
    """Return the corpus of a table."""
    return Corpus(f.module("pyarrow").table(columns), field=field, progress=False)


def frame(f, package, field=None):
    data = {"id": [1], "text": ["a b"]}
    return Corpus(f.module(package).DataFrame(data), field=field)


def series(f, package, values):
    return Corpus(f.module(package).Series(values))


def parquet(f, name="x.parquet", edit=bytes, field=None, **columns):
    """Return the corpus of a Parquet file whose bytes are edited."""
    pa, pq, file = f.module("pyarrow"), f.module("pyarrow.parquet"), io.BytesIO()
    pq.write_table(pa.table(columns or {"text": ["a b", "c"]}), file)
    return f.corpus(name, edit(file.getvalue()), field=field)


def arrow(f, name="x.arrow", edit=bytes, stream=False, **options):
    pa, file = f.module("pyarrow"), io.BytesIO()
    written = pa.table({"text": ["a b", "c"]})
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(file, written.schema) as writer:
        writer.write_table(written)
    return f.corpus(name, edit(file.getvalue()), **options)


def half(data):
    return data[: len(data) // 2]


def folder(f, name, data=b""):
    parquet(f, "parts/0.parquet")
    f.write(f"parts/{name}", data)
    return Corpus("parts")


def two_kinds(f):
    parquet(f, "0.parquet", x=[["a"]])
    parquet(f, "1.parquet", x=[[7]])
    return Corpus(["0.parquet", "1.parquet"])


def reader_twice(f):
    pa = f.module("pyarrow")
    return Corpus(pa.table({"text": ["a b"]}).to_reader(), max_counted_words=9)


def open_file(f):
    parquet(f)
    with Path("x.parquet").open("rb") as file:
        return Corpus(file)


ROWS = [
    ("text", lambda f: column(f, ["a  b\nc", "", "d"]), "a b | c | d"),
    ("text with a null", lambda f: column(f, ["a b", None]),
     f"TypeError: StringArray: row 1{NULL}"),
    ("text with a NUL character", lambda f: column(f, ["a b", "a\0"]),
     "NotTextError: StringArray: row 1, counted from 0, has a NUL character, which text "
     "does not have: remove it"),
    ("lists with a null", lambda f: column(f, [["a"], ["b", None]]),
     "TypeError: sentence 1: the token None is a NoneType, not a str: it is a missing "
     "value: leave it out, …"),
    ("words with white space", lambda f: column(f, [["new york", ""]]), "new york "),
    ("lists of ids", lambda f: column(f, [[3, 5], [], [3]]), "3 5 | 3"),
    ("a negative id", lambda f: column(f, [[3], [-1]]),
     "TypeError: sentence 1: the id -1 is negative: expected 0 or more; …"),
    ("numbers", lambda f: column(f, [5, 6]),
     f"TypeError: Int64Array has the type int64: {EXPECTED}: if its ids are one "
     "sentence, pass [ids]"),
    ("lists of floats", lambda f: column(f, [[0.5]]),
     f"TypeError: ListArray has the type list<item: double>: {EXPECTED}: if its numbers "
     "are ids, cast them to int64"),
    ("bytes", lambda f: column(f, [b"a"]),
     f"TypeError: BinaryArray has the type binary: {EXPECTED}: if its bytes are UTF-8, "
     "cast it: column.cast('string')"),
    ("no rows", lambda f: column(f, [], lambda pa: pa.string()),
     "ValueError: the corpus is empty: there is no token in its source"),
    ("field for one column", lambda f: column(f, ["a"], field="text"),
     "ValueError: field='text' names a column of a table, but the corpus is one column "
     "(StringArray): leave it out"),
    ("encoding", lambda f: column(f, ["a"], encoding="latin-1"),
     "ValueError: StringArray: encoding and errors are for text files, but text in Arrow "
     "and Parquet is always UTF-8: leave them out"),
    ("a table with one column of text", lambda f: table(f, id=[1], text=["a b"]), "a b"),
    ("a table with several", lambda f: table(f, title=["a"], text=["b"]),
     "ValueError: Table: 2 columns have sentences: name one of them, such as "
     "field='title': the columns are 'title' (string), 'text' (string)"),
    ("field", lambda f: table(f, "text", title=["a"], text=["b"]), "b"),
    ("another field", lambda f: table(f, "body", title=["a"], id=[1]),
     "ValueError: Table: no column 'body': the columns are 'title' (string), 'id' "
     "(int64)"),
    ("a table without text", lambda f: table(f, id=[1]),
     f"ValueError: Table: no column has sentences: {EXPECTED}; the columns are 'id' "
     "(int64)"),
    ("a table of pandas", lambda f: frame(f, "pandas"), "a b"),
    ("a table of pandas, another field", lambda f: frame(f, "pandas", "body"),
     "ValueError: DataFrame: no column 'body': the columns are 'id', 'text'"),
    ("a table of polars", lambda f: frame(f, "polars"), "a b"),
    ("a column of text, pandas", lambda f: series(f, "pandas", ["the cat"]), "the cat"),
    ("a column of text, polars", lambda f: series(f, "polars", ["the cat"]), "the cat"),
    ("a Parquet file", parquet, "a b | c"),
    ("a Parquet file with another name", lambda f: parquet(f, "x.txt"), "a b | c"),
    ("an Arrow file", arrow, "a b | c"),
    ("an Arrow stream", lambda f: arrow(f, stream=True), "a b | c"),
    ("a null in a file", lambda f: parquet(f, text=["a", None]),
     f"NotTextError: x.parquet: column 'text': row 1{NULL}"),
    ("a file with several columns", lambda f: parquet(f, a=["a"], b=["b"]),
     "ValueError: x.parquet: 2 columns have sentences: name one of them, such as "
     "field='a': the columns are 'a' (string), 'b' (string)"),
    ("half of a Parquet file", lambda f: parquet(f, edit=half),
     f"ArrowDataError: x.parquet: the data are damaged (…){DAMAGED}"),
    ("half of an Arrow file", lambda f: arrow(f, edit=half),
     f"ArrowDataError: x.arrow: the data are damaged (…){DAMAGED}"),
    ("half of an Arrow stream", lambda f: arrow(f, edit=half, stream=True),
     f"ArrowDataError: x.arrow: the data are damaged (…){DAMAGED}"),
    ("an empty file", lambda f: f.corpus("part.parquet", b""),
     "ArrowDataError: part.parquet: the file is empty (0 bytes): remove it, or write it "
     "again"),
    ("text with the name of a table", lambda f: f.corpus("x.parquet", b"to be or not"),
     "ArrowDataError: x.parquet: the name ends in .parquet, but the content, which begins "
     "with b'to be or', is neither Parquet nor Arrow: it is damaged, or wrongly named"),
    ("a folder with _SUCCESS", lambda f: folder(f, "_SUCCESS"), "a b | c"),
    ("a folder with a text", lambda f: folder(f, "a.txt", b"a b"),
     "NotTextError: parts/a.txt: no Arrow or Parquet file, but parts/0.parquet is one: a "
     "corpus is either text or tables; give a list of the files to read"),
    ("words, then ids", two_kinds,
     "ArrowDataError: 1.parquet: column 'x' has ids, but the columns before have not: a "
     "corpus has either words or ids"),
    ("an open file", open_file,
     "NotTextError: x.parquet: a Parquet file, not text; give the path of a whole file, "
     "uncompressed: Corpus('x.parquet', field='text')"),
    ("a reader for two passes", reader_twice,
     "ValueError: max_counted_words=9 reads the text twice, but RecordBatchReader can be "
     "read only once: pass pyarrow.table(source), which has it in memory, or the path of "
     "a Parquet file"),
    ("a bound for ids", lambda f: column(f, [[1, 2]], max_counted_words=9),
     "ValueError: max_counted_words=9 is for words, but the column has ids: leave it out"),
    ("encoding for a file", lambda f: arrow(f, encoding="latin-1"),
     "ValueError: x.arrow: encoding and errors are for text files, but text in Arrow and "
     "Parquet is always UTF-8: leave them out"),
]  # fmt: skip
