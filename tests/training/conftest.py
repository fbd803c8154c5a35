"""Fixtures of the tests of training."""

import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = str(Path(__file__).parent)  # of `stopped_runs`
if FOLDER not in sys.path:
    sys.path.append(FOLDER)


@pytest.fixture(scope="module")
def text():
    """Return 400 sentences of 10 words; words of small numbers are frequent."""
    rng = np.random.default_rng(3)
    numbers = rng.integers(0, 60, (2, 4000)).min(axis=0)
    return [[f"w{n}" for n in row] for row in numbers.reshape(-1, 10)]


@pytest.fixture
def path(tmp_path):
    """Return the path of a checkpoint."""
    return tmp_path / "run.ckpt"


@pytest.fixture
def unfinished(path):
    """Return the model whose run stopped after one epoch; `path` has it."""
    from stopped_runs import make, stop

    return make().train(checkpoint=path, after_epoch=stop)


@pytest.fixture
def text_file(tmp_path):
    """Return a file of 500 lines."""
    file = tmp_path / "text.txt"
    file.write_text("sun moon star sky\n" * 500)
    return file
