"""Skip-gram with softmax, written with PyTorch's own layers and optimiser."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import cross_entropy, log_softmax

from harness.measure import memory_mb, timed
from harness.softmax.task import BY_PAIR, Task


def train_torch(task: Task) -> dict[str, Any]:
    """
    Train one epoch on one thread.

    The losses can be compared with w2vfast. Centre vectors start uniform in
    ±1 / (2 d), outside vectors at 0, and the gradients of a batch are summed. Only
    the random numbers differ. Pairs are made before the clock starts.

    Returns
    -------
    dict
        cpu_seconds; loss: mean of all pairs; mb_before: memory with everything
        imported and initialised; peak_mb: largest memory after training.
    """
    torch.set_num_threads(1)
    torch.manual_seed(1)
    centre = torch.nn.Embedding(task.words, task.vector_size, sparse=True)
    outside = torch.nn.Linear(task.vector_size, task.words, bias=False)
    torch.nn.init.uniform_(centre.weight, -0.5, 0.5)
    with torch.no_grad():
        centre.weight /= task.vector_size
    torch.nn.init.zeros_(outside.weight)
    matrices = [*centre.parameters(), *outside.parameters()]
    optimiser = torch.optim.SGD(matrices, lr=task.alpha)
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
    batch_loss(*batches[0]).backward()  # warm-up: torch allocates in its first call
    loss, seconds = timed(epoch)
    return {
        "cpu_seconds": seconds.cpu,
        "loss": loss,
        "mb_before": before,
        "peak_mb": memory_mb(),
    }
