"""Show formulas of docstrings as they stand in the source.

reStructuredText takes an indented paragraph for a quotation and joins its lines, and
it takes the bars of |V| for the name of a substitution.
"""

import re

UNDERLINE = re.compile(r"-{3,}$")
CODE = re.compile(r"(`[^`]*`)")
PROSE = ("", "Notes", "References")  # "": before the first section


def mark_formulas(app, what, name, obj, options, lines):
    """Put ``::`` before each indented block of prose; escape bars elsewhere."""
    section, marked, literal = "", [], False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if UNDERLINE.match(following):
            section = line.strip()
        indented = line.startswith("    ")
        if line.strip() and not indented:
            literal = line.rstrip().endswith("::") or line.startswith(".. ")
        before = marked[-1].strip() if marked else ""
        begins = not before or UNDERLINE.match(before)
        if indented and begins and not literal and section in PROSE:
            marked += ["::", ""]
            literal = True
        marked.append(line if literal and indented else escape_bars(line))
    lines[:] = marked


def escape_bars(line):
    """Return the line with each | outside of back quotes escaped."""
    parts = CODE.split(line)
    return "".join(p if p.startswith("`") else p.replace("|", r"\|") for p in parts)


def setup(app):
    """Run before numpydoc, which reads the same docstrings."""
    app.connect("autodoc-process-docstring", mark_formulas, priority=100)
    return {"parallel_read_safe": True}
