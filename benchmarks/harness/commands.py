"""
Command lines with subcommands.

Each subcommand is a module. Its docstring is the help text, `add_options(parser)`
adds its options, and `main(options)` runs it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from types import ModuleType


def run_subcommand(
    about: str | None,
    subcommands: Mapping[str, ModuleType],
    arguments: Sequence[str] | None = None,
) -> None:
    """
    Read a command line and run the subcommand that it names.

    Parameters
    ----------
    about : str
        Help text of the script.
    subcommands : mapping of str to module
    arguments : sequence of str, optional
        Default: the command line of this process.
    """
    parser = argparse.ArgumentParser(description=about)
    add = parser.add_subparsers(
        dest="subcommand", required=True, metavar="SUBCOMMAND"
    ).add_parser
    for name, module in subcommands.items():
        text = module.__doc__ or ""
        summary = " ".join(text.strip().split("\n\n")[0].split())
        module.add_options(add(name, help=summary, description=text))
    options = parser.parse_args(arguments)
    name = vars(options).pop("subcommand")  # no option: results list the options
    subcommands[name].main(options)
