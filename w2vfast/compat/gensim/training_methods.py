"""The method that trains a model on a corpus, with the arguments of gensim's."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any

from w2vfast.compat.gensim import training
from w2vfast.compat.gensim.arguments import check_no_others, checked_callbacks
from w2vfast.compat.gensim.building import VocabularyBuilder
from w2vfast.compat.gensim.notices import report_once
from w2vfast.compat.gensim.vocabulary import Sentences, check_source
from w2vfast.corpus import Corpus
from w2vfast.corpus.content import NotTextError
from w2vfast.training.execution import Execution
from w2vfast.training.parameters import Parameters

logger: logging.Logger = logging.getLogger(__name__)


class TrainingMethods(VocabularyBuilder):
    """Trains the vectors on a corpus that is read once."""

    # Declared again, or type checkers would have to infer what `train` sets.
    alpha: float
    min_alpha: float
    compute_loss: bool
    running_training_loss: float
    total_train_time: float
    train_count: int

    def train(
        self,
        corpus_iterable: Any = None,
        corpus_file: str | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        **kwargs: Any,
    ) -> tuple[int, int]:
        """
        Train on a corpus, which is read once.

        Parameters
        ----------
        corpus_iterable, corpus_file
            As in `build_vocab`.
        total_examples, total_words : int
            One of them is required, as in gensim. The learning rate follows the corpus
            itself.
        epochs : int
            Required. Usually ``model.epochs``.
        start_alpha, end_alpha : float, optional
            Replace the attributes `alpha` and `min_alpha`.
        word_count, queue_factor, report_delay
            No effect.
        compute_loss : bool, default False
        callbacks : iterable of CallbackAny2Vec

        Returns
        -------
        trained : int
            Tokens trained in all epochs, as expected after subsampling.
        raw : int
            Tokens of the corpus times epochs.

        Raises
        ------
        RuntimeError
            If there is no vocabulary.
        ValueError
            If `epochs`, or both `total_examples` and `total_words`, are missing.
        """
        scanned = kwargs.pop("_scanned", False)
        check_no_others(TrainingMethods.train, kwargs)
        callbacks = checked_callbacks(callbacks)
        if word_count or queue_factor != 2 or report_delay != 1.0:
            report_once("word_count, queue_factor and report_delay have no effect")
        self.alpha = start_alpha or self.alpha
        self.min_alpha = end_alpha or self.min_alpha
        training.check_training(self, epochs, total_examples, total_words)
        assert epochs is not None
        check_source(corpus_iterable, corpus_file, epochs, "train")
        self.compute_loss, self.running_training_loss = compute_loss, 0.0
        execution = Execution.resolve(self.workers, "auto", False)
        start = time.perf_counter()
        self.sync()
        corpus, raw = self._encode(corpus_iterable, corpus_file, scanned)
        trained = training.run_epochs(self, corpus, epochs, callbacks, execution)
        self.total_train_time += time.perf_counter() - start
        self.train_count += 1
        self.add_lifecycle_event("train", trained_words=trained, raw_words=raw * epochs)
        return trained, raw * epochs

    def _encode(
        self, corpus_iterable: Any, corpus_file: str | None, scanned: bool
    ) -> tuple[Corpus | None, int]:
        """Return the corpus with the vocabulary's ids, and its number of tokens."""
        assert self.state is not None
        source: Any = corpus_file
        if corpus_file is None:
            as_text = not all(isinstance(key, str) for key in self.wv.index_to_key)
            source = Sentences(corpus_iterable, as_text)
        try:
            if scanned and self._last_scan is not None and self._last_scan.corpus:
                corpus = self._last_scan.corpus
            else:
                corpus = Corpus(source, workers=self.workers, progress=False)
            raw = len(corpus.ids)
            return corpus.encode(self.state.vocabulary), raw
        except (NotTextError, UnicodeError):
            raise
        except ValueError as error:  # no token at all, or none of the vocabulary
            logger.warning("%s", error)
            return None, getattr(source, "n_words", 0)

    def parameters(self) -> Parameters:
        """Return the native parameters."""
        return training.parameters(self)

    def get_latest_training_loss(self) -> float:
        """Return the sum of the loss of the last training, if it was computed."""
        return self.running_training_loss
