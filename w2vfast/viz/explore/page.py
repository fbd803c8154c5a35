"""Assemble the page from templates, scripts and data."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from importlib.resources import files
from string import Template

from w2vfast.io.atomic import StrPath, atomic_write
from w2vfast.io.checkpoint_mark import saving
from w2vfast.vectors.lookup import KeyedRows
from w2vfast.viz.explore.embedded_data import page_data
from w2vfast.viz.explore.frequent_words import FrequentWords
from w2vfast.viz.explore.options import PageOptions

#: Packages of D3, each after those that it uses.
VENDORED = (
    "d3-dispatch",
    "d3-color",
    "d3-ease",
    "d3-timer",
    "d3-interpolate",
    "d3-selection",
    "d3-drag",
    "d3-transition",
    "d3-zoom",
)
#: Modules of the page, each after those that it imports.
SCRIPTS = (
    "words",
    "model",
    "links",
    "theme",
    "clipboard",
    "combobox",
    "tabs",
    "labels",
    "points",
    "map",
    "tables",
    "views",
    "main",
)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def write_page(
    path: StrPath,
    model: KeyedRows,
    other: KeyedRows | None = None,
    options: PageOptions | None = None,
) -> tuple[int, int]:
    """
    Write a page that searches word vectors; it needs no network.

    Parameters
    ----------
    path : path-like
        File to create or replace atomically.
    model : KeyedRows
        Words and vectors.
    other : KeyedRows, optional
        Vectors of another training, to compare with. They are rotated onto `model`.
    options : PageOptions, optional

    Returns
    -------
    words : int
        Number of words of `model` in the page.
    size : int
        Size of the page in bytes.

    Raises
    ------
    ValueError
        If there are too few words, a value is not finite, or the models do not
        compare.
    OSError
        If the file cannot be written.
    """
    options = options or PageOptions()
    first = FrequentWords.of(model, options.top)
    models = [first]
    if other is not None:
        models.append(FrequentWords.of(other, options.top).aligned_to(first))
    text = assemble(page_data(models, options), options.names[: len(models)])
    content = text.encode()
    with saving(path), atomic_write(path) as file:
        file.write(content)
    return len(first.words), len(content)


def assemble(data: str, names: tuple[str, ...]) -> str:
    """
    Return the page as text.

    Parameters
    ----------
    data : str
        JSON of `page_data`.
    names : tuple of str
        Names of the models, for the title.
    """
    library = "".join(_read("vendor", f"{name}.min.js") for name in VENDORED)
    style = _read("templates", "style.css")
    script = join_modules([_read("scripts", f"{name}.js") for name in SCRIPTS])
    title = " and ".join(names).encode(errors="replace").decode()
    return Template(_read("templates", "page.html")).substitute(
        title=html.escape(title),
        policy=_policy(style, library, script),
        style=style,
        library=library,
        script=script,
        data=data,
        licences=html.escape(_read("vendor", "LICENSES.txt")),
    )


def join_modules(modules: list[str]) -> str:
    r"""
    Return one module with the code of several, which share their names.

    Each line that begins with ``import`` is dropped, and so is the word ``export``.
    The names at the top of the modules must be distinct.

    Examples
    --------
    >>> join_modules(["export const a = 1;\n", 'import { a } from "./a.js";\na;\n'])
    'const a = 1;\na;\n'
    """
    return "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in modules)


def _policy(style: str, *scripts: str) -> str:
    """Return a policy that allows only the given style and scripts, and no network."""
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _read(folder: str, name: str) -> str:
    """Return a file of the package, with the ends of lines that a browser uses."""
    path = files("w2vfast.viz.explore") / folder / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")
