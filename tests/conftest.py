"""What several test files share: every kernel build, small jobs, small corpora."""

import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import w2vfast
from w2vfast import Corpus
from w2vfast import kernels as builds
from w2vfast.kernels.arguments import KernelArguments, zero_embeddings
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.sampling.noise import alias_table, noise_distribution
from w2vfast.sampling.subsampling import keep_probability, keep_thresholds
from w2vfast.training.prepare import paths_with_words

WORDS = 40
KJV = Path(w2vfast.__file__).parent / "data" / "kjv.txt.xz"


@pytest.fixture(scope="session", autouse=True)
def interrupts():
    """Let Ctrl-C be heard: a shell turns it off for what it runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def kjv():
    """The King James text that comes with the package."""
    return Corpus(KJV)


def sentence_lengths(shape, rng, tokens):
    """Lengths of sentences that add up to about `tokens`."""
    return {
        "mixed": lambda: rng.integers(0, 9, tokens // 4),
        "long": lambda: [tokens],
        "pairs": lambda: [2] * (tokens // 2),
        "lonely": lambda: [1] * 20 + [3] * (tokens // 3),
        "unknown": lambda: rng.integers(1, 20, tokens // 10),
        "repeated": lambda: [tokens // 2, tokens // 2],
    }[shape]()


@pytest.fixture(scope="session")
def corpus_of():
    """Return (ids, offsets) of one of the shapes, always the same."""

    def make(shape="mixed", tokens=240, words=WORDS):
        rng = np.random.default_rng(len(shape))
        offsets = np.cumsum([0, *sentence_lengths(shape, rng, tokens)], dtype=np.int64)
        top = 2 * words if shape == "unknown" else words
        ids = rng.integers(0, top, (2, offsets[-1])).min(
            axis=0
        )  # low ones are frequent
        if shape == "repeated":
            ids = ids[np.arange(len(ids)) // 7 * 7]
        return ids.astype(np.int32), offsets

    return make


@pytest.fixture(scope="session")
def make_job(corpus_of):
    """Return a job over a small corpus; keyword arguments change fields of it."""

    def make(
        shape="mixed",
        *,
        vector_size=20,
        words=WORDS,
        scale=0.2,
        common=0.0,
        sample=0.05,
        tokens=240,
        **k,
    ):
        tree = huffman_tree(np.arange(words, 0, -1) ** 2)
        ids, offsets = corpus_of(shape, tokens)
        counts = np.maximum(np.bincount(ids, minlength=words)[:words], 1)
        keep = keep_probability(counts, sample)
        accept, alias = alias_table(noise_distribution(counts, 0.75))
        rng = np.random.default_rng(7)
        centre, outside = (zero_embeddings(words, vector_size) for _ in range(2))
        for table in (centre, outside):
            table[:, :vector_size] = rng.normal(common, scale, (words, vector_size))
        job = KernelArguments(
            loss="negative_sampling",
            ids=ids,
            offsets=offsets,
            keep_thresholds=keep_thresholds(keep),
            noise_accept=accept,
            noise_alias=alias,
            path_offsets=tree.offsets,
            path_nodes=tree.nodes,
            path_labels=tree.labels,
            max_path_length=int(np.diff(tree.offsets).max()),
            top_nodes=16,
            centre=centre,
            outside=outside,
            seed=11,
            cbow=False,
            window=3,
            shrink_windows=True,
            negative=5,
            batch_size=64,
            shared_negatives=8,
            cbow_mean=True,
            cbow_exact=False,
            block_size=1 << 14,
            first_epoch=0,
            epochs=2,
            alpha=0.05,
            min_alpha=0.001,
        )
        if "loss" in k and k["loss"].endswith("+hierarchical_softmax"):
            offsets, nodes, labels = paths_with_words(tree)
            rows = zero_embeddings(2 * words, vector_size)
            rows[:, :vector_size] = rng.normal(common, scale, (2 * words, vector_size))
            both = {"outside": rows, "path_offsets": offsets, "path_nodes": nodes}
            both |= {"path_labels": labels, "top_nodes": 0}
            both["max_path_length"] = int(np.diff(offsets).max())
            k = both | {name: k[name] for name in k if name != "top_nodes"}
        return replace(job, **k)

    return make


@pytest.fixture(scope="session")
def copy_of():
    """Return a copy of a job with tables of its own."""

    def copy(job, **changes):
        tables = {}
        for name in ("centre", "outside"):
            table = getattr(job, name)
            tables[name] = zero_embeddings(*table.shape)
            tables[name][:] = table
        return replace(job, **tables | changes)

    return copy


@pytest.fixture(scope="session")
def same_tables():
    """Return a check that a job's tables are those of another, but for rounding."""

    def check(got, expected):
        for name in ("centre", "outside"):
            right = getattr(expected, name)
            atol = 4e-6 * max(1.0, float(np.abs(right).max()))
            np.testing.assert_allclose(getattr(got, name), right, rtol=2e-5, atol=atol)

    return check


@pytest.fixture(params=builds.NAMES)
def build(request):
    """The name of every build, one after the other; skipped where it can't run."""
    if request.param not in builds.usable():
        pytest.skip(f"{request.param}: not built, or this CPU can't run it")
    return request.param


@pytest.fixture
def kernels(build):
    return builds.load(build)


@pytest.fixture
def around_kernels(monkeypatch):
    """Let `around(train, job, epoch, first, last)` stand between models and kernels."""
    real = builds.load

    def put(around):
        def load(name):
            train = real(name).train
            return SimpleNamespace(train=lambda *call: around(train, *call))

        monkeypatch.setattr(builds, "load", load)

    return put


@pytest.fixture(scope="session")
def reference():
    return builds.load("reference")
