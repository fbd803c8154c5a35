"""Unpack compressed corpora: some trainers read plain text only."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

#: File suffixes and the modules that decompress them.
PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstandard"}


@contextmanager
def plain_text(path: str | Path) -> Iterator[Path]:
    """
    Yield the path of the corpus as plain text.

    A compressed corpus is unpacked to a temporary file, which is removed at the end.
    """
    source = Path(path)
    if not source.is_file():
        raise FileNotFoundError(
            f"{source}: no such file; expected one text file, plain or compressed"
        )
    if source.suffix not in PACKED:
        yield source
        return
    with _temporary(source.stem) as target:
        with _open(source) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        yield target


@contextmanager
def beginning(path: str | Path, size: int) -> Iterator[Path]:
    """
    Yield a temporary file with the first `size` bytes of a corpus.

    The text is cut at the end of a line, or of a word if no line ends in it.
    """
    with _temporary(Path(path).stem) as target:
        with _open(Path(path)) as file:
            text: bytes = file.read(size + 1)
        if len(text) > size:
            text = text[: max(text.rfind(b"\n"), 0) or text.rfind(b" ")]
        target.write_bytes(text + b"\n")
        yield target


@contextmanager
def _temporary(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="w2vfast-benchmark-") as folder:
        yield Path(folder) / name


def _open(path: Path) -> Any:
    module = PACKED.get(path.suffix)
    return import_module(module).open(path, "rb") if module else path.open("rb")
