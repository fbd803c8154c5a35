"""
Write a large text with a realistic vocabulary, fast and the same for a seed.

Ranks of words follow the law of Zipf and Mandelbrot, with shares in proportion to
(rank + SHIFT) ** -EXPONENT and no largest rank. 10 GB have about 10 million distinct
words then, and a tenth of them occur five times or more. A rank has a name of its
own that can be pronounced: the syllables of the rank, and a last consonant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

EXPONENT = 1.4
SHIFT = 6.0
MAX_RANK = 2**31
#: Words drawn at a time. Each block has random numbers of its own, so that a longer
#: text of a seed begins with the shorter one.
BLOCK = 1 << 20
#: Words in a sentence if no text is given: about as in paragraphs of Wikipedia.
DEFAULT_LENGTHS = np.arange(4, 120)

_SYLLABLES = [c + v for c in "bcdfghjklmnpqrstvwxyz" for v in "aeiou"]
_BASE = len(_SYLLABLES)
_LAST_LETTERS = np.frombuffer(b"nrstlmdkpgbzf", np.uint8)
#: Number of names with one or two, and with up to three syllables.
_SHORT, _MEDIUM = _BASE + _BASE**2, _BASE + _BASE**2 + _BASE**3

Lengths = npt.NDArray[np.int64]


def sentence_lengths(path: str | Path, n_bytes: int = 10_000_000) -> Lengths:
    """Return the number of words in each line at the beginning of a plain text."""
    with Path(path).open("rb") as file:
        lines = file.read(n_bytes).split(b"\n")
    found = np.array([len(line.split()) for line in lines[:-1] or lines], np.int64)
    return found[found > 0]


def write_text(
    path: Path, size: int, seed: int = 1, lengths: Lengths = DEFAULT_LENGTHS
) -> None:
    """
    Write a text of `size` bytes at most, and hardly fewer: it ends with a sentence.

    Parameters
    ----------
    path : Path
    size : int
    seed : int
    lengths : int64
        Numbers of words in a sentence, to draw from.
    """
    left = size
    with path.open("wb") as file:
        for block in blocks(seed, lengths):
            if len(block) > left:
                file.write(block[: block.rfind(b"\n", 0, left) + 1])
                return
            file.write(block)
            left -= len(block)


def blocks(seed: int, lengths: Lengths) -> Iterator[bytes]:
    """Yield the text, whole sentences of `BLOCK` words in all, without end."""
    names = Names.make()
    number = 0
    while True:
        random = np.random.Generator(np.random.SFC64([seed, number]))
        yield text_of(
            draw_ranks(random, BLOCK), sentence_ends(random, BLOCK, lengths), names
        )
        number += 1


def draw_ranks(random: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    """Draw ranks from 0 by the inverse of the continuous distribution."""
    low = SHIFT ** (1 - EXPONENT)
    high = (SHIFT + MAX_RANK) ** (1 - EXPONENT)
    drawn = random.random(count)
    drawn *= high - low
    drawn += low
    np.log(drawn, out=drawn)
    drawn *= 1 / (1 - EXPONENT)
    np.exp(drawn, out=drawn)
    drawn -= SHIFT
    np.maximum(drawn, 0, out=drawn)
    return drawn.astype(np.int64)


def sentence_ends(
    random: np.random.Generator, count: int, lengths: Lengths
) -> npt.NDArray[np.int64]:
    """Draw the positions of the last words of sentences; count - 1 is one of them."""
    drawn = random.choice(lengths, 1 + 2 * count // max(1, int(lengths.mean())))
    ends = np.cumsum(drawn) - 1
    return np.append(ends[ends < count - 1], count - 1)


def text_of(
    ranks: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], names: Names
) -> bytes:
    """
    Return the names of words, each followed by a space or a line end.

    A name takes 8 bytes, filled up with zeros, which are deleted at the end. A name of
    more than three syllables takes 8 more bytes for its first ones.
    """
    long = np.flatnonzero(ranks >= _MEDIUM)
    first, last = np.divmod(ranks[long] - _SHORT, _BASE**3)
    ranks[long] = _SHORT + last
    slots = names.whole[ranks]
    letters = slots.view(np.uint8).reshape(-1, 8)
    rows = letters[ends]
    rows[rows == ord(" ")] = ord("\n")
    letters[ends] = rows
    slots = np.insert(slots, long, names.beginnings[first - 1])
    return slots.tobytes().translate(None, b"\0")


class Names(NamedTuple):
    """Names of ranks: 8 bytes each, filled up with zeros, as one uint64."""

    #: Of up to three syllables, with a last consonant and a space: (_MEDIUM,).
    whole: npt.NDArray[np.uint64]
    #: Of one or two syllables, to which more are added: (_SHORT,).
    beginnings: npt.NDArray[np.uint64]

    @classmethod
    def make(cls) -> Names:
        """Return the names of all ranks that have up to three syllables."""
        lengths = range(1, 4)
        syllables = np.array([
            "".join(parts) for n in lengths for parts in product(_SYLLABLES, repeat=n)
        ], "S8")  # fmt: skip
        last = _LAST_LETTERS[np.arange(_MEDIUM) % len(_LAST_LETTERS)].view("S1")
        whole = np.char.add(np.char.add(syllables, last), b" ").astype("S8")
        return cls(whole.view(np.uint64), syllables[:_SHORT].view(np.uint64))
