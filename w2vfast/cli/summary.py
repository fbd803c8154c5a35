"""The summary of a training run that a terminal shows at its end."""

from __future__ import annotations

import sys
from pathlib import Path

from w2vfast.corpus import Corpus
from w2vfast.kernels import described
from w2vfast.runtime.memory import peak_memory
from w2vfast.runtime.text_table import aligned
from w2vfast.runtime.timings import Timings
from w2vfast.word2vec import Word2Vec
from w2vfast.wording import counted


def is_wanted() -> bool:
    """Return whether standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def training_summary(
    model: Word2Vec, corpus: Corpus, timings: Timings, speed: float, output: Path
) -> str:
    """
    Return aligned lines: corpus, vocabulary, model, time, loss, memory, file.

    Parameters
    ----------
    model : Word2Vec
        After training.
    corpus : Corpus
        What it was trained on.
    timings : Timings
        The phases of the command and of the model.
    speed : float
        Tokens per second of training; 0 if no token was trained.
    output : Path
        The file that was written.
    """
    p, words = model.parameters, model.vocabulary
    kernels = described(model.kernels, p.rounds_products)
    tokens = max(len(corpus.ids), 1)
    share = words.counts.sum() / tokens
    seconds = {name: timings[name].wall for name in timings}
    rows = [
        [
            "corpus",
            f"{counted(len(corpus.ids), 'token')} in "
            f"{counted(len(corpus), 'sentence')}",
        ],
        [
            "vocabulary",
            f"{counted(len(words), 'word')} (min_count={p.min_count}), "
            f"{share:.1%} of the tokens",
        ],
        [
            "model",
            f"{p.architecture}, {p.loss}, {counted(p.vector_size, 'dimension')}, "
            f"{p.dtype}, "
            f"{counted(model.workers, 'thread')}, {kernels}",
        ],
        ["time", _time(seconds, speed)],
        ["loss", _losses(model.loss_history)],
    ]
    if (peak := peak_memory()) is not None:
        rows.append(["memory", f"{peak / 1e6:,.0f} MB at most"])
    size = f" ({counted(output.stat().st_size, 'byte')})" if output.is_file() else ""
    rows.append(["file", f"{output}{size}"])
    return aligned(rows, n_names=2)


def _time(seconds: dict[str, float], speed: float) -> str:
    text = f"scan {seconds['scan']:.1f} s"
    if "train" in seconds:
        text += f", training {seconds['train']:.1f} s ({speed:,.0f} words/s)"
    return text


def _losses(history: list[float]) -> str:
    """Return the loss of the first and of the last epoch."""
    ends = history[:1] + history[1:][-1:]
    losses = " → ".join(f"{loss:.4f}" for loss in ends)
    return f"{losses} in {counted(len(history), 'epoch')}"
