"""The command that continues an interrupted run."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

from w2vfast.cli.options import CORPUS_OPTIONS, given_parameters

#: The source that stands for standard input.
STDIN = Path("-")
_DESCRIPTORS = re.compile(r"/dev/fd/\d+|/proc/\w+/fd/\d+").fullmatch


def continuing(arguments: argparse.Namespace, file: Path | None = None) -> str:
    """
    Return the command that continues a run, after what it has to read again.

    `file` has the run, if it is not `arguments.resume`.

    Standard input and pipes gave their text to the first command. The pipe of a shell,
    ``<(command)``, ends with it, so standard input takes its place.
    """
    corpus = list(arguments.corpus)
    of_shell = [path for path in corpus if _is_pipe(path) and _DESCRIPTORS(str(path))]
    if len(of_shell) == 1 and STDIN not in corpus:
        corpus[corpus.index(of_shell[0])] = STDIN
    streams = [path for path in corpus if path == STDIN or _is_pipe(path)]
    names = ["standard input" if path == STDIN else str(path) for path in streams]
    again = f"give the same text again through {' and '.join(names)}, with: "
    changed = vars(arguments) | {"corpus": corpus}
    if file is not None:
        changed |= {"resume": file, "checkpoint": None}
    return again * bool(streams) + resume_command(argparse.Namespace(**changed))


def _is_pipe(source: object) -> bool:
    return isinstance(source, Path) and source.is_fifo()


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
    names = ("workers", "kernels", *(() if arguments.ray else CORPUS_OPTIONS))
    for name in names:
        option = "--" + name.replace("_", "-")
        words += [option, given[name]] if name in given else []
    if "progress" in given:
        words += ["--progress" if given["progress"] else "--no-progress"]
    words += [
        f"--{name}" for name in ("timings", "verbose") if getattr(arguments, name)
    ]
    return f"w2vfast train {shlex.join(map(str, words))}"
