"""Training: gensim's arguments to a run of the native trainer, with callbacks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np

from w2vfast.compat.gensim.model import ModelBase
from w2vfast.compat.gensim.weights import loss_name
from w2vfast.corpus import Corpus
from w2vfast.runtime.timings import Timings
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training import trainer
from w2vfast.training.callbacks import AfterEpoch
from w2vfast.training.execution import Execution
from w2vfast.training.parameters import Parameters
from w2vfast.training.run_control import RunControl
from w2vfast.training.state import ModelState

logger: logging.Logger = logging.getLogger(__name__)


def parameters(model: ModelBase) -> Parameters:
    """Return the native parameters of a model."""
    loss = loss_name(model.hs, model.negative)
    values: dict[str, Any] = {
        "vector_size": model.vector_size,
        "window": model.window,
        "architecture": "skipgram" if model.sg else "cbow",
        "loss": loss,
        "sample": model.sample or 0.0,
        # A rate that rises is not a schedule of gensim: it stays at min_alpha.
        "alpha": max(model.alpha, model.min_alpha),
        "min_alpha": model.min_alpha,
        "epochs": model.epochs,
        "seed": model.seed % 2**64,
        "shrink_windows": bool(model.shrink_windows),
        "weighted_windows": False,
        "thin_gradients": False,
        "rare_power": 0.0,
        "shuffle": False,
        "min_count": max(1, int(model.effective_min_count)),
    }
    if model.negative:
        values |= {"negative": model.negative, "ns_exponent": model.ns_exponent}
    if not model.sg:
        # gensim divides the gradient of a sum of vectors by their number. That is no
        # gradient of the loss, so it is left out.
        values["cbow_mean"] = bool(model.cbow_mean)
    values["alpha_interval"] = model.batch_words
    return Parameters(**values)


def check_training(
    model: ModelBase,
    epochs: int | None,
    total_examples: int | None,
    total_words: int | None,
) -> None:
    """Raise or log what gensim does before training."""
    if not model.alpha:
        logger.warning(
            "alpha=0: the learning rate stays at min_alpha=%g, so the vectors hardly "
            "change; pass alpha=0.025",
            model.min_alpha,
        )
    if model.alpha > model.min_alpha_yet_reached:
        logger.warning("Effective 'alpha' higher than previous training cycles")
    if model.hs and model.negative:
        logger.warning(
            "Both hierarchical softmax and negative sampling are activated. "
            "Every step takes both losses; pass hs=0 or negative=0 for one of them"
        )
    if not model.wv.key_to_index:
        raise RuntimeError(
            "the model has no vocabulary: "
            f"{model._no_words or 'call build_vocab() before training'}"
        )
    if total_words is None and total_examples is None:
        raise ValueError(
            "train() needs the length of the corpus: pass total_examples, for the "
            "corpus of build_vocab total_examples=model.corpus_count, or total_words"
        )
    if epochs is None or epochs <= 0:
        raise ValueError(
            f"epochs={epochs}: expected 1 or more; pass epochs=model.epochs for the "
            "number given to the constructor"
        )
    if model.state is None:
        raise RuntimeError(
            "these vectors were assigned to the model, which has no outside vectors "
            "for them: call build_vocab() first, then change or assign wv.vectors"
        )


def set_lock_factors(model: ModelBase, state: ModelState) -> None:
    """
    Give the native model the factors of `wv.vectors_lockf`.

    Raises
    ------
    ValueError
        If there is neither one factor nor one for each word.
    """
    factors = np.asarray(model.wv.vectors_lockf, np.float32)
    words = len(state.vocabulary)
    if factors.shape not in ((1,), (words,)):
        raise ValueError(
            f"wv.vectors_lockf has shape {factors.shape}: expected (1,) or ({words},)"
        )
    needed = bool((factors != 1).any())
    scale = np.ascontiguousarray(np.broadcast_to(factors, (words,)))
    state.centre_scale = scale if needed else None


class _Epochs:
    """Runs the callbacks and sums the loss after each epoch."""

    def __init__(self, model: ModelBase, callbacks: Iterable[Any], epochs: int) -> None:
        self._model = model
        self._callbacks = list(callbacks)
        self._epochs = epochs
        self._done = 0
        self._pairs = 0.0

    def call(self, name: str) -> None:
        for callback in self._callbacks:
            getattr(callback, name)(self._model)
        self._model.sync(callback=True)

    def after_epoch(self, model: ModelBase) -> None:
        run = model.state.run if model.state is not None else None
        trained = run is not None and run.trained > self._pairs
        if model.compute_loss and trained and run is not None and model.state:
            mean = model.state.loss_history[-1]
            model.running_training_loss += mean * (run.trained - self._pairs)
            self._pairs = run.trained
        self.finish_epoch()

    def finish_epoch(self) -> None:
        self._done += 1
        self.call("on_epoch_end")
        if self._done < self._epochs:
            self.call("on_epoch_begin")

    def finish(self) -> None:
        """Run the callbacks of epochs that had nothing to train."""
        while self._done < self._epochs:
            self.finish_epoch()


def run_epochs(
    model: ModelBase,
    corpus: Corpus | None,
    epochs: int,
    callbacks: Iterable[Any],
    execution: Execution,
) -> int:
    """
    Train a model on a corpus with the ids of its vocabulary.

    Parameters
    ----------
    model : ModelBase
        With a native state.
    corpus : Corpus or None
        None if no token is in the vocabulary: nothing is trained then.
    epochs : int
    callbacks : iterable of CallbackAny2Vec
    execution : Execution

    Returns
    -------
    int
        Tokens trained in all epochs, as expected after subsampling.
    """
    state = model.state
    assert state is not None
    set_lock_factors(model, state)
    progress = _Epochs(model, callbacks, epochs)
    progress.call("on_train_begin")
    progress.call("on_epoch_begin")
    trained = 0
    if corpus is None or len(state.vocabulary) < 2:
        logger.warning(
            "nothing to train: the corpus has no two words of the vocabulary"
        )
    else:
        state.parameters = parameters(model)
        try:
            trainer.train(
                state,
                corpus,
                {"epochs": epochs},
                execution,
                Timings(),
                RunControl(lambda: model, [AfterEpoch(progress.after_epoch)]),
            )
            trained = expected_tokens(state, corpus, epochs)
        except trainer.NoPairsError as error:
            logger.warning("nothing was trained: %s", error)
    progress.finish()
    model.min_alpha_yet_reached = min(model.min_alpha_yet_reached, model.min_alpha)
    progress.call("on_train_end")
    return trained


def expected_tokens(state: ModelState, corpus: Corpus, epochs: int) -> int:
    """Return how many tokens subsampling keeps on average."""
    words = len(state.vocabulary)
    counts = np.bincount(corpus.ids, minlength=words)[:words]
    keep = keep_probability(state.vocabulary.counts, state.parameters.sample)
    return round(float((counts * keep).sum()) * epochs)
