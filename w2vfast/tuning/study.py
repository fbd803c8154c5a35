"""The study: trials in memory or in a journal file of Optuna, with its identity."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from w2vfast.files.names import path_text
from w2vfast.io.atomic import StrPath
from w2vfast.runtime.threads import uninterrupted
from w2vfast.tuning.dimensions import Space
from w2vfast.tuning.identity import differences
from w2vfast.tuning.optuna_package import load_optuna, quiet
from w2vfast.tuning.trial import OUTCOMES, Trial

NAME = "w2vfast"
#: Trials whose parameters are drawn at random before the sampler learns from scores.
RANDOM_TRIALS = 8
#: Full trials before one may be pruned.
TRIALS_BEFORE_PRUNING = 5
_FIX = "pass the same as before, or another study file"


class Study:
    """
    Trials, and the sampler that suggests the next one.

    Parameters
    ----------
    file : path-like, optional
        Journal of Optuna; created if it does not exist. None keeps trials in memory.
    identity : dict
        What scores depend on: corpus, objective, parameters. As JSON values.
    space : Space
    higher_is_better : bool
    seed : int

    Raises
    ------
    ValueError
        If the file is no study of this package, or one of something else.

    Notes
    -----
    Calls of Optuna are uninterrupted: Ctrl-C could leave the journal locked. Only
    `abort` runs in the caller's thread: Ctrl-C can leave the lock of `logging` held by
    the main thread, and other threads would wait for it. A second Ctrl-C during `abort`
    can thus leave the journal locked; Optuna takes the lock over after 30 seconds.
    """

    def __init__(
        self,
        file: StrPath | None,
        identity: dict[str, Any],
        space: Space,
        higher_is_better: bool,
        seed: int,
    ) -> None:
        self._optuna = load_optuna()
        self._space, self._seed = space, seed
        self.higher_is_better = higher_is_better
        check_journal(file)
        with quiet(self._optuna):
            self._study = self._open(file)
        self._check_identity(file, json.loads(json.dumps(identity)))
        self._check_space(file)

    def ask(self, default: dict[str, Any]) -> Any:
        """
        Start a trial: an interrupted one, the defaults, or one of the sampler.

        Parameters
        ----------
        default : dict
            Value of each parameter of the space in the first trial. None: the trial
            leaves the parameter out.

        Returns
        -------
        optuna.Trial
            With the attributes "parameters" (what to train with) and "default".
        """
        asked: list[Any] = []
        try:
            uninterrupted(lambda: asked.append(self._ask(default)))()
        except BaseException:
            for trial in asked:  # Ctrl-C came meanwhile
                self.abort(trial)
            raise
        return asked[0]

    def _ask(self, default: dict[str, Any]) -> Any:
        optuna, states = self._optuna, self._optuna.trial.TrialState
        number = len(self._study.get_trials(deepcopy=False))
        self._study.sampler = optuna.samplers.TPESampler(
            seed=(self._seed * 1_000_003 + number) % 2**32,
            n_startup_trials=RANDOM_TRIALS,
            multivariate=True,
        )
        waiting = self._study.get_trials(deepcopy=False, states=(states.WAITING,))
        if not waiting and not self.default_is_done:
            known = {n: v for n, v in default.items() if self._space[n].contains(v)}
            self._study.enqueue_trial(
                known, user_attrs={"default": True, "parameters": default}
            )
            waiting = [None]
        distributions = self._distributions()
        if waiting and (waiting[0] is None or waiting[0].user_attrs.get("default")):
            distributions = {
                n: d
                for n, d in distributions.items()
                if self._space[n].contains(default[n])
            }
        with quiet(optuna):
            trial = self._study.ask(distributions)
        if "parameters" not in trial.user_attrs:
            used = {n: self._space[n].used(v) for n, v in trial.params.items()}
            trial.set_user_attr("parameters", used)
        return trial

    def finish(
        self, trial: Any, value: float | None, outcome: str, **facts: Any
    ) -> None:
        """
        End a trial.

        Parameters
        ----------
        trial : optuna.Trial
        value : float or None
            The score, if the outcome is "complete".
        outcome : str
            One of `OUTCOMES`. An interrupted or stopped trial is tried again first.
        facts
            Further attributes: seconds, test, reason.
        """
        uninterrupted(self._finish)(trial, value, outcome, **facts)

    def _finish(
        self, trial: Any, value: float | None, outcome: str, **facts: Any
    ) -> None:
        states = self._optuna.trial.TrialState
        for name, fact in {"outcome": outcome, **facts}.items():
            if fact is not None:
                trial.set_user_attr(name, fact)
        state = {
            "complete": states.COMPLETE,
            "pruned": states.PRUNED,
            "failed": states.PRUNED,  # the sampler then avoids such parameters
        }.get(outcome, states.FAIL)
        with quiet(self._optuna):
            self._study.tell(trial, value, state)
        if outcome in ("interrupted", "stopped"):
            kept = ("default", "parameters")
            attrs = {n: v for n, v in trial.user_attrs.items() if n in kept}
            self._study.enqueue_trial(trial.params, user_attrs=attrs)

    @uninterrupted
    def replace(self, trial: Any, setting: dict[str, Any]) -> None:
        """End a trial whose setting was tried before; the next one has `setting`."""
        self._finish(trial, None, "repeated")
        self._study.enqueue_trial(setting, user_attrs={"parameters": setting})

    def abort(self, trial: Any) -> None:
        """End a trial after Ctrl-C or an error, unless it has ended already."""
        number = trial.number
        if not self._study.get_trials(deepcopy=False)[number].state.is_finished():
            self._finish(trial, None, "interrupted")  # here: see the notes

    @property
    def default_is_done(self) -> bool:
        """Whether the defaults were tried: they have a score, or failed."""
        ended = ("complete", "failed")
        return any(t.is_default and t.outcome in ended for t in self.trials())

    @uninterrupted
    def trials(self) -> list[Trial]:
        """Return the trials that ended, in order."""
        found: list[Trial] = []
        n_counted = 0
        for frozen in self._study.get_trials(deepcopy=False):
            attrs = frozen.user_attrs
            if attrs.get("outcome") not in OUTCOMES:
                continue  # waiting, or of a process that was killed
            complete = attrs["outcome"] == "complete" and frozen.value is not None
            found.append(
                Trial(
                    number=n_counted + 1,
                    parameters=dict(attrs.get("parameters", frozen.params)),
                    score=frozen.value if complete else None,
                    test=attrs.get("test") if complete else None,
                    seconds=float(attrs.get("seconds", 0.0)),
                    outcome=attrs["outcome"],
                    reason=attrs.get("reason", ""),
                    is_default=bool(attrs.get("default")),
                )
            )
            n_counted += found[-1].counts
        return found

    @uninterrupted
    def _open(self, file: StrPath | None) -> Any:
        optuna = self._optuna
        storage: Any = None
        if file is not None:
            journal, path = optuna.storages.journal, os.fspath(file)
            drop_torn_line(Path(path))
            lock = journal.JournalFileOpenLock(path)  # symbolic links need rights
            backend = journal.JournalFileBackend(path, lock_obj=lock)
            backend.append_logs = _keeping_lines(backend.append_logs, path)
            try:
                storage = optuna.storages.JournalStorage(backend)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}: a damaged study: {error}") from error
        return optuna.create_study(
            storage=storage,
            study_name=NAME,
            direction="maximize" if self.higher_is_better else "minimize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(TRIALS_BEFORE_PRUNING),
        )

    def _check_identity(self, file: StrPath | None, identity: dict[str, Any]) -> None:
        """Raise ValueError if the study is of something else."""
        known = self._study.user_attrs.get("identity")
        if known is None:
            uninterrupted(self._study.set_user_attr)("identity", identity)
            return
        varied = {n for t in self._study.get_trials() for n in t.distributions}
        found = differences(known, identity, varied, self._space)
        if found:
            raise ValueError(
                f"{os.fspath(file or '')}: the study of another search, so its scores "
                f"do not compare: {'; '.join(found)}; {_FIX}"
            )

    def _check_space(self, file: StrPath | None) -> None:
        """Raise ValueError if a parameter had values of another kind."""
        check = self._optuna.distributions.check_distribution_compatibility
        now = self._distributions()
        for frozen in self._study.get_trials(deepcopy=False):
            for name in now.keys() & frozen.distributions.keys():
                try:
                    check(frozen.distributions[name], now[name])
                except ValueError as error:
                    raise ValueError(
                        f"{os.fspath(file or '')}: {name} has other values in the "
                        f"space of this study ({error}); a range may change, but not a "
                        f"list of values or its scale; {_FIX}"
                    ) from error

    def _distributions(self) -> dict[str, Any]:
        return {n: d.distribution(self._optuna) for n, d in self._space.items()}


def _keeping_lines(append: Callable[[Any], None], path: str) -> Callable[[Any], None]:
    """
    Return a function that appends to a journal, and leaves no part of a line.

    A full disk takes a part. The next line would follow it, and damage the study.
    """

    def append_logs(logs: Any) -> None:
        try:
            append(logs)
        except OSError as error:
            drop_torn_line(Path(path))
            if error.filename is None and error.errno is not None:
                raise OSError(error.errno, error.strerror, path) from error
            raise

    return append_logs


def check_journal(file: StrPath | None) -> None:
    """Raise an error if a file exists and is no journal, or cannot be created."""
    if file is None:
        return
    path = Path(path_text(file, "the path of a study, such as 'words.study'"))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no such folder: {path.parent}")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; expected the name of a study")
    if path.exists():
        with path.open("rb") as stream:
            start = stream.read(12)
        if start and not start.startswith(b'{"op_code"'):
            raise ValueError(
                f"{path}: expected a study that an earlier search wrote, or a new file"
            )


def drop_torn_line(path: Path) -> None:
    """Remove an incomplete last line, of a killed process or a full disk."""
    if not path.exists():
        return
    with path.open("r+b") as stream:
        content = stream.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            stream.truncate(whole)
