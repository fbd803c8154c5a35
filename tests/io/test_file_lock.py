"""A lock lets one run write a file, and ends with the process of the run."""

import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from w2vfast.io import lock_file as module
from w2vfast.io.file_lock import file_lock

HOLDER = """
import sys
from w2vfast.io.file_lock import file_lock
with file_lock(sys.argv[1]):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.ckpt"


@contextmanager
def other_process(path):
    """Yield another process that has locked the file."""
    command = [sys.executable, "-P", "-c", HOLDER, os.fspath(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout.readline().strip() == b"locked"
        yield process
        process.kill()


@pytest.fixture
def holder(path):
    with other_process(path) as process:
        yield process


def in_thread(call):
    """Call a function in another thread; return the error it raises."""
    errors = []

    def work():
        try:
            call()
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    return errors[0] if errors else None


def lock_once(path):
    with file_lock(path):
        pass


def test_another_process_is_refused_and_named(path, holder):
    with pytest.raises(BlockingIOError) as info:
        lock_once(path)
    message = str(info.value)
    assert str(path) in message and f"process {holder.pid} on " in message
    assert "wait" in message and "write to another file" in message


def test_a_killed_process_leaves_nothing_that_blocks(path, holder):
    holder.kill()
    holder.wait(60)
    lock_once(path)
    assert not list(path.parent.iterdir())


def test_another_thread_is_refused_and_the_same_one_is_not(path):
    with file_lock(path), file_lock(path):
        error = in_thread(lambda: lock_once(path))
        assert isinstance(error, BlockingIOError)
        assert "another run of this process" in str(error)
        lock_once(path)
        assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)
    assert in_thread(lambda: lock_once(path)) is None
    assert not list(path.parent.iterdir())


class Writer:
    """What writes a file."""


def test_a_thread_locks_a_file_again_for_its_writer_alone(path):
    first, second = Writer(), Writer()
    with file_lock(path, writer=first):
        with file_lock(path, writer=first):
            pass
        for other in (second, None):
            with (
                pytest.raises(BlockingIOError, match="by the run around this call"),
                file_lock(path, writer=other),
            ):
                pass
    with file_lock(path, writer=second):
        pass


def test_an_inner_writer_writes_until_its_context_ends(path):
    first, second = Writer(), Writer()
    with file_lock(path):
        for writer in (first, second):
            with (
                file_lock(path, writer=writer),
                pytest.raises(BlockingIOError),
                file_lock(path),
            ):
                pass
        with file_lock(path):
            pass


def test_a_check_that_fails_leaves_the_outer_writer(path):
    def fail():
        raise KeyError

    writer = Writer()
    with file_lock(path, writer=writer):
        with pytest.raises(KeyError), file_lock(path, check=fail, writer=writer):
            pass
        with pytest.raises(BlockingIOError), file_lock(path):
            pass


def test_a_thread_locks_a_file_again_and_again(path):
    for _ in range(2):
        with file_lock(path):
            assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)


def test_another_descriptor_of_the_lock_does_not_keep_it(path, monkeypatch):
    monkeypatch.setattr(module, "_delete", lambda lock: False)
    with file_lock(path):
        (lock,) = path.parent.iterdir()
        descriptor = os.dup(module._files[lock].fileno())
    try:
        assert in_thread(lambda: lock_once(path)) is None
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_process_has_no_locks(path):
    """It is refused, and leaves the lock to its parent when it leaves the block."""
    child, code = 0, 1
    try:
        with file_lock(path):
            child = os.fork()
            if child:
                _, status = os.waitpid(child, 0)
                code = os.waitstatus_to_exitcode(status)
                assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)
            else:
                try:
                    lock_once(path)
                except BlockingIOError:
                    code = 7
    finally:
        if not child:
            os._exit(code)
    assert code == 7 and not list(path.parent.iterdir())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_that_outlives_its_parent_does_not_keep_the_lock(path):
    code = (
        "import os, signal, sys\n"
        "from w2vfast.io.file_lock import file_lock\n"
        "with file_lock(sys.argv[1]):\n"
        "    if not os.fork():\n"
        "        print(os.getpid(), flush=True)\n"
        "        signal.pause()\n"
        "    signal.pause()\n"
    )
    command = [sys.executable, "-P", "-W", "ignore", "-c", code, os.fspath(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        child = int(process.stdout.readline())
        assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)
        process.kill()
        process.wait(60)
        try:
            lock_once(path)
        finally:
            os.kill(child, signal.SIGKILL)


@pytest.fixture
def others_files(monkeypatch):
    """Refuse to open existing locks for writing, like those of another user."""
    open_file = os.open

    def refuse(file, flags, *mode):
        if flags & os.O_RDWR and Path(file).exists():
            raise PermissionError(13, "Permission denied", file)
        return open_file(file, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)


@pytest.mark.usefixtures("others_files")
@pytest.mark.skipif(sys.platform == "win32", reason="open files are not deleted there")
def test_the_lock_of_another_user_counts(path, holder):
    with pytest.raises(BlockingIOError, match=f"process {holder.pid} on "):
        lock_once(path)
    holder.kill()
    holder.wait(60)
    with file_lock(path):  # the file that was left is replaced
        assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)
    assert not list(path.parent.iterdir())


@pytest.mark.usefixtures("others_files")
def test_a_lock_that_cannot_be_deleted_is_held(path, monkeypatch):
    path.with_name(".run.ckpt.w2vfast.lock").touch()
    monkeypatch.setattr(module, "_delete", lambda lock: False)
    with file_lock(path):
        assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)


@pytest.mark.skipif(sys.platform == "win32", reason="open files are not deleted there")
def test_the_lock_of_the_next_run_is_not_deleted(path):
    """Somebody deletes the lock of a run, and another run makes a new one."""
    with ExitStack() as stack:
        with file_lock(path):
            path.with_name(".run.ckpt.w2vfast.lock").unlink()
            stack.enter_context(other_process(path))
        with pytest.raises(BlockingIOError):
            lock_once(path)


def test_what_cannot_be_locked_is_logged(path, caplog):
    path.with_name(".run.ckpt.w2vfast.lock").write_bytes(b"of another program")
    with file_lock(path, "--output run.ckpt"):
        assert "--output run.ckpt: no lock can be made" in caplog.text


def test_a_link_is_locked_as_its_file(path, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(path)
    with file_lock(link):
        assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)


def test_the_lock_ends_with_an_error(path):
    with pytest.raises(KeyError), file_lock(path):
        raise KeyError
    assert in_thread(lambda: lock_once(path)) is None


def test_no_path_and_a_device_are_not_locked(tmp_path):
    with file_lock(None), file_lock(os.devnull):
        assert in_thread(lambda: lock_once(os.devnull)) is None


def test_without_a_folder_nothing_is_locked(tmp_path):
    lock_once(tmp_path / "missing" / "run.ckpt")
    assert not list(tmp_path.iterdir())


def test_a_file_system_without_locks_does_not_stop_a_run(path, monkeypatch):
    monkeypatch.setattr(module, "_try_lock", lambda *arguments: False)
    with file_lock(path):
        assert in_thread(lambda: lock_once(path)) is None


def test_a_file_system_whose_inodes_change_does_not_stop_a_run(path, monkeypatch):
    monkeypatch.setattr(module, "_is_same", lambda *arguments: False)
    lock_once(path)


def test_a_file_of_another_program_stays(path):
    other = path.with_name(".run.ckpt.w2vfast.lock")
    other.write_bytes(b"notes")
    lock_once(path)
    assert other.read_bytes() == b"notes"


@pytest.mark.skipif(sys.platform == "win32", reason="open files are not deleted there")
def test_a_lock_that_its_last_owner_deletes_is_made_again(path, monkeypatch):
    lock, try_lock = path.with_name(".run.ckpt.w2vfast.lock"), module._try_lock

    def deleted_meanwhile(*arguments):
        monkeypatch.setattr(module, "_try_lock", try_lock)
        lock.unlink()
        return try_lock(*arguments)

    monkeypatch.setattr(module, "_try_lock", deleted_meanwhile)
    with file_lock(path):
        assert isinstance(in_thread(lambda: lock_once(path)), BlockingIOError)


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="needs links")
def test_a_link_in_the_place_of_the_lock_is_not_followed(path, tmp_path):
    victim = tmp_path / "victim"
    path.with_name(".run.ckpt.w2vfast.lock").symlink_to(victim)
    lock_once(path)
    assert not victim.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_the_lock_does_not_hang(path):
    other = path.with_name(".run.ckpt.w2vfast.lock")
    os.mkfifo(other)
    lock_once(path)
    assert stat.S_ISFIFO(other.stat().st_mode)
