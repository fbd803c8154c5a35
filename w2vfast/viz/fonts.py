"""Find installed fonts that have the characters of words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from w2vfast.viz.packages import load

#: Fonts whose glyphs are placeholders, not letters.
_PLACEHOLDERS = ("last resort", "lastresort", "adobe blank", "adobenotdef")
#: Characters without a glyph of their own: joiners, variation selectors, marks of
#: direction. Renderers skip them.
_INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


class Fonts(NamedTuple):
    """
    Fonts for a set of words.

    Attributes
    ----------
    families : list of str
        Names for the argument `fontfamily` of Matplotlib. The first font of the list
        that has a character draws it.
    missing : set of str
        Characters that no installed font has.
    """

    families: list[str]
    missing: set[str]


def find_fonts(words: Iterable[str]) -> Fonts:
    """
    Return the fonts that draw the characters of `words`.

    The default fonts of Matplotlib come first. Others are looked at only for
    characters that these lack: the font that has most of them is taken, repeatedly.

    Examples
    --------
    >>> find_fonts(["king", "König"]).missing
    set()
    """
    manager = load("matplotlib.font_manager", "a plot")
    families = list(load("matplotlib", "a plot").rcParams["font.family"])
    missing = {c for word in words for c in word if _is_visible(c)}
    for entry in _default_fonts(manager, families):
        missing -= _characters(entry)
    while missing:
        entry, found = _best_font(manager, frozenset(missing))
        if not found:
            break
        families.append(entry.name)
        missing -= found
    return Fonts(families, missing)


def _is_visible(character: str) -> bool:
    code = ord(character)
    if any(code in selectors for selectors in _SELECTORS):
        return False
    return unicodedata.category(character) not in _INVISIBLE


def _default_fonts(manager: Any, families: list[str]) -> list[str]:
    """Return the paths of the fonts that Matplotlib uses by default."""
    properties = manager.FontProperties(family=families)
    try:
        paths = manager.fontManager._find_fonts_by_props(properties)
    except (AttributeError, ValueError):  # not a public method; nothing found
        paths = [manager.findfont(properties)]
    return [str(path) for path in paths]


def _best_font(manager: Any, wanted: frozenset[str]) -> tuple[Any, set[str]]:
    """Return the installed font with most of the characters, and which it has."""
    best: tuple[Any, set[str]] = (None, set())
    for entry in sorted(manager.fontManager.ttflist, key=_preference):
        name = entry.name.lower()
        if name.startswith(".") or any(part in name for part in _PLACEHOLDERS):
            continue
        found = set(wanted & _characters(entry.fname))
        if len(found) > len(best[1]) and _is_chosen(manager, entry):
            best = entry, found
            if found == wanted:
                break
    return best


def _preference(entry: Any) -> tuple[Any, ...]:
    """Order fonts: upright and regular ones first, those with serifs later."""
    regular = entry.style == "normal" and entry.weight in (400, "normal", "regular")
    name = entry.name.lower()
    return not regular, "mono" in name, "serif" in name, entry.name, str(entry.fname)


def _is_chosen(manager: Any, entry: Any) -> bool:
    """Return whether Matplotlib finds this font by its family's name."""
    try:
        found = manager.findfont(
            manager.FontProperties(family=[entry.name]), fallback_to_default=False
        )
    except ValueError:
        return False
    return str(found) == str(entry.fname) or _characters(found) >= _characters(
        entry.fname
    )


@lru_cache(maxsize=4096)
def _characters(path: str) -> frozenset[str]:
    """Return the characters that a font can draw; none if it cannot be used."""
    font2 = load("matplotlib.ft2font", "a plot")
    try:
        font = font2.FT2Font(str(path))
        font.set_size(12, 72)  # fails for fonts of bitmaps, such as colour emoji
        codes = font.get_charmap()
        if codes:
            font.load_char(next(iter(codes)))
    except (RuntimeError, OSError, ValueError):
        return frozenset()
    return frozenset(map(chr, codes))
