"""The kernels' algorithm in NumPy: an oracle for the compiled builds.

Files correspond to those of the Cython kernels, with the same names in the same order:
random to _random.pxd; token_block to _token_block.pxd; batch to _batch.pxd and
_batching.pxd; sgd to _cbow.pxd, _shared_rows.pxd, _softmax.pxd, _pairs.pxd and
_sgd.pxd; blocks to _blocks.pxd and _fast.pyx; rounds to _streams.pxd and _rounds.pxd.
The random numbers are the same, so whole training runs
can be compared. Arithmetic is in float64. Only the embedding matrices keep their own
type.

functions, objectives, architectures, classifier and gradient_check are a separate part:
the formulas of docs/explanation/mathematics.md as functions.

A batch has L centres. H are its hidden rows: the centre vectors in skip-gram, means or
sums of context vectors in CBOW. U are its outside rows. Gradients of -J use the values
at the start of the batch. Each distinct row gets one gradient, and its step size is
alpha min(1, 2 / (alpha h)), where h is the curvature of J along the row.
docs/explanation/algorithm.md gives the reasons.
"""

from w2vfast.kernels.reference.batch import Batch
from w2vfast.kernels.reference.blocks import evaluate, log_partition, train, uses_amx
from w2vfast.kernels.reference.random import NOISE, TOKENS, draw, high, low, stream_key
from w2vfast.kernels.reference.rounds import Rounds
from w2vfast.kernels.reference.token_block import load_block, window

__all__ = [
    "NOISE",
    "TOKENS",
    "Batch",
    "Rounds",
    "draw",
    "evaluate",
    "high",
    "load_block",
    "log_partition",
    "low",
    "stream_key",
    "train",
    "uses_amx",
    "window",
]
