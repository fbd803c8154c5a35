"""Entry point of the command line: parse arguments, run a command, report errors."""

from __future__ import annotations

import argparse
import inspect
import io
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from w2vfast import __version__
from w2vfast.cli import (
    convert,
    demo,
    evaluate,
    explore,
    projector,
    similar,
    train,
    tune,
)
from w2vfast.cli.option_names import OptionNames
from w2vfast.cli.options import advice, nearest
from w2vfast.cli.output import error_text, flush_stdout, print_status, show_log
from w2vfast.cli.signals import exit_status, termination_raises
from w2vfast.cli.single_hyphens import reject_single_hyphens
from w2vfast.runtime import startup

_ABOUT = (
    "Train, query, score and convert word vectors on CPUs. Each command has a help of "
    "its own: w2vfast train --help."
)
_INVALID_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
COMMANDS = {
    "train": train,
    "similar": similar,
    "evaluate": evaluate,
    "convert": convert,
    "explore": explore,
    "projector": projector,
    "tune": tune,
    "demo": demo,
}


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run a command; print any error as one line on standard error.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name. None means the process's arguments.

    Returns
    -------
    int
        Exit status: 0 on success, 2 after an error, 130 after Ctrl-C, 143 after
        SIGTERM, 141 if the reader of standard output closed it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # words may hold lone surrogates
        sys.stdout.reconfigure(errors="backslashreplace")
    names = OptionNames()
    try:
        startup.usual_interrupts()
        # --help and --version raise SystemExit
        with suppress(SystemExit), warnings.catch_warnings(), termination_raises():
            warnings.showwarning = _print_warning(names)
            arguments = _parser().parse_args(argv)
            given = sys.argv[1:] if argv is None else argv
            names = arguments.names = OptionNames(arguments.parser, given)
            warnings.showwarning = _print_warning(names)
            with show_log(arguments.verbose, names):
                arguments.run(arguments)
        print(end="", flush=True)
        return 0
    except KeyboardInterrupt as error:
        status = exit_status(error)
        print_status(
            "interrupted" if status == 130 else f"ended by signal {status - 128}"
        )
    except BrokenPipeError:
        status = 141  # what a shell reports after SIGPIPE
    except Exception as error:
        print_status(f"error: {names.translate(error_text(error))}")
        status = 2
    flush_stdout()
    return status


def _print_warning(names: OptionNames) -> Callable[..., None]:
    """Return a function that prints a warning as one line, like an error."""

    def show(message: Warning | str, *_: object) -> None:
        print_status(f"warning: {names.translate(str(message))}")

    return show


class _Parser(argparse.ArgumentParser):
    """A parser that raises its errors, so that `main` prints them like all others."""

    commands: Mapping[str, argparse.ArgumentParser]

    def error(self, message: str) -> NoReturn:
        if choice := _INVALID_CHOICE.search(message):
            near = nearest(choice[1], re.findall(r"[\w.-]+", choice[2]))
            message += f"; did you mean {near}?" * bool(near)
        raise ValueError(f"{message} (see {self.prog} --help)")

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: None = None
    ) -> argparse.Namespace:
        """Parse the command line; an unknown option is explained by its command."""
        given = list(sys.argv[1:] if args is None else args)
        reject_single_hyphens(given, self._option_string_actions, self.commands)
        found, unknown = self.parse_known_args(given, namespace)
        if unknown:
            is_before = unknown[0] in given[: given.index(found.command)]
            parser = self if is_before else found.parser
            fix = advice(unknown, parser._option_string_actions)
            command = "" if is_before else f" {found.command}"
            raise ValueError(
                f"unrecognized arguments: {' '.join(unknown)}{'; ' * bool(fix)}{fix} "
                f"(see {self.prog}{command} --help)"
            )
        return found


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="w2vfast", description=_ABOUT)
    parser.add_argument("--version", action="version", version=f"w2vfast {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    parser.commands = commands.choices
    for name, module in COMMANDS.items():
        about = inspect.cleandoc(module.run.__doc__ or "")
        command = commands.add_parser(
            name,
            help=about.split("\n", 1)[0],
            description=about,
            allow_abbrev=False,
        )
        command.set_defaults(run=module.run, command=name, parser=command)
        module.add_arguments(command)
        command.add_argument(
            "--verbose",
            "-v",
            action="store_true",
            help="report on standard error what the command does; of training: tokens "
            "read and kept, pairs, loss and speed of each epoch",
        )
    return parser
