"""Corpora as plain text in one file, which is all that some trainers read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstandard"}


@contextmanager
def plain_text(path: str | Path) -> Iterator[Path]:
    """Give the path of the corpus unpacked; a temporary file is removed afterwards."""
    source = Path(path)
    if not source.is_file():
        raise FileNotFoundError(f"{source}: expected one file of text, plain or packed")
    if source.suffix not in PACKED:
        yield source
        return
    with temporary(source.stem) as target:
        with _open(source) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        yield target


@contextmanager
def beginning(path: str | Path, size: int) -> Iterator[Path]:
    """Give a temporary file with the first bytes, cut at the end of a line or word."""
    with temporary(Path(path).stem) as target:
        with _open(Path(path)) as file:
            text: bytes = file.read(size + 1)
        if len(text) > size:
            text = text[: max(text.rfind(b"\n"), 0) or text.rfind(b" ")]
        target.write_bytes(text + b"\n")
        yield target


@contextmanager
def temporary(name: str) -> Iterator[Path]:
    """Give a path in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="w2vfast-benchmark-") as folder:
        yield Path(folder) / name


def _open(path: Path) -> Any:
    module = PACKED.get(path.suffix)
    return import_module(module).open(path, "rb") if module else path.open("rb")
