"""Messages of the library, which name Python's parameters, with options instead."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Sequence

#: Advice that only Python can follow, and what a command can do instead.
PHRASES = {
    # Files of vectors.
    "word2vec's binary format needs binary=True or format='word2vec-binary'": (
        "if it is in word2vec's binary format, rename it to end in .bin, or pass "
        "--from word2vec-binary to w2vfast convert"
    ),
    "read the file as text (binary=False, format='word2vec-text' or a name that ends "
    "in .txt or .vec)": (
        "if it is in word2vec's text format, rename it to end in .txt or .vec, or pass "
        "--from word2vec-text to w2vfast convert"
    ),
    ", or format= of KeyedVectors.load (w2vfast convert: --from)": (
        ", or --from of w2vfast convert"
    ),
    ", or format= of KeyedVectors.save (w2vfast convert: --to)": (
        ", or --to of w2vfast convert"
    ),
    "; write the file with save()": "; write the file again with w2vfast",
    "; KeyedVectors.from_arrow(table, word=…, vector=…) reads others": (
        "; rename the others"
    ),
    "pass encoding= if the file has another encoding, or errors='replace'": (
        "w2vfast convert reads other encodings with --encoding, or takes --errors "
        "replace"
    ),
    "; this is a line of an analogy file": (
        "; this is a line of an analogy file: pass it to --analogies"
    ),
    "; this is a line of a word-pair file": (
        "; this is a line of a word-pair file: pass it to --pairs"
    ),
    # Files of models.
    "; KeyedVectors.load reads files with vectors only": (
        "; the commands similar, evaluate and convert read files with vectors only"
    ),
    "; a file with vectors alone is read by KeyedVectors.load": (
        "; a file with vectors alone has no run to resume"
    ),
    ": if it is a text to train on, pass it to Word2Vec(path).train()": "",
    "is a format for vectors alone: use KeyedVectors.load": (
        "is a format for vectors alone, without a run to resume"
    ),
    "save_vectors writes the vectors": "--output writes the vectors",
    # Text.
    "KeyedVectors.load reads it; pass the text": (
        "the commands similar and evaluate read it; pass the text"
    ),
    ": KeyedVectors.load reads them; field='word' reads their words as text": (
        ": the commands similar and evaluate read them"
    ),
    "allow longer fields with csv.field_size_limit(10**9)": (
        "write the column as text, one sentence per line"
    ),
    "more than memory_limit=": "more than the limit of ",
    "raise memory_limit, or give text": "give text",
    ", or raise memory_limit": "",
    "; to keep the state, stop and pass callbacks=": (
        "; to keep the state, stop and resume the run in Python, with callbacks="
    ),
    " again, to train or resume": "",
    # Tuning.
    ": expected True or False": ": expected true or false",
    "pass test=None to": "pass --no-test to",
    "expected (low, high) with low < high": "expected LOW:HIGH with LOW below HIGH",
    "expected a parameter of Word2Vec: ": "expected one of ",
    "a range (low, high), a list of values": "LOW:HIGH or VALUE,VALUE",
    "or None to leave the parameter out": "or none to leave the parameter out",
}
#: The same, with a part that stays.
PATTERNS = {
    r": pass sorted\(glob\.glob\('[^']*'\)\)": ": leave out the quotes around them",
    r": Corpus\(('[^']*'), field='text'\)": r": \1 with --field text",
    r", or None( (?:for|to) [^;:.]*)?": r", or leave the option out\1",
}
#: Options whose name means something else in messages of the library.
_OTHER_MEANING = ("help", "format")
#: Parameters that some commands call otherwise.
_ALIASES = {"limit": "top"}
_QUOTES = "'\""
_VALUE = r"'[^']*'|\"[^\"]*\"|\([^()]*\)|\[[^][]*\]|[^\s?,;:)]*[^\s?,;:).]"
_SPACE = re.compile(
    rf"space(?:\['(?P<name>\w+)'\](?:=(?P<values>{_VALUE}))?"
    rf"|=\{{'(?P<only>\w+)': (?P<example>{_VALUE}|…)\}})"
)


class OptionNames:
    """
    Rewrites messages for a command.

    Parameters
    ----------
    parser : ArgumentParser, optional
        Of the command. Without one, messages stay as they are.
    arguments : sequence of str
        The command line. Its words, such as names of files, are never changed.
    """

    def __init__(
        self,
        parser: argparse.ArgumentParser | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self._options = {} if parser is None else _options(parser)
        self._is_command = parser is not None
        words = {*arguments, *(a.partition("=")[2] for a in arguments)}
        kept = sorted((w for w in words if re.search(r"[=_]", w)), key=len)
        self._kept = re.compile(
            rf"(?<![=]['\"])(?:{'|'.join(map(re.escape, kept[::-1])) or '(?!)'})"
        )
        names = sorted(self._options, key=len, reverse=True)
        choice = "|".join(names) or r"(?!)"
        self._assigned = re.compile(rf"(?<![\w./'-])({choice})=({_VALUE})?")
        choice = "|".join(name for name in names if "_" in name) or r"(?!)"
        self._named = re.compile(rf"(?<![\w./'-])(?<!\* )({choice})(?![\w=('])")

    def translate(self, message: str) -> str:
        """Return a message with options for parameters."""
        if not self._is_command:
            return message
        for python, command in PHRASES.items():
            message = message.replace(python, command)
        for pattern, command in PATTERNS.items():
            message = re.sub(pattern, command, message)
        return _replaced(self._kept, message, lambda m: m[0], self._outside_words)

    def _outside_words(self, text: str) -> str:
        if "space" not in self._options:
            return self._parameters(text)
        return _replaced(_SPACE, text, _space, self._parameters)

    def _parameters(self, text: str) -> str:
        text = self._assigned.sub(self._option, text)
        return self._named.sub(lambda m: self._options[m[1]][0], text)

    def _option(self, found: re.Match[str]) -> str:
        option, has_no = self._options[found[1]]
        value = found[2]
        if value is None:
            return option
        if value in ("True", "False"):
            no = f"--no-{option[2:]}" if has_no else f"no {option}"
            return option if value == "True" else no
        return f"no {option}" if value == "None" else f"{option} {_plain(value)}"


def _replaced(
    pattern: re.Pattern[str],
    text: str,
    match: Callable[[re.Match[str]], str],
    rest: Callable[[str], str],
) -> str:
    """Return a text with the matches of a pattern, and what is between, replaced."""
    parts, end = [], 0
    for found in pattern.finditer(text):
        parts += [rest(text[end : found.start()]), match(found)]
        end = found.end()
    return "".join([*parts, rest(text[end:])])


def _options(parser: argparse.ArgumentParser) -> dict[str, tuple[str, bool]]:
    """Return the option of each parameter, and whether --no-… is one, too."""
    found: dict[str, tuple[str, bool]] = {}
    for action in parser._actions:
        names = [name for name in action.option_strings if name.startswith("--")]
        if names and action.dest not in _OTHER_MEANING:
            has_no = isinstance(action, argparse.BooleanOptionalAction)
            found.setdefault(action.dest, (names[0], has_no))
    for name, other in _ALIASES.items():
        if other in found:
            found.setdefault(name, found[other])
    return found


def _plain(value: str) -> str:
    """Return a value of Python as a word of a command line."""
    if value[:1] in "'\"":
        return shlex.quote(value[1:-1]) if value[1:-1] else "''"
    return value


def _space(found: re.Match[str]) -> str:
    """Return what --space takes for a parameter and its values."""
    name = f"--space {found['name'] or found['only']}"
    values: str = found["values"] or found["example"] or ""
    if not values:
        return name
    separator = ":" if values.startswith("(") else ","
    items = re.split(r",\s*", values.strip("()[]"))
    return f"{name}={separator.join(item.strip(_QUOTES) for item in items if item)}"
