"""Callbacks of training."""

from __future__ import annotations

from typing import Any


class CallbackAny2Vec:
    """Base class of callbacks. Each method receives the model; override any of them."""

    def on_train_begin(self, model: Any) -> None:
        """Run before training."""

    def on_train_end(self, model: Any) -> None:
        """Run after training."""

    def on_epoch_begin(self, model: Any) -> None:
        """Run before each epoch."""

    def on_epoch_end(self, model: Any) -> None:
        """Run after each epoch."""
