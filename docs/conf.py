"""Configuration of Sphinx. `make docs` builds the site in docs/_build/html."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import w2vfast

project = "w2vfast"
author = copyright = "The w2vfast authors"
release = version = w2vfast.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "formulas",
    "numpydoc",
    "command_help",
]
exclude_patterns = ["_build"]
smartquotes = False  # K' and σ' are symbols
html_theme = "furo"
html_title = f"w2vfast {release}"

# Markdown pages
myst_heading_anchors = 3

# Pages made from docstrings
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the numpydoc sections have the types
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
default_role = "autolink"  # `name` becomes a link where it can be imported

# Every reference must resolve. The build needs no network, so it has no inventories
# of other projects: links into the standard library and NumPy stay plain text.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(collections|pathlib|numpy)\..*"),
    ("py:obj", r"[a-z_]+"),  # a parameter, such as `corpus`, with a module's name
]
