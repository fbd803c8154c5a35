"""The replicas of a run, as the driver sees them: a lost one is started again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from w2vfast.distributed.engines import Engine, LocalEngine, ReplicaLostError
from w2vfast.distributed.replica import Job, Model, Update
from w2vfast.distributed.rounds import Round, RoundResult
from w2vfast.distributed.shards import ShardWords
from w2vfast.runtime.log import logger
from w2vfast.wording import counted

#: Default number of times that one call of a replica is tried again.
MAX_RESTARTS = 5


class TooManyRestartsError(RuntimeError):
    """A replica was lost again and again in one step."""


class Fleet:
    """
    The replicas of a run.

    Parameters
    ----------
    engine : Engine
    jobs : sequence of Job
        One for each replica.
    max_restarts : int
        How often a replica is started again in one step, before the run fails.

    Attributes
    ----------
    restarts : int
        Number of replicas that were lost and started again.
    """

    def __init__(
        self, engine: Engine, jobs: Sequence[Job], max_restarts: int = MAX_RESTARTS
    ) -> None:
        self.restarts: int = 0
        self._engine = engine
        self._jobs = list(jobs)
        self._max_restarts = max_restarts
        self._handles: list[Any] = [None] * len(self._jobs)
        self._fingerprints: list[str] = []
        self._model: Any = None

    @property
    def is_local(self) -> bool:
        """Whether all replicas are in the memory of this process."""
        return isinstance(self._engine, LocalEngine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            if handle is not None:
                self._engine.stop(handle)
        self._handles = [None] * len(self._jobs)

    def encode(self) -> list[ShardWords]:
        """Start all replicas, and return the words of each shard."""
        for number, job in enumerate(self._jobs):
            self._handles[number] = self._engine.start(job)
        found: list[ShardWords] = self._each("encode", lambda number: ())
        self._fingerprints = [words.fingerprint for words in found]
        return found

    def number(self, model: Model) -> list[int]:
        """Give all replicas the vocabulary; return the tokens of each shard."""
        shared = self._engine.share(model)
        found: list[int] = self._each("number", lambda number: (shared,))
        self._model = shared
        return found

    def train(
        self, rounds: Sequence[Round], update: Update, whole: Callable[[], Update]
    ) -> list[RoundResult]:
        """
        Train a round on all replicas.

        Parameters
        ----------
        rounds : sequence of Round
            One for each replica.
        update : Update
            The rows that the last merge changed, or all rows.
        whole : callable
            Returns all rows, for a replica that is started again.
        """
        shared = self._engine.share(update)
        return self._each(
            "train",
            lambda number: (rounds[number], shared),
            lambda number: (rounds[number], self._engine.share(whole())),
        )

    def _each(
        self,
        method: str,
        arguments: Callable[[int], tuple[Any, ...]],
        again: Callable[[int], tuple[Any, ...]] | None = None,
    ) -> list[Any]:
        """Call a method of all replicas side by side; return the results in order."""
        call, handles = self._engine.call, self._handles
        tickets: list[Any] = []
        for number, handle in enumerate(handles):
            try:
                tickets.append(call(handle, method, *arguments(number)))
            except ReplicaLostError as error:
                tickets.append(error)
        results = []
        for number, ticket in enumerate(tickets):
            try:
                if isinstance(ticket, ReplicaLostError):
                    raise ticket
                results.append(self._engine.result(ticket))
            except ReplicaLostError as error:
                results.append(self._retry(number, error, method, again or arguments))
        return results

    def _retry(
        self,
        number: int,
        error: ReplicaLostError,
        method: str,
        arguments: Callable[[int], tuple[Any, ...]],
    ) -> Any:
        """Start a lost replica again, and repeat a call, until it has a result."""
        for attempt in range(1, self._max_restarts + 1):
            self.restarts += 1
            logger("distributed").warning(
                "replica %d was lost (%s); restart %d of at most %d in this step",
                number, error, attempt, self._max_restarts,
            )  # fmt: skip
            try:
                self._restart(number, method)
                ticket = self._engine.call(
                    self._handles[number], method, *arguments(number)
                )
                return self._engine.result(ticket)
            except ReplicaLostError as again:
                error = again
        raise TooManyRestartsError(
            f"replica {number} was lost {counted(self._max_restarts + 1, 'time')} in "
            f"one step ({error}): look into the log of its machine, for instance for a "
            "lack of memory; the last checkpoint is complete, and resume continues "
            "from it"
        ) from error

    def _restart(self, number: int, method: str) -> None:
        """Replace a replica, up to the step before `method`."""
        if self._handles[number] is not None:
            self._engine.stop(self._handles[number])
        handle = self._handles[number] = self._engine.start(self._jobs[number])
        if method == "encode":
            return
        found = self._engine.result(self._engine.call(handle, "fingerprint"))
        if found != self._fingerprints[number]:
            shard = self._jobs[number].shard
            pieces = ", ".join(map(str, shard))
            before = self._fingerprints[number]
            raise ValueError(
                f"replica {number} was started again, but the text of its shard has "
                f"changed (fingerprint {before}, now {found}): {pieces}; "
                f"{shard[0].advice}"
            )
        if method == "train":
            self._engine.result(self._engine.call(handle, "number", self._model))
