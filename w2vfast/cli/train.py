"""``w2vfast train``: read text, train word vectors, write a file."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from w2vfast import kernels
from w2vfast.cli.options import READING, add_parameters, given_parameters
from w2vfast.cli.output import print_status
from w2vfast.corpus import Corpus
from w2vfast.corpus.streams import OpenFile
from w2vfast.corpus.text_options import TextOptions
from w2vfast.io.atomic import atomic_write
from w2vfast.io.errors import error_context
from w2vfast.io.formats import writable_format
from w2vfast.runtime import threads
from w2vfast.runtime.timings import Timings, since_start
from w2vfast.training.parameters import Parameters
from w2vfast.word2vec import Word2Vec

STDIN = Path("-")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "corpus",
        nargs="+",
        type=Path,
        metavar="CORPUS",
        help="text files with one sentence per line and words separated by white "
        "space, or directories of such files; files may be compressed as .gz, .bz2, "
        ".xz or .zst; named pipes; - for standard input",
    )
    command.add_argument(
        "--output",
        "-o",
        required=True,
        type=Path,
        metavar="FILE",
        help="file to write: .bin (word2vec binary), .txt or .vec (word2vec text), "
        ".npz (NumPy), .w2v (the whole model); .gz, .bz2, .xz or .zst after it "
        "compresses it",
    )
    command.add_argument(
        "--timings",
        action="store_true",
        help="print the seconds of each phase, and of the process, on standard error",
    )
    add_parameters(command, {})


def run(arguments: argparse.Namespace) -> None:
    """Train word vectors on text and write them to a file."""
    given = given_parameters(arguments)
    _check(arguments.corpus, arguments.output, given)
    timings = Timings({"start-up": since_start()})
    options = ("workers", "progress", *READING)
    reading = {name: given[name] for name in options if name in given}
    with timings.phase("scan"):
        corpus = Corpus(_sources(arguments.corpus), **reading)
    parameters = {name: given[name] for name in given if name not in READING}
    model = Word2Vec(corpus, **parameters).train()
    whole_model = writable_format(arguments.output) == "w2v"
    (model.save if whole_model else model.save_vectors)(arguments.output)
    speed = len(corpus.ids) * model.parameters.epochs / model.timings["train"].wall
    if arguments.timings:
        _print_timings(timings, model.timings)
    print_status(
        f"{len(model.vocabulary):,} words of {model.parameters.vector_size} "
        f"dimensions, {speed:,.0f} words/s, loss {model.loss_history[-1]:.4f}, "
        f"written to {arguments.output}"
    )


def _sources(paths: list[Path]) -> list[Any]:
    """Return what to read for each argument; "-" is standard input."""
    if paths.count(STDIN) > 1:
        raise ValueError("- is given twice, but standard input can be read only once")
    return [_standard_input() if path == STDIN else path for path in paths]


def _standard_input() -> OpenFile:
    if sys.stdin is None:  # closed
        raise ValueError("-: standard input is closed: redirect a file to it")
    binary = sys.stdin.buffer
    return OpenFile(getattr(binary, "raw", binary), "standard input")


def _check(corpus: list[Path], output: Path, given: dict[str, Any]) -> None:
    """Check options and paths before training starts, not hours later."""
    TextOptions(**{name: given[name] for name in READING if name in given})
    corpus = [path for path in corpus if path != STDIN]
    missing = [str(path) for path in corpus if not path.exists()]
    if missing:
        raise FileNotFoundError(f"no such file: {', '.join(missing)}")
    names = {field.name for field in fields(Parameters)}
    Parameters(**{name: given[name] for name in given if name in names})
    threads.resolve(given.get("workers"))
    kernels.resolve(given.get("kernels", "auto"))
    with error_context(output):
        writable_format(output)
    folder = output.resolve().parent
    if output.exists() and any(path.samefile(output) for path in corpus):
        raise ValueError(f"--output {output} is a corpus file: choose another file")
    if any(
        path.is_dir() and path.resolve() in (folder, *folder.parents) for path in corpus
    ):
        raise ValueError(f"--output {output} is in the corpus: choose another folder")
    if output.is_dir() or output.is_file() or not output.exists():  # else a pipe
        # Create and remove the temporary file to see whether the folder is writable.
        with suppress(InterruptedError), atomic_write(output):
            raise InterruptedError


def _print_timings(before: Timings, model: Timings) -> None:
    """Print the seconds of each phase, and of the process so far."""
    phases = Timings(before | {n: t for n, t in model.items() if n not in before})
    phases["total"] = since_start()
    for line in phases.table():
        print_status(line)
