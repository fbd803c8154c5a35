"""Word2Vec of gensim 4, trained by w2vfast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim import model_file, persistence, prediction
from w2vfast.compat.gensim.arguments import (
    answered,
    checked_callbacks,
    real,
    whole,
)
from w2vfast.compat.gensim.key_table import Key
from w2vfast.compat.gensim.keyedvectors import KeyedVectors
from w2vfast.compat.gensim.notices import report_once
from w2vfast.compat.gensim.store import random_rows
from w2vfast.compat.gensim.training_methods import TrainingMethods
from w2vfast.compat.gensim.vocabulary import TrimRule, Word, check_source
from w2vfast.io.atomic import StrPath
from w2vfast.runtime.public_methods import named_after_class


class _ClassOnly:
    """A class method that raises AttributeError when called on an instance."""

    def __set_name__(self, owner: type[Word2Vec], name: str) -> None:
        method = vars(owner)["_load"].__func__
        method.__qualname__ = f"{owner.__qualname__}.{name}"  # errors show it

    def __get__(self, instance: Any, owner: type[Word2Vec]) -> Any:
        if instance is not None:
            raise AttributeError(
                "load is a method of the class: model = Word2Vec.load(path)"
            )
        return owner._load


@named_after_class
class Word2Vec(TrainingMethods):
    """
    Word2Vec with the parameters, defaults and attributes of gensim 4.

    Parameters
    ----------
    sentences : iterable of lists of tokens, optional
        Trains at once. Without it and `corpus_file`, call build_vocab() and train().
    corpus_file : str, optional
        Path of a text with one sentence per line, which is read in parallel.
    vector_size, window, min_count, epochs, seed, sample, ns_exponent
        As in w2vfast.Word2Vec.
    alpha, min_alpha : float, default 0.025 and 0.0001
        Learning rate at the start and at the end.
    max_vocab_size : int, optional
        While counting, drop rare words whenever there are more words than this.
    workers : int, default 3
        Number of threads.
    sg : {0, 1}, default 0
        1: skip-gram, 0: CBOW.
    hs : {0, 1}, default 0
        1: hierarchical softmax.
    negative : int, default 5
        Negatives per positive; 0: no negative sampling.
    cbow_mean : {0, 1}, default 1
        1: average the context's vectors, 0: add them.
    hashfxn : callable
        No effect: initial vectors depend on `seed` alone.
    null_word : {0}
        1 is not supported; see `add_null_word`.
    trim_rule : callable, optional
        See `build_vocab`.
    sorted_vocab : {0, 1}, default 1
        Sort words by descending count.
    batch_words : int, default 10,000
        Words between two changes of the learning rate.
    compute_loss : bool, default False
        Sum the loss; see `get_latest_training_loss`.
    callbacks : iterable of CallbackAny2Vec
    comment : str, optional
        Kept as an attribute.
    max_final_vocab : int, optional
        Raise min_count until at most so many words stay.
    shrink_windows : bool, default True
        Draw each window from 1 to `window`.
    """

    load: Any = _ClassOnly()

    @answered
    def __init__(
        self,
        sentences: Any = None,
        corpus_file: str | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Any = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: TrimRule | None = None,
        sorted_vocab: int = 1,
        batch_words: int = 10_000,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
    ) -> None:
        callbacks = checked_callbacks(callbacks)
        real("min_count", min_count)
        real("sample", sample or 0)
        self.vector_size: int = whole("vector_size", vector_size)
        self.layer1_size: int = self.vector_size
        self.workers: int = whole("workers", workers)
        self.epochs: int = whole("epochs", epochs)
        self.train_count: int = 0
        self.total_train_time: float = 0.0
        self.batch_words: int = batch_words
        self.comment: str | None = comment
        self.sg: int = whole("sg", sg)
        self.hs: int = whole("hs", hs)
        self.negative: int = whole("negative", negative)
        self.alpha: float = real("alpha", alpha)
        self.min_alpha: float = real("min_alpha", min_alpha)
        self.min_alpha_yet_reached: float = self.alpha
        self.window: int = whole("window", window)
        self.shrink_windows: bool = bool(shrink_windows)
        self.ns_exponent: float = ns_exponent
        self.cbow_mean: int = whole("cbow_mean", cbow_mean)
        self.compute_loss: bool = bool(compute_loss)
        self.running_training_loss: float = 0.0
        self.corpus_count: int = 0
        self.corpus_total_words: int = 0
        self.max_vocab_size: int | None = max_vocab_size
        self.max_final_vocab: int | None = max_final_vocab
        self.min_count: int = min_count
        self.effective_min_count: int = min_count
        self.sample: float = sample
        self.sorted_vocab: int = sorted_vocab
        self.null_word: int = null_word
        self.hashfxn: Callable[[str], int] = hashfxn
        self.seed: int = seed
        random_seed = whole("seed", seed) % 2**32
        self.random: np.random.RandomState = np.random.RandomState(random_seed)
        self.raw_vocab: dict[Word, int] = {}
        self.lifecycle_events: list[dict[str, Any]] = []
        self._no_words = ""
        self._wv = KeyedVectors(self.vector_size)
        if null_word:
            self.add_null_word()
        if hashfxn is not hash:
            report_once("hashfxn has no effect: initial vectors depend on seed alone")
        self.add_lifecycle_event("created", params=str(self))
        if sentences is None and corpus_file is None:
            return
        check_source(sentences, corpus_file, epochs + 1, "Word2Vec")
        try:
            self.build_vocab(sentences, corpus_file, trim_rule=trim_rule)
            self.train(
                sentences,
                corpus_file,
                total_examples=self.corpus_count,
                total_words=self.corpus_total_words,
                epochs=epochs,
                start_alpha=self.alpha,
                end_alpha=self.min_alpha,
                compute_loss=compute_loss,
                callbacks=callbacks,
                _scanned=True,
            )
        finally:
            self._last_scan = None

    def score(
        self,
        sentences: Iterable[Any],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> npt.NDArray[np.float32]:
        """
        Return the log likelihood of each sentence under hierarchical softmax.

        It is the sum of log P(o | c) over all pairs within the window, which has its
        full size (CBOW: of log P of each word given its context).

        Parameters
        ----------
        sentences : iterable of n lists of tokens
            Unknown words are skipped.
        total_sentences : int
            Score only the first so many sentences.
        chunksize, queue_factor, report_delay
            No effect.

        Returns
        -------
        float32 array, shape (n,)

        Raises
        ------
        RuntimeError
            If the model has no vocabulary, or negative sampling.
        """
        return prediction.score(self, sentences, int(total_sentences))

    def predict_output_word(
        self, context_words_list: Iterable[Key], topn: int = 10
    ) -> list[tuple[Key, float]] | None:
        """
        Return the most probable centre words of a context, under negative sampling.

        Parameters
        ----------
        context_words_list : iterable of words or row numbers
        topn : int, default 10

        Returns
        -------
        list of (word, float), or None
            Words and probabilities; None if no word of the context is known.

        Raises
        ------
        RuntimeError
            If the model has no outside vectors of words.
        """
        return prediction.predict_output_word(self, context_words_list, topn)

    def init_sims(self, replace: bool = False) -> None:
        """Scale all vectors to length 1 if `replace`; otherwise do nothing."""
        self.wv.init_sims(replace=replace)

    def seeded_vector(self, seed_string: str, vector_size: int) -> Any:
        """Return a small random vector that depends on the text alone."""
        seed = int.from_bytes(seed_string.encode()[-8:], "little")
        return random_rows(1, vector_size, seed)[0]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the whole model to one safetensors file: ``save(fname)``."""
        fname = kwargs.pop("fname") if "fname" in kwargs else args[0]
        persistence.check_save_options(kwargs)
        self.sync()
        model_file.save_model(fname, self)

    @classmethod
    def _load(cls, fname: StrPath, mmap: str | None = None, **kwargs: Any) -> Word2Vec:
        """
        Read a model that `save` wrote: ``Word2Vec.load(fname)``.

        `mmap` is accepted; the arrays are read into memory.
        """
        model = cls.__new__(cls)
        Word2Vec.__init__(model)
        model_file.load_model(fname, model)
        model.add_lifecycle_event("loaded", fname=str(fname))
        return model

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<vocab={len(self.wv.index_to_key)}, "
            f"vector_size={self.vector_size}, alpha={self.alpha}>"
        )
