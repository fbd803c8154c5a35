"""The blocks of an epoch in groups, each trained by all threads together."""

from __future__ import annotations

from collections.abc import Callable

from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.runtime.pause_gate import PauseGate
from w2vfast.training.epoch import Epoch
from w2vfast.training.state import TrainingState


class DeterministicEpoch(Epoch):
    """
    The blocks of one epoch in groups. All threads train the same group together.

    The vectors and the loss do not depend on the number of threads. A thread leaves a
    group only when the group is complete, and it never waits for a thread that has no
    part of the group. So `run` always holds the first block of the next group, and a
    pause of the gate begins between two groups.
    """

    def __init__(
        self,
        kernels: Kernels,
        arguments: KernelArguments,
        run: TrainingState,
        gate: PauseGate,
        advance: Callable[[int, float], None],
        workers: int,
        end: int | None = None,
    ) -> None:
        super().__init__(kernels, arguments, run, gate, advance, workers, end)
        self._rounds = kernels.Rounds(arguments, workers)
        self._group: tuple[int, int] | None = None  # the one in training

    def _train_blocks(self, n_blocks: int) -> int | None:
        """Train one group with other threads; return its tokens in one of them."""
        if not self._join_group():
            return None
        self._rounds.work()
        return self._leave_group()

    def _join_group(self) -> bool:
        """Begin the next group unless one is in training; False if none is left."""
        with self._lock:
            if self._group is None:
                first = self._run.block
                last = min(self._end, first + self._arguments.streams)
                if first == last:
                    return False
                self._rounds.begin(self._number, first, last)
                self._group = first, last
            return True

    def _leave_group(self) -> int:
        """Record the group unless another thread did; return its tokens, else 0."""
        with self._lock:
            totals = self._rounds.totals()
            if self._group is None or totals is None:  # None: it is the next group
                return 0
            first, last = self._group
            self._group = None
            loss, pairs, kept, finite = totals
            self._check_finite(loss, finite)
            self._run.block = last
            self._add(loss, pairs, kept)
            return (last - first) * self._arguments.block_size
