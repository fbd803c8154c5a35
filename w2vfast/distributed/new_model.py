"""The words of all shards, and the model that a new run starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from w2vfast.distributed.checkpoints import corpus_fingerprint
from w2vfast.distributed.division import check_unchanged
from w2vfast.distributed.fleet import Fleet
from w2vfast.distributed.pieces import Shard
from w2vfast.distributed.shards import ShardWords, number_words
from w2vfast.runtime.timings import Timings
from w2vfast.training.checks import check_memory
from w2vfast.training.corpus_defaults import fit_to_corpus
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState, TrainingState


def encode_shards(
    fleet: Fleet, shards: list[Shard], corpus: Any, timings: Timings
) -> list[ShardWords]:
    """Return the words of each shard, of files that did not change meanwhile."""
    with timings.phase("scan"):
        words = fleet.encode()
        check_unchanged(shards, corpus)
    return words


def new_model(
    p: Parameters,
    given: Mapping[str, Any],
    words: Sequence[ShardWords],
    timings: Timings,
) -> ModelState:
    """Return a model of the words of all shards, at the start of its run."""
    with timings.phase("vocabulary"):
        vocabulary = number_words(words, p.min_count, p.max_final_vocab)
    p = fit_to_corpus(
        p,
        len(vocabulary),
        int(vocabulary.counts.sum()),
        sample=given.get("sample") is None,
        alpha=given.get("alpha") is None,
    )
    check_memory(p, len(vocabulary))
    model = ModelState.initial(p, vocabulary)
    text = Fingerprint(text=corpus_fingerprint(words))
    model.run = TrainingState(p, 0, 0, corpus=text)
    return model
