"""Save and load a model, and resume its run."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any, Self

from w2vfast.corpus.text_options import READING
from w2vfast.files.names import path_text
from w2vfast.io.atomic import StrPath
from w2vfast.io.checkpoint_mark import saving
from w2vfast.io.file_lock import file_lock
from w2vfast.runtime.log import logger
from w2vfast.training.checkpoint import read_model, save_model
from w2vfast.training.checks import CHECKPOINT_PATH, check_path
from w2vfast.training.execution import Execution
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.interrupted import is_finished, swapped_paths
from w2vfast.training.misplaced_names import OF_CORPUS, OF_MODEL, TRAIN_OPTIONS
from w2vfast.training.other_corpus import (
    OtherCorpusError,
    check_same_corpus,
    resuming,
)
from w2vfast.training.parameter_names import chosen_parameter, unknown_parameter
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState
from w2vfast.vectors.validation import check_finite
from w2vfast.word2vec.training import TrainingMethods


def _check_settings(path: str, settings: dict[str, Any]) -> None:
    """Raise TypeError for keyword arguments that `resume` does not have."""
    known = [*TRAIN_OPTIONS, *READING]
    names = [*(field.name for field in fields(Parameters)), *OF_MODEL]
    unknown = [name for name in settings if name not in known]
    if fixed := ", ".join(n for n in unknown if chosen_parameter(n, names)):
        raise TypeError(
            f"resume() can't change {fixed}: the run keeps the parameters of {path}; "
            "leave it out, or call train on a loaded model"
        )
    for name in unknown:
        raise unknown_parameter("resume", name, settings[name], known, OF_CORPUS)


class FileMethods(TrainingMethods):
    """Methods of `Word2Vec` that write and read files."""

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
        FileExistsError
            If the file is a checkpoint of another model whose run has not ended:
            ``train(checkpoint=…)`` wrote it. Or if it was read as a corpus.
        BlockingIOError
            If another run writes the file, also one that calls this in a callback.
        ValueError
            If the suffix is that of a format for vectors alone.
        OSError
            If the file cannot be written.
        """
        with self.timings.phase("save"):
            save_model(path, self._state)

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
        FileExistsError
            If the file is a checkpoint whose run has not ended, or was read as a
            corpus.
        BlockingIOError
            If a run writes the file, also one that calls this in a callback.
        ValueError
            If the suffix is unknown, the format cannot hold a word, or a vector is
            infinite or NaN.
        OSError
            If the file cannot be written.
        """
        from w2vfast.io.formats import write_vectors  # needed here only

        words, state = self.vocabulary, self._state
        # The lock comes before the gate, as in `save`: else two saves would wait for
        # each other.
        with self.timings.phase("save"), saving(path), state.gate.paused():
            check_finite(state.centre_vectors, words.index_to_key)
            write_vectors(
                path,
                words.index_to_key,
                state.centre_vectors,
                words.counts,
                option="",
            )

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        workers: int | None = None,
        kernels: str = "auto",
        progress: bool | None = None,
    ) -> Self:
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
        state = read_model(path)
        execution = Execution.resolve(workers, kernels, progress)
        return cls._from_state(state, execution)

    @classmethod
    def _from_state(cls, state: ModelState, execution: Execution) -> Self:
        """Return a model without a corpus."""
        model = cls.__new__(cls)
        model._state = state
        model._set_execution(execution)
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
    ) -> Self:
        """
        Finish the training run of a checkpoint: ``resume("run.ckpt", corpus)``.

        The run continues at the block of tokens, the learning rate and the random
        numbers where the checkpoint was written. With one worker, or with
        `deterministic`, the result equals that of an uninterrupted run, bit for bit,
        on the same kind of CPU.

        Parameters
        ----------
        path : path-like
            File that ``train(checkpoint=…)`` or `save` wrote during a run.
        corpus : Corpus, path, list of paths, or iterable of token lists
            The corpus of the run.
        checkpoint : path-like or bool, default True
            File for further checkpoints. True: `path`. False: none. Another file must
            not hold an unfinished run, or anything but a checkpoint.
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
        OtherCorpusError
            If the corpus is another one, also if the run is finished.
        ValueError
            If the file is damaged or holds no run.
        TypeError
            If `settings` has a parameter of the model: the run keeps its parameters.
        DivergedError, CheckpointError, FileExistsError, BlockingIOError, OSError
            As in `train`.

        Examples
        --------
        >>> from w2vfast import Word2Vec
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
        check_path("checkpoint", checkpoint, booleans=True)
        _check_settings(path_text(path, CHECKPOINT_PATH), settings)
        default = path if checkpoint else None
        target = default if isinstance(checkpoint, bool) else checkpoint
        # Locked before reading, because another run may replace the file. A finished
        # run writes nothing, and many callers may load it at once.
        with file_lock(None if is_finished(path) else target):
            options: Any = {
                "workers": workers,
                "kernels": kernels,
                "progress": progress,
            }
            try:
                model = cls.load(path, **options)
            except ValueError as error:
                if fix := swapped_paths(path, corpus):
                    raise ValueError(fix) from error
                raise
            return model._finish_run(os.fspath(path), corpus, target, settings)

    def _finish_run(
        self, name: str, corpus: Any, checkpoint: StrPath | None, settings: Any
    ) -> Self:
        """Finish the run of a model that was read from the file `name`."""
        run = self._state.run
        if run is None:
            raise ValueError(
                f"{name}: a model that was never trained, so there is no run to "
                "resume; load it with Word2Vec.load and call train"
            )
        if run.distributed is not None:
            raise ValueError(
                f"{name}: a run of several machines; continue it with "
                f"w2vfast.distributed.resume({name!r}, corpus)"
            )
        try:
            if not run.done:
                return self.train(corpus, checkpoint=checkpoint, **settings)
            text = {key: settings[key] for key in READING if key in settings}
            data = self._training_corpus(corpus, self._execution(), text)
            given = Fingerprint((data.ids, data.offsets))
            check_same_corpus(run, len(data.ids), given, data.n_dropped)
        except OtherCorpusError as error:
            raise resuming(error, name, run) from error
        logger().warning("%s: the run is finished; nothing is trained", name)
        return self
