import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import w2vfast
from w2vfast.io.atomic import atomic

# The package under test, not one in the current folder.
HERE = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}


def put(folder, data, name="f"):
    path = folder / name
    path.write_bytes(data)
    return path


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = put(tmp_path, b"old")
    with pytest.raises(RuntimeError, match="halfway"), atomic(path) as file:
        file.write(b"new")
        raise RuntimeError("halfway")
    with pytest.raises(KeyboardInterrupt), atomic(tmp_path / "new") as file:
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_disk_that_refuses(tmp_path, monkeypatch, step):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    path = put(tmp_path, b"old")
    monkeypatch.setattr(step, refuse)
    with pytest.raises(OSError, match="No space"), atomic(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_process_leaves_the_old_file(tmp_path):
    path = put(tmp_path, b"old")
    code = f"""
        import os
        from w2vfast.io.atomic import atomic
        with atomic({os.fspath(path)!r}) as file:
            file.write(b"x" * 10_000_000)
            file.flush()
            os.kill(os.getpid(), 9)
    """
    ended = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(code)], check=False, env=HERE
    )
    assert ended.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_permissions(tmp_path):
    path = put(tmp_path, b"old")
    path.chmod(0o604)
    old = os.umask(0o027)
    try:
        for target in (path, tmp_path / "fresh"):
            with atomic(target) as file:
                file.write(b"new")
    finally:
        os.umask(old)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_are_followed(tmp_path):
    path = put(tmp_path, b"old")
    link = tmp_path / "link"
    link.symlink_to(path)
    with atomic(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_missing_folders_and_folders(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"), atomic(tmp_path / "a/b"):
        pass
    with pytest.raises(IsADirectoryError, match="name of a file"), atomic(tmp_path):
        pass


@pytest.mark.skipif(os.name == "nt", reason="no device files")
def test_devices_are_written_to_not_replaced():
    with atomic(os.devnull) as file:
        file.write(b"gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_imports_stay_light():
    code = (
        "import sys, numpy; a = set(sys.modules); import w2vfast.evaluation; "
        "print(sorted(m for m in set(sys.modules) - a if m.partition('.')[0] in "
        "('safetensors', 'tqdm', 'scipy', 'torch')))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=HERE,
    )
    assert done.stdout.strip() == "[]"
