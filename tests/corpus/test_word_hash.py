"""Words with equal hashes: the table still tells them apart.

With the key (0, 1) the hash of a token is the exclusive or of its words of 8 bytes and
its length. So tokens with equal hashes are easy to choose.
"""

import os

import numpy as np
import pytest

from w2vfast.corpus import _scanner
from w2vfast.corpus._scanner import WordTable

pytestmark = pytest.mark.skipif(
    not hasattr(_scanner, "set_hash_key"), reason="the hash of this build has no key"
)

#: Tokens that meet in one slot, or in a chain of slots, and differ in one respect.
EQUAL = {
    "the first bytes": [b"aaaaaaaabbbbbbbb", b"bbbbbbbbaaaaaaaa"],
    "two bytes in the middle": [b"aaaaaaaax12345678", b"aaaaaaaay12345679"],
    # The slot depends on the first three bytes; it holds bytes five to eight.
    "the fourth byte": [b"aaaxaaaabbbbbbbbc", b"aaayaaaabbbbbbbbc"],
    "the last byte": [b"aaaaaaaabcd", b"aaaaaaaabce"],
    "a byte in the middle": [b"aaaaaaaabbbxbbbb", b"aaaaaaaabbbybbbb"],
    # The first fills the slot of the last, so the search goes on to the second.
    "the ninth byte": [b"\x08\x01", b"aaaaaaaac", b"aaaaaaaab"],
    # The first three fill the slots between the hashes of the last two.
    "a NUL byte at the end": [b"b\x08", b"c\x08", b"`\x08", b"a\x00", b"a"],
}


@pytest.fixture(autouse=True)
def plain_hash():
    """Set the key of the hash; afterwards another random one."""
    _scanner.set_hash_key(0, 1)
    yield
    _scanner.set_hash_key(*np.frombuffer(os.urandom(16), np.uint64).tolist())


def scan(table, text):
    """Return the ids of the tokens of a text."""
    ids, ends = np.empty((2, len(text) + 1), np.int32)
    tokens, _ = table.scan(text, ids, ends, True)
    return ids[:tokens].tolist()


@pytest.mark.parametrize("words", EQUAL.values(), ids=EQUAL)
def test_words_that_meet_in_the_table_are_told_apart(words):
    table = WordTable()
    numbers = list(range(len(words)))
    assert scan(table, b" ".join(words)) == numbers
    assert scan(table, b" ".join(words[::-1])) == numbers[::-1]


def test_words_of_one_slot_survive_the_growth_of_the_table():
    words = [b"%08d%08d" % (i, 10**7 - i) for i in range(3000)]
    table = WordTable()
    assert scan(table, b" ".join(words)) == list(range(3000))
    other = WordTable()
    mapping = np.empty(3000, np.int32)
    other.merge(table, mapping)
    assert sorted(mapping.tolist()) == list(range(3000))
    assert scan(other, b" ".join(words)) == mapping.tolist()


def test_merging_releases_memory_and_keeps_all_words():
    size = 300_000  # more than twice the interval between releases
    text = b" ".join(b"%d" % i for i in range(size))
    table, other = WordTable(), WordTable()
    ids, ends = np.empty((2, len(text) + 1), np.int32)
    other.scan(b"7 x 299999", ids, ends, True)
    table.scan(text, ids, ends, True)
    mapping = np.empty(size, np.int32)
    other.merge(table, mapping)
    assert len(other) == size + 1
    assert mapping[[7, size - 1]].tolist() == [0, 2]
    assert len(np.unique(mapping)) == size
    assert scan(other, b"0 123456 7 x") == [mapping[0], mapping[123456], 0, 1]
    lengths = np.empty(size, np.int64)
    other.copy_lengths(mapping.astype(np.int64), lengths)
    assert lengths.sum() == len(text) - size + 1
