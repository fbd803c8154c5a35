"""Time the whole way from a file of text to saved vectors, and the start of Python."""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from apart import environment
from contenders import installed
from options import add_corpus, add_output
from plain_text import plain_text
from report import MISSING, conditions, described, note, number, table
from results_file import write_results

from w2vfast import Corpus
from w2vfast.kernels.arguments import padded_size
from w2vfast.runtime import threads

RUN_HEAD = ("", "wall s", "CPU s", "peak MB", "agreed MB", "times")
PHASE_HEAD = ("phase", "wall s", "CPU s")
START_HEAD = ("python -c", "wall ms", "CPU ms", "wall beyond numpy")
IMPORTS = ("pass", "import numpy", "import w2vfast", "import gensim")

OURS = """
from w2vfast.cli.main import main
assert main() == 0
"""
GENSIM = """
import json, sys
from gensim.models import Word2Vec
corpus, output, settings = sys.argv[1:]
model = Word2Vec(corpus_file=corpus, sg=1, **json.loads(settings))
model.wv.save_word2vec_format(output, binary=True)
"""
#: What w2vfast does by default.
USUAL = {"window": 5, "negative": 5, "sample": 0.001, "min_count": 5, "alpha": 0.025}
# What wait4 tells is at least what this process had when it started the other one.
PEAK = """
import pathlib, sys
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
print(*(line for line in lines if "VmHWM" in line), file=sys.stderr)
"""


class Spent(NamedTuple):
    """What a process took, from its start to its end."""

    wall: float
    cpu: float
    peak_mb: float | None
    errors: str


@dataclass(frozen=True)
class Run:
    """
    One run from text to vectors.

    `agreed_mb` is the most memory that w2vfast may take: 2 tables with padded rows, 4
    bytes a token and 100 MB. `times`: gensim's time on the clock by this one's.
    """

    contender: str
    wall: float
    cpu: float
    peak_mb: float | None
    agreed_mb: float | None
    times: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as the command line says."""
    options = _parser().parse_args(arguments)
    with plain_text(options.corpus) as path, tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "vectors.bin")
        ours = run(ours_as(path, output, options))
        phases = found_phases(ours.errors)
        peer = None
        if installed("gensim") and not options.alone:
            peer = run(gensim_as(path, output, options))
        agreed = _agreed(path, options.dim)
    runs = [_run("w2vfast", ours, agreed, peer)]
    if peer is not None:
        runs.append(_run("gensim", peer, None, peer))
    starts = measure_starts(options.starts)
    facts = conditions() | {"corpus": Path(options.corpus).name}
    text = _text(options, runs, phases, starts) + described(facts)
    found = {"conditions": facts, "runs": [vars(one) for one in runs]}
    found |= {"phases": phases, "starts": starts}
    write_results(options.output, f"end_to_end_{options.dim}", found, text)
    print(text)


def ours_as(path: Path, output: Path, options: argparse.Namespace) -> list[str]:
    """Return the command line of w2vfast."""
    return [
        *(sys.executable, "-P", "-c", OURS + PEAK),
        *("train", str(path), "-o", str(output), "--timings"),
        *(f"--vector-size={options.dim}", f"--epochs={options.epochs}"),
        f"--workers={options.workers}",
    ]


def gensim_as(path: Path, output: Path, options: argparse.Namespace) -> list[str]:
    """Return the command line of the same work done by gensim."""
    settings = {
        "vector_size": options.dim,
        "epochs": options.epochs,
        "workers": options.workers,
    }
    words = (GENSIM + PEAK, str(path), str(output), json.dumps(USUAL | settings))
    return [sys.executable, "-P", "-c", *words]


def run(words: list[str]) -> Spent:
    """Run a program to its end."""
    before = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(words, stderr=errors, env=_environment())
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read()
    if process.returncode:
        raise SystemExit(f"{words[:2]} failed: {said}")
    kilobytes = re.search(r"VmHWM:\s+(\d+) kB", said)
    peak = int(kilobytes[1]) * 1024 / 1e6 if kilobytes else None
    return Spent(wall, used.ru_utime + used.ru_stime, peak, said)


def found_phases(said: str) -> dict[str, tuple[float, float]]:
    """Read the table that --timings prints."""
    lines = re.findall(r"(?m)^w2vfast: (\S+) +([\d.]+) +([\d.]+)$", said)
    return {phase: (float(wall), float(cpu)) for phase, wall, cpu in lines}


def measure_starts(rounds: int) -> dict[str, tuple[float, float]]:
    """Return the median wall and CPU milliseconds of importing, in turns."""
    spent: dict[str, list[Spent]] = {}
    for turn in range(rounds + 1):
        for code in IMPORTS:
            if code.endswith("gensim") and not installed("gensim"):
                continue
            one = run([sys.executable, "-P", "-c", code])
            if turn:  # the first one compiled it
                spent.setdefault(code, []).append(one)
    return {
        code: (
            1e3 * statistics.median(one.wall for one in found),
            1e3 * statistics.median(one.cpu for one in found),
        )
        for code, found in spent.items()
    }


def _environment() -> dict[str, str]:
    """Return the environment; compiled modules are kept as usual."""
    kept = environment()
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def _agreed(path: Path, dim: int) -> float:
    corpus = Corpus(path, progress=False)
    words = len(corpus.vocabulary())
    return 2 * words * padded_size(dim) * 4 / 1e6 + 4 * len(corpus.ids) / 1e6 + 100


def _run(name: str, spent: Spent, agreed: float | None, peer: Spent | None) -> Run:
    note(f"{name}: {spent.wall:.1f} s, {number(spent.peak_mb, '.0f')} MB")
    times = None if peer is None else peer.wall / spent.wall
    return Run(name, spent.wall, spent.cpu, spent.peak_mb, agreed, times)


def _text(
    options: argparse.Namespace,
    runs: list[Run],
    phases: dict[str, tuple[float, float]],
    starts: dict[str, tuple[float, float]],
) -> str:
    about = (
        f"Skip-gram, {options.dim} dimensions, {options.epochs} epochs, "
        f"{options.workers} threads, from text to saved vectors.\n\n"
    )
    rows = [(p, f"{wall:.3f}", f"{cpu:.3f}") for p, (wall, cpu) in phases.items()]
    numpy = starts["import numpy"][0]
    imports = [
        (
            code,
            f"{wall:.0f}",
            f"{cpu:.0f}",
            f"{wall - numpy:.0f}" if code not in IMPORTS[:2] else MISSING,
        )
        for code, (wall, cpu) in starts.items()
    ]
    return about + "\n".join(
        [
            table(RUN_HEAD, map(_cells, runs)),
            table(PHASE_HEAD, rows),
            table(START_HEAD, imports),
            "",
        ]
    )


def _cells(run: Run) -> list[str]:
    return [
        run.contender,
        f"{run.wall:.2f}",
        f"{run.cpu:.2f}",
        number(run.peak_mb, ".0f"),
        number(run.agreed_mb, ".0f"),
        number(run.times, ".1f"),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add("--dim", type=int, default=100)
    add("--epochs", type=int, default=5)
    add("--workers", type=int, default=threads.available())
    add("--starts", type=int, default=11, help="times that Python is started for each")
    add("--alone", action="store_true", help="leave gensim out of the long runs")
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
