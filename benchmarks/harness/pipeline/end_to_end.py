"""
Time the way from a text file to saved vectors, and the start of Python.

w2vfast and gensim run one after the other, each in its own process from start to end.
Writes end_to_end_DIM.md and end_to_end_DIM.json.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.conditions import conditions, described
from harness.kernel_arguments import padded_size
from harness.options import add_corpus, add_output
from harness.peers.registry import installed
from harness.pipeline.processes import IMPORTS, PEAK, Spent, measure_starts, run
from harness.plain_text import plain_text
from harness.report import MISSING, note, number, plural, table, write_results
from w2vfast import Corpus
from w2vfast.runtime import threads

RUN_HEAD = ("", "wall s", "CPU s", "peak MB", "limit MB", "speed-up")
PHASE_HEAD = ("phase", "wall s", "CPU s")
START_HEAD = ("python -c", "wall ms", "CPU ms", "wall ms beyond numpy")

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
#: The defaults of w2vfast, for gensim.
USUAL = {"window": 5, "negative": 5, "sample": 0.001, "min_count": 5, "alpha": 0.025}


@dataclass(frozen=True)
class Run:
    """
    One run from text to vectors.

    Attributes
    ----------
    contender : str
    wall, cpu : float
        Seconds.
    peak_mb : float or None
    agreed_mb : float or None
        The most memory that w2vfast may take: two matrices with padded rows, 4 bytes
        a token and 100 MB. None for gensim.
    times : float or None
        Wall time of gensim / wall time of this run.
    """

    contender: str
    wall: float
    cpu: float
    peak_mb: float | None
    agreed_mb: float | None
    times: float | None


def main(options: argparse.Namespace) -> None:
    """Run w2vfast and gensim, then time the start of Python."""
    with plain_text(options.corpus) as path, tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "vectors.bin")
        ours = run(w2vfast_command(path, output, options))
        phases = read_phases(ours.errors)
        peer = None
        if installed("gensim") and not options.alone:
            peer = run(gensim_command(path, output, options))
        limit = _limit(path, options.dim)
    runs = [_run("w2vfast", ours, limit, peer)]
    if peer is not None:
        runs.append(_run("gensim", peer, None, peer))
    starts = measure_starts(options.starts)
    facts = conditions() | {"corpus": Path(options.corpus).name}
    text = _text(options, runs, phases, starts) + described(facts)
    found = {"conditions": facts, "runs": [vars(one) for one in runs]}
    found |= {"phases": phases, "starts": starts}
    write_results(options.output, f"end_to_end_{options.dim}", found, text)
    print(text)


def w2vfast_command(path: Path, output: Path, options: argparse.Namespace) -> list[str]:
    """Return the command line of w2vfast."""
    return [
        *(sys.executable, "-P", "-c", OURS + PEAK),
        *("train", str(path), "-o", str(output), "--timings"),
        *(f"--vector-size={options.dim}", f"--epochs={options.epochs}"),
        f"--workers={options.workers}",
    ]


def gensim_command(path: Path, output: Path, options: argparse.Namespace) -> list[str]:
    """Return the command line with which gensim does the same work."""
    settings = {
        "vector_size": options.dim,
        "epochs": options.epochs,
        "workers": options.workers,
    }
    words = (GENSIM + PEAK, str(path), str(output), json.dumps(USUAL | settings))
    return [sys.executable, "-P", "-c", *words]


def read_phases(printed: str) -> dict[str, tuple[float, float]]:
    """Read wall and CPU seconds of each phase from the output of --timings."""
    lines = re.findall(r"(?m)^w2vfast: (\S+) +([\d.]+) +([\d.]+)$", printed)
    return {phase: (float(wall), float(cpu)) for phase, wall, cpu in lines}


def _limit(path: Path, dim: int) -> float:
    corpus = Corpus(path, progress=False)
    words = len(corpus.vocabulary())
    return 2 * words * padded_size(dim) * 4 / 1e6 + 4 * len(corpus.ids) / 1e6 + 100


def _run(name: str, spent: Spent, limit: float | None, peer: Spent | None) -> Run:
    note(f"{name}: {spent.wall:.1f} s, {number(spent.peak_mb, '.0f')} MB")
    times = None if peer is None else peer.wall / spent.wall
    return Run(name, spent.wall, spent.cpu, spent.peak_mb, limit, times)


def _text(
    options: argparse.Namespace,
    runs: list[Run],
    phases: dict[str, tuple[float, float]],
    starts: dict[str, tuple[float, float]],
) -> str:
    about = (
        f"Skip-gram, {options.dim} dimensions, {plural(options.epochs, 'epoch')}, "
        f"{plural(options.workers, 'thread')}, from text to saved vectors.\n\n"
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


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add("--dim", type=int, default=100, help="vector size")
    add("--epochs", type=int, default=5)
    add("--workers", type=int, default=threads.available())
    add("--starts", type=int, default=11, help="how often Python starts with an import")
    add("--alone", action="store_true", help="don't train with gensim")
    add_output(parser)
