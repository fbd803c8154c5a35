"""Files of the TensorBoard embedding projector."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO, cast

from w2vfast.io.atomic import StrPath, atomic_write
from w2vfast.io.word2vec_text import write_rows
from w2vfast.vectors.lookup import KeyedRows
from w2vfast.viz.explore.frequent_words import FrequentWords

CONFIGURATION = """\
embeddings {
  tensor_name: "words"
  tensor_path: "vectors.tsv"
  metadata_path: "metadata.tsv"
}
"""
#: Characters that would end a cell or a line.
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")


def write_projector(
    folder: StrPath, model: KeyedRows, top: int | None = None
) -> tuple[int, int]:
    """
    Write ``vectors.tsv``, ``metadata.tsv`` and ``projector_config.pbtxt``.

    Parameters
    ----------
    folder : path-like
        Created if it is missing. Files with these names are replaced, each
        atomically; others stay.
    model : KeyedRows
    top : int, optional
        Number of words, the most frequent ones; by default all.

    Returns
    -------
    words, dimensions : int

    Raises
    ------
    ValueError
        If there are fewer than 2 words or dimensions, which the projector refuses,
        or a value is not finite.
    OSError
        If the folder or a file cannot be written.
    """
    if top is not None and top < 2:
        raise ValueError(f"top={top}: expected 2 or more")
    chosen = FrequentWords.of(model, len(model) if top is None else top)
    if model.vector_size < 2:
        raise ValueError(
            "1 dimension: expected at least 2; the projector refuses fewer"
        )
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(
            f"{os.fspath(folder)} is a file; expected the name of a folder"
        ) from None
    with atomic_write(target / "vectors.tsv") as file:
        columns = cast("BinaryIO", _TabsForSpaces(file))
        write_rows(columns, [b""] * len(chosen.words), chosen.vectors)
    with atomic_write(target / "metadata.tsv") as file:
        file.write(metadata(chosen).encode(errors="replace"))
    with atomic_write(target / "projector_config.pbtxt") as file:
        file.write(CONFIGURATION.encode())
    return chosen.vectors.shape


def metadata(words: FrequentWords) -> str:
    r"""
    Return the table of words, ranks and counts.

    The table has two columns at least. A line with a word alone would be dropped if
    the word is white space, and the words after it would move up.

    Examples
    --------
    >>> import numpy as np
    >>> metadata(FrequentWords(["to", "a\tb"], np.eye(2, dtype=np.float32), None))
    'word\trank\nto\t1\na␉b\t2\n'
    """
    lines = ["word\trank" + "\tcount" * (words.counts is not None)]
    for row, word in enumerate(words.words):
        count = "" if words.counts is None else f"\t{words.counts[row]}"
        lines.append(f"{_CONTROL.sub(_picture, word)}\t{row + 1}{count}")
    return "\n".join(lines) + "\n"


def _picture(match: re.Match[str]) -> str:
    """Return Unicode's picture of a control character, such as ␉ for a tab."""
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "␤"


class _TabsForSpaces:
    """A file that gets rows of numbers with tabs between them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: memoryview) -> int:
        return self._file.write(bytes(text).replace(b" ", b"\t"))
