"""The estimate of memory agrees with the memory that a process really takes."""

import json
import os
import platform
import random
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast
from w2vfast import Word2Vec

#: Estimates before anything is read, then trains; prints the estimate and the peak.
CODE = """
import json, pathlib, sys
from w2vfast import Word2Vec
path, sizes, parameters = sys.argv[1], *map(json.loads, sys.argv[2:])
estimate = Word2Vec.estimate_memory(**sizes, **parameters)
model = Word2Vec(path, min_count=2, epochs=1, sample=1e-6, progress=False, **parameters)
model.train()
corpus = model.corpus
assert [len(corpus.ids), len(corpus.counts), len(model.vocabulary)] == [*sizes.values()]
status = pathlib.Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) << 10 for line in status if "VmHWM" in line)
print(json.dumps([estimate.peak, peak]))
"""

#: The memory of a bare process was measured with glibc; musl takes 16 MB less.
IS_GLIBC = platform.libc_ver()[0] == "glibc"
TOLERANCE = 0.1 if IS_GLIBC else 0.15
#: Tokens, distinct words, words of the vocabulary; parameters.
CASES = [
    (1_500_000, 50_000, 20_000, {"workers": 1}),
    (1_500_000, 300_000, 100_000, {"workers": 2}),
    (1_200_000, 900_000, 10_000, {"workers": 2}),
    (500_000, 100_000, 100_000, {"workers": 2, "vector_size": 300}),
    (500_000, 100_000, 100_000, {"workers": 1, "vector_size": 300, "dtype": "float16"}),
    (3_000_000, 60_000, 50_000, {"workers": 1, "architecture": "cbow"}),
    (500_000, 80_000, 80_000, {"workers": 1, "loss": "hierarchical_softmax"}),
]
for settings in ({}, {"matmul_precision": "bfloat16"}):
    CASES.append(
        pytest.param(
            *(1_500_000, 20_000, 20_000),
            {"workers": 2, "shared_negatives": 0} | settings,
            marks=pytest.mark.skipif(
                not IS_GLIBC, reason="musl gives a workspace's unused parts no memory"
            ),
        )
    )


def write_text(path, tokens, types, words):
    """Write a text with `types` distinct words, of which `words` occur twice."""
    ids = [*range(words), *range(types)]
    ids += [int(words * i / tokens) for i in range(tokens - len(ids))]
    random.Random(1).shuffle(ids)
    with path.open("w") as file:
        for start in range(0, tokens, 20):
            line = (f"w{i:07}" for i in ids[start : start + 20])
            file.write(" ".join(line) + "\n")


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs the peak memory of Linux"
)
@pytest.mark.parametrize(("tokens", "types", "words", "parameters"), CASES)
def test_the_estimate_is_within_a_tenth(tmp_path, tokens, types, words, parameters):
    path = tmp_path / "text"
    write_text(path, tokens, types, words)
    sizes = {"tokens": tokens, "types": types, "words": words}
    root = str(Path(w2vfast.__file__).parents[1])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    given = [str(path), json.dumps(sizes), json.dumps(parameters)]
    done = subprocess.run(
        [sys.executable, "-P", "-c", CODE, *given],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stderr
    estimated, measured = json.loads(done.stdout)
    assert estimated == pytest.approx(measured, rel=TOLERANCE)


def test_parts_follow_from_sizes():
    sizes = {"tokens": 10**9, "types": 10**6, "words": 10**5, "workers": 1}
    usual = Word2Vec.estimate_memory(**sizes, memory_limit=10**10)
    assert usual.vectors == 2 * 10**5 * 112 * 4
    assert usual.corpus > 4 * 10**9
    assert usual.in_file == 0
    assert usual.peak == usual.process + usual.corpus + sum(
        (usual.vocabulary, usual.vectors, usual.training)
    )
    spilled = Word2Vec.estimate_memory(**sizes, memory_limit=10**9)
    assert spilled.in_file == 4 * 10**9
    assert spilled.corpus == pytest.approx(usual.corpus - 4 * 10**9, rel=0.2)
    both = "negative_sampling+hierarchical_softmax"
    tree = Word2Vec.estimate_memory(**sizes, memory_limit=10**10, loss=both)
    assert tree.vectors == 1.5 * usual.vectors
    more = Word2Vec.estimate_memory(**sizes | {"workers": 8}, memory_limit=10**10)
    assert more.training > usual.training
    assert more.scan > usual.scan
    sentences = sizes["tokens"] // 50
    shuffled = Word2Vec.estimate_memory(
        **sizes, sentences=sentences, memory_limit=10**10, shuffle=True
    )
    assert shuffled.training == usual.training + 40 * sentences


def test_it_is_printed_as_a_table():
    text = str(Word2Vec.estimate_memory(tokens=10**6, types=10**4, memory_limit=10**9))
    lines = [line.split() for line in text.splitlines()]
    assert [line[0] for line in lines][-2:] == ["training", "peak"]
    assert all(
        line[2] == "MB" and float(line[1].replace(",", "")) >= 0 for line in lines
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": 0}, "tokens=0: expected 1 or more"),
        ({"types": 2.5}, "types=2.5: expected a whole number"),
        ({"words": True}, "words=True: expected a whole number"),
        ({"sentences": -1}, "sentences=-1: expected 1 or more"),
        ({"words": 101}, "at most as many"),
        ({"vector_size": 0}, "vector_size=0"),
    ],
)
def test_wrong_sizes_are_named(changes, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Word2Vec.estimate_memory(**{"tokens": 1000, "types": 100} | changes)
