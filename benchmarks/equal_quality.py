"""
How long w2vfast takes to be as good as a peer: speed at equal quality.

Trains w2vfast with several rates and numbers of epochs beside one peer's usual run.
Each run has a fresh process; they take turns. Writes equal_quality.md and
equal_quality.json.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from contenders import (
    DIFFERENCES,
    NEGATIVE_SAMPLING,
    PEER_LOSSES,
    PEERS,
    Outcome,
    Work,
    installed,
    run_apart,
)
from options import (
    TRAINING,
    add_corpus,
    add_eval,
    add_extra,
    add_output,
    add_training,
    said_extra,
)
from plain_text import plain_text
from quality import NAMES, Scores, cells, means
from report import MISSING, conditions, described, note, save, table

from w2vfast.training.parameters import ARCHITECTURES, LOSSES

#: By how much a score may be lower and still be equal: the noise of three seeds.
NOISE = 0.015
HEAD = (
    *("contender", "alpha", "epochs", "wall s", "CPU s", "all s", "times"),
    *(*NAMES, "short of the peer in"),
)


@dataclass(frozen=True)
class Row:
    """A setting: medians of its seconds, means of its scores."""

    contender: str
    alpha: float
    epochs: int
    wall_seconds: float
    cpu_seconds: float
    #: On the clock, with reading and counting the corpus.
    all_seconds: float
    #: How many times faster than the peer on the clock, median of the rounds.
    times: float
    scores: Scores
    #: Scores that are lower than the peer's by more than NOISE.
    short_of: list[str]
    runs: list[Outcome]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line says."""
    options = _parser().parse_args(arguments)
    if not installed(options.peer):
        raise SystemExit(
            f"{options.peer} is not installed, and is what w2vfast is measured by"
        )
    if options.loss not in PEER_LOSSES[options.peer]:
        raise SystemExit(
            f"--loss {options.loss}: {options.peer} has "
            f"{', '.join(PEER_LOSSES[options.peer])} only"
        )
    facts = conditions() | {"corpus": Path(options.corpus).name}
    with plain_text(options.corpus) as corpus:
        rows = measure(_works(options, str(corpus)), options.rounds)
    text = markdown(facts, options, rows)
    save(options, "equal_quality", text, facts, rows)
    print(text)


def measure(works: Sequence[Work], rounds: int) -> list[Row]:
    """Run all in turn with seeds from 1; the first is the peer's."""
    runs: list[list[Outcome]] = [[] for _ in works]
    for seed in range(1, rounds + 1):
        for work, found in zip(works, runs, strict=True):
            found.append(run_apart(replace(work, seed=seed)))
            note(
                f"round {seed}: {work.contender}, alpha {work.alpha:g}, {work.epochs} "
                f"epochs, {found[-1].train.wall:.1f} s, {found[-1].scores}"
            )
    return [_row(work, found, runs[0]) for work, found in zip(works, runs, strict=True)]


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return the table, and which setting is the fastest that is as good."""
    peer = rows[0].contender
    return (
        f"# Time to equal quality\n\n{facts['corpus']}, {options.architecture}, "
        f"{options.loss.replace('_', ' ')}, d = {options.dim}, window "
        f"{options.window}, sample {options.sample:g}, workers {options.workers}"
        f"{said_extra(options)}. Medians of {options.rounds} rounds in turn, seeds "
        "from 1; scores: their means. Wall, CPU: training alone. All: on the clock, "
        "with reading and counting. Times: the peer's wall seconds by these, median "
        "of rounds. Short "
        f"of: scores more than {NOISE} below the peer's (Google: {NOISE * 100:g} "
        "points).\n\n"
        f"{table(HEAD, map(_cells, rows))}\n{verdict(rows)}\n\n"
        f"- {peer} {DIFFERENCES[peer]}.\n\n{described(facts)}"
    )


def verdict(rows: Sequence[Row]) -> str:
    """Say which setting is the fastest of those that are as good as the peer."""
    peer, ours = rows[0], rows[1:]
    if not peer.scores:
        return "Nothing was scored: --eval names no files that could be."
    good = [row for row in ours if not row.short_of]
    if not good:
        return f"No setting is as good as {peer.contender} in every score."
    best = min(good, key=lambda row: row.wall_seconds)
    return (
        f"As good as {peer.contender} in every score are {len(good)} of {len(ours)} "
        f"settings; the fastest has alpha {best.alpha:g}, epochs {best.epochs} and "
        f"takes {best.wall_seconds:.1f} s instead of {peer.wall_seconds:.1f} s: "
        f"{best.times:.1f} times as fast."
    )


def short_of(scores: Scores, wanted: Scores) -> list[str]:
    """Return the names of the scores that are lower than wanted, noise aside."""
    return [
        name
        for name, value in wanted.items()
        if name not in scores or scores[name] < value - NOISE
    ]


def _row(work: Work, runs: list[Outcome], peer: list[Outcome]) -> Row:
    found = means(run.scores for run in runs)
    return Row(
        *(work.contender, work.alpha, work.epochs),
        wall_seconds=statistics.median(run.train.wall for run in runs),
        cpu_seconds=statistics.median(run.train.cpu for run in runs),
        all_seconds=statistics.median(run.train.wall + run.scan.wall for run in runs),
        times=statistics.median(
            theirs.train.wall / ours.train.wall
            for ours, theirs in zip(runs, peer, strict=True)
        ),
        scores=found,
        short_of=short_of(found, means(run.scores for run in peer)),
        runs=runs,
    )


def _cells(row: Row) -> list[str]:
    return [
        row.contender,
        f"{row.alpha:g}",
        str(row.epochs),
        f"{row.wall_seconds:.2f}",
        f"{row.cpu_seconds:.2f}",
        f"{row.all_seconds:.2f}",
        f"{row.times:.2f}×",
        *cells(row.scores),
        ", ".join(row.short_of) or MISSING,
    ]


def _works(options: argparse.Namespace, corpus: str) -> list[Work]:
    shared = {name: getattr(options, name) for name in (*TRAINING, "negative", "eval")}
    setting = (options.architecture, options.loss, options.dim)
    theirs = Work(options.peer, corpus, *setting, **shared, alpha=options.peer_alpha)
    extra = dict(options.set)
    ours = [
        replace(theirs, contender="w2vfast", alpha=alpha, epochs=epochs, extra=extra)
        for epochs, alpha in product(options.our_epochs, options.alphas)
    ]
    return [theirs, *ours]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add_eval(parser)
    add("--peer", choices=PEERS, default=PEERS[0])
    add("--peer-alpha", type=float, default=0.025)
    add("--alphas", nargs="+", type=float, default=[0.025, 0.05, 0.075])
    add("--our-epochs", nargs="+", type=int, default=[2, 3, 4, 5], help="of w2vfast")
    add("--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0])
    add("--loss", choices=LOSSES, default=NEGATIVE_SAMPLING)
    add("--dim", type=int, default=100)
    add("--negative", type=int, default=5)
    add_training(parser)
    add("--rounds", type=int, default=3, help="one seed each, from 1")
    add_extra(parser)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
