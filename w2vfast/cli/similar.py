"""``w2vfast similar``: print the nearest neighbours of words."""

from __future__ import annotations

import argparse
from pathlib import Path

from w2vfast.keyedvectors import KeyedVectors


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "vectors", type=Path, metavar="FILE", help="a .bin, .txt, .vec or .w2v file"
    )
    command.add_argument("words", nargs="+", metavar="WORD")
    command.add_argument(
        "--topn",
        type=int,
        default=10,
        metavar="INT",
        help="number of neighbours to print for each word (default 10)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Print the nearest neighbours of words and their cosines."""
    vectors = KeyedVectors.load(arguments.vectors)
    found = vectors.most_similar_batch(arguments.words, arguments.topn)
    for number, (word, neighbours) in enumerate(
        zip(arguments.words, found, strict=True)
    ):
        print("\n" * (number > 0) + word)
        for neighbour, cosine in neighbours:
            print(f"  {cosine:7.4f}  {neighbour}")
