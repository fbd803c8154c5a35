"""Choose the words of a picture: a list, the most frequent ones, groups, pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.spelling import UnknownWordError, near_spellings
from w2vfast.wording import counted, quoted

#: The default of `top`.
DEFAULT_TOP = 100
Groups = Mapping[str, Iterable[str]] | Sequence[str]
_NAMED_WORDS = 5  # unknown words that an error names


@dataclass(frozen=True)
class Selection:
    """
    The words of a picture.

    Attributes
    ----------
    words : list of str, length n
        Distinct words, in the order of drawing.
    rows : int array, shape (n,)
        Their rows in the vectors.
    group_names : list of str
        Empty without groups.
    groups : int array, shape (n,)
        Index of each word's group in `group_names`; -1 for a word without a group.
    pairs : list of (int, int)
        Positions in `words` of the start and the end of each arrow.
    """

    words: list[str]
    rows: npt.NDArray[np.intp]
    group_names: list[str]
    groups: npt.NDArray[np.intp]
    pairs: list[tuple[int, int]]


def select(
    vectors: KeyedRows,
    words: Iterable[str] | None = None,
    top: int | None = None,
    groups: Groups | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
) -> Selection:
    """
    Return the words that a call of `plot` selects.

    Parameters
    ----------
    vectors : KeyedVectors
    words, top, groups, pairs
        As in `KeyedVectors.plot`.

    Raises
    ------
    KeyError
        If a word is unknown.
    TypeError, ValueError
        If an argument has another form.

    Examples
    --------
    >>> from w2vfast import KeyedVectors
    >>> wv = KeyedVectors(["oslo", "norway", "rome", "italy"], np.eye(4))
    >>> chosen = select(wv, pairs=[("norway", "oslo"), ("italy", "rome")])
    >>> chosen.words, chosen.pairs
    (['norway', 'oslo', 'italy', 'rome'], [(0, 1), (2, 3)])
    """
    given = [] if words is None else _word_list("words", words)
    member_of = _members(groups, given, words is not None)
    arrows = _pair_list(pairs)
    chosen = dict.fromkeys([*given, *member_of, *(w for pair in arrows for w in pair)])
    if top is not None or not (chosen or words is not None):
        chosen |= dict.fromkeys(vectors.index_to_key[: _checked_top(top)])
    _check_known(vectors, list(chosen))
    kept = list(chosen)
    position = {word: i for i, word in enumerate(kept)}
    names = list(dict.fromkeys(member_of.values()))
    index = {name: i for i, name in enumerate(names)}
    labels = [
        index.get(member_of[word], -1) if word in member_of else -1 for word in kept
    ]
    return Selection(
        words=kept,
        rows=np.array([vectors.key_to_index[word] for word in kept], np.intp),
        group_names=names,
        groups=np.array(labels, np.intp),
        pairs=[(position[a], position[b]) for a, b in arrows],
    )


def _word_list(name: str, words: Any) -> list[str]:
    """Return the words of an argument; raise TypeError for another type."""
    if isinstance(words, str):
        raise TypeError(f"{name}={words!r}: expected a list of words, not a string")
    try:
        found = list(words)
    except TypeError:
        raise TypeError(f"{name}={quoted(words)}: expected a list of words") from None
    for word in found:
        if not isinstance(word, str):
            kind = type(word).__name__
            raise TypeError(
                f"{quoted(word)} in {name}: expected a word (str), not {kind}"
            )
    return found


def _members(groups: Any, words: list[str], has_words: bool) -> dict[str, str]:
    """Return the group of each word that has one."""
    if groups is None:
        return {}
    if isinstance(groups, Mapping):
        named = {
            str(name): _word_list(f"groups[{name!r}]", groups[name]) for name in groups
        }
        found: dict[str, str] = {}
        for name, members in named.items():
            for word in members:
                if found.setdefault(word, name) != name:
                    raise ValueError(
                        f"{word!r} is in the groups {found[word]!r} and {name!r}: "
                        "expected each word in one group"
                    )
        return found
    names = [str(name) for name in groups]
    if isinstance(groups, str) or not has_words or len(names) != len(words):
        raise ValueError(
            f"groups={quoted(groups)}: expected a mapping of names to lists of words, "
            f"or {counted(len(words), 'name')} of groups, one for each word"
        )
    return dict(zip(words, names, strict=True))


def _pair_list(pairs: Any) -> list[tuple[str, str]]:
    """Return the pairs as tuples of two words."""
    found = []
    for pair in () if pairs is None else pairs:
        words = None if isinstance(pair, str) else _word_list("pairs", pair)
        if words is None or len(words) != 2:
            raise ValueError(f"{quoted(pair)} in pairs: expected two words, (from, to)")
        found.append((words[0], words[1]))
    return found


def _checked_top(top: Any) -> int:
    if top is None:
        return DEFAULT_TOP
    if isinstance(top, bool) or not hasattr(top, "__index__"):
        raise TypeError(f"top={top!r}: expected a whole number of words")
    if top < 1:
        raise ValueError(f"top={top}: expected 1 word or more")
    return int(top)


def _check_known(vectors: KeyedRows, words: list[str]) -> None:
    """Raise KeyError with all unknown words, and known words spelled alike."""
    rows = vectors.key_to_index
    unknown = [word for word in words if word not in rows]
    if len(unknown) == 1:
        raise UnknownWordError(unknown[0], rows)
    if unknown:
        named = ", ".join(map(repr, unknown[:_NAMED_WORDS]))
        more = len(unknown) - _NAMED_WORDS
        rest = f" and {more} more" if more > 0 else ""
        near = [found[0] for word in unknown[:_NAMED_WORDS]
                if (found := near_spellings(word, rows, 1))]  # fmt: skip
        hint = f"; did you mean {', '.join(map(repr, near))}?" if near else ""
        raise KeyError(
            f"unknown: {len(unknown):,} of {counted(len(words), 'word')}: "
            f"{named}{rest}{hint} Leave them out: [w for w in words if w in wv]"
        )
