"""Optuna is optional: nothing else imports it, and its absence has a clear error."""

import logging
import subprocess
import sys

import pytest

from w2vfast.tuning import Tuner, tune
from w2vfast.tuning.optuna_package import load_optuna, quiet


def test_missing_optuna_names_the_command_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"pip install 'w2vfast\[tune\]'"):
        tune(tmp_path / "not read", len, trials=1)


def test_old_optuna_is_refused(monkeypatch):
    load_optuna()
    monkeypatch.setitem(sys.modules, "optuna.storages.journal", None)
    with pytest.raises(ImportError, match="optuna 4 or later"):
        load_optuna()


def test_only_a_search_imports_optuna():
    code = (
        "import sys, w2vfast.tuning, w2vfast.cli.main; w2vfast.tuning.Tuner; "
        "sys.exit('optuna' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-P", "-c", code]).returncode == 0


def test_log_level_of_optuna_is_restored(corpus, capfd):
    optuna = load_optuna()
    before = optuna.logging.get_verbosity()
    with quiet(optuna):
        assert optuna.logging.get_verbosity() == max(before, logging.WARNING)
    assert optuna.logging.get_verbosity() == before
    Tuner(corpus, lambda m: 0.0, min_count=1, workers=1, progress=False).run(None, 1)
    assert capfd.readouterr() == ("", "")
