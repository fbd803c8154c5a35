"""Save an interrupted run in another place if its checkpoint cannot be written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from w2vfast.cli.output import error_text, print_status
from w2vfast.cli.rescue import places
from w2vfast.cli.resume_command import continuing
from w2vfast.io.file_identity import is_known
from w2vfast.training.checkpoint import write_checkpoint


def rescue_run(error: BaseException, arguments: argparse.Namespace) -> bool:
    """
    Save the model of an error that ended training, if no checkpoint has it.

    Print where it is and how to continue, or what is lost.

    Returns
    -------
    bool
        Whether nothing remains to be said: an older checkpoint may be left.
    """
    model = getattr(error, "model", None)
    target: Path | None = arguments.checkpoint or arguments.resume
    if model is None or target is None:
        return False
    failed = []
    for path in places(target, (target.name,), arguments.output):
        try:
            write_checkpoint(path, model._state)
        except (OSError, ValueError, ImportError, MemoryError) as second:
            failed.append(f"{path} ({error_text(second)})")
            continue
        print_status(f"the run was saved as {path} instead")
        print_status(f"to continue: {continuing(arguments, path)}")
        return True
    older = _older(model, arguments)
    lost = "all that it trained" if older is None else f"what it trained since {older}"
    print_status(
        f"error: the run could not be saved as {', '.join(failed)} either: {lost} is "
        "lost"
    )
    return older is None


def _older(model: Any, arguments: argparse.Namespace) -> Path | None:
    """Return a file with an earlier state of the run, or None if there is none."""
    for path in (arguments.checkpoint, arguments.resume):
        if path is not None and is_known(path, model._state.known_files):
            found: Path = path
            return found
    return None
