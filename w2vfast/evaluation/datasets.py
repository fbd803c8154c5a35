"""Readers of word-pair files and of analogy files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from w2vfast.io.atomic import StrPath

Question = tuple[str, list[str]]  # section; words a, b, c, d


def read_pairs(path: StrPath, lowercase: bool) -> Iterator[tuple[str, str, float]]:
    """Yield two words and their score from each line of a word-pair file."""
    convert = _case_function(lowercase)
    for number, line in _read_lines(path):
        try:
            a, b, score = (convert(field.strip()) for field in line.split("\t"))
            if not np.isfinite(float(score)):
                raise ValueError("not finite")
        except ValueError:
            raise ValueError(
                f"{os.fspath(path)}, line {number}: expected word<tab>word<tab>score, "
                f"found {line!r:.60}"
            ) from None
        yield a, b, float(score)


def read_questions(path: StrPath, lowercase: bool) -> Iterator[Question]:
    """Yield the section and the words a, b, c, d of each question, in either format."""
    section = ""
    for number, line in _read_lines(path):
        if line.startswith(":") and "\t" not in line:
            section = line[1:].strip()
            continue
        fields = line.split("\t") if "\t" in line else [section, *line.split()]
        if len(fields) != 5 or not all(fields[1:]):
            raise ValueError(
                f"{os.fspath(path)}, line {number}: expected section<tab>a<tab>b<tab>"
                f"c<tab>d, or ': section' or 'a b c d', found {line!r:.60}"
            )
        yield fields[0], [_case_function(lowercase)(word) for word in fields[1:]]


def _read_lines(path: StrPath) -> Iterator[tuple[int, str]]:
    """Yield line numbers and lines, without blank lines and comments."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and not line.startswith("#"):
                    yield number, line.strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{os.fspath(path)}: not UTF-8 text: {error}") from error


def _case_function(lowercase: bool) -> Callable[[str], str]:
    return str.lower if lowercase else str
