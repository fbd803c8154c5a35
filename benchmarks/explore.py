"""
Measure the page of ``w2vfast explore``: size, time to open, time of a search.

Needs vectors, Playwright and a Chromium of the system.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from harness.conditions import conditions, described
from harness.report import note, table
from w2vfast import KeyedVectors
from w2vfast.viz.explore.embedded_data import quantised
from w2vfast.viz.explore.frequent_words import FrequentWords

#: Runs in the page: types letters, then searches words; waits for the next picture.
SEARCHES = """async (words) => {
  const picture = () =>
    new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const field = document.getElementById("word");
  const typed = [], answered = [];
  for (const word of words) {
    let start = performance.now();
    field.value = word.slice(0, 3);
    field.dispatchEvent(new InputEvent("input"));
    await picture();
    typed.push(performance.now() - start);
    field.value = word;
    field.dispatchEvent(new InputEvent("input"));
    await picture();
    start = performance.now();
    field.form.requestSubmit();
    await picture();
    answered.push(performance.now() - start);
  }
  return { typed, answered };
}"""
#: The time at which the first picture with words is on the screen.
OPENED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const load = performance.getEntriesByType("navigation")[0].loadEventEnd;
  return { load, picture: performance.now() };
}"""


def recall(wv: KeyedVectors, queries: int, k: int = 10) -> float:
    """Return the share of the exact `k` neighbours that the page finds."""
    codes, steps = quantised(FrequentWords.of(wv, len(wv)))
    units = codes.astype(np.float32) * steps[:, None]
    rows = np.random.default_rng(1).choice(len(wv), min(queries, len(wv)), False)
    scores = units[rows] @ units.T
    scores[np.arange(len(rows)), rows] = -2
    found = np.argpartition(-scores, k, axis=1)[:, :k]
    exact = wv.most_similar_batch([wv.index_to_key[row] for row in rows], k)
    same = [
        len({word for word, _ in right} & {wv.index_to_key[i] for i in some})
        for right, some in zip(exact, found, strict=True)
    ]
    return float(np.mean(same)) / k


def in_browser(
    page: Path, words: list[str], rounds: int, chromium: str
) -> dict[str, Any]:
    """Open a page `rounds` times and search; return milliseconds."""
    from playwright.sync_api import sync_playwright

    times: dict[str, list[float]] = {name: [] for name in ("load", "picture")}
    searches: dict[str, list[float]] = {}
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium)
        for _ in range(rounds):
            tab = browser.new_page(viewport={"width": 1400, "height": 900})
            tab.goto(page.as_uri())
            opened = tab.evaluate(OPENED)
            for name, values in times.items():
                values.append(opened[name])
            tab.wait_for_timeout(500)
            searches = tab.evaluate(SEARCHES, words)
            tab.close()
        browser.close()
    return times | searches


def main() -> None:
    """Print a row for each number of words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vectors", help="trained vectors, in any format of w2vfast")
    parser.add_argument("--top", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--rounds", type=int, default=5, help="times a page is opened")
    parser.add_argument("--searches", type=int, default=50, help="words to search")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    rows = []
    for top in arguments.top:
        wv = KeyedVectors.load(arguments.vectors, limit=top)
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, "page.html")
            start = time.perf_counter()
            wv.explore(page, top=top)
            written = time.perf_counter() - start
            step = max(1, len(wv) // arguments.searches)
            words = wv.index_to_key[::step][: arguments.searches]
            ms = in_browser(page, words, arguments.rounds, arguments.chromium)
            size = page.stat().st_size / 1e6
        rows.append(
            [
                f"{len(wv):,} × {wv.vector_size}",
                f"{size:.1f}",
                f"{written:.2f}",
                *(f"{statistics.median(ms[name]):.0f}" for name in ("load", "picture")),
                *(
                    f"{min(ms[name]):.0f} / {statistics.median(ms[name]):.0f}"
                    for name in ("typed", "answered")
                ),
                f"{recall(wv, 1000):.3f}",
            ]
        )
    heads = ["words", "MB", "written, s", "load, ms", "first picture, ms"]
    heads += ["completion, ms: best / median", "search, ms: best / median", "recall@10"]
    print(table(heads, rows))
    note(described(conditions()))


if __name__ == "__main__":
    main()
