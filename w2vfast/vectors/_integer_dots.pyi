import numpy as np
import numpy.typing as npt

def integer_dots(
    rows: npt.NDArray[np.int8],
    query: npt.NDArray[np.int16],
    out: npt.NDArray[np.int32],
) -> None: ...
