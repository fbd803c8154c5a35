"""
The names, signatures and behaviour of gensim 4, over w2vfast's training and queries.

To move a program, change one import::

    from w2vfast.compat.gensim import Word2Vec, KeyedVectors, LineSentence

Differences, and why:

- Training reads the corpus once in each call of ``train``, because every epoch trains
  the same encoded tokens. An iterable that yields other sentences in each pass needs
  one call of ``train`` per pass.
- Files are safetensors, not pickles, because loading a pickle can run code.
- Norms are computed in each query, so changing `vectors` in place is always safe.
- A hidden layer of sums (``cbow_mean=0``) gets the exact gradient.
"""

from w2vfast.compat.gensim.callbacks import CallbackAny2Vec
from w2vfast.compat.gensim.corpora import (
    LineSentence,
    PathLineSentences,
    Text8Corpus,
)
from w2vfast.compat.gensim.elsewhere import explain
from w2vfast.compat.gensim.keyedvectors import KeyedVectors
from w2vfast.compat.gensim.vocabulary import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
from w2vfast.compat.gensim.word2vec import Word2Vec

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "CallbackAny2Vec",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
]


def __getattr__(name: str) -> object:
    """Say where a name of gensim is that the layer does not have."""
    raise explain(__name__, name)
