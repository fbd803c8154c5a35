"""``w2vfast similar``: print the nearest neighbours of words."""

from __future__ import annotations

import argparse
import json
import sys

from w2vfast.cli.result_format import add_format, result_format
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.runtime.text_table import printable, tab_separated

Neighbours = list[list[tuple[str, float]]]


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "vectors",
        metavar="FILE",
        help="a .bin, .txt, .vec, .w2v or .npz file, possibly ending in .gz, .bz2, .xz "
        "or .zst; a checkpoint; a model folder; a URL; or - for standard input",
    )
    command.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help="words to print the neighbours of; after -- they may begin with -",
    )
    command.add_argument(
        "--topn",
        type=int,
        default=10,
        metavar="INT",
        help="number of neighbours to print for each word (default 10)",
    )
    add_format(command)


def run(arguments: argparse.Namespace) -> None:
    """Print the nearest neighbours of words and their cosines."""
    source = sys.stdin.buffer if arguments.vectors == "-" else arguments.vectors
    vectors = KeyedVectors.load(source)
    found = vectors.most_similar_batch(arguments.words, arguments.topn)
    as_text = {"table": _blocks, "tsv": _tab_separated, "json": _json}
    print(as_text[result_format(arguments)](arguments.words, found))


def _blocks(words: list[str], found: Neighbours) -> str:
    """Return a block of lines for each word."""
    blocks = [
        "\n".join([printable(word), *(f"  {c:7.4f}  {printable(n)}" for n, c in near)])
        for word, near in zip(words, found, strict=True)
    ]
    return "\n\n".join(blocks)


def _tab_separated(words: list[str], found: Neighbours) -> str:
    """Return a header, and a line for each neighbour."""
    rows = [
        [word, neighbour, f"{cosine:.4f}"]
        for word, near in zip(words, found, strict=True)
        for neighbour, cosine in near
    ]
    return tab_separated([["word", "neighbour", "cosine"], *rows])


def _json(words: list[str], found: Neighbours) -> str:
    """Return a list with an object for each word."""
    content = [
        {"word": word, "neighbours": [{"word": n, "cosine": c} for n, c in near]}
        for word, near in zip(words, found, strict=True)
    ]
    return json.dumps(content, indent=2)
