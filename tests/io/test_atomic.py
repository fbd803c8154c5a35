"""Atomic writes: the old file survives errors, kills and full disks."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import w2vfast
from w2vfast.io.atomic import atomic_write, check_writable
from w2vfast.runtime.processes import name_of_this_process

# Subprocesses import the package under test, not a package in the current folder.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


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


def dead_name():
    machine, _, start = name_of_this_process().split("-")
    return f"{machine}-{2**22 + 1}-{start}"


def test_temporary_files_of_dead_processes_are_deleted(tmp_path):
    random = "0123456789abcdef"
    kept = [
        f".w2vfast-{name_of_this_process()}-{random}.tmp",  # another thread's
        f".w2vfast-00000000{dead_name()[8:]}-{random}.tmp",  # another machine's
        f".w2vfast-{random}.tmp",  # of an earlier version
        f"w2vfast-{dead_name()}-{random}.tmp",
        f".w2vfast-{dead_name()}-{random}.tmp.txt",
        f".w2vfast-{dead_name()}-{random[:8]}.tmp",
        "my.tmp",
    ]
    stale = f".w2vfast-{dead_name()}-{random}.tmp"
    for name in [*kept, stale]:
        (tmp_path / name).write_text(name)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / stale).write_text("in another folder")
    with atomic_write(tmp_path / "f") as file:
        file.write(b"new")
    assert names_in(tmp_path) == sorted([*kept, "f", "folder"])
    assert names_in(tmp_path / "folder") == [stale]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_the_file_of_a_killed_process_is_deleted_by_the_next_save(tmp_path):
    test_a_killed_process_leaves_the_old_file(tmp_path)
    (left,) = tmp_path.glob(".w2vfast-*.tmp")
    assert left.stat().st_size == 10_000_000
    check_writable(tmp_path / "g")
    assert names_in(tmp_path) == ["f"]


def test_what_cannot_be_deleted_is_no_error(tmp_path, monkeypatch):
    (tmp_path / f".w2vfast-{dead_name()}-0123456789abcdef.tmp").mkdir()
    with atomic_write(tmp_path / "f") as file:
        file.write(b"new")
    assert len(names_in(tmp_path)) == 2

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr("os.scandir", refuse)
    with atomic_write(tmp_path / "f") as file:
        file.write(b"newer")
    assert (tmp_path / "f").read_bytes() == b"newer"


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "file.write"])
def test_errors_name_the_file_that_was_asked_for(tmp_path, monkeypatch, step):
    def fail(*_):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    path = create_file(tmp_path, b"old")
    if step != "file.write":
        monkeypatch.setattr(step, fail)
    with pytest.raises(OSError, match="quota") as caught, atomic_write(path) as file:
        file.write(b"new")
        if step == "file.write":
            fail()
    assert caught.value.filename == os.fspath(path)
    assert path.read_bytes() == b"old" and names_in(tmp_path) == ["f"]


def test_errors_about_other_files_keep_their_names(tmp_path):
    with (
        pytest.raises(FileNotFoundError) as caught,
        atomic_write(tmp_path / "f"),
    ):
        (tmp_path / "other").read_bytes()
    assert caught.value.filename == os.fspath(tmp_path / "other")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders that are in use")
def test_a_folder_that_is_removed_during_the_save_is_an_error(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    with (
        pytest.raises(FileNotFoundError) as caught,
        atomic_write(folder / "f") as file,
    ):
        file.write(b"new")
        shutil.rmtree(folder)
    assert caught.value.filename == os.fspath(folder / "f")


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits of file size")
def test_a_limit_of_the_size_leaves_the_old_file(tmp_path):
    """What a quota does: writing fails in the middle of the file."""
    path = create_file(tmp_path, b"old")
    code = f"""
        import resource, signal
        from w2vfast.io.atomic import atomic_write
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            with atomic_write({os.fspath(path)!r}) as file:
                file.write(b"x" * 10_000_000)
        except OSError as error:
            print(error.filename, error.strerror)
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(code)],
        check=True,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{path} File too large\n"
    assert path.read_bytes() == b"old" and names_in(tmp_path) == ["f"]


def test_check_writable_changes_nothing(tmp_path):
    path = create_file(tmp_path, b"old")
    check_writable(path)
    check_writable(tmp_path / "new")
    assert path.read_bytes() == b"old" and names_in(tmp_path) == ["f"]
    with pytest.raises(FileNotFoundError, match=r"no folder .*create it first"):
        check_writable(tmp_path / "none" / "f")
