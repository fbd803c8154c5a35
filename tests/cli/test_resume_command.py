"""The printed command that continues a run can be run as it is printed."""

import os
from pathlib import Path

import pytest

from w2vfast.cli import resume_command
from w2vfast.cli.main import _parser
from w2vfast.cli.resume_command import continuing


def continued(*arguments):
    """Return how a command would continue."""
    command = ["train", *map(str, arguments), "-o", "m.w2v", "--checkpoint", "r.ckpt"]
    return continuing(_parser().parse_args(command))


COMMAND = "w2vfast train {} --output m.w2v --resume r.ckpt"


def test_files_are_repeated_with_what_changes_their_words():
    options = ["--max-counted-words=18", "--field=text", "--encoding=gbk"]
    assert continued("a.txt", "b c.txt", *options) == (
        COMMAND.format("a.txt 'b c.txt'")
        + " --encoding gbk --field text --max-counted-words 18"
    )


def test_standard_input_has_to_give_its_text_again():
    again = "give the same text again through standard input, with: "
    assert continued("-") == again + COMMAND.format("-")
    assert continued("a.txt", "-") == again + COMMAND.format("a.txt -")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_has_to_give_its_text_again(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    again = f"give the same text again through {pipe}, with: "
    assert continued(pipe) == again + COMMAND.format(pipe)


def test_standard_input_replaces_the_pipe_of_a_shell(monkeypatch):
    """That of ``w2vfast train <(zcat a.gz)`` ends with the command."""
    monkeypatch.setattr(
        resume_command, "_is_pipe", lambda path: path.parent == Path("/dev/fd")
    )
    again = "give the same text again through standard input, with: "
    assert continued("/dev/fd/63", "b.txt") == again + COMMAND.format("- b.txt")
    both = "give the same text again through /dev/fd/63 and /dev/fd/62, with: "
    assert continued("/dev/fd/63", "/dev/fd/62").startswith(both)
    two = "give the same text again through standard input and /dev/fd/63, with: "
    assert continued("-", "/dev/fd/63") == two + COMMAND.format("- /dev/fd/63")
