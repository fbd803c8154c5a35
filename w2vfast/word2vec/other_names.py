"""Names of gensim that a model does not have: the error says what to use."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn

from w2vfast.training.parameters import Parameters
from w2vfast.wording import quoted

#: What to use instead of a name of gensim.
INSTEAD = {
    "iter": "use parameters.epochs",
    "size": "use parameters.vector_size",
    "layer1_size": "use parameters.vector_size",
    "sg": "use parameters.architecture",
    "hs": "use parameters.loss",
    "syn1": "use outside_vectors",
    "syn1neg": "use outside_vectors",
    "corpus_count": "use len(corpus), of the Corpus that was trained",
    "corpus_total_words": "use model.vocabulary.counts.sum()",
    "build_vocab": "Word2Vec(corpus) counts the words; extend(corpus) adds words",
    "get_latest_training_loss": "use loss_history",
    "running_training_loss": "use loss_history",
    **dict.fromkeys(
        ("predict_output_word", "score", "reset_from", "build_vocab_from_freq"),
        "w2vfast.compat.gensim.Word2Vec has it",
    ),
}


class OtherNames:
    """Answers names of gensim; type checkers shall not see that it exists."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Raise AttributeError."""
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            if not name.startswith("_") and (fix := _fix(name)):
                text += f": {fix}"
            raise AttributeError(text, name=name, obj=self)

        def __getitem__(self, key: Any) -> NoReturn:
            """Raise TypeError: the vectors are in `wv`."""
            name = quoted(key, 40)
            raise TypeError(f"model[{name}]: vectors are in model.wv[{name}]")

        def __contains__(self, key: object) -> NoReturn:
            """Raise TypeError: the words are in `wv`."""
            name = quoted(key, 40)
            raise TypeError(f"{name} in model: use {name} in model.wv")

        #: Python would otherwise call `__getitem__` with 0, 1, and so on.
        __iter__ = None


def _fix(name: str) -> str:
    """Return what to use instead of a name that a model does not have, or ""."""
    from w2vfast.keyedvectors import KeyedVectors  # training needs none of it
    from w2vfast.vectors import other_names

    if name in INSTEAD:
        return INSTEAD[name]
    if name in {field.name for field in fields(Parameters)}:
        return f"use parameters.{name}"
    if hasattr(KeyedVectors, name) or name in ("index_to_key", "key_to_index"):
        return f"use model.wv.{name}"
    fix = other_names.INSTEAD.get(name, "")
    return f"of the vectors, model.wv: {fix}" if fix and name != "wv" else ""
