"""``w2vfast train --ray``: train on the machines of a Ray cluster."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from w2vfast.cli.checkpoint_files import InterruptedCommand, other_corpus
from w2vfast.cli.output import error_text, print_status
from w2vfast.cli.rescue import write_output
from w2vfast.cli.rescued_run import rescue_run
from w2vfast.files.names import is_url
from w2vfast.runtime.timings import Timings, since_start
from w2vfast.training.other_corpus import OtherCorpusError
from w2vfast.training.periodic import CheckpointError
from w2vfast.word2vec import Word2Vec
from w2vfast.wording import counted

#: Options of runs on several machines alone.
_OPTIONS = ("replicas", "merge_every", "merge_rule")


def source_argument(text: str) -> Any:
    """Return a path, or a URL as it is."""
    return text if is_url(text) else Path(text)


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the options of runs on several machines to the parser of `train`."""
    group = command.add_argument_group("training on several machines")
    group.add_argument(
        "--ray",
        metavar="ADDRESS|local",
        help="train on a cluster of Ray: 'auto' for that of this machine, "
        "'ray://host:10001' for another one, 'local' for processes on this machine; "
        "CORPUS must be files, folders or URLs that all machines can read",
    )
    group.add_argument(
        "--replicas",
        type=int,
        metavar="N",
        help="processes that train at the same time, each with --workers threads "
        "(needed with --ray, but not with --resume)",
    )
    group.add_argument(
        "--merge-every",
        type=int,
        metavar="TOKENS",
        help="tokens that each replica trains between two merges of the vectors "
        "(default 32768)",
    )
    group.add_argument(
        "--merge-rule",
        metavar="RULE",
        help="how the vectors are merged: adasum, weighted or average (default adasum)",
    )


def check_options(arguments: argparse.Namespace) -> None:
    """Raise ValueError for options that do not fit each other."""
    given = [name for name in _OPTIONS if getattr(arguments, name) is not None]
    options = ", ".join("--" + name.replace("_", "-") for name in given)
    if arguments.ray is None:
        if options:
            raise ValueError(
                f"{options} without --ray: name a cluster, or pass --ray local to "
                "start the replicas on this machine"
            )
        if urls := [source for source in arguments.corpus if is_url(source)]:
            raise ValueError(
                f"{urls[0]}: one process reads files only; pass --ray local to read "
                "URLs, or copy the file"
            )
    elif Path("-") in arguments.corpus:
        raise ValueError("-: other machines cannot read standard input: save it first")
    elif arguments.resume is not None:
        if options:
            raise ValueError(
                f"{options} with --resume: the run keeps those of {arguments.resume}; "
                "leave them out"
            )
    elif arguments.replicas is None:
        raise ValueError(
            "--ray without --replicas: pass how many processes train, such as the "
            "cores of all machines, or --resume FILE"
        )


def run(arguments: argparse.Namespace, given: dict[str, Any]) -> None:
    """Train on a cluster, and write the vectors to a file."""
    from w2vfast import distributed  # imported here: it needs Ray

    before = Timings({"start-up": since_start()})
    with ExitStack() as stack:

        def start() -> Any:  # Ray starts when all arguments have been checked
            return stack.enter_context(distributed.RayEngine(arguments.ray))

        model = _train(distributed, start, arguments, given)
        write_output(model, arguments.output)  # leaving Ray takes seconds
    if arguments.timings:
        phases = Timings(before | model.timings)
        phases["total"] = since_start()
        for line in phases.table():
            print_status(line)
    print_status(
        f"{counted(len(model.vocabulary), 'word')} of "
        f"{counted(model.parameters.vector_size, 'dimension')}, loss "
        f"{model.loss_history[-1]:.4f}, written to {arguments.output}"
    )


def _train(
    distributed: Any, start: Any, arguments: argparse.Namespace, given: dict[str, Any]
) -> Word2Vec:
    """Train a new model, or finish a run; say how an interrupted run continues."""
    corpus: list[Any] = arguments.corpus
    interrupted = InterruptedCommand(arguments)
    interrupted.has_begun = False

    def engine() -> Any:  # a cluster that is not found may take minutes, and a signal
        found = start()
        interrupted.has_begun = True
        return found

    settings = {"engine": engine, "every": arguments.every}
    try:
        if arguments.resume is not None:
            target = arguments.checkpoint or True
            names = ("workers", "kernels", "progress")
            more = {name: given[name] for name in names if name in given}
            settings |= {"checkpoint": target}
            found = distributed.resume(arguments.resume, corpus, **settings, **more)
        else:
            chosen = {name: getattr(arguments, name) for name in _OPTIONS}
            given |= {n: value for n, value in chosen.items() if value is not None}
            settings |= {"checkpoint": arguments.checkpoint}
            found = distributed.train(corpus, **settings, **given)
        model: Word2Vec = found
        return model
    except CheckpointError as error:
        print_status(f"warning: {error_text(error)}")
        trained: Word2Vec = error.model
        return trained
    except OtherCorpusError as error:
        raise other_corpus(error, arguments) from error
    except (KeyboardInterrupt, Exception) as error:
        if isinstance(error, ValueError):  # the same command fails again
            raise
        if not rescue_run(error, arguments):
            interrupted.print_how_to_continue()
        raise
