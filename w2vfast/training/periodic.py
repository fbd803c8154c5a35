"""Checkpoints of a run: written when they are due, and when the run ends."""

from __future__ import annotations

import errno
import os
import time
from types import TracebackType
from typing import Any, Self

from w2vfast.io.atomic import StrPath, check_writable
from w2vfast.runtime.log import logger
from w2vfast.training.checkpoint import check_model_name, write_checkpoint
from w2vfast.training.interrupted import check_replaceable
from w2vfast.training.schedule import DEFAULT, Schedule
from w2vfast.training.state import ModelState


class CheckpointError(OSError):
    """
    A checkpoint could not be written. An old file stays as it is.

    Attributes
    ----------
    model : Word2Vec
        The model, trained and complete.
    """

    model: Any

    @property
    def text(self) -> str:
        """The message without the number of the error."""
        return f"{self.filename}: {self.strerror}"


class Checkpoints:
    """
    Writes a model to one file whenever it is due, and when the context ends.

    A failure to write is logged, once if the next ones are the same, and the next
    checkpoint is tried when it is due. At the end of the run it is an error. Divergence
    writes nothing: the old checkpoint is better.

    Parameters
    ----------
    model : ModelState
    path : path-like, optional
        Replaced atomically by each checkpoint. Without a path nothing is written.
    every : str or int
        See `Schedule.parse`.

    Raises
    ------
    ValueError, TypeError
        If `every` has another form, or `path` the suffix of a format for vectors.
    OSError
        If no file can be created in the folder of `path`.
    FileExistsError
        If `path` holds the unfinished run of another model, or no checkpoint.
    """

    def __init__(
        self, model: ModelState, path: StrPath | None = None, every: str | int = DEFAULT
    ) -> None:
        self._schedule = Schedule.parse(every)
        if path is not None:
            check_model_name(path)
            check_writable(path)
            check_replaceable(path, model.known_files)
        self._model = model
        self._path = path
        self._since = {"seconds": 0.0, "tokens": 0.0, "epochs": 0.0}
        self._written = -1
        self._reason = ""
        self._reported = ""  # the last failure, until a checkpoint is written
        self._failure: CheckpointError | None = None
        self._start = time.monotonic()

    def add_tokens(self, tokens: int) -> None:
        """Count trained tokens; write if it is due. One thread at a time."""
        self._since["tokens"] += tokens
        self._since["seconds"] = time.monotonic() - self._start
        self._write_if_due()

    def add_epoch(self) -> None:
        """Count an epoch; write if it is due."""
        self._since["epochs"] += 1
        self._write_if_due()

    def __enter__(self) -> Self:
        """Compute the fingerprint of the corpus: the run forgets it when it ends."""
        if self._path is not None and self._model.run is not None:
            self._model.run.corpus.compute()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the last state, unless the file has it."""
        if isinstance(error, FloatingPointError):
            return
        if (self._written, self._reason) == (self._model.gate.turns, self._stop_reason):
            return
        try:
            self._write()
        except CheckpointError as failure:
            self._failure = failure
            if error is None:
                raise
            logger().error("%s", failure.text)

    def keep_model(self, error: BaseException, model: Any) -> None:
        """
        Give an error that ends training the model, if the last checkpoint failed.

        Callers that have no other reference, such as those of `Word2Vec.resume`, find
        it as the attribute `model`.
        """
        if self._failure is None:
            return
        vars(error)["model"] = model
        if error is not self._failure:
            error.add_note(
                f"{self._failure.text}; the model in memory is complete: it is the "
                "attribute `model` of this exception, too"
            )

    @property
    def _stop_reason(self) -> str:
        """Why the run stops, which no turn of the gate counts."""
        return "" if self._model.run is None else self._model.run.stop_reason

    def _write_if_due(self) -> None:
        if self._since[self._schedule.unit] < self._schedule.amount:
            return
        try:
            self._write()
        except CheckpointError as error:
            if error.text != self._reported:
                logger().error(
                    "%s; training continues and tries again later", error.text
                )
            self._reported = error.text
        self._since = dict.fromkeys(self._since, 0.0)
        self._start = time.monotonic()

    def _write(self) -> None:
        """Write a checkpoint; raise CheckpointError if that is impossible."""
        if self._path is None:
            return
        try:
            self._reason = self._stop_reason
            self._written = write_checkpoint(self._path, self._model)
            self._reported = ""
        except OSError as error:
            text = f"the checkpoint can't be written: {error.strerror or error}"
            number = error.errno or errno.EIO
            raise CheckpointError(number, text, os.fspath(self._path)) from error
