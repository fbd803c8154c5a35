"""The contents of a model in a few rows, for notebooks."""

from __future__ import annotations

from w2vfast.training.state import ModelState

_SHOWN_WORDS = 10


def summary_rows(model: ModelState) -> list[tuple[str, str]]:
    """
    Return names and values: size, objective, epochs, loss, and the first words.

    Parameters
    ----------
    model : ModelState
        Its vectors are not read, so a run may be training it.
    """
    p, losses = model.parameters, list(model.loss_history)
    epochs = f"{len(losses)} trained"
    if model.run is not None and not model.run.done:
        epochs += f"; this run: {model.run.epoch} of {model.run.parameters.epochs}"
    rows = [
        ("words", f"{len(model.vocabulary):,}"),
        ("dimensions", f"{p.vector_size}"),
        ("architecture", f"{p.architecture}, window {p.window}"),
        ("objective", p.loss),
        ("epochs", epochs),
    ]
    if losses:
        rows.append(("loss", f"{losses[-1]:.4f} (first epoch: {losses[0]:.4f})"))
    first = model.vocabulary.index_to_key[:_SHOWN_WORDS]
    return [*rows, ("most frequent", ", ".join(first))]
