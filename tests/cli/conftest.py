"""Shared fixtures of the command-line tests: a text, vectors, an error check."""

import tempfile

import numpy as np
import pytest

from w2vfast import KeyedVectors


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Return a text file; some of its words are not ASCII."""
    path = tmp_path_factory.mktemp("corpus") / "text.txt"
    random = np.random.default_rng(1)
    words = [*(b"word%d" % i for i in range(50)), "日本".encode(), "Wörter".encode()]
    lines = [b" ".join(random.choice(words, 9)) for _ in range(300)]
    path.write_bytes(b"\n".join(lines))
    return path


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    # Native: the other formats warn of the word that is no UTF-8.
    path = tmp_path_factory.mktemp("vectors") / "v.w2v"
    angles = np.array([0, 0.1, 1.5, 1.7, 3.0])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    KeyedVectors(["king", "queen", "bread", "wine", "\udcff"], rows).save(path)
    return path


@pytest.fixture(scope="session")
def is_error():
    """Return a check that a text is exactly one error line of the command."""
    return lambda text: text.startswith("w2vfast: error: ") and text.count("\n") == 1


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Use a folder of this test as the temporary folder of the system."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder
