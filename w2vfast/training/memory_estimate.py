"""How much memory a model takes, from sizes alone: before anything is read."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from w2vfast.corpus.scan_memory import ScanMemory, TextSizes, scan_memory
from w2vfast.kernels.arguments import padded_size
from w2vfast.runtime.memory import current_memory
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import block_size

#: A node of a path and its label; while paths are computed, a number of 8 bytes, too.
_PATH_BYTES = 4 + 4 + 8
#: Noise distribution, thresholds, factors of rows; and the arrays to compute them.
_PREPARED_BYTES, _PREPARING_BYTES = 20, 60
_SHUFFLED_BYTES = 40  # of a sentence: where it is in both orders, and its length
_TOKEN_BYTES = 24  # of a token in the block that a thread trains
_THREAD_BYTES = 1 << 20  # of a thread: stack, and small arrays
#: Modules that are imported when they are first needed.
_IMPORTS = 6 << 20
_INT_BYTES, _POINTER = 32, 8
_FLOAT_BYTES = 4  # workspaces are float32
#: As in kernels/_tiles.pxd and kernels/_bfloat16.h.
_ROW_TILE, _ROUNDED_TILE, _ROUNDED_SLACK = 36, 144, 32
_MB = 1_000_000


@dataclass(frozen=True)
class MemoryEstimate:
    """
    The memory that a model is expected to take, in bytes.

    Attributes
    ----------
    process : int
        What this process has at present, and modules still to be imported.
    scan : int
        The most that reading the text takes.
    corpus : int
        The corpus afterwards, as far as it is in memory.
    in_file : int
        The ids in a temporary file, if they exceed `memory_limit`. The system keeps
        parts of it in memory as long as nothing else needs the memory.
    vocabulary : int
        The words to train: Python strings and their index.
    vectors : int
        The embedding matrices.
    training : int
        What training takes beyond these, for all threads.
    """

    process: int
    scan: int
    corpus: int
    in_file: int
    vocabulary: int
    vectors: int
    training: int

    @property
    def peak(self) -> int:
        """The most memory at any time, without `in_file`."""
        model = self.vocabulary + self.vectors + self.training
        return self.process + max(self.scan, self.corpus + model)

    def __str__(self) -> str:
        names = ("process", "scan", "corpus", "in_file", "vocabulary", "vectors")
        sizes = [(name, getattr(self, name)) for name in (*names, "training", "peak")]
        return "\n".join(f"{name:10} {size / _MB:12,.1f} MB" for name, size in sizes)


def estimate_memory(
    p: Parameters, sizes: TextSizes, words: int, workers: int, limit: int
) -> MemoryEstimate:
    """
    Estimate the memory of scan and training.

    Parameters
    ----------
    p : Parameters
    sizes : TextSizes
    words : int
        Words of the vocabulary.
    workers : int
    limit : int
        `memory_limit` of the corpus, in bytes.
    """
    scan: ScanMemory = scan_memory(sizes, workers, limit)
    rows = words + p.outside_rows(words)
    return MemoryEstimate(
        process=current_memory() + _IMPORTS,
        scan=scan.peak,
        corpus=scan.corpus,
        in_file=scan.in_file,
        vocabulary=_vocabulary(words, sizes.word_length),
        vectors=rows * padded_size(p.vector_size) * p.number_bytes,
        training=_training(p, words, rows, sizes, workers),
    )


def _vocabulary(words: int, word_length: float) -> int:
    """Return the bytes of a list of words and of their dict."""
    text = (sys.getsizeof("") + word_length + 15) // 16 * 16
    slots = 8
    while words > slots * 2 // 3:
        slots *= 2
    dictionary = slots * 4 + (slots * 2 // 3) * 3 * _POINTER
    return int(words * (text + 2 * _POINTER + _INT_BYTES + 8) + dictionary)


def _training(
    p: Parameters, words: int, rows: int, sizes: TextSizes, workers: int
) -> int:
    """Return the bytes of what the kernels read, and of the workspaces of threads."""
    prepared = _PREPARED_BYTES * words
    if p.uses_tree:
        prepared += int(math.log2(words) + 1) * _PATH_BYTES * words
    if p.shuffle:
        prepared += _SHUFFLED_BYTES * sizes.sentences
    batch = p.batch_size(words, sizes.tokens)
    row = padded_size(p.vector_size) * _FLOAT_BYTES
    pairs = batch * (1 if p.cbow else 2 * p.window)
    own_negatives = 0 if p.n_shared_negatives else (p.negative or 0) * pairs
    per_thread = (
        4 * rows
        + _TOKEN_BYTES * block_size(p, batch, words)
        + row * (4 * batch + 2 * pairs + 3 * own_negatives)
        + _FLOAT_BYTES * _ROW_TILE * own_negatives
        + _THREAD_BYTES
    )
    if p.dtype != "float32" and p.uses_tree:  # values and gradients of nodes
        per_thread += 2 * row * int(math.log2(words) + 1) * (batch + 2 * p.window)
    if p.rounds_products:
        shared = (p.n_shared_negatives or own_negatives) + _ROUNDED_SLACK
        tile = min(batch, _ROUNDED_TILE) + _ROUNDED_SLACK
        per_thread += int(row * (1.5 * tile + 2.5 * shared)) + 10 * tile * shared
    if p.loss == "softmax":
        per_thread += 4 * words * (batch + 32)
    return prepared + max(_PREPARING_BYTES * words, workers * per_thread)
