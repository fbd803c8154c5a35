"""
Run the same work through w2vfast and every installed peer.

Each run has a fresh process; contenders take turns (A B A B), so that a machine that
slows down slows all of them. Speed stands beside quality. Writes compare.md,
compare.json and compare.svg.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from chart import Bar, bar_chart
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
from report import (
    MISSING,
    conditions,
    described,
    note,
    number,
    save,
    spread,
    table,
)

from w2vfast import Corpus
from w2vfast.training.parameters import ALPHA, ARCHITECTURES, LOSSES

HEAD = [
    *("architecture, d", "loss", "contender", "words / CPU s", "spread", "times"),
    *("wall s", "scan s", "peak MB", *NAMES),
]


@dataclass(frozen=True)
class Row:
    """What one contender reached in one setting, over all rounds."""

    setting: str
    loss: str
    contender: str
    words_per_cpu_second: float
    spread: float
    #: Median over the rounds of its speed beside the baseline's.
    times: float | None
    wall_seconds: float
    scan_wall_seconds: float
    scan_cpu_seconds: float
    peak_mb: float | None
    scores: Scores
    runs: list[Outcome]


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare as the command line says."""
    options = _parser().parse_args(arguments)
    facts = conditions()
    with plain_text(options.corpus) as corpus:
        tokens = int(Corpus(corpus).vocabulary(options.min_count).counts.sum())
        facts |= {"corpus": Path(options.corpus).name, "tokens": tokens}
        rows: list[Row] = []
        for setting in product(options.losses, options.architectures, options.dims):
            works = _works(options, str(corpus), *setting)
            rows += compare(works, tokens, options.rounds)
            text = markdown(facts, options, rows)
            save(options, "compare", text, facts, rows, drawing(facts, options, rows))
    print(text)


def compare(works: dict[str, Work], tokens: int, rounds: int) -> list[Row]:
    """Run all contenders in turn, `rounds` times with seeds from 1."""
    runs: dict[str, list[Outcome]] = {name: [] for name in works}
    for seed in range(1, rounds + 1):
        for name, work in works.items():
            found = run_apart(replace(work, seed=seed))
            runs[name].append(found)
            speed = tokens * work.epochs / found.train.cpu
            where = f"{work.loss} {work.architecture} d={work.vector_size} round {seed}"
            note(f"{where}: {name}, {speed:,.0f} words per CPU second, {found.scores}")
    baseline = next((runs[name] for name in PEERS if name in runs), None)
    return [_row(name, works[name], runs[name], baseline, tokens) for name in works]


def _row(
    name: str, work: Work, runs: list[Outcome], base: list[Outcome] | None, tokens: int
) -> Row:
    speeds = [tokens * work.epochs / run.train.cpu for run in runs]
    pairs = zip(runs, base or (), strict=base is not None)
    times = [theirs.train.cpu / ours.train.cpu for ours, theirs in pairs]
    peaks = [run.peak_mb for run in runs if run.peak_mb is not None]
    return Row(
        setting=f"{work.architecture}, {work.vector_size}",
        loss=work.loss,
        contender=name,
        words_per_cpu_second=statistics.median(speeds),
        spread=spread(speeds),
        times=statistics.median(times) if times else None,
        wall_seconds=statistics.median(run.train.wall for run in runs),
        scan_wall_seconds=statistics.median(run.scan.wall for run in runs),
        scan_cpu_seconds=statistics.median(run.scan.cpu for run in runs),
        peak_mb=max(peaks, default=None),
        scores=means(run.scores for run in runs),
        runs=runs,
    )


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return the table with what it means."""
    peers = dict.fromkeys(r.contender for r in rows if r.contender in DIFFERENCES)
    differ = "".join(f"- {peer} {DIFFERENCES[peer]}.\n" for peer in peers)
    return (
        f"# w2vfast beside its peers\n\n{_about(facts, options)}. Medians of "
        f"{options.rounds} rounds, contenders in turn, seeds from 1. Words: corpus "
        "words after min_count × epochs, by CPU seconds of training alone, all "
        "threads; spread: (largest - smallest) / median; times: speed beside that of "
        "the setting's first peer, median of rounds. Wall: training. Scan: all before "
        "it, on the clock. Scores: means of rounds.\n\n"
        f"{table(HEAD, map(_cells, rows))}\n{_rates(options, rows)}{differ}\n"
        f"{described(facts)}"
    )


def _rates(options: argparse.Namespace, rows: list[Row]) -> str:
    """Say where the rate of all isn't the one that w2vfast takes by default."""
    rates = {row.loss: ALPHA[row.loss] for row in rows}
    other = [
        f"{rate:g} for {architecture} with {loss.replace('_', ' ')}"
        for loss, chosen in rates.items()
        for architecture, rate in chosen.items()
        if architecture in options.architectures and rate != options.alpha
    ]
    if not other:
        return ""
    return (
        f"- alpha is {options.alpha:g} for every contender and architecture; left to "
        f"itself, w2vfast takes {', '.join(other)}.\n"
    )


