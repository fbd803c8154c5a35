"""
Held-out loss that can be compared between settings of training.

Negative sampling with noise distribution P_n is at its optimum when
u_o·v_c = log P'(o | c) − log P_n(o) − log k (Levy and Goldberg 2014, section 3), where
P' is the distribution of the trained pairs. Subsampling keeps an outside word with
probability keep(o), so P'(o | c) ∝ P(o | c) keep(o). Hence the model's estimate is

    P(o | c) ∝ exp(u_o·v_c) P_n(o) / keep(o)

The factor P_n / keep differs between settings of ns_exponent and sample. Without it, an
exponent near 0 would have the lowest loss, whatever the vectors are worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus
from w2vfast.corpus.known_words import as_corpus
from w2vfast.runtime import threads
from w2vfast.sampling.noise import noise_distribution
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.parameter_values import MAX_WHOLE, whole_number
from w2vfast.training.parameters import Parameters
from w2vfast.tuning.halves import HALF
from w2vfast.tuning.known_tokens import known_tokens
from w2vfast.tuning.objective import Objective
from w2vfast.tuning.windows import Windows
from w2vfast.wording import counted

#: Numbers in a block of logits.
BLOCK = 1 << 23
#: Parameters that may not vary, with the reason.
EXCLUDED = {
    **Objective.excluded,
    "architecture": "skip-gram predicts the words around a centre and CBOW the centre, "
    "so their held-out losses do not compare; search once for each",
    "loss": "hierarchical softmax has no such loss; search once for each objective",
}


class HeldOutObjective(Objective):
    """
    Loss of text that is not trained: mean of -log P per pair (CBOW: per centre).

    Pairs are those within a fixed window, and P is a softmax over the whole vocabulary
    with the noise distribution and subsampling of the model divided out, so that
    models with different `ns_exponent`, `sample`, `vector_size` and `epochs` compare.

    Parameters
    ----------
    corpus : Corpus, path, list of paths, or iterable of token lists
        Text that is not in the training corpus. Unknown words are skipped.
    test : "half", corpus, or None
        What tests the result. "half", the default: the second half of the text.
    window : int, optional
        Distance of the evaluated pairs. None means the fixed `window` of training, or
        5. The search leaves `window` out unless you give its range: the best training
        window would mostly be the one most similar to this.
    centres : int, default 4,000
        Number of centres, drawn from the text once. More take longer and are more
        exact.
    """

    name: str = "loss"
    higher_is_better: bool = False
    excluded: Mapping[str, str] = EXCLUDED
    unsearched: tuple[str, ...] = ("window",)

    def __init__(
        self,
        corpus: Any,
        test: Any = HALF,
        *,
        window: int | None = None,
        centres: int = 4000,
    ) -> None:
        if window is not None:
            window = whole_number("window", window, 5, 1, MAX_WHOLE)
        centres = whole_number("centres", centres, 4000, 1, MAX_WHOLE)
        self._source, self._test_source = corpus, test
        self._half = isinstance(test, str) and test == HALF
        self._window, self._centres = window, centres
        self._windows: Windows | None = None
        self._test: Windows | None = None

    def prepare(self, corpus: Corpus, base: Parameters) -> Corpus:
        """Encode the texts with the training vocabulary, and choose the centres."""
        if base.loss == "hierarchical_softmax":
            raise ValueError(
                "held-out loss with loss='hierarchical_softmax': its outside vectors "
                "belong to the nodes of a tree; tune for word pairs, analogies or next "
                "items instead"
            )
        vocabulary = corpus.vocabulary(base.min_count, base.max_final_vocab)
        self._window = self._window or base.window
        sources = [self._source]
        if self._test_source is not None and not self._half:
            sources.append(self._test_source)
        workers = threads.resolve(None)
        texts = [as_corpus(source, vocabulary, workers, None) for source in sources]
        self._print = [Fingerprint((t.ids, t.offsets)).text for t in texts]
        found = [
            Windows(*known_tokens(text, len(vocabulary)), self._window)
            for text in texts
        ]
        if self._half:
            found = list(found[0].split())
        drawn = [windows.draw(self._centres) for windows in found]
        self._windows, self._test = drawn[0], drawn[1] if len(drawn) > 1 else None
        return corpus

    def describe(self) -> dict[str, Any]:
        """Return the texts' checksums, the window and the number of centres."""
        return {
            **super().describe(),
            "content": self._print,
            "half": self._half,
            "window": self._window,
            "centres": self._centres,
        }

    def summary(self) -> str:
        """Return the number of centres, and where the test is from."""
        assert self._windows is not None
        text = (
            f"loss of {counted(len(self._windows.centres), 'centre')} of held-out "
            f"text, window {self._window}"
        )
        if self._test is None:
            return f"{text}; no test"
        where = "its second half" if self._half else "another text"
        return f"{text}; the test is {where}"

    def score(self, model: Any) -> float:
        """Return the loss of the text, or of its first half."""
        assert self._windows is not None
        return calibrated_loss(model, self._windows)

    def test_score(self, model: Any) -> float | None:
        """Return the loss of the test text, or of the second half."""
        return None if self._test is None else calibrated_loss(model, self._test)


def calibrated_loss(model: Any, windows: Windows) -> float:
    """
    Return the mean of -log P(o | c), noise and subsampling divided out.

    Parameters
    ----------
    model : Word2Vec
        Trained with negative sampling or softmax.
    windows : Windows
        With the ids of the model's vocabulary.

    Raises
    ------
    FloatingPointError
        If the vectors are infinite or NaN.
    """
    p: Parameters = model.parameters
    centre, outside = (
        vectors.astype(np.float32, copy=False)
        for vectors in (model._state.centre_vectors, model.outside_vectors)
    )
    bias = log_factors(p, model.vocabulary.counts)
    if p.cbow:
        rows, targets = windows.centres, windows.centres
    else:
        rows, which = np.unique(windows.centres, return_inverse=True)
        targets = windows.outside
    normalisers, logits = np.empty(len(rows)), np.empty(len(targets))
    step = max(1, BLOCK // len(outside))
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        hidden = centre[rows[part]]
        if p.cbow:
            hidden = windows.hidden(centre, part, p.cbow_mean)
        scores = hidden @ outside.T + bias
        largest = scores.max(axis=1)
        sums = np.exp(scores - largest[:, None]).sum(axis=1, dtype=np.float64)
        normalisers[part] = largest + np.log(sums)
        if p.cbow:
            logits[part] = scores[np.arange(len(scores)), targets[part]]
    if not p.cbow:
        pairs = which.repeat(windows.lengths)
        normalisers = normalisers[pairs]
        dots = np.einsum("ij,ij->i", centre[rows[pairs]], outside[targets])
        logits = dots + bias[targets]
    loss = float((normalisers - logits).mean(dtype=np.float64))
    if not np.isfinite(loss):
        raise FloatingPointError("the model's vectors are infinite or NaN")
    return loss


def log_factors(p: Parameters, counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return log(P_n / keep) of each word: (words,). P_n is 1 for softmax."""
    factors = -np.log(keep_probability(counts, p.sample))
    if p.uses_negatives:
        assert p.ns_exponent is not None
        factors += np.log(noise_distribution(counts, p.ns_exponent))
    return factors.astype(np.float32)
