"""The exact loss of a model on any text: over the whole vocabulary, no negatives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast import kernels as builds
from w2vfast.corpus import Corpus
from w2vfast.evaluation.held_out_cost import warn_if_slow
from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.kernels.embeddings import as_float32
from w2vfast.runtime import threads
from w2vfast.runtime.progress import Advance, counting_bar
from w2vfast.training.checks import check_memory
from w2vfast.training.execution import Execution
from w2vfast.training.parameters import NEGATIVE_SAMPLING_DEFAULTS, Parameters
from w2vfast.training.prepare import model_arguments
from w2vfast.training.state import ModelState

_NOT_FINITE = (
    "the model's vectors are infinite or NaN, so it has no loss; train it again with "
    "a smaller alpha"
)


@dataclass(frozen=True)
class HeldOutLoss:
    """
    How well a model predicts a corpus.

    Attributes
    ----------
    loss : float
        Mean of -log P per pair (CBOW: per centre), in nats.
    pairs : int
        Number of pairs (CBOW: of centres).
    """

    loss: float
    pairs: int

    @property
    def perplexity(self) -> float:
        """exp(loss): the number of equally likely words with this loss; may be inf."""
        return math.exp(self.loss) if self.loss < 700 else math.inf


def evaluate_loss(
    model: ModelState, corpus: Corpus, sample: float, execution: Execution
) -> HeldOutLoss:
    """
    Return the exact loss of a corpus under a model; see `Word2Vec.evaluate_loss`.

    Parameters
    ----------
    model : ModelState
    corpus : Corpus
        With the ids of the model's vocabulary.
    sample : float
        Threshold of subsampling; 0 keeps all tokens.
    execution : Execution
    """
    p = evaluation_parameters(model.parameters, sample)
    arguments = model_arguments(_widened(model, p), corpus, p)
    warn_if_slow(p, arguments, execution.workers, execution.kernels)
    kernels = builds.load(execution.kernels)
    with counting_bar(
        execution.progress, work_units(arguments), "w", "evaluate"
    ) as advance:
        return held_out_loss(kernels, arguments, execution.workers, advance)


def _widened(model: ModelState, p: Parameters) -> ModelState:
    """Return the model with matrices of the type of p: the softmax needs float32."""
    if p.dtype == model.parameters.dtype:
        return model
    check_memory(p, len(model.vocabulary))
    centre, outside = (as_float32(m) for m in (model.centre, model.outside))
    return replace(model, centre=centre, outside=outside)


def evaluation_parameters(p: Parameters, sample: float) -> Parameters:
    """Return the parameters for an exact loss: full windows, no negatives."""
    changes: dict[str, Any] = {"shrink_windows": False, "weighted_windows": False}
    changes["shuffle"] = False
    changes |= {"chunk_size": None, "rare_power": 0}  # without updates, no rates
    changes["sample"] = sample
    if p.uses_negatives:
        changes |= {"loss": "softmax", **dict.fromkeys(NEGATIVE_SAMPLING_DEFAULTS)}
        changes |= {"dtype": "float32", "matmul_precision": "float32"}
        changes["thin_gradients"] = None
    return replace(p, **changes)


def needs_log_partition(arguments: KernelArguments) -> bool:
    """Return whether the loss needs log Z of every word, once."""
    return arguments.loss == "softmax" and not arguments.cbow


def work_units(arguments: KernelArguments) -> int:
    """Return what `held_out_loss` counts: tokens, and words that need log Z."""
    words = len(arguments.centre) if needs_log_partition(arguments) else 0
    return words + len(arguments.ids)


def held_out_loss(
    kernels: Kernels,
    arguments: KernelArguments,
    workers: int,
    advance: Advance = lambda units: None,
) -> HeldOutLoss:
    """
    Return the mean loss for arguments made with `evaluation_parameters`.

    In skip-gram, log Z depends on the centre word alone, so it is computed once for
    each word, whatever the length of the corpus. If outside word o occurs n_co times
    around centre c, J = Σ_c [n_c log Z_c − Σ_o n_co u_o·v_c]. In
    CBOW every centre has its own hidden vector and needs its own softmax. `advance`
    receives numbers of units that are done; see `work_units`.

    Raises
    ------
    FloatingPointError
        If the vectors are infinite or NaN.
    ValueError
        If no word has another word in its window.
    """
    log_z = np.zeros(0)
    if needs_log_partition(arguments):
        log_z = _log_partition(kernels, arguments, workers, advance)
    sums: list[tuple[float, float]] = []

    def evaluate(first: int, last: int) -> None:
        loss, pairs, _, finite = kernels.evaluate(arguments, first, last, log_z)
        if not (finite and math.isfinite(loss)):
            raise FloatingPointError(_NOT_FINITE)
        sums.append((loss, pairs))
        tokens = len(arguments.ids) - first * arguments.block_size
        advance(min(tokens, arguments.block_size))

    threads.run_ranges(workers, arguments.n_blocks, 1, evaluate)
    pairs = int(sum(n for _, n in sums))  # they have equal weights
    if pairs == 0:
        raise ValueError(
            "no two known words of the corpus are in one window, so there is nothing "
            "to predict: give a text with words of the model's vocabulary"
        )
    return HeldOutLoss(math.fsum(loss for loss, _ in sums) / pairs, pairs)


def _log_partition(
    kernels: Kernels, arguments: KernelArguments, workers: int, advance: Advance
) -> NDArray[np.float64]:
    """Return log Z of every word of the vocabulary: (words,)."""
    words = len(arguments.centre)
    log_z = np.empty(words)

    def fill(first: int, last: int) -> None:
        kernels.log_partition(arguments, first, last, log_z)
        advance(last - first)

    threads.run_ranges(workers, words, arguments.batch_size, fill)
    if not np.isfinite(log_z).all():
        raise FloatingPointError(_NOT_FINITE)
    return log_z
