"""The state that a model shares with the native trainer, and its views."""

from __future__ import annotations

import datetime
import logging
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim.key_table import Array, Key
from w2vfast.compat.gensim.keyedvectors import KeyedVectors
from w2vfast.compat.gensim.vocabulary import Scan, Word
from w2vfast.compat.gensim.weights import COMBINED
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.sampling.noise import noise_distribution
from w2vfast.sampling.subsampling import keep_probability, keep_thresholds
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState
from w2vfast.wording import counted, quoted

logger: logging.Logger = logging.getLogger(__name__)


#: Names of gensim 3, and names that models never had.
_MOVED = {
    "load": "it is a method of the class: model = Word2Vec.load(path)",
    "iter": "use epochs",
    "size": "use vector_size",
    "vocab": "use wv.key_to_index, wv.index_to_key, wv.get_vecattr()",
    "index2word": "use wv.index_to_key",
    "syn0": "use wv.vectors",
    "syn0norm": "use wv.get_normed_vectors()",
    "accuracy": "use wv.evaluate_word_analogies()",
    "load_word2vec_format": "use KeyedVectors.load_word2vec_format()",
    "save_vectors": "use wv.save_word2vec_format()",
    "similar": "use wv.most_similar()",
    "loss_history": "use compute_loss=True and get_latest_training_loss()",
    "syn1neg": "it exists if negative > 0, once there is a vocabulary",
    "syn1": "it exists if hs=1, once there is a vocabulary",
    "cum_table": "it exists if negative > 0, once there is a vocabulary",
}


