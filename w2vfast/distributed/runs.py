"""Train a model on several machines, or finish a run that was interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from w2vfast.corpus.text_options import TextOptions
from w2vfast.distributed.arguments import (
    check_replica_memory,
    check_restarts,
    check_schedule,
    divide_corpus,
    make_jobs,
    model_parameters,
)
from w2vfast.distributed.checkpoints import (
    Settings,
    check_shards,
    check_texts,
    read_checkpoint,
    run_details,
)
from w2vfast.distributed.division import check_filled
from w2vfast.distributed.driver import Driver
from w2vfast.distributed.engines import Engine, started_engine
from w2vfast.distributed.fleet import MAX_RESTARTS, Fleet
from w2vfast.distributed.new_model import encode_shards, new_model
from w2vfast.distributed.replica import Model
from w2vfast.distributed.report import Traffic
from w2vfast.distributed.schedule import MERGE_EVERY, Plan
from w2vfast.files.names import path_text
from w2vfast.io.atomic import StrPath
from w2vfast.io.file_lock import file_lock
from w2vfast.runtime.log import logger
from w2vfast.runtime.timings import Timings
from w2vfast.training.checks import CHECKPOINT_PATH, check_memory, check_path
from w2vfast.training.execution import Execution
from w2vfast.training.interrupted import is_finished, swapped_paths
from w2vfast.training.periodic import Checkpoints
from w2vfast.training.prepare import run_block_size
from w2vfast.training.presets import preset_parameters
from w2vfast.training.schedule import DEFAULT
from w2vfast.training.state import ModelState
from w2vfast.word2vec import Word2Vec


def train(
    corpus: Any,
    replicas: int,
    *,
    engine: Engine | Callable[[], Engine] | None = None,
    merge_every: int = MERGE_EVERY,
    merge_rule: str = "adasum",
    workers: int = 1,
    kernels: str = "auto",
    progress: bool | None = None,
    checkpoint: StrPath | None = None,
    every: str | int | None = None,
    max_restarts: int = MAX_RESTARTS,
    encoding: str = "utf-8",
    errors: str = "strict",
    field: str | None = None,
    preset: str | None = None,
    **parameters: Any,
) -> Word2Vec:
    r"""
    Train a model on several machines.

    The corpus is divided among replicas. Each of them trains some tokens from the same
    vectors. Then the rows that changed are merged, and the next round begins. A
    replica whose machine fails is started elsewhere, and repeats its round.

    The result is a function of corpus, parameters, seed, kernel build, `replicas`,
    `merge_every` and `merge_rule`, if `workers` is 1 or the model is `deterministic`.
    It does not depend on the machines, their number, or failures. One replica gives
    the result of one process with one worker.

    Parameters
    ----------
    corpus : path, URL, list of these, or ray.data.Dataset
        Files or folders that all machines can read, or a `Dataset` of Ray, of which
        `field` names the column; see `divide`.
    replicas : int
        Number of shards, and of processes that train at the same time. At least half
        of them need text.
    engine : Engine or callable, optional
        Where replicas run, such as `RayEngine`. None means `LocalEngine`: in this
        process, one after the other. A callable returns an engine. It is called when
        the arguments have been checked and the sizes of files are known. `train`
        closes no engine, also not this one: the caller does it, for instance after
        saving the model.
    merge_every : int, default 32768
        Tokens that each replica trains between two merges. More tokens need less
        communication and give less exact vectors. Training stops only between blocks,
        of up to 16,384 tokens; a warning is logged if merges are further apart.
    merge_rule : {"adasum", "weighted", "average"}
        How the changes of a row are combined; see `merge`.
    workers : int, default 1
        Threads of each replica. With more than one, results differ slightly from run
        to run unless the model is `deterministic`.
    kernels : str, default "auto"
        Kernel build of all replicas. "auto" means that of this machine.
    progress : bool, optional
        Whether to show a bar over all replicas. None: only on a terminal.
    checkpoint : path-like, optional
        File of this machine that the whole model is written to, for `resume`. It must
        not hold the unfinished run of another model, or anything but a checkpoint.
    every : str or int, optional
        Distance between two checkpoints, as in `Word2Vec.train`. None means "5min".
    max_restarts : int, default 5
        How often a replica is started again in one round before the run fails.
    encoding, errors, field
        For reading files, as in `Word2Vec`.
    preset : str, optional
        As in `Word2Vec`.
    **parameters
        Parameters of `Word2Vec`, such as vector_size and epochs.

    Returns
    -------
    Word2Vec
        The trained model, without a corpus.

    Raises
    ------
    DivergedError
        If vectors became infinite or NaN. The last checkpoint stays.
    TooManyRestartsError
        If a replica was lost again and again.
    ValueError, TypeError
        If a parameter is out of range or unknown, the text is too short for so many
        replicas, or a replica sent a damaged result.
    MemoryError
        If the vectors of all replicas of this process do not fit its memory.
    OSError
        If a file cannot be read, or the checkpoint cannot be written.
    FileExistsError
        If `checkpoint` holds an unfinished run, or is no checkpoint.
    BlockingIOError
        If another run, of any process, writes `checkpoint`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "corpus.txt")
    ...     _ = path.write_text("sun moon star\n" * 100)
    ...     model = train(path, 2, vector_size=8, min_count=1, epochs=2)
    >>> len(model.wv)
    3
    """
    check_path("checkpoint", checkpoint)
    max_restarts = check_restarts(max_restarts)
    given = preset_parameters(preset, parameters) | parameters
    p = model_parameters(given)
    options = TextOptions(encoding, errors, field)
    settings = Settings(replicas, merge_every, merge_rule, **vars(options))
    execution = Execution.resolve(workers, kernels, progress)
    with file_lock(checkpoint):
        check_schedule(every, checkpoint)
        check_memory(p, 2)  # before reading for long
        shards = divide_corpus(corpus, replicas, options)
        check_filled(shards)
        jobs = make_jobs(shards, options, execution)
        with Fleet(started_engine(engine), jobs, max_restarts) as fleet:
            timings = Timings()
            words = encode_shards(fleet, shards, corpus, timings)
            model = new_model(p, given, words, timings)
            assert model.run is not None
            model.run.distributed = run_details(
                settings, execution.kernels, shards, words
            )
            checkpoints = Checkpoints(model, checkpoint, every or DEFAULT)
            with file_lock(checkpoint, writer=model):
                return _train(model, fleet, settings, execution, checkpoints, timings)


def resume(
    path: StrPath,
    corpus: Any,
    *,
    engine: Engine | Callable[[], Engine] | None = None,
    checkpoint: StrPath | bool = True,
    every: str | int | None = None,
    workers: int = 1,
    kernels: str | None = None,
    progress: bool | None = None,
    max_restarts: int = MAX_RESTARTS,
) -> Word2Vec:
    """
    Finish the run of a checkpoint that `train` wrote.

    The run continues after the last merge before the checkpoint. Its result equals that
    of an uninterrupted run, bit for bit, as far as `train` is deterministic.

    Parameters
    ----------
    path : path-like
        The checkpoint. It keeps the parameters, the number of replicas and the rule of
        merging.
    corpus : path, URL, list of these, or ray.data.Dataset
        The same files, or a `Dataset` of the same rows. Files may be in another folder.
    engine : Engine or callable, optional
        As in `train`. It may have other machines than before.
    checkpoint : path-like or bool, default True
        File for further checkpoints. True: `path`. False: none. Another file must not
        hold an unfinished run, or anything but a checkpoint.
    kernels : str, optional
        None means the kernel build of the checkpoint.
    every, workers, progress, max_restarts
        As in `train`.

    Raises
    ------
    OtherCorpusError
        If the corpus differs. It is a ValueError.
    ValueError
        If the file is damaged or holds no distributed run.
    DivergedError, TooManyRestartsError, FileExistsError, BlockingIOError, OSError
        As in `train`.
    """
    check_path("checkpoint", checkpoint, booleans=True)
    path_text(path, CHECKPOINT_PATH)
    max_restarts = check_restarts(max_restarts)
    default = path if checkpoint else None
    target = default if isinstance(checkpoint, bool) else checkpoint
    # Locked before reading, because another run may replace the file. A finished run
    # writes nothing, and many callers may load it at once.
    with file_lock(None if is_finished(path) else target):
        try:
            model, run, settings = read_checkpoint(path)
        except ValueError as error:
            if fix := swapped_paths(path, corpus):
                raise ValueError(fix) from error
            raise
        assert run.distributed is not None
        build = run.distributed["kernels"] if kernels is None else kernels
        execution = Execution.resolve(workers, build, progress)
        check_schedule(every, target, model.known_files)
        options = TextOptions(settings.encoding, settings.errors, settings.field)
        shards = divide_corpus(corpus, settings.replicas, options)
        check_shards(run.distributed, shards)
        if run.done:
            logger("distributed").warning("%s: the run is finished", os.fspath(path))
            return Word2Vec._from_state(model, execution)
        jobs = make_jobs(shards, options, execution)
        with Fleet(started_engine(engine), jobs, max_restarts) as fleet:
            timings = Timings()
            check_texts(run.distributed, encode_shards(fleet, shards, corpus, timings))
            checkpoints = Checkpoints(model, target, every or DEFAULT)
            with file_lock(target, writer=model):
                return _train(model, fleet, settings, execution, checkpoints, timings)


def _train(
    model: ModelState,
    fleet: Fleet,
    settings: Settings,
    execution: Execution,
    checkpoints: Checkpoints,
    timings: Timings,
) -> Word2Vec:
    """Train the rest of the run of a model on replicas that have encoded shards."""
    run, words = model.run, model.vocabulary
    assert run is not None and run.distributed is not None
    if fleet.is_local:
        check_replica_memory(run.parameters, len(words), settings.replicas)
    with timings.phase("prepare"):
        tokens = fleet.number(Model(run.parameters, words.index_to_key, words.counts))
    run.tokens = sum(tokens)
    block_size = run_block_size(run.parameters, words)
    plan = Plan(tuple(tokens), block_size, settings.merge_every)
    if run.distributed["round"] >= plan.rounds:
        raise ValueError(
            f"the checkpoint is at round {run.distributed['round']}, but an epoch has "
            f"{plan.rounds}: it is damaged, or another version of w2vfast wrote it"
        )
    traffic = Traffic(settings.replicas)
    traffic.log_start(plan, settings)
    driver = Driver(model, fleet, plan, settings.merge_rule, traffic)
    trained = Word2Vec._from_state(model, execution)
    trained.timings = timings
    try:
        with timings.phase("train"):
            driver.train(checkpoints, execution.progress)
    except BaseException as error:
        checkpoints.keep_model(error, trained)
        raise
    return trained
