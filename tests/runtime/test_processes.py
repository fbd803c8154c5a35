"""Names of processes: living ones are never taken for dead."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import w2vfast
from w2vfast.runtime import processes
from w2vfast.runtime.processes import is_dead, name_of_this_process

PRINT_NAME = (
    "from w2vfast.runtime.processes import name_of_this_process as name; "
    "print(name(), flush=True); input()"
)


def test_this_process_is_alive():
    name = name_of_this_process()
    assert re.fullmatch(rf"[0-9a-f]{{8}}-{os.getpid()}-\d+", name)
    assert name == name_of_this_process()
    assert not is_dead(name)


def test_a_process_is_dead_after_it_ended():
    with subprocess.Popen(
        [sys.executable, "-P", "-c", PRINT_NAME],
        env=os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        name = process.stdout.readline().strip()
        assert name.split("-")[1] == str(process.pid) and not is_dead(name)
        process.communicate("\n")
    assert is_dead(name)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_process_with_the_pid_of_a_dead_one_is_another():
    machine, pid, start = name_of_this_process().split("-")
    assert is_dead(f"{machine}-{pid}-{int(start) - 1}")


def test_unclear_names_are_not_dead(monkeypatch):
    machine, _, start = name_of_this_process().split("-")
    gone = 2**22 + 1  # above the largest pid of Linux
    for name in (
        f"{'0' * 8}-{gone}-{start}",  # another machine
        f"{machine}-{os.getpid()}-0",  # start unknown
        f"{machine}-0-{start}",
        f"{machine}-{2**64}-{start}",
        f"{machine}-x-{start}",
        f"{machine}-{gone}",
        machine,
        "",
    ):
        assert not is_dead(name), name
    assert is_dead(f"{machine}-{gone}-{start}")

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(processes.os, "kill", refuse)
    assert not is_dead(f"{machine}-{gone}-{start}")
