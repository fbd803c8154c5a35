"""The command that continues an interrupted run."""

from __future__ import annotations

import argparse
import shlex

from w2vfast.cli.options import given_parameters
from w2vfast.corpus.text_options import READING


def resume_command(arguments: argparse.Namespace) -> str:
    """
    Return the command that continues the run of these arguments.

    It repeats all options that `w2vfast train --resume` takes. Those for reading files
    are part of the checkpoint of a run on several machines.
    """
    words = [*arguments.corpus, "--output", arguments.output]
    words += ["--resume", arguments.resume or arguments.checkpoint]
    if arguments.resume and arguments.checkpoint:
        words += ["--checkpoint", arguments.checkpoint]
    words += ["--every", arguments.every] if arguments.every else []
    words += ["--ray", arguments.ray] if arguments.ray else []
    given = given_parameters(arguments)
    for name in ("workers", "kernels", *(() if arguments.ray else READING)):
        words += [f"--{name}", given[name]] if name in given else []
    if "progress" in given:
        words += ["--progress" if given["progress"] else "--no-progress"]
    words += [
        f"--{name}" for name in ("timings", "verbose") if getattr(arguments, name)
    ]
    return f"w2vfast train {shlex.join(map(str, words))}"
