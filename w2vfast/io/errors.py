"""Error messages that name the file and recognise files that are never loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from w2vfast.files.signatures import PICKLES, is_safetensors

_PICKLE = (
    "a pickle, as gensim's save() writes; pickles are never loaded because they can "
    "run code; export the vectors once with gensim: from gensim.models import "
)
A_PICKLE = (
    f"{_PICKLE}KeyedVectors; "
    "KeyedVectors.load('FILE').save_word2vec_format('FILE.bin', binary=True) (of a "
    "Word2Vec or FastText model: Word2Vec.load('FILE').wv.save_word2vec_format(...)), "
    "then load FILE.bin"
)
#: The same where a whole model was expected.
A_PICKLED_MODEL = (
    f"{_PICKLE}Word2Vec; "
    "Word2Vec.load('FILE').wv.save_word2vec_format('FILE.bin', binary=True) (of "
    "vectors alone: KeyedVectors.load('FILE').save_word2vec_format(...)), then load "
    "FILE.bin with w2vfast.KeyedVectors.load; to train on, pass them to Word2Vec as "
    "initial_vectors"
)
#: First bytes of files that are never loaded, with the description and the fix.
REJECTED = {
    **dict.fromkeys(PICKLES, A_PICKLE),
    b"\x89HDF": "an HDF5 file; export the vectors to word2vec's format",
    b"\xff\xfe": "UTF-16 or UTF-32; convert it to UTF-8: iconv -f utf-16 -t utf-8",
    b"\xfe\xff": "UTF-16 or UTF-32; convert it to UTF-8: iconv -f utf-16 -t utf-8",
}


@contextmanager
def error_context(name: object) -> Iterator[None]:
    """
    Prefix every ValueError raised in the block with `name`, unless it has it.

    Examples
    --------
    >>> with error_context("vectors.txt"):
    ...     raise ValueError("line 3: expected 100 numbers")
    Traceback (most recent call last):
    ValueError: vectors.txt: line 3: expected 100 numbers
    """
    try:
        yield
    except ValueError as error:
        if str(error).startswith(f"{name}: "):
            raise
        raise ValueError(f"{name}: {error}") from error


def is_pickle(first_bytes: bytes) -> bool:
    """Return whether a file begins as a pickle of protocol 2 or later does."""
    return first_bytes.startswith(PICKLES) and not is_safetensors(first_bytes)


def is_rejected(first_bytes: bytes) -> bool:
    """Return whether a file starts like one of `REJECTED`."""
    return first_bytes.startswith(tuple(REJECTED)) and not is_safetensors(first_bytes)


def reject_pickled_model(first_bytes: bytes) -> None:
    """Raise ValueError if a file that should hold a whole model is a pickle."""
    if is_pickle(first_bytes):
        raise ValueError(f"found {A_PICKLED_MODEL}")


def reject_other_formats(first_bytes: bytes) -> None:
    r"""
    Raise ValueError if a file starts like one of `REJECTED`.

    Examples
    --------
    >>> reject_other_formats(b"\x89HDF...")
    Traceback (most recent call last):
    ValueError: found an HDF5 file; export the vectors to word2vec's format
    """
    if is_safetensors(first_bytes):  # its length may look like a pickle
        return
    for signature, description in REJECTED.items():
        if first_bytes.startswith(signature):
            raise ValueError(f"found {description}")
