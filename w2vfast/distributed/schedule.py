"""The rounds of a run: which blocks of its shard each replica trains between merges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: Default of `merge_every`: tokens of each replica between two merges.
MERGE_EVERY = 1 << 15


@dataclass(frozen=True)
class Plan:
    """
    The rounds of an epoch.

    Every replica divides its shard into the same number of rounds, so all replicas
    reach the end of an epoch together. A round of a replica is a range of blocks.

    Parameters
    ----------
    tokens : tuple of int
        Tokens of each shard.
    block_size : int
        Tokens of a block.
    merge_every : int
        Wanted tokens of a replica between two merges.
    """

    tokens: tuple[int, ...]
    block_size: int
    merge_every: int

    @cached_property
    def blocks(self) -> tuple[int, ...]:
        """Blocks of each shard."""
        return tuple(-(-n // self.block_size) for n in self.tokens)

    @cached_property
    def rounds(self) -> int:
        """Rounds of an epoch. In each of them at least one replica has a block."""
        wanted = -(-max(self.tokens) // self.merge_every)
        return max(1, min(wanted, max(self.blocks)))

    @property
    def interval(self) -> float:
        """Tokens of the largest shard between two merges, on average."""
        return max(self.tokens) / self.rounds

    @property
    def keeps_merge_every(self) -> bool:
        """Whether `interval` is at most a third above `merge_every`."""
        return self.interval * 3 <= self.merge_every * 4

    def block_range(self, replica: int, number: int) -> tuple[int, int]:
        """Return the first block of a round, and the end; equal if there is none."""
        blocks = self.blocks[replica]
        first, last = (n * blocks // self.rounds for n in (number, number + 1))
        return first, last

    def tokens_before(self, number: int) -> int:
        """Return the tokens of all replicas in the rounds before one of an epoch."""
        ends = (self.block_range(i, number)[0] for i in range(len(self.tokens)))
        return sum(
            min(n, end * self.block_size)
            for n, end in zip(self.tokens, ends, strict=True)
        )


def replica_seed(seed: int, replica: int) -> int:
    """
    Return the seed of the random numbers of a replica: those of replica 0 are `seed`.

    Replicas need different numbers, because a number depends on the position in the
    shard, which all replicas count from 0.
    """
    if replica == 0:
        return seed
    words = np.random.SeedSequence([seed, replica]).generate_state(1, np.uint64)
    return int(words[0])
