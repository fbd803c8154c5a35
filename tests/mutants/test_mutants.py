"""The lists of mutants fit the sources; `make mutants` runs them."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("run", HERE / "run.py")
run = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(run)
MUTANTS = list(run.mutants([]))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.what)
def test_the_old_text_occurs_once(mutant):
    source = (run.ROOT / mutant.file).read_text("utf-8")
    assert run.planted(mutant, source) != source


def test_tests_of_mutants_exist():
    for test in {test for mutant in MUTANTS for test in mutant.tests}:
        assert (run.ROOT / test).exists(), test


def test_a_text_that_occurs_twice_is_refused():
    mutant = run.Mutant("f.py", "an error", "a", "b", [], "")
    with pytest.raises(ValueError, match=r"f\.py: an error: .* occurs 2 times"):
        run.planted(mutant, "a a")
