"""The class Word2Vec, in modules by what its methods do."""

from w2vfast.word2vec.word2vec import Word2Vec

__all__ = ["Word2Vec"]
