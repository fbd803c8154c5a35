"""Where a benchmark leaves what it found: a table to read, JSON, maybe a chart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = "benchmarks/results"


def write_results(
    folder: str, name: str, found: dict[str, Any], text: str, drawing: str | None = None
) -> None:
    """Write `name`.json, `name`.md and, if there is a drawing, `name`.svg."""
    texts = {"md": text, "json": json.dumps(found, indent=1) + "\n"}
    texts |= {} if drawing is None else {"svg": drawing}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for ending, content in texts.items():
        (Path(folder) / f"{name}.{ending}").write_text(content, "utf-8")
