"""Pictures of a training run (need ``w2vfast[viz]``), and a table for notebooks."""

from __future__ import annotations

from typing import Any

from w2vfast.runtime.html_table import html_table
from w2vfast.training.summary import summary_rows
from w2vfast.word2vec.attributes import Attributes


class PictureMethods(Attributes):
    """Methods of `Word2Vec` that draw, and its table."""

    def plot_loss(self, held_out: Any = None, *, ax: Any = None) -> Any:
        """
        Draw the loss of each epoch, and the learning rate on an axis on the right.

        Parameters
        ----------
        held_out : EarlyStopping, EpochScores, or sequence of float, optional
            Losses on held-out text after the last epochs: the callback that `train`
            was given, or a list of losses or of results of `evaluate_loss`.
        ax : matplotlib Axes, optional
            By default a new figure.

        Returns
        -------
        matplotlib Axes
            Those of the losses. The rate is that of the last call of `train`; the model
            does not keep the rates of runs before.

        Raises
        ------
        ImportError
            If Matplotlib is not installed: ``pip install "w2vfast[viz]"``.
        TypeError, ValueError
            If no epoch is complete, or `held_out` does not fit the epochs.

        Examples
        --------
        >>> from w2vfast import EarlyStopping, Word2Vec
        >>> text = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 1000
        >>> stop = EarlyStopping("held_out_loss", corpus=text[:100])
        >>> model = Word2Vec(text, vector_size=16, epochs=3, workers=1)
        >>> ax = model.train(callbacks=stop).plot_loss(stop)
        >>> [line.get_label() for line in ax.lines]
        ['training loss', 'held-out loss']
        """
        from w2vfast.viz.loss import Rate, draw_loss, held_out_losses

        run, losses = self._state.run, list(self.loss_history)
        if run is None or not losses:
            raise ValueError(
                "this model has no complete epoch, so there is no loss to draw: "
                "call train first"
            )
        p = run.parameters
        rate = Rate(run.first_epoch, p.epochs, run.epoch, p.initial_alpha, p.min_alpha)
        return draw_loss(losses, held_out_losses(held_out, len(losses)), rate, ax)

    def _repr_html_(self) -> str:
        """Return an HTML table of parameters, losses and first words, for notebooks."""
        return html_table(repr(self), summary_rows(self._state))
