"""The command line: ``w2vfast train``, ``similar`` and ``demo``."""

from __future__ import annotations

import argparse
import inspect
import io
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn, get_args

from w2vfast import __version__, demo, kernels, threads
from w2vfast.corpus import Corpus
from w2vfast.files import atomic
from w2vfast.formats import format_suffix
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.parameters import Parameters
from w2vfast.timings import Timings, since_start
from w2vfast.word2vec import Word2Vec

#: Parameters of Word2Vec that are no options.
LEFT_OUT = ("self", "corpus", "vocabulary")


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run a command; whatever goes wrong is one line on standard error.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; None means those of the process.

    Returns
    -------
    int
        Exit status: 0, 2 after an error, 130 after Ctrl-C, 141 if standard output
        was closed by its reader.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # words may hold lone surrogates
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with suppress(SystemExit):  # by --help and --version
            arguments = _parser().parse_args(argv)
            arguments.run(arguments)
        print(end="", flush=True)
        return 0
    except KeyboardInterrupt:
        say("interrupted")
        status = 130
    except BrokenPipeError:
        status = 141  # what a shell shows for a program that SIGPIPE ended
    except Exception as error:
        say(f"error: {_message(error)}")
        status = 2
    _drain_stdout()
    return status


def say(message: str) -> None:
    """Print one line on standard error, if there is one."""
    if sys.stderr is not None:  # None, if it was closed; print would take stdout
        with suppress(OSError):
            print("w2vfast:", " ".join(message.splitlines()), file=sys.stderr)


def _message(error: Exception) -> str:
    """Return the text of an error, with the class where it says too little."""
    if isinstance(error, OSError) and error.strerror:
        where = "" if error.filename is None else f"{error.filename}: "
        return where + error.strerror
    if isinstance(error, MemoryError):
        return str(error) or "out of memory"
    if isinstance(error, KeyError) and error.args:
        return str(error.args[0])  # str(error) would put it in quotes
    return str(error) or type(error).__name__


def _drain_stdout() -> None:
    """Write what is buffered, or drop it, so that it can't fail again at exit."""
    try:
        print(end="", flush=True)
    except OSError:
        with suppress(OSError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)


# Arguments -------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """One whose errors are exceptions, and so are shown in one place."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="w2vfast", description="Word vectors on CPUs.")
    parser.add_argument("--version", action="version", version=f"w2vfast {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for function, add in (
        (train, _add_train),
        (similar, _add_similar),
        (run_demo, _add_demo),
    ):
        about = inspect.cleandoc(function.__doc__ or "")
        command = commands.add_parser(
            function.__name__.removeprefix("run_"),
            help=about.split("\n", 1)[0],
            description=about,
            allow_abbrev=False,
        )
        command.set_defaults(run=function)
        add(command)
    return parser


def _add_train(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "corpus",
        nargs="+",
        type=Path,
        metavar="CORPUS",
        help="UTF-8 text, one sentence a line, words separated by white space; a "
        "directory stands for all files in it; .gz, .bz2, .xz and .zst are unpacked",
    )
    command.add_argument(
        "--output",
        "-o",
        required=True,
        type=Path,
        metavar="FILE",
        help="file to write: .bin (word2vec binary), .txt or .vec (word2vec text), "
        ".w2v (the whole model)",
    )
    command.add_argument(
        "--timings",
        action="store_true",
        help="print the seconds of each phase, and of the process, on standard error",
    )
    _add_parameters(command, {})


def _add_similar(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "vectors", type=Path, metavar="FILE", help="a .bin, .txt, .vec or .w2v file"
    )
    command.add_argument("words", nargs="+", metavar="WORD")
    command.add_argument(
        "--topn",
        type=int,
        default=10,
        metavar="INT",
        help="neighbours to print of each word (default 10)",
    )


def _add_demo(command: argparse.ArgumentParser) -> None:
    _add_parameters(command, demo.PARAMETERS)


