"""docs/explanation/mathematics.md names every function and only tests that exist."""

import importlib
import re
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = (HERE.parents[1] / "docs/explanation/mathematics.md").read_text("utf-8")
PACKAGE = "w2vfast.kernels.reference"
MODULES = ["functions", "objectives", "architectures", "classifier", "gradient_check"]


def test_every_test_that_the_document_names_exists():
    tests = set()
    for file in HERE.glob("test_*.py"):
        text = file.read_text("utf-8")
        tests |= set(re.findall(r"^def (test_\w+)", text, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))
    assert len(named) > 40
    assert named <= tests
    slips = {name for name in tests if "_slip_" in name}
    assert slips <= named


def test_every_function_is_in_the_document_s_list():
    named = set(re.findall(rf"`((?:{'|'.join(MODULES)})\.\w+)`", DOCUMENT))
    helpers = {
        "functions.as_floats",
        "objectives.check_rows",
        "objectives.word_ids",
    }
    public = set()
    for name in MODULES:
        module = importlib.import_module(f"{PACKAGE}.{name}")
        public |= {
            f"{name}.{key}"
            for key, value in vars(module).items()
            if callable(value)
            and getattr(value, "__module__", None) == module.__name__
            and not isinstance(value, type)
            and not key.startswith("_")
        }
    assert named == public - helpers
