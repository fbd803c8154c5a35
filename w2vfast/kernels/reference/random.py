"""Random decisions as functions of (seed, stream, epoch, position).

`draw(key, n)` is number n of the SplitMix64 generator that starts from `key` (Steele,
Lea, Flood, OOPSLA 2014). The twin is _random.pxd.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

GAMMA = 0x9E3779B97F4A7C15
TOKENS, NOISE = 1, 2


def draw(key: int, n: int | Ints) -> NDArray[np.uint64]:
    """Return number(s) n of the SplitMix64 generator that starts from `key`."""
    with np.errstate(over="ignore"):
        z = np.uint64(key) + (np.asarray(n).astype(np.uint64) + np.uint64(1)) * (
            np.uint64(GAMMA)
        )
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def stream_key(seed: int, stream: int, epoch: int) -> int:
    """Return the key of one stream of random numbers in one epoch."""
    return int(draw(int(draw(seed, stream)), epoch))


def high(r: NDArray[np.uint64]) -> Ints:
    """Return the upper 32 bits."""
    return (r >> np.uint64(32)).astype(np.int64)


def low(r: NDArray[np.uint64]) -> Ints:
    """Return the lower 32 bits."""
    return (r & np.uint64(0xFFFFFFFF)).astype(np.int64)
