"""Look up, compare, score, save and load word vectors."""

from w2vfast.keyedvectors.keyedvectors import KeyedVectors
from w2vfast.vectors.search import WordsWithCosines

__all__ = ["KeyedVectors", "WordsWithCosines"]
