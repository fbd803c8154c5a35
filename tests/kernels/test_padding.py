"""Padding and uninitialised memory never affect a result."""

import subprocess
import sys

import pytest

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
    results = {
        subprocess.run(
            [sys.executable, "-c", TRAIN, loss, architecture, build, fill],
            env={"GLIBC_TUNABLES": ":".join(f"glibc.malloc.{x}" for x in REUSE)},
            cwd=tmp_path,  # the source tree may lack the extension modules
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for fill in ("0", "nan", "1e30")
    }
    assert len(results) == 1
    assert "nan" not in results.pop()
