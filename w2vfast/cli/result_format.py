"""The option --format: tables on a terminal, tab-separated lines or JSON elsewhere."""

from __future__ import annotations

import argparse
import sys

FORMATS = ("table", "tsv", "json")


def add_format(command: argparse.ArgumentParser) -> None:
    """Add the option to the parser of a command."""
    command.add_argument(
        "--format",
        choices=FORMATS,
        help="how to print results: aligned, with tabs and a header, or as JSON "
        "(default: table on a terminal, else tsv)",
    )


def result_format(arguments: argparse.Namespace) -> str:
    """Return the chosen format, or the default one for standard output."""
    if arguments.format is not None:
        return str(arguments.format)
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return "table" if terminal else "tsv"
