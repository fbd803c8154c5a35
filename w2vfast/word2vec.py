"""Word2Vec: a corpus and parameters go in, vectors come out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from w2vfast import kernels as builds
from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.evaluation.held_out import HeldOutLoss, held_out_loss, judged_by
from w2vfast.io.formats import WORD2VEC_SUFFIXES, write_vectors
from w2vfast.kernels.embeddings import Table, first_tables
from w2vfast.kernels.job import Job
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.runtime import threads
from w2vfast.runtime.timings import Timings
from w2vfast.training.checkpoint import State, read_model, write_model
from w2vfast.training.cost import (
    softmax_seconds,
    warn_if_judging_is_long,
    warn_if_long,
)
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import make_job
from w2vfast.training.state import Run, next_run
from w2vfast.training.trainer import Progress, train_epoch
from w2vfast.vectors.validation import check_finite


class Word2Vec:
    """
    Learn a vector for every word of a corpus (arXiv:1301.3781, arXiv:1310.4546).

    Parameters
    ----------
    corpus : Corpus, path, list of paths, or iterable of token lists
        Read, counted and encoded here, once; see `Corpus` for what it may be.
    vector_size : int, default 100
        Dimensions of the vectors.
    window : int, default 5
        Largest distance between a centre word and an outside word.
    min_count : int, default 5
        Leave out words that occur less often.
    architecture : {"skipgram", "cbow"}
        Predict the outside words from the centre, or the centre from them.
    loss : {"negative_sampling", "softmax", "hierarchical_softmax"}
        The objective. "softmax" is exact, over the whole vocabulary, and takes
        6 * words * vector_size operations for each centre: for vocabularies of up to
        some 10,000 words.
    negative : int, optional
        Negatives per pair of centre and outside word; None means 5. Only for
        negative sampling, as `ns_exponent` and `shared_negatives`.
    ns_exponent : float, optional
        Negatives are drawn in proportion to count ** ns_exponent; None means 0.75.
    sample : float, default 1e-3
        Threshold above which frequent words are thinned out; 0 keeps all.
    alpha : float, optional
        Learning rate to begin with; None means 0.025 for skip-gram, 0.05 for CBOW, 0.1
        for CBOW with softmax.
    min_alpha : float, default 1e-4
        To which the rate falls in a straight line.
    epochs : int, default 5
        Passes over the corpus.
    workers : int, optional
        Threads; None means all cores available to this process. One thread gives
        the same vectors at every run.
    seed : int, default 1
        What all random decisions are a function of.
    max_final_vocab : int, optional
        Keep only this many of the most frequent words.
    shrink_windows : bool, default True
        Let every centre draw its window from 1 to `window`.
    cbow_mean : bool, default True
        Average the context's vectors rather than add them up.
    cbow_exact : bool, default False
        Give each context word its share of the gradient, 1 / (words in the window),
        as the calculus says; False gives each the whole, as word2vec.c does, which
        acts like a larger learning rate.
    chunk_size : int, optional
        L, centres whose steps are taken together; None chooses 128 (softmax:
        vector_size, rounded up to a multiple of 16), or an eighth of the vocabulary if
        that is less.
    shared_negatives : int, optional
        K', negatives shared by a chunk; None chooses 32 (CBOW: 16) for
        ``negative=5``, in proportion for others. 0 draws `negative` fresh ones for
        each pair, which with ``chunk_size=1`` is the textbook's algorithm.
    kernels : {"auto", "base", "avx2", "avx512", "reference"}
        Build of the inner loops; auto takes the fastest that this CPU runs, or what
        the environment variable W2VFAST_KERNELS says.
    vocabulary : Vocabulary, optional
        Words to train, instead of those that min_count and max_final_vocab choose.
    progress : bool, optional
        Show progress bars; None means when standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        The words' vectors (of the centre table), as they are now.
    outside_vectors : float32, (words, vector_size)
        The u_w, a view of the outside table; with hierarchical softmax row n is
        inner node n of the tree, and the last row is not used.
    vocabulary : Vocabulary
    corpus : Corpus or None
        None for a model that was loaded, until it is trained.
    loss_history : list of float
        Mean loss of each epoch while it was trained, per pair of centre and outside
        word (CBOW: per centre), negatives included; 0 where subsampling left no pair.
    kernels : str
        Name of the build in use.
    parameters : Parameters
    timings : dict of str to Seconds
        What each phase took so far, ``.wall`` and ``.cpu`` (all threads together):
        "scan", "vocabulary", "tables", "prepare" (what negatives are drawn from, or
        the tree), "train", "save".

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of its range, or no two words are left to train.
    FileNotFoundError
        If `corpus` is a path that doesn't exist.
    ImportError
        If the build asked for is not installed or this CPU can't run it.

    Examples
    --------
    >>> from w2vfast import Word2Vec
    >>> sentences = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 10
    >>> model = Word2Vec(sentences, vector_size=16, min_count=1, sample=0).train()
    >>> len(model.wv)
    5
    """

    parameters: Parameters
    vocabulary: Vocabulary
    corpus: Corpus | None
    workers: int
    kernels: str
    loss_history: list[float]
    timings: Timings
    _run: Run | None
    _wv: KeyedVectors | None

    def __init__(
        self,
        corpus: Any,
        vector_size: int = 100,
        window: int = 5,
        min_count: int = 5,
        architecture: str = "skipgram",
        loss: str = "negative_sampling",
        negative: int | None = None,
        ns_exponent: float | None = None,
        sample: float = 1e-3,
        alpha: float | None = None,
        min_alpha: float = 1e-4,
        epochs: int = 5,
        workers: int | None = None,
        seed: int = 1,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        cbow_mean: bool = True,
        kernels: str = "auto",
        progress: bool | None = None,
        *,
        cbow_exact: bool = False,
        chunk_size: int | None = None,
        shared_negatives: int | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        parameters = Parameters(
            vector_size=vector_size,
            window=window,
            min_count=min_count,
            architecture=architecture,
            loss=loss,
            negative=negative,
            ns_exponent=ns_exponent,
            sample=sample,
            alpha=alpha,
            min_alpha=min_alpha,
            epochs=epochs,
            seed=seed,
            max_final_vocab=max_final_vocab,
            shrink_windows=shrink_windows,
            cbow_mean=cbow_mean,
            cbow_exact=cbow_exact,
            chunk_size=chunk_size,
            shared_negatives=shared_negatives,
        )
        self._set_up(parameters, workers, kernels, progress)
        phase = self.timings.phase
        with phase("scan"):
            data = self._encoded(corpus, vocabulary, self.workers, progress)
        self.corpus = data
        with phase("vocabulary"):
            self.vocabulary = data.vocabulary(min_count, max_final_vocab)
        if len(self.vocabulary) < 2:
            raise ValueError(
                f"the vocabulary has {len(self.vocabulary)} words: training needs two"
            )
        with phase("tables"):
            tables = first_tables(len(self.vocabulary), vector_size, parameters.seed)
        self._centre, self._outside = tables

    def train(
        self,
        corpus: Any = None,
        *,
        workers: int | None = None,
        kernels: str | None = None,
        progress: bool | None = None,
        after_epoch: Callable[[Word2Vec], object] | None = None,
        **overrides: Any,
    ) -> Word2Vec:
        """
        Train for `epochs` epochs, or finish a run that was interrupted.

        A second call trains on: further epochs with new random numbers, the learning
        rate falling from alpha again. After an interruption (Ctrl-C, a model saved
        in between) a call without overrides finishes the run exactly where it
        stopped.

        Parameters
        ----------
        corpus : optional
            Needed after `load`, which brings no corpus back; else the model's own.
        workers, kernels, progress
            For this call, instead of the model's own.
        after_epoch : callable, optional
            Called with the model after each epoch, to look at it or to save it. If
            it returns True, training stops there, as after an interruption.
        **overrides
            Parameters to change for this call: epochs, alpha, sample and so on.

        Returns
        -------
        Word2Vec
            This model.

        Raises
        ------
        DivergedError
            If vectors became infinite or NaN.
        ValueError
            If there is no corpus, or it is not the one that the run began with.
        """
        name = builds.resolve(self.kernels if kernels is None else kernels)
        build = builds.load(name)
        count = threads.resolve(self.workers if workers is None else workers)
        show = self._progress if progress is None else progress
        data = self.corpus
        if corpus is not None:
            with self.timings.phase("scan"):
                data = self._encoded(corpus, self.vocabulary, count, show)
            self.corpus = data if self.corpus is None else self.corpus
        if data is None:
            raise ValueError(
                "a loaded model has no corpus: pass one, model.train(corpus)"
            )
        run = next_run(self._run, self.parameters, len(data.ids), overrides)
        p, words = run.parameters, self.vocabulary.counts
        with self.timings.phase("prepare"):
            job = self._job(p, data, run.first_epoch)
        done = run.trained_tokens(job.block)
        seconds = softmax_seconds(p, words, len(data.ids), count, name)
        warn_if_long(p, len(words), seconds * (1 - done / (run.tokens * p.epochs)))
        self._run = run
        try:
            with Progress(show, run.tokens, p.epochs, done) as bar:
                while not run.done:
                    with self.timings.phase("train"):
                        loss = train_epoch(build, job, run, count, bar.advance)
                    self.loss_history.append(loss)
                    self._wv = None
                    answer = None if after_epoch is None else after_epoch(self)
                    if isinstance(answer, bool | np.bool_) and answer:
                        break
        finally:
            self._wv = None
        return self

    def evaluate_loss(
        self, corpus: Any, *, sample: float = 0, workers: int | None = None
    ) -> HeldOutLoss:
        """
        Return the exact mean loss of a corpus under this model, and its perplexity.

        -log P(o | c) of every pair that stands within `window` of each other, all
        tokens kept, windows at their full size. P is the softmax over the vocabulary,
        whatever the model was trained with; in a hierarchical softmax the product
        along the path, which sums to one as well. With skip-gram the time grows by
        words² * vector_size and hardly with the corpus, with CBOW by tokens * words *
        vector_size. A warning says so if that will be more than ten minutes.

        Parameters
        ----------
        corpus : Corpus, path, list of paths, or iterable of token lists
            Any text; words that the model doesn't know are passed over.
        sample : float, default 0
            Thin out frequent words as training does; the model has learnt the text
            that is left then. The same tokens are drawn at every call.
        workers : int, optional
            For this call, instead of the model's own.

        Returns
        -------
        HeldOutLoss
            With attributes loss, perplexity and pairs.

        Raises
        ------
        ValueError
            If no two words of the corpus stand in one window.
        FloatingPointError
            If the vectors are infinite or NaN.
        """
        count = threads.resolve(self.workers if workers is None else workers)
        data = self._encoded(corpus, self.vocabulary, count, self._progress)
        p = judged_by(self.parameters, sample)
        job = self._job(p, data)
        warn_if_judging_is_long(p, job, count, self.kernels)
        return held_out_loss(builds.load(self.kernels), job, count)

    @property
    def wv(self) -> KeyedVectors:
        """The words' vectors: a copy, made when first asked for after training."""
        if self._wv is None:
            vectors = self._centre[:, : self.parameters.vector_size].copy()
            v = self.vocabulary
            self._wv = KeyedVectors(v.index_to_key, vectors, v.counts)
        return self._wv

    @property
    def outside_vectors(self) -> Table:
        """The u_w: float32, (words, vector_size), a view."""
        return self._outside[:, : self.parameters.vector_size]

    def save(self, path: str | os.PathLike[str]) -> None:
        """
        Write the whole model to one safetensors file, from which training can go on.

        The file is complete or not there: it is written beside and renamed.

        Raises
        ------
        ValueError
            If the suffix is that of a format for vectors alone.
        """
        if (suffix := Path(path).suffix.lower()) in WORD2VEC_SUFFIXES:
            raise ValueError(
                f"{os.fspath(path)}: {suffix} is a format for vectors alone; expected "
                "a name like model.w2v for the whole model. save_vectors writes the "
                "vectors"
            )
        history, run = self.loss_history, self._run
        tables = (self._centre, self._outside)
        state = State(self.parameters, self.vocabulary, *tables, history, run)
        with self.timings.phase("save"):
            write_model(path, state)

    def save_vectors(self, path: str | os.PathLike[str]) -> None:
        """
        Write the words' vectors alone, in the format that the suffix names.

        As ``model.wv.save(path)``, but without the copy of them that `wv` is.

        Raises
        ------
        ValueError
            If the suffix names no format, the format can't hold a word, or a vector
            is infinite or NaN.
        """
        v = self.vocabulary
        vectors = self._centre[:, : self.parameters.vector_size]
        with self.timings.phase("save"):
            check_finite(vectors, v.index_to_key)
            write_vectors(path, v.index_to_key, vectors, v.counts)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        workers: int | None = None,
        kernels: str = "auto",
        progress: bool | None = None,
    ) -> Word2Vec:
        """
        Read a model that `save` wrote; nothing in the file is executed.

        Raises
        ------
        ValueError
            If the file is damaged, or holds vectors only.
        """
        state = read_model(path)
        model = cls.__new__(cls)
        model._set_up(state.parameters, workers, kernels, progress)
        model.corpus, model.vocabulary = None, state.vocabulary
        model._centre, model._outside = state.centre, state.outside
        model.loss_history, model._run = state.loss_history, state.run
        return model

    def __repr__(self) -> str:
        p = self.parameters
        return (
            f"<Word2Vec: {len(self.vocabulary):,} words × {p.vector_size}, "
            f"{p.architecture}, {p.loss}, {len(self.loss_history)} epochs trained>"
        )

    def _set_up(
        self,
        parameters: Parameters,
        workers: int | None,
        kernels: str,
        progress: bool | None,
    ) -> None:
        self.parameters = parameters
        self.workers = threads.resolve(workers)
        self.kernels = builds.resolve(kernels)
        self._progress = progress
        self.loss_history = []
        self.timings = Timings()
        self._run = None
        self._wv = None

    def _encoded(
        self,
        corpus: Any,
        vocabulary: Vocabulary | None,
        workers: int,
        progress: bool | None,
    ) -> Corpus:
        data = corpus
        if not isinstance(data, Corpus):
            data = Corpus(corpus, workers, progress=progress)
        return data if vocabulary is None else data.encode(vocabulary)

    def _job(self, p: Parameters, data: Corpus, first_epoch: int = 0) -> Job:
        tables = (self._centre, self._outside)
        return make_job(
            p, data.ids, data.offsets, self.vocabulary.counts, *tables, first_epoch
        )
