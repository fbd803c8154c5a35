"""Checks before anything is allocated: memory, vocabulary, paths and callbacks."""

from __future__ import annotations

import os

from w2vfast.corpus import Vocabulary
from w2vfast.files.names import path_text
from w2vfast.kernels.arguments import padded_size
from w2vfast.runtime.memory import available_memory
from w2vfast.training.parameters import Parameters
from w2vfast.wording import counted

#: What errors of resuming expect.
CHECKPOINT_PATH = "the path of a checkpoint, such as 'run.ckpt'"


def check_memory(p: Parameters, words: int) -> None:
    """
    Raise MemoryError if the vectors of a model do not fit the memory available.

    Parameters
    ----------
    p : Parameters
    words : int
        Size of the vocabulary.
    """
    rows = words + p.outside_rows(words)
    needed = rows * padded_size(p.vector_size) * p.number_bytes
    free = available_memory()
    if needed > free:
        raise MemoryError(
            f"vector_size={p.vector_size} for {counted(words, 'word')} needs "
            f"{needed:,} bytes, but {free:,} bytes of memory are available: choose "
            + ", or ".join(_smaller(p, words))
        )


def _smaller(p: Parameters, words: int) -> list[str]:
    """Return what makes the vectors of a model smaller."""
    ways = ["a smaller vector_size"]
    if p.dtype == "float32" and p.loss != "softmax":
        ways.append("dtype='float16'")
    if words > 2:
        ways.append("fewer words with min_count or max_final_vocab")
    return ways


def check_vocabulary(vocabulary: Vocabulary) -> None:
    """Raise ValueError if a vocabulary has too few words, or no counts."""
    words = len(vocabulary)
    if words < 2:
        raise ValueError(
            f"the vocabulary has {counted(words, 'word')}: training needs two"
        )
    if not vocabulary.counts.any():
        raise ValueError(
            f"the vocabulary has the count 0 for all of {counted(words, 'word')}: "
            "expected how often each occurs in the text; pass these numbers to "
            "Vocabulary, or leave vocabulary out"
        )


def check_path(name: str, value: object, booleans: bool = False) -> None:
    """Raise TypeError unless `value` is a path, or None, or a boolean where allowed."""
    if value is None or (booleans and isinstance(value, bool)):
        return
    if isinstance(value, str | os.PathLike):
        path_text(value)
        return
    others = "True, False or None" if booleans else "None for no file"
    raise TypeError(
        f"{name}={value!r}: expected the path of a file to write, such as "
        f"{name}='run.ckpt', or {others}"
    )


def check_callable(name: str, value: object) -> None:
    """Raise TypeError unless `value` is None or can be called with the model."""
    if value is not None and not callable(value):
        raise TypeError(
            f"{name}={value!r}: expected a function of the model, such as "
            f"{name}=lambda model: print(model.loss_history[-1])"
        )
