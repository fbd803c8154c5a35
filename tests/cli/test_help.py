"""`w2vfast --help` and `w2vfast --version`."""

import inspect
import re

import pytest

import w2vfast
from w2vfast import Word2Vec
from w2vfast.cli import options, train
from w2vfast.cli.main import COMMANDS, _parser, main

NAMES = [
    name
    for name in inspect.signature(Word2Vec).parameters
    if name not in ("corpus", "vocabulary", "initial_vectors", "frozen")
]


def test_help_names_every_parameter(capsys):
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for name in NAMES:
        assert f"--{name.replace('_', '-')}" in text
    assert "--vocabulary" not in text and "`" not in text
    assert "--vector-size INT Dimensions of the vectors (default 100)." in text
    assert "--min-alpha FLOAT Final learning rate." in text
    assert "--architecture {skipgram,cbow}" in text
    assert "--no-cbow-mean" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_speaks_of_options_not_of_python(command):
    parser = _parser()._subparsers._group_actions[0].choices[command]
    python = re.compile(r"\b(True|False|None|Word2Vec|Corpus|initial_vectors)\b|\w=\d")
    for action in parser._actions:
        assert action.help, action.option_strings
        text = re.sub(r"(window=2:15|\* \w+)", "", action.help)
        assert not python.search(text), text
        values = r"negative_sampling|hierarchical_softmax|projector_config"
        assert not re.search(r"[a-z]_[a-z]", re.sub(values, "", text)), text


def test_docstring_describes_every_parameter():
    described = options.describe_parameters(Word2Vec.__doc__)
    assert set(NAMES) <= set(described)
    assert all(kind and text for kind, text in described.values())


def test_options_exist_without_docstrings(monkeypatch, capsys):
    monkeypatch.setattr(Word2Vec, "__doc__", None)  # like python -OO
    monkeypatch.setattr(train.run, "__doc__", None)
    assert main(["train", "--help"]) == 0
    assert "--vector-size" in capsys.readouterr().out


def test_version_option_prints_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"w2vfast {w2vfast.__version__}\n"
