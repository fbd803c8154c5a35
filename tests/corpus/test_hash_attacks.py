"""Chosen tokens cannot make the word table slow, and ids do not depend on its key."""

import time

import numpy as np
import pytest

from w2vfast import Corpus
from w2vfast.corpus import _scanner
from w2vfast.corpus._scanner import WordTable

FACTOR = 0x9E3779B97F4A7C15  # of a hash that folded a product of 64 bits
INVERSE = pow(FACTOR, -1, 2**64)


@pytest.fixture
def set_key():
    """Return the function that sets the key; a random key afterwards."""
    yield _scanner.set_hash_key
    rng = np.random.default_rng()
    _scanner.set_hash_key(*rng.integers(2**63, size=2).tolist())


def plain_mix(state, word, factor=FACTOR):
    state = (state ^ word) * factor % 2**64
    return state ^ state >> 32


def plain_hash(token, start, factor=FACTOR):
    """Return the hash of a token by products of 64 bits, from any start."""
    state = start
    for i in range(0, len(token) + 1, 8):
        state = plain_mix(state, int.from_bytes(token[i : i + 8], "little"), factor)
    return plain_mix(state, len(token), factor)


def tokens_with_equal_low_bits(count, start=0, factor=FACTOR, seed=0):
    """Return tokens of 8 bytes whose plain hashes from `start` end in 32 zero bits."""
    rng = np.random.default_rng(seed)
    inverse = np.uint64(pow(factor, -1, 2**64))
    value = rng.permutation(np.arange(1, 4 * count, dtype=np.uint64)) << np.uint64(32)
    for word in (8, 0, start):
        value = (value ^ value >> np.uint64(32)) * inverse ^ np.uint64(word)
    tokens = value.astype("<u8").view(np.uint8).reshape(-1, 8)
    return tokens[(tokens > 32).all(axis=1)][:count]


def tokens_with_equal_hashes(bits):
    """Return 2**bits tokens with equal plain hashes, whatever start and factor are.

    Flipping bit 63 of a word flips bits 63 and 31 of the state, so flipping these in
    the next word restores the state.
    """
    tokens = np.full((1 << bits, 16 * bits), ord("a"), np.uint8)
    for bit in range(bits):
        flipped = (np.arange(1 << bits) >> bit & 1).astype(bool)
        tokens[flipped, 16 * bit + 7] ^= 0x80
        tokens[np.ix_(flipped, [16 * bit + 11, 16 * bit + 15])] ^= 0x80
    return tokens


def random_tokens(shape, seed=1):
    return np.random.default_rng(seed).integers(33, 256, shape).astype(np.uint8)


def scan(tokens):
    """Return the words and the CPU seconds of scanning tokens twice."""
    data = b" ".join([token.tobytes() for token in tokens] * 2)
    ids, ends = np.empty((2, len(data)), np.int32)
    table, start = WordTable(), time.thread_time()
    table.scan(data, ids, ends, True)
    return len(table), time.thread_time() - start


def assert_linear(tokens):
    """Check that tokens take at most 8 times as long as random ones, plus noise."""
    expected = min(scan(random_tokens(tokens.shape, seed))[1] for seed in range(3))
    words, seconds = min(scan(tokens) for _ in range(2))
    assert words == len(tokens)
    assert seconds < 8 * expected + 0.02


def test_the_attacks_are_attacks_on_a_plain_product():
    first = tokens_with_equal_low_bits(20)
    assert len({plain_hash(t.tobytes(), 0) for t in first}) == 20
    assert not any(plain_hash(t.tobytes(), 0) % 2**32 for t in first)
    for start, factor in ((0, FACTOR), (12345, FACTOR), (2**63 + 7, 2**63 - 25)):
        hashes = {
            plain_hash(t.tobytes(), start, factor) for t in tokens_with_equal_hashes(5)
        }
        assert len(hashes) == 1


def test_tokens_chosen_for_a_hash_without_a_key_are_scanned_in_linear_time():
    assert_linear(tokens_with_equal_low_bits(80_000))


def test_tokens_chosen_for_any_start_value_are_scanned_in_linear_time():
    assert_linear(tokens_with_equal_hashes(14))


@pytest.mark.parametrize("key", [(0, FACTOR), (99, FACTOR)])
def test_tokens_chosen_for_a_known_start_and_factor_of_a_plain_product(set_key, key):
    set_key(*key)
    assert_linear(tokens_with_equal_low_bits(80_000, *key))
    assert_linear(tokens_with_equal_hashes(14))


@pytest.mark.parametrize("step", [1, 2**8, 2**32, 2**56])
def test_similar_tokens_are_scanned_in_linear_time(step):
    numbers = (np.arange(40_000, dtype=np.uint64) % 2**15) * np.uint64(step)
    numbers += (
        np.uint64(0x2121212121212121) + np.arange(40_000, dtype=np.uint64) // 2**15
    )
    tokens = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)
    tokens = np.unique(tokens[(tokens > 32).all(axis=1)], axis=0)
    assert_linear(tokens)


def test_ids_and_words_do_not_depend_on_the_key(set_key, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "text"
    path.write_text(" ".join(f"w{n}\n" for n in rng.zipf(1.3, 30_000) % 5000))
    found = []
    for key in ((0, 1), (1, 2**64 - 1), (2**63, 0x123456789ABCDEF1)):
        set_key(*key)
        corpus = Corpus(path, 3, _chunk_bytes=5000)
        found.append((corpus.ids.tobytes(), corpus.counts.tobytes(), corpus.words()))
    assert found[0] == found[1] == found[2]
