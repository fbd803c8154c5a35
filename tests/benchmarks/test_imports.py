"""The benchmarks import each other in one direction, and every script has a --help."""

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

SCRIPTS = (
    *("compare", "explore", "frontier", "kernels", "pipeline", "quality"),
    *("scale", "scaling", "small_corpora", "softmax"),
)


@pytest.fixture
def imports(scripts):
    """Return the modules that each module imports, of those in benchmarks/."""
    modules = {}
    for path in scripts.rglob("*.py"):
        name = ".".join(path.relative_to(scripts).with_suffix("").parts)
        modules[name.removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    return {name: _imported(tree) & set(modules) for name, tree in modules.items()}


def _imported(tree):
    """Return all names that a module may import, also within functions."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "expected absolute imports"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names.add(node.module)
    return names


def test_the_scripts_are_few(imports):
    assert sorted(name for name in imports if "." not in name) == sorted(
        [*SCRIPTS, "harness", "gensim_suite"]
    )


def test_no_modules_import_each_other(imports):
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")


def test_the_harness_imports_no_script(imports):
    found = {name: used & set(SCRIPTS) for name, used in imports.items()}
    assert {name: used for name, used in found.items() if used} == {}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_has_help(script, call):
    status, text = call(f"{script}.py", "--help")
    assert status == 0 and text.startswith(f"usage: {script}.py")
