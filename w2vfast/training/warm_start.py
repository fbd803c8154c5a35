"""A new model whose words start from given vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.runtime.log import logger
from w2vfast.training import row_factors
from w2vfast.training.growth import Rows, copy_rows
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState
from w2vfast.vectors.validation import check_finite, first_non_finite
from w2vfast.wording import counted, with_article


def initial_state(
    parameters: Parameters, vocabulary: Vocabulary, source: Any, frozen: Any
) -> ModelState:
    """
    Return an untrained model that starts from the vectors of `source`.

    Parameters
    ----------
    parameters : Parameters
    vocabulary : Vocabulary
    source : ModelState, KeyedVectors, mapping of words to vectors, or None
        A ModelState also gives outside vectors of words and vectors of tree nodes.
        None: all vectors are random.
    frozen : None, bool, mask or words
        See `row_factors.frozen_mask`. True: the words that start from `source`.

    Raises
    ------
    TypeError
        If `source` or `frozen` is of another kind.
    ValueError
        If the dimensions differ, a vector is not finite, or `source` has no word of
        the vocabulary.
    """
    model = ModelState.initial(parameters, vocabulary)
    found = np.zeros(len(vocabulary), np.bool_)
    if source is not None:
        with np.errstate(over="ignore"):  # checked below
            found[_start_from(model, source)] = True
        _check_stored(model)
        model.warm_start = True
    frozen = bool(frozen) if isinstance(frozen, np.bool_ | None) else frozen
    if frozen is True and source is None:
        raise ValueError(
            "frozen=True without initial_vectors: True freezes the words that start "
            "from initial_vectors; pass initial_vectors, or the words to freeze"
        )
    row_factors.freeze(model, found if frozen is True else frozen)
    return model


def _start_from(model: ModelState, source: Any) -> Rows:
    """Copy the vectors of `source` to the model; return the rows of words found."""
    words = model.vocabulary
    if isinstance(source, ModelState):
        n_source = len(source.vocabulary)
        _check_size(source.parameters.vector_size, model)
        check_finite(source.centre_vectors, source.vocabulary.index_to_key)
        if (row := first_non_finite(source.outside_vectors)) is not None:
            raise ValueError(
                f"row {row} of the outside vectors of initial_vectors is infinite or "
                "NaN: train that model again with a smaller alpha, or pass its wv"
            )
        rows = copy_rows(source, model)
    else:
        source = getattr(source, "wv", source)  # a model of another package
        n_source = len(_keys(source))
        rows = np.array(
            [i for i, word in enumerate(words.index_to_key) if word in _keys(source)],
            np.intp,
        )
        found = [words.index_to_key[i] for i in rows.tolist()]
        if found:
            vectors = _vectors(source, found, model)
            check_finite(vectors, found)
            model.centre_vectors[rows] = vectors
    if not len(rows):
        raise ValueError(
            f"of {counted(len(words), 'word')} of the corpus, such as "
            f"{words.index_to_key[0]!r}, none is among {counted(n_source, 'word')} of "
            "initial_vectors: split and lowercase the corpus as for these vectors"
        )
    logger().info(
        "initial_vectors: given for %s of %s",
        f"{len(rows):,}",
        counted(len(words), "word"),
    )
    return rows


def _check_stored(model: ModelState) -> None:
    """Raise ValueError if a finite vector is too large for the type of the model."""
    if model.parameters.dtype == "float32":
        return
    for matrix in (model.centre_vectors, model.outside_vectors):
        if first_non_finite(matrix) is not None:
            raise ValueError(
                f"initial_vectors have numbers above {np.finfo(matrix.dtype).max}, the "
                f"largest of dtype={model.parameters.dtype!r}: pass dtype='float32'"
            )


def _keys(source: Any) -> Mapping[Any, Any]:
    """Return the words of KeyedVectors, with their rows, or a mapping itself."""
    keys = getattr(source, "key_to_index", source)
    if not isinstance(keys, Mapping):
        raise TypeError(
            f"initial_vectors is {with_article(source)}: expected KeyedVectors, a "
            "Word2Vec model or a mapping of words to vectors; for a file pass "
            "KeyedVectors.load(path)"
        )
    return keys


def _vectors(source: Any, words: list[str], model: ModelState) -> NDArray[np.float32]:
    """Return the vectors of `words`: float32, (words, vector_size)."""
    if not isinstance(source, Mapping):
        _check_size(source.vectors.shape[1], model)
        index = source.key_to_index
        rows: NDArray[Any] = source.vectors[[index[word] for word in words]]
        return rows.astype(np.float32)
    vectors = np.empty((len(words), model.parameters.vector_size), np.float32)
    for row, word in zip(vectors, words, strict=True):
        vector = np.asarray(source[word])
        if vector.ndim != 1 or vector.dtype.kind not in "fiu":
            raise ValueError(
                f"the initial vector of {word!r} has shape {vector.shape} and type "
                f"{vector.dtype}: expected {counted(vectors.shape[1], 'number')}"
            )
        _check_size(len(vector), model)
        row[:] = vector
    return vectors


def _check_size(size: int, model: ModelState) -> None:
    expected = model.parameters.vector_size
    if size != expected:
        raise ValueError(
            f"initial_vectors have {counted(size, 'dimension')}, but "
            f"vector_size={expected}: pass vector_size={size}"
        )
