"""The flags of a build follow its target, not the machine that compiles."""

import os
import sys
import sysconfig
from types import SimpleNamespace

import pytest

pytest.importorskip("setuptools", "77")

from setuptools import Distribution

from build_support import compilers, target
from build_support.compilers import BUILDS, Compiler


@pytest.mark.parametrize(
    ("platform", "cpus"),
    [
        ("linux-x86_64", {"x86_64"}),
        ("linux-aarch64", {"aarch64"}),
        ("linux-i686", {"i686"}),
        ("linux-armv7l", {"armv7l"}),
        ("linux-ppc64le", {"ppc64le"}),
        ("linux-riscv64", {"riscv64"}),
        ("manylinux_2_28_aarch64", {"aarch64"}),
        ("manylinux_2_28_x86_64", {"x86_64"}),
        ("musllinux_1_2_x86_64", {"x86_64"}),
        ("macosx-10.13-x86_64", {"x86_64"}),
        ("macosx-11.0-arm64", {"aarch64"}),
        ("macosx-10.9-universal2", {"x86_64", "aarch64"}),
        ("win-amd64", {"x86_64"}),
        ("win-arm64", {"aarch64"}),
        ("win32", {"i686"}),
        ("freebsd-14.1-release-amd64", {"x86_64"}),
        ("mingw_x86_64_ucrt", {"x86_64"}),
    ],
)
def test_platform_names_the_cpu(platform, cpus):
    assert target.target_cpus(platform, {}) == cpus


@pytest.mark.parametrize(
    ("flags", "cpus"),
    [
        ("-arch arm64", {"aarch64"}),
        ("-arch x86_64", {"x86_64"}),
        ("-arch arm64 -arch x86_64", {"aarch64", "x86_64"}),
        ("-g", {"x86_64", "aarch64"}),
    ],
)
def test_archflags_decide_on_macos(flags, cpus):
    environment = {"ARCHFLAGS": flags}
    assert target.target_cpus("macosx-10.9-universal2", environment) == cpus
    assert target.target_cpus("linux-x86_64", environment) == {"x86_64"}


@pytest.mark.parametrize("command", ["bdist_wheel", "build_ext", "build"])
def test_plat_name_of_a_command_decides(command):
    distribution = Distribution({"name": "w2vfast"})
    distribution.get_option_dict(command)["plat_name"] = ("command line", "win-arm64")
    assert target.platform_name(distribution, {}) == "win-arm64"


def test_plat_name_is_read_from_the_command_line():
    arguments = ["build_ext", "--plat-name=linux-aarch64"]
    distribution = Distribution({"name": "w2vfast", "script_args": arguments})
    distribution.parse_command_line()
    assert target.platform_name(distribution, {}) == "linux-aarch64"


@pytest.mark.parametrize(
    ("prompt", "cpu"), [("x64", "x86_64"), ("arm64", "aarch64"), ("x86", "i686")]
)
def test_prompt_of_visual_studio_decides_on_windows(monkeypatch, prompt, cpu):
    monkeypatch.setattr(target.os, "name", "nt")
    environment = {"VSCMD_ARG_TGT_ARCH": prompt}
    name = target.platform_name(Distribution({}), environment)
    monkeypatch.undo()
    assert target.target_cpus(name, environment) == {cpu}


def test_prompt_of_visual_studio_means_nothing_elsewhere():
    if os.name == "nt":
        pytest.skip("this is Windows")
    environment = {"VSCMD_ARG_TGT_ARCH": "arm64"}
    name = target.platform_name(Distribution({}), environment)
    assert name == sysconfig.get_platform()


def test_cross_build_has_the_platform_of_the_host_python(monkeypatch):
    if os.name == "nt":
        pytest.skip("_PYTHON_HOST_PLATFORM exists on POSIX only")
    monkeypatch.setenv("_PYTHON_HOST_PLATFORM", "linux-aarch64")
    name = target.platform_name(Distribution({}))
    assert compilers.kernel_builds(target.target_cpus(name)) == ["base"]


def test_only_x86_has_builds_for_avx():
    assert compilers.kernel_builds({"x86_64"}) == list(BUILDS)
    assert compilers.kernel_builds({"x86_64", "aarch64"}) == list(BUILDS)
    for cpu in ("aarch64", "i686", "riscv64"):
        assert compilers.kernel_builds({cpu}) == ["base"]


