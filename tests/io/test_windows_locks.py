"""The lock of a file by the calls of Windows, which Linux imitates here.

`msvcrt.locking` locks bytes from the file's position on, and refuses another handle,
also one of the same process, with PermissionError.
"""

import os
import struct
import sys
import threading
import types
from pathlib import Path

import pytest

from w2vfast.io.file_lock import file_lock

fcntl = pytest.importorskip("fcntl")
if not hasattr(fcntl, "F_OFD_SETLK"):
    pytest.skip("needs locks of open files", allow_module_level=True)


def locking(descriptor, mode, count):
    """Lock bytes for this open file, as `msvcrt.locking` with LK_NBLCK does."""
    assert mode == 2
    begin = os.lseek(descriptor, 0, os.SEEK_CUR)
    lock = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, begin, count, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, lock + bytes(4))
    except BlockingIOError as error:
        raise PermissionError(13, "Permission denied") from error


def is_open(path):
    """Return whether this process has opened a file."""
    links = Path("/proc/self/fd").iterdir()
    return path in [link.readlink() for link in links if link.is_symlink()]


@pytest.fixture(autouse=True)
def windows(monkeypatch):
    """Imitate Windows: byte locks, and no deletion of open files."""
    module = types.ModuleType("msvcrt")
    module.LK_NBLCK, module.locking = 2, locking
    unlink = Path.unlink

    def unlink_closed(path, missing_ok=False):
        if is_open(path):
            raise PermissionError(13, "used by another process", os.fspath(path))
        unlink(path, missing_ok)

    monkeypatch.setitem(sys.modules, "msvcrt", module)
    monkeypatch.setattr(Path, "unlink", unlink_closed)
    monkeypatch.setattr(sys, "platform", "win32")


def error_of_another_thread(path):
    """Lock the file in another thread; return the error, or None."""
    errors = []

    def work():
        try:
            with file_lock(path):
                pass
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    return errors[0] if errors else None


def test_another_run_is_refused_until_the_lock_ends(tmp_path):
    path = tmp_path / "run.ckpt"
    for _ in range(2):
        with file_lock(path), file_lock(path):
            error = error_of_another_thread(path)
            assert isinstance(error, BlockingIOError)
            assert f"{path} is being written by another run" in str(error)
        assert error_of_another_thread(path) is None
    assert not list(tmp_path.iterdir())


def test_an_error_in_the_block_ends_the_lock(tmp_path):
    with pytest.raises(KeyError), file_lock(tmp_path / "run.ckpt"):
        raise KeyError
    assert error_of_another_thread(tmp_path / "run.ckpt") is None
    assert not list(tmp_path.iterdir())


def test_a_lock_that_somebody_reads_stays_and_does_not_block(tmp_path):
    path = tmp_path / "run.ckpt"
    with file_lock(path):
        (lock,) = tmp_path.iterdir()
        reader = lock.open("rb")
    with reader:
        assert lock.exists()
        assert error_of_another_thread(path) is None
