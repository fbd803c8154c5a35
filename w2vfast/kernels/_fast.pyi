from w2vfast.kernels.job import Job

def train(
    job: Job, epoch: int, first_block: int, last_block: int
) -> tuple[float, int, int, bool]: ...
