"""Divide the files of a corpus among replicas: whole lines, about equal bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import index
from pathlib import Path
from typing import Any

from w2vfast.corpus.ray_datasets import is_ray_dataset
from w2vfast.corpus.text_options import TextOptions
from w2vfast.distributed.dataset_shards import divide_dataset
from w2vfast.distributed.files import open_file
from w2vfast.distributed.pieces import Piece, Shard
from w2vfast.distributed.sources import SourceFile, find_files
from w2vfast.files.corpus_files import remember_corpus_file
from w2vfast.files.names import is_url
from w2vfast.io.url_errors import url_errors
from w2vfast.wording import counted

#: Bytes of text for each byte of a compressed file, about.
_COMPRESSION = 3
#: More are a mistake: a merge would wait for all of them.
MAX_SHARDS = 1 << 16
#: A cut is at the first line end in so many bytes, else at the first white space.
LINE_SEARCH = 1 << 20
_BLOCK = 1 << 16
_WHITE = re.compile(rb"[ \t\n\v\f\r]")


def divide(
    sources: Any, shards: int, *, encoding: str = "utf-8", field: str | None = None
) -> list[Shard]:
    r"""
    Divide a corpus into shards of about equal size.

    All shards, one after the other, are the corpus in the order in which one process
    reads it. A large file of UTF-8 is cut at line ends. If a line is longer than 1 MiB,
    it is cut at white space, never within a token. Compressed files, files of other
    encodings, files with `field`, and files of unknown size stay whole. A `Dataset` of
    Ray is computed, and cut into equal numbers of rows.

    Parameters
    ----------
    sources : path, URL, list of these, or ray.data.Dataset
        Files or folders, which every machine must be able to read.
    shards : int
        1 to 65,536.
    encoding, field
        As in `Word2Vec`.

    Returns
    -------
    list of tuple of Piece or DatasetRows
        A shard is empty if there are too few files or lines.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    TypeError, ValueError
        If `sources` is of another kind, or `shards` is out of range.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "corpus.txt")
    ...     _ = path.write_text("a rose is\na rose\n")
    ...     [(piece.start, piece.stop) for (piece,) in divide(path, 2)]
    [(0, 10), (10, None)]
    """
    n_shards = _checked_shards(shards)
    if is_ray_dataset(sources):
        return [*divide_dataset(sources, n_shards, field)]
    files = find_files(sources)
    can_cut = TextOptions(encoding, field=field).is_native
    weights = _weights(files)
    total = sum(weights)
    found: list[list[Piece]] = [[] for _ in range(n_shards)]
    before = 0.0
    for file, weight in zip(files, weights, strict=True):
        share = (before * n_shards / total, (before + weight) * n_shards / total)
        if can_cut and file.size and not file.is_compressed:
            for number, piece in _cut(file, *share, n_shards):
                found[number].append(piece)
        else:
            middle = int((share[0] + share[1]) / 2)
            whole = Piece(file.url, version=file.version)
            found[min(middle, n_shards - 1)].append(whole)
        before += weight
    return [tuple(pieces) for pieces in found]


def _checked_shards(shards: object) -> int:
    if isinstance(shards, bool) or not hasattr(shards, "__index__"):
        raise TypeError(f"replicas={shards!r}: expected a whole number, such as 4")
    if not 1 <= (number := index(shards)) <= MAX_SHARDS:
        raise ValueError(f"replicas={number}: expected 1 to {MAX_SHARDS}")
    return number


def check_filled(shards: list[Shard]) -> None:
    """Raise ValueError if most shards have no text: replicas would only cost memory."""
    filled = sum(map(bool, shards))
    if 2 * filled < len(shards):
        raise ValueError(
            f"replicas={len(shards)}, but the corpus fills only "
            f"{counted(filled, 'shard')}: a shard has whole lines, or whole files if "
            "they are compressed, in another encoding or read with field; pass "
            f"replicas={filled} or fewer, or divide the text among more files"
        )


def _weights(files: list[SourceFile]) -> list[float]:
    """Return the bytes of text of each file, about; the mean where it is unknown."""
    known = [_text_bytes(f) for f in files if f.size is not None]
    mean = max(1.0, sum(known) / len(known)) if known else 1.0
    weights = [mean if f.size is None else _text_bytes(f) for f in files]
    return weights if sum(weights) else [1.0] * len(files)


def _text_bytes(file: SourceFile) -> float:
    return float((file.size or 0) * (_COMPRESSION if file.is_compressed else 1))


def _cut(
    file: SourceFile, first: float, last: float, shards: int
) -> Iterator[tuple[int, Piece]]:
    """
    Yield the pieces of a file, and the shard of each.

    Parameters
    ----------
    file : SourceFile
    first, last : float
        Where the file begins and ends, in shards from the start of the corpus.
    shards : int
    """
    assert file.size is not None
    low = min(int(first), shards - 1)
    inner = range(low + 1, min(shards, int(last) + 1))
    wanted = [round(file.size * (n - first) / (last - first)) for n in inner]
    cuts = [0, *_cut_positions(file, wanted), file.size]
    for number, (start, stop) in enumerate(pairwise(cuts), low):
        if start < stop:
            end = None if stop == file.size else stop
            yield number, Piece(file.url, start, end, file.version)


def _cut_positions(file: SourceFile, wanted: Iterable[int]) -> list[int]:
    """Return where to cut, at or after each of the wanted positions."""
    assert file.size is not None
    positions: list[int] = []
    inside = [n for n in wanted if 0 < n < file.size]
    if not inside:
        return [min(max(n, 0), file.size) for n in wanted]
    with open_file(file.url, LINE_SEARCH) as opened, url_errors(file.url):
        for position in wanted:
            position = max([position, *positions[-1:]])
            if 0 < position < file.size:
                position = _next_cut(opened, position)
            positions.append(min(max(position, 0), file.size))
    return positions


def _next_cut(file: Any, position: int) -> int:
    """
    Return the first byte of a line, or of white space, at or after `position`.

    The byte before `position` is read too: a line may begin exactly there.
    """
    file.seek(position - 1)
    white = None
    start = position - 1
    while block := file.read(_BLOCK):
        newline = block.find(b"\n")
        if newline >= 0 and start + newline < position + LINE_SEARCH:
            return int(start + newline + 1)
        if white is None and (match := _WHITE.search(block)):
            white = start + match.start() + 1
        start += len(block)
        if white is not None and start >= position + LINE_SEARCH:
            return int(white)
    return int(start)


def check_unchanged(shards: list[Shard], sources: Any) -> None:
    """
    Raise OSError if a file was written, added or removed since the division.

    Files of this machine are remembered as files of a corpus.
    """
    if is_ray_dataset(sources):
        return  # its blocks never change
    now = {file.url: file.version for file in find_files(sources)}
    for number, shard in enumerate(shards):
        for piece in shard:
            if isinstance(piece, Piece) and now.get(piece.url) != piece.version:
                raise OSError(
                    f"shard {number} has changed while it was being read: {piece.url}; "
                    "start again when no program writes to the files"
                )
    if added := now.keys() - {piece.url for shard in shards for piece in shard}:
        raise OSError(
            f"{min(added)} was added to the corpus while it was being read: start "
            "again when no program writes to its folders"
        )
    for url in now:
        if not is_url(url):
            remember_corpus_file(Path(url).stat(), url)
