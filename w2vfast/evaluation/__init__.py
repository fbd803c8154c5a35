"""Scores of word vectors on similarity and analogy files, and of items in sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2vfast.runtime.lazy_names import lazy_name

if TYPE_CHECKING:
    from w2vfast.evaluation.analogies import Analogies, Section, evaluate_analogies
    from w2vfast.evaluation.callbacks import (
        EpochScores,
        NextItemCallback,
        WordAnalogiesCallback,
        WordPairsCallback,
        call_each,
    )
    from w2vfast.evaluation.early_stopping import EarlyStopping
    from w2vfast.evaluation.next_item import NextItem, evaluate_next_item
    from w2vfast.evaluation.word_pairs import WordPairs, evaluate_word_pairs, spearman

__all__ = [
    "Analogies",
    "EarlyStopping",
    "EpochScores",
    "NextItem",
    "NextItemCallback",
    "Section",
    "WordAnalogiesCallback",
    "WordPairs",
    "WordPairsCallback",
    "call_each",
    "evaluate_analogies",
    "evaluate_next_item",
    "evaluate_word_pairs",
    "spearman",
]
_MODULES = ("analogies", "callbacks", "early_stopping", "next_item", "word_pairs")


def __getattr__(name: str) -> object:
    """Import the module of a name at its first use: `Word2Vec` needs none of them."""
    return lazy_name(__name__, name, __all__, _MODULES)
