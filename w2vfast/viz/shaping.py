"""Scripts that need shaping or run from right to left: Matplotlib 3.11 draws them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from w2vfast.viz.packages import load

#: Scripts of which letters join, change their form, or change places.
_SHAPED = re.compile(
    "ARABIC|SYRIAC|MANDAIC|NKO|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|"
    "TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA|KHMER|MYANMAR|TIBETAN|JAVANESE|BALINESE"
)


def scripts_drawn_wrongly(words: Iterable[str]) -> list[str]:
    """
    Return the scripts of `words` that the installed Matplotlib draws wrongly.

    Matplotlib 3.11 and later shape letters and order them with HarfBuzz and the
    bidirectional algorithm of Unicode. Older versions draw one letter after another,
    from left to right.
    """
    matplotlib = load("matplotlib", "a plot")
    if tuple(matplotlib.__version_info__[:2]) >= (3, 11):
        return []
    characters = {c for word in words for c in word if c > "\u0590"}
    return sorted({script(c) for c in characters if _needs_shaping(c)})


def script(character: str) -> str:
    """
    Return the script of a character: the first word of its Unicode name.

    Examples
    --------
    >>> script("ש"), script("中")
    ('HEBREW', 'CJK')
    """
    return unicodedata.name(character, "UNNAMED").split()[0]


def _needs_shaping(character: str) -> bool:
    is_right_to_left = unicodedata.bidirectional(character) in ("R", "AL")
    return is_right_to_left or bool(_SHAPED.match(script(character)))
