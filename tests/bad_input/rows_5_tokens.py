"""Rows of the table: token lists, ids, columns, and what is neither."""

import numpy as np

from w2vfast import Corpus

TITLE = "Tokens in memory"
TEXT = (
    "A corpus in memory is a list of sentences, and a sentence is a list of words (str) "
    'or of ids (integers, 0 or more). The id 7 has the key `"7"`.'
)
EXPECTED = (
    "expected a path, a list of paths or an iterable of token lists, such as "
    "[line.split() for line in lines]"
)


def consumed(f):
    """Return the corpus of a generator that was read earlier."""
    sentences = (line.split() for line in ["a b", "c"])
    list(sentences)
    return Corpus(sentences)


def column(f, package, values):
    """Return the corpus of a column."""
    module = f.module(package)
    if package == "pyarrow":
        return Corpus(module.array(values))
    return Corpus(module.Series(values))


def row(given, source, answer):
    """Return the row of a corpus in memory."""
    return given, lambda f: Corpus(source() if callable(source) else source), answer


ROWS = [
    row("words", [["a", "b"], ["c"]], "a b | c"),
    row("an array of words", np.array([["a", "b"], ["c", "d"]]), "a b | c d"),
    row("lists of ids", [[3, 5], [5, 3, 3]], "3 5 | 5 3 3"),
    row("ids larger than 64 bits", [[2**70, 1]], f"{2**70} 1"),
    row("an array of ids, two dimensions", np.array([[3, 5], [5, 4]]), "3 5 | 5 4"),
    row("arrays of ids of different lengths", [np.array([3, 5]), np.array([4])],
        "3 5 | 4"),
    row("an object array of lists of ids",
        lambda: np.array([[3, 5], [4], None], object)[:2], "3 5 | 4"),
    row("an array of ids, one dimension", np.arange(5),
        "TypeError: an array of ids of shape (5,): use Corpus.from_ids(ids, offsets), or "
        "pass two dimensions, one sentence a row"),
    row("an array of ids, three dimensions", np.ones((2, 3, 4), int),
        "TypeError: an array of shape (2, 3, 4) and type int64: expected two dimensions "
        "of integers, one sentence a row: pass array.reshape(-1, array.shape[-1])"),
    row("an array of decimal numbers", np.ones((2, 3)),
        "TypeError: an array of shape (2, 3) and type float64: expected two dimensions "
        "of integers, one sentence a row: pass array.astype(int)"),
    row("an array of bytes", np.array([[b"a", b"b"]]),
        "TypeError: an array of shape (1, 2) and type |S1: expected two dimensions of "
        "integers, one sentence a row: pass array.astype(str)"),
    row("an array of negative ids", np.array([[3, -1]]),
        "ValueError: ids from -1 to 3: expected ids 0 or more"),
    row("negative ids", [[3, -1]],
        "TypeError: sentence 0: the id -1 is negative: expected 0 or more; if it pads "
        "sentences, drop it: [[t for t in sentence if t >= 0] for sentence in corpus]"),
    row("words among ids", [[3, 5], [5, "a"]],
        "TypeError: sentence 1: the token 'a' is a str, not an id, but other tokens are "
        "ids: [[str(t) for t in sentence] for sentence in corpus]"),
    row("ids among words", [["a", 5]],
        "TypeError: sentence 0: the token 5 is an int, not a str, but other tokens are "
        "words: [[str(t) for t in sentence] for sentence in corpus]"),
    row("True among ids", [[1, True]],
        "TypeError: sentence 0: the token True is a bool, not an id: [[str(t) for t in "
        "sentence] for sentence in corpus]"),
    row("decimal numbers", [[1.0, 2.0]],
        "TypeError: sentence 0: the token 1.0 is a float, not a str: make ids: [[int(t) "
        "for t in sentence] for sentence in corpus]"),
    row("bytes as words", [["a", b"b"]],
        "TypeError: sentence 0: the token b'b' is a bytes, not a str: decode it: "
        "[[t.decode() for t in sentence] for sentence in corpus]"),
    row("None as a word", [["a"], ["b", None]],
        "TypeError: sentence 1: the token None is a NoneType, not a str: it is a missing "
        "value: leave it out, [[t for t in sentence if t == t and t is not None] for "
        "sentence in corpus]"),
    row("NaN as a word", [["a", float("nan")]],
        "TypeError: sentence 0: the token nan is a float, not a str: it is a missing "
        "value: leave it out, …"),
    row("None as a sentence", [["a"], None],
        "TypeError: sentence 1 is a NoneType (None), not a list of words: it is a "
        "missing value: leave it out, as column.dropna()"),
    row("NaN as a sentence", [["a"], float("nan")],
        "TypeError: sentence 1 is a float (nan), not a list of words: it is a missing "
        "value: leave it out, as column.dropna()"),
    row("lists of lists of lists", [[["a", "b"]]],
        "TypeError: sentence 0: the token ['a', 'b'] is a list, not a str: the lists are "
        "nested one level too deep: [sentence for document in corpus for sentence in "
        "document]"),
    row("lists of lists of lists of ids", [[[1, 2]]],
        "TypeError: sentence 0: the token [1, 2] is a list, not a str: the lists are "
        "nested one level too deep: …"),
    row("one sentence without its list", ["the", "cat", "sat"],
        "TypeError: a flat list of 3 str, which are no files ('the', 'cat', 'sat'): if "
        "they are the words of one sentence, pass [words], a list of sentences"),
    row("one sentence of dots and slashes", ["./", "...", "e.g.", "a", "b"],
        "TypeError: a flat list of 5 str, which are no files ('...', 'e.g.', 'a', 'b'): "
        "if they are the words of one sentence, pass [words], a list of sentences"),
    row("one sentence of ids", [3, 5, 4],
        "TypeError: sentence 0 is an int (3), not a list of words: pass [ids], if these "
        "ids are one sentence"),
    row("a generator of words", lambda: (w for w in ["the", "cat"]),
        "TypeError: sentence 0 is a str ('the'), not a list of words: pass [words], if "
        "these words are one sentence"),
    row("lines as str", ["the cat", "sat down"],
        "TypeError: a list of str that name no files ('the cat', ...): sentences must be "
        "token lists, such as [line.split() for line in lines]"),
    row("a generator of lines", lambda: (line for line in ["the cat"]),
        "TypeError: sentence 0 is a str ('the cat'), not a list of words: split it: "
        "[line.split() for line in lines]"),
    row("lines as bytes", [b"the cat"],
        "TypeError: sentence 0 is a bytes (b'the cat'), not a list of words: decode it: "
        "[line.decode().split() for line in lines]"),
    row("a str", "the cat sat on the mat",
        "FileNotFoundError: no such file: 'the cat sat on the mat'; raw text is not "
        f"accepted: {EXPECTED}"),
    row("bytes", b"the cat",
        "TypeError: the corpus is a bytes: decode and split it: [line.split() for line "
        "in bytes(data).decode().split('\\n')]"),
    row("a dict", {"a": 5},
        "TypeError: the corpus is a dict: if its values are token lists, pass "
        "corpus.values(); word counts make a Vocabulary, not a corpus"),
    row("a set", {"a"}, f"TypeError: the corpus is a set, which has no order: {EXPECTED}"),
    row("a set as a sentence", [{"a"}],
        f"TypeError: sentence 0 is a set ({{'a'}}), not a list of words: {EXPECTED}"),
    row("records", [{"tokens": ["a"]}],
        "TypeError: sentence 0 is a dict ({'tokens': ['a']}), not a list of words: take a "
        "field of it: [record['tokens'] for record in …]"),
    row("a number", 5, f"TypeError: the corpus is an int (5): {EXPECTED}"),
    row("None", None, f"TypeError: the corpus is a NoneType (None): {EXPECTED}"),
    row("an empty list", [], f"ValueError: the corpus is empty ([]): {EXPECTED}"),
    row("empty sentences", [[], []],
        "ValueError: the corpus is empty: there is no token in its source"),
    row("an empty iterator", lambda: iter([]),
        "ValueError: the corpus is empty: the list_iterator gave no sentence; if it was "
        "read earlier, make a new one, or pass a list"),
    ("a generator that was read earlier", consumed,
     "ValueError: the generator <genexpr> was read earlier, and a generator can be read "
     "once: make a new one, or pass a list"),
    row("a path among sentences", [["a"], "b"],
        f"TypeError: item 0 is a list, another a path or text: {EXPECTED}"),
    ("a column of pandas", lambda f: column(f, "pandas", [["a", "b"], ["c"]]), "a b | c"),
    ("a column of polars", lambda f: column(f, "polars", [["a", "b"], ["c"]]), "a b | c"),
    ("a column of Arrow", lambda f: column(f, "pyarrow", [["a", "b"], ["c"]]), "a b | c"),
    ("a column of Arrow with ids", lambda f: column(f, "pyarrow", [[3, 5], [4]]),
     "3 5 | 4"),
    ("a column of polars with ids", lambda f: column(f, "polars", [[3, 5], [4]]),
     "3 5 | 4"),
    ("a column of pandas with None", lambda f: column(f, "pandas", [["a"], None]),
     "TypeError: sentence 1 is a NoneType (None), not a list of words: it is a missing "
     "value: leave it out, as column.dropna()"),
    ("a column of pandas with numbers", lambda f: column(f, "pandas", [5, 6]),
     "TypeError: sentence 0 is an int (5), not a list of words: pass [ids], if these ids "
     "are one sentence"),
    ("a column of Arrow with null", lambda f: column(f, "pyarrow", [["a"], None]),
     "TypeError: sentence 1 is a NoneType (None), not a list of words: it is a missing "
     "value: leave it out, as column.dropna()"),
]  # fmt: skip
