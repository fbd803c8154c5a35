"""Command-line options that several benchmarks have, each with the same meaning."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

#: The folder where results are written by default.
RESULTS = "benchmarks/results"
CORPUS = "a text file, plain or .gz, .bz2, .xz, .zst"
#: Names of the options that `add_training` adds.
TRAINING = ("window", "sample", "min_count", "epochs", "workers")
#: Options that name files or folders of this machine.
PATHS = ("corpus", "eval", "folder", "output")


def add_corpus(parser: argparse.ArgumentParser) -> None:
    """Add --corpus, required."""
    parser.add_argument("--corpus", required=True, type=_file, help=CORPUS)


def add_eval(parser: argparse.ArgumentParser) -> None:
    """Add --eval."""
    about = "folder with similarity and analogy files; without it nothing is scored"
    parser.add_argument("--eval", type=_folder, help=about)


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add the parameters of training in `TRAINING`."""
    add = parser.add_argument
    add("--epochs", type=int, default=5)
    add("--workers", type=int, default=1)
    add("--window", type=int, default=5)
    add("--sample", type=float, default=1e-3)
    add("--min-count", type=int, default=5)


def add_extra(parser: argparse.ArgumentParser) -> None:
    """Add --set, which passes any parameter to w2vfast."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a parameter for w2vfast alone, such as chunk_size=256; repeatable",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    about = "print JSON instead of tables"
    parser.add_argument("--json", action="store_true", help=about)


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add --output."""
    about = "folder for the results; default: %(default)s"
    parser.add_argument("--output", default=RESULTS, help=about)


def without_paths(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options without files and folders of this machine."""
    return {k: v for k, v in vars(options).items() if k not in PATHS}


def extra_text(options: argparse.Namespace) -> str:
    """Return the values of --set as text that starts with a comma."""
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
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected NAME=VALUE, such as chunk_size=256"
        )
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