class ModelBase:
    """
    Attributes of gensim's model over one native `ModelState`.

    Attributes
    ----------
    state : ModelState or None
        The native model, once there is a vocabulary.
    wv : KeyedVectors
        Its `vectors` are a view of the native centre matrix. An array that was
        assigned to `wv.vectors` is copied into the matrix before it is used.
    syn1neg, syn1 : float32, (words, vector_size)
        Views of the outside vectors of words and of the tree's nodes. They exist if
        `negative` and `hs` are set.
    """

    vector_size: int
    workers: int
    epochs: int
    window: int
    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sample: float
    seed: int
    sg: int
    hs: int
    negative: int
    ns_exponent: float
    cbow_mean: int
    shrink_windows: bool
    sorted_vocab: int
    batch_words: int
    alpha: float
    min_alpha: float
    min_alpha_yet_reached: float
    compute_loss: bool
    running_training_loss: float
    total_train_time: float
    train_count: int
    corpus_count: int
    corpus_total_words: int
    effective_min_count: int
    raw_vocab: dict[Word, int]
    lifecycle_events: list[dict[str, Any]]
    state: ModelState | None = None
    _view: Array | None = None
    _wv: KeyedVectors
    _last_scan: Scan | None = None
    _no_words: str = ""  # why the vocabulary is empty, once it was built

    def parameters(self) -> Parameters:
        """Return the native parameters."""
        raise NotImplementedError

    @property
    def wv(self) -> KeyedVectors:
        """The word vectors."""
        return self._wv

    @wv.setter
    def wv(self, vectors: KeyedVectors) -> None:
        state = self.state
        if state is not None and vectors.index_to_key != self._wv.index_to_key:
            self.state = self._view = None
        self._wv = vectors

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            text = _MOVED.get(name)
            if text is None and hasattr(KeyedVectors, name):
                text = f"use model.wv.{name}"
            if text:
                raise AttributeError(
                    f"{type(self).__name__} has no attribute {name!r}: {text}"
                )
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def __getitem__(self, key: Any) -> Any:
        """Raise TypeError: the vectors are in `wv`."""
        name = quoted(key, 40)
        raise TypeError(f"model[{name}]: vectors are in model.wv[{name}]")

    def __contains__(self, key: object) -> bool:
        """Raise TypeError: the keys are in `wv`."""
        name = quoted(key, 40)
        raise TypeError(f"{name} in model: use {name} in model.wv")

    def attach(self, state: ModelState, keys: list[Key]) -> None:
        """Make `state` the model, and `wv` a view of it with these keys."""
        counts = state.vocabulary.counts
        wv = self._wv
        wv.index_to_key = list(keys)
        wv.key_to_index = {key: row for row, key in enumerate(wv.index_to_key)}
        wv.next_index = len(wv)
        wv.vector_size = state.parameters.vector_size
        wv.expandos["count"] = counts.copy()
        keep = keep_probability(counts, state.parameters.sample)
        wv.expandos["sample_int"] = keep_thresholds(keep)
        if self.hs and len(keys) > 1:
            wv.expandos |= _tree_attributes(counts)
        if len(wv.vectors_lockf) not in (1, len(wv)):
            wv.vectors_lockf = np.append(
                wv.vectors_lockf,
                np.ones(len(wv) - len(wv.vectors_lockf), np.float32),
            )
        self.state, wv.gate = state, state.gate
        self._view = wv.vectors = state.centre_vectors

    def sync(self, *, callback: bool = False) -> None:
        """
        Copy an array that was assigned to `wv.vectors` into the native matrix.

        Words that were added to `wv` become words of the model, with their counts, or
        0, and outside vectors of 0.

        Parameters
        ----------
        callback : bool, default False
            Whether a callback of a run has ended. Then the model cannot grow.

        Raises
        ------
        ValueError
            If the array has another shape, or words were added during training.
        """
        view, vectors = self._view, self._wv.vectors
        if view is None or vectors is view:
            return
        if vectors.shape == view.shape and len(self._wv) == len(view):
            view[:] = vectors
            self._wv.vectors = view
            return
        if not self._has_added_words():
            raise ValueError(
                f"wv.vectors has shape {vectors.shape} for "
                f"{counted(len(self._wv), 'key')}, but the model has {view.shape}: "
                "assign as many rows, and add words with wv.add_vectors() or "
                "build_vocab(update=True)"
            )
        if callback or (self.state is not None and self.state.in_training):
            raise ValueError(
                "words were added to wv during training: add them before train(), or "
                "after it"
            )
        self.update_weights()

    def _has_added_words(self) -> bool:
        """Return whether `wv` has the words of the model, and then others."""
        view, wv = self._view, self._wv
        if view is None or self.state is None or len(wv) <= len(view):
            return False
        known = self.state.vocabulary.index_to_key
        is_whole = wv.vectors.shape == (len(wv), view.shape[1])
        return is_whole and list(map(str, wv.index_to_key[: len(view)])) == known

    def update_weights(self) -> None:
        """Add rows for new words of `wv`."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes for a copy or a pickle."""
        self.sync()
        return {**vars(self), "_view": None}

    def __setstate__(self, attributes: dict[str, Any]) -> None:
        """Restore the attributes; `wv.vectors` is a view of the matrix again."""
        vars(self).update(attributes)
        if (state := self.state) is not None:
            self._wv.gate = state.gate
            self._view = self._wv.vectors = state.centre_vectors

    @property
    def syn1neg(self) -> Array:
        """The outside vectors of words: float32, (words, vector_size), a view."""
        return self._outside("syn1neg", bool(self.negative))

    @syn1neg.setter
    def syn1neg(self, vectors: Array) -> None:
        self.syn1neg[:] = vectors

    @property
    def syn1(self) -> Array:
        """The vectors of the tree's nodes: float32, (words, vector_size), a view."""
        return self._outside("syn1", bool(self.hs))

    @syn1.setter
    def syn1(self, vectors: Array) -> None:
        self.syn1[:] = vectors

    def _outside(self, name: str, exists: bool) -> Array:
        if self.state is None or not exists:
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
        rows, words = self.state.outside_vectors, len(self.state.vocabulary)
        if name == "syn1" and self.state.parameters.loss == COMBINED:
            return rows[words:]
        return rows[:words]

    @property
    def cum_table(self) -> npt.NDArray[np.uint32]:
        """The cumulative noise distribution, scaled to 2**31 - 1: uint32, (words,)."""
        if self.state is None or not self.negative:
            raise AttributeError(
                f"{type(self).__name__!r} has no attribute 'cum_table'"
            )
        noise = noise_distribution(self.state.vocabulary.counts, self.ns_exponent)
        return np.rint(np.cumsum(noise) * (2**31 - 1)).astype(np.uint32)

    def add_lifecycle_event(
        self, event_name: str, log_level: int | bool = logging.INFO, **event: Any
    ) -> None:
        """Append an event to `lifecycle_events`, and log it."""
        now = datetime.datetime.now().isoformat()
        self.lifecycle_events.append({**event, "datetime": now, "event": event_name})
        if log_level:
            logger.log(log_level, "%s lifecycle event %s", type(self).__name__, event)


def _tree_attributes(counts: npt.NDArray[np.int64]) -> dict[str, Array]:
    """Return the path of each word in the Huffman tree: "code" and "point"."""
    tree = huffman_tree(counts)
    arrays: dict[str, Array] = {
        "code": (tree.labels < 0).astype(np.uint8),
        "point": tree.nodes.astype(np.uint32),
    }
    attributes: dict[str, Array] = {}
    for name, values in arrays.items():
        column = np.empty(len(counts), object)
        for row, path in enumerate(np.split(values, tree.offsets[1:-1])):
            column[row] = path
        attributes[name] = column
    return attributes
