"""The runs of the frontier: one JSON line each, and their means over seeds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.frontier.grid import Setting
from harness.scores import MORE_NAMES, Scores

#: The similarity sets whose mean is the first axis of quality.
SIMILARITY = ("WS-353", "SimLex", "MEN")
ANALOGY = "Google"


@dataclass(frozen=True)
class Record:
    """A run: its setting and seed, CPU and wall seconds of training, its scores."""

    setting: Setting
    seed: int
    cpu: float
    wall: float
    scores: Scores
    corpus: str
    commit: str

    @property
    def key(self) -> tuple[Setting, int]:
        """What identifies a run that need not be repeated."""
        return self.setting, self.seed

    def line(self) -> str:
        """Return the run as a line of JSON, with the name of its setting."""
        return json.dumps({"name": self.setting.name, **asdict(self)}) + "\n"

    @classmethod
    def parse(cls, line: str) -> Record:
        """Return the run of a line."""
        given: dict[str, Any] = json.loads(line)
        given.pop("name")
        return cls(**given | {"setting": Setting(**given["setting"])})


def read(path: Path) -> list[Record]:
    """
    Return the runs of a file, none if it does not exist.

    A line without an end is that of a run that was interrupted while it was written;
    the file is cut before it.
    """
    if not path.exists():
        return []
    text = path.read_text("utf-8")
    complete = text[: text.rfind("\n") + 1]
    if complete != text:
        path.write_text(complete, "utf-8")
    return [Record.parse(line) for line in complete.splitlines()]


def append(path: Path, record: Record) -> None:
    """Write a run at the end of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(record.line())


@dataclass(frozen=True)
class Point:
    """The means of a setting over its seeds, with the standard deviations."""

    setting: Setting
    runs: int
    cpu: float
    wall: float
    scores: Scores
    #: Standard deviations of the scores and of "cpu"; empty for a single run.
    spread: dict[str, float]

    @property
    def similarity(self) -> float | None:
        """Mean of the scores in `SIMILARITY`; None if one is missing."""
        if not set(SIMILARITY) <= set(self.scores):
            return None
        return statistics.mean(self.scores[name] for name in SIMILARITY)

    @property
    def analogy(self) -> float | None:
        """Share of correct analogies."""
        return self.scores.get(ANALOGY)


def points(records: Iterable[Record]) -> list[Point]:
    """Return a point for each setting, in the order of the first runs."""
    groups: dict[Setting, list[Record]] = {}
    for record in records:
        groups.setdefault(record.setting, []).append(record)
    return [_point(setting, runs) for setting, runs in groups.items()]


def _point(setting: Setting, runs: Sequence[Record]) -> Point:
    names = [n for n in MORE_NAMES if all(n in run.scores for run in runs)]
    values = {name: [run.scores[name] for run in runs] for name in names}
    values["cpu"] = [run.cpu for run in runs]
    several = len(runs) > 1
    spread = {n: statistics.stdev(v) for n, v in values.items()} if several else {}
    means = {name: statistics.mean(v) for name, v in values.items()}
    cpu = means.pop("cpu")
    wall = statistics.mean(run.wall for run in runs)
    return Point(setting, len(runs), cpu, wall, means, spread)


def front(given: Iterable[tuple[float, float, Point]]) -> list[Point]:
    """
    Return the points that no cheaper point equals, in the order of their cost.

    Parameters
    ----------
    given : iterable of (cost, quality, point)
    """
    best, found = float("-inf"), []
    for _, quality, point in sorted(given, key=lambda x: (x[0], -x[1])):
        if quality > best:
            best = quality
            found.append(point)
    return found
