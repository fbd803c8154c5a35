"""
Kill training processes at random moments, and check that nothing is lost.

Each round starts ``w2vfast train`` with a checkpoint at every few blocks and kills it
with SIGKILL at a random moment: at start-up, while it trains, or while it saves. The
checkpoint must then load with all its checksums, and never be older than the one
before. The next round resumes it. When a run completes, its vectors must equal those
of an uninterrupted run, and no temporary file may be left. Then the next run starts.

    python tests/crash/kill_run.py --times 50

The test suite does the same with a few kills.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import w2vfast
from w2vfast import Word2Vec

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
COMMAND = [sys.executable, "-P", "-m", "w2vfast", "train"]
SECONDS = 120  # a process that takes longer hangs


class Report(NamedTuple):
    """What happened: kills, kills while saving, resumed and completed processes."""

    kills: int
    in_saves: int
    resumed: int
    completed: int

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.in_saves} of them while a file was written; "
            f"{self.resumed} processes resumed, {self.completed} completed with the "
            "bits of an uninterrupted run"
        )


def write_corpus(path, tokens, words):
    """Write a text of random words, 20 in a line, the first of them more frequent."""
    rng = np.random.default_rng(1)
    ids = rng.integers(0, words, (2, tokens // 20, 20)).min(axis=0)
    path.write_text("\n".join(" ".join(map(str, line)) for line in ids.tolist()))


def start(folder, *options):
    """Start a training process with one worker, which is reproducible."""
    arguments = [folder / "corpus.txt", "-o", folder / "out.w2v", "--workers=1"]
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments), *map(str, options)],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )


def finish(process):
    """Wait for a process that must succeed."""
    error = process.communicate(timeout=SECONDS)[1].decode()
    if process.returncode:
        raise RuntimeError(f"exit status {process.returncode}: {error}")


def position(path):
    """Load a checkpoint with all its checks; return how far its run is."""
    run = Word2Vec.load(path, workers=1)._state.run
    return run.epoch, run.block


def temporaries(folder):
    """Return the temporary files of saves in a folder."""
    return list(folder.glob(".w2vfast-*.tmp"))


def kill_runs(folder, times, seed=0, words=20_000, tokens=300_000, every=20_000):
    """
    Kill processes `times` times; raise if anything is lost. Return a Report.

    With 20,000 words a checkpoint has 10 MB, and saving takes most of the time.
    """
    chance = random.Random(seed)
    parameters = ["--vector-size=64", "--epochs=3", "--min-count=1", "--sample=0"]
    checkpoint, output = folder / "run.ckpt", folder / "out.w2v"
    write_corpus(folder / "corpus.txt", tokens, words)
    begin = time.perf_counter()
    finish(start(folder, *parameters, "--checkpoint", checkpoint, "--every", every))
    seconds = time.perf_counter() - begin
    right = Word2Vec.load(output, workers=1)
    checkpoint.unlink()
    kills = in_saves = resumed = completed = 0
    last = (0, 0)
    while kills < times or checkpoint.exists():
        output.unlink(missing_ok=True)
        options = [*parameters, "--checkpoint", checkpoint]
        if checkpoint.exists():
            options = ["--resume", checkpoint]
            resumed += 1
        process = start(folder, *options, "--every", every)
        if kills < times:
            try:
                process.wait(chance.uniform(0.1, 1) * seconds)
            except subprocess.TimeoutExpired:
                process.kill()
        killed = process.wait(SECONDS) < 0
        if killed:
            process.communicate()
            kills += 1
            in_saves += bool(temporaries(folder))
        else:
            finish(process)
            model = Word2Vec.load(output, workers=1)
            assert np.array_equal(model.wv.vectors, right.wv.vectors)
            assert np.array_equal(model.outside_vectors, right.outside_vectors)
            assert np.allclose(model.loss_history, right.loss_history, rtol=1e-9)
            completed += 1
        if checkpoint.exists():
            assert position(checkpoint) >= last, "the checkpoint is an older one"
            last = position(checkpoint)
        if not killed:
            assert not temporaries(folder)
            checkpoint.unlink()
            last = (0, 0)
    return Report(kills, in_saves, resumed, completed)


def main():
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.strip().split("\n")[0])
    parser.add_argument("--times", type=int, default=50, help="kills (default 50)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(kill_runs(Path(folder), arguments.times, arguments.seed))


if __name__ == "__main__":
    main()
