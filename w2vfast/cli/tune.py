"""``w2vfast tune``: search for the parameters that suit a corpus and a task."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from w2vfast import tuning
from w2vfast.cli.option_names import OptionNames
from w2vfast.cli.options import (
    add_parameters,
    check_existence,
    given_parameters,
    reading_parameters,
)
from w2vfast.cli.output import print_status
from w2vfast.corpus import Corpus
from w2vfast.tuning.halves import HALF

#: The limit without --time and --trials.
DEFAULT_TIME = "10min"
_RANGE = re.compile(r"([^:,]+):([^:,]+)")
_NUMBER = r"(-?[0-9]*\.?[0-9]+(?:[eE]-?[0-9]+)?)"
_HYPHEN = re.compile(rf"{_NUMBER} *(?:-|–|\.\.+) *{_NUMBER}")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of this command to its parser."""
    command.add_argument(
        "corpus",
        nargs="+",
        type=Path,
        metavar="CORPUS",
        help="text files or folders, as in w2vfast train; with --next-item one session "
        "per line",
    )
    _add_objectives(command)
    _add_search(command)
    command.add_argument(
        "--json", action="store_true", help="print JSON instead of a table"
    )
    # A preset would fix what the search varies.
    add_parameters(command, {}, omit=("preset", "max_counted_words"))


def _add_objectives(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        "what to search for",
        "Give --pairs, --analogies or both, or --held-out, or --next-item. Half of the "
        "data tests the result, unless --test or --no-test is given.",
    )
    files: dict[str, Any] = {"nargs": "+", "action": "extend", "type": Path}
    files |= {"metavar": "FILE", "default": []}
    group.add_argument(
        "--pairs", help="files of word pairs: raise Spearman's correlation", **files
    )
    group.add_argument(
        "--analogies", help="files of analogies: raise the accuracy", **files
    )
    group.add_argument(
        "--held-out", help="text that is not in CORPUS: lower its loss", **files
    )
    group.add_argument(
        "--next-item",
        action="store_true",
        help="raise the share of sessions whose last item is recommended",
    )
    group.add_argument(
        "--k",
        type=int,
        default=20,
        metavar="INT",
        help="number of items that --next-item recommends (default 20)",
    )
    group.add_argument(
        "--test",
        help="files of the same kind that test the result; all others then choose it",
        **files,
    )
    group.add_argument(
        "--no-test", action="store_true", help="use all data to choose the result"
    )
    group.add_argument(
        "--lowercase", action="store_true", help="lower-case the words of the files"
    )
    group.add_argument(
        "--case-insensitive",
        action="store_true",
        help="ignore case in the files and in the vocabulary",
    )
    group.add_argument(
        "--restrict-vocab",
        type=int,
        default=30_000,
        metavar="INT",
        help="use only the first so many words for --analogies (default 30000)",
    )


