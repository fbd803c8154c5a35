"""One phase of the life of a large model. Runs in a child process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.measure import memory_mb
from harness.scale.peak import spent
from w2vfast import Corpus, KeyedVectors, Word2Vec

Found = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A phase of `PHASES`; text and model are files."""

    phase: str
    text: str
    model: str
    workers: int
    vector_size: int
    min_count: int
    memory_limit: int | None
    max_counted_words: int
    dtype: str


def run(task: Task) -> Found:
    """Run a phase and return its measurements, with one entry for each part."""
    return PHASES[task.phase](task)


def scan(task: Task) -> Found:
    """Read, count and encode the text."""
    before = memory_mb("RssAnon:") or 0.0
    corpus, cost = spent(lambda: _corpus(task))
    return {
        "scan": cost._asdict(),
        "before": before,
        "after": (memory_mb("RssAnon:") or 0.0),
        "tokens": len(corpus.ids),
        "types": len(corpus.counts),
        "kept": int(np.count_nonzero(corpus.counts >= task.min_count)),
        "text_bytes": len("".join(corpus.words()).encode()),
        "id_bytes": corpus.ids.nbytes + corpus.offsets.nbytes,
        "spilled": _spilled(corpus.ids) + _spilled(corpus.offsets),
    }


def scan_bounded(task: Task) -> Found:
    """Read the text twice, with a bound on the words that are counted."""
    limits = {"memory_limit": task.memory_limit, "progress": False}
    corpus, cost = spent(
        lambda: Corpus(
            task.text, task.workers, max_counted_words=task.max_counted_words, **limits
        )
    )
    return {
        "scan, bounded": cost._asdict(),
        "counted": len(corpus.counts),
        "counted_from": corpus.counted_from,
    }


def train(task: Task) -> Found:
    """Create a model of the text, train one epoch and save everything."""
    model, created = spent(lambda: _model(task))
    _, trained = spent(lambda: model.train(progress=False))
    _, saved = spent(lambda: model.save(task.model))
    return {
        "create": created._asdict(),
        "train": trained._asdict(),
        "save": saved._asdict(),
        "file_bytes": Path(task.model).stat().st_size,
    }


def load(task: Task) -> Found:
    """Load the vectors, and find the neighbours of one word and of a thousand."""
    vectors, loaded = spent(lambda: KeyedVectors.load(task.model))
    words = vectors.index_to_key[:1000]
    _, first = spent(lambda: vectors.most_similar(words[0]))
    _, batch = spent(lambda: vectors.most_similar_batch(words))
    return {
        "load": loaded._asdict(),
        "one query": first._asdict(),
        "1,000 queries": batch._asdict(),
    }


def load_mapped(task: Task) -> Found:
    """Map the vectors from the file, and find the neighbours of one word."""
    vectors, loaded = spent(lambda: _mapped(task))
    _, first = spent(lambda: vectors.most_similar(vectors.index_to_key[0]))
    return {"load, mapped": loaded._asdict(), "one query, mapped": first._asdict()}


PHASES = {
    "scan": scan,
    "bounded": scan_bounded,
    "train": train,
    "load": load,
    "mapped": load_mapped,
}


def _mapped(task: Task) -> KeyedVectors:
    return KeyedVectors.load(task.model, mmap=True, dtype=task.dtype)


def _corpus(task: Task) -> Corpus:
    return Corpus(
        task.text, task.workers, progress=False, memory_limit=task.memory_limit
    )


def _model(task: Task) -> Word2Vec:
    return Word2Vec(
        _corpus(task),
        vector_size=task.vector_size,
        min_count=task.min_count,
        epochs=1,
        dtype=task.dtype,
        workers=task.workers,
        progress=False,
    )


def _spilled(array: np.ndarray[Any, Any]) -> int:
    """Return the bytes of an array that are in a temporary file."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if base.base is None:
            return 0
        base = base.base
    return array.nbytes
