"""Names of parameters in other packages, and near spellings, answered with ours."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from w2vfast.training.misplaced_names import OF_METHODS

P = ParamSpec("P")
R = TypeVar("R")

#: Parameters of word2vec.c, fastText and other packages, and ours of the same meaning.
SAME_MEANING = {
    "size": "vector_size",
    "dim": "vector_size",
    "dims": "vector_size",
    "dimensions": "vector_size",
    "embedding_dim": "vector_size",
    "embedding_size": "vector_size",
    "ws": "window",
    "window_size": "window",
    "iter": "epochs",
    "epoch": "epochs",
    "n_epochs": "epochs",
    "neg": "negative",
    "negatives": "negative",
    "lr": "alpha",
    "learning_rate": "alpha",
    "start_alpha": "alpha",
    "end_alpha": "min_alpha",
    "min_lr": "min_alpha",
    "mincount": "min_count",
    "threads": "workers",
    "thread": "workers",
    "n_jobs": "workers",
    "num_workers": "workers",
    "random_state": "seed",
    "random_seed": "seed",
    "t": "sample",
    "subsample": "sample",
    "batch_size": "chunk_size",
    "sentences": "corpus",
    "corpus_file": "corpus",
    "corpus_iterable": "corpus",
    "documents": "corpus",
    "lrupdaterate": "alpha_interval",
    "max_vocab": "max_final_vocab",
    "vocab": "vocabulary",
    "pretrainedvectors": "initial_vectors",
}
#: Parameters without a counterpart, and what to do instead.
INSTEAD = {
    "compute_loss": "the loss is always computed: see model.loss_history",
    "trim_rule": "choose the words with vocabulary=Vocabulary(words, counts)",
    "max_vocab_size": "all words are counted; limit the words with max_final_vocab",
    "sorted_vocab": "words are always sorted by count: leave it out",
    "hashfxn": "vectors do not depend on hashes: leave it out",
    "batch_words": "gensim's jobs have no counterpart: leave it out",
    "null_word": "there is no null word: leave it out",
    "total_examples": "the corpus is counted when it is read: leave it out",
    "total_words": "the corpus is counted when it is read: leave it out",
    "min_n": "w2vfast trains whole words, without subwords: leave it out",
    "max_n": "w2vfast trains whole words, without subwords: leave it out",
    "minn": "w2vfast trains whole words, without subwords: leave it out",
    "maxn": "w2vfast trains whole words, without subwords: leave it out",
    "bucket": "w2vfast trains whole words, without subwords: leave it out",
    "word_ngrams": "w2vfast trains whole words, without n-grams: leave it out",
    "wordngrams": "w2vfast trains whole words, without n-grams: leave it out",
    "binary": "the format follows from the suffix: model.save_vectors('vectors.bin')",
    "output": "save after training: model.save_vectors('vectors.bin')",
    "debug": "pass progress=True",
    "verbose": "pass progress=True",
    "save_vocab": "write model.vocabulary.index_to_key and its counts",
    "read_vocab": "pass vocabulary=Vocabulary(words, counts)",
    "classes": "cluster model.wv.vectors, for instance with scikit-learn",
}
#: What further names of other packages choose.
_CHOOSES = {
    **dict.fromkeys(("sg", "cbow", "skipgram", "model"), "architecture"),
    **dict.fromkeys(("trim_rule", "read_vocab"), "vocabulary"),
    "hs": "loss",
    "max_vocab_size": "max_final_vocab",
}


def advice(
    name: str,
    value: Any,
    known: Iterable[str],
    special: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """
    Return what to pass instead of an unknown parameter; "" if nothing is near.

    Parameters
    ----------
    name : str
        The unknown parameter.
    value : object
        Its value.
    known : iterable of str
        The parameters that exist.
    special : mapping of str to str, optional
        Answers to some names that come first.

    Examples
    --------
    >>> advice("size", 100, ["vector_size"]), advice("sg", 0, ["architecture"])
    ('pass vector_size=100', "pass architecture='cbow'")
    >>> advice("widow", 5, ["window"])
    'did you mean window=5?'
    """
    known = list(known)
    plain = _plain(name)
    choice = special.get(plain) or _chosen(plain, value)
    if choice:
        return choice
    for spelling in (plain, plain.replace("_", "")):
        if SAME_MEANING.get(spelling) in known:
            return f"pass {SAME_MEANING[spelling]}={_shown(value)}"
        if spelling in INSTEAD:
            return INSTEAD[spelling]
    near = _nearest(plain, known)
    return f"did you mean {near}={_shown(value)}?" if near else ""


def known_name(name: str, known: Iterable[str]) -> str:
    """
    Return the known parameter of the same meaning or a near spelling, or "".

    Examples
    --------
    >>> known_name("ws", ["window"]), known_name("widow", ["window"])
    ('window', 'window')
    """
    known = list(known)
    return parameter_of(name, known) or _nearest(_plain(name), known)


def parameter_of(name: str, known: Iterable[str]) -> str:
    """Return the known parameter of this name or of the same meaning, or ""."""
    known, plain = list(known), _plain(name)
    if plain in known:
        return plain
    for spelling in (plain, plain.replace("_", "")):
        if SAME_MEANING.get(spelling) in known:
            return SAME_MEANING[spelling]
    return ""


def chosen_parameter(name: str, known: Iterable[str]) -> str:
    """
    Return the known parameter that a name of any package is, means or chooses, or "".

    Examples
    --------
    >>> chosen_parameter("sg", ["architecture"]), chosen_parameter("sg", ["loss"])
    ('architecture', '')
    """
    known = list(known)
    chosen = _CHOOSES.get(_plain(name), "")
    return parameter_of(name, known) or (chosen if chosen in known else "")


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _nearest(plain: str, known: Iterable[str]) -> str:
    """Return the known parameter of the nearest spelling, or ""."""
    import difflib  # imported here because few runs need it

    by_plain = {n.replace("_", ""): n for n in known}
    near = difflib.get_close_matches(plain.replace("_", ""), by_plain, 1, 0.66)
    return by_plain[near[0]] if near else ""


def answer_unknown_parameters(
    method: Callable[P, R], special: Mapping[str, str] = OF_METHODS
) -> Callable[P, R]:
    """Decorate a constructor: unknown parameters are answered; see `advice`."""
    code = method.__code__  # the module inspect would slow the import
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    @functools.wraps(method)
    def checked(*arguments: P.args, **named: P.kwargs) -> R:
        for name, value in named.items():
            if name not in names:
                kind = type(arguments[0]).__name__
                raise unknown_parameter(kind, name, value, names, special)
        return method(*arguments, **named)

    return checked


def unknown_parameter(
    function: str,
    name: str,
    value: object,
    known: Iterable[str],
    special: Mapping[str, str] = MappingProxyType({}),
) -> TypeError:
    """Return the error for a parameter that a function does not have."""
    known = list(known)
    fix = advice(name, value, known, special)
    fix = fix or f"{function}() takes {', '.join(known)}"
    return TypeError(f"{name} is unknown to {function}(): {fix}")


def _chosen(name: str, value: Any) -> str:
    """Return the answer for switches that choose the architecture or the loss."""
    if name in ("sg", "cbow", "skipgram"):
        is_cbow = bool(value) is (name == "cbow")
        return f"pass architecture={'cbow' if is_cbow else 'skipgram'!r}"
    if name == "model":
        return "pass architecture='skipgram' or architecture='cbow'"
    if name == "hs" and value:
        return (
            "pass loss='hierarchical_softmax', or "
            "loss='negative_sampling+hierarchical_softmax' for both losses"
        )
    return "leave it out: negative sampling is the default" if name == "hs" else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else "…"
