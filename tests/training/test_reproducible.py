"""One worker: the same bits in every process and for every source of the tokens."""

import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec

#: Trains on the file in argv[1] and prints the hash of all vectors.
SCRIPT = """
import hashlib, sys
from w2vfast import Word2Vec
model = Word2Vec(sys.argv[1], vector_size=8, min_count=1, workers=1, seed=3).train()
content = model.wv.vectors.tobytes() + model.outside_vectors.tobytes()
print(hashlib.sha256(content).hexdigest())
"""


@pytest.fixture(scope="module")
def sentences():
    """Return sentences whose words have equal counts, so that ties must be broken."""
    rng = np.random.default_rng(1)
    words = rng.permutation(np.repeat(np.arange(50), 60))
    return [[f"w{w}" for w in line] for line in words.reshape(-1, 10)]


@pytest.fixture(scope="module")
def file(sentences, tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    path.write_text("".join(" ".join(s) + "\n" for s in sentences), encoding="utf-8")
    return path


def digest(model):
    content = model.wv.vectors.tobytes() + model.outside_vectors.tobytes()
    return hashlib.sha256(content).hexdigest()


def train(source, **parameters):
    fixed = {"vector_size": 8, "min_count": 1, "workers": 1, "seed": 3}
    return Word2Vec(source, **fixed | parameters).train()


@pytest.fixture(scope="module")
def expected(file):
    return digest(train(file))


@pytest.mark.parametrize("seed", ["0", "1", "4294967295", "random"])
def test_processes_and_hash_seeds_do_not_matter(file, expected, seed):
    result = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT, str(file)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert result.stdout.strip() == expected


def compressed(path: Path, sentences):
    target = path.with_suffix(".txt.gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


SOURCES = {
    "gzip": compressed,
    "list": lambda path, sentences: sentences,
    "generator": lambda path, sentences: iter(sentences),
    "corpus": lambda path, sentences: Corpus(path, workers=4),
}


@pytest.mark.parametrize("name", SOURCES)
def test_source_of_the_tokens_does_not_matter(file, sentences, expected, name):
    assert digest(train(SOURCES[name](file, sentences))) == expected


@pytest.mark.parametrize("deterministic", [False, True])
def test_pairs_do_not_depend_on_workers(file, deterministic):
    """Tokens that are dropped, windows and negatives are functions of the position."""
    options = {"sample": 0.01, "deterministic": deterministic}
    pairs = {train(file, workers=n, **options)._state.run.trained for n in (1, 2, 4)}
    assert len(pairs) == 1


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_the_loss_does_not_depend_on_the_blocks_of_a_call(
    file, monkeypatch, architecture
):
    # The time that blocks take decides how many a call trains.
    losses = set()
    for blocks in (1, 2, 16):
        monkeypatch.setattr("w2vfast.training.epoch.MAX_BLOCKS", blocks)
        monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 64)
        model = train(file, epochs=3, architecture=architecture)
        losses.add((*model.loss_history,))
    assert len(losses) == 1
