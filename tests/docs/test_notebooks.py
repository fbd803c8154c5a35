"""The notebooks of the documentation: present, without outputs, a picture at the end.

The build of the documentation runs them, and fails if a cell does or if one is slow.
"""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

DOCS = Path(__file__).parents[2] / "docs"
NAMES = {"words", "baskets", "graph-walks", "two-periods", "mathematics"}
PAGES = sorted(set(DOCS.glob("tutorials/*.md")) - {DOCS / "tutorials" / "index.md"})
CELL = re.compile(
    r"^```\{code-cell\} ipython3\n(---\n.*?^---\n)?(.*?)^```$", re.MULTILINE | re.DOTALL
)
DRAWS = re.compile(r"\.plot\(|\.scatter\(")


def cells(page):
    """Return the options and the code of each cell."""
    return CELL.findall(page.read_text(encoding="utf-8"))


def test_notebooks_exist():
    assert {page.stem for page in PAGES} == NAMES


def test_index_lists_every_notebook():
    text = (DOCS / "tutorials" / "index.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"({name}.md)" in text and f"\n{name}\n" in text


def test_no_file_has_stored_outputs():
    """Jupyter's own files would hold them; Markdown notebooks have cells only."""
    files = [path for path in DOCS.rglob("*.ipynb") if "_build" not in path.parts]
    assert files == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_notebook_opens_in_jupyter_and_every_cell_is_python(page):
    text = page.read_text(encoding="utf-8")
    assert text.startswith("---\njupytext:\n") and "\nkernelspec:\n" in text
    assert text.count("{code-cell}") == len(cells(page)) > 5
    for number, (_, code) in enumerate(cells(page)):
        compile(code, f"{page.name}, cell {number}", "exec")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_last_cell_is_a_picture_with_a_description(page):
    options, code = cells(page)[-1]
    assert DRAWS.search(code)
    assert "alt:" in options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_training_repeats(page):
    for _, code in cells(page):
        count = code.count("Word2Vec(")
        assert code.count("workers=1") >= count or "deterministic=True" in code


def test_slow_notebook_is_a_warning_of_the_build(monkeypatch, capsys):
    pytest.importorskip("myst_nb", reason="the extra docs is not installed")
    monkeypatch.syspath_prepend(DOCS / "_extensions")
    monkeypatch.delitem(sys.modules, "notebook_time", raising=False)
    import notebook_time

    warnings = []
    monkeypatch.setattr(
        notebook_time.logger, "warning", lambda *args, **names: warnings.append(args)
    )
    ran = {"quick": 12.0, "slow": 61.0, "not run": None}
    env = SimpleNamespace(
        all_docs={**ran, "plain": 0},
        nb_metadata={
            page: {"exec_data": {"runtime": seconds}} for page, seconds in ran.items()
        }
        | {"plain": {}},
    )
    app = SimpleNamespace(config=SimpleNamespace(notebook_time_limit=60))
    notebook_time.check_times(app, env)
    assert capsys.readouterr().out.splitlines() == [
        "notebook quick: 12.0 s of 60 s",
        "notebook slow: 61.0 s of 60 s",
    ]
    assert [args[1] for args in warnings] == [61.0]
