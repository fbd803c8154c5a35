"""Importing the package is fast, starts no thread and changes no global state."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast

ROOT = Path(w2vfast.__file__).parent.parent


def python(code, **environment):
    """Run a program in a new interpreter; return its output, parsed as JSON."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", code],
        env=os.environ | {"PYTHONPATH": path} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return json.loads(done.stdout)


LOAD_ALL = """
import json
import numpy as np
import w2vfast
from w2vfast import kernels
for name in kernels.usable():
    kernels.load(name)
"""


def test_subnormal_numbers_are_not_flushed_to_zero():
    code = """
tiny = np.float32(1e-45)
small = np.full(64, 1e-30, np.float32)
result = [tiny > 0, tiny * np.float32(1) > 0, (small * np.float32(1e-10) > 0).all(),
          1e-200 * 1e-120 > 0, (np.full(64, 1e-200) * 1e-120 > 0).all()]
print(json.dumps([bool(r) for r in result]))
"""
    assert python(LOAD_ALL + code) == [True] * 5


def test_import_starts_no_thread():
    code = """
import threading
from pathlib import Path
before = [len(list(Path("/proc/self/task").glob("*"))), threading.active_count()]
import w2vfast
w2vfast.Word2Vec
after = [len(list(Path("/proc/self/task").glob("*"))), threading.active_count()]
print(json.dumps([before, after]))
"""
    before, after = python("import json, numpy\n" + code)
    assert before == after


def test_import_loads_no_optional_module():
    code = """
import json, sys
before = set(sys.modules)  # coverage.py may have imported some
import w2vfast
for name in w2vfast.__all__:
    getattr(w2vfast, name)
later = {"tqdm", "safetensors", "pickle5", "pandas", "polars", "pyarrow", "zstandard",
         "matplotlib", "textalloc", "altair", "networkx", "sklearn", "umap", "pacmap",
         "w2vfast.viz", "multiprocessing", "concurrent.futures", "asyncio",
         "hypothesis", "scipy"}
print(json.dumps(sorted(later & (set(sys.modules) - before))))
"""
    assert python(code) == []


def test_import_loads_few_standard_modules_beyond_numpy():
    code = """
import json, sys
import numpy, numpy.typing
before = set(sys.modules)
import w2vfast
for name in w2vfast.__all__:
    getattr(w2vfast, name)
later = {"tempfile", "shutil", "argparse", "inspect", "lzma", "bz2", "gzip", "tqdm",
         "importlib.resources", "subprocess", "socket", "logging"}
print(json.dumps(sorted(later & (set(sys.modules) - before))))
"""
    assert python(code) == []


def test_training_imports_no_queries():
    code = """
import json, sys
import w2vfast
w2vfast.Word2Vec
print(json.dumps([m for m in sys.modules if m.startswith("w2vfast.keyedvectors")]))
"""
    assert python(code) == []


def test_vectors_import_no_code_for_text(tmp_path):
    """Not when they are imported, nor when they are read, searched and written."""
    code = f"""
import json, sys
import numpy as np
import w2vfast.keyedvectors
imported = list(sys.modules)
wv = w2vfast.KeyedVectors(["sun", "moon"], np.eye(2, dtype=np.float32))
for name in ("v.w2v", "v.bin", "v.txt", "v.npz", "v.txt.gz"):
    path = {str(tmp_path)!r} + "/" + name
    wv.save(path)
    w2vfast.KeyedVectors.load(path).most_similar("sun")
packages = ("w2vfast.corpus", "w2vfast.training", "w2vfast.kernels")
print(json.dumps([[m for m in modules if m.startswith(packages)]
                  for modules in (imported, sys.modules)]))
"""
    assert python(code) == [[], []]


def test_import_keeps_numpy_s_error_settings():
    code = """
import numpy as np
before = np.geterr()
import w2vfast
print(json.dumps(before == np.geterr()))
"""
    assert python("import json\n" + code)


def test_import_takes_less_than_half_of_numpy_s_time(tmp_path):
    """CPU time of the package with KeyedVectors, median of five runs."""
    code = """
import json, time
start = time.process_time()
import numpy
middle = time.process_time()
import w2vfast
w2vfast.KeyedVectors  # names are imported at their first use
print(json.dumps([middle - start, time.process_time() - middle]))
"""
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    python(code, **compiled)
    runs = [python(code, **compiled) for _ in range(5)]
    numpy, beyond = (statistics.median(costs) for costs in zip(*runs, strict=True))
    assert beyond < numpy / 2, runs


def test_public_names_exist_and_have_docstrings():
    assert set(w2vfast.__all__) >= {"Corpus", "KeyedVectors", "Vocabulary", "Word2Vec"}
    for name in w2vfast.__all__:
        assert getattr(w2vfast, name).__doc__
    assert w2vfast.__version__


def test_no_module_imports_pickle():
    """Loading a file must never run code from it."""
    for path in Path(w2vfast.__file__).parent.rglob("*.py*"):
        if path.suffix in {".py", ".pyx", ".pxd", ".pyi"}:
            code = path.read_text(encoding="utf-8")
            for name in ("pickle", "shelve", "marshal", "allow_pickle=True", "eval("):
                lines = [x for x in code.splitlines() if f"import {name}" in x]
                assert not lines, f"{path}: {lines}"
                assert name not in code or name == "pickle", path


@pytest.mark.parametrize("name", ["reference", "base"])
def test_environment_variable_chooses_the_kernels(name):
    code = """
import json
from w2vfast import Word2Vec
print(json.dumps(Word2Vec([["a", "b"]] * 3, min_count=1).kernels))
"""
    assert python(code, W2VFAST_KERNELS=name) == name