def test_flags_of_avx_apply_to_the_x86_half_of_a_universal_binary():
    flags = compilers.compile_flags(
        Compiler.GNU, "w2vfast.kernels._fast_avx2", {"x86_64", "aarch64"}
    )
    at = flags.index("-mavx2")
    assert flags[at - 1 : at + 3] == ["-Xarch_x86_64", "-mavx2", "-Xarch_x86_64",
                                      "-mfma"]  # fmt: skip
    one = compilers.compile_flags(
        Compiler.GNU, "w2vfast.kernels._fast_avx2", ["x86_64"]
    )
    assert "-mavx2" in one
    assert "-Xarch_x86_64" not in one


@pytest.mark.parametrize("module", sorted(compilers.EXACT_MODULES))
def test_exact_modules_have_no_contraction_with_any_compiler(module):
    gnu = compilers.compile_flags(Compiler.GNU, module, ["aarch64"])
    assert gnu.index("-fno-associative-math") > gnu.index("-fassociative-math")
    assert "-ffp-contract=off" in gnu
    clang_cl = compilers.compile_flags(Compiler.CLANG_CL, module, ["aarch64"])
    assert "/clang:-ffp-contract=off" in clang_cl
    msvc = compilers.compile_flags(Compiler.MSVC, module, ["aarch64"])
    assert "/fp:precise" in msvc
    assert "/fp:contract" not in msvc


def test_msvc_gets_no_option_of_gcc():
    for build in BUILDS:
        name = f"w2vfast.kernels._fast_{build}"
        flags = compilers.compile_flags(Compiler.MSVC, name, ["x86_64"])
        assert all(flag.startswith("/") for flag in flags)
    assert "/arch:AVX512" in flags


@pytest.mark.parametrize("cpu", ["x86_64", "aarch64"])
def test_clang_cl_compiles_for_the_target(cpu):
    flags = compilers.compile_flags(Compiler.CLANG_CL, "w2vfast.kernels._cpu", [cpu])
    assert flags[0] == f"--target={cpu}-pc-windows-msvc"
    assert all(flag.startswith("/clang:-") for flag in flags[1:])


@pytest.mark.parametrize(
    ("environment", "installed", "expected"),
    [
        ({}, True, "found"),
        ({}, False, None),
        ({"CC": "clang-cl"}, True, "found"),
        ({"CC": r"C:\LLVM\bin\clang-cl.exe"}, True, "found"),
        ({"CC": "cl"}, True, None),
        ({"CC": "cl.exe"}, True, None),
    ],
)
def test_clang_cl_is_used_if_it_is_installed(environment, installed, expected):
    found = compilers.clang_cl(environment, lambda _: "found" if installed else None)
    assert found == expected


def test_missing_clang_cl_is_an_error_if_cc_names_it():
    with pytest.raises(SystemExit, match=r"CC=clang-cl: .* not found"):
        compilers.clang_cl({"CC": "clang-cl"}, lambda _: None)


def test_linker_leaves_out_unused_code():
    assert "-Wl,--gc-sections" in compilers.link_flags(Compiler.GNU, "linux-x86_64")
    assert "-Wl,-dead_strip" in compilers.link_flags(Compiler.GNU, "macosx-11.0-arm64")
    assert not compilers.link_flags(Compiler.CLANG_CL, "win-amd64")


def test_pypy_is_refused_with_the_way_out():
    with pytest.raises(SystemExit, match=r"pypy.*CPython 3.11 or later"):
        target.require_cpython("pypy")
    target.require_cpython("cpython")


def test_free_threaded_interpreters_get_wheels_of_their_own(monkeypatch):
    values = {"Py_GIL_DISABLED": 1}
    monkeypatch.setattr(target.sysconfig, "get_config_var", values.get)
    assert not target.has_limited_api()
    values["Py_GIL_DISABLED"] = 0
    assert target.has_limited_api()


def test_a_missing_compiler_is_named_with_what_to_install():
    missing = SimpleNamespace(compiler_so=["/nonexistent/gcc", "-c"])
    with pytest.raises(
        SystemExit, match="a C compiler is needed, and '/nonexistent/gcc'"
    ):
        compilers.require_compiler(missing)
    compilers.require_compiler(SimpleNamespace(compiler_so=[sys.executable]))
    compilers.require_compiler(SimpleNamespace())  # MSVC finds its own
