"""Command-line options for the parameters of Word2Vec, read from its docstring."""

from __future__ import annotations

import argparse
import difflib
import inspect
import re
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

from w2vfast.cli.help_texts import help_text, name_options
from w2vfast.cli.option_names import OptionNames
from w2vfast.corpus import missing_files
from w2vfast.corpus.text_options import READING
from w2vfast.files.missing import similar
from w2vfast.training import parameter_names
from w2vfast.word2vec import Word2Vec
from w2vfast.wording import shortened

#: Parameters of Word2Vec that have no option.
NO_OPTION = ("self", "corpus", "vocabulary", "initial_vectors", "frozen")
#: Parameters of Word2Vec that `Corpus` has, too, besides workers and progress.
CORPUS_OPTIONS = (*READING, "max_counted_words")
_ASSIGNED = re.compile(r"(\w+)=('[^']*'|[^\s?,;)]+)")


def add_parameters(
    command: argparse.ArgumentParser,
    defaults: dict[str, Any],
    omit: Container[str] = (),
) -> None:
    """
    Add an option for each parameter of Word2Vec.

    An option that is not given leaves no attribute in the parsed arguments.

    Parameters
    ----------
    command : ArgumentParser
    defaults : dict
        Defaults to show in the help where they differ from those of Word2Vec.
    omit : container of str
        Parameters to leave out.
    """
    group = command.add_argument_group("parameters of the model")
    described = describe_parameters(Word2Vec.__doc__ or "")
    for name, parameter in _parameters().items():
        if name in omit:
            continue
        default = defaults.get(name, parameter.default)
        kind, text = described.get(name, ("", ""))
        option = "--" + name.replace("_", "-")
        settings: dict[str, Any] = {"action": argparse.BooleanOptionalAction}
        types = get_args(parameter.annotation) or (parameter.annotation,)
        if bool not in types:
            choices = re.match(r"\{.*\}", kind)
            metavar = types[0].__name__.upper()
            metavar = re.sub('[" ]', "", choices[0]) if choices else metavar
            settings = {"type": types[0], "metavar": metavar}
        group.add_argument(
            option,
            dest=name,
            default=argparse.SUPPRESS,
            help=help_text(option, text, default),
            **settings,
        )
    name_options(group, OptionNames(command))


def given_parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the parameters of Word2Vec that were given as options."""
    return {n: v for n, v in vars(arguments).items() if n in _parameters()}


def reading_parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the options given on the command line that `Corpus` takes."""
    given = given_parameters(arguments)
    names = ("workers", "progress", *CORPUS_OPTIONS)
    return {name: given[name] for name in names if name in given}


def check_existence(paths: Iterable[Path]) -> None:
    """Raise FileNotFoundError with the names of all files that do not exist."""
    missing = [path for path in paths if not missing_files.exists(path)]
    if missing:
        shown = ", ".join(shortened(str(path), 200) for path in missing[:5])
        near = next(filter(None, map(similar, missing)), "")
        raise FileNotFoundError(f"no such file: {shown}{near}")


def describe_parameters(docstring: str) -> dict[str, tuple[str, str]]:
    """Return the type and the description of each parameter in a numpydoc docstring."""
    _, _, section = inspect.cleandoc(docstring).partition("Parameters\n----------\n")
    section = re.split(r"\n\n\w+\n---", section)[0].replace("`", "")
    found = {}
    for names, kind, text in re.findall(r"(?m)^(\S.*) : (.*)\n((?: +.*\n?)+)", section):
        for name in names.split(", "):
            found[name] = (kind, " ".join(text.split()))
    return found


def advice(arguments: Sequence[str], known: Iterable[str]) -> str:
    """
    Return what to write instead of unknown arguments; "" if nothing is near.

    Parameters
    ----------
    arguments : sequence of str
        The unknown options and their values.
    known : iterable of str
        The options of the command.

    Examples
    --------
    >>> known = ["--vector-size", "--epochs", "--checkpoint"]
    >>> advice(["-size", "100"], known), advice(["--epoch=3"], known)
    ('instead of -size pass --vector-size 100', 'instead of --epoch pass --epochs 3')
    >>> advice(["--checkpiont", "run.ckpt"], known)
    'instead of --checkpiont pass --checkpoint'
    """
    known = [option for option in known if option.startswith("--")]
    names = [n for n in _parameters() if f"--{n.replace('_', '-')}" in known]
    found = []
    for number, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if not option.startswith("-"):
            continue
        if not equals:
            value = " ".join(arguments[number + 1 : number + 2])
        text = parameter_names.advice(option.lstrip("-"), _parsed(value), names)
        spelling = "did you mean " in text
        text = text.replace("did you mean ", "pass ").rstrip("?")
        text = _ASSIGNED.sub(_as_option, text)
        near = nearest(option, known)
        if near and (spelling or not text) and near not in text:
            text = f"pass {near}"
        if text:
            found.append(f"instead of {option} {text}")
        elif not option.startswith("--"):
            found.append(f"put -- before {option} if it is a word")
    return "; ".join(found)


def nearest(text: str, known: Iterable[str]) -> str:
    """Return the known option or command of the nearest spelling, or ""."""
    near = difflib.get_close_matches(text, known, 1, 0.7)
    return near[0] if near else ""


def _parsed(value: str) -> Any:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(value)
    return value


def _as_option(assigned: re.Match[str]) -> str:
    value = assigned[2].strip("'")
    if value in ("True", "False"):
        return f"--{'no-' * (value == 'False')}{assigned[1].replace('_', '-')}"
    return f"--{assigned[1].replace('_', '-')} {value}"


def _parameters() -> dict[str, inspect.Parameter]:
    """Return the parameters of Word2Vec that have options."""
    found = inspect.signature(Word2Vec.__init__, eval_str=True).parameters
    return {name: found[name] for name in found if name not in NO_OPTION}
