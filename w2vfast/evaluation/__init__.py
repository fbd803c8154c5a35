"""Scores of word vectors on similarity and analogy files, and of items in sessions."""

from w2vfast.evaluation.analogies import Analogies, Section, evaluate_analogies
from w2vfast.evaluation.callbacks import (
    EpochScores,
    NextItemCallback,
    WordAnalogiesCallback,
    WordPairsCallback,
    call_each,
)
from w2vfast.evaluation.next_item import NextItem, evaluate_next_item
from w2vfast.evaluation.word_pairs import WordPairs, evaluate_word_pairs, spearman

__all__ = [
    "Analogies",
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
