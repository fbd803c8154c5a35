import numpy as np
import numpy.typing as npt

def select_rows(
    scores: npt.NDArray[np.float32],
    scale: npt.NDArray[np.float32],
    first_row: int,
    best: npt.NDArray[np.float32],
    error: float,
    rows: npt.NDArray[np.intp],
    selected: npt.NDArray[np.float32],
    counts: npt.NDArray[np.intp],
) -> int: ...
def products_and_lengths(
    rows: npt.NDArray[np.float32],
    query: npt.NDArray[np.float32],
    products: npt.NDArray[np.float32],
    lengths: npt.NDArray[np.float32],
) -> bool: ...
