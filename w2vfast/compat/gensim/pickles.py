"""Pickles of gensim are never loaded: the error has the line that exports them."""

from __future__ import annotations

import os

from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import is_pickle

#: What exports a file of vectors, and a file of a whole model.
EXPORT_VECTORS = "KeyedVectors.load({name!r})"
EXPORT_MODEL = "Word2Vec.load({name!r}).wv"
_OTHER = {
    EXPORT_VECTORS: "for a file of a model: Word2Vec.load(…).wv.",
    EXPORT_MODEL: "for a file of KeyedVectors: KeyedVectors.load(…).",
}


def reject_pickle(path: StrPath, first_bytes: bytes, export: str) -> None:
    """
    Raise ValueError if a file is a pickle.

    Parameters
    ----------
    path : path-like
    first_bytes : bytes
    export : str
        `EXPORT_VECTORS` or `EXPORT_MODEL`: what the caller expects in the file.
    """
    if is_pickle(first_bytes):
        name = os.fspath(path)
        raise ValueError(
            f"{name}: a pickle, as gensim saves. Pickles are never loaded, because "
            "they can run code. Export the vectors once where gensim is installed: "
            f"gensim.models.{export.format(name=name)}"
            f".save_word2vec_format('vectors.bin', binary=True) ({_OTHER[export]}"
            "save_word2vec_format(…)), then use "
            "KeyedVectors.load_word2vec_format('vectors.bin', binary=True) here"
        )
