"""The attributes of a model, and the settings of one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.kernels.arguments import Embeddings
from w2vfast.runtime.timings import Timings
from w2vfast.training import row_factors
from w2vfast.training.execution import Execution
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState
from w2vfast.training.stopped import Stopped, stopped
from w2vfast.word2vec.other_names import OtherNames
from w2vfast.wording import counted

if TYPE_CHECKING:
    from w2vfast.keyedvectors import KeyedVectors


class Attributes(OtherNames):
    """What `Word2Vec` has besides methods: see there."""

    corpus: Corpus | None
    workers: int
    kernels: str
    timings: Timings
    _state: ModelState
    _wv: tuple[int, KeyedVectors] | None  # with the turns of the gate

    @property
    def parameters(self) -> Parameters:
        """The parameters of the model."""
        return self._state.parameters

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that the model has vectors for."""
        return self._state.vocabulary

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """
        The words whose vectors do not change in training: bool, (words,), a copy.

        Set it to words, a mask or a bool. All other words then take whole steps. An
        outside vector that is 0 is trained even if its word is frozen, because other
        words learn nothing from a vector that stays 0.
        """
        return row_factors.frozen_words(self._state)

    @frozen.setter
    def frozen(self, frozen: Any) -> None:
        row_factors.freeze(self._state, frozen)

    @property
    def loss_history(self) -> list[float]:
        """The mean loss of each epoch."""
        return self._state.loss_history

    @property
    def stopped(self) -> Stopped | None:
        """Where and why the last run stopped; None if it is complete."""
        return stopped(self._state)

    @property
    def wv(self) -> KeyedVectors:
        """
        The word vectors at this moment: a copy, made if training has changed them.

        During training every access may return another copy, so keep one for several
        queries: ``wv = model.wv``. Before training the vectors are random, and the
        first query gives a warning.
        """
        state, cached = self._state, self._wv
        if cached is None or cached[0] != state.gate.turns:
            with state.gate.paused():
                turns, vectors = state.gate.turns, state.centre_vectors.copy()
            words = state.vocabulary
            # Here, because training needs none of it: the import takes less time.
            from w2vfast.keyedvectors import KeyedVectors

            cached = turns, KeyedVectors(words.index_to_key, vectors, words.counts)
            if state.run is None and not (state.loss_history or state.warm_start):
                cached[1]._warning = (
                    "the model was not trained, so its vectors are random: call "
                    "model.train() before queries"
                )
            self._wv = cached
        return cached[1]

    @property
    def outside_vectors(self) -> Embeddings:
        """The outside vectors u_w: (words, vector_size), a view."""
        return self._state.outside_vectors[: len(self.vocabulary)]

    def __repr__(self) -> str:
        p, stop = self.parameters, self.stopped
        where, trained = "", len(self.loss_history)
        if stop is not None and self._state.run is not None:
            epochs = self._state.run.parameters.epochs
            place = f"in epoch {stop.epoch + 1}"
            if stop.block == 0:
                place = f"after epoch {stop.epoch}" if stop.epoch else "before epoch 1"
            where = f", stopped {place} of {epochs}: {stop.reason}"
        return (
            f"<Word2Vec: {counted(len(self.vocabulary), 'word')} × {p.vector_size}, "
            f"{p.architecture}, {p.loss}, {counted(trained, 'epoch')} "
            f"trained{where}>"
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes for a copy, which makes `wv` from its own state."""
        return {**vars(self), "_wv": None}

    def _set_execution(self, execution: Execution) -> None:
        self.workers, self.kernels, self._progress = execution
        self.timings = Timings()
        self._wv = None

    def _execution(
        self,
        workers: int | None = None,
        kernels: str | None = None,
        progress: bool | None = None,
    ) -> Execution:
        """Return the settings of one call: those given, else the model's own."""
        return Execution.resolve(
            self.workers if workers is None else workers,
            self.kernels if kernels is None else kernels,
            self._progress if progress is None else progress,
        )
