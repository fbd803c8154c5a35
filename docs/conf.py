"""Configuration of Sphinx. `make docs` builds the site in docs/_build/html."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import w2vfast

project = "w2vfast"
author = copyright = "The w2vfast authors"
release = version = w2vfast.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "formulas",
    "numpydoc",
    "command_help",
    "notebook_time",
]
exclude_patterns = ["_build"]
smartquotes = False  # K' and σ' are symbols
html_theme = "furo"
html_title = f"w2vfast {release}"

# Markdown pages
myst_heading_anchors = 3

# Notebooks: the Markdown pages with code cells run at every build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 60  # seconds for a cell
notebook_time_limit = 60  # seconds for all cells of a notebook
nb_merge_streams = True
nb_output_stderr = "warn"  # a warning of w2vfast in a notebook is one of the build
os.environ["TQDM_DISABLE"] = "1"  # progress bars would stay on the page as text

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
