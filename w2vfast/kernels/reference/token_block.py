"""The tokens of one block that are trained, with the reach of their windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job
from w2vfast.kernels.reference.random import draw, high, low

Ints = NDArray[np.int64]


@dataclass
class TokenBlock:
    """Kept tokens in order; those at first..last-1 are the block's own."""

    word: Ints
    position: Ints
    sentence: Ints
    radius: Ints
    centres_begin: int
    centres_end: int


def is_kept(job: Job, key: int, position: Ints) -> NDArray[np.bool_]:
    """Tell which tokens are in the vocabulary and survive subsampling."""
    word = job.ids[position]
    known = word < len(job.centre)
    return known & (high(draw(key, position)) <= job.keep[np.where(known, word, 0)])


def walk_context(job: Job, key: int, start: int, stop: int, way: int) -> int:
    """Walk from start towards stop until a window of kept tokens is passed."""
    seen, position = 0, start
    while position != stop and seen < job.window:
        seen += int(is_kept(job, key, np.array([position]))[0])
        position += way
    return position


def load_block(job: Job, key: int, begin: int, end: int) -> TokenBlock:
    """Collect the kept tokens of positions begin..end-1 and of the windows there."""
    sentence = int(np.searchsorted(job.offsets, begin, "right")) - 1
    last = int(np.searchsorted(job.offsets, end - 1, "right")) - 1
    start = walk_context(job, key, begin - 1, int(job.offsets[sentence]) - 1, -1) + 1
    finish = walk_context(job, key, end, int(job.offsets[last + 1]), 1)
    position = np.arange(start, finish)
    position = position[is_kept(job, key, position)]
    radius = np.full(len(position), job.window)
    if job.shrink:
        radius = (low(draw(key, position)) * job.window >> 32) + 1
    first, stop = np.searchsorted(position, [begin, end]).tolist()
    sentences = np.searchsorted(job.offsets, position, "right") - 1
    words = job.ids[position].astype(np.int64)
    return TokenBlock(words, position, sentences, radius, first, stop)


def window(s: TokenBlock, i: int) -> list[int]:
    """Return the places in the window of place i, in order, without i."""
    around = range(max(0, i - s.radius[i]), min(len(s.word), i + s.radius[i] + 1))
    return [j for j in around if j != i and s.sentence[j] == s.sentence[i]]
