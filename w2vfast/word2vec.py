"""Word2Vec: parameters and a corpus in, word vectors out."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.corpus.known_words import as_corpus, report_skipped
from w2vfast.corpus.text_options import READING
from w2vfast.io.atomic import StrPath
from w2vfast.kernels.embeddings import Embeddings
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.runtime.html_table import html_table
from w2vfast.runtime.log import logger
from w2vfast.runtime.timings import Timings
from w2vfast.training import growth, row_factors, trainer
from w2vfast.training.callbacks import as_callbacks
from w2vfast.training.checkpoint import read_model, write_model
from w2vfast.training.checks import check_callable, check_memory
from w2vfast.training.diagnosis import TrainingWarning, diagnose
from w2vfast.training.execution import Execution
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.parameter_names import answer_unknown_parameters
from w2vfast.training.parameters import (
    DEFAULT_RARE_POWER,
    DEFAULT_SAMPLE,
    Parameters,
    default_sample,
)
from w2vfast.training.periodic import CheckpointError, Checkpoints
from w2vfast.training.presets import fill_from_preset
from w2vfast.training.run_control import RunControl
from w2vfast.training.schedule import DEFAULT
from w2vfast.training.state import ModelState, check_same_corpus
from w2vfast.training.stopped import Stopped, stopped
from w2vfast.training.summary import summary_rows
from w2vfast.training.warm_start import initial_state
from w2vfast.vectors.validation import check_finite

if TYPE_CHECKING:
    from w2vfast.evaluation.held_out import HeldOutLoss


class Word2Vec:
    """
    Learn a vector for every word of a corpus (arXiv:1301.3781, arXiv:1310.4546).

    Parameters
    ----------
    corpus : Corpus, path, list of paths, or iterable of token lists
        Read, counted and encoded once, when the model is created. See `Corpus`, also
        for open files and ids.
    vector_size : int, default 100
        Dimensions of the vectors.
    window : int, default 5
        Largest distance between a centre word and an outside word.
    min_count : int, default 5
        Leave out words that occur less often.
    architecture : {"skipgram", "cbow"}
        Predict the outside words from the centre, or the centre from its context.
    loss : {"negative_sampling", "softmax", "hierarchical_softmax", ...}
        The objective. "negative_sampling+hierarchical_softmax" takes both in one step.
        "softmax" is exact over the whole vocabulary. It takes
        6 * words * vector_size operations per centre, so it suits vocabularies of up
        to about 10,000 words.
    negative : int, optional
        Negatives per pair of centre and outside word; None means 5. Only negative
        sampling has this parameter, `ns_exponent` and `shared_negatives`.
    ns_exponent : float, optional
        Exponent of the noise distribution: negatives are drawn in proportion to
        count ** ns_exponent. None means 0.75.
    sample : float, optional
        Subsampling threshold: tokens of words with a larger share of the corpus are
        dropped at random. 0 keeps all tokens. None means 1e-4 for large corpora, and
        the share of a word with 1,000 tokens for those of under 10 million tokens, up
        to 1e-3; in any case at least the average share of a word, 1 / words.
    alpha : float, optional
        Initial learning rate. None means 0.025 for skip-gram, and for CBOW 0.075, 0.1
        with softmax, or 0.05 with hierarchical softmax.
    min_alpha : float, default 1e-4
        Final learning rate. The rate falls linearly.
    epochs : int, default 5
        Passes over the corpus.
    workers : int, optional
        Number of threads. None means all cores available to this process. One thread
        gives the same vectors in every run; `deterministic` does with any number.
    seed : int, default 1
        Seed of all random decisions.
    max_final_vocab : int, optional
        Keep only this many of the most frequent words.
    shrink_windows : bool, default True
        Draw the window of each centre from 1 to `window`, so that close words count
        more. See also `weighted_windows`.
    cbow_mean : bool, default True
        Average the context's vectors instead of adding them.
    cbow_exact : bool, default False
        Give each context word its exact share of the gradient, 1 / (words in the
        window). False gives each the whole gradient, as word2vec.c does, which acts
        like a larger learning rate.
    chunk_size : int, optional
        L, the number of centres in a batch. None means 128 (softmax: vector_size
        rounded up to a multiple of 16), or less for a small vocabulary (an eighth of
        it) or a small corpus (one centre per 16,384 tokens). `deterministic`
        trains 2 to 4 batches at a time, each of the same size or less.
    shared_negatives : int, optional
        K', the number of negatives that a batch shares. None means 32 for
        ``negative=5``, and in proportion for other values. 0 draws `negative` fresh
        negatives for each pair; with ``chunk_size=1`` that is the textbook algorithm.
    alpha_interval : int, default 0
        Tokens between changes of the learning rate. 0 changes it with every batch.
        gensim changes it every 10,000 words, which matters for small corpora.
    deterministic : bool, default False
        Give the same vectors, bit for bit, for any number of workers. Threads then
        wait for each other after every batch. Up to 4 threads (softmax: 8) are used.
    weighted_windows : bool, optional
        Do not draw windows: train all pairs within `window`, each with its share of
        the windows that would be drawn, (window + 1 - distance) / window. The expected
        gradient is the same, with less noise. None means True where it is possible:
        skip-gram with negative sampling or softmax, and shrink_windows=True. False
        draws windows, as word2vec does.
    rare_power : float, default 0.25
        Exponent p of the larger learning rate for rows with few updates. The rate of a
        word that the run visits n times is multiplied by (5000 / n) ** p, at least 1
        and at most 3. n counts the tokens left by subsampling in all epochs. 0 gives
        all words the same rate, as word2vec does.
    preset : {"text", "items", "walks"}, optional
        Parameters for text, for items that users choose, or for walks on graphs, in
        place of the defaults: `w2vfast.presets`. Parameters that are given as well
        keep their values.
    kernels : {"auto", "base", "avx2", "avx512", "reference"}
        Build of the inner loops. "auto" means the environment variable
        W2VFAST_KERNELS, or the fastest build that this CPU supports.
    encoding : str, default "utf-8"
        Encoding of the corpus files: any text encoding of Python.
    errors : {"strict", "replace", "ignore", "surrogateescape"}
        What to do with bytes that are not in the encoding. "strict" is the default: an
        error with the file, the line and the byte.
    field : str, optional
        Read only this field of JSON Lines, or this column of CSV or TSV with a header.
    vocabulary : Vocabulary, optional
        Words to train, instead of those chosen by min_count and max_final_vocab.
    initial_vectors : KeyedVectors, Word2Vec, or mapping of str to array, optional
        Words found in it start from its vectors, which have vector_size dimensions.
        Other words start from random vectors. A Word2Vec model also gives its outside
        vectors and tree nodes. The logger "w2vfast" reports how many words were found.
    frozen : bool, list of str, or bool array of shape (words,), optional
        Words whose vectors do not change in training. True: all words found in
        `initial_vectors`. See the attribute `frozen`.
    progress : bool, optional
        Show progress bars. None: only if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        The centre vectors of the words at this moment.
    outside_vectors : float32, (words, vector_size)
        The outside vectors u_w, a view. With hierarchical softmax, row n belongs to
        inner node n of the tree, and the last row is unused.
    vocabulary : Vocabulary
    frozen : bool array, (words,)
        Words whose vectors do not change in training. Can be set.
    corpus : Corpus or None
        None for a loaded model until it is trained or extended.
    loss_history : list of float
        Mean loss of each epoch during training, per pair of centre and outside word
        (CBOW: per centre), negatives included. nan if subsampling left no pair.
    stopped : Stopped or None
        Where and why the last run stopped before its end: reason, epoch, block and
        tokens. None if it is complete.
    kernels : str
        Name of the kernel build.
    parameters : Parameters
    timings : dict of str to Seconds
        Duration of each phase so far, as ``.wall`` and ``.cpu`` seconds (all threads):
        "scan", "vocabulary", "tables" (initial vectors), "prepare" (noise distribution
        or tree), "train", "save".

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range or unknown, a corpus file is not text, or fewer
        than two words are left to train.
    FileNotFoundError
        If `corpus` is a path that does not exist.
    MemoryError
        If the vectors do not fit the memory available.
    ImportError
        If the kernel build is not installed or this CPU cannot run it.

    Examples
    --------
    >>> from w2vfast import Word2Vec
    >>> sentences = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 10
    >>> model = Word2Vec(sentences, vector_size=16, min_count=1, sample=0).train()
    >>> len(model.wv)
    5
    """

    corpus: Corpus | None
    workers: int
    kernels: str
    timings: Timings
    _state: ModelState
    _wv: tuple[int, KeyedVectors] | None  # with the turns of the gate
    _warm_start: bool = False

    @fill_from_preset
    @answer_unknown_parameters
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
        sample: float | None = None,
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
        alpha_interval: int = 0,
        deterministic: bool = False,
        weighted_windows: bool | None = None,
        rare_power: float = DEFAULT_RARE_POWER,
        preset: str | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
        vocabulary: Vocabulary | None = None,
        initial_vectors: Any = None,
        frozen: Any = None,
    ) -> None:
        parameters = Parameters(
            vector_size=vector_size,
            window=window,
            min_count=min_count,
            architecture=architecture,
            loss=loss,
            negative=negative,
            ns_exponent=ns_exponent,
            sample=DEFAULT_SAMPLE if sample is None else sample,
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
            alpha_interval=alpha_interval,
            deterministic=deterministic,
            weighted_windows=weighted_windows,
            rare_power=rare_power,
        )
        self._set_execution(Execution.resolve(workers, kernels, progress))
        check_memory(parameters, 2)  # before reading for long
        text = {"encoding": encoding, "errors": errors, "field": field}
        with self.timings.phase("scan"):
            self.corpus = as_corpus(corpus, vocabulary, self.workers, progress, **text)
        with self.timings.phase("vocabulary"):
            words = self.corpus.vocabulary(min_count, max_final_vocab)
        if len(words) < 2:
            raise ValueError(
                f"the vocabulary has {len(words)} words: training needs two"
            )
        if sample is None:
            threshold = default_sample(len(words), int(words.counts.sum()))
            parameters = replace(parameters, sample=threshold)
        check_memory(parameters, len(words))
        with self.timings.phase("tables"):
            source = initial_vectors
            source = source._state if isinstance(source, Word2Vec) else source
            self._state = initial_state(parameters, words, source, frozen)
        self._warm_start = initial_vectors is not None

    def train(
        self,
        corpus: Any = None,
        *,
        workers: int | None = None,
        kernels: str | None = None,
        progress: bool | None = None,
        after_epoch: Callable[[Word2Vec], object] | None = None,
        callbacks: Any = None,
        max_seconds: float | None = None,
        checkpoint: StrPath | None = None,
        every: str | int | None = None,
        **overrides: Any,
    ) -> Word2Vec:
        """
        Train for `epochs` epochs, or finish an interrupted run.

        Another call after a finished run trains further epochs with new random
        numbers. The learning rate then starts from alpha again. After an interruption
        (Ctrl-C, an error, a stop by a callback or by `max_seconds`, or a model saved
        during training), a call without overrides continues exactly where the run
        stopped; the attribute `stopped` says where and why.

        Parameters
        ----------
        corpus : optional
            Required for a loaded model, which has no corpus. Otherwise the default is
            the model's own corpus. Unknown words are skipped; their tokens are counted
            in a message of the logger "w2vfast".
        workers, kernels, progress
            For this call, instead of the model's own settings.
        after_epoch : callable, optional
            Called with the model after each epoch, for instance to evaluate or to
            save it. If it returns True, training stops, as after an interruption.
        callbacks : Callback, callable, or list of these, optional
            Called at the start and the end of training and of each epoch, and about
            every second; see `Callback`. A function is called like `after_epoch`.
            If any of them returns True, training stops.
        max_seconds : float, optional
            Stop after so many seconds of training in this call. The blocks that
            threads are training then are still finished, usually within 0.2 s.
        checkpoint : path-like, optional
            File that the whole model is written to during training, for `resume`. It
            is replaced atomically whenever it is due, and when training ends or is
            interrupted. It can be loaded like any file of `save`.
        every : str or int, optional
            Distance between two checkpoints: a time such as "30s", "5min" or "2h",
            epochs such as "1epoch", or a number of tokens. None means "5min".
        **overrides
            Parameters to change for this call: epochs, alpha, sample and so on. Also
            encoding, errors and field, for reading a corpus that is given here.

        Returns
        -------
        Word2Vec
            This model.

        Raises
        ------
        DivergedError
            If vectors became infinite or NaN. The last checkpoint stays.
        ValueError
            If there is no corpus, it differs from that of the interrupted run, it has
            no known word, or all words are frozen.
        RuntimeError
            If the model is being trained by another call.
        CheckpointError
            If the last checkpoint cannot be written. It is an OSError. The model is
            trained then, and the attribute `model` of the error. The old file stays.
            Earlier failures are logged, and training continues.
        OSError
            If the folder of the checkpoint is not writable when training starts.

        Notes
        -----
        During training other threads, signal handlers and callbacks may use the model.
        `wv`, `save`, `save_vectors`, pickle and deepcopy then see it as it is at one
        moment. `outside_vectors` is a view, and `evaluate_loss` takes long, so both
        see later changes.
        """
        check_callable("after_epoch", after_epoch)
        control = RunControl(
            lambda: self, as_callbacks(callbacks, after_epoch), max_seconds
        )
        if every is not None and checkpoint is None:
            raise ValueError(
                f"every={every!r} without checkpoint: pass the file to write, too, "
                "checkpoint='run.ckpt'"
            )
        execution = self._execution(workers, kernels, progress)
        every = DEFAULT if every is None else every
        checkpoints = Checkpoints(self._state, checkpoint, every)
        text = {name: overrides.pop(name) for name in READING if name in overrides}
        data = self._training_corpus(corpus, execution, text)
        try:
            trainer.train(
                self._state,
                data,
                overrides,
                execution,
                self.timings,
                control,
                checkpoints,
            )
        except CheckpointError as error:
            error.model = self
            raise
        finally:
            self._wv = None
        problem = None if self._warm_start else diagnose(self._state, data)
        if problem is not None:
            warnings.warn(problem, TrainingWarning, stacklevel=2)
        return self

    def extend(
        self,
        corpus: Any,
        *,
        min_count: int | None = None,
        old_alpha: float = 1.0,
        frozen: Any = None,
        workers: int | None = None,
        progress: bool | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
    ) -> Word2Vec:
        """
        Add the new words of a corpus, to train on it: ``model.extend(new).train()``.

        Old words keep their indices and vectors. Their counts increase by their
        occurrences in the corpus. New words follow by descending count, with random
        centre vectors. Noise distribution, subsampling and Huffman tree use the new
        counts. A node of the new tree keeps the vector of the old node that separates
        the same old words, and starts from 0 if there is none.

        Parameters
        ----------
        corpus : Corpus, path, list of paths, or iterable of token lists
            Becomes the model's own corpus.
        min_count : int, optional
            Leave out new words that occur less often in this corpus. None means the
            model's min_count. `max_final_vocab` has no effect.
        old_alpha : float, default 1.0
            Factor from 0 to 1 on the steps of the vectors of old words, in all
            training from now on. 0 freezes them. It multiplies the factors of earlier
            extensions. Tree nodes always take whole steps.
        frozen : bool, list of str, or bool array of shape (old words,), optional
            Further words to freeze. True: all old words. False: none, and all earlier
            factors become 1. None: words stay as they are.
        workers, progress
            For this call, instead of the model's own settings.
        encoding, errors, field
            For reading files, as in `Word2Vec`.

        Returns
        -------
        Word2Vec
            This model. An interrupted run cannot continue; `train` starts a new run.

        Raises
        ------
        ValueError, TypeError
            If the corpus is empty, has no word to train, or a parameter is out of
            range. The model is then unchanged.
        RuntimeError
            If `train` is running, for instance in `after_epoch`.

        Examples
        --------
        >>> old, new = [["sun", "moon"]] * 10, [["sun", "star"]] * 10
        >>> model = Word2Vec(old, vector_size=8, min_count=1, sample=0).train()
        >>> model.extend(new).train().vocabulary.index_to_key
        ['sun', 'moon', 'star']
        """
        execution = self._execution(workers, progress=progress)
        text = {"encoding": encoding, "errors": errors, "field": field}
        with self.timings.phase("scan"):
            given = as_corpus(
                corpus, None, execution.workers, execution.progress, **text
            )
        with self.timings.phase("tables"):
            state = growth.extended(self._state, given, min_count, old_alpha, frozen)
        with self.timings.phase("scan"):
            data = given.encode(state.vocabulary)
            report_skipped(given, data)
        self._state, self.corpus, self._wv = state, data, None
        return self

    def evaluate_loss(
        self,
        corpus: Any,
        *,
        sample: float = 0,
        workers: int | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
    ) -> HeldOutLoss:
        """
        Return the exact mean loss of a corpus under this model, and its perplexity.

        The loss is -log P(o | c), averaged over all pairs within `window` of each
        other. Windows have their full size. P is the softmax over the vocabulary,
        whatever loss the model was trained with. For hierarchical softmax, P is the
        product along the path, which also sums to 1.

        With skip-gram the time grows with words² * vector_size and hardly depends on
        the corpus. With CBOW it grows with tokens * words * vector_size. A warning
        precedes an evaluation of more than ten minutes.

        Parameters
        ----------
        corpus : Corpus, path, list of paths, or iterable of token lists
            Any text. Unknown words are skipped.
        sample : float, default 0
            Subsampling threshold, as in training. Every call draws the same tokens.
            0 keeps all tokens.
        workers : int, optional
            Number of threads for this call.
        encoding, errors, field
            For reading files, as in `Word2Vec`.

        Returns
        -------
        HeldOutLoss
            With attributes loss, perplexity and pairs.

        Raises
        ------
        ValueError
            If no two words of the corpus are in one window.
        FloatingPointError
            If the vectors are infinite or NaN.
        """
        from w2vfast.evaluation import held_out  # needed here only

        execution = self._execution(workers)
        text = {"encoding": encoding, "errors": errors, "field": field}
        data = as_corpus(
            corpus, self.vocabulary, execution.workers, execution.progress, **text
        )
        return held_out.evaluate_loss(self._state, data, sample, execution)

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
        queries: ``wv = model.wv``.
        """
        state, cached = self._state, self._wv
        if cached is None or cached[0] != state.gate.turns:
            with state.gate.paused():
                turns, vectors = state.gate.turns, state.centre_vectors.copy()
            words = state.vocabulary
            cached = turns, KeyedVectors(words.index_to_key, vectors, words.counts)
            self._wv = cached
        return cached[1]

    def plot_loss(self, held_out: Any = None, *, ax: Any = None) -> Any:
        """
        Draw the loss of each epoch, and the learning rate on an axis on the right.

        Parameters
        ----------
        held_out : EarlyStopping, EpochScores, or sequence of float, optional
            Losses on held-out text after the last epochs: the callback that `train`
            was given, or a list of losses or of results of `evaluate_loss`.
        ax : matplotlib Axes, optional
            By default a new figure.

        Returns
        -------
        matplotlib Axes
            Those of the losses. The rate is that of the last call of `train`; the model
            does not keep the rates of runs before.

        Raises
        ------
        ImportError
            If Matplotlib is not installed: ``pip install "w2vfast[viz]"``.
        TypeError, ValueError
            If no epoch is complete, or `held_out` does not fit the epochs.

        Examples
        --------
        >>> from w2vfast import EarlyStopping, Word2Vec
        >>> text = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 1000
        >>> stop = EarlyStopping("held_out_loss", corpus=text[:100])
        >>> model = Word2Vec(text, vector_size=16, epochs=3, workers=1)
        >>> ax = model.train(callbacks=stop).plot_loss(stop)
        >>> [line.get_label() for line in ax.lines]
        ['training loss', 'held-out loss']
        """
        from w2vfast.viz.loss import Rate, draw_loss, held_out_losses

        run, losses = self._state.run, list(self.loss_history)
        if run is None or not losses:
            raise ValueError(
                "this model has no complete epoch, so there is no loss to draw: "
                "call train first"
            )
        p = run.parameters
        rate = Rate(
            run.first_epoch, p.epochs, run.epoch, p.initial_alpha, p.min_alpha
        )
        return draw_loss(losses, held_out_losses(held_out, len(losses)), rate, ax)

    @property
    def outside_vectors(self) -> Embeddings:
        """The outside vectors u_w: float32, (words, vector_size), a view."""
        return self._state.outside_vectors[: len(self.vocabulary)]

    def save(self, path: str | os.PathLike[str]) -> None:
        """
        Write the whole model to one safetensors file, so that training can continue.

        An existing file is replaced only when the new one is complete.

        Parameters
        ----------
        path : path-like
            Usually ends in ``.w2v``.

        Raises
        ------
        ValueError
            If the suffix is that of a format for vectors alone.
        OSError
            If the file cannot be written.
        """
        with self.timings.phase("save"):
            write_model(path, self._state)

    def save_vectors(self, path: str | os.PathLike[str]) -> None:
        """
        Write the word vectors alone, in the format of the suffix.

        Equivalent to ``model.wv.save(path)``, but without copying the vectors.

        Parameters
        ----------
        path : path-like
            Ends in ``.bin``, ``.txt``, ``.vec``, ``.npz`` or ``.w2v``; see
            `KeyedVectors.save`.

        Raises
        ------
        ValueError
            If the suffix is unknown, the format cannot hold a word, or a vector is
            infinite or NaN.
        OSError
            If the file cannot be written.
        """
        from w2vfast.io.formats import write_vectors  # needed here only

        words, state = self.vocabulary, self._state
        with self.timings.phase("save"), state.gate.paused():
            check_finite(state.centre_vectors, words.index_to_key)
            write_vectors(path, words.index_to_key, state.centre_vectors, words.counts)

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
        Read a model that `save` wrote. Nothing in the file is executed.

        Parameters
        ----------
        path : path-like
        workers, kernels, progress
            As in `Word2Vec`; they are not part of the file.

        Raises
        ------
        ValueError
            If the file is damaged or holds vectors only.
        """
        model = cls.__new__(cls)
        model._state = read_model(path)
        model._set_execution(Execution.resolve(workers, kernels, progress))
        model.corpus = None
        return model

    @classmethod
    def resume(
        cls,
        path: StrPath,
        corpus: Any,
        *,
        checkpoint: StrPath | bool = True,
        workers: int | None = None,
        kernels: str = "auto",
        progress: bool | None = None,
        **settings: Any,
    ) -> Word2Vec:
        """
        Finish the training run of a checkpoint: ``resume("run.ckpt", corpus)``.

        The run continues at the block of tokens, the learning rate and the random
        numbers where the checkpoint was written. With one worker, or with
        `deterministic`, the result equals that of an uninterrupted run, bit for bit.

        Parameters
        ----------
        path : path-like
            File that ``train(checkpoint=…)`` or `save` wrote during a run.
        corpus : Corpus, path, list of paths, or iterable of token lists
            The corpus of the run.
        checkpoint : path-like or bool, default True
            File for further checkpoints. True: `path`. False: none.
        workers, kernels, progress
            As in `Word2Vec`; they are not part of the file.
        **settings
            Other keyword arguments of `train`, such as `every`, `after_epoch` and
            `encoding`, but no parameters to change.

        Returns
        -------
        Word2Vec
            The trained model. If the run was finished, nothing is trained, and the
            logger "w2vfast" says so.

        Raises
        ------
        ValueError
            If the file is damaged or holds no run, or the corpus is another one, also
            if the run is finished.
        TypeError
            If `settings` has a parameter of the model: the run keeps its parameters.
        DivergedError, CheckpointError, OSError
            As in `train`.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> sentences = [["sun", "moon", "star"]] * 10
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "run.ckpt")
        ...     model = Word2Vec(sentences, vector_size=8, min_count=1, sample=0)
        ...     stopped = model.train(checkpoint=path, after_epoch=lambda model: True)
        ...     model = Word2Vec.resume(path, sentences)
        >>> len(model.loss_history)
        5
        """
        known = {*inspect.signature(cls.train).parameters, *READING}
        if unknown := ", ".join(name for name in settings if name not in known):
            raise TypeError(
                f"resume() can't change {unknown}: the run keeps the parameters of "
                f"{os.fspath(path)}; leave it out, or call train on a loaded model"
            )
        model = cls.load(path, workers=workers, kernels=kernels, progress=progress)
        run = model._state.run
        if run is None:
            raise ValueError(
                f"{os.fspath(path)}: a model that was never trained, so there is no "
                "run to resume; load it with Word2Vec.load and call train"
            )
        if run.done:
            text = {name: settings[name] for name in READING if name in settings}
            data = model._training_corpus(corpus, model._execution(), text)
            given = Fingerprint((data.ids, data.offsets))
            check_same_corpus(run, len(data.ids), given)
            logger().warning("%s: the run is finished; nothing is trained", path)
            return model
        default = path if checkpoint else None
        target = default if isinstance(checkpoint, bool) else checkpoint
        return model.train(corpus, checkpoint=target, **settings)

    def __repr__(self) -> str:
        p, stop = self.parameters, self.stopped
        where = ""
        if stop is not None and self._state.run is not None:
            epochs = self._state.run.parameters.epochs
            where = f", stopped in epoch {stop.epoch + 1} of {epochs}: {stop.reason}"
        return (
            f"<Word2Vec: {len(self.vocabulary):,} words × {p.vector_size}, "
            f"{p.architecture}, {p.loss}, {len(self.loss_history)} epochs "
            f"trained{where}>"
        )

    def _repr_html_(self) -> str:
        """Return an HTML table of parameters, losses and first words, for notebooks."""
        return html_table(repr(self), summary_rows(self._state))

    def _set_execution(self, execution: Execution) -> None:
        self.workers, self.kernels, self._progress = execution
        self.timings = Timings()
        self._wv = None

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes for a copy, which makes `wv` from its own state."""
        return {**vars(self), "_wv": None}

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

    def _training_corpus(
        self, corpus: Any, execution: Execution, text: dict[str, Any]
    ) -> Corpus:
        """Return the corpus to train: the given one, else the model's own."""
        if corpus is None:
            if text:
                raise ValueError(
                    f"{', '.join(text)} without a corpus: they are for reading files; "
                    "pass the corpus, too"
                )
            if self.corpus is None:
                raise ValueError(
                    "a loaded model has no corpus: pass one, model.train(corpus)"
                )
            return self.corpus
        with self.timings.phase("scan"):
            given = as_corpus(
                corpus, None, execution.workers, execution.progress, **text
            )
            data = given.encode(self.vocabulary)
            report_skipped(given, data)
        self.corpus = data if self.corpus is None else self.corpus
        return data
