"""The file formats import optional and slow packages only when they need them."""

import os
import subprocess
import sys
from pathlib import Path

import w2vfast

# The subprocess imports the package under test, not a package in the current folder.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}


def test_slow_packages_are_not_imported_at_start():
    code = (
        "import sys, numpy; a = set(sys.modules); import w2vfast.evaluation; "
        "print(sorted(m for m in set(sys.modules) - a if m.partition('.')[0] in "
        "('safetensors', 'tqdm', 'scipy', 'torch')))"
    )
    process = subprocess.run(
        [sys.executable, "-P", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout.strip() == "[]"
