"""The part of a checkpoint that only a distributed run has."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

from w2vfast.distributed.dataset_shards import OTHER_ROWS, URL
from w2vfast.distributed.division import MAX_SHARDS
from w2vfast.distributed.merging import check_rule
from w2vfast.distributed.pieces import Shard
from w2vfast.distributed.schedule import MERGE_EVERY
from w2vfast.distributed.shards import ShardWords
from w2vfast.io.atomic import StrPath
from w2vfast.training.checkpoint import read_model
from w2vfast.training.other_corpus import OtherCorpusError
from w2vfast.training.parameter_values import whole_number
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.wording import quoted

#: Upper bound of `merge_every`.
MAX_TOKENS = 10**12


@dataclass(frozen=True)
class Settings:
    """
    What a resumed run shares with its beginning, besides its parameters and corpus.

    Attributes
    ----------
    replicas : int
    merge_every : int
        Tokens of a replica between two merges.
    merge_rule : str
    encoding, errors : str
    field : str or None
        How files become text.
    """

    replicas: int
    merge_every: int
    merge_rule: str
    encoding: str = "utf-8"
    errors: str = "strict"
    field: str | None = None

    def __post_init__(self) -> None:
        numbers = {
            "replicas": whole_number("replicas", self.replicas, 4, 1, MAX_SHARDS),
            "merge_every": whole_number(
                "merge_every", self.merge_every, MERGE_EVERY, 1, MAX_TOKENS
            ),
        }
        check_rule(self.merge_rule)
        for name, number in numbers.items():  # of NumPy, they would be no JSON
            object.__setattr__(self, name, number)


def run_details(
    settings: Settings,
    kernels: str,
    shards: Sequence[Shard],
    words: Sequence[ShardWords],
) -> dict[str, Any]:
    """Return the entry of a checkpoint, which is JSON: settings and shards."""
    return {
        **vars(settings),
        "kernels": kernels,
        "round": 0,
        "shards": [_places(shard) for shard in shards],
        "fingerprints": [found.fingerprint for found in words],
    }


def corpus_fingerprint(words: Sequence[ShardWords]) -> str:
    """Return 16 hexadecimal digits for the text of all shards."""
    texts = [found.fingerprint for found in words]
    first, second = (
        zlib.crc32("".join(text[start::2] for text in texts).encode())
        for start in (0, 1)
    )
    return f"{first:08x}{second:08x}"


def read_checkpoint(path: StrPath) -> tuple[ModelState, TrainingState, Settings]:
    """
    Read a checkpoint of a distributed run.

    Raises
    ------
    ValueError
        If the file is damaged, or belongs to a run of one process.
    """
    name = os.fspath(path)
    state = read_model(path)
    run = state.run
    if run is None or run.distributed is None:
        raise ValueError(
            f"{name}: no checkpoint of a distributed run; Word2Vec.resume continues "
            "the run of one process"
        )
    try:
        settings = _settings(run.distributed)
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(
            f"{name}: the distributed run of this checkpoint is damaged ({reason})"
        ) from error
    return state, run, settings


def _settings(details: dict[str, Any]) -> Settings:
    settings = Settings(**{name: details[name] for name in Settings.__annotations__})
    round_ = details["round"]
    if type(round_) is not int or round_ < 0:
        raise ValueError(f"round is {quoted(round_)}: expected 0 or more")
    if not isinstance(details["kernels"], str):
        raise TypeError(f"kernels is {quoted(details['kernels'])}: expected a name")
    if not all(_is_piece(piece) for shard in details["shards"] for piece in shard):
        raise ValueError("shards: expected lists of a file, a start and a stop")
    for name in ("shards", "fingerprints"):
        if (
            not isinstance(details[name], list)
            or len(details[name]) != settings.replicas
        ):
            raise ValueError(f"{name}: expected a list of {settings.replicas}")
    return settings


def _is_piece(piece: Any) -> bool:
    if not isinstance(piece, list) or len(piece) != 3:
        return False
    url, start, stop = piece
    return isinstance(url, str) and type(start) is int and type(stop) in (int, NoneType)


def check_shards(details: dict[str, Any], shards: Sequence[Shard]) -> None:
    """Raise OtherCorpusError if the corpus of a resumed run is divided otherwise."""
    for number, (old, shard) in enumerate(zip(details["shards"], shards, strict=True)):
        if old != (new := _places(shard)):
            raise OtherCorpusError(
                f"shard {number} of the interrupted run was {_shown(old)}, now it is "
                f"{_shown(new)}, so the corpus or the size of a file differs",
                "pass the same files",
            )


def check_texts(details: dict[str, Any], words: Sequence[ShardWords]) -> None:
    """Raise OtherCorpusError if a shard has other text than the interrupted run."""
    for number, found in enumerate(words):
        old = details["fingerprints"][number]
        if found.fingerprint != old:
            pieces = details["shards"][number]
            is_dataset = bool(pieces) and pieces[0][0] == URL
            fix = OTHER_ROWS if is_dataset else "pass the same files"
            raise OtherCorpusError(
                f"shard {number} ({_shown(details['shards'][number])}) has other text "
                f"than in the interrupted run (fingerprint {old}, here "
                f"{found.fingerprint})",
                fix,
            )


def _places(shard: Shard) -> list[list[Any]]:
    """
    Return name, start and stop of each piece, for a checkpoint.

    Names are without their folder, which may change, and without the query of a URL,
    which may be a secret.
    """
    return [[_name(piece.url), piece.start, piece.stop] for piece in shard]


def _name(url: str) -> str:
    return re.split(r"[?#]", url)[0].replace(os.sep, "/").rpartition("/")[2]


def _shown(pieces: Sequence[Any]) -> str:
    shown = [
        f"{url} from {'row' if url == URL else 'byte'} {start}"
        for url, start, _ in pieces[:2]
    ]
    more = f" and {len(pieces) - 2} more" if len(pieces) > 2 else ""
    return (", ".join(shown) or "empty") + more
