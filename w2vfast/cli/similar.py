"""``w2vfast similar``: print the nearest neighbours of words."""

from __future__ import annotations

import argparse
import sys

from w2vfast.keyedvectors import KeyedVectors


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "vectors",
        metavar="FILE",
        help="a .bin, .txt, .vec, .w2v or .npz file, possibly ending in .gz, .bz2, .xz "
        "or .zst; a model folder; a URL; or - for standard input",
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
    source = sys.stdin.buffer if arguments.vectors == "-" else arguments.vectors
    vectors = KeyedVectors.load(source)
    found = vectors.most_similar_batch(arguments.words, arguments.topn)
    for number, (word, neighbours) in enumerate(
        zip(arguments.words, found, strict=True)
    ):
        print("\n" * (number > 0) + word)
        for neighbour, cosine in neighbours:
            print(f"  {cosine:7.4f}  {neighbour}")
