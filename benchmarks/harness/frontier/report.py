"""The table of the frontier, and the time that equal quality takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.conditions import described
from harness.frontier.records import Point, front
from harness.report import MISSING, number, table
from harness.scores import MORE_NAMES
from w2vfast.training.parameters import ARCHITECTURES

#: A setting is as good if similarity and analogies are at most this much lower.
SIMILARITY_NOISE, ANALOGY_NOISE = 0.01, 0.01
#: The gensim setting that others are compared with: its defaults, five epochs.
PEER_EPOCHS, PEER_SAMPLE = 5, 1e-3
HEAD = (
    *("contender", "architecture", "d", "setting", "runs", "CPU s", "wall s"),
    *(*MORE_NAMES, "similarity", "front"),
)


def markdown(facts: dict[str, Any], given: Sequence[Point]) -> str:
    """Return the table of all points, the fronts, and the time to equal quality."""
    order = sorted(given, key=_order)
    on_front = {
        axis: {id(p) for group in _groups(given) for p in axis_front(group, axis)}
        for axis in ("similarity", "analogy")
    }
    rows = [_cells(p, [a for a, f in on_front.items() if id(p) in f]) for p in order]
    lines = "\n".join(f"- {line}" for line in equal_quality(given))
    return (
        f"# Quality against CPU time\n\n{facts['corpus']}, one thread. CPU, wall: "
        "seconds of training, without reading and counting; means over the runs. "
        "Scores: means over the runs ± standard deviation. Similarity: mean of "
        "WS-353, SimLex and MEN. Front: no cheaper setting of the same contender, "
        "architecture and d is as good in similarity or in analogies.\n\n"
        f"{table(HEAD, rows)}\n## Time to equal quality\n\nAs good: similarity at most "
        f"{SIMILARITY_NOISE:g} lower, Google at most {ANALOGY_NOISE * 100:g} point "
        f"lower.\n\n{lines or '- Nothing to compare.'}\n\n"
        f"Commits of the runs: {', '.join(facts['commits'])}.\n\n{described(facts)}"
    )


def axis_front(given: Sequence[Point], axis: str) -> list[Point]:
    """Return the Pareto front of CPU seconds and an attribute of `Point`."""
    values = [(p.cpu, getattr(p, axis), p) for p in given]
    return front(value for value in values if value[1] is not None)


def equal_quality(given: Sequence[Point]) -> list[str]:
    """Return a sentence for each architecture and d, and each setting of gensim."""
    found = []
    for architecture in ARCHITECTURES:
        for d in sorted({p.setting.vector_size for p in given}):
            group = [
                p
                for p in given
                if (p.setting.architecture, p.setting.vector_size) == (architecture, d)
                and p.similarity is not None
                and p.analogy is not None
            ]
            for peer in peers(group):
                found.append(_verdict(peer, group))
    return found


def peers(group: Sequence[Point]) -> list[Point]:
    """Return gensim at its usual settings, and at its best with as many epochs."""
    theirs = [p for p in group if p.setting.contender == "gensim"]
    theirs = [p for p in theirs if p.setting.epochs == PEER_EPOCHS]
    best = sorted(theirs, key=lambda p: (p.similarity or 0) + (p.analogy or 0))[-1:]
    usual = [p for p in theirs if p.setting.sample == PEER_SAMPLE]
    return [*usual, *(p for p in best if p not in usual)]


def as_good(point: Point, other: Point) -> bool:
    """Return whether a point is as good as another in similarity and analogies."""
    assert point.similarity is not None and other.similarity is not None
    assert point.analogy is not None and other.analogy is not None
    return (
        point.similarity >= other.similarity - SIMILARITY_NOISE
        and point.analogy >= other.analogy - ANALOGY_NOISE
    )


def _verdict(peer: Point, group: Sequence[Point]) -> str:
    ours = [p for p in group if p.setting.contender == "w2vfast" and as_good(p, peer)]
    about = f"{peer.setting.name} ({peer.cpu:.1f} s)"
    if not ours:
        return f"{about}: no setting of w2vfast is as good."
    best = min(ours, key=lambda p: p.cpu)
    return (
        f"{about}: w2vfast {best.setting.rest} is as good in {best.cpu:.1f} s, "
        f"1/{peer.cpu / best.cpu:.1f} of the time."
    )


def _groups(given: Sequence[Point]) -> list[list[Point]]:
    """Return the points of each contender, architecture and d."""
    groups: dict[tuple[str, str, int], list[Point]] = {}
    for point in given:
        groups.setdefault(_order(point)[:3], []).append(point)
    return list(groups.values())


def _order(point: Point) -> tuple[str, str, int, float]:
    s = point.setting
    return s.architecture, s.contender, s.vector_size, point.cpu


def _cells(point: Point, axes: Sequence[str]) -> list[str]:
    s = point.setting
    return [
        *(s.contender, s.architecture, str(s.vector_size), s.rest, str(point.runs)),
        _with_spread(point.cpu, point.spread.get("cpu"), ".1f"),
        f"{point.wall:.1f}",
        *(
            _with_spread(point.scores.get(name), point.spread.get(name), ".3f")
            for name in MORE_NAMES
        ),
        number(point.similarity, ".3f"),
        ", ".join(axes) or MISSING,
    ]


def _with_spread(value: float | None, spread: float | None, pattern: str) -> str:
    text = number(value, pattern)
    return text if value is None or spread is None else f"{text} ± {spread:{pattern}}"
