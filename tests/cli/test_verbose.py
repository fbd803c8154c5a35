"""The option `--verbose` prints the reports of the logger; warnings always appear."""

import logging

import pytest

from w2vfast.cli.main import main

SMALL = ["--vector-size=8", "--min-count=1", "--epochs=2", "--workers=1"]


@pytest.fixture(autouse=True)
def logger():
    """Return the logger, and check that the command leaves it as it was."""
    logger = logging.getLogger("w2vfast")
    before = logger.level, list(logger.handlers)
    yield logger
    assert (logger.level, logger.handlers) == before


def train(corpus, output, capsys, *options):
    """Run the command; return its lines on standard error without the summary."""
    assert main(["train", str(corpus), "-o", str(output), *SMALL, *options]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    *lines, summary = err.splitlines()
    assert summary.endswith(f"written to {output}")
    return lines


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_reports_tokens_and_each_epoch(corpus, tmp_path, capsys, option):
    lines = train(corpus, tmp_path / "m.w2v", capsys, option)
    assert all(line.startswith("w2vfast: ") for line in lines)
    assert "2,700 tokens" in lines[0]
    assert sum("epoch 1 of 2" in line or "epoch 2 of 2" in line for line in lines) == 2
    assert lines[-1].endswith("; complete")


def test_reports_are_silent_without_the_option(corpus, tmp_path, capsys):
    assert train(corpus, tmp_path / "m.w2v", capsys) == []


def test_warnings_of_the_logger_are_printed(corpus, tmp_path, capsys, logger, wrap):
    lines = wrap(lambda: logger.warning("first\nsecond"), lambda: logger.info("third"))
    assert lines == ["w2vfast: warning: first second"]


@pytest.fixture
def wrap(corpus, tmp_path, capsys, monkeypatch):
    """Return a function: run the command, which also calls the given functions."""

    def run(*calls):
        from w2vfast.cli import train as command

        real = command.run

        def also(arguments):
            for call in calls:
                call()
            real(arguments)

        also.__doc__ = real.__doc__
        monkeypatch.setattr(command, "run", also)
        return train(corpus, tmp_path / "m.w2v", capsys)

    return run
