"""The driver of a run: rounds on all replicas, then a merge, until the run is done."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from w2vfast.distributed.fleet import Fleet
from w2vfast.distributed.merging import merge
from w2vfast.distributed.replica import Update
from w2vfast.distributed.report import Traffic
from w2vfast.distributed.rounds import Round, RoundResult, check_result
from w2vfast.distributed.rows import Rows, rows_of
from w2vfast.distributed.schedule import Plan
from w2vfast.kernels.arguments import Embeddings
from w2vfast.runtime import threads
from w2vfast.runtime.progress import TrainingBar
from w2vfast.runtime.stop_reasons import stop_reason
from w2vfast.training.epoch import DivergedError
from w2vfast.training.periodic import Checkpoints
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.training.trainer import NoPairsError
from w2vfast.training.validation import plain_text


class Driver:
    """
    Trains a model on the replicas of a fleet.

    The model is that of the last merge whenever another thread or a signal handler
    sees it. So a checkpoint can be written at any time.

    Parameters
    ----------
    model : ModelState
        With its run, whose `distributed` has the round to train next.
    fleet : Fleet
        Whose replicas have the vocabulary.
    plan : Plan
    rule : str
        Of `merge`.
    traffic : Traffic
        Counts bytes, and logs epochs.
    """

    def __init__(
        self, model: ModelState, fleet: Fleet, plan: Plan, rule: str, traffic: Traffic
    ) -> None:
        assert model.run is not None and model.run.distributed is not None
        self._model = model
        self._run: TrainingState = model.run
        self._fleet = fleet
        self._plan = plan
        self._rule = rule
        self._traffic = traffic
        self._version = 0
        self._round: int = model.run.distributed["round"]

    def train(self, checkpoints: Checkpoints, progress: bool | None) -> None:
        """
        Train the rest of the run.

        Raises
        ------
        DivergedError
            If vectors became infinite or NaN.
        NoPairsError
            If no epoch had a pair.
        """
        run, model = self._run, self._model
        total = sum(self._plan.tokens)
        with model.gate.claimed():
            run.stop_reason = ""
            with (
                checkpoints,
                TrainingBar(
                    progress, total * run.parameters.epochs, self._done()
                ) as bar,
            ):
                self._train_rounds(checkpoints, bar)

    def _train_rounds(self, checkpoints: Checkpoints, bar: TrainingBar) -> None:
        run = self._run
        update = self._whole()
        try:
            while not run.done:
                start, before, epoch = time.perf_counter(), self._done(), run.epoch
                results = self._train_round(update)
                update = self._merge(results)
                self._traffic.add(results, update)
                threads.run(1, lambda _: self._commit(results, update))  # noqa: B023
                tokens = self._done() - before
                self._traffic.add_round(tokens, time.perf_counter() - start)
                bar.advance(tokens, self._loss, self._alpha())
                checkpoints.add_tokens(tokens)
                if run.epoch > epoch:
                    self._traffic.log_epoch(run, self._loss)
                    checkpoints.add_epoch()
        except BaseException as error:
            run.stop_reason = "" if run.done else plain_text(stop_reason(error))
            raise

    def _train_round(self, update: Update) -> list[RoundResult]:
        """Train one round on all replicas; return checked results."""
        visits = self._rule == "weighted"
        rounds = [
            Round(self._run.epoch, self._round, *self._range(replica), visits)
            for replica in range(len(self._plan.tokens))
        ]
        results = self._fleet.train(rounds, update, self._whole)
        model = self._model
        shapes = len(model.centre), len(model.outside), model.parameters.vector_size
        for replica, (result, round_) in enumerate(zip(results, rounds, strict=True)):
            check_result(result, round_, replica, shapes)
        return results

    def _range(self, replica: int) -> tuple[int, int]:
        return self._plan.block_range(replica, self._round)

    def _merge(self, results: Sequence[RoundResult]) -> Update:
        """Return the merged rows; the model is still that of the last merge."""
        model, merged = self._model, []
        for matrix, name in ((model.centre, "centre"), (model.outside, "outside")):
            changed = [getattr(result, name) for result in results]
            rows = merge(matrix, changed, self._rule, threads.available())
            if not np.isfinite(rows.values).all():
                raise DivergedError(
                    f"the merged {name} vectors are infinite or NaN: start again with "
                    "a smaller alpha"
                )
            merged.append(rows)
        return Update(merged[0], merged[1], self._version + 1, False)

    def _commit(self, results: Sequence[RoundResult], update: Update) -> None:
        """Make the merged rows those of the model, and move the run forward."""
        run, model = self._run, self._model
        with model.gate.working():
            update.centre.write_to(model.centre)
            update.outside.write_to(model.outside)
            self._version = update.version
            for result in results:
                run.loss += result.loss
                run.pairs += result.pairs
            self._loss = run.mean_loss
            self._round += 1
            if self._round == self._plan.rounds:
                self._finish_epoch()
            read = self._plan.tokens_before(self._round)
            run.block = read // self._plan.block_size
            run.distributed = {**(run.distributed or {}), "round": self._round}

    def _finish_epoch(self) -> None:
        run = self._run
        run.trained += run.pairs
        run.epoch, run.loss, run.pairs, self._round = run.epoch + 1, 0.0, 0.0, 0
        if run.done and run.trained == 0:
            raise NoPairsError(
                "no epoch had a pair of words to train: give more text, or a larger "
                "sample"
            )
        self._model.loss_history.append(self._loss)

    def _whole(self) -> Update:
        """Return all rows of the merged vectors."""
        size = self._model.parameters.vector_size
        centre, outside = (
            _all_rows(matrix, size)
            for matrix in (self._model.centre, self._model.outside)
        )
        return Update(centre, outside, self._version, True)

    def _done(self) -> int:
        """Return the tokens trained so far."""
        read = self._plan.tokens_before(self._round)
        return self._run.epoch * sum(self._plan.tokens) + read

    def _alpha(self) -> float:
        p = self._run.parameters
        share = self._done() / max(1, sum(self._plan.tokens) * p.epochs)
        return p.initial_alpha - (p.initial_alpha - p.min_alpha) * share


def _all_rows(matrix: Embeddings, size: int) -> Rows:
    return rows_of(matrix, np.arange(len(matrix), dtype=np.int32), size)