def _add_search(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("the search")
    group.add_argument(
        "--time",
        default=None,
        metavar="TIME",
        help=f"limit of this call, such as 90s, 10min or 2h (default {DEFAULT_TIME}, "
        "or none with --trials)",
    )
    group.add_argument(
        "--trials",
        type=int,
        metavar="INT",
        help="number of trials, those of earlier calls with this study included",
    )
    group.add_argument(
        "--study",
        type=Path,
        metavar="FILE",
        help="file that keeps the trials; the same command then continues the search",
    )
    group.add_argument(
        "--space",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUES",
        help="what a parameter varies over: a range such as window=2:15, or values "
        "such as architecture=skipgram,cbow; none leaves it out. By default window, "
        "sample, ns-exponent, vector-size and epochs vary, except for those given a "
        "value below",
    )
    group.add_argument(
        "--no-prune",
        dest="prune",
        action="store_false",
        help="train every trial to its end, even if it is worse than the others",
    )


def run(arguments: argparse.Namespace) -> None:
    """Search for the parameters that suit a corpus and a task."""
    space = parse_space(arguments.space)
    check_existence(arguments.corpus)
    tuner = tuning.Tuner(
        arguments.corpus,
        _objective(arguments),
        space=space,
        study=arguments.study,
        prune=arguments.prune,
        **given_parameters(arguments),
    )
    time = arguments.time
    if time is None and arguments.trials is None:
        time = DEFAULT_TIME
        print_status(
            f"the search takes {time}; --time or --trials sets another limit, and "
            "Ctrl-C prints the result so far"
        )
    try:
        tuner.run(time, arguments.trials)
    except BlockingIOError:  # another search has the study
        raise
    except (KeyboardInterrupt, OSError):  # an OSError: the study cannot be written
        if tuner.result.trials:
            _print(tuner, arguments)
        if arguments.study is not None:
            print_status(f"to continue, repeat the command: {arguments.study} is kept")
        raise
    _print(tuner, arguments)
    if tuner.result.best is None:
        raise ValueError(_no_result(tuner))


def _print(tuner: tuning.Tuner, arguments: argparse.Namespace) -> None:
    result = tuner.result
    if arguments.json:
        print(json.dumps(result.as_dict(), indent=2), flush=True)
        return
    names: OptionNames = arguments.names
    trials = [replace(t, reason=names.translate(t.reason)) for t in result.trials]
    print(replace(result, trials=tuple(trials)), flush=True)


def _no_result(tuner: tuning.Tuner) -> str:
    """Return why no trial is complete."""
    reasons = {trial.reason for trial in tuner.result.trials if trial.reason}
    return (
        f"no trial is complete ({'; '.join(sorted(reasons)) or 'none was started'}): "
        "give more --time, or less text"
    )


def _objective(arguments: argparse.Namespace) -> tuning.Objective:
    """Return the objective that the options name."""
    files = bool(arguments.pairs or arguments.analogies)
    chosen = [files, bool(arguments.held_out), arguments.next_item]
    if sum(chosen) != 1:
        raise ValueError(
            "expected one objective: --pairs and/or --analogies, or --held-out, or "
            "--next-item"
        )
    if arguments.no_test and arguments.test:
        raise ValueError("--test with --no-test: leave out one of them")
    test: Any = None if arguments.no_test else arguments.test or HALF
    if arguments.held_out:
        return _held_out_objective(arguments, test)
    if arguments.next_item:
        if arguments.test:
            raise ValueError(
                "--test with --next-item: half of the sessions test the result; leave "
                "--test out, or pass --no-test"
            )
        return tuning.NextItemObjective(arguments.k, test)
    return _files_objective(arguments, test)


def _held_out_objective(arguments: argparse.Namespace, test: Any) -> tuning.Objective:
    """Return the objective on texts, which are read like the corpus."""
    reading = reading_parameters(arguments)
    text = Corpus(arguments.held_out, **reading)
    if arguments.test:
        test = Corpus(arguments.test, **reading)
    return tuning.HeldOutObjective(text, test)


def _files_objective(arguments: argparse.Namespace, test: Any) -> tuning.Objective:
    case: dict[str, Any] = {
        "lowercase": arguments.lowercase,
        "case_insensitive": arguments.case_insensitive,
    }
    parts: list[tuning.Objective] = []
    if arguments.pairs and arguments.analogies and arguments.test:
        raise ValueError(
            "--test with --pairs and --analogies: its kind is not known; leave it out, "
            "then half of each file is the test"
        )
    if arguments.pairs:
        parts.append(tuning.WordPairsObjective(arguments.pairs, test, **case))
    if arguments.analogies:
        most = arguments.restrict_vocab
        parts.append(
            tuning.AnalogiesObjective(
                arguments.analogies, test, restrict_vocab=most, **case
            )
        )
    return parts[0] if len(parts) == 1 else tuning.MeanObjective(parts)


def parse_space(texts: list[str]) -> dict[str, Any]:
    """
    Return the space that options describe.

    Examples
    --------
    >>> parse_space(["window=2:15", "architecture=skipgram,cbow"])
    {'window': (2, 15), 'architecture': ['skipgram', 'cbow']}
    """
    space: dict[str, Any] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not name or not values:
            raise ValueError(
                f"--space {text}: expected NAME=LOW:HIGH, NAME=VALUE,VALUE or NAME=none"
            )
        if with_hyphen := _HYPHEN.fullmatch(values):
            low, high = with_hyphen.groups()
            shown = f"space[{name.replace('-', '_')!r}]=({low}, {high})"  # translated
            raise ValueError(f"--space {text}: write {shown} for a range")
        span = _RANGE.fullmatch(values)
        parts = span.groups() if span else values.split(",")
        parsed = [_parsed(part.strip()) for part in parts]
        given: Any = tuple(parsed) if span else parsed
        space[name.replace("-", "_")] = None if given == [None] else given
    return space


def _parsed(text: str) -> Any:
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
