"""The types of the public interface, as the type checker of a user sees them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast

PROGRAM = """
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2vfast import Callback, Corpus, EarlyStopping, KeyedVectors, Vocabulary, Word2Vec


class Stop(Callback):
    def on_epoch_end(self, model: Word2Vec) -> bool:
        return bool(model.loss_history[-1] < 1)


def train(path: Path) -> KeyedVectors:
    corpus = Corpus(path)
    words: Vocabulary = corpus.vocabulary(min_count=2)
    size: int = len(words)
    model = Word2Vec(corpus, vector_size=min(100, size), epochs=2)
    returned: Word2Vec = model.train(callbacks=[Stop(), EarlyStopping()])
    losses: list[float] = returned.loss_history
    perplexity: float = model.evaluate_loss(path).perplexity
    model.save(path.with_suffix(".w2v"))
    print(losses, perplexity, Word2Vec.load(path.with_suffix(".w2v")).wv)
    return model.wv


def query(vectors: KeyedVectors) -> list[tuple[str, float]]:
    row: npt.NDArray[np.float32 | np.float16] = vectors["king"]
    names: list[str] = vectors.index_to_key
    print(row.shape, names, "king" in vectors, len(vectors))
    found: list[tuple[str, float]] = vectors.most_similar("king", topn=5)
    return found
"""
WRONG = """
from w2vfast import KeyedVectors, Word2Vec

model = Word2Vec("corpus.txt", vector_size="100")
text: str = model.wv
"""


def check(tmp_path, program):
    """Run mypy in strict mode; return the errors of the program, not of others."""
    pytest.importorskip("mypy", reason="needs mypy, of the extra lint")
    (tmp_path / "program.py").write_text(program)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental"]
    root = str(Path(w2vfast.__file__).parents[1])
    if "site-packages" in root:  # mypy finds it there
        root = ""
    done = subprocess.run(
        [*command, "--config-file", os.devnull, "program.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": root},
        capture_output=True,
        text=True,
    )
    assert done.returncode in {0, 1}, done.stderr
    lines = done.stdout.splitlines()
    return [line for line in lines if line.startswith("program.py")]


def test_strict_mypy_accepts_a_program(tmp_path):
    assert check(tmp_path, PROGRAM) == []


def test_strict_mypy_refuses_wrong_types(tmp_path):
    errors = check(tmp_path, WRONG)
    assert len(errors) == 2
    assert 'Argument "vector_size" to "Word2Vec" has incompatible type' in errors[0]
    assert 'expression has type "KeyedVectors"' in errors[1]
