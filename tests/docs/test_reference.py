"""Every public name is on a page of the reference."""

from importlib import import_module
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    "module",
    [
        "w2vfast",
        "w2vfast.evaluation",
        "w2vfast.tuning",
        "w2vfast.distributed",
        "w2vfast.compat.gensim",
    ],
)
def test_public_names_are_documented(module):
    pages = "\n".join(path.read_text("utf-8") for path in REFERENCE.glob("*.rst"))
    names = import_module(module).__all__
    words = pages.replace(".", " ").replace("`", " ").split()
    assert {name for name in names if name not in words} == set()
