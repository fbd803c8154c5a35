"""The chunked algorithm in NumPy: an oracle for the compiled builds.

Same letters, same order and same random numbers as _fast.pyx and its parts. Twins
share a name: random.py is _random.pxd, token_block.py _token_block.pxd, batch.py
_batch.pxd and _batching.pxd, sgd.py _sgd.pxd, _cbow.pxd, _shared_rows.pxd,
_softmax.pxd and _pairs.pxd, blocks.py the rest.
Arithmetic is in float64; only the tables keep their own type.

L centres are trained at once; H (hidden rows) are the centres' vectors in skip-gram,
the windows' means in CBOW; U the outside rows. Gradients are of -J, taken at the
chunk's start, one for each distinct row, whose step is
alpha min(1, 2 / (alpha bound)). docs/algorithm.md gives the reasons.
"""

from w2vfast.kernels.reference.batch import Batch
from w2vfast.kernels.reference.blocks import evaluate, log_partition, train
from w2vfast.kernels.reference.random import NOISE, TOKENS, draw, high, low, stream_key
from w2vfast.kernels.reference.token_block import load_block, window

__all__ = [
    "NOISE",
    "TOKENS",
    "Batch",
    "draw",
    "evaluate",
    "high",
    "load_block",
    "log_partition",
    "low",
    "stream_key",
    "train",
    "window",
]
