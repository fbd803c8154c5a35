"""Files that a new checkpoint must not replace: those of runs that did not finish."""

from __future__ import annotations

import os
from typing import NamedTuple

from w2vfast.io.atomic import StrPath
from w2vfast.io.checkpoint_mark import has_content
from w2vfast.io.file_identity import KnownFiles, is_known
from w2vfast.io.open import open_input
from w2vfast.io.safetensors_file import read_metadata
from w2vfast.training import validation
from w2vfast.wording import counted


class Loss(NamedTuple):
    """
    What would be lost if a file was replaced.

    Attributes
    ----------
    text : str
        What the file holds, such as "the checkpoint of an unfinished run (2 of 5
        epochs are done)".
    resumable : bool
        Whether the file is a checkpoint, so that its run can go on.
    distributed : bool
        Whether the run is one of several machines.
    """

    text: str
    resumable: bool = False
    distributed: bool = False


def check_replaceable(path: StrPath, known: KnownFiles = ()) -> None:
    """
    Check that a new checkpoint may replace a file.

    Parameters
    ----------
    path : path-like
        May not exist.
    known : tuple
        `known_files` of the model to train: it has all that these files hold.

    Raises
    ------
    FileExistsError
        If the file holds an unfinished run, or is no checkpoint.
    """
    if (loss := find_loss(path, known)) is None:
        return
    name = os.fspath(path)
    start = "delete the file or pass another name"
    if loss.resumable:
        function = "w2vfast.distributed" if loss.distributed else "Word2Vec"
        start = (
            f"to go on, call {function}.resume({name!r}, corpus); for a new run, "
            f"{start}"
        )
    raise FileExistsError(
        f"{name} holds {loss.text}, which the new checkpoint would replace: {start}"
    )


def find_loss(path: StrPath, known: KnownFiles = ()) -> Loss | None:
    """
    Return what would be lost if a checkpoint replaced a file; None if nothing.

    Files that do not exist, empty files, pipes and devices, and the checkpoints of
    finished runs and of runs that have trained nothing lose nothing.
    """
    if not has_content(path):
        return None
    if is_known(path, known):
        return None
    try:
        run = saved_run(path)
    except _VectorsAloneError:
        return Loss("no checkpoint, but vectors alone")
    except (OSError, ValueError, ImportError):
        return Loss("something else than a checkpoint that can be read")
    if run is None or not run.is_kept:
        return None
    text = f"{run.epoch} of {counted(run.epochs, 'epoch')}"
    text += f" and a part of epoch {run.epoch + 1}" * (run.block > 0)
    verb = "is" if run.epochs == 1 else "are"
    text = f"the checkpoint of an unfinished run ({text} {verb} done)"
    return Loss(text, True, run.distributed)


class SavedRun(NamedTuple):
    """
    The position of the run in a model file.

    Attributes
    ----------
    epoch, block : int
        What is trained next.
    epochs : int
        Of the whole run.
    distributed : bool
        Whether it is a run of several machines.
    """

    epoch: int
    block: int
    epochs: int
    distributed: bool

    @property
    def is_done(self) -> bool:
        """Whether all epochs are finished."""
        return self.epoch >= self.epochs

    @property
    def is_kept(self) -> bool:
        """Whether its file is kept: it has trained something, and has not ended."""
        has_begun = self.epoch > 0 or self.block > 0 or self.distributed
        return has_begun and not self.is_done


class _VectorsAloneError(ValueError):
    """A file holds vectors alone."""


def saved_run(path: StrPath) -> SavedRun | None:
    """
    Return the run of a model file, without reading its vectors.

    None stands for a model that was never trained.

    Raises
    ------
    ValueError
        If the file is not a whole model.
    OSError, ImportError
        If it cannot be opened or decompressed.
    """
    with open_input(path) as file:
        content = validation.parse_content(read_metadata(file))
    if "loss_history" not in content:
        raise _VectorsAloneError(f"{os.fspath(path)}: vectors alone")
    if content.get("run") is None:
        return None
    run = validation.mapping(content["run"], "run")
    validation.check_run_fields(run)
    epochs = validation.parse_parameters(run.get("parameters")).epochs
    is_distributed = run.get("distributed") is not None
    return SavedRun(run["epoch"], run["block"], epochs, is_distributed)


def swapped_paths(path: StrPath, corpus: object) -> str:
    """Return what `resume` has to say if its corpus is the checkpoint; "" if not."""
    if not isinstance(corpus, str | os.PathLike) or not has_content(corpus):
        return ""
    try:
        saved_run(corpus)
    except (OSError, ValueError, ImportError):
        return ""
    name = os.fspath(corpus)
    return (
        f"{os.fspath(path)}: expected a checkpoint as the first argument, and {name} "
        f"is one: call resume({name!r}, {os.fspath(path)!r})"
    )


def is_finished(path: StrPath) -> bool:
    """Return whether a file holds a finished run; reading it all may still fail."""
    if not has_content(path):  # a pipe would wait for a writer
        return False
    try:
        run = saved_run(path)
    except (OSError, ValueError, ImportError):
        return False
    return run is not None and run.is_done
