"""``w2vfast explore``: write a page that searches word vectors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from w2vfast.cli.checkpoint_files import check_no_model
from w2vfast.cli.output import print_status
from w2vfast.io.atomic import check_writable
from w2vfast.io.errors import error_context
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.viz.explore.options import DEFAULT_TOP, MAX_TOP, PageOptions
from w2vfast.viz.projection import METHODS
from w2vfast.wording import counted


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "vectors",
        metavar="FILE",
        help="vectors or a model, in any format that w2vfast similar reads; - for "
        "standard input",
    )
    command.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="PAGE",
        help="the HTML file to write",
    )
    command.add_argument(
        "--top",
        type=int,
        default=DEFAULT_TOP,
        metavar="INT",
        help=f"number of words, the most frequent ones, up to {MAX_TOP:,} (default "
        f"{DEFAULT_TOP:,})",
    )
    command.add_argument(
        "--compare",
        metavar="FILE",
        help="vectors of another training, to show side by side, with the words that "
        "moved most",
    )
    command.add_argument(
        "--method",
        default="pca",
        choices=METHODS,
        help="how to compute the map; all but pca need the extra viz, and take seconds "
        "to minutes (default pca)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Write a page for a browser: search, neighbours, analogies and a map."""
    from w2vfast.viz.explore.page import write_page  # other commands start sooner

    names = _names(arguments.vectors, arguments.compare)
    options = PageOptions(arguments.top, arguments.method, names)
    check_writable(arguments.output)  # before reading for long
    _check_different(arguments.output, (arguments.vectors, arguments.compare))
    check_no_model(arguments.output, "the page")
    model = _load(arguments.vectors, options.top)
    other = None
    if arguments.compare is not None:
        other = _load(arguments.compare, options.top)
    with error_context(arguments.vectors if other is None else arguments.compare):
        words, size = write_page(arguments.output, model, other, options)
    print_status(
        f"{counted(words, 'word')} of {counted(model.vector_size, 'dimension')}, "
        f"{size / 1e6:.1f} MB, "
        f"written to {arguments.output}"
    )


def _load(name: str, top: int) -> KeyedVectors:
    source: Any = sys.stdin.buffer if name == "-" else name
    return KeyedVectors.load(source, limit=top)


def _check_different(output: Path, sources: Sequence[str | None]) -> None:
    """Raise ValueError if the page would replace the vectors."""
    for source in sources:
        if (
            source
            and output.exists()
            and os.path.realpath(source) == str(output.resolve())
        ):
            raise ValueError(
                f"{output} holds the vectors; expected another file for the page; pass "
                "--output page.html"
            )


def _names(*sources: str | None) -> tuple[str, ...]:
    """Return what the page calls files: names, or paths if the names are equal."""
    given = [source for source in sources if source is not None]
    names = [
        "standard input" if source == "-" else Path(source).name for source in given
    ]
    return tuple(names if len(set(names)) == len(names) else given)
