"""Count what travels between machines, and log it."""

from __future__ import annotations

from collections.abc import Sequence

from w2vfast.distributed.replica import Update
from w2vfast.distributed.rounds import RoundResult
from w2vfast.distributed.schedule import Plan
from w2vfast.runtime.log import logger
from w2vfast.training.state import TrainingState
from w2vfast.wording import counted


class Traffic:
    """
    Tokens, seconds and bytes of the replicas.

    Attributes
    ----------
    sent : int
        Bytes that all replicas sent: the rows that they changed.
    received : int
        Bytes that one replica received: the rows that any replica changed.
    tokens : int
        Tokens of all replicas.
    seconds : float
        Of all rounds, with merging.
    busy : list of float
        Seconds in which each replica trained.
    """

    def __init__(self, replicas: int) -> None:
        self.sent: int = 0
        self.received: int = 0
        self.tokens: int = 0
        self.seconds: float = 0.0
        self.busy: list[float] = [0.0] * replicas
        self._last = (0, 0.0)

    def add(self, results: Sequence[RoundResult], update: Update) -> None:
        """Count the rows of a round."""
        self.sent += sum(r.centre.n_bytes + r.outside.n_bytes for r in results)
        self.received += update.centre.n_bytes + update.outside.n_bytes
        for result in results:
            self.busy[result.replica] += result.seconds
            logger("distributed").debug(
                "replica %d, epoch %d, round %d: %s, %.3f s, %d centre and %d "
                "outside rows changed",
                result.replica, result.round.epoch + 1, result.round.number + 1,
                counted(result.round.last - result.round.first, "block"),
                result.seconds,
                len(result.centre.numbers), len(result.outside.numbers),
            )  # fmt: skip

    def add_round(self, tokens: int, seconds: float) -> None:
        """Count the tokens of all replicas in a round, and its seconds."""
        self.tokens += tokens
        self.seconds += seconds

    @property
    def sent_per_token(self) -> float:
        """Bytes that a replica sent for each token that it trained."""
        return self.sent / max(1, self.tokens)

    @property
    def received_per_token(self) -> float:
        """Bytes that a replica received for each token that it trained."""
        return self.received * len(self.busy) / max(1, self.tokens)

    def log_start(self, plan: Plan, settings: object) -> None:
        """Log the shards, and warn if merges are further apart than `merge_every`."""
        log = logger("distributed")
        for number, tokens in enumerate(plan.tokens):
            log.info("replica %d: %s", number, counted(tokens, "token"))
        empty = sum(tokens == 0 for tokens in plan.tokens)
        if empty:
            log.warning(
                "no token in %d of %s: their shards have no word of the "
                "vocabulary; use fewer replicas", empty,
                counted(len(plan.tokens), "replica"),
            )  # fmt: skip
        log.info(
            "%s an epoch, a merge after %s of each replica (%s)",
            counted(plan.rounds, "round"), counted(plan.interval, "token"), settings,
        )  # fmt: skip
        if not plan.keeps_merge_every:
            log.warning(
                "merge_every=%d can't be kept: training stops only between blocks of "
                "%s, so a merge comes after %s of each replica",
                plan.merge_every, counted(plan.block_size, "token"),
                counted(plan.interval, "token"),
            )  # fmt: skip

    def log_epoch(self, run: TrainingState, loss: float) -> None:
        """Log the epoch that has just ended."""
        tokens, seconds = self.tokens - self._last[0], self.seconds - self._last[1]
        self._last = self.tokens, self.seconds
        busy = ", ".join(
            f"{share / max(self.seconds, 1e-9):.0%}" for share in self.busy
        )
        logger("distributed").info(
            "epoch %d of %d: %s, loss %.4f, %s words/s; sent %.0f and received "
            "%.0f bytes a token; replicas trained %s of the time",
            run.epoch, run.parameters.epochs, counted(tokens, "token"), loss,
            f"{round(tokens / max(seconds, 1e-9)):,}", self.sent_per_token,
            self.received_per_token, busy,
        )  # fmt: skip
