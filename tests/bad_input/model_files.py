"""
Rows of the bad-input table: damaged and edited model files.

Each row is (name, factory, error, message), as in `vector_files.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.io.safetensors_file import read_safetensors, write_safetensors

CALL = Word2Vec.load
Row = tuple[str, Callable[[Path], Path], type[Exception], str]


@cache
def _model() -> tuple[dict[str, Any], dict[str, str], bytes]:
    """Return tensors, metadata and bytes of a model whose run was interrupted."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "m.w2v")
        sentences = [["to", "be", "or", "not"], ["be", "to"]] * 20
        model = Word2Vec(sentences, 8, min_count=1, sample=0, epochs=3, workers=1)
        model.train(after_epoch=lambda _: True).save(path)
        return *read_safetensors(path), path.read_bytes()


def _edited(edit: Callable[[dict[str, Any]], object]) -> Callable[[Path], Path]:
    """Return a factory of a model whose parameters or run are edited."""

    def write(folder: Path) -> Path:
        tensors, metadata, _ = _model()
        content = json.loads(metadata["parameters"])
        edit(content)
        path = folder / "m.w2v"
        write_safetensors(path, tensors, {"parameters": json.dumps(content)})
        return path

    return write


def _run(**changes: object) -> Callable[[Path], Path]:
    return _edited(lambda content: content["run"].update(changes))


def _parameters(**changes: object) -> Callable[[Path], Path]:
    return _edited(lambda content: content["parameters"].update(changes))


def _tensors(**changes: Any) -> Callable[[Path], Path]:
    """Return a factory of a model in which tensors are replaced, or dropped by None."""

    def write(folder: Path) -> Path:
        tensors, metadata, _ = _model()
        kept = {k: v for k, v in (tensors | changes).items() if v is not None}
        path = folder / "m.w2v"
        write_safetensors(path, kept, metadata)
        return path

    return write


def _damaged(damage: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "m.w2v"
        path.write_bytes(damage(_model()[2]))
        return path

    return write


def _vectors_only(folder: Path) -> Path:
    path = folder / "v.w2v"
    KeyedVectors(["a", "b"], np.eye(2)).save(path)
    return path


ROWS: list[Row] = [
    *[
        (f"model cut to {share:.0%}", _damaged(lambda d, n=share: d[: int(len(d) * n)]),
         ValueError, "truncated|header|format")
        for share in (0.0, 0.01, 0.5, 0.99)
    ],
    ("model: a flipped bit", _damaged(lambda d: d[:-9] + b"\x55" + d[-8:]), ValueError,
     "checksum|NaN"),
    ("model: run.block -1", _run(block=-1), ValueError, "run.block is -1"),
    ("model: run.block beyond the corpus", _run(block=10**6), ValueError,
     "run.block is 1000000: expected up to 1"),
    ("model: run.epoch -10**6", _run(epoch=-(10**6)), ValueError, "run.epoch is -1000000"),
    ("model: run.epoch beyond the run", _run(epoch=9), ValueError, "expected up to 3"),
    ("model: run.first_epoch 2**63 - 1", _run(first_epoch=2**63 - 1), ValueError,
     "run.first_epoch is 9223372036854775807"),
    ("model: text for a number", _run(tokens="120"), ValueError, "run.tokens is '120'"),
    ("model: a missing number", _edited(lambda c: c["run"].pop("pairs")), ValueError,
     "run.pairs is None"),
    ("model: a number for the reason to stop", _run(stop_reason=5), ValueError,
     "run.stop_reason is 5: expected printable text"),
    ("model: a reason to stop with control characters", _run(stop_reason="\x1b[2J"),
     ValueError, "run.stop_reason is"),
    ("model: a long reason to stop", _run(stop_reason="a" * 10_001), ValueError,
     "at most 10,000 characters"),
    ("model: text for a flag", _edited(lambda c: c.update(warm_start="no")), ValueError,
     "warm_start is 'no': expected true or false"),
    ("model: a loss of a run that is not finite", _run(loss=float("inf")), ValueError,
     "run.loss is inf"),
    ("model: another loss in the run", _edited(
        lambda c: c["run"]["parameters"].update(
            loss="negative_sampling+hierarchical_softmax",
            weighted_windows=False)), ValueError,
     "run.parameters.loss"),
    ("model: vector_size as text", _parameters(vector_size="8"), ValueError,
     "vector_size='8'"),
    ("model: an unknown parameter", _parameters(surprise=1), ValueError, "surprise"),
    ("model: no parameters", _edited(lambda c: c.pop("parameters")), ValueError,
     "'parameters' is missing"),
    ("model: a history of words", _edited(lambda c: c.update(loss_history=["low"])),
     ValueError, r"loss_history\[0\] is 'low'"),
    ("model: negative counts", _tensors(counts=np.array([1, 2, 3, -1])), ValueError,
     "counts from -1"),
    ("model: counts that overflow", _tensors(counts=np.full(4, 2**62)), ValueError,
     "sum from 1 to"),
    ("model: too few counts", _tensors(counts=np.array([1, 2])), ValueError,
     r"one int64 for each word \(4 words\)"),
    ("model: no outside vectors", _tensors(outside=None), ValueError,
     "'outside' is missing"),
    ("model: outside vectors of another shape",
     _tensors(outside=np.zeros((3, 8), np.float32)), ValueError, r"shape \(4, 8\)"),
    ("model: vectors of another type", _tensors(centre=np.zeros((4, 8))), ValueError,
     "float64"),
    ("model: offsets of keys that fall",
     _tensors(key_offsets=np.array([0, 4, 2, 6, 9])), ValueError, "key offsets"),
    ("model: negative factors", _tensors(centre_scale=np.full(4, -1, np.float32)),
     ValueError, "centre_scale"),
    ("model: a file of vectors", _vectors_only, ValueError, "not a whole Word2Vec model"),
    ("model: no such file", lambda folder: folder / "m.w2v", FileNotFoundError, "m.w2v"),
]  # fmt: skip
