"""Help texts of options, from the docstrings of parameters."""

from __future__ import annotations

import argparse
import re

from w2vfast.cli.option_names import OptionNames

#: The value None of a parameter, which an option does not have.
_NONE = re.compile(r"(\. )?None( means|:)")
#: Parts that help only readers of Python: symbols, names of objects.
_PYTHON_ONLY = re.compile(
    r"(?<=\A)[A-Z]'?, (?=the )|; see Corpus|: w2vfast\.presets| and without "
    r"initial_vectors"
)


def help_text(option: str, description: str, default: object) -> str:
    """
    Return the help of an option from the description of its parameter.

    Examples
    --------
    >>> help_text("--window", "Largest distance.", 5)
    'Largest distance (default 5).'
    >>> help_text("--cbow-mean", "Average. False adds.", True)
    'Average. --no-cbow-mean adds (default --cbow-mean).'
    """
    text = _NONE.sub(_as_default, _PYTHON_ONLY.sub("", description))
    text = text[:1].upper() + text[1:]
    no = f"--no-{option[2:]}"
    text = re.sub(r"\bTrue\b(?<!=True)", option, text)
    text = re.sub(r"\bFalse\b(?<!=False)", no, text)
    if default is None:
        return text
    shown = {"True": option, "False": no}.get(str(default), str(default))
    return f"{text.removesuffix('.')} (default {shown})."


def name_options(group: argparse._ArgumentGroup, names: OptionNames) -> None:
    """Let the helps of a group name options instead of parameters."""
    for action in group._group_actions:
        action.help = names.translate(action.help or "").replace("%", "%%")


def _as_default(found: re.Match[str]) -> str:
    """Return the text for the value None: an option is then left out."""
    text = "the default is" if found[2] == " means" else "by default"
    return text if found[1] is None else f". {text.capitalize()}"
