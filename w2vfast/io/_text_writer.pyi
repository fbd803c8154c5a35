from typing import TypeAlias

import numpy as np
import numpy.typing as npt

UInt8s: TypeAlias = npt.NDArray[np.uint8]

def text_bytes(prefix_bytes: int, n_rows: int, dimensions: int) -> int: ...
def format_rows(
    vectors: npt.NDArray[np.float32],
    prefixes: bytes | UInt8s,
    offsets: npt.NDArray[np.int64],
    out: UInt8s,
) -> int: ...
