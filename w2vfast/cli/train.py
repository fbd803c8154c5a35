"""``w2vfast train``: read text, train word vectors, write a file."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from w2vfast import kernels
from w2vfast.cli import summary, train_distributed
from w2vfast.cli.checkpoint_files import (
    InterruptedCommand,
    check_checkpoint_files,
    check_resumed_file,
    other_corpus,
)
from w2vfast.cli.options import (
    CORPUS_OPTIONS,
    add_parameters,
    check_existence,
    given_parameters,
    reading_parameters,
)
from w2vfast.cli.output import error_text, print_status
from w2vfast.cli.rescue import write_output
from w2vfast.cli.rescued_run import rescue_run
from w2vfast.cli.resume_command import STDIN
from w2vfast.corpus import Corpus
from w2vfast.corpus.streams import OpenFile
from w2vfast.corpus.text_options import READING, TextOptions
from w2vfast.files.names import is_url
from w2vfast.io.atomic import check_writable
from w2vfast.io.errors import error_context
from w2vfast.io.file_lock import file_lock
from w2vfast.io.formats import check_writer, writable_format
from w2vfast.runtime import threads
from w2vfast.runtime.timings import Timings, since_start
from w2vfast.training.callbacks import Callback
from w2vfast.training.checkpoint import check_model_name
from w2vfast.training.interrupted import is_finished
from w2vfast.training.other_corpus import OtherCorpusError
from w2vfast.training.parameters import Parameters
from w2vfast.training.periodic import CheckpointError
from w2vfast.training.prepare import run_block_size
from w2vfast.training.presets import preset_parameters
from w2vfast.training.schedule import DEFAULT, Schedule
from w2vfast.word2vec import Word2Vec
from w2vfast.wording import counted


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "corpus",
        nargs="+",
        type=train_distributed.source_argument,
        metavar="CORPUS",
        help="text files with one sentence per line and words separated by white "
        "space, or directories of such files; files may be compressed as .gz, .bz2, "
        ".xz or .zst; named pipes; - for standard input",
    )
    command.add_argument(
        "--output",
        "-o",
        required=True,
        type=Path,
        metavar="FILE",
        help="file to write: .bin (word2vec binary), .txt or .vec (word2vec text), "
        ".npz (NumPy), .parquet or .arrow (tables; they need pyarrow), .w2v (the whole "
        "model); .gz, .bz2, .xz or .zst after it compresses it",
    )
    command.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="file to write the whole model to during training, and after Ctrl-C or "
        "SIGTERM, so that --resume can continue; a file with an unfinished run is not "
        "replaced",
    )
    command.add_argument(
        "--every",
        metavar="TIME|TOKENS|EPOCHS",
        help="distance between two checkpoints: a time such as 30s, 5min or 2h, epochs "
        "such as 1epoch, or tokens such as 1000000 or '5000 tokens'; a number below "
        f"10000 needs its unit (default {DEFAULT})",
    )
    command.add_argument(
        "--resume",
        type=Path,
        metavar="FILE",
        help="continue the run of this checkpoint, and write further checkpoints to "
        "it, or to the file of --checkpoint; CORPUS must be the same",
    )
    command.add_argument(
        "--timings",
        action="store_true",
        help="print the seconds of each phase, and of the process, on standard error",
    )
    train_distributed.add_options(command)
    add_parameters(command, {})


def run(arguments: argparse.Namespace) -> None:
    """Train word vectors on text and write them to a file."""
    checkpoint = _checkpoint_to_write(arguments)
    option = "--checkpoint" if arguments.checkpoint else "--resume"
    with (
        file_lock(arguments.output, f"--output {arguments.output}"),
        file_lock(checkpoint, f"{option} {checkpoint}"),
    ):
        given = given_parameters(arguments)
        _check(arguments, given)
        run_checked = _run_here if arguments.ray is None else train_distributed.run
        run_checked(arguments, given)


def _checkpoint_to_write(arguments: argparse.Namespace) -> Path | None:
    """Return the file of further checkpoints; None if the run is finished."""
    if arguments.resume is not None and is_finished(arguments.resume):
        return None
    file: Path | None = arguments.checkpoint or arguments.resume
    return file


def _run_here(arguments: argparse.Namespace, given: dict[str, Any]) -> None:
    """Train in this process, and write the vectors to a file."""
    timings = Timings({"start-up": since_start()})
    with timings.phase("scan"):
        corpus = Corpus(_sources(arguments.corpus), **reading_parameters(arguments))
    parameters = {name: given[name] for name in given if name not in CORPUS_OPTIONS}
    position = _Position()
    model = _train(corpus, parameters, arguments, position)
    write_output(model, arguments.output)
    if arguments.timings:
        _print_timings(timings, model.timings)
    _print_result(model, corpus, timings, position, arguments.output)


def _print_result(
    model: Word2Vec,
    corpus: Corpus,
    before: Timings,
    position: _Position,
    output: Path,
) -> None:
    """Print a summary on a terminal, and one line elsewhere."""
    speed = 0.0
    if "train" in model.timings:  # else the run was finished before
        tokens = len(corpus.ids) * position.epochs - position.tokens
        speed = tokens / model.timings["train"].wall
    if summary.is_wanted():
        timings = _all_timings(before, model.timings)
        text = summary.training_summary(model, corpus, timings, speed, output)
        print(text, file=sys.stderr)
        return
    print_status(
        f"{counted(len(model.vocabulary), 'word')} of "
        f"{counted(model.parameters.vector_size, 'dimension')}, "
        f"{f'{speed:,.0f} words/s, ' * (speed > 0)}loss {model.loss_history[-1]:.4f}, "
        f"written to {output}"
    )


class _Position(Callback):
    """Where a run starts: its epochs, and the tokens that were read before."""

    epochs = tokens = 0

    def on_train_begin(self, model: Word2Vec) -> None:
        """Read the position of the run."""
        if (run := model._state.run) is not None:
            self.epochs = run.parameters.epochs
            block_size = run_block_size(run.parameters, model.vocabulary)
            self.tokens = run.trained_tokens(block_size)


def _train(
    corpus: Corpus,
    given: dict[str, Any],
    arguments: argparse.Namespace,
    position: _Position,
) -> Word2Vec:
    """Train a new model, or finish a run; say where an interrupted run continues."""
    file, every = arguments.checkpoint, arguments.every
    interrupted = InterruptedCommand(arguments)
    try:
        if arguments.resume is None:
            model = Word2Vec(corpus, **given)
            return model.train(checkpoint=file, every=every, callbacks=position)
        given |= {"checkpoint": file or True, "every": every, "callbacks": position}
        return Word2Vec.resume(arguments.resume, corpus, **given)
    except CheckpointError as error:
        print_status(f"warning: {error_text(error)}")
        trained: Word2Vec = error.model
        return trained
    except OtherCorpusError as error:
        raise other_corpus(error, arguments) from error
    except (KeyboardInterrupt, MemoryError) as error:
        if not rescue_run(error, arguments):
            interrupted.print_how_to_continue()
        raise


def _sources(paths: list[Path]) -> list[Any]:
    """Return what to read for each argument; "-" is standard input."""
    if paths.count(STDIN) > 1:
        raise ValueError("- is given twice, but standard input can be read only once")
    return [_standard_input() if path == STDIN else path for path in paths]


def _standard_input() -> OpenFile:
    if sys.stdin is None:  # closed
        raise ValueError("-: standard input is closed: redirect a file to it")
    binary = sys.stdin.buffer
    return OpenFile(getattr(binary, "raw", binary), "standard input")


def _check(arguments: argparse.Namespace, given: dict[str, Any]) -> None:
    """Check options and paths before training starts, not hours later."""
    TextOptions(**{name: given[name] for name in READING if name in given})
    train_distributed.check_options(arguments)
    corpus = [path for path in arguments.corpus if not is_url(path)]
    files = [path for path in corpus if path != STDIN]
    check_existence([*files, *filter(None, [arguments.resume])])
    _check_parameters(arguments, given)
    with error_context(arguments.output):
        check_writer(arguments.output, writable_format(arguments.output, option=""))
    _check_target("--output", arguments.output, corpus)
    checkpoint = arguments.checkpoint or arguments.resume
    if arguments.every is not None:
        Schedule.parse(arguments.every)
        if checkpoint is None:
            raise ValueError("--every without --checkpoint: name the file to write")
    if checkpoint is not None:
        option = "--checkpoint" if arguments.checkpoint else "--resume"
        _check_target(option, checkpoint, corpus)
        check_model_name(checkpoint)
    check_checkpoint_files(arguments)
    if arguments.resume is not None:
        check_resumed_file(arguments.resume, arguments.ray)


def _check_parameters(arguments: argparse.Namespace, given: dict[str, Any]) -> None:
    names = {"preset", *(field.name for field in fields(Parameters))}
    parameters = {name: given[name] for name in given if name in names}
    if arguments.resume is not None and parameters:
        options = ", ".join("--" + name.replace("_", "-") for name in parameters)
        raise ValueError(
            f"{options} with --resume: the run keeps the parameters of "
            f"{arguments.resume}; leave them out"
        )
    preset = preset_parameters(parameters.pop("preset", None), parameters)
    Parameters(**preset | parameters)
    threads.resolve(given.get("workers"))
    kernels.resolve(given.get("kernels", "auto"))


def _check_target(option: str, path: Path, corpus: list[Path]) -> None:
    """Check that a file can be written, and that it is not a part of the corpus."""
    folder = path.resolve().parent
    if path.exists() and any(_is_same_file(source, path) for source in corpus):
        raise ValueError(f"{option} {path} is a corpus file: choose another file")
    folders = (s.resolve() for s in corpus if s != STDIN and s.is_dir())
    if any(found in (folder, *folder.parents) for found in folders):
        raise ValueError(f"{option} {path} is in the corpus: choose another folder")
    check_writable(path)


def _is_same_file(source: Path, path: Path) -> bool:
    """Return whether a source, also that of standard input, is a file to write."""
    if source != STDIN:
        return source.samefile(path)
    with suppress(OSError, ValueError, AttributeError):  # closed, or no file
        return os.path.samestat(os.fstat(sys.stdin.fileno()), path.stat())
    return False


def _all_timings(before: Timings, model: Timings) -> Timings:
    return Timings(before | {n: t for n, t in model.items() if n not in before})


def _print_timings(before: Timings, model: Timings) -> None:
    """Print the seconds of each phase, and of the process so far."""
    phases = _all_timings(before, model)
    phases["total"] = since_start()
    for line in phases.table():
        print_status(line)
