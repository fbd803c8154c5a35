"""``w2vfast projector``: write files for the TensorBoard projector."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from w2vfast.cli.output import print_status
from w2vfast.io.errors import error_context
from w2vfast.keyedvectors import KeyedVectors
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
        metavar="FOLDER",
        help="folder for vectors.tsv, metadata.tsv and projector_config.pbtxt",
    )
    command.add_argument(
        "--top",
        type=int,
        metavar="INT",
        help="number of words, the most frequent ones (default all; the projector "
        "shows up to 100,000)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Write files for the TensorBoard embedding projector."""
    from w2vfast.viz.projector import write_projector  # see explore

    if arguments.output.exists() and not arguments.output.is_dir():
        raise NotADirectoryError(
            f"{arguments.output} is a file; expected the name of a folder"
        )
    source: Any = sys.stdin.buffer if arguments.vectors == "-" else arguments.vectors
    model = KeyedVectors.load(source, limit=arguments.top)
    with error_context(arguments.vectors):
        words, dimensions = write_projector(arguments.output, model, arguments.top)
    print_status(
        f"{counted(words, 'word')} of {counted(dimensions, 'dimension')}, written to "
        f"{arguments.output}; show them with: tensorboard --logdir {arguments.output}"
    )
