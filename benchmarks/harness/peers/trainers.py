"""Train with w2vfast, gensim or fastText, and time it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from harness.measure import timed
from harness.peers.registry import PEER_LOSSES
from harness.peers.task import Task, Trained
from harness.scores import keyed
from w2vfast import KeyedVectors, Word2Vec


def train_w2vfast(task: Task) -> Trained:
    """Train with w2vfast."""
    options: dict[str, Any] = {
        **task.shared(),
        "architecture": task.architecture,
        "loss": task.loss,
        "kernels": task.kernels,
        "progress": False,
        **({"negative": task.negatives} if task.negatives else {}),
        **task.extra,
    }
    model, scan = timed(lambda: Word2Vec(task.corpus, **options))
    _, seconds = timed(model.train)
    counts = model.vocabulary.counts
    return Trained(
        scan,
        seconds,
        lambda: keyed(model.wv.index_to_key, counts, model.wv.vectors),
        f"kernels={model.kernels}",
    )


def train_gensim(task: Task) -> Trained:
    """Train with gensim and corpus_file, its fastest input."""
    module = import_module("gensim.models.word2vec")
    model = module.Word2Vec(
        sg=int(task.architecture == "skipgram"),
        negative=task.negatives,
        ns_exponent=0.75,
        cbow_mean=1,
        **PEER_LOSSES["gensim"][task.loss],
        **task.shared(),
    )
    _, scan = timed(lambda: model.build_vocab(corpus_file=task.corpus))
    _, seconds = timed(
        lambda: model.train(
            corpus_file=task.corpus,
            total_examples=model.corpus_count,
            total_words=model.corpus_total_words,
            epochs=task.epochs,
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


def train_fasttext(task: Task) -> Trained:
    """Train with fastText, without subwords (minn = maxn = 0)."""
    module = import_module("fasttext.FastText")
    # train_unsupervised() rejects an argument `seed`, but uses the default for it.
    module.unsupervised_default["seed"] = task.seed

    def train(epochs: int) -> Any:
        return module.train_unsupervised(
            task.corpus,
            model=task.architecture,
            loss=PEER_LOSSES["fasttext"][task.loss],
            minn=0,
            maxn=0,
            dim=task.vector_size,
            ws=task.window,
            neg=task.negative,
            t=task.sample,
            minCount=task.min_count,
            lr=task.alpha,
            thread=task.workers,
            epoch=epochs,
            verbose=0,
        )

    # One call counts and trains. The run of 0 epochs measures the counting alone.
    _, scan = timed(lambda: train(0))
    model, whole = timed(lambda: train(task.epochs))

    def vectors() -> KeyedVectors:
        words, counts = model.get_words(include_freq=True)
        kept = [i for i, word in enumerate(words) if word != "</s>"]
        matrix = np.asarray(model.get_input_matrix())[kept]
        return keyed([words[i] for i in kept], np.asarray(counts)[kept], matrix)

    return Trained(scan, whole.minus(scan), vectors, "minn=maxn=0")


TRAINERS = {
    "w2vfast": train_w2vfast,
    "gensim": train_gensim,
    "fasttext": train_fasttext,
}
