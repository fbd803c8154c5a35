"""How much memory reading and counting a text takes, from its sizes alone."""

from __future__ import annotations

from dataclasses import dataclass

from w2vfast.corpus.reader import CHUNK_BYTES

#: Bytes of a token in a text if its length is unknown: letters and a space.
TOKEN_BYTES = 6.0
_ENTRY_BYTES = 32  # of a distinct word in a table of words
_SLOT_BYTES = 8
#: While words are ranked and copied: counts, orders, ranks, offsets, and a mapping for
#: each thread's share of the words.
_RANKING_BYTES = 36
_ENCODED_BYTES = 16  # counts and offsets of text
#: Threads share frequent words, but not rare ones: with T threads, all tables together
#: have about T ** 0.3 times the distinct words.
_SHARED_EXPONENT = 0.3
_UNUSED = 1 << 20  # bytes at the end of a block of ids, on average
_BLOCK = 64 << 20


@dataclass(frozen=True)
class TextSizes:
    """
    The sizes of a text.

    Attributes
    ----------
    tokens, sentences, types : int
        Types are distinct words.
    word_length : float
        Mean bytes of a distinct word.
    """

    tokens: int
    sentences: int
    types: int
    word_length: float


@dataclass(frozen=True)
class ScanMemory:
    """
    Bytes that reading a text takes.

    Attributes
    ----------
    peak : int
        The most, beyond what the process had before.
    corpus : int
        What the corpus takes afterwards, in memory.
    in_file : int
        What it takes in a temporary file.
    """

    peak: int
    corpus: int
    in_file: int


def scan_memory(sizes: TextSizes, workers: int, limit: int) -> ScanMemory:
    """
    Estimate the memory of a scan of files.

    Parameters
    ----------
    sizes : TextSizes
    workers : int
    limit : int
        Bytes above which ids, and likewise offsets, go to a temporary file.
    """
    ids, offsets = 4 * sizes.tokens, 8 * (sizes.sentences + 1)
    in_file = sum(size for size in (ids, offsets) if size > limit)
    in_memory = ids + offsets - in_file
    if ids <= limit:
        in_memory += _UNUSED * (ids // _BLOCK)
    text = sizes.types * sizes.word_length
    shared = workers**_SHARED_EXPONENT
    tables = shared * (_ENTRY_BYTES * sizes.types + text)
    tables += workers * _slots(shared / workers * sizes.types)
    ranking = sizes.types * (_ENTRY_BYTES + _RANKING_BYTES) + 2 * text
    words = max(tables, ranking)
    corpus = sizes.types * _ENCODED_BYTES + text
    # While ids are renumbered, a block of each thread waits to be released.
    renumbering = corpus + workers * min(_BLOCK, ids / workers) / 2
    peak = in_memory + max(words, renumbering) + workers * _buffers(sizes)
    return ScanMemory(int(peak), int(in_memory + corpus), in_file)


def _slots(words: float) -> float:
    """Return the bytes of the slots of a table: a power of two, at most 3/4 used."""
    slots = 2048
    while 4 * words > 3 * slots:
        slots *= 2
    return slots * _SLOT_BYTES


def _buffers(sizes: TextSizes) -> float:
    """Return what a thread writes to its buffers: a chunk, its ids, its sentences."""
    tokens = min(CHUNK_BYTES / TOKEN_BYTES, sizes.tokens)
    sentences = tokens * sizes.sentences / max(1, sizes.tokens)
    return tokens * (TOKEN_BYTES + 4) + 4 * sentences
