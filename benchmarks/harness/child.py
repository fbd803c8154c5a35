"""
Run one task in a child process.

``python -m harness.child MODULE TASK`` calls ``MODULE.run(MODULE.Task(**TASK))``.
TASK is a JSON object. The last line on standard output is the result as JSON.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main(name: str, task: str) -> None:
    """Run the task with the module `name` and print the result."""
    module = import_module(name)
    print(json.dumps(module.run(module.Task(**json.loads(task)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
