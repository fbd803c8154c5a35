"""Bad input, and the exact answer to each: one table for the tests and the docs.

The modules ``rows_*.py`` of this folder have the rows. Each module has a `TITLE`, an
introduction `TEXT`, and `ROWS`: what is given, a function that passes it, the answer.
`CODE` says that what is given is code.

The function gets a `Folder`, which is also the current folder. The answer is one text:

- ``ValueError: message`` for an error;
- ``warning: message`` for each warning, then the rest after a semicolon and a space;
- ``a b | c`` for a corpus of these two sentences;
- ``exit 2: message`` for a command, with its standard error (or standard output);
- otherwise the representation of the result.

In an answer, … stands for any text. After a change of the table write the page again:
``python tests/bad_input/test_table.py > docs/reference/bad-input.md``
"""

import contextlib
import importlib.util
import io
import os
import re
import threading
import warnings
from pathlib import Path

import pytest

from w2vfast import Corpus
from w2vfast.cli.main import main

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "bad-input.md"
HEAD = """# Bad input

What w2vfast answers to input that is wrong, damaged or ambiguous. A test compares every
row with the program: `tests/bad_input` has the table. In an answer, … stands for a text
that varies. `a b | c` is a corpus of two sentences.
"""


class Folder:
    """The temporary folder of a row, which is the current folder."""

    def write(self, name, data=b""):
        """Write a file, with its folders; return its path."""
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def corpus(self, name, data, **options):
        """Write a file and read it as a corpus."""
        return Corpus(self.write(name, data), workers=2, progress=False, **options)

    def pipe(self, name, data):
        """Make a named pipe that gives `data` to its reader once."""
        if not hasattr(os, "mkfifo"):
            pytest.skip("no named pipes")
        os.mkfifo(name)
        path = Path(name).absolute()  # the test may end, and leave its folder, first

        def write():
            with (
                contextlib.suppress(OSError),
                # Without O_CREAT: never makes a file.
                os.fdopen(os.open(path, os.O_WRONLY), "wb") as pipe,
            ):
                pipe.write(data)

        threading.Thread(target=write, daemon=True).start()
        return Path(name)

    def run(self, *arguments):
        """Run a command; return its exit status and its output."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(list(map(str, arguments)))
        text = " ".join((err.getvalue() or out.getvalue()).split())
        return f"exit {status}: {text.removeprefix('w2vfast: ')}"

    def module(self, name):
        """Import an optional module, or skip the row."""
        return pytest.importorskip(name)


def load():
    """Return the modules with rows, in the order of their names."""
    modules = []
    for path in sorted(HERE.glob("rows_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        modules.append(importlib.util.module_from_spec(spec))
        spec.loader.exec_module(modules[-1])
    return modules


def describe(result):
    """Return a result as the table shows it."""
    if not isinstance(result, Corpus):
        return result if isinstance(result, str) else repr(result)
    words = [result.words()[i] for i in result.ids]
    bounds = zip(result.offsets, result.offsets[1:], strict=False)
    return " | ".join(" ".join(words[a:b]) for a, b in bounds)


def answer_of(run):
    """Return what a row's function leads to: warnings, and a result or an error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = describe(run(Folder()))
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
    return "".join(f"warning: {w.message}; " for w in caught) + result


def pattern(answer):
    """Return the regular expression that an answer stands for."""
    return re.compile(re.escape(answer).replace("…", ".*"), re.DOTALL)


def page():
    """Return the page of the documentation."""
    parts = [HEAD]
    for module in load():
        parts.append(f"\n## {module.TITLE}\n\n{module.TEXT}\n\n| given | answer |")
        parts.append("\n|---|---|\n")
        for given, _, answer in module.ROWS:
            given = f"`` {given} ``" if getattr(module, "CODE", False) else given
            parts.append(f"| {_cell(given)} | {_cell(f'`` {answer} ``')} |\n")
    return "".join(parts)


def _cell(text):
    """Return a text for a cell of a Markdown table, in printable characters."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return shown.replace("|", "\\|")


ROWS = [
    pytest.param(run, answer, id=f"{module.TITLE}: {given}")
    for module in load()
    for given, run, answer in module.ROWS
]


@pytest.mark.parametrize(("run", "answer"), ROWS)
def test_answer(run, answer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = answer_of(run)
    assert pattern(answer).fullmatch(found), found


def test_table_is_complete():
    assert len(ROWS) >= 90
    assert len({row.id for row in ROWS}) == len(ROWS)


def test_page_of_the_documentation_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    print(page(), end="")
