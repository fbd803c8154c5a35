"""
Train with one of several programs, in a process of its own.

As a script it takes the work as JSON and prints the outcome as JSON, so that no
trainer's threads, memory or imports touch another's figures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from apart import memory_mb, run_in_process
from quality import Scores, keyed, scores
from report import Seconds, timed

from w2vfast import KeyedVectors, Word2Vec

#: Parameters that w2vfast and gensim name alike, beside `negative`.
SHARED = (
    *("vector_size", "window", "sample", "min_count"),
    *("alpha", "min_alpha", "epochs", "workers", "seed"),
)
NEGATIVE_SAMPLING = "negative_sampling"
#: What the peers call the losses; a peer can't do what it has no name for. gensim's
#: are switches.
PEER_LOSSES: dict[str, dict[str, Any]] = {
    "gensim": {NEGATIVE_SAMPLING: {"hs": 0}, "hierarchical_softmax": {"hs": 1}},
    "fasttext": {
        NEGATIVE_SAMPLING: "ns",
        "hierarchical_softmax": "hs",
        "softmax": "softmax",
    },
}
#: What the peers do differently, whatever they are asked for.
DIFFERENCES = {
    "gensim": (
        "reads through corpus_file, which cuts sentences after 10,000 words and, with "
        "several workers, lowers the rate only part of the way"
    ),
    "fasttext": (
        "draws negatives in proportion to count ** 0.5, which can't be set, and lets "
        "the rate fall to 0; trains the end of line as a word; reads and looks up the "
        "text again in every epoch, within its training time; its training time is "
        "that of a whole run less that of a run of 0 epochs"
    ),
}


@dataclass(frozen=True)
class Work:
    """What to train: the same for every contender, but for `extra`."""

    contender: str
    corpus: str
    architecture: str = "skipgram"
    loss: str = NEGATIVE_SAMPLING
    vector_size: int = 100
    window: int = 5
    negative: int = 5
    sample: float = 1e-3
    min_count: int = 5
    alpha: float = 0.025
    min_alpha: float = 1e-4
    epochs: int = 5
    workers: int = 1
    seed: int = 1
    kernels: str = "auto"
    eval: str | None = None
    #: Parameters that only w2vfast has, or that it should take instead.
    extra: dict[str, Any] = field(default_factory=dict)

    def shared(self) -> dict[str, Any]:
        """Return the parameters that w2vfast and gensim name alike."""
        return {name: getattr(self, name) for name in SHARED}

    @property
    def negatives(self) -> int:
        """Negatives for each pair; 0 where the loss has none."""
        return self.negative if self.loss == NEGATIVE_SAMPLING else 0


@dataclass(frozen=True)
class Outcome:
    """Seconds of scanning with set-up and of training; memory; quality."""

    scan: Seconds
    train: Seconds
    peak_mb: float | None
    vocabulary: int
    scores: Scores
    detail: str


@dataclass(frozen=True)
class Trained:
    """A model, its vectors to be taken out when its figures are noted."""

    scan: Seconds
    train: Seconds
    vectors: Callable[[], KeyedVectors]
    detail: str


def train_w2vfast(work: Work) -> Trained:
    """Train with w2vfast."""
    options: dict[str, Any] = {
        **work.shared(),
        "architecture": work.architecture,
        "loss": work.loss,
        "kernels": work.kernels,
        "progress": False,
        **({"negative": work.negatives} if work.negatives else {}),
        **work.extra,
    }
    model, scan = timed(lambda: Word2Vec(work.corpus, **options))
    _, seconds = timed(model.train)
    counts = model.vocabulary.counts
    return Trained(
        scan,
        seconds,
        lambda: keyed(model.wv.index_to_key, counts, model.wv.vectors),
        f"kernels={model.kernels}",
    )


def train_gensim(work: Work) -> Trained:
    """Train with gensim, its fastest way: a file and compiled loops."""
    module = import_module("gensim.models.word2vec")
    model = module.Word2Vec(
        sg=int(work.architecture == "skipgram"),
        negative=work.negatives,
        ns_exponent=0.75,
        cbow_mean=1,
        **PEER_LOSSES["gensim"][work.loss],
        **work.shared(),
    )
    _, scan = timed(lambda: model.build_vocab(corpus_file=work.corpus))
    _, seconds = timed(
        lambda: model.train(
            corpus_file=work.corpus,
            total_examples=model.corpus_count,
            total_words=model.corpus_total_words,
            epochs=work.epochs,
        )
    )
    words = model.wv.index_to_key
    counts = [model.wv.get_vecattr(word, "count") for word in words]
    return Trained(
        scan,
        seconds,
        lambda: keyed(words, counts, model.wv.vectors),
        f"FAST_VERSION={module.FAST_VERSION}",
    )


def train_fasttext(work: Work) -> Trained:
    """Train with fastText, without subwords."""
    module = import_module("fasttext.FastText")
    # train_unsupervised() refuses a seed, but hands on the one of its defaults.
    module.unsupervised_default["seed"] = work.seed

    def train(epochs: int) -> Any:
        return module.train_unsupervised(
            work.corpus,
            model=work.architecture,
            loss=PEER_LOSSES["fasttext"][work.loss],
            minn=0,
            maxn=0,
            dim=work.vector_size,
            ws=work.window,
            neg=work.negative,
            t=work.sample,
            minCount=work.min_count,
            lr=work.alpha,
            thread=work.workers,
            epoch=epochs,
            verbose=0,
        )

    _, scan = timed(lambda: train(0))
    model, whole = timed(lambda: train(work.epochs))

    def vectors() -> KeyedVectors:
        words, counts = model.get_words(include_freq=True)
        kept = [i for i, word in enumerate(words) if word != "</s>"]
        matrix = np.asarray(model.get_input_matrix())[kept]
        return keyed([words[i] for i in kept], np.asarray(counts)[kept], matrix)

    return Trained(scan, whole.less(scan), vectors, "minn=maxn=0")


TRAINERS = {
    "w2vfast": train_w2vfast,
    "gensim": train_gensim,
    "fasttext": train_fasttext,
}
PEERS = tuple(name for name in TRAINERS if name != "w2vfast")


def installed(peer: str) -> bool:
    """Tell whether a peer can be imported."""
    return find_spec(peer) is not None


def run(work: Work) -> Outcome:
    """Do the work in this process."""
    trained = TRAINERS[work.contender](work)
    peak = memory_mb()
    wv = trained.vectors()
    quality = scores(wv, work.eval)
    return Outcome(trained.scan, trained.train, peak, len(wv), quality, trained.detail)


def run_apart(work: Work) -> Outcome:
    """Do the work in a new process."""
    found = run_in_process("contenders.py", asdict(work), work.contender)
    found |= {name: Seconds(*found[name]) for name in ("scan", "train")}
    return Outcome(**found)


if __name__ == "__main__":
    print(json.dumps(asdict(run(Work(**json.loads(sys.argv[1]))))))
