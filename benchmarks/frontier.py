"""
Measure the frontier of quality against CPU time, of w2vfast and gensim.

Trains every setting of a declared grid with every seed, each in its own process with
one thread, and writes a line of JSON for each run to frontier.jsonl. Runs take turns:
all settings with the first seed, then with the next. Writes frontier.md and
frontier.svg at the end, or at any time with --report.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from harness.conditions import conditions
from harness.frontier.chart import draw
from harness.frontier.grid import Setting, grid, small_grid, usable
from harness.frontier.records import Record, append, points, read
from harness.frontier.report import markdown
from harness.options import add_corpus, add_eval, add_output
from harness.peers.registry import installed
from harness.peers.runs import train_in_process
from harness.plain_text import beginning, plain_text
from harness.report import note, plural

#: Bytes of the corpus that --small trains on.
SMALL = 3_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, train what is missing, and write the results."""
    options = _parser().parse_args(arguments)
    output = Path(options.output)
    settings = usable(small_grid() if options.small else grid())
    settings = [s for s in settings if re.search(options.only, s.name)]
    if options.list:
        print("\n".join(setting.name for setting in settings))
        return
    output.mkdir(parents=True, exist_ok=True)
    file, corpus = output / "frontier.jsonl", corpus_name(options)
    records = read(file)
    check(records, corpus, options)
    if not options.report:
        measure(options, settings, records, file, corpus)
        records = read(file)
    report(records, corpus, output)


def check(records: Sequence[Record], corpus: str, options: argparse.Namespace) -> None:
    """Raise SystemExit if the runs of a file are not to be continued."""
    others = sorted({r.corpus for r in records} - {corpus})
    if others:
        raise SystemExit(
            f"{options.output} has runs of {', '.join(others)}, not of {corpus}: pass "
            "another --output"
        )
    if records and not (options.resume or options.report):
        raise SystemExit(
            f"{options.output} has {plural(len(records), 'run')}: pass --resume to "
            "train what is missing, --report to write the table, or another --output"
        )


def measure(
    options: argparse.Namespace,
    settings: Sequence[Setting],
    records: Sequence[Record],
    file: Path,
    corpus: str,
) -> None:
    """Train every setting with every seed, except runs that are done."""
    done = {record.key for record in records}
    todo = [(s, seed) for seed in options.seeds for s in settings]
    todo = [run for run in todo if run not in done]
    note(f"{plural(len(todo), 'run')} to do, {len(done)} done")
    commit: str = conditions()["commit"]
    with ExitStack() as stack:
        source = (
            beginning(options.corpus, SMALL)
            if options.small
            else plain_text(options.corpus)
        )
        text = str(stack.enter_context(source))
        for number, (setting, seed) in enumerate(todo, 1):
            task = setting.task(text, options.eval, seed)
            try:
                found = train_in_process(task)
            except SystemExit as error:  # for instance DivergedError
                note(f"{setting.name}: {error}; --resume will try again")
                continue
            seconds = found.train
            scores = found.scores
            append(file, Record(setting, seed, *seconds, scores, corpus, commit))
            shown = ", ".join(f"{name} {value:.3f}" for name, value in scores.items())
            note(
                f"{number}/{len(todo)} {setting.name} seed={seed}: "
                f"{seconds.cpu:.1f} CPU s, {shown}"
            )


def report(records: Sequence[Record], corpus: str, output: Path) -> None:
    """Write the table and the chart, and print the table."""
    if not records:
        raise SystemExit(f"{output} has no runs: leave out --report to train them")
    facts: dict[str, Any] = conditions() | {"corpus": corpus}
    facts["commits"] = sorted({record.commit for record in records})
    found = points(records)
    text = markdown(facts, found)
    (output / "frontier.md").write_text(text, "utf-8")
    if installed("matplotlib"):
        draw(found, corpus, output / "frontier.svg")
    else:
        note("the chart is left out: matplotlib is not installed")
    print(text)


def corpus_name(options: argparse.Namespace) -> str:
    """Return what a run's line calls its corpus."""
    name = Path(options.corpus).name
    return f"first {SMALL / 1e6:g} MB of {name}" if options.small else name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add_eval(parser)
    add_output(parser)
    add("--seeds", nargs="+", type=int, default=[1, 2, 3])
    only = "settings to run, by name; --list prints the names"
    add("--only", default="", metavar="REGEX", help=only)
    add("--resume", action="store_true", help="continue the runs in --output")
    add("--report", action="store_true", help="train nothing, write table and chart")
    add("--small", action="store_true", help="a small grid on the first 3 MB")
    add("--list", action="store_true", help="print the settings, and train nothing")
    return parser


if __name__ == "__main__":
    main()
