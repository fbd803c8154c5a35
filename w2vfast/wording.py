"""Wording of messages: numbers with the nouns that they count."""

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
