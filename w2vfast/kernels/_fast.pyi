import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import KernelArguments

def train(
    args: KernelArguments,
    epoch: int,
    first_block: int,
    last_block: int,
    loss: float = 0.0,
) -> tuple[float, int, int, bool]: ...
def evaluate(
    args: KernelArguments, first_block: int, last_block: int, log_z: NDArray[np.float64]
) -> tuple[float, int, int, bool]: ...
def log_partition(
    args: KernelArguments, first_word: int, last_word: int, out: NDArray[np.float64]
) -> None: ...

class Rounds:
    def __init__(self, args: KernelArguments, threads: int = 1) -> None: ...
    def begin(self, epoch: int, first_block: int, last_block: int) -> None: ...
    def work(self) -> None: ...
    def totals(self) -> tuple[float, int, int, bool] | None: ...
