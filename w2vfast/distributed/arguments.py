"""The arguments of `train` and `resume`, checked before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from w2vfast.corpus.ray_datasets import NAME, is_ray_dataset
from w2vfast.corpus.text_options import TextOptions
from w2vfast.distributed.division import divide
from w2vfast.distributed.fleet import MAX_RESTARTS
from w2vfast.distributed.pieces import Shard
from w2vfast.distributed.replica import Job
from w2vfast.io.atomic import StrPath, check_writable
from w2vfast.io.file_identity import KnownFiles
from w2vfast.kernels.arguments import padded_size
from w2vfast.runtime.memory import available_memory
from w2vfast.training.checkpoint import check_model_name
from w2vfast.training.execution import Execution
from w2vfast.training.interrupted import check_replaceable
from w2vfast.training.misplaced_names import OF_ONE_PROCESS
from w2vfast.training.parameter_names import unknown_parameter
from w2vfast.training.parameter_values import whole_number
from w2vfast.training.parameters import DEFAULT_SAMPLE, Parameters
from w2vfast.training.schedule import Schedule
from w2vfast.wording import counted

#: What `train` takes besides the parameters of a model.
_OTHERS = (
    "corpus", "replicas", "engine", "merge_every", "merge_rule", "workers", "kernels",
    "progress", "checkpoint", "every", "max_restarts", "encoding", "errors", "field",
)  # fmt: skip


def model_parameters(given: dict[str, Any]) -> Parameters:
    """Return the parameters of a model; raise TypeError for unknown names."""
    names = [field.name for field in fields(Parameters)]
    for name, value in given.items():
        if name not in names:
            known = [*names, *_OTHERS]
            raise unknown_parameter("train", name, value, known, OF_ONE_PROCESS)
    sample = given.get("sample")
    parameters = Parameters(
        **given | {"sample": DEFAULT_SAMPLE if sample is None else sample}
    )
    if parameters.dtype != "float32":
        raise ValueError(
            f"dtype={parameters.dtype!r}: replicas are merged in float32; leave dtype "
            "out, or train in one process with Word2Vec"
        )
    if parameters.rounds_products:
        raise ValueError(
            f"matmul_precision={parameters.matmul_precision!r}: machines with other "
            "CPUs would give other bits; leave matmul_precision out, or train in one "
            "process with Word2Vec"
        )
    return parameters


def divide_corpus(corpus: Any, replicas: int, options: TextOptions) -> list[Shard]:
    """Return the shards of a corpus; raise ValueError for options it does not have."""
    is_utf8 = TextOptions(options.encoding, options.errors).is_default
    if is_ray_dataset(corpus) and not is_utf8:
        raise ValueError(
            f"encoding and errors are for text files, but text in {NAME} is always "
            "UTF-8: leave them out"
        )
    return divide(corpus, replicas, encoding=options.encoding, field=options.field)


def make_jobs(
    shards: Sequence[Shard], options: TextOptions, execution: Execution
) -> list[Job]:
    """Return the job of each replica."""
    return [
        Job(number, shard, options, execution.kernels, execution.workers)
        for number, shard in enumerate(shards)
    ]


def check_restarts(max_restarts: Any) -> int:
    """Return how often a replica may be started again; raise an error if it is none."""
    return whole_number("max_restarts", max_restarts, MAX_RESTARTS, 0, 1_000_000)


def check_schedule(
    every: str | int | None, checkpoint: StrPath | None, known: KnownFiles = ()
) -> None:
    """
    Check `every` and `checkpoint`.

    `known` are the known files of the model, which the checkpoint may replace.

    Raises
    ------
    TypeError, ValueError
        If `every` is wrong.
    OSError
        If the checkpoint cannot be written. FileExistsError: it would replace the
        unfinished run of another model, or a file that is no checkpoint.
    """
    if every is not None:
        Schedule.parse(every)
    if checkpoint is not None:
        check_model_name(checkpoint)
        check_writable(checkpoint)
        check_replaceable(checkpoint, known)
    if every is not None and checkpoint is None:
        raise ValueError(
            f"every={every!r} without checkpoint: pass the file to write, too, "
            "checkpoint='run.ckpt'"
        )


def check_replica_memory(p: Parameters, words: int, replicas: int) -> None:
    """
    Raise MemoryError if the vectors of replicas do not fit the memory of one process.

    Parameters
    ----------
    p : Parameters
    words : int
        Size of the vocabulary.
    replicas : int
        Each has both matrices, twice.
    """
    rows = 2 * (words + p.outside_rows(words))
    needed = replicas * rows * padded_size(p.vector_size) * p.number_bytes
    free = available_memory()
    if needed > free:
        raise MemoryError(
            f"{counted(replicas, 'replica')} of {counted(words, 'word')} in one "
            f"process: {needed:,} bytes are needed, but {free:,} bytes of memory are "
            "available: use fewer replicas, or an engine that runs them on several "
            "machines, such as RayEngine"
        )
