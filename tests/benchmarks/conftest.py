"""Fixtures for tests of the benchmarks: a tiny corpus, and a way to run the scripts."""

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast

SCRIPTS = Path(__file__).parents[2] / "benchmarks"
PACKAGE = str(Path(w2vfast.__file__).parents[1])
WORDS = [f"w{i}" for i in range(60)]

# A source distribution may lack the benchmarks.
collect_ignore_glob = [] if SCRIPTS.is_dir() else ["*test_*.py"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    drawn = random.Random(1)
    weights = [1 / (i + 1) for i in range(len(WORDS))]
    lines = [" ".join(drawn.choices(WORDS, weights, k=30)) for _ in range(150)]
    path = tmp_path_factory.mktemp("corpus") / "tiny.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("eval")
    pairs = [f"w{i}\tw{i + 1}\t{i}\n" for i in range(10)]
    (folder / "wordsim353.tsv").write_text("".join(pairs))
    (folder / "google-analogies.tsv").write_text("all\tw1\tw2\tw3\tw4\n")
    return folder


@pytest.fixture
def scripts():
    """Return the folder of the benchmarks."""
    return SCRIPTS


@pytest.fixture
def path_to_benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


@pytest.fixture
def package():
    """Return the folder that w2vfast is imported from."""
    return PACKAGE


@pytest.fixture
def parse():
    """Read options of a subcommand's module."""

    def read(module, *arguments):
        parser = argparse.ArgumentParser()
        module.add_options(parser)
        return parser.parse_args([str(argument) for argument in arguments])

    return read


@pytest.fixture(scope="session")
def call():
    """Run a script as a user does; return its status and standard output."""

    def run(name, *arguments):
        paths = [PACKAGE, os.environ.get("PYTHONPATH", "")]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        words = [sys.executable, str(SCRIPTS / name), *map(str, arguments)]
        done = subprocess.run(words, capture_output=True, text=True, env=env)
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    return run
