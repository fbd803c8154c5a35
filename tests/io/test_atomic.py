"""Atomic writes: the old file survives errors, kills and full disks."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import w2vfast
from w2vfast.io.atomic import atomic_write

# Subprocesses import the package under test, not a package in the current folder.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}


def create_file(folder, data, name="f"):
    path = folder / name
    path.write_bytes(data)
    return path


def test_an_error_leaves_the_old_file_and_no_temporary_file(tmp_path):
    path = create_file(tmp_path, b"old")
    with pytest.raises(RuntimeError, match="halfway"), atomic_write(path) as file:
        file.write(b"new")
        raise RuntimeError("halfway")
    with pytest.raises(KeyboardInterrupt), atomic_write(tmp_path / "new") as file:
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, step):
    def fail(*_):
        raise OSError(28, "No space left on device")

    path = create_file(tmp_path, b"old")
    monkeypatch.setattr(step, fail)
    with pytest.raises(OSError, match="No space"), atomic_write(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_process_leaves_the_old_file(tmp_path):
    path = create_file(tmp_path, b"old")
    code = f"""
        import os
        from w2vfast.io.atomic import atomic_write
        with atomic_write({os.fspath(path)!r}) as file:
            file.write(b"x" * 10_000_000)
            file.flush()
            os.kill(os.getpid(), 9)
    """
    process = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(code)],
        check=False,
        env=ENVIRONMENT,
    )
    assert process.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permission bits")
def test_permissions_come_from_the_old_file_or_the_umask(tmp_path):
    path = create_file(tmp_path, b"old")
    path.chmod(0o604)
    old_umask = os.umask(0o027)
    try:
        for target in (path, tmp_path / "fresh"):
            with atomic_write(target) as file:
                file.write(b"new")
    finally:
        os.umask(old_umask)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need special rights on Windows")
def test_symbolic_links_are_followed(tmp_path):
    path = create_file(tmp_path, b"old")
    link = tmp_path / "link"
    link.symlink_to(path)
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_a_missing_folder_and_a_folder_are_rejected(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match="no folder"),
        atomic_write(tmp_path / "a/b"),
    ):
        pass
    with (
        pytest.raises(IsADirectoryError, match="name of a file"),
        atomic_write(tmp_path),
    ):
        pass


@pytest.mark.skipif(os.name == "nt", reason="needs device files")
def test_devices_are_written_to_directly():
    with atomic_write(os.devnull) as file:
        file.write(b"gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
