"""
Run gensim's own test modules against `w2vfast.compat.gensim`.

gensim's tests are not part of this project. They are taken from the installed gensim,
after its names have been redirected to the layer::

    pip install gensim testfixtures POT
    python -m benchmarks.gensim_suite.run            # all tests, then a table
    python -m benchmarks.gensim_suite.run -k online  # tests with "online" in the name
    python -m benchmarks.gensim_suite.run --gensim   # gensim itself, for comparison

Two tests pass without touching the layer, and are marked: they run gensim's own script
in another process, and gensim's own Cython reader.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator
from typing import Any

MODULES = ("gensim.test.test_word2vec", "gensim.test.test_keyedvectors")
#: Tests that need a file of pickles that an old gensim wrote.
PICKLE = "the test loads a pickle of an old gensim: pickles are never loaded, by design"
OLD_PICKLES = (
    "test_persistence_backwards_compatible",
    "test_load_old_model",
    "test_load_old_model_separates",
    "test_load_old_models_1_x",
    "test_load_old_models_2_x",
    "test_load_old_models_3_x",
    "Gensim320Test.test",
)
#: Tests that use parts of gensim which are not redirected.
NOT_OF_THE_LAYER = (
    "test_word2vec_stand_alone_script",
    "test_cython_line_sentence_works_with_filename",
)


def redirect() -> None:
    """Replace gensim's classes by those of the layer, in every module that has them."""
    import gensim.models
    from gensim.models import callbacks, keyedvectors, word2vec

    from w2vfast.compat import gensim as layer

    modules = (gensim.models, word2vec, keyedvectors, callbacks)
    for name in layer.__all__:
        for module in modules:
            if hasattr(module, name):
                setattr(module, name, getattr(layer, name))
    keyedvectors._load_word2vec_format = load_in_blocks
    keyedvectors.load_word2vec_format = layer.KeyedVectors.load_word2vec_format


def load_in_blocks(
    cls: Any, fname: str, binary_chunk_size: int = 1 << 20, **options: Any
) -> Any:
    """Load a file as gensim's private function does, in blocks of so many bytes."""
    from w2vfast.compat.gensim import word2vec_format
    from w2vfast.runtime import row_blocks

    saved = row_blocks.SIZE, word2vec_format._BLOCK_BYTES
    row_blocks.SIZE = word2vec_format._BLOCK_BYTES = binary_chunk_size
    try:
        return cls.load_word2vec_format(fname, **options)
    finally:
        row_blocks.SIZE, word2vec_format._BLOCK_BYTES = saved


def tests(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """Yield the tests of a suite."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests(item)
        else:
            yield item


class Results(unittest.TestResult):
    """Keeps the outcome of each test."""

    def __init__(self) -> None:
        super().__init__()
        self.passed: list[str] = []
        self.left: list[tuple[str, str]] = []

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        """Keep the name of a test that passed."""
        super().addSuccess(test)
        self.passed.append(name_of(test))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """Keep the name and the reason of a test that failed."""
        super().addFailure(test, err)
        self.left.append((name_of(test), reason(test, err)))

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """Keep the name and the reason of a test that raised."""
        super().addError(test, err)
        self.left.append((name_of(test), reason(test, err)))


def name_of(test: unittest.TestCase) -> str:
    """Return Class.method."""
    return ".".join(test.id().split(".")[-2:])


def reason(test: unittest.TestCase, err: Any) -> str:
    """Return why a test failed."""
    kind, error, _ = err
    if name_of(test).endswith(OLD_PICKLES) and "a pickle, as gensim" in str(error):
        return PICKLE
    text = str(error).strip().splitlines()
    return f"{kind.__name__}: {text[0] if text else ''}"[:300]


def main(arguments: list[str] | None = None) -> int:
    """Run the suite and print what passed, failed and was skipped."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("-k", default="", help="only tests with this text in the name")
    parser.add_argument("--gensim", action="store_true", help="test gensim itself")
    parser.add_argument("-v", action="store_true", help="print each test with its time")
    options = parser.parse_args(arguments)
    if not options.gensim:
        redirect()
    logging.getLogger().addHandler(logging.NullHandler())  # nothing to the screen
    os.chdir(tempfile.mkdtemp())  # gensim's script writes to the current folder
    results = Results()
    for module in MODULES:
        loader = unittest.defaultTestLoader
        for test in tests(loader.loadTestsFromModule(importlib.import_module(module))):
            if options.k not in name_of(test):
                continue
            start = time.perf_counter()
            test.run(results)
            if options.v:
                took = time.perf_counter() - start
                print(f"{took:7.1f} s  {name_of(test)}", flush=True)
    report(results)
    return bool([1 for _, why in results.left if why != PICKLE])


def report(results: Results) -> None:
    """Print the table."""
    print(f"passed {len(results.passed)}", end=", ")
    print(f"failed {len(results.left)}, skipped {len(results.skipped)}")
    for name in results.passed:
        if name.endswith(NOT_OF_THE_LAYER):
            print(f"  passed without the layer: {name}")
    for name, why in results.left:
        print(f"  failed: {name}: {why}")
    for test, why in results.skipped:
        print(f"  skipped: {name_of(test)}: {why}")


if __name__ == "__main__":
    sys.exit(main())
