"""A few kills at random moments; `kill_run.py` has more."""

import importlib.util
import signal
from pathlib import Path

import pytest

KILLS = 6


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_runs_resume_to_the_same_bits(tmp_path):
    path = Path(__file__).with_name("kill_run.py")
    spec = importlib.util.spec_from_file_location("kill_run", path)
    kill_run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kill_run)
    report = kill_run.kill_runs(tmp_path, KILLS, seed=1, words=2000)
    assert report.kills == KILLS and report.completed >= 1
