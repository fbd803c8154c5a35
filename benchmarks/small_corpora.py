"""
Compare w2vfast with gensim on small corpora, at the defaults and at other settings.

The corpora are walks on planted-partition graphs and on the karate club, generated
product baskets, and the bundled King James Bible. Writes small_corpora.md and
small_corpora.json. gensim and networkx are optional; what needs them is left out.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.conditions import conditions, described
from harness.options import add_eval, add_output
from harness.peers.registry import installed
from harness.report import MISSING, note, save, table
from harness.small.baskets import baskets
from harness.small.graphs import karate_walks, planted_walks
from harness.small.sample import SmallCorpus
from harness.small.text import king_james
from harness.small.trainers import SETTINGS, Setting, train, usable
from w2vfast.training.parameters import ARCHITECTURES

#: Graphs and baskets: rare nodes matter as well, and 64 dimensions are plenty.
SMALL = {"vector_size": 64, "min_count": 1}


@dataclass(frozen=True)
class Row:
    """One score of one corpus: its values of all seeds, for each setting."""

    corpus: str
    architecture: str
    score: str
    values: dict[str, list[float]]


def corpora(folder: str | None) -> list[SmallCorpus]:
    """Return the corpora in the order of the table, those that need networkx too."""
    found = [
        SmallCorpus(
            "graph, 1,000 nodes, 400 k", planted_walks(1000, 10, 400_000, 40), SMALL
        ),
        SmallCorpus("graph, 200 nodes, 10 k", planted_walks(200, 4, 10_000, 10), SMALL),
        SmallCorpus("karate club, 14 k", karate_walks, SMALL, seeds=10),
        SmallCorpus("baskets, 1 k", baskets(50, 5, 1000), SMALL, seeds=10),
        SmallCorpus("baskets, 10 k", baskets(200, 10, 10_000), SMALL),
        SmallCorpus("baskets, 100 k", baskets(1000, 20, 100_000), SMALL),
        SmallCorpus("King James, 100 k", king_james(folder, 4000)),
        SmallCorpus("King James, 790 k", king_james(folder, None)),
    ]
    if not installed("networkx"):
        note("the karate club is left out: networkx is not installed")
        found = [corpus for corpus in found if "karate" not in corpus.name]
    return found


def measure(
    given: Iterable[SmallCorpus], settings: Sequence[Setting], seeds: int
) -> Iterable[Row]:
    """Yield the rows of each corpus with each architecture."""
    for corpus in given:
        samples = [corpus.draw(seed) for seed in range(1, max(seeds, corpus.seeds) + 1)]
        for architecture in ARCHITECTURES:
            values: dict[str, dict[str, list[float]]] = {}
            for setting in settings:
                for seed, sample in enumerate(samples, 1):
                    wv = train(
                        *(setting, sample.sentences, architecture, seed),
                        corpus.parameters,
                    )
                    for score, value in sample.scores(wv).items():
                        of_score = values.setdefault(score, {})
                        of_score.setdefault(setting.name, []).append(value)
            for score, found in values.items():
                row = Row(corpus.name, architecture, score, found)
                note(" ".join(_cells(row, settings)))
                yield row


def markdown(
    facts: dict[str, Any], settings: Sequence[Setting], rows: Iterable[Row]
) -> str:
    """Return the table and its explanation."""
    head = ("corpus", "architecture", "score", *(s.name for s in settings), "spread")
    return (
        "# Small corpora\n\nMeans over seeds, one thread; each column names what "
        "differs from the defaults of w2vfast or gensim. Spread: standard deviation "
        "over the seeds, the largest of the row.\n\n"
        f"{table(head, [_cells(row, settings) for row in rows])}\n{described(facts)}"
    )


def _cells(row: Row, settings: Sequence[Setting]) -> list[str]:
    means = [
        f"{statistics.mean(row.values[s.name]):.3f}"
        if s.name in row.values
        else MISSING
        for s in settings
    ]
    spreads = [statistics.stdev(v) for v in row.values.values() if len(v) > 1]
    spread = f"{max(spreads):.3f}" if spreads else MISSING
    return [row.corpus, row.architecture, row.score, *means, spread]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, and write the results."""
    options = _parser().parse_args(arguments)
    settings = usable(s for s in SETTINGS if re.search(options.settings, s.name))
    chosen = [c for c in corpora(options.eval) if re.search(options.only, c.name)]
    facts, rows, text = conditions(), [], ""
    for row in measure(chosen, settings, options.seeds):
        rows.append(row)
        text = markdown(facts, settings, rows)
        save(options, "small_corpora", text, facts, rows)
    print(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_eval(parser)
    add("--only", default="", metavar="REGEX", help="corpora, by name")
    add("--settings", default="", metavar="REGEX", help="columns, by name")
    add("--seeds", type=int, default=3, help="the smallest corpora have 10 at least")
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
