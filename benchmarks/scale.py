"""
Measure a corpus of gigabytes on one machine: scan, train one epoch, save, load, query.

The text is written first, with `harness/scale/text.py`, and deleted at the end. A file
of 100 MB is scanned before and after it, for comparison. Each phase has its own
process, and each part of a phase its own peak of memory. Writes scale.md and
scale.json.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from harness.conditions import conditions, described
from harness.measure import timed
from harness.options import add_output
from harness.report import note, save, table
from harness.scale import text
from harness.scale.phases import PHASES, Task
from harness.subprocess_runs import run_in_process

SMALL = 100_000_000  # bytes of the text to compare the scan with
SMALL_SCANS = 2  # before the phases, and after them
_MB = 1 << 20
MODEL_PHASES = ("train", "load", "mapped")
SPEEDS = ("scan", "create", "train")  # parts whose MB of text per second are given
HEAD = ("GB", "part", "wall s", "CPU s", "MB / CPU s", "peak MB", "anonymous MB")


@dataclass(frozen=True)
class Part:
    """A part of a phase, for one size of the text. MB are 1,048,576 bytes."""

    size: int
    name: str
    wall: float
    cpu: float
    #: MB (1,000,000 bytes) of the text per CPU second; None where it has no meaning.
    speed: float | None
    resident: float
    anonymous: float


@dataclass(frozen=True)
class Text:
    """What a scan found. Bytes per word are beyond the word's own text and the ids."""

    size: int
    tokens: int
    types: int
    kept: int
    text_bytes: int
    id_bytes: int
    spilled: int
    model_bytes: int
    peak_per_word: float
    after_per_word: float
    #: Speed of the scan / speed for the small text.
    relative_speed: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure each size, and print the results."""
    options = _parser().parse_args(arguments)
    facts = conditions()
    lengths = text.DEFAULT_LENGTHS
    if options.corpus:
        lengths = text.sentence_lengths(options.corpus)
    parts: list[Part] = []
    texts: list[Text] = []
    for size in options.sizes:
        _check_disk(options.folder or tempfile.gettempdir(), size)
    for size in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            found = measure(Path(folder), int(size * 1e9), options, lengths)
        parts += found[0]
        texts += found[1]
        save(options, "scale", markdown(facts, parts, texts), facts, parts)
    print(markdown(facts, parts, texts))


def measure(
    folder: Path, size: int, options: argparse.Namespace, lengths: text.Lengths
) -> tuple[list[Part], list[Text]]:
    """Write a text of `size` bytes, run the phases with it, and return their costs."""
    whole, small = folder / "text.txt", folder / "small.txt"
    text.write_text(small, min(size, SMALL), options.seed, lengths)
    _, seconds = timed(lambda: text.write_text(whole, size, options.seed, lengths))
    note(f"{size / 1e9:g} GB written with {size / 1e6 / seconds.cpu:.0f} MB / CPU s")
    task = Task(
        "scan",
        str(whole),
        str(folder / "model.w2v"),
        options.workers,
        options.vector_size,
        options.min_count,
        options.memory_limit,
        options.max_counted_words,
        options.dtypes[0],
    )
    few = [_run(replace(task, text=str(small))) for _ in range(SMALL_SCANS)]
    found = _phases(task, options.phases, options.dtypes)
    few += [_run(replace(task, text=str(small))) for _ in range(SMALL_SCANS)]
    parts = [
        _part(size, name, value)
        for part in found.values()
        for name, value in part.items()
        if isinstance(value, dict)
    ]
    few.sort(key=lambda one: one["scan"]["cpu"])
    reference = _part(min(size, SMALL), "scan", few[len(few) // 2]["scan"])
    texts: list[Text] = []
    if "scan" in found:
        model_bytes = found.get("train", {}).get("file_bytes", 0)
        texts = [_text(size, found["scan"], parts[0], reference, model_bytes)]
    return [reference, *parts], texts


def _phases(
    task: Task, phases: Sequence[str], dtypes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Run the phases in order, and those of a model once for each dtype."""
    found: dict[str, dict[str, Any]] = {}
    for phase in phases:
        found[phase] = {}
        for dtype in dtypes if phase in MODEL_PHASES else dtypes[:1]:
            model = str(Path(task.model).with_stem(dtype))
            parts = _run(replace(task, phase=phase, model=model, dtype=dtype))
            end = "" if dtype == dtypes[0] else f", {dtype}"
            found[phase] |= {f"{name}{end}": value for name, value in parts.items()}
    return found


