"""Skip-gram with softmax as one would write it in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from apart import memory_mb
from report import timed
from torch.nn.functional import cross_entropy, log_softmax

if TYPE_CHECKING:
    from softmax_task import Task

BY_PAIR = "torch, by pair"
BY_CENTRE = "torch, by centre"
CONTENDERS = (BY_CENTRE, BY_PAIR)


def train_torch(task: Task) -> dict[str, Any]:
    """
    Train one epoch on one thread; pairs are made before the clock starts.

    The tables begin as in w2vfast (uniform in ±1 / (2 d), drawn anew; zeros) and the
    gradients of a batch are summed, so the losses can be compared.
    """
    torch.set_num_threads(1)
    torch.manual_seed(1)
    centre = torch.nn.Embedding(task.words, task.vector_size, sparse=True)
    outside = torch.nn.Linear(task.vector_size, task.words, bias=False)
    torch.nn.init.uniform_(centre.weight, -0.5, 0.5)
    with torch.no_grad():
        centre.weight /= task.vector_size
    torch.nn.init.zeros_(outside.weight)
    tables = [*centre.parameters(), *outside.parameters()]
    optimiser = torch.optim.SGD(tables, lr=task.alpha)
    batches = [tuple(map(torch.from_numpy, batch)) for batch in task.batches()]

    def batch_loss(
        centres: torch.Tensor, rows: torch.Tensor, words: torch.Tensor
    ) -> torch.Tensor:
        if task.contender == BY_PAIR:
            scores = outside(centre(centres[rows]))
            return cross_entropy(scores, words, reduction="sum")
        return -log_softmax(outside(centre(centres)), dim=1)[rows, words].sum()

    def epoch() -> float:
        total = 0.0
        for batch in batches:
            optimiser.zero_grad()
            loss = batch_loss(*batch)
            loss.backward()
            optimiser.step()
            total += loss.item()
        return total / sum(len(words) for _, _, words in batches)

    before = memory_mb("VmRSS:")
    batch_loss(*batches[0]).backward()  # what torch sets up at its first use
    loss, seconds = timed(epoch)
    return {
        "cpu_seconds": seconds.cpu,
        "loss": loss,
        "mb_before": before,
        "peak_mb": memory_mb(),
    }
