"""The build that is chosen on other CPUs: in an emulator, and for faked CPU features.

QEMU (7.2) emulates AVX2 but not AVX-512. So the choice of the AVX-512 build is tested
with the C code of the CPU check and a list of features in place of the CPU's answers.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast
from w2vfast import kernels

SOURCE = Path(w2vfast.__file__).parent / "kernels" / "_cpu.pyx"
EMULATOR = shutil.which("qemu-x86_64-static") or shutil.which("qemu-x86_64")
PROGRAM = """
from w2vfast import Word2Vec
from w2vfast.kernels import resolve, runnable
model = Word2Vec([["a", "b", "c", "d"]] * 50, min_count=1, workers=1, epochs=1)
print(resolve(), model.train().kernels, *runnable())
"""
AVX2 = ("avx2", "fma", "f16c")
AVX512 = ("avx512f", "avx512bw", "avx512dq", "avx512vl")
FAKE = """
#include <stdio.h>
#include <string.h>
static int has(const char *name) { return strstr(FEATURES, name) != NULL; }
#include <cpuid.h>
#define __get_cpuid(leaf, a, b, c, d) (*(c) = has(" f16c ") ? bit_F16C : 0, 1)
#define __builtin_cpu_init() ((void)0)
#define __builtin_cpu_supports(name) has(" " name " ")
"""
MAIN = """
int main(void) { printf("%d %d", w2v_avx2(), w2v_avx512()); return 0; }
"""

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or not sys.platform.startswith("linux"),
    reason="builds for x86-64 CPUs, tested on Linux",
)


@pytest.mark.parametrize(
    ("cpu", "expected"),
    [
        ("Nehalem", ["base"]),
        ("SandyBridge", ["base"]),  # AVX without AVX2
        ("Haswell", ["base", "avx2"]),
        ("Haswell,-fma", ["base"]),
        ("Haswell,-f16c", ["base"]),
        ("Haswell,-avx2", ["base"]),
        ("EPYC", ["base", "avx2"]),
    ],
)
def test_training_on_an_emulated_cpu_uses_its_build(cpu, expected):
    if EMULATOR is None:
        pytest.skip("qemu-x86_64 is not installed (Debian: qemu-user-static)")
    if not {"base", "avx2"} <= set(kernels.built()):
        pytest.skip("the builds base and avx2 are not installed")
    environment = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
    environment.pop(kernels.VARIABLE, None)
    python = [sys.executable, "-P", "-W", "ignore", "-c", PROGRAM]
    command = [EMULATOR, "-cpu", cpu, *python]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [expected[-1], expected[-1], *expected]


@pytest.fixture(scope="module")
def check_features(tmp_path_factory):
    """Return a function: CPU features → whether AVX2 and AVX-512 builds run."""
    compiler = shutil.which("cc")
    if compiler is None or not SOURCE.is_file():
        pytest.skip("needs a C compiler named cc, and the source of _cpu.pyx")
    pattern = re.compile(r'cdef extern from \*:\n    """\n(.*?)"""', re.DOTALL)
    folder = tmp_path_factory.mktemp("cpu")
    source, program = folder / "check.c", folder / "check"
    source.write_text(FAKE + pattern.search(SOURCE.read_text("utf-8"))[1] + MAIN)

    def check(features):
        listed = f'-DFEATURES=" {" ".join(features)} "'
        subprocess.run([compiler, listed, source, "-o", program], check=True)
        printed = subprocess.run([program], capture_output=True, check=True).stdout
        return [bool(int(answer)) for answer in printed.split()]

    return check


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ((*AVX2, *AVX512), [True, True]),
        (AVX2, [True, False]),
        (AVX512, [False, False]),
        (("avx2", *AVX512), [False, False]),
        (("fma", *AVX512), [False, False]),
        ((), [False, False]),
    ],
)
def test_check_needs_all_instruction_sets(check_features, features, expected):
    assert check_features(features) == expected


@pytest.mark.parametrize("missing", AVX512)
def test_avx512_without_a_subset_falls_back_to_avx2(check_features, missing):
    features = [*AVX2, *(name for name in AVX512 if name != missing)]
    assert check_features(features) == [True, False]
