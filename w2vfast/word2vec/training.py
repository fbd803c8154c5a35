"""Train a model, and extend its vocabulary."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Self

from w2vfast.corpus import Corpus
from w2vfast.corpus.known_words import as_corpus, report_skipped, skipped_tokens
from w2vfast.corpus.text_options import READING
from w2vfast.io.atomic import StrPath
from w2vfast.io.file_lock import file_lock
from w2vfast.training import growth, trainer
from w2vfast.training.callbacks import as_callbacks
from w2vfast.training.checks import check_callable, check_path
from w2vfast.training.diagnosis import TrainingWarning, diagnose
from w2vfast.training.execution import Execution
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.periodic import Checkpoints
from w2vfast.training.run_control import RunControl
from w2vfast.training.schedule import DEFAULT
from w2vfast.word2vec.attributes import Attributes


class TrainingMethods(Attributes):
    """Methods of `Word2Vec` that read a corpus and change the vectors."""

    def train(
        self,
        corpus: Any = None,
        *,
        workers: int | None = None,
        kernels: str | None = None,
        progress: bool | None = None,
        after_epoch: Callable[[Self], object] | None = None,
        callbacks: Any = None,
        max_seconds: float | None = None,
        checkpoint: StrPath | None = None,
        every: str | int | None = None,
        **overrides: Any,
    ) -> Self:
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
            interrupted. It can be loaded like any file of `save`. It must not hold the
            unfinished run of another model, or anything but a checkpoint.
        every : str or int, optional
            Distance between two checkpoints: a time such as "30s", "5min" or "2h",
            epochs such as "1epoch", or tokens such as 1_000_000 or "5000 tokens"; a
            number below 10,000 needs its unit. None means "5min".
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
        OtherCorpusError
            If the corpus differs from that of the interrupted run. It is a ValueError.
        ValueError
            If there is no corpus, it has no known word, or all words are frozen.
        RuntimeError
            If the model is being trained by another call.
        CheckpointError
            If the last checkpoint cannot be written. It is an OSError. The model is
            trained then, and the attribute `model` of the error. The old file stays.
            Earlier failures are logged, and training continues. After an interruption
            its exception stays, and has the attribute `model`.
        FileExistsError
            If `checkpoint` holds the unfinished run of another model, or is no
            checkpoint. It is raised before anything is read.
        BlockingIOError
            If another run, of any process, writes `checkpoint`.
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
        check_path("checkpoint", checkpoint)
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
        text = {name: overrides.pop(name) for name in READING if name in overrides}
        self._state.parameters.override(**overrides)  # before reading for long
        with file_lock(checkpoint, writer=self._state):
            checkpoints = Checkpoints(self._state, checkpoint, every)
            data = self._training_corpus(corpus, execution, text, bool(overrides))
            self._train(data, overrides, execution, control, checkpoints)
        problem = diagnose(self._state, data)
        if problem is not None:
            warnings.warn(problem, TrainingWarning, stacklevel=2)
        return self

    def _train(
        self,
        data: Corpus,
        overrides: dict[str, Any],
        execution: Execution,
        control: RunControl,
        checkpoints: Checkpoints,
    ) -> None:
        """Train on a corpus with the ids of the vocabulary."""
        state, timings = self._state, self.timings
        try:
            trainer.train(
                state, data, overrides, execution, timings, control, checkpoints
            )
        except BaseException as error:
            checkpoints.keep_model(error, self)
            raise
        finally:
            self._wv = None

    def _report_skipped(self, given: Corpus, data: Corpus) -> None:
        """Report tokens without a vector, unless the last run had the same text."""
        if skipped_tokens(given, data) and not self._was_trained(data):
            report_skipped(given, data)

    def _was_trained(self, data: Corpus) -> bool:
        """Return whether the last run is known to be one of this text."""
        run = self._state.run
        if run is None or run.tokens != len(data.ids) or not run.corpus.text:
            return False  # before a checksum of the whole corpus is computed
        return run.corpus == Fingerprint((data.ids, data.offsets))

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
    ) -> Self:
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
        >>> from w2vfast import Word2Vec
        >>> old, new = [["sun", "moon"]] * 10, [["sun", "star"]] * 10
        >>> model = Word2Vec(old, vector_size=8, min_count=1, sample=0).train()
        >>> model.extend(new).train().vocabulary.index_to_key
        ['sun', 'moon', 'star']
        """
        execution = self._execution(workers, progress=progress)
        text: dict[str, Any] = {"encoding": encoding, "errors": errors, "field": field}
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

    def _training_corpus(
        self,
        corpus: Any,
        execution: Execution,
        text: dict[str, Any],
        overrides: bool = False,
    ) -> Corpus:
        """
        Return the corpus to train: the given one, else the model's own.

        Tokens without a vector are reported only if a new run begins on another text.
        """
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
            if overrides or self.stopped is None:
                self._report_skipped(given, data)
        self.corpus: Corpus | None = data if self.corpus is None else self.corpus
        return data
