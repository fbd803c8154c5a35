"""Read word-pair files and analogy files."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator

from w2vfast.files.missing import open_file
from w2vfast.io.atomic import StrPath
from w2vfast.wording import quoted

#: Python also reads 1_000 and digits of other scripts as numbers.
_NUMBER = re.compile(
    r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?(nan|inf|infinity)",
    re.IGNORECASE,
)

_A_QUESTION = "; this is a line of an analogy file"
_A_PAIR = "; this is a line of a word-pair file"
_EXPECTED = "the path of a file, such as 'pairs.tsv'"

WordPair = tuple[str, str, float]  # two words and their score
Question = tuple[str, list[str]]  # section; words a, b, c, d


def read_word_pairs(path: StrPath) -> list[WordPair]:
    r"""
    Read pairs of words with their scores.

    Parameters
    ----------
    path : path-like
        UTF-8 text with one pair per line: word, word, score. Tabs, commas, semicolons
        or spaces separate the three fields. A line with a tab is split at tabs only.
        Blank lines and lines that start with ``#`` are skipped. The first line is a
        header if its score is not a number and more lines follow.

    Returns
    -------
    list of (str, str, float)

    Raises
    ------
    ValueError
        If a line is malformed, a score is not finite, or the file is not UTF-8 or has
        no pair.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.csv")
    ...     _ = path.write_text("Word 1,Word 2,Human (mean)\nlove,sex,6.77\n")
    ...     read_word_pairs(path)
    [('love', 'sex', 6.77)]
    """
    lines = list(_read_lines(path))
    pairs = []
    for position, (number, line) in enumerate(lines):
        pair = _parse_pair(line)
        if pair is None and position == 0 and len(lines) > 1 and _is_header(line):
            continue
        if pair is None or not math.isfinite(pair[2]):
            raise ValueError(
                f"{os.fspath(path)}, line {number}: expected word<tab>word<tab>score, "
                f"or commas or spaces for tabs, found {quoted(line)}"
                f"{_A_QUESTION * _is_question(line)}"
            )
        pairs.append(pair)
    if not pairs:
        raise ValueError(
            f"{os.fspath(path)}: no pair of words; expected lines word<tab>word<tab>"
            "score"
        )
    return pairs


def _parse_pair(line: str) -> WordPair | None:
    """Return the words and the score of a line, or None if it has another form."""
    for separator in ["\t"] if "\t" in line else [",", ";", None]:
        fields = [field.strip() for field in line.split(separator)]
        if len(fields) == 3 and all(fields) and _NUMBER.fullmatch(fields[2]):
            return fields[0], fields[1], float(fields[2])
    return None


def _is_question(line: str) -> bool:
    """Return whether a line has a form that `read_analogies` reads."""
    fields = line.split("\t") if "\t" in line else ["", *line.split()]
    is_section = line.startswith(":") and "\t" not in line
    return is_section or (len(fields) == 5 and all(map(str.strip, fields[1:])))


def _is_header(line: str) -> bool:
    """Return whether a line names columns: it holds at least three and no number."""
    for separator in ("\t", ",", ";", None):
        fields = line.split(separator)
        if len(fields) >= 3:
            return not any(character.isdigit() for character in fields[-1])
    return False


def read_analogies(path: StrPath) -> list[Question]:
    r"""
    Read analogy questions "a is to b as c is to d".

    Parameters
    ----------
    path : path-like
        UTF-8 lines ``section<tab>a<tab>b<tab>c<tab>d``, or the layout of Google's
        questions-words.txt: lines ``: section`` and ``a b c d``. Blank lines and lines
        that start with ``#`` are skipped.

    Returns
    -------
    list of (str, list of 4 str)
        Section and words of each question.

    Raises
    ------
    ValueError
        If a line is malformed, or the file is not UTF-8 or has no question.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "questions.txt")
    ...     _ = path.write_text(": capitals\nAthens Greece Oslo Norway\n")
    ...     read_analogies(path)
    [('capitals', ['Athens', 'Greece', 'Oslo', 'Norway'])]
    """
    section = ""
    questions = []
    for number, line in _read_lines(path):
        if line.startswith(":") and "\t" not in line:
            section = line[1:].strip()
            continue
        fields = line.split("\t") if "\t" in line else [section, *line.split()]
        if len(fields) != 5 or not all(fields[1:]):
            raise ValueError(
                f"{os.fspath(path)}, line {number}: expected section<tab>a<tab>b<tab>"
                f"c<tab>d, or ': section' or 'a b c d', found {quoted(line)}"
                f"{_A_PAIR * (_parse_pair(line) is not None)}"
            )
        questions.append((fields[0], [word.strip() for word in fields[1:]]))
    if not questions:
        raise ValueError(
            f"{os.fspath(path)}: no question; expected lines section<tab>a<tab>b<tab>c"
            "<tab>d, or ': section' and 'a b c d'"
        )
    return questions


def _read_lines(path: StrPath) -> Iterator[tuple[int, str]]:
    """Yield line numbers and lines, without blank lines and comments."""
    try:
        # utf-8-sig removes a byte order mark, which is never part of a word.
        with open_file(path, _EXPECTED, "r", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and not line.startswith("#"):
                    yield number, line.strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{os.fspath(path)}: not UTF-8 text: {error}") from error
