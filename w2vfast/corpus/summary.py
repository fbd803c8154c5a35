"""The table that a notebook shows for a corpus."""

from __future__ import annotations

from w2vfast.corpus.encoder import Encoded
from w2vfast.runtime.html_table import html_table

_SHOWN = 10  # words


def html_summary(caption: str, encoded: Encoded | None) -> str:
    """Return an HTML table of sizes and the first words; no rows for None."""
    if encoded is None:
        return html_table(caption, [])
    words, counts = encoded.words.decode(_SHOWN), encoded.counts[:_SHOWN].tolist()
    first = zip(words, counts, strict=True)
    rows = [
        ("tokens", f"{len(encoded.ids):,}"),
        ("sentences", f"{len(encoded.offsets) - 1:,}"),
        ("distinct words", f"{len(encoded.counts):,}"),
        ("most frequent", ", ".join(f"{word} ({n:,})" for word, n in first)),
    ]
    return html_table(caption, rows)
