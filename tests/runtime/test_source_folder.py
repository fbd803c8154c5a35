"""Python started in sources that are not compiled: the error says what to do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast

PACKAGE = Path(w2vfast.__file__).parent
CODE = {
    "corpus": "from w2vfast import Corpus; Corpus([['a']])",
    "model": "from w2vfast import Word2Vec; Word2Vec",
    "vectors": "import w2vfast; w2vfast.KeyedVectors",
    "gensim": "from w2vfast.compat.gensim import Word2Vec",
    "kernels": "from w2vfast.kernels import usable; usable()",
    "threads": "import w2vfast.runtime._holds",
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A folder with the Python files of the package, and names of Cython sources."""
    root = tmp_path_factory.mktemp("checkout")
    for path in PACKAGE.rglob("*.py"):
        target = root / "w2vfast" / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for name in ("corpus._ids", "corpus._scanner", "corpus._white_space",
                 "io._subwords", "io._text_parser", "io._text_writer", "kernels._cpu",
                 "runtime._holds", "vectors._exact_cosines", "vectors._integer_dots",
                 "vectors._scores"):  # fmt: skip
        (root / "w2vfast" / f"{name.replace('.', '/')}.pyx").touch()
    return root


def run(folder, *arguments):
    """Start Python in a folder; return what it wrote on standard error."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode
    return done.stderr


@pytest.mark.parametrize("arguments", [
    *(pytest.param(["-c", code], id=name) for name, code in CODE.items()),
    pytest.param(["-m", "w2vfast", "demo"], id="command"),
])  # fmt: skip
def test_uncompiled_sources_say_what_to_do(sources, arguments):
    last = run(sources, *arguments).strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: w2vfast.")
    assert f"{sources / 'w2vfast'} is a source folder that is not compiled" in last
    assert "start Python in another folder" in last
    assert last.endswith(f"run pip install -e . in {sources}")


def test_other_missing_modules_stay_as_they_are(sources):
    for name in ("w2vfast.runtime._nothing", "w2vfast_nothing"):
        last = run(sources, "-c", f"import {name}").strip().splitlines()[-1]
        assert last == f"ModuleNotFoundError: No module named {name!r}"


def test_an_installed_package_adds_no_finder(sources):
    for path in sources.rglob("*.pyx"):
        path.unlink()
    code = (
        "import sys; before = list(sys.meta_path); import w2vfast; "
        "assert sys.meta_path == before; raise SystemExit('unchanged')"
    )
    assert run(sources, "-c", code) == "unchanged\n"
