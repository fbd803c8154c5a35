"""The CPU checks of MSVC and clang-cl agree with GCC's, on the same CPU."""

import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from w2vfast import kernels

SOURCE = Path(__file__).parents[2] / "w2vfast" / "kernels" / "_cpu.pyx"
#: What MSVC's <intrin.h> has, for GCC.
INTRIN = """
#include <cpuid.h>
#define __cpuidex(r, leaf, sub) __cpuid_count(leaf, sub, (r)[0], (r)[1], (r)[2], (r)[3])
#undef __cpuid
#define __cpuid(r, leaf) __cpuidex(r, leaf, 0)
static unsigned long long _xgetbv(unsigned int index) {
    unsigned int low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(index));
    return (unsigned long long)high << 32 | low;
}
"""
MAIN = """
#include <stdio.h>
int main(void) { printf("%d %d", w2v_avx2(), w2v_avx512()); return 0; }
"""


@pytest.mark.parametrize("macros", [["-D_MSC_VER=1940", "-D_M_X64"], []])
def test_checks_name_the_builds_that_run(tmp_path, macros):
    compiler = shutil.which("cc")
    if compiler is None or platform.machine() not in {"x86_64", "AMD64"}:
        pytest.skip("needs a C compiler named cc, and an x86-64 CPU")
    pattern = re.compile(r'cdef extern from \*:\n    """\n(.*?)"""', re.DOTALL)
    found = pattern.search(SOURCE.read_text())
    (tmp_path / "intrin.h").write_text(INTRIN)
    (tmp_path / "check.c").write_text(found[1] + MAIN)
    program = tmp_path / "check"
    command = [compiler, *macros, f"-I{tmp_path}", tmp_path / "check.c", "-o", program]
    subprocess.run(command, check=True)
    printed = subprocess.run([program], capture_output=True, text=True, check=True)
    runnable = kernels.runnable()
    expected = [str(int(name in runnable)) for name in ("avx2", "avx512")]
    assert printed.stdout.split() == expected
