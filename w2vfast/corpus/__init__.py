"""Text from any source, counted and encoded as word ids."""

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.vocabulary import Vocabulary

__all__ = ["Corpus", "Vocabulary"]
