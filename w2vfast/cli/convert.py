"""``w2vfast convert``: read vectors in one format and write them in another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from w2vfast.cli.checkpoint_files import check_no_model
from w2vfast.cli.output import print_status
from w2vfast.io.detect import FORMATS
from w2vfast.io.errors import error_context
from w2vfast.io.formats import WRITABLE, check_writer, writable_format
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.wording import counted


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "source",
        metavar="FROM",
        help="a .bin, .txt, .vec, .w2v, .npz file or a model folder, possibly with "
        ".gz, .bz2, .xz or .zst at its end; a URL; or - for standard input",
    )
    command.add_argument(
        "target",
        metavar="TO",
        help="the file to write; its suffix selects the format; - for standard output",
    )
    command.add_argument(
        "--from",
        dest="source_format",
        choices=FORMATS,
        help="format of FROM, if its suffix and its content do not name it",
    )
    command.add_argument(
        "--to",
        dest="target_format",
        choices=WRITABLE,
        help="format of TO, if its suffix does not name it",
    )
    command.add_argument(
        "--limit", type=int, metavar="INT", help="read only the first so many words"
    )
    command.add_argument(
        "--encoding", default="utf-8", help="encoding of the words (default utf-8)"
    )
    command.add_argument(
        "--errors",
        default="surrogateescape",
        help="what to do with bytes that the encoding does not have: strict, replace, "
        "ignore or surrogateescape (default)",
    )
    command.add_argument(
        "--datatype",
        default="float32",
        choices=("float32", "float16"),
        help="precision to store; float16 needs .w2v, .npz or a model folder "
        "(default float32)",
    )
    command.add_argument(
        "--duplicates",
        default="error",
        choices=("error", "first"),
        help="what to do with words that occur twice (default error)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Convert word vectors from one file format to another."""
    source: Any = sys.stdin.buffer if arguments.source == "-" else arguments.source
    target: Any = sys.stdout.buffer if arguments.target == "-" else arguments.target
    with error_context("standard output" if arguments.target == "-" else target):
        # Before reading for long.
        check_writer(target, writable_format(target, arguments.target_format))
    if arguments.target != "-":
        check_no_model(Path(arguments.target), "the vectors")
    vectors = KeyedVectors.load(
        source,
        format=arguments.source_format,
        limit=arguments.limit,
        encoding=arguments.encoding,
        errors=arguments.errors,
        duplicates=arguments.duplicates,
    )
    vectors.save(target, format=arguments.target_format, datatype=arguments.datatype)
    print_status(
        f"{counted(len(vectors), 'word')} of "
        f"{counted(vectors.vector_size, 'dimension')}, written to "
        f"{'standard output' if arguments.target == '-' else arguments.target}"
    )