def drawing(facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]) -> str:
    """Return the chart: bars of speed, quality written beside them."""
    groups: dict[str, list[Bar]] = {}
    for row in rows:
        label = f"{row.words_per_cpu_second / 1e6:.2f} M"
        label += "" if row.times is None else f" · {row.times:.1f}×"
        scores = dict(zip(NAMES, cells(row.scores), strict=True))
        said = [f"{n} {scores[n]}" for n in ("MEN", "Google") if n in row.scores]
        bar = Bar(row.contender, row.words_per_cpu_second, " · ".join([label, *said]))
        heading = row.setting.replace(", ", ", d = ")
        if row.loss != NEGATIVE_SAMPLING:
            heading += f", {row.loss.replace('_', ' ')}"
        groups.setdefault(heading, []).append(bar)
    return bar_chart("Words per CPU second", _about(facts, options), groups)


def _about(facts: dict[str, Any], options: argparse.Namespace) -> str:
    drawn = NEGATIVE_SAMPLING in options.losses
    negative = f", negative {options.negative}" if drawn else ""
    return (
        f"{facts['corpus']}, {facts['tokens'] / 1e6:.1f} M words, epochs "
        f"{options.epochs}, window {options.window}{negative}, "
        f"sample {options.sample:g}, alpha {options.alpha:g}, workers "
        f"{options.workers}{said_extra(options)}"
    )


def _cells(row: Row) -> list[str]:
    return [
        row.setting,
        row.loss,
        row.contender,
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.spread:.1%}",
        MISSING if row.times is None else f"{row.times:.2f}×",
        f"{row.wall_seconds:.1f}",
        f"{row.scan_wall_seconds:.2f}",
        number(row.peak_mb, ".0f"),
        *cells(row.scores),
    ]


def _works(
    options: argparse.Namespace, corpus: str, loss: str, architecture: str, d: int
) -> dict[str, Work]:
    shared = {name: getattr(options, name) for name in _SHARED}
    extra = dict(options.set)
    ours = Work("w2vfast", corpus, architecture, loss, d, **shared, extra=extra)
    works = {
        "w2vfast" if build == "auto" else f"w2vfast {build}": replace(
            ours, kernels=build
        )
        for build in options.kernels
    }
    for peer in options.peers:
        if loss not in PEER_LOSSES[peer]:
            note(f"{peer} has no {loss} and is left out of it")
        elif not installed(peer):
            note(f"{peer} is not installed and left out")
        else:
            works[peer] = replace(ours, contender=peer, extra={})
    return works


_SHARED = (*TRAINING, "negative", "alpha", "eval")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    add("--kernels", nargs="+", default=["auto"], help="builds of w2vfast, each a row")
    add("--dims", nargs="+", type=int, default=[100, 300])
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=ARCHITECTURES)
    add("--losses", nargs="+", choices=LOSSES, default=[NEGATIVE_SAMPLING])
    add_training(parser)
    add("--rounds", type=int, default=3, help="one seed each, from 1")
    add("--negative", type=int, default=5)
    rate = "of every contender and architecture; default: %(default)s"
    add("--alpha", type=float, default=0.025, help=rate)
    add_eval(parser)
    add_extra(parser)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
