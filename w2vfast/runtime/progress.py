"""Progress bars on standard error, for reading, training and evaluation."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Self

Advance = Callable[[int], object]


def is_wanted(progress: bool | None) -> bool:
    """Return whether to show a bar. None: only on a terminal and in a notebook."""
    if progress is None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        return terminal or _in_notebook()
    return progress


def _in_notebook() -> bool:
    """Return whether the code runs in a kernel of Jupyter."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _bar(**options: Any) -> Any:
    """Return a bar: tqdm's for notebooks where its widgets are installed."""
    if _in_notebook() and find_spec("ipywidgets") is not None:
        from tqdm.notebook import tqdm
    else:
        from tqdm import tqdm
    return tqdm(**options)


@contextmanager
def counting_bar(
    progress: bool | None, total: int | None, unit: str, what: str = "scan"
) -> Generator[Advance, None, None]:
    """
    Yield a function that moves a progress bar forward by a number of units.

    Several threads may call the function.

    Parameters
    ----------
    progress : bool or None
        See `is_wanted`. Without a bar the function does nothing.
    total : int or None
        Total number of units; None if unknown.
    unit : str
        Name of a unit, such as "B" for bytes.
    what : str
        The text before the bar.
    """
    if not is_wanted(progress):
        yield lambda count: None
        return
    lock = threading.Lock()
    options = {"total": total, "unit": unit, "desc": what}
    # leave=None: a bar below another one disappears at its end.
    with _bar(unit_scale=True, leave=None, **options) as bar:

        def advance(count: int) -> None:
            with lock:
                bar.update(count)

        yield advance


class TrainingBar:
    """
    A bar with words, words per second, loss, learning rate and time left.

    Parameters
    ----------
    progress : bool or None
        See `is_wanted`. Without a bar all methods do nothing.
    total : int
        Tokens of all epochs.
    done : int
        Tokens trained earlier.
    """

    def __init__(self, progress: bool | None, total: int, done: int) -> None:
        self._bar: Any = None
        if is_wanted(progress):
            self._bar = _bar(
                total=total, initial=done, unit="w", unit_scale=True, desc="train"
            )

    def advance(self, tokens: int, loss: float, alpha: float) -> None:
        """Move the bar forward by some tokens; show the loss and the learning rate."""
        if self._bar is not None:
            text = f"loss {loss:.4f}, rate {alpha:.4f}"
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update(min(tokens, self._bar.total - self._bar.n))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


class SearchBar:
    """
    A bar over a search: its share that is done, the trial, and the best score.

    Parameters
    ----------
    progress : bool or None
        See `is_wanted`. Without a bar all methods do nothing.
    """

    def __init__(self, progress: bool | None) -> None:
        self._bar: Any = None
        if is_wanted(progress):
            layout = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
            self._bar = _bar(total=1.0, desc="tune", bar_format=layout)

    def show(self, share: float, text: str) -> None:
        """Move the bar to a share, 0 to 1, and show a text."""
        if self._bar is not None:
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.n = max(self._bar.n, share)
            self._bar.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
