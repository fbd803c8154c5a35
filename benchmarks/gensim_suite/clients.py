"""
Packages that use gensim's classes, run with gensim and with the layer.

Each client runs unmodified; only gensim's classes in its modules are replaced. Install
the clients to compare, then::

    python -m benchmarks.gensim_suite.clients           # every client installed here
    python -m benchmarks.gensim_suite.clients wefe --seeds 3

Each workload returns one figure. Larger is better, except where the figure is a score
of given vectors, which must be equal.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

CLASSES = {
    "Word2Vec": "gensim.models.word2vec",
    "KeyedVectors": "gensim.models.keyedvectors",
    "LineSentence": "gensim.models.word2vec",
    "CallbackAny2Vec": "gensim.models.callbacks",
}


@contextmanager
def redirected(client: str) -> Iterator[None]:
    """Replace gensim's classes in the modules of gensim and of a client."""
    from w2vfast.compat import gensim as layer

    changed: list[tuple[Any, str, Any]] = []
    for name, home in CLASSES.items():
        theirs = getattr(__import__(home, fromlist=[name]), name)
        for module_name, module in list(sys.modules.items()):
            if not module_name.startswith((client, "gensim.models")):
                continue
            for attribute, value in list(vars(module).items()):
                if value is theirs:
                    changed.append((module, attribute, value))
                    setattr(module, attribute, getattr(layer, name))
    try:
        yield
    finally:
        for module, attribute, value in changed:
            setattr(module, attribute, value)


def karate_club() -> Any:
    """Return Zachary's karate club: 34 people who split into two clubs."""
    import networkx

    return networkx.karate_club_graph()


def club_accuracy(vectors: Any) -> float:
    """Return how often the five nearest people are mostly of a person's own club."""
    graph = karate_club()
    clubs = np.array([graph.nodes[n]["club"] == "Officer" for n in graph])
    rows = np.asarray(vectors, float)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1)[:, :5]
    return float(((clubs[nearest].mean(axis=1) > 0.5) == clubs).mean())


def node2vec(seed: int) -> float:
    """Club accuracy of node2vec; its edge vectors must be searchable."""
    from node2vec import Node2Vec
    from node2vec.edges import HadamardEmbedder

    graph = karate_club()
    walks = Node2Vec(graph, 16, 10, 20, workers=1, quiet=True, seed=seed)
    model = walks.fit(window=5, min_count=1, seed=seed)
    edges = HadamardEmbedder(model.wv, quiet=True).as_keyed_vectors()
    assert len(edges) == 34 * 35 // 2
    assert len(edges.most_similar(str(("0", "1")))) == 10
    return club_accuracy([model.wv[str(n)] for n in graph])


def pecanpy(seed: int) -> float:
    """Club accuracy of PecanPy."""
    from pecanpy.graph import AdjlstGraph
    from pecanpy.pecanpy import SparseOTF

    edges = AdjlstGraph()
    for a, b in karate_club().edges():
        edges.add_edge(str(a), str(b), 1.0)
    graph = SparseOTF.from_adjlst_graph(
        edges, p=1, q=1, workers=1, verbose=False, random_state=seed
    )
    vectors = graph.embed(16, num_walks=20, walk_length=10, window_size=5, epochs=5)
    order = [graph.nodes.index(str(n)) for n in range(34)]
    return club_accuracy(vectors[order])


def karateclub(seed: int) -> float:
    """Club accuracy of DeepWalk: CBOW, hierarchical softmax and negative sampling."""
    from karateclub import DeepWalk

    model = DeepWalk(dimensions=16, workers=1, learning_rate=0.05, seed=seed)
    model.fit(karate_club())
    return club_accuracy(model.get_embedding())


def spectra(seed: int) -> list[Any]:
    """Return 60 spectra of three families with common peaks and noise."""
    from matchms import Spectrum

    random = np.random.default_rng(seed)
    families = [random.uniform(50, 900, 40) for _ in range(3)]
    made = []
    for number in range(60):
        own = random.choice(families[number % 3], 25, replace=False)
        peaks = np.sort(np.concatenate([own, random.uniform(50, 900, 3)]))
        made.append(Spectrum(peaks, random.uniform(0.1, 1, len(peaks)), {"x": "1"}))
    return made


