"""Directive ``command-help``: the output of ``w2vfast … --help``."""

import os
import subprocess
import sys

from docutils import nodes
from docutils.parsers.rst import Directive

WIDTH = "84"  # characters; what a page of the theme holds


class CommandHelp(Directive):
    """Insert the help of one command as a literal block."""

    optional_arguments = 1

    def run(self):
        """Run the command, so that the page cannot differ from the program."""
        command = [sys.executable, "-m", "w2vfast", *self.arguments, "--help"]
        environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
        text = subprocess.check_output(command, env=environment, text=True)
        return [nodes.literal_block(text, text, language="text")]


def setup(app):
    """Register the directive."""
    app.add_directive("command-help", CommandHelp)
    return {"parallel_read_safe": True}
