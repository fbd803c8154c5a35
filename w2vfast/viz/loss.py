"""Draw losses and the learning rate by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from w2vfast.viz.colours import GROUPS, OTHERS
from w2vfast.viz.packages import load
from w2vfast.wording import counted, quoted


class Rate(NamedTuple):
    """
    The learning rate of a training run, which falls linearly.

    Attributes
    ----------
    first_epoch : int
        Epochs that the model was trained before this run.
    epochs : int
        Epochs of the whole run.
    trained : float
        Epochs of the run trained so far.
    first, last : float
        The rate at the start and at the end of the whole run.
    """

    first_epoch: int
    epochs: int
    trained: float
    first: float
    last: float


def draw_loss(
    losses: Sequence[float],
    held_out: Sequence[float] = (),
    rate: Rate | None = None,
    ax: Any = None,
) -> Any:
    """
    Draw the mean loss of each epoch, and the rate on an axis on the right.

    Parameters
    ----------
    losses : sequence of n float
    held_out : sequence of at most n float
        Losses after the last epochs.
    rate : Rate, optional
    ax : matplotlib Axes, optional
        By default a new figure.

    Returns
    -------
    matplotlib Axes
        Those of the losses.
    """
    ticker = load("matplotlib.ticker", "a plot")
    if ax is None:
        plt = load("matplotlib.pyplot", "a plot")
        ax = plt.subplots(figsize=(7.0, 4.2), layout="constrained")[1]
    epochs = range(1, len(losses) + 1)
    lines = ax.plot(epochs, losses, marker="o", color=GROUPS[0], label="training loss")
    if held_out:
        numbers = epochs[len(losses) - len(held_out) :]
        lines += ax.plot(
            numbers, held_out, marker="s", color=GROUPS[1], label="held-out loss"
        )
    if rate is not None:
        lines.append(_draw_rate(ax, rate))
    ax.set_xlim(0.5, len(losses) + 0.5)
    ax.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
    ax.set_xlabel("epoch")
    ax.set_ylabel("mean loss")
    ax.grid(axis="y", color="#E4E4E4", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.spines["top"].set_visible(False)
    ax.legend(handles=lines, fontsize=9, framealpha=0.9, edgecolor="#CCCCCC")
    return ax


def _draw_rate(ax: Any, rate: Rate) -> Any:
    """Draw the rate from the start of the run's first epoch; return its line."""
    right = ax.twinx()
    start = rate.first_epoch + 0.5  # a mean over epoch 1 stands at 1, its middle
    now = rate.first + (rate.last - rate.first) * rate.trained / rate.epochs
    (line,) = right.plot(
        [start, start + rate.trained], [rate.first, now], linestyle="--", linewidth=1.2,
        color=OTHERS, label="learning rate",
    )  # fmt: skip
    right.set_ylim(0, rate.first * 1.1)
    right.set_ylabel("learning rate", color="#595959")
    right.tick_params(axis="y", colors="#595959")
    right.spines["top"].set_visible(False)
    ax.set_zorder(right.get_zorder() + 1)  # losses over the rate
    ax.patch.set_visible(False)
    return line


def held_out_losses(held_out: Any, epochs: int) -> list[float]:
    """
    Return the losses of a callback, or of a list, as numbers.

    Parameters
    ----------
    held_out : EarlyStopping, EpochScores, sequence of float, or None
        The items may be results of ``model.evaluate_loss`` as well.
    epochs : int
        Trained epochs: the largest length.

    Raises
    ------
    TypeError, ValueError
        If it holds something else, nothing, or more than one value for an epoch.
    """
    if held_out is None:
        return []
    history = getattr(held_out, "history", held_out)
    try:
        losses = [float(getattr(item, "loss", item)) for item in history]
    except (TypeError, ValueError):
        raise TypeError(
            f"held_out={quoted(held_out)}: expected EarlyStopping('held_out_loss', …) "
            "or EpochScores after training, or a list of losses"
        ) from None
    if not 0 < len(losses) <= epochs:
        raise ValueError(
            f"held_out has {counted(len(losses), 'value')} for "
            f"{counted(epochs, 'trained epoch')}: expected one after each epoch; pass "
            "a callback that this model was trained with"
        )
    return losses
