"""Training runs: how far one has come, and which one is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from w2vfast.training.parameters import Parameters


@dataclass
class Run:
    """
    How far a training run has come; with it, it can go on later.

    Attributes
    ----------
    parameters : Parameters
    first_epoch : int
        Number of its first epoch in the model's life, for random numbers.
    epoch, block : int
        What comes next.
    tokens : int
        Length of the corpus that it runs over.
    loss, pairs
        Sums over the part of `epoch` that is done.
    trained : int
        Pairs of all epochs that are over.
    """

    parameters: Parameters
    first_epoch: int
    tokens: int
    epoch: int = 0
    block: int = 0
    loss: float = 0.0
    pairs: int = 0
    trained: int = 0

    @property
    def done(self) -> bool:
        """Whether all epochs are over."""
        return self.epoch >= self.parameters.epochs

    def trained_tokens(self, block: int) -> int:
        """Return the tokens that are done with, `block` being those of a work unit."""
        return self.epoch * self.tokens + self.block * block

    def as_dict(self) -> dict[str, Any]:
        """Return names and values, for a file."""
        return {**vars(self), "parameters": self.parameters.as_dict()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Run:
        """Return what `as_dict` gave back as a run."""
        return cls(**{**state, "parameters": Parameters(**state["parameters"])})


def next_run(
    old: Run | None, parameters: Parameters, tokens: int, overrides: dict[str, Any]
) -> Run:
    """
    Return the interrupted run, or a new one.

    Parameters
    ----------
    old : Run or None
        The model's last run.
    parameters : Parameters
        The model's.
    tokens : int
        Length of the corpus to be trained.
    overrides : dict
        Parameters to change; if there are any, the run is a new one.

    Raises
    ------
    ValueError
        If the interrupted run was over another corpus, or a parameter is wrong.
    TypeError
        If a parameter can't be changed, or there is none of that name.
    """
    first = 0 if old is None else old.first_epoch + old.epoch
    if old is None or old.done or overrides:
        return Run(parameters.override(**overrides), first, tokens)
    if old.tokens != tokens:
        raise ValueError(
            f"the interrupted run was over {old.tokens:,} tokens, this corpus has "
            f"{tokens:,}: pass the same corpus, or epochs=… to begin a new run"
        )
    return old
