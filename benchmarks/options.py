"""Options that several benchmarks have, with one meaning and one default each."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from results_file import FOLDER

CORPUS = "text, plain or .gz, .bz2, .xz, .zst"
#: What `add_training` adds.
TRAINING = ("window", "sample", "min_count", "epochs", "workers")
#: Options that name folders of this machine.
PATHS = ("corpus", "eval", "folder", "output")


def add_corpus(parser: argparse.ArgumentParser) -> None:
    """Ask for a file of text."""
    parser.add_argument("--corpus", required=True, type=_file, help=CORPUS)


def add_eval(parser: argparse.ArgumentParser) -> None:
    """Offer to score the vectors."""
    about = "folder of similarity and analogy files"
    parser.add_argument("--eval", type=_folder, help=about)


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add the parameters of training that no benchmark here is about."""
    add = parser.add_argument
    add("--epochs", type=int, default=5)
    add("--workers", type=int, default=1)
    add("--window", type=int, default=5)
    add("--sample", type=float, default=1e-3)
    add("--min-count", type=int, default=5)


def add_extra(parser: argparse.ArgumentParser) -> None:
    """Offer to pass any parameter to w2vfast."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a parameter for w2vfast alone, chunk_size=256; may be given repeatedly",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Offer JSON on standard output."""
    parser.add_argument("--json", action="store_true", help="print JSON, no tables")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Ask where to write."""
    about = "folder to write to; default: %(default)s"
    parser.add_argument("--output", default=FOLDER, help=about)


def asked(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options without the folders of this machine."""
    return {k: v for k, v in vars(options).items() if k not in PATHS}


def said_extra(options: argparse.Namespace) -> str:
    """Return what `add_extra` was given, to go on with after a comma."""
    return "".join(f", {k}={v} (w2vfast)" for k, v in dict(options.set).items())


def _file(text: str) -> str:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text}: no such file")
    return text


def _folder(text: str) -> str:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text}: no such folder")
    return text


def _pair(text: str) -> tuple[str, Any]:
    name, found, value = text.partition("=")
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r}: expected name=value")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