def _add_parameters(command: argparse.ArgumentParser, changed: dict[str, Any]) -> None:
    """Add an option for each parameter of Word2Vec; one not given leaves no trace."""
    group = command.add_argument_group("parameters of the model")
    described = _described(Word2Vec.__doc__ or "")
    for name, parameter in _parameters().items():
        default = changed.get(name, parameter.default)
        kind, text = described.get(name, ("", ""))
        text += "" if default is None else f" (default {default})"
        settings: dict[str, Any] = {"action": argparse.BooleanOptionalAction}
        types = get_args(parameter.annotation) or (parameter.annotation,)
        if bool not in types:
            choices = re.fullmatch(r"\{.*\}", kind)
            metavar = re.sub('[" ]', "", kind) if choices else types[0].__name__.upper()
            settings = {"type": types[0], "metavar": metavar}
        group.add_argument(
            "--" + name.replace("_", "-"),
            dest=name,
            default=argparse.SUPPRESS,
            help=text.replace("%", "%%"),
            **settings,
        )


def _parameters() -> dict[str, inspect.Parameter]:
    """Return the parameters of Word2Vec that options stand for."""
    found = inspect.signature(Word2Vec.__init__, eval_str=True).parameters
    return {name: found[name] for name in found if name not in LEFT_OUT}


def _described(docstring: str) -> dict[str, tuple[str, str]]:
    """Return type and description of each parameter in a numpydoc docstring."""
    _, _, section = inspect.cleandoc(docstring).partition("Parameters\n----------\n")
    section = re.split(r"\n\n\w+\n---", section)[0].replace("`", "")
    found = {}
    for names, kind, text in re.findall(r"(?m)^(\S.*) : (.*)\n((?: +.*\n?)+)", section):
        for name in names.split(", "):
            found[name] = (kind, " ".join(text.split()))
    return found


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the parameters that were given as options."""
    return {n: v for n, v in vars(arguments).items() if n in _parameters()}


# Commands --------------------------------------------------------------------------


def train(arguments: argparse.Namespace) -> None:
    """Train word vectors on text and write them to a file."""
    given = _given(arguments)
    _check(arguments.corpus, arguments.output, given)
    timings = Timings({"start-up": since_start()})
    scan = {n: given[n] for n in ("workers", "progress") if n in given}
    with timings.phase("scan"):
        corpus = Corpus(arguments.corpus, **scan)
    model = Word2Vec(corpus, **given).train()
    native = arguments.output.suffix.lower() == ".w2v"
    (model.save if native else model.save_vectors)(arguments.output)
    rate = len(corpus.ids) * model.parameters.epochs / model.timings["train"].wall
    if arguments.timings:
        _show(timings, model.timings)
    say(
        f"{len(model.vocabulary):,} words of {model.parameters.vector_size} "
        f"dimensions, {rate:,.0f} words/s, loss {model.loss_history[-1]:.4f}, "
        f"written to {arguments.output}"
    )


def similar(arguments: argparse.Namespace) -> None:
    """Print the nearest neighbours of words and their cosines."""
    vectors = KeyedVectors.load(arguments.vectors)
    found = vectors.most_similar_batch(arguments.words, arguments.topn)
    for number, (word, neighbours) in enumerate(
        zip(arguments.words, found, strict=True)
    ):
        print("\n" * (number > 0) + word)
        for neighbour, cosine in neighbours:
            print(f"  {cosine:7.4f}  {neighbour}")


def run_demo(arguments: argparse.Namespace) -> None:
    """Train on the King James Bible, which is in the package, and show the result."""
    demo.run(_given(arguments))


def _check(corpus: list[Path], output: Path, given: dict[str, Any]) -> None:
    """Refuse before training what would fail after hours of it."""
    missing = [str(path) for path in corpus if not path.exists()]
    if missing:
        raise FileNotFoundError(f"no such file: {', '.join(missing)}")
    names = {field.name for field in fields(Parameters)}
    Parameters(**{name: given[name] for name in given if name in names})
    threads.resolve(given.get("workers"))
    kernels.resolve(given.get("kernels", "auto"))
    format_suffix(output)
    folder = output.resolve().parent
    if output.exists() and any(path.samefile(output) for path in corpus):
        raise ValueError(f"--output {output} is the corpus itself: name another file")
    if any(
        path.is_dir() and path.resolve() in (folder, *folder.parents) for path in corpus
    ):
        raise ValueError(f"--output {output} lies in the corpus: name another folder")
    if output.is_dir() or output.is_file() or not output.exists():  # else a pipe
        with suppress(InterruptedError), atomic(output):
            raise InterruptedError  # the file is created beside `output`, then removed


def _show(before: Timings, model: Timings) -> None:
    """Print what each phase took, and the process up to now."""
    phases = Timings(before | {n: t for n, t in model.items() if n not in before})
    phases["total"] = since_start()
    for line in phases.table():
        say(line)
