"""kernels.py builds times builds with present and with former names."""

import sys
from dataclasses import dataclass, make_dataclass

import numpy as np
import pytest


def test_builds_compares_trees(corpus, call, package):
    short = ("--corpus", corpus, "--build", "base", "--rounds", 3, "--blocks", 1)
    small = ("--set", "vector_size=8", "--set", "min_count=1")
    _, text = call("kernels.py", "builds", package, package, *short, *small)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [line.split("|")[1:-1] for line in lines[2:]]
    assert [row[0].strip() for row in rows] == [package, package]
    assert float(rows[0][2]) == 1
    assert 0.2 < float(rows[1][2]) < 5


def test_builds_needs_a_build_in_each_tree(corpus, tmp_path, path_to_benchmarks):
    import kernels

    given = ["builds", str(tmp_path), "--corpus", str(corpus), "--set", "min_count=1"]
    with pytest.raises(SystemExit, match="no avx2 build in w2vfast/kernels; run"):
        kernels.main(given)


@pytest.mark.parametrize("named", [0, 1], ids=["present", "former"])
def test_arguments_have_present_and_former_names(named, path_to_benchmarks):
    from harness.kernels.paired_builds import FORMER, with_all_names

    names = [pair[named] for pair in FORMER.items()]
    arguments = make_dataclass("Arguments", ["ids", *names])(np.arange(3), *names)
    found = with_all_names(arguments)
    assert found.ids is arguments.ids
    for present, former in FORMER.items():
        value = (present, former)[named]
        assert getattr(found, present) == getattr(found, former) == value


def test_a_build_finds_the_arguments_module_by_each_name(
    path_to_benchmarks, monkeypatch
):
    from harness.kernels import paired_builds

    @dataclass
    class Renamed:
        pass

    Renamed.__module__ = "renamed"
    monkeypatch.setattr(paired_builds, "KernelArguments", Renamed)
    monkeypatch.setitem(sys.modules, "renamed", module := object())
    for name in paired_builds.MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    with paired_builds._all_module_names():
        assert {sys.modules[name] for name in paired_builds.MODULES} == {module}
    assert not set(paired_builds.MODULES) & set(sys.modules)
