"""The report of a search: a table, the gain, and lines to copy."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any, Protocol

from w2vfast.runtime.text_table import aligned
from w2vfast.tuning.trial import Trial
from w2vfast.wording import counted

OPTIMISTIC = (
    "The best of many scores is partly luck: expect a smaller gain on other data"
)


class Results(Protocol):
    """What a report reads; see `Tuning`."""

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All trials, in the order of the search."""

    @property
    def ranked(self) -> Sequence[Trial]:
        """The complete trials, the best first."""

    @property
    def best(self) -> Trial | None:
        """The best trial."""

    @property
    def default(self) -> Trial | None:
        """The trial of the defaults."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What to train with."""

    @property
    def gain(self) -> float | None:
        """How much better the best trial is than the defaults."""

    @property
    def test_gain(self) -> float | None:
        """The same on the test data."""

    @property
    def score_name(self) -> str:
        """Name of the score."""

    @property
    def higher_is_better(self) -> bool:
        """Whether a higher score is better."""

    @property
    def summary(self) -> str:
        """What was scored."""

    @property
    def note(self) -> str:
        """Why the search ended."""

    @property
    def has_defaults(self) -> bool:
        """Whether the trial `default` has the library's defaults."""

    @property
    def corpus(self) -> str:
        """The corpus, for lines to copy."""


def report(result: Results) -> str:
    """Return the table, the comparison with the defaults, and lines to copy."""
    if not result.trials:
        return f"{result.summary}\nno trial yet"
    parts = [result.summary, aligned(_table(result)), _notes(result)]
    if result.best is not None:
        parts.append(_comparison(result))
        parts.append(f"{python_line(result)}\n{command_line(result)}")
    return "\n\n".join(part for part in parts if part)


def python_line(result: Results) -> str:
    """Return the call that trains with the best parameters."""
    given = "".join(f", {name}={value!r}" for name, value in result.parameters.items())
    return f"Word2Vec({result.corpus!r}{given}).train()"


def command_line(result: Results) -> str:
    """Return the command that trains with the best parameters."""
    command = ["w2vfast", "train", result.corpus, "--output", "vectors.w2v"]
    for name, value in result.parameters.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            command.append(f"--{'' if value else 'no-'}{option}")
        elif isinstance(value, int | float) and value < 0:
            command.append(f"--{option}={value}")
        elif value is not None:
            command += [f"--{option}", str(value)]
    return shlex.join(command)


def as_dict(result: Results) -> dict[str, Any]:
    """Return the result as JSON values; test scores of best and defaults only."""
    best, default = result.best, result.default
    return {
        "summary": result.summary,
        "score": result.score_name,
        "higher_is_better": result.higher_is_better,
        "parameters": result.parameters,
        "best": None if best is None else _trial(best, test=True),
        "default": None if default is None else _trial(default, test=True),
        "has_defaults": result.has_defaults,
        "gain": result.gain,
        "test_gain": result.test_gain,
        "trials": [_trial(trial) for trial in result.trials],
        "note": result.note,
        "python": python_line(result),
        "command": command_line(result),
    }


def _trial(trial: Trial, test: bool = False) -> dict[str, Any]:
    return {
        "number": trial.number,
        "parameters": trial.parameters,
        "score": trial.score,
        **({"test": trial.test} if test else {}),
        "seconds": trial.seconds,
        "outcome": trial.outcome,
        "reason": trial.reason,
        "is_default": trial.is_default,
    }


def _table(result: Results) -> list[list[str]]:
    """Return the trials by score, then those without one."""
    counted_numbers = {trial.number for trial in result.trials if trial.counts}
    others = [
        trial
        for trial in result.trials
        if trial.outcome in ("pruned", "failed")
        or (trial.outcome == "stopped" and trial.number not in counted_numbers)
    ]
    shown = [*result.ranked, *others]
    names = list(dict.fromkeys(name for trial in shown for name in trial.parameters))
    header = ["trial", result.score_name, *names, "seconds", ""]
    rows = [
        [
            str(trial.number),
            trial.outcome if trial.score is None else f"{trial.score:.4f}",
            *(_short(trial.parameters.get(name, "")) for name in names),
            f"{trial.seconds:.1f}",
            _defaults(result).removeprefix("the ") if trial.is_default else "",
        ]
        for trial in shown
    ]
    return [header, *rows]


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _notes(result: Results) -> str:
    """Return why the search ended, and why trials have no score."""
    reasons = [
        f"trial {t.number} {t.outcome}: {t.reason}"
        for t in result.trials
        if t.outcome == "failed"
    ]
    skipped = sum(trial.outcome == "skipped" for trial in result.trials)
    if skipped:
        reasons.append(
            f"{counted(skipped, 'candidate')} skipped: too long for the time"
        )
    return "\n".join([*reasons, *[result.note] * bool(result.note)])


def _comparison(result: Results) -> str:
    """Return the best scores beside those of the defaults."""
    best, default, name = result.best, result.default, _defaults(result)
    assert best is not None
    if default is None:
        return (
            f"Trial {best.number} is the best. {name.capitalize()} have no score yet; "
            "resume the search to compare."
        )
    if best is default:
        return f"No trial is better than {name}."
    text = f"Trial {best.number} against {name}: {_change(result, 'score')}"
    if result.test_gain is None:
        return f"{text}.\n{OPTIMISTIC}."
    text += f"; on the test: {_change(result, 'test')}."
    if result.test_gain <= 0:
        return f"{text}\nThe test shows no gain: keep {name}, or search longer."
    return f"{text}\n{OPTIMISTIC}; the test is the honest figure."


def _defaults(result: Results) -> str:
    """Return the name of what the other trials are compared with."""
    return "the defaults" if result.has_defaults else "the values nearest to defaults"


def _change(result: Results, name: str) -> str:
    new, old = getattr(result.best, name), getattr(result.default, name)
    return f"{new:.4f} instead of {old:.4f} ({new - old:+.4f})"
