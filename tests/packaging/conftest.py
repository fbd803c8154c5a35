"""Tests of the build import `build_support`, which is not installed."""

import sys
from pathlib import Path

# The checkout must not stay in the path: other tests import the installed package.
sys.path.insert(0, str(Path(__file__).parents[2]))
import build_support  # noqa: F401

sys.path.pop(0)
