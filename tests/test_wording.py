"""Numbers with their nouns, in one form for all messages."""

import re
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import Corpus, KeyedVectors, Vocabulary, Word2Vec
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.wording import counted, quoted, shortened


@pytest.mark.parametrize(
    "given, text",
    [
        ((0, "word"), "0 words"),
        ((1, "word"), "1 word"),
        ((1.0, "pair"), "1 pair"),
        ((0.6, "pair"), "1 pair"),
        ((-1, "word"), "-1 words"),
        ((np.int64(12_000), "distinct word"), "12,000 distinct words"),
        ((np.float32(2.4), "minute"), "2 minutes"),
        ((2**63 + 1, "byte"), "9,223,372,036,854,775,809 bytes"),
        ((1, "query", "queries"), "1 query"),
        ((2, "query", "queries"), "2 queries"),
    ],
)
def test_counted(given, text):
    assert counted(*given) == text


def test_representations_have_the_singular_and_thousands_commas():
    one = Word2Vec([["a", "b"]], min_count=1, epochs=1, vector_size=4).train()
    assert "2 words × 4" in repr(one) and "1 epoch trained" in repr(one)
    assert repr(Corpus([["a"]])) == "<Corpus: 1 token in 1 sentence, 1 type>"
    assert (
        repr(Vocabulary(["a"], np.array([1]))) == "<Vocabulary: 1 word counted 1 time>"
    )
    assert repr(KeyedVectors(["a"], np.ones((1, 1)))) == (
        "<KeyedVectors: 1 word, 1 dimension>"
    )
    keys = [str(i) for i in range(1000)]
    assert "1,000 words, 1 dimension" in repr(KeyedVectors(keys, np.ones((1000, 1))))


def test_messages_have_the_singular():
    with pytest.raises(ValueError, match=r"^1 word: a Huffman tree needs two"):
        huffman_tree(np.array([3]))
    with pytest.raises(ValueError, match=r"expected a word or 1 number,"):
        KeyedVectors(["a"], np.ones((1, 1))).most_similar(np.ones(2))
    with pytest.raises(ValueError, match=r"a row for each key \(1 key\) and"):
        KeyedVectors(["a"], np.ones((2, 1)))
    with pytest.raises(KeyError, match="is not the only word of these vectors"):
        KeyedVectors(["a"], np.ones((1, 1)))["b"]


def sources():
    """Yield the names and the texts of all modules."""
    for path in sorted(Path(w2vfast.__file__).parent.rglob("*.py")):
        # Texts on several lines as one.
        yield str(path), re.sub(r'"\s*\n\s*f?"', "", path.read_text("utf-8"))


def test_no_number_follows_a_word_that_needs_the_plural():
    """As in "each of 1 key"."""
    plural = re.compile(r"\b(each of|all|both|the|these|those) \{counted\(")
    assert [name for name, text in sources() if plural.search(text)] == []


def test_a_quote_that_is_cut_off_ends_with_an_ellipsis():
    assert quoted("a" * 58) == repr("a" * 58)
    assert quoted("a" * 59) == "'" + "a" * 58 + "…"
    assert quoted(b"abc", 4) == "b'a…" and shortened("abc", 3) == "abc"
    # The precision of a format, and a slice in a message, cut off without a mark.
    cut = re.compile(r"(!r|!s|\]):\.\d+\}|(str|repr)\(\w+(\.\w+)?\)\[:\d+\]")
    assert [name for name, text in sources() if cut.search(text)] == []
