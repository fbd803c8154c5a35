"""Load the tokens of one block: subsampling, window radii, sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import KernelArguments
from w2vfast.kernels.reference.random import draw, high, low

Ints = NDArray[np.int64]


@dataclass
class TokenBlock:
    """The kept tokens in order; centres_begin..centres_end-1 are the block's own."""

    word: Ints
    position: Ints
    sentence: Ints
    radius: Ints
    centres_begin: int
    centres_end: int


def token_ids(args: KernelArguments, position: Ints) -> NDArray[np.int32]:
    """Return the ids of positions in the order of training."""
    if len(args.starts):
        sentence = np.searchsorted(args.offsets, position, "right") - 1
        position = position + args.starts[sentence] - args.offsets[sentence]
    ids: NDArray[np.int32] = args.ids[position]
    return ids


def is_kept(args: KernelArguments, key: int, position: Ints) -> NDArray[np.bool_]:
    """Return which tokens are in the vocabulary and survive subsampling."""
    word = token_ids(args, position)
    known = (word >= 0) & (word < len(args.centre))
    return known & (
        high(draw(key, position)) <= args.keep_thresholds[np.where(known, word, 0)]
    )


def walk_context(
    args: KernelArguments, key: int, start: int, stop: int, way: int
) -> int:
    """Walk from start towards stop, past at most `window` kept tokens."""
    seen, position = 0, start
    while position != stop and seen < args.window:
        seen += int(is_kept(args, key, np.array([position]))[0])
        position += way
    return position


def load_block(args: KernelArguments, key: int, begin: int, end: int) -> TokenBlock:
    """Load the kept tokens of positions begin..end-1, and of their windows."""
    sentence = int(np.searchsorted(args.offsets, begin, "right")) - 1
    last = int(np.searchsorted(args.offsets, end - 1, "right")) - 1
    start = walk_context(args, key, begin - 1, int(args.offsets[sentence]) - 1, -1) + 1
    finish = walk_context(args, key, end, int(args.offsets[last + 1]), 1)
    position = np.arange(start, finish)
    position = position[is_kept(args, key, position)]
    radius = np.full(len(position), args.window)
    if args.shrink_windows:
        radius = (low(draw(key, position)) * args.window >> 32) + 1
    first, stop = np.searchsorted(position, [begin, end]).tolist()
    sentences = np.searchsorted(args.offsets, position, "right") - 1
    words = token_ids(args, position).astype(np.int64)
    return TokenBlock(words, position, sentences, radius, first, stop)


def window(s: TokenBlock, i: int) -> list[int]:
    """Return the tokens in the window of token i, in order, without i."""
    around = range(max(0, i - s.radius[i]), min(len(s.word), i + s.radius[i] + 1))
    return [j for j in around if j != i and s.sentence[j] == s.sentence[i]]
