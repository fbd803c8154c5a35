"""Check arguments: names of other packages, numbers, callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from w2vfast.training.parameter_names import (
    answer_unknown_parameters,
    unknown_parameter,
)
from w2vfast.wording import quoted

P = ParamSpec("P")
R = TypeVar("R")

_LOSS = "pass hs=1 for hierarchical softmax, or negative=5 for negative sampling"
_LOG = "progress is logged: logging.basicConfig(level=logging.INFO)"
_NATIVE = "only w2vfast.Word2Vec has it"
#: Answers to names of w2vfast's own class and of other packages.
SPECIAL = {
    "corpus": "pass sentences=… (lists of words), or corpus_file=… (a path)",
    "architecture": "pass sg=1 for skip-gram, or sg=0 for CBOW",
    "model": "pass sg=1 for skip-gram, or sg=0 for CBOW",
    "skipgram": "pass sg=1",
    "cbow": "pass sg=0",
    "loss": _LOSS,
    "binary": "save after training: wv.save_word2vec_format(path, binary=True)",
    "output": "save after training: wv.save_word2vec_format(path)",
    "save_vocab": "save after training: wv.save_word2vec_format(path, fvocab=…)",
    "read_vocab": "count words with build_vocab_from_freq(counts)",
    "total_examples": "pass it to train()",
    "total_words": "pass it to train()",
    **dict.fromkeys(("progress", "verbose", "debug"), _LOG),
    **dict.fromkeys(
        (
            *("chunk_size", "shared_negatives", "alpha_interval", "cbow_exact"),
            *("deterministic", "kernels", "encoding", "errors", "field"),
            *("vocabulary", "initial_vectors", "frozen", "preset"),
            *("weighted_windows", "rare_power", "max_counted_words", "dtype"),
            "thin_gradients",
            *("matmul_precision", "shuffle", "checkpoint", "every"),
            *("max_seconds", "after_epoch"),
        ),
        _NATIVE,
    ),
}  # fmt: skip
_EVENTS = ("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end")


def answered(method: Callable[P, R]) -> Callable[P, R]:
    """Decorate a constructor: unknown parameters are answered with gensim's."""
    return answer_unknown_parameters(method, SPECIAL)


def check_no_others(function: Callable[..., Any], others: dict[str, Any]) -> None:
    """Raise TypeError if `others`, the arguments in ``**kwargs``, are not empty."""
    for name, value in others.items():
        code = function.__code__
        known = code.co_varnames[1 : code.co_argcount]
        raise unknown_parameter(function.__name__, name, value, known, SPECIAL)


def whole(name: str, value: Any) -> int:
    """
    Return a whole number, which may be a float such as 50.0.

    Raises
    ------
    TypeError
        If it is text or has a fraction.
    """
    if not isinstance(value, str | bytes) and hasattr(value, "__int__"):
        with suppress(ValueError, OverflowError):  # nan, infinity
            if (number := int(value)) == value:
                return number
    raise TypeError(f"{name}={quoted(value)}: expected a whole number")


def real(name: str, value: Any) -> float:
    """Return a number; raise TypeError for text and other objects."""
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        raise TypeError(f"{name}={quoted(value)}: expected a number")
    return float(value)


def checked_callbacks(callbacks: Any) -> list[Any]:
    """
    Return the callbacks as a list.

    Raises
    ------
    TypeError
        If there is no iterable of objects with the methods of CallbackAny2Vec.
    """
    if isinstance(callbacks, type) or not isinstance(callbacks, Iterable):
        raise _no_callbacks("callbacks", callbacks)
    found = list(callbacks)
    for number, item in enumerate(found):
        has_all = all(callable(getattr(item, event, None)) for event in _EVENTS)
        if isinstance(item, type) or not has_all:
            raise _no_callbacks(f"callbacks[{number}]", item)
    return found


def _no_callbacks(name: str, given: object) -> TypeError:
    return TypeError(
        f"{name}={quoted(given)}: expected callbacks=[…], a list of objects whose "
        "class derives from CallbackAny2Vec, such as callbacks=[Report()]"
    )
