"""Turn words into labels that a picture can draw, in any script."""

from __future__ import annotations

import sys
import unicodedata
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from w2vfast.viz.fonts import find_fonts
from w2vfast.viz.shaping import script, scripts_drawn_wrongly

MAX_LENGTH = 40  # characters of a label; longer words end in …
_NAMED = 12  # characters that a warning names


class FontWarning(UserWarning):
    """No installed font has some characters, or Matplotlib draws a script wrongly."""


class Captions(NamedTuple):
    """
    Labels for words.

    Attributes
    ----------
    labels : list of str
        One for each word, in order.
    families : list of str
        Names of fonts, for the argument `fontfamily` of Matplotlib.
    """

    labels: list[str]
    families: list[str]


def captions(words: Sequence[str], rows: Sequence[int] = ()) -> Captions:
    r"""
    Return the labels of words.

    Control characters appear as escapes, and long words are cut. A word with a
    character that no installed font has gets its row as label, ``#17``, because
    Matplotlib would draw boxes. One warning names these characters.

    Parameters
    ----------
    words : sequence of n str
        Words, then names of groups.
    rows : sequence of at most n int
        The rows of the words in the vectors. In names, which have no rows, ``?``
        replaces a character without a font.

    Warns
    -----
    FontWarning
        If characters have no font, or the installed Matplotlib draws a script wrongly.

    Examples
    --------
    >>> captions(["king", "a\tb", ""]).labels
    ['king', 'a\\tb', "''"]
    """
    labels = [readable(word) for word in words]
    fonts = find_fonts(labels)
    if fonts.missing:
        _warn_of_missing(fonts.missing)
        for number, label in enumerate(labels):
            if fonts.missing.isdisjoint(label):
                continue
            if number < len(rows):
                labels[number] = f"#{rows[number]}"
            else:
                drawn = ("?" if c in fonts.missing else c for c in label)
                labels[number] = "".join(drawn)
    if wrong := scripts_drawn_wrongly(labels):
        _warn(
            f"this Matplotlib draws {', '.join(wrong)} wrongly: letters are not "
            "joined, and run from left to right. Install Matplotlib 3.11 or later: "
            'pip install --upgrade "w2vfast[viz]"'
        )
    return Captions(labels, fonts.families)


def readable(word: str) -> str:
    r"""
    Return a word as one line: escapes for control characters, a limited length.

    Examples
    --------
    >>> readable("two\nlines"), readable("")
    ('two\\nlines', "''")
    """
    if not word:
        return "''"
    if len(word) > MAX_LENGTH:
        word = word[: MAX_LENGTH - 1] + "…"
    return word if word.isprintable() else "".join(_escaped(c) for c in word)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
        return repr(character)[1:-1]
    return character


def _warn_of_missing(missing: set[str]) -> None:
    characters = sorted(missing)
    scripts = ", ".join(sorted({script(c) for c in characters}))
    more = len(characters) - _NAMED
    shown = " ".join(characters[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    _warn(
        f"no installed font can draw {shown} ({scripts}); words with them are labelled "
        "by row: #17 is wv.index_to_key[17]. Install a font of this script, such as "
        "one of the Noto fonts, and restart Python"
    )


def _warn(text: str) -> None:
    """Warn at the line that called this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("w2vfast."):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, FontWarning, stacklevel=level)
