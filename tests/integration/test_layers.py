"""Imports point from higher layers to lower ones, and no modules import in a circle."""

import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import w2vfast

grimp = pytest.importorskip("grimp", reason="needs import-linter")

ROOT = Path(__file__).parents[2]
PACKAGE = Path(w2vfast.__file__).parent
CONFIGURATION = str(ROOT / "pyproject.toml")


def test_imports_point_down():
    """In a process of its own, because import-linter disables existing loggers."""
    code = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", code, "--config", CONFIGURATION, "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def cimports():
    """Return every Cython file's module name, with the modules it cimports."""
    found = {}
    for path in [*PACKAGE.rglob("*.pyx"), *PACKAGE.rglob("*.pxd")]:
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"(?m)^from (w2vfast[\w.]*) c?import", text)
        found[module] = found.get(module, set()) | set(names)
    return found


@pytest.mark.skipif(not list(PACKAGE.rglob("*.pyx")), reason="no Cython sources")
def test_cython_modules_stay_in_their_package():
    for module, names in cimports().items():
        package = module.rpartition(".")[0]
        assert {name for name in names if not name.startswith(package)} == set()


def assert_no_cycle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_no_import_cycle():
    graph = grimp.build_graph("w2vfast", cache_dir=None)
    assert_no_cycle(
        {
            module: graph.find_modules_directly_imported_by(module)
            for module in graph.modules
        }
    )
    assert_no_cycle(cimports())


def test_assert_no_cycle_finds_a_cycle():
    with pytest.raises(pytest.fail.Exception, match=r"a -> b -> a|b -> a -> b"):
        assert_no_cycle({"a": {"b"}, "b": {"a"}})
