"""Where a benchmark leaves what it found: a table to read, and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = "benchmarks/results"


def write_results(folder: str, name: str, found: dict[str, Any], text: str) -> None:
    """Write `name`.json and `name`.md."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (place / f"{name}.md").write_text(text, "utf-8")
