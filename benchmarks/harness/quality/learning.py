"""
Print learning curves: loss, perplexity and scores by objective and learning rate.

The end of the corpus is held out. Perplexity measures how well a model predicts it.
Perplexities of different objectives can be compared; their training losses can't.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harness.corpora import part
from harness.measure import timed
from harness.options import TRAINING, add_corpus, add_eval, add_json, add_training
from harness.report import MISSING, note, number, show
from harness.scores import NAMES, Scores, cells, keyed, scores
from w2vfast import Corpus, DivergedError, Word2Vec
from w2vfast.training.parameters import ARCHITECTURES, LOSSES, Parameters

FIRST = ("loss", "architecture", "alpha")
LAST = ("perplexity", *NAMES, "words / CPU s")

Setting = tuple[str, str, float]


@dataclass(frozen=True)
class Row:
    """One training run; if it diverged, only the epochs before that have values."""

    loss: str
    architecture: str
    alpha: float
    #: Mean loss of each epoch, from `Word2Vec.loss_history`.
    losses: list[float]
    diverged: bool = False
    #: Loss of the held-out words after each epoch.
    held_out: list[float] = field(default_factory=list)
    perplexity: float | None = None
    scores: Scores = field(default_factory=dict)
    words_per_cpu_second: float | None = None


def main(options: argparse.Namespace) -> None:
    """Train all settings."""
    corpus, tail = parts(options)
    rows = []
    for setting in settings(options):
        rows.append(run(corpus, tail, setting, options))
        note(str(rows[-1]))
    epochs = [f"epoch {n + 1}" for n in range(options.epochs)]
    show(
        options.json,
        (*FIRST, *epochs, *LAST),
        rows,
        lambda row: _cells(row, options.epochs),
        _about(options, corpus, tail),
        _sizes(corpus, tail),
    )


def parts(options: argparse.Namespace) -> tuple[Corpus, Corpus | None]:
    """Return the corpus to train, and the held-out end if there is one."""
    whole = Corpus(options.corpus, progress=False)
    words = whole.words()
    tokens = min(len(whole.ids), options.words or len(whole.ids))
    cut = round(tokens * (1 - options.held_out))
    held_out = part(whole, cut, tokens, words) if cut < tokens else None
    return part(whole, 0, cut, words), held_out


def settings(options: argparse.Namespace) -> Iterator[Setting]:
    """Yield every objective with each architecture and each of its learning rates."""
    for loss in options.losses:
        own = [alpha for name, alpha in options.alphas if name == loss]
        shared = [alpha for name, alpha in options.alphas if name is None]
        for architecture in options.architectures:
            usual = Parameters(loss=loss, architecture=architecture).alpha
            for alpha in own or shared or [usual]:
                yield loss, architecture, alpha


def run(
    corpus: Corpus, tail: Corpus | None, setting: Setting, options: argparse.Namespace
) -> Row:
    """Train one model and measure its quality."""
    parameters: dict[str, Any] = dict(zip(FIRST, setting, strict=True))
    parameters |= {name: getattr(options, name) for name in _SHARED}
    model = Word2Vec(corpus, progress=False, **parameters)
    held_out: list[float] = []
    evaluation_cpu = 0.0

    def evaluate(model: Word2Vec) -> None:
        nonlocal evaluation_cpu
        if tail is not None:
            loss, seconds = timed(
                lambda: model.evaluate_loss(tail, sample=model.parameters.sample)
            )
            held_out.append(loss.loss)
            evaluation_cpu += seconds.cpu

    try:
        _, seconds = timed(lambda: model.train(after_epoch=evaluate))
    except DivergedError:
        return Row(*setting, model.loss_history, True, held_out)
    counts = model.vocabulary.counts
    wv = keyed(model.wv.index_to_key, counts, model.wv.vectors)
    words = int(counts.sum()) * options.epochs
    return Row(
        *setting,
        model.loss_history,
        held_out=held_out,
        perplexity=None if tail is None else model.evaluate_loss(tail).perplexity,
        scores=scores(wv, options.eval),
        words_per_cpu_second=words / (seconds.cpu - evaluation_cpu),
    )


def _about(options: argparse.Namespace, corpus: Corpus, tail: Corpus | None) -> str:
    sizes = _sizes(corpus, tail)
    return (
        f"{sizes['tokens']:,} words to train, {sizes['held_out_tokens']:,} held out; "
        f"{options.max_final_vocab:,} words of vocabulary, d = {options.vector_size}, "
        f"window {options.window}, sample {options.sample:g}, seed {options.seed}, "
        f"workers {options.workers}. Epochs: training loss / loss of the held-out "
        "words. Training loss: mean of the objective per pair during the epoch. Loss "
        "of the held-out words: mean of -log P per pair after the epoch, frequent "
        "words subsampled as in training. P is the softmax over the vocabulary; for "
        "hierarchical softmax, the product along the path. Perplexity: of all held-out "
        "words after the last epoch."
    )


def _sizes(corpus: Corpus, tail: Corpus | None) -> dict[str, int]:
    held_out = 0 if tail is None else len(tail.ids)
    return {"tokens": len(corpus.ids), "held_out_tokens": held_out}


def _cells(row: Row, epochs: int) -> list[str]:
    evaluated = [f" / {loss:.4f}" for loss in row.held_out] or [""] * epochs
    curve = [f"{a:.4f}{b}" for a, b in zip(row.losses, evaluated, strict=False)]
    if row.diverged:
        curve.append("diverged")
    return [
        row.loss,
        row.architecture,
        f"{row.alpha:g}",
        *(curve + [MISSING] * epochs)[:epochs],
        number(row.perplexity, ",.0f"),
        *cells(row.scores),
        number(row.words_per_cpu_second, ",.0f"),
    ]


def _alpha(text: str) -> tuple[str | None, float]:
    name, named, value = text.rpartition("=")
    try:
        alpha = float(value)
    except ValueError:
        alpha = 0.0
    if not alpha > 0 or (named and name not in LOSSES):
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected a learning rate such as 0.05, or LOSS=RATE such as "
            f"softmax=0.05; losses are {', '.join(LOSSES)}"
        )
    return name or None, alpha


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected at least 0 and below 1")
    return share


_SHARED = (*TRAINING, "max_final_vocab", "vector_size", "chunk_size", "seed")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add("--words", type=int, help="use the first words only, this many; default: all")
    about = "share of the words at the end to hold out; 0: none; default: %(default)s"
    add("--held-out", type=_share, default=0.01, help=about)
    add_eval(parser)
    about = "keep the most frequent words, this many"
    add("--max-vocab", dest="max_final_vocab", type=int, default=10_000, help=about)
    add("--losses", nargs="+", choices=LOSSES, default=LOSSES)
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=ARCHITECTURES)
    about = (
        "0.05 is for all losses, softmax=0.05 for one loss instead of the others; "
        "default: the defaults of w2vfast"
    )
    add("--alphas", nargs="+", type=_alpha, default=[], help=about, metavar="ALPHA")
    add_training(parser)
    add("--dim", dest="vector_size", type=int, default=100, help="vector size")
    add("--chunk-size", type=int, help="default: the default of w2vfast")
    add("--seed", type=int, default=1)
    add_json(parser)
