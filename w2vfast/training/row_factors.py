"""Factors on the steps of rows: frozen words, and slower rows of old words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.runtime.log import logger
from w2vfast.training.state import ModelState
from w2vfast.wording import counted

Mask = NDArray[np.bool_]
Factors = NDArray[np.float32]

_EXPECTED = (
    "expected words, such as ['the', 'of'], a mask of bool with one item for each "
    "word, True or False"
)


def frozen_words(model: ModelState) -> Mask:
    """Return which words have frozen centre vectors: bool, (words,)."""
    mask: Mask = _factors(model.centre_scale, len(model.vocabulary)) == 0
    return mask


def freeze(model: ModelState, frozen: Any) -> None:
    """
    Freeze words; all other rows get the factor 1.

    Parameters
    ----------
    model : ModelState
        Changed in place.
    frozen : bool, words, or bool array of shape (words,)
        True freezes all words, False none.

    Raises
    ------
    RuntimeError
        If the model is being trained.
    TypeError, ValueError
        If `frozen` does not fit the vocabulary.
    """
    if model.in_training:
        raise RuntimeError(
            "frozen was set while train() runs on this model, for instance in "
            "after_epoch: set it after train() has returned"
        )
    words = len(model.vocabulary)
    if isinstance(frozen, bool | np.bool_):
        mask: Mask = np.full(words, bool(frozen))
    else:
        mask = frozen_mask(frozen, model.vocabulary, words)
    factors = np.where(mask, 0, 1).astype(np.float32)
    _set_factors(model, factors, factors)


def factors_after_growth(
    old: ModelState, grown: ModelState, old_alpha: float, frozen: Any
) -> None:
    """
    Set the factors of a model that has new words after those of an old model.

    Parameters
    ----------
    old : ModelState
    grown : ModelState
        Changed in place. Its first words are those of `old`.
    old_alpha : float
        From 0 to 1. The factors of old rows are multiplied by it.
    frozen : None, bool, mask or words
        Words to freeze in addition to the frozen words of `old`. A mask has one item
        for each old word. True freezes all old words. False first sets all factors of
        `old` to 1.

    Raises
    ------
    TypeError, ValueError
        If `old_alpha` is out of range, or `frozen` does not fit the vocabulary.
    """
    old_alpha = _check_old_alpha(old_alpha)
    frozen = bool(frozen) if isinstance(frozen, np.bool_) else frozen
    n_old, n_words = len(old.vocabulary), len(grown.vocabulary)
    mask = np.zeros(n_words, np.bool_)
    if isinstance(frozen, bool):
        mask[:n_old] = frozen
    elif frozen is not None:
        mask |= frozen_mask(frozen, grown.vocabulary, n_old)
    scales = []
    for scale in (old.centre_scale, old.outside_scale):
        factors = np.ones(n_words, np.float32)
        if frozen is not False:
            factors[:n_old] = _factors(scale, n_old)
        factors[:n_old] *= np.float32(old_alpha)
        factors[mask] = 0
        scales.append(factors)
    _set_factors(grown, *scales)


def frozen_mask(frozen: Any, vocabulary: Vocabulary, mask_length: int) -> Mask:
    """
    Return which words `frozen` selects.

    Parameters
    ----------
    frozen : iterable of str, or bool array of shape (mask_length,)
        Words that are not in the vocabulary are counted in a warning.
    vocabulary : Vocabulary
    mask_length : int
        Number of words that a mask describes, the first ones.

    Returns
    -------
    bool, (len(vocabulary),)

    Raises
    ------
    TypeError
        If `frozen` is of another kind.
    ValueError
        If a mask has another length, or no word is in the vocabulary.
    """
    if isinstance(frozen, str | bytes) or not hasattr(frozen, "__iter__"):
        raise TypeError(f"frozen={frozen!r}: {_EXPECTED}")
    items = list(frozen)
    mask = np.zeros(len(vocabulary), np.bool_)
    if items and all(isinstance(item, bool | np.bool_) for item in items):
        if len(items) != mask_length:
            raise ValueError(
                f"frozen is a mask of {counted(len(items), 'item')} for "
                f"{counted(mask_length, 'word')}: give one item for each word, in the "
                "order of vocabulary.index_to_key"
            )
        mask[:mask_length] = items
        return mask
    if odd := [item for item in items if not isinstance(item, str)]:
        raise TypeError(f"frozen contains {odd[0]!r}: {_EXPECTED}")
    unknown = [word for word in items if word not in vocabulary]
    if unknown:
        message = (
            f"not in the vocabulary: {len(unknown):,} of "
            f"{counted(len(items), 'frozen word')}, for instance {unknown[0]!r}"
        )
        if len(unknown) == len(items):
            raise ValueError(f"{message}: give words of the vocabulary")
        logger().warning("%s", message)
    index = vocabulary.key_to_index
    mask[[index[word] for word in items if word in index]] = True
    return mask


def check_trainable(model: ModelState) -> None:
    """Raise ValueError if all rows are frozen."""
    scales = (model.centre_scale, model.outside_scale)
    frozen = all(scale is not None and not scale.any() for scale in scales)
    if frozen and not model.parameters.uses_tree:
        raise ValueError(
            f"all {len(model.vocabulary):,} words are frozen, so training would change "
            "no vector: set model.frozen = False, or freeze fewer words"
        )


def _factors(scale: Factors | None, words: int) -> Factors:
    return np.ones(words, np.float32) if scale is None else scale


def _set_factors(model: ModelState, centre: Factors, outside: Factors) -> None:
    """
    Set the factors of words; None replaces factors that are all 1.

    An outside vector that is 0 is not frozen: it is untrained, and other words get no
    gradient from a vector that stays 0.
    """
    if words := model.n_word_rows:
        untrained = ~model.outside[:words].any(axis=1)
        outside = np.where((outside == 0) & untrained, np.float32(1), outside)
    model.centre_scale = centre if (centre != 1).any() else None
    model.outside_scale = outside if (outside != 1).any() else None


def _check_old_alpha(value: Any) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(f"old_alpha={value!r}: expected a number from 0 to 1")
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise ValueError(
            f"old_alpha={value}: expected a factor from 0 (old rows are frozen) to 1 "
            "(old rows train like new ones)"
        )
    return float(value)
