"""A demonstration on the corpus in the package, the King James Bible."""

from __future__ import annotations

import time
from importlib.resources import as_file, files
from typing import Any

from w2vfast.corpus import Corpus
from w2vfast.word2vec import Word2Vec

#: Where these differ from Word2Vec's defaults, a small corpus asks for it.
PARAMETERS: dict[str, Any] = {"min_count": 10, "sample": 1e-4, "epochs": 10}
WORDS = ("king", "jerusalem", "bread", "wisdom", "water", "shepherd", "sword")


def run(parameters: dict[str, Any]) -> None:
    """
    Train on the bundled corpus; print facts, losses and neighbours.

    Parameters
    ----------
    parameters : dict
        What to change in `PARAMETERS`, by the names of Word2Vec.
    """
    model = Word2Vec(_corpus(parameters), **(PARAMETERS | parameters))
    corpus, p = model.corpus, model.parameters
    assert corpus is not None  # it was not loaded
    print(
        "The King James Bible, which is in the package:\n"
        f"  {len(corpus.ids):,} words in {len(corpus):,} verses; "
        f"{len(model.vocabulary):,} words occur at least {p.min_count} times"
    )
    print(
        f"Training {p.architecture}, {p.vector_size} dimensions, {p.epochs} epochs, "
        f"{model.workers} threads, {model.kernels} kernels",
        flush=True,
    )
    start = time.perf_counter()
    model.train()
    seconds = time.perf_counter() - start
    for epoch, loss in enumerate(model.loss_history, 1):
        print(f"  epoch {epoch:2}  loss {loss:.4f}")
    rate = len(corpus.ids) * p.epochs / seconds
    print(f"  {seconds:.1f} s, {rate:,.0f} words/s")
    print("Nearest neighbours, with the cosine:")
    for word in WORDS:
        if word in model.wv:
            _show(word, model)


def _corpus(parameters: dict[str, Any]) -> Corpus:
    scan = {n: parameters[n] for n in ("workers", "progress") if n in parameters}
    with as_file(files("w2vfast") / "data" / "kjv.txt.xz") as path:
        return Corpus(path, **scan)


def _show(word: str, model: Word2Vec) -> None:
    found = model.wv.most_similar(word, topn=5)
    print(f"  {word:9} ", ", ".join(f"{other} {cosine:.2f}" for other, cosine in found))
