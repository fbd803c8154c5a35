"""Wording of messages: numbers with the nouns that they count, and quotes."""

from __future__ import annotations


def counted(number: float, noun: str, plural: str = "") -> str:
    """
    Return a number and its noun, in the singular or the plural.

    Parameters
    ----------
    number : int or float
        Printed with thousands commas; a float is rounded to a whole number.
    noun : str
        In the singular; it may begin with adjectives.
    plural : str, optional
        The default is the noun with "s".

    Returns
    -------
    str

    Examples
    --------
    >>> counted(1, "word"), counted(12_000, "distinct word")
    ('1 word', '12,000 distinct words')
    >>> counted(0, "query", "queries")
    '0 queries'
    """
    shown = f"{round(number):,}"
    return f"{shown} {noun if shown == '1' else plural or noun + 's'}"


def quoted(value: object, most: int = 60) -> str:
    """
    Return the `repr` of a value; a long one is cut off, which "…" shows.

    Parameters
    ----------
    value : object
    most : int, default 60
        Characters of the result at most.

    Examples
    --------
    >>> quoted("a word"), quoted("a long line of text", most=10)
    ("'a word'", "'a long l…")
    """
    return shortened(repr(value), most)


def shortened(text: str, most: int) -> str:
    """
    Return a text of at most so many characters; "…" ends one that is cut off.

    Examples
    --------
    >>> shortened("struct<a: int64>", 16), shortened("struct<a: int64>", 9)
    ('struct<a: int64>', 'struct<a…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def with_article(value: object) -> str:
    """Return the name of a value's type, with "a" or "an"."""
    name = type(value).__name__
    return f"a{'n' * (name[0] in 'aeiouAEIOU')} {name}"
