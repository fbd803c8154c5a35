"""Files of `w2vfast train` that hold an unfinished run: keep them, and go on."""

from __future__ import annotations

import argparse
from pathlib import Path

from w2vfast.cli.output import print_status
from w2vfast.cli.resume_command import STDIN, continuing
from w2vfast.io.checkpoint_mark import has_content
from w2vfast.io.file_identity import file_identity
from w2vfast.training.interrupted import Loss, find_loss, saved_run
from w2vfast.training.other_corpus import OtherCorpusError

_OTHERWISE = "for a new run, delete the file or name another one"


def check_checkpoint_files(arguments: argparse.Namespace) -> None:
    """
    Check that neither checkpoints nor the output replace the run of another command.

    Raises
    ------
    FileExistsError
        If the file of --checkpoint holds an unfinished run, or is no checkpoint, or
        that of --output holds an unfinished run. The file of --resume may be both.
    """
    for option in ("checkpoint", "output"):
        path = getattr(arguments, option)
        if path is None or _is_same(path, arguments.resume):
            continue
        loss = find_loss(path)
        if loss is None or (option == "output" and not loss.resumable):
            continue
        text = f"--{option} {path} holds {loss.text}, which would be replaced"
        if not loss.resumable:
            raise FileExistsError(
                f"{text}: delete the file or name another one with --checkpoint"
            )
        command = continuing(_resuming(arguments, path, loss))
        raise FileExistsError(f"{text}: to go on: {command}; {_OTHERWISE}")


def check_no_model(path: Path, content: str) -> None:
    """
    Check that vectors or a page do not replace a whole model.

    Raises
    ------
    FileExistsError
        If the file holds a whole model. `content` names what would replace it.
    """
    if not has_content(path):  # a pipe would wait for a writer
        return
    try:
        run = saved_run(path)
    except (OSError, ValueError, ImportError):
        return  # it holds something else
    text = "a whole model"
    if run is not None and not run.is_done:
        text += f" of an unfinished run, epoch {run.epoch + 1} of {run.epochs}"
    raise FileExistsError(
        f"{path} holds {text}, which {content} would replace: delete the file or name "
        "another one"
    )


def check_resumed_file(path: Path, ray: str | None) -> None:
    """Raise ValueError unless `w2vfast train --resume` can continue a file."""
    try:
        run = saved_run(path)
    except (OSError, ValueError, ImportError):
        return  # reading the whole file says what is wrong
    if run is None:
        raise ValueError(
            f"--resume {path}: a model that was never trained, so it has no run to "
            "continue: leave out --resume"
        )
    if run.distributed and ray is None:
        raise ValueError(
            f"--resume {path}: a run of several machines: pass --ray ADDRESS, or --ray "
            "local for processes on this machine"
        )
    if not run.distributed and ray is not None:
        raise ValueError(f"--resume {path}: a run of one process: leave out --ray")


def other_corpus(
    error: OtherCorpusError, arguments: argparse.Namespace
) -> OtherCorpusError:
    """Return the error that another corpus is resumed, with advice for commands."""
    path = arguments.resume
    difference = error.difference.removeprefix(f"{path}: ")
    same = "pass the CORPUS of this run, in the same order"
    if STDIN in arguments.corpus:
        same = "give the text of this run again on standard input"
    if arguments.ray is None:  # else the file has these options
        same += ", with the same --encoding, --errors, --field and --max-counted-words"
    new = "leave out --resume" + ", pass --replicas" * (arguments.ray is not None)
    return OtherCorpusError(
        f"--resume {path}: {difference}",
        f"{same}; for a new run on this CORPUS, {new} and name another --checkpoint",
    )


class InterruptedCommand:
    """
    Says how to continue after an interruption.

    Parameters
    ----------
    arguments : Namespace
        Of `w2vfast train`, before it writes anything.

    Attributes
    ----------
    has_begun : bool
        Whether the run has begun. Before, there is nothing to continue.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.has_begun: bool = True
        self._arguments = arguments
        self._target: Path | None = arguments.checkpoint or arguments.resume
        self._before = self._identity()

    def print_how_to_continue(self) -> None:
        """Print the command that continues the run; nothing if no file has it."""
        if not self.has_begun:
            return
        is_written = self._identity() not in (None, self._before)
        file = self._target if is_written else None
        if file is not None or self._arguments.resume is not None:
            print_status(f"to continue: {continuing(self._arguments, file)}")

    def _identity(self) -> object:
        return None if self._target is None else file_identity(self._target)


def _resuming(
    arguments: argparse.Namespace, path: Path, loss: Loss
) -> argparse.Namespace:
    """Return the arguments of the command that continues the run of a file."""
    ray = (arguments.ray or "ADDRESS") if loss.distributed else None
    checkpoint = arguments.checkpoint
    if checkpoint is not None and _is_same(path, checkpoint):
        checkpoint = None
    changed = {"resume": path, "checkpoint": checkpoint, "ray": ray}
    return argparse.Namespace(**vars(arguments) | changed)


def _is_same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()
