"""The examples in README.md and in docs/ run as they stand.

Python and sh blocks of a page run in order, in one folder and one namespace. Output
after >>> is compared. A block after a comment, <!-- … -->, is not run.
"""

import doctest
import lzma
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("error::w2vfast.TrainingWarning")
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
BLOCK = re.compile(r"(-->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Packages without wheels for some platforms, such as free-threaded CPython 3.13.
NEEDS = {"command-line": "optuna", "tune": "optuna", "file-formats": "safetensors"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the two files that the pages take for granted."""
    packed = (files("w2vfast") / "data" / "kjv.txt.xz").read_bytes()
    lines = lzma.decompress(packed).splitlines(keepends=True)
    (tmp_path / "corpus.txt").write_bytes(b"".join(lines[:4000]))
    (tmp_path / "other.txt").write_bytes(b"".join(lines[4000:5000]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")  # figures without a window
    return tmp_path


def blocks(page):
    """Yield the language, the text and the first line of each block to run."""
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        comment, language, code = match.groups()
        if comment is None:
            yield language, code, text[: match.start(3)].count("\n")


def run_python(code, names, page, line):
    if ">>>" not in code:
        exec(compile("\n" * line + code, str(page), "exec"), names)
        return
    parser = doctest.DocTestParser()
    test = parser.get_doctest(code, names, page.name, str(page), line)
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test, clear_globs=False)
    assert result.failed == 0  # the report is on standard output
    names |= test.globs


def run_shell(code, *_):
    if shutil.which("bash") is None:
        pytest.skip("the shell examples need bash")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-euo", "pipefail", "-c", code]
    subprocess.run(command, check=True, env={**os.environ, "PATH": path})


RUN = {"python": run_python, "sh": run_shell}


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(block[0] in RUN for block in blocks(page))],
    ids=lambda page: page.stem,
)
def test_examples_of_a_page_run(page, folder):
    if page.stem in NEEDS:
        package = NEEDS[page.stem]
        pytest.importorskip(package, reason=f"the page needs the package {package}")
    names = {"__name__": "__main__"}
    for language, code, line in blocks(page):
        if language in RUN:
            RUN[language](code, names, page, line)


def test_pages_are_found():
    assert len(PAGES) > 20
