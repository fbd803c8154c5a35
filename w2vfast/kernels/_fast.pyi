import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job

def train(
    job: Job, epoch: int, first_block: int, last_block: int
) -> tuple[float, int, int, bool]: ...
def evaluate(
    job: Job, first_block: int, last_block: int, log_z: NDArray[np.float64]
) -> tuple[float, int, int, bool]: ...
def log_partition(
    job: Job, first_word: int, last_word: int, out: NDArray[np.float64]
) -> None: ...
