"""Long options with one hyphen, as in word2vec.c and fastText: refused with ours."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence

from w2vfast.cli.options import advice

#: argparse would read -output as -o with a value, and write a file of that name.
_WORD = re.compile(r"-[A-Za-z]\S")
_FILE = "give the file without an option, after the command"
#: Options of word2vec.c, fastText and gensim's script that are no option here.
_INSTEAD = {
    "input": _FILE,
    "train": _FILE,
    "binary": "let the suffix name the format: --output vectors.bin",
    "save-vocab": "leave it out: no file of words is written",
    "read-vocab": "leave it out: words are counted, and chosen by --min-count",
}
#: fastText's names of losses.
_LOSSES = {"ns": "negative_sampling", "hs": "hierarchical_softmax"}


def reject_single_hyphens(
    given: Sequence[str],
    options: Mapping[str, argparse.Action],
    commands: Mapping[str, argparse.ArgumentParser],
) -> None:
    """
    Raise ValueError if a word of the command line is a long option with one hyphen.

    Words after ``--`` may be anything. So may negative numbers and words with spaces.

    Parameters
    ----------
    given : sequence of str
        The command line.
    options : mapping of str to Action
        The options that need no command.
    commands : mapping of str to ArgumentParser
        The parser of each command.
    """
    end = list(given).index("--") if "--" in given else len(given)
    words = list(given[:end])
    command = words[0] if words and words[0] in commands else None
    first = ""
    if command is None and not any(f"-{word}" in options for word in words):
        first = "the command comes first: w2vfast train CORPUS …; "
    known = commands[command or "train"]._option_string_actions
    fixes = "; ".join(_fixes(words, known if command else {**known, **options}))
    if fixes:
        raise ValueError(
            f"{first}long options have two hyphens, and values are words of their own: "
            f"{fixes} "
            f"(see w2vfast {command or 'train'} --help)"
        )


def _fixes(words: list[str], actions: Mapping[str, argparse.Action]) -> Iterator[str]:
    """Yield what to write instead of each long option with one hyphen."""
    for number, word in enumerate(words):
        if not _WORD.match(word) or " " in word:
            continue
        option, equals, value = word.partition("=")
        if not equals:
            value = "".join(words[number + 1 : number + 2])
        name = option[1:]
        if text := _INSTEAD.get(name):
            yield f"instead of {option} {text}"
        elif action := actions.get(f"-{option}"):
            takes_value = action.nargs != 0 and value
            value = _LOSSES.get(value, value) if name == "loss" else value
            yield f"instead of {option} pass -{option}{f' {value}' * bool(takes_value)}"
        else:
            yield _advice(word, value, actions)


def _advice(word: str, value: str, actions: Mapping[str, argparse.Action]) -> str:
    """Return what to write instead of a word that is no option of the command."""
    option = word.partition("=")[0]
    text = advice([f"{option}={value}"], actions)
    if "put -- before" not in text:
        return text
    letters = [f"-{letter}" for letter in word[1:]]
    if all(letter in actions for letter in letters):
        return f"instead of {word} pass {' '.join(letters)}"
    if letters[0] in actions and actions[letters[0]].nargs != 0:
        return f"instead of {word} pass {letters[0]} {word[2:]}"
    return text