def _run(task: Task) -> dict[str, Any]:
    found: dict[str, Any] = run_in_process(
        "harness.scale.phases", asdict(task), "scale"
    )
    note(f"{task.phase}: {found}")
    return found


def _part(size: int, name: str, cost: dict[str, float]) -> Part:
    speed = size / 1e6 / cost["cpu"] if name.partition(",")[0] in SPEEDS else None
    return Part(size, name, speed=speed, **cost)


def _text(
    size: int, found: dict[str, Any], scan: Part, small: Part, model_bytes: int
) -> Text:
    """Return sizes; what ids and words' text take in memory is subtracted."""
    known = found["text_bytes"] + found["id_bytes"] - found["spilled"]
    names = ("tokens", "types", "kept", "text_bytes", "id_bytes", "spilled")

    def per_word(mb: float) -> float:
        return ((mb - found["before"]) * _MB - known) / found["types"]

    assert scan.speed and small.speed
    return Text(
        size,
        **{name: found[name] for name in names},
        model_bytes=model_bytes,
        peak_per_word=per_word(scan.anonymous),
        after_per_word=per_word(found["after"]),
        relative_speed=scan.speed / small.speed,
    )


def markdown(facts: dict[str, Any], parts: list[Part], texts: list[Text]) -> str:
    """Return both tables with their explanation."""
    head = ("GB", "tokens", "types", "kept", "text of words", "ids", "in a file")
    head += ("model", "bytes / word, peak", "after", "speed / 100 MB")
    return (
        "# A large corpus on one machine\n\n"
        "Peak MB: resident memory, with mapped files; anonymous MB: without them. "
        "Each part starts from the memory that its process has by then.\n\n"
        f"{table(HEAD, map(_part_cells, parts))}\n"
        "Types: distinct words; kept: those of the vocabulary. Sizes in MB "
        "(1,000,000 bytes). Bytes / word: anonymous memory of the scan, at its peak "
        "and after it, beyond what Python had before, the words' own text, and ids in "
        "memory; divided by the types.\n\n"
        f"{table(head, map(_text_cells, texts))}\n{described(facts)}"
    )


def _part_cells(part: Part) -> list[str]:
    return [
        f"{part.size / 1e9:g}",
        part.name,
        f"{part.wall:.2f}",
        f"{part.cpu:.2f}",
        "" if part.speed is None else f"{part.speed:.0f}",
        f"{part.resident:,.0f}",
        f"{part.anonymous:,.0f}",
    ]


def _text_cells(found: Text) -> list[str]:
    sizes = (found.text_bytes, found.id_bytes, found.spilled, found.model_bytes)
    return [
        f"{found.size / 1e9:g}",
        *(f"{count:,}" for count in (found.tokens, found.types, found.kept)),
        *(f"{size / 1e6:,.0f}" for size in sizes),
        f"{found.peak_per_word:.0f}",
        f"{found.after_per_word:.0f}",
        f"{found.relative_speed:.0%}",
    ]


def _check_disk(folder: str, gigabytes: float) -> None:
    """Stop before the text is written if it, ids and model would fill the disk."""
    needed, free = 2.5 * gigabytes * 1e9, shutil.disk_usage(folder).free
    if needed > free:
        raise SystemExit(
            f"{gigabytes} GB of text need {needed / 1e9:.0f} GB of disk, but "
            f"{free / 1e9:.0f} GB are free: choose another --folder or smaller --sizes"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    about = "gigabytes of text, one after the other"
    add("--sizes", nargs="+", type=float, default=[1.0, 3.0, 10.0], help=about)
    add("--phases", nargs="+", choices=PHASES, default=list(PHASES))
    about = "a plain text whose sentence lengths are drawn; default: 4 to 119 words"
    add("--corpus", help=about)
    add("--folder", help="where the text is written; default: the temporary folder")
    add("--workers", type=int, default=2)
    add("--vector-size", type=int, default=100)
    add("--min-count", type=int, default=5)
    add("--memory-limit", type=int, help="memory_limit of the Corpus, in bytes")
    about = "how models store vectors; the phases of a model run once for each"
    types = ("float32", "float16")
    add("--dtypes", nargs="+", choices=types, default=["float32"], help=about)
    about = "words that the bounded scan counts at most"
    add("--max-counted-words", type=int, default=1_000_000, help=about)
    add("--seed", type=int, default=1)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