def spec2vec(seed: int) -> float:
    """Mean similarity within families of spectra less that between them."""
    from spec2vec import Spec2Vec, SpectrumDocument
    from spec2vec.model_building import train_new_word2vec_model

    made = spectra(seed)
    documents = [SpectrumDocument(spectrum, n_decimals=1) for spectrum in made]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "peaks.model"))
        model = train_new_word2vec_model(
            documents, [5, 30], path, progress_logger=False, workers=1, seed=seed,
            vector_size=50,
        )  # fmt: skip
        assert Path(folder, "peaks_iter_5.model").exists()
        model = type(model).load(path)
    scores = Spec2Vec(model, 0.5, 100).matrix(documents, documents)
    family = np.arange(60) % 3
    same = family[:, None] == family
    return float(scores[same].mean() - scores[~same].mean())


def given_vectors() -> tuple[str, list[str]]:
    """Return the path of vectors that gensim's tests use, and their words."""
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    path = datapath("euclidean_vectors.bin")
    return path, KeyedVectors.load_word2vec_format(path, binary=True).index_to_key


def wefe(seed: int) -> float:
    """WEAT score of given vectors after changes in place and normalisation."""
    from gensim.models import KeyedVectors
    from wefe.metrics import WEAT
    from wefe.query import Query
    from wefe.word_embedding_model import WordEmbeddingModel

    path, words = given_vectors()
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "vectors.kv"))
        KeyedVectors.load_word2vec_format(path, binary=True).save(file)
        vectors = KeyedVectors.load(file)
    model = WordEmbeddingModel(vectors, "given")
    model.update(words[1], 3 * model[words[2]])
    model.normalize()
    assert np.isclose(vectors.similarity(words[1], words[2]), 1, atol=1e-6)
    sets = [words[100 + 5 * i + seed : 105 + 5 * i + seed] for i in range(4)]
    query = Query(sets[:2], sets[2:])
    return float(WEAT().run_query(query, model)["result"])


def contextualized_topic_models(seed: int) -> float:
    """Coherence of topics by given vectors."""
    from contextualized_topic_models.evaluation.measures import CoherenceWordEmbeddings

    path, words = given_vectors()
    topics = [words[10 * i + seed : 10 * i + seed + 10] for i in range(5)]
    return float(CoherenceWordEmbeddings(topics, path, binary=True).score())


def scattertext(seed: int) -> float:
    """Share of the five nearest words of a word that are from its own topic."""
    import pandas
    import scattertext as st

    random = np.random.default_rng(seed)
    topics = [[f"{name}{i}" for i in range(12)] for name in ("fish", "rock", "tree")]
    rows = []
    for number in range(300):
        words = random.choice(topics[number % 3], 12)
        rows.append({"text": " ".join(words), "topic": str(number % 3)})
    frame = pandas.DataFrame(rows)
    frame["parsed"] = frame.text.map(st.whitespace_nlp)
    corpus = st.CorpusFromParsedDocuments(
        frame, category_col="topic", parsed_col="parsed"
    ).build()
    trainer = st.Word2VecFromParsedCorpus(corpus)
    wv = trainer.train(epochs=5, super_epochs=5).wv
    shares = [
        np.mean([near[:4] == word[:4] for near, _ in wv.most_similar(word, topn=5)])
        for topic in topics
        for word in topic
    ]
    return float(np.mean(shares))


CLIENTS: dict[str, Callable[[int], float]] = {
    "node2vec": node2vec,
    "pecanpy": pecanpy,
    "karateclub": karateclub,
    "spec2vec": spec2vec,
    "wefe": wefe,
    "contextualized_topic_models": contextualized_topic_models,
    "scattertext": scattertext,
}


def figures(client: str, seeds: int) -> tuple[list[float], list[float]]:
    """Return the figures of a client with gensim and with the layer."""
    work = CLIENTS[client]
    theirs = [work(seed) for seed in range(seeds)]  # also imports the client's modules
    with redirected(client):
        ours = [work(seed) for seed in range(seeds)]
    return theirs, ours


def main(arguments: list[str] | None = None) -> None:
    """Print the mean figures of each client."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("clients", nargs="*", help="default: all that are installed")
    parser.add_argument("--seeds", type=int, default=5, help="default: 5")
    options = parser.parse_args(arguments)
    for client in options.clients or CLIENTS:
        if find_spec(client) is None:
            print(f"{client:30} not installed")
            continue
        try:
            theirs, ours = figures(client, options.seeds)
        except Exception as error:
            print(f"{client:30} failed: {type(error).__name__}: {error}")
            continue
        means = [statistics.mean(values) for values in (theirs, ours)]
        print(f"{client:30} gensim {means[0]:.4f}   w2vfast {means[1]:.4f}", flush=True)


if __name__ == "__main__":
    main()
