"""The memory that a model would take."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from w2vfast.corpus.scan_memory import TextSizes
from w2vfast.runtime import threads
from w2vfast.runtime.memory import resolve_limit
from w2vfast.training.corpus_defaults import fit_to_corpus
from w2vfast.training.memory_estimate import MemoryEstimate, estimate_memory
from w2vfast.training.parameter_names import unknown_parameter
from w2vfast.training.parameters import Parameters
from w2vfast.word2vec.attributes import Attributes

_SENTENCE = 20  # tokens, if the number of sentences is unknown


class MemoryMethods(Attributes):
    """The method of `Word2Vec` that estimates memory."""

    @staticmethod
    def estimate_memory(
        *,
        tokens: int,
        types: int,
        words: int | None = None,
        sentences: int | None = None,
        word_length: float = 8.0,
        workers: int | None = None,
        memory_limit: int | None = None,
        **parameters: Any,
    ) -> MemoryEstimate:
        """
        Estimate the memory of a model from sizes alone; nothing is read or allocated.

        Parameters
        ----------
        tokens : int
            Tokens of the text.
        types : int
            Distinct words of the text.
        words : int, optional
            Words of the vocabulary, those that occur `min_count` times. None means all
            `types`.
        sentences : int, optional
            None means one for 20 tokens.
        word_length : float, default 8.0
            Mean bytes of a distinct word.
        workers : int, optional
            Number of threads. None means all cores.
        memory_limit : int, optional
            As in `Corpus`.
        **parameters
            Of `Word2Vec`: vector_size, window, loss and so on.

        Returns
        -------
        MemoryEstimate
            Bytes of each part, and `peak`. Printed, it is a table.

        Raises
        ------
        ValueError, TypeError
            If a size is below 1, or a parameter is wrong or unknown.

        Examples
        --------
        >>> from w2vfast import Word2Vec
        >>> sizes = {"tokens": 10**9, "types": 5_000_000, "words": 600_000}
        >>> need = Word2Vec.estimate_memory(**sizes, memory_limit=2**30)
        >>> need.vectors, need.in_file
        (537600000, 4000000000)
        """
        words = types if words is None else words
        sentences = -(-tokens // _SENTENCE) if sentences is None else sentences
        sizes = {"tokens": tokens, "types": types, "words": words}
        for name, size in (sizes | {"sentences": sentences}).items():
            if isinstance(size, bool) or not hasattr(size, "__index__"):
                raise TypeError(f"{name}={size!r}: expected a whole number")
            if size < 1:
                raise ValueError(f"{name}={size}: expected 1 or more")
        if words > types:
            raise ValueError(
                f"words={words} of the vocabulary, but only types={types} distinct "
                "words: expected at most as many"
            )
        known = [field.name for field in fields(Parameters)]
        for name, value in parameters.items():
            if name not in known:
                raise unknown_parameter("Word2Vec.estimate_memory", name, value, known)
        given = Parameters(**parameters)
        fitted = fit_to_corpus(given, words, tokens, sample=False, alpha=False)
        return estimate_memory(
            fitted,
            TextSizes(tokens, sentences, types, word_length),
            words,
            threads.resolve(workers),
            resolve_limit(memory_limit),
        )
