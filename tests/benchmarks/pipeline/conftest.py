"""Fixtures for tests of pipeline.py, which run in this process."""

import json
import sys
from importlib.util import find_spec

import pytest


@pytest.fixture(autouse=True)
def command(path_to_benchmarks, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x.py", "--quick"])


@pytest.fixture(params=[True, False], ids=["gensim", "alone"])
def gensim(request):
    if request.param and find_spec("gensim") is None:
        pytest.skip("gensim is not installed")
    return request.param


@pytest.fixture
def read():
    """Read JSON and Markdown from the folder of results."""

    def results(folder, name):
        found = json.loads((folder / f"{name}.json").read_text())
        return found, (folder / f"{name}.md").read_text()

    return results
