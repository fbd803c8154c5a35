"""Bad files of vectors and models: the exact error, and nothing is executed."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest


def module(name):
    """Import a module of rows from this folder."""
    spec = spec_from_file_location(
        f"bad_input_{name}", Path(__file__).with_name(f"{name}.py")
    )
    found = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


MODULES = [module("vector_files"), module("model_files")]
ROWS = {row[0]: (table.CALL, *row[1:]) for table in MODULES for row in table.ROWS}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ROWS)
def test_bad_files_give_the_exact_error(tmp_path, monkeypatch, name):
    call, factory, error, message = ROWS[name]
    path = factory(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message) as caught:
        call(path)
    assert re.search(re.escape(str(path)), str(caught.value))
    assert not (tmp_path / "executed").exists()


def test_names_are_distinct():
    assert len(ROWS) == sum(len(table.ROWS) for table in MODULES) >= 80
