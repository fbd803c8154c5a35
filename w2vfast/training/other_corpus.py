"""The corpus of a resumed run is compared with that of its beginning."""

from __future__ import annotations

from typing import Protocol

from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.parameters import Parameters
from w2vfast.wording import counted

_SAME = (
    "pass the same corpus, its files in the same order, read with the same encoding, "
    "errors, field and max_counted_words"
)


class Run(Protocol):
    """The attributes of `TrainingState` that are compared here."""

    parameters: Parameters
    tokens: int
    corpus: Fingerprint

    @property
    def done(self) -> bool:
        """Whether all epochs are finished."""


class OtherCorpusError(ValueError):
    """
    A run cannot continue on this corpus: it began on another one.

    Parameters
    ----------
    difference : str
        What differs.
    advice : str
        What to do.

    Attributes
    ----------
    difference : str
    """

    def __init__(self, difference: str, advice: str) -> None:
        super().__init__(difference, advice)  # both, so that pickle can restore it
        self.difference: str = difference

    def __str__(self) -> str:
        return ": ".join(self.args)


def check_same_corpus(
    run: Run, tokens: int, corpus: Fingerprint, dropped: int = 0
) -> None:
    """
    Raise OtherCorpusError if a run was over another corpus than this one.

    Parameters
    ----------
    run : Run
    tokens : int
        Of the encoded corpus.
    corpus : Fingerprint
        Of the encoded corpus.
    dropped : int, default 0
        Tokens that encoding has dropped. It keeps unknown words if the vocabulary is
        that of the corpus, so the tokens of the run may contain them.
    """
    if run.tokens == tokens and corpus.matches(run.corpus):
        return
    kind = "finished" if run.done else "interrupted"
    if run.tokens in (tokens, tokens + dropped):
        difference = (
            f"the {kind} run was over another corpus of {counted(run.tokens, 'token')}"
            ", as many as this one has; its words, their order or its sentences differ "
            f"(fingerprint {run.corpus.text}, here {corpus.text})"
        )
    else:
        difference = (
            f"the {kind} run was over {counted(run.tokens, 'token')}, this corpus has "
            f"{tokens + dropped:,}"
        )
        if dropped:
            difference += f", {tokens:,} of them in the vocabulary"
    raise OtherCorpusError(
        difference, f"{_SAME}, or start a new run with {new_run(run)}"
    )


def resuming(error: OtherCorpusError, name: str, run: Run) -> OtherCorpusError:
    """Return the error for `resume`, which takes no parameters of a new run."""
    call = f"Word2Vec.load({name!r}).{new_run(run)}"
    return OtherCorpusError(
        f"{name}: {error.difference}", f"{_SAME}, or train its vectors on with {call}"
    )


def new_run(run: Run) -> str:
    """Return the call that starts a new run instead of continuing this one."""
    return f"train(corpus{'' if run.done else f', epochs={run.parameters.epochs}'})"
