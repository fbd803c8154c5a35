"""Archives depend on names and contents, not on times, owners or permissions."""

import os
import tarfile
from pathlib import Path

import pytest

pytest.importorskip("setuptools", "77")
from build_support.archives import normalise_modes, source_date, write_tar_gz


def make_tree(folder, mode, time):
    """Write a small tree with some permissions and times."""
    (folder / "package").mkdir(parents=True)
    for name in ("b.py", "a.py", "run"):
        path = folder / "package" / name
        path.write_text(name)
        path.chmod(mode | (0o100 if name == "run" else 0))
        os.utime(path, (time, time))


def test_archives_of_equal_trees_are_equal(tmp_path, monkeypatch):
    contents = []
    for number, mode in enumerate((0o600, 0o664)):
        folder = tmp_path / f"tree{number}"
        make_tree(folder, mode, 1_000_000_000 + number)
        monkeypatch.chdir(folder)
        write_tar_gz(folder / "out.tar.gz", Path("package"), 1_700_000_000)
        contents.append((folder / "out.tar.gz").read_bytes())
    assert contents[0] == contents[1]
    with tarfile.open(folder / "out.tar.gz") as archive:
        members = archive.getmembers()
    assert [m.name for m in members] == [
        "package", "package/a.py", "package/b.py", "package/run",
    ]  # fmt: skip
    assert {m.mtime for m in members} == {1_700_000_000}
    assert {m.uname for m in members} == {"root"}
    assert [m.mode for m in members] == [0o755, 0o644, 0o644, 0o755]


def test_modes_of_a_wheel_do_not_depend_on_the_umask(tmp_path):
    make_tree(tmp_path, 0o600, 0)
    normalise_modes(tmp_path)
    modes = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.rglob("*")}
    assert modes == {"package": 0o755, "a.py": 0o644, "b.py": 0o644, "run": 0o755}


def test_time_of_the_build_comes_from_the_environment():
    assert source_date({"SOURCE_DATE_EPOCH": "17"}) == 17
    assert source_date({}) > 1_700_000_000
