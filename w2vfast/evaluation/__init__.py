"""Scores of word vectors on similarity and analogy files."""

from w2vfast.evaluation.analogies import Analogies, Section, evaluate_analogies
from w2vfast.evaluation.word_pairs import WordPairs, evaluate_word_pairs, spearman

__all__ = [
    "Analogies",
    "Section",
    "WordPairs",
    "evaluate_analogies",
    "evaluate_word_pairs",
    "spearman",
]
