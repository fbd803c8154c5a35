"""``w2vfast evaluate``: score vectors on word-pair files and analogy files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from w2vfast.cli.result_format import add_format, result_format
from w2vfast.evaluation import Analogies, Section, WordPairs
from w2vfast.io.evaluation_files import read_analogies, read_word_pairs
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.runtime.text_table import aligned, tab_separated
from w2vfast.vectors.analogies import check_analogy_options
from w2vfast.vectors.analogy_scores import METHODS

Table = list[list[str]]
Scores = TypeVar("Scores")

PAIRS_HEADER = [
    "pairs",
    "spearman",
    "spearman p",
    "pearson",
    "pearson p",
    "found",
    "of",
]
ANALOGIES_HEADER = ["analogies", "section", "accuracy", "correct", "counted", "of"]


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "vectors",
        type=Path,
        metavar="FILE",
        help="a .bin, .txt, .vec, .w2v or .npz file, possibly ending in .gz, .bz2, .xz "
        "or .zst; a checkpoint; or a model folder",
    )
    files: dict[str, Any] = {
        "nargs": "+",
        "action": "extend",
        "default": [],
        "type": Path,
        "metavar": "FILE",
    }
    command.add_argument(
        "--pairs",
        help="files of word pairs with human scores: word, word, score, separated by "
        "tabs, commas, semicolons or spaces",
        **files,
    )
    command.add_argument(
        "--analogies",
        help="files of questions: section and a, b, c, d separated by tabs, or lines "
        "': section' and 'a b c d'",
        **files,
    )
    command.add_argument(
        "--restrict-vocab",
        type=int,
        metavar="INT",
        help="use only the first so many words (default: all for pairs, 300,000 for "
        "analogies)",
    )
    command.add_argument(
        "--lowercase", action="store_true", help="lower-case the words of the files"
    )
    command.add_argument(
        "--case-insensitive",
        action="store_true",
        help="ignore case in the files and in the vocabulary",
    )
    command.add_argument(
        "--unknown-as-zero",
        action="store_true",
        help="give pairs with an unknown word the cosine 0 instead of leaving them out",
    )
    command.add_argument(
        "--method",
        default=METHODS[0],
        metavar="{" + ",".join(METHODS) + "}",
        help="how an answer is chosen: the word x with the largest sum of cosines, "
        "cos(x, b) - cos(x, a) + cos(x, c), or the largest product (default 3cosadd)",
    )
    command.add_argument(
        "--topn",
        type=int,
        default=1,
        metavar="INT",
        help="an analogy is correct if the answer is among the so many best words "
        "(default 1)",
    )
    add_format(command)
    command.add_argument(
        "--json", action="store_const", dest="format", const="json",
        help="the same as --format json",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> None:
    """
    Score vectors on word pairs and analogies and print a table.

    Files without enough known words are named in an error after the scores of others.
    """
    _check(arguments)
    wv = KeyedVectors.load(arguments.vectors)
    matching, method = _matching(arguments), arguments.method
    zero, topn = arguments.unknown_as_zero, arguments.topn
    score_pairs = partial(wv.evaluate_word_pairs, unknown_as_zero=zero, **matching)
    score = partial(wv.evaluate_word_analogies, method=method, topn=topn, **matching)
    errors: dict[str, None] = {}
    pairs = _scores(arguments.pairs, score_pairs, errors)
    analogies = _scores(arguments.analogies, score, errors)
    if pairs or analogies:
        _print(arguments, pairs, analogies)
    if errors:
        raise ValueError("; ".join(errors))


def _matching(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return how words of files are found in the vocabulary."""
    names = ("lowercase", "case_insensitive", "restrict_vocab")
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _scores(
    paths: list[Path], score: Callable[[Path], Scores], errors: dict[str, None]
) -> dict[str, Scores]:
    """Return the scores of files; add the errors of those without known words."""
    found = {}
    for path in paths:
        try:
            found[str(path)] = score(path)
        except ValueError as error:
            errors[str(error)] = None
    return found


def _print(
    arguments: argparse.Namespace,
    pairs: dict[str, WordPairs],
    analogies: dict[str, Analogies],
) -> None:
    style = result_format(arguments)
    if style == "json":
        content = _json(arguments, pairs, analogies)
        print(json.dumps(content, indent=2), flush=True)
        return
    tables = [(_pairs_table(pairs), 1)] * bool(pairs)
    tables += [(_analogies_table(analogies), 2)] * bool(analogies)
    texts = [
        aligned(table, n_names) if style == "table" else tab_separated(table)
        for table, n_names in tables
    ]
    print("\n\n".join(texts), flush=True)


def _check(arguments: argparse.Namespace) -> None:
    """Check options and files before vectors are loaded, which takes longer."""
    if not arguments.pairs and not arguments.analogies:
        raise ValueError("nothing to evaluate: name files with --pairs or --analogies")
    check_analogy_options(arguments.method, arguments.topn, batch=1)
    n = arguments.restrict_vocab
    if n is not None and n < 1:
        raise ValueError(f"--restrict-vocab {n}: expected 1 or more")
    for path in arguments.pairs:
        read_word_pairs(path)
    for path in arguments.analogies:
        read_analogies(path)


def _pairs_table(results: dict[str, WordPairs]) -> Table:
    rows = [
        [
            name,
            f"{result.spearman:.4f}",
            f"{result.spearman_p:.2g}",
            f"{result.pearson:.4f}",
            f"{result.pearson_p:.2g}",
            str(result.found),
            str(result.pairs),
        ]
        for name, result in results.items()
    ]
    return [PAIRS_HEADER, *rows]


def _analogies_table(results: dict[str, Analogies]) -> Table:
    rows = [
        [
            name,
            section,
            f"{result.accuracy:.4f}",
            str(result.correct),
            str(result.counted),
            str(result.questions),
        ]
        for name, scores in results.items()
        for section, result in [*scores.sections.items(), ("(total)", scores.total)]
    ]
    return [ANALOGIES_HEADER, *rows]


def _json(
    arguments: argparse.Namespace,
    pairs: dict[str, WordPairs],
    analogies: dict[str, Analogies],
) -> dict[str, Any]:
    """Return all results as JSON objects."""
    return {
        "vectors": str(arguments.vectors),
        "pairs": [
            {
                "file": name,
                "spearman": result.spearman,
                "spearman_p": result.spearman_p,
                "pearson": result.pearson,
                "pearson_p": result.pearson_p,
                "pairs": result.pairs,
                "found": result.found,
                "unknown": result.unknown,
                "unknown_ratio": result.unknown_ratio,
            }
            for name, result in pairs.items()
        ],
        "analogies": [
            {
                "file": name,
                "method": arguments.method,
                "topn": arguments.topn,
                "total": _section_json(result.total),
                "sections": {
                    section: _section_json(part)
                    for section, part in result.sections.items()
                },
            }
            for name, result in analogies.items()
        ],
    }


def _section_json(section: Section) -> dict[str, Any]:
    return {
        "accuracy": section.accuracy,
        "accuracy_of_all": section.accuracy_of_all,
        "correct": section.correct,
        "counted": section.counted,
        "questions": section.questions,
        "unknown": section.unknown,
        "unknown_ratio": section.unknown_ratio,
    }
