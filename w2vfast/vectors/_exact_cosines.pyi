import numpy as np
import numpy.typing as npt

def exact_cosines(
    vectors: npt.NDArray[np.float32],
    rows: npt.NDArray[np.intp],
    units: npt.NDArray[np.float64],
    owners: npt.NDArray[np.intp] | None,
    lengths: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None: ...
