"""Padding and uninitialised memory never affect a result."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast
from w2vfast.kernels.arguments import LOSSES

TRAIN = """
import sys
import numpy as np
from w2vfast import Word2Vec
loss, architecture, build, fill = sys.argv[1:]
junk = [np.full(1 << 20, float(fill), np.float32) for _ in range(50)]
del junk
words = [f"w{i}" for i in range(20)]
fixed = {"vector_size": 5, "min_count": 1, "sample": 0, "workers": 1, "epochs": 2}
model = Word2Vec([words] * 20, loss=loss, architecture=architecture, kernels=build,
                 progress=False, **fixed).train()
print(*(x.hex() for x in model.loss_history), model.evaluate_loss([words]).loss.hex())
"""
#: glibc settings: reuse freed memory, in all threads.
REUSE = ("mmap_threshold=2000000000", "trim_threshold=2000000000", "arena_max=1")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's malloc")
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", LOSSES)
def test_previous_memory_contents_do_not_change_results(
    build, loss, architecture, tmp_path
):
    # The current folder may have sources without the extension modules.
    root = str(Path(w2vfast.__file__).parents[1])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    tunables = ":".join(f"glibc.malloc.{x}" for x in REUSE)
    results = {
        subprocess.run(
            [sys.executable, "-c", TRAIN, loss, architecture, build, fill],
            env=os.environ | {"GLIBC_TUNABLES": tunables, "PYTHONPATH": paths},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for fill in ("0", "nan", "1e30")
    }
    assert len(results) == 1
    assert "nan" not in results.pop()
