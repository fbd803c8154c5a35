"""``w2vfast demo``: train on the bundled King James Bible and print the result."""

from __future__ import annotations

import argparse
import time
from importlib.resources import as_file, files
from typing import Any

from w2vfast.cli.options import CORPUS_OPTIONS, add_parameters, given_parameters
from w2vfast.corpus import Corpus
from w2vfast.kernels import described
from w2vfast.word2vec import Word2Vec
from w2vfast.wording import counted

#: Defaults of the demo; they differ from Word2Vec's because the corpus is small.
PARAMETERS: dict[str, Any] = {"min_count": 10, "sample": 1e-4, "epochs": 10}
#: Words whose neighbours are printed.
WORDS = ("king", "jerusalem", "bread", "wisdom", "water", "shepherd", "sword")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    add_parameters(command, PARAMETERS, omit=(*CORPUS_OPTIONS, "preset"))


def run(arguments: argparse.Namespace) -> None:
    """Train on the bundled King James Bible and print the result."""
    parameters = PARAMETERS | given_parameters(arguments)
    model = Word2Vec(_corpus(parameters), **parameters)
    corpus, p = model.corpus, model.parameters
    assert corpus is not None  # only a loaded model has no corpus
    print(
        "The bundled King James Bible:\n"
        f"  {counted(len(corpus.ids), 'word')} in {counted(len(corpus), 'verse')}; "
        f"{counted(len(model.vocabulary), 'word')} occur at least "
        f"{counted(p.min_count, 'time')}"
    )
    print(
        f"Training {p.architecture}, {counted(p.vector_size, 'dimension')}, "
        f"{counted(p.epochs, 'epoch')}, {counted(model.workers, 'thread')}, "
        + described(model.kernels, p.rounds_products),
        flush=True,
    )
    start = time.perf_counter()
    model.train()
    seconds = time.perf_counter() - start
    for epoch, loss in enumerate(model.loss_history, 1):
        print(f"  epoch {epoch:2}  loss {loss:.4f}")
    speed = len(corpus.ids) * p.epochs / seconds
    print(f"  {seconds:.1f} s, {speed:,.0f} words/s")
    print("Nearest neighbours and their cosines:")
    for word in WORDS:
        if word in model.wv:
            _print_neighbours(word, model)


def _corpus(parameters: dict[str, Any]) -> Corpus:
    reading = {n: parameters[n] for n in ("workers", "progress") if n in parameters}
    with as_file(files("w2vfast") / "data" / "kjv.txt.xz") as path:
        return Corpus(path, **reading)


def _print_neighbours(word: str, model: Word2Vec) -> None:
    found = model.wv.most_similar(word, topn=5)
    print(f"  {word:9} ", ", ".join(f"{other} {cosine:.2f}" for other, cosine in found))
