"""The state of a model, and the position of its training run."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.io.file_identity import KnownFiles
from w2vfast.kernels.arguments import Embeddings, zero_embeddings
from w2vfast.kernels.embeddings import initial_embeddings
from w2vfast.runtime.pause_gate import PauseGate
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.other_corpus import check_same_corpus
from w2vfast.training.parameters import Parameters


@dataclass
class TrainingState:
    """
    The position of a training run. With it, an interrupted run can continue.

    Model files store these attributes under these names.

    Attributes
    ----------
    parameters : Parameters
    first_epoch : int
        Number of the run's first epoch since the model was created. Random numbers
        depend on it.
    tokens : int
        Tokens of the corpus.
    epoch, block : int
        The next block to train. Epochs count from the start of the run.
    loss, pairs : float
        Sums over the trained part of `epoch`. With weighted windows, pairs is the sum
        of their weights.
    trained : float
        Pairs of all finished epochs.
    stop_reason : str
        Why the run stopped before its end; empty if it did not.
    corpus : Fingerprint
        Of the ids and the sentences. A file stores its text.
    callbacks : dict
        The states of callbacks; see `callback_state`. A file stores them apart.
    distributed : dict or None
        Settings and position of a run on several machines; see
        `w2vfast.distributed.checkpoints`. None: a run of one process.
    """

    parameters: Parameters
    first_epoch: int
    tokens: int
    epoch: int = 0
    block: int = 0
    loss: float = 0.0
    pairs: float = 0
    trained: float = 0
    stop_reason: str = ""
    corpus: Fingerprint = field(default_factory=Fingerprint)
    callbacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    distributed: dict[str, Any] | None = None

    @property
    def mean_loss(self) -> float:
        """Mean loss per pair of the trained part of `epoch`; nan without a pair."""
        return self.loss / self.pairs if self.pairs else math.nan

    @property
    def done(self) -> bool:
        """Whether all epochs are finished."""
        return self.epoch >= self.parameters.epochs

    def trained_tokens(self, block_size: int) -> int:
        """Return the number of tokens trained so far, in blocks of `block_size`."""
        return self.epoch * self.tokens + self.block * block_size

    def as_dict(self) -> dict[str, Any]:
        """Return names and values, for a model file."""
        values = {"parameters": self.parameters.as_dict(), "corpus": self.corpus.text}
        others = {n: v for n, v in vars(self).items() if n != "callbacks"}
        if self.distributed is None:  # so that older versions read the file
            del others["distributed"]
        return others | values

    @classmethod
    def from_dict(cls, state: dict[str, Any], parameters: Parameters) -> TrainingState:
        """Rebuild a state from the result of `as_dict`, with its parsed parameters."""
        values = {
            "parameters": parameters,
            "corpus": Fingerprint(text=state.get("corpus", "")),
        }
        return cls(**state | values)


@dataclass
class ModelState:
    """
    Everything that a model consists of, except its corpus.

    Attributes
    ----------
    parameters : Parameters
    vocabulary : Vocabulary
    centre, outside : (words, padded vector_size), of the type parameters.dtype
        The embedding matrices. With hierarchical softmax alone, the rows of `outside`
        belong to tree nodes. With negative sampling too, it has 2 * words rows: those
        of the words, then those of the nodes.
    loss_history : list of float
        Mean loss per pair of each epoch; nan for an epoch without a pair.
    run : TrainingState or None
        The last training run; None before the first one.
    centre_scale, outside_scale : float32, (words,) or None
        Factor on the step of each word's row, 0 or more; 0 freezes it. None means 1
        for all rows.
    warm_start : bool
        Whether words started from given vectors, not from random ones.
    known_files : tuple
        Files with earlier states of this model; see `io.file_identity`.
    gate : PauseGate
        In its `paused`, all attributes are of one moment.
    """

    parameters: Parameters
    vocabulary: Vocabulary
    centre: Embeddings
    outside: Embeddings
    loss_history: list[float] = field(default_factory=list)
    run: TrainingState | None = None
    centre_scale: NDArray[np.float32] | None = None
    outside_scale: NDArray[np.float32] | None = None
    warm_start: bool = False
    known_files: KnownFiles = field(default=(), repr=False, compare=False)
    gate: PauseGate = field(default_factory=PauseGate, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """
        Return the attributes for a copy or a pickle, which no run is training.

        During a run they are copies, all of one moment.
        """
        if not self.in_training:
            return vars(self).copy()
        with self.gate.paused():
            state = {**vars(self), "gate": PauseGate()}
            for name in ("centre", "outside", "loss_history"):
                state[name] = state[name].copy()
            if (run := self.run) is not None:
                run = replace(run, callbacks=copy.deepcopy(run.callbacks))
            state["run"] = run
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy; copied matrices are aligned to cache lines again."""
        vars(self).update(state)
        for name in ("centre", "outside"):
            matrix = getattr(self, name)
            if matrix.ctypes.data % 64:
                size = self.parameters.vector_size
                aligned = zero_embeddings(len(matrix), size, matrix.dtype)
                aligned[:] = matrix
                setattr(self, name, aligned)

    @classmethod
    def initial(cls, parameters: Parameters, vocabulary: Vocabulary) -> ModelState:
        """Make the state of an untrained model."""
        words, size = len(vocabulary), parameters.vector_size
        dtype = parameters.dtype
        centre = initial_embeddings(words, size, parameters.seed, dtype)
        outside = zero_embeddings(parameters.outside_rows(words), size, dtype)
        return cls(parameters, vocabulary, centre, outside)

    @property
    def in_training(self) -> bool:
        """Whether a training run is in progress; it ends with the claim of the gate."""
        return self.gate.is_claimed

    @property
    def n_word_rows(self) -> int:
        """Number of rows of `outside` that belong to words; those of nodes follow."""
        return self.parameters.word_rows(len(self.vocabulary))

    @property
    def centre_vectors(self) -> Embeddings:
        """The centre vectors without padding: (words, vector_size), a view."""
        return self.centre[:, : self.parameters.vector_size]

    @property
    def outside_vectors(self) -> Embeddings:
        """The outside vectors without padding: (words, vector_size), a view."""
        return self.outside[:, : self.parameters.vector_size]


def resume_or_start(
    last: TrainingState | None,
    parameters: Parameters,
    tokens: int,
    overrides: dict[str, Any],
    corpus: Fingerprint | None = None,
    dropped: int = 0,
) -> TrainingState:
    """
    Return the interrupted run, or a new one.

    Parameters
    ----------
    last : TrainingState or None
        The model's last run.
    parameters : Parameters
        The model's parameters.
    tokens : int
        Tokens of the corpus to train.
    overrides : dict
        Parameters to change. If there are any, a new run starts.
    corpus : Fingerprint, optional
        Of the corpus to train.
    dropped : int, default 0
        Tokens that encoding the corpus has dropped.

    Raises
    ------
    OtherCorpusError
        If the interrupted run used another corpus.
    ValueError
        If the interrupted run is one of several machines, or a parameter is out of
        range.
    TypeError
        If a parameter is unknown or cannot change.
    """
    corpus = corpus or Fingerprint()
    first_epoch = 0 if last is None else last.first_epoch + last.epoch
    if last is None or last.done or overrides:
        p = parameters.override(**overrides)
        return TrainingState(p, first_epoch, tokens, corpus=corpus)
    if last.distributed is not None:
        raise ValueError(
            "the interrupted run is one of several machines: continue it with "
            "w2vfast.distributed.resume(path, corpus), or pass epochs=… to start a new "
            "run in this process"
        )
    check_same_corpus(last, tokens, corpus, dropped)
    return last
