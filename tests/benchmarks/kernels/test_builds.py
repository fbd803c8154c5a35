"""kernels.py builds: builds of several trees are timed, whatever names they know."""

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
