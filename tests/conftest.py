"""Shared fixtures: kernel builds, small kernel arguments and small corpora."""

import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings

import w2vfast
from w2vfast import Corpus
from w2vfast import kernels as builds
from w2vfast.kernels.arguments import KernelArguments, zero_embeddings
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.sampling.noise import alias_table, noise_distribution
from w2vfast.sampling.subsampling import keep_probability, keep_thresholds
from w2vfast.training.prepare import paths_with_words

#: No deadline: examples may take long on a busy machine, and no test is about time.
#: The blob repeats a failure that a later run would not find.
settings.register_profile("no-deadline", deadline=None, print_blob=True)
settings.load_profile("no-deadline")


def pytest_make_parametrize_id(val, argname):
    """Name bytes by their parameter: compressed ones hold the time of their making.

    The workers of pytest-xdist must find the same names.
    """
    return argname if isinstance(val, bytes) else None


WORDS = 40
KJV = Path(w2vfast.__file__).parent / "data" / "kjv.txt.xz"


@pytest.fixture(scope="session", autouse=True)
def enable_interrupts():
    """Enable Ctrl-C: shells start background processes with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def threads_end():
    """Check that a test leaves no thread; Python clears up threads after their end."""
    before = threading.active_count()
    yield
    end = time.monotonic() + 30
    while threading.active_count() != before and time.monotonic() < end:
        time.sleep(0.001)
    assert threading.active_count() == before


@pytest.fixture(scope="session")
def kjv():
    """Return the bundled King James text."""
    return Corpus(KJV)


def sentence_lengths(shape, rng, tokens):
    """Return sentence lengths with a sum of about `tokens`."""
    return {
        "mixed": lambda: rng.integers(0, 9, tokens // 4),
        "long": lambda: [tokens],
        "pairs": lambda: [2] * (tokens // 2),
        "lonely": lambda: [1] * 20 + [3] * (tokens // 3),
        "unknown": lambda: rng.integers(1, 20, tokens // 10),
        "repeated": lambda: [tokens // 2, tokens // 2],
    }[shape]()


@pytest.fixture(scope="session")
def make_corpus():
    """Return a function: shape name → (ids, offsets), the same on every call."""

    def make(shape="mixed", tokens=240, words=WORDS):
        rng = np.random.default_rng(len(shape))
        offsets = np.cumsum([0, *sentence_lengths(shape, rng, tokens)], dtype=np.int64)
        n_ids = 2 * words if shape == "unknown" else words
        # The minimum of two draws: low ids are frequent.
        ids = rng.integers(0, n_ids, (2, offsets[-1])).min(axis=0)
        if shape == "repeated":
            ids = ids[np.arange(len(ids)) // 7 * 7]
        return ids.astype(np.int32), offsets

    return make


@pytest.fixture(scope="session")
def make_arguments(make_corpus):
    """Return a function that makes kernel arguments for a small corpus.

    Keywords that are not in its signature replace fields of KernelArguments.
    """

    def make(
        shape="mixed",
        *,
        vector_size=20,
        words=WORDS,
        scale=0.2,
        common=0.0,
        sample=0.05,
        tokens=240,
        dtype=np.float32,
        **k,
    ):
        tree = huffman_tree(np.arange(words, 0, -1) ** 2)
        ids, offsets = make_corpus(shape, tokens)
        counts = np.maximum(np.bincount(ids, minlength=words)[:words], 1)
        keep = keep_probability(counts, sample)
        accept, alias = alias_table(noise_distribution(counts, 0.75))
        rng = np.random.default_rng(7)
        centre, outside = (zero_embeddings(words, vector_size, dtype) for _ in range(2))
        for matrix in (centre, outside):
            matrix[:, :vector_size] = rng.normal(common, scale, (words, vector_size))
        arguments = KernelArguments(
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
            vector_size=vector_size,
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
            path_offsets, nodes, labels = paths_with_words(tree)
            outside = zero_embeddings(2 * words, vector_size, dtype)
            values = rng.normal(common, scale, (2 * words, vector_size))
            outside[:, :vector_size] = values
            k |= {"outside": outside, "path_offsets": path_offsets, "top_nodes": 0}
            k |= {"path_nodes": nodes, "path_labels": labels}
            k["max_path_length"] = int(np.diff(path_offsets).max())
        return replace(arguments, **k)

    return make


@pytest.fixture(scope="session")
def copy_arguments():
    """Return a function that copies kernel arguments and both embedding matrices."""

    def copy(arguments, **changes):
        matrices = {}
        for name in ("centre", "outside"):
            matrix = getattr(arguments, name)
            matrices[name] = zero_embeddings(*matrix.shape, matrix.dtype)
            matrices[name][:] = matrix
        return replace(arguments, **matrices | changes)

    return copy


@pytest.fixture(scope="session")
def same_embeddings():
    """Return a check that two embedding matrices are equal except for rounding.

    Where numbers are rounded to 16 bits, one that is nearly a tie may be rounded to
    either side.
    """

    def check(got, expected):
        for name in ("centre", "outside"):
            left, right = getattr(got, name), getattr(expected, name)
            assert left.dtype == right.dtype
            is_rounded = expected.bfloat16_products or right.dtype == np.float16
            rtol, atol = (2e-3, 1e-3) if is_rounded else (2e-5, 4e-6)
            atol *= max(1.0, float(np.abs(right).max()))
            np.testing.assert_allclose(
                left.astype(np.float32), right.astype(np.float32), rtol, atol
            )

    return check


@pytest.fixture(params=builds.NAMES)
def build(request):
    """Return each build's name in turn; skip builds that cannot run here."""
    if request.param not in builds.usable():
        pytest.skip(f"{request.param}: not built, or this CPU can't run it")
    return request.param


@pytest.fixture
def kernels(build):
    return builds.load(build)


@pytest.fixture
def wrap_kernels(monkeypatch):
    """Return a function that wraps the `train` of every build.

    Models then call `wrapper(train, arguments, epoch, first, last)`.
    """
    real = builds.load

    def wrap(wrapper):
        def load(name):
            train = real(name).train
            return SimpleNamespace(train=lambda *call: wrapper(train, *call))

        monkeypatch.setattr(builds, "load", load)

    return wrap


@pytest.fixture(scope="session")
def reference():
    return builds.load("reference")
