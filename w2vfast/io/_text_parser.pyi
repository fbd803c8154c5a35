from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = bytes | bytearray | memoryview | npt.NDArray[np.uint8]
Int64s: TypeAlias = npt.NDArray[np.int64]

def count_lines(data: Bytes) -> int: ...
def find_lines(data: Bytes, starts: Int64s) -> None: ...
def parse_lines(
    data: Bytes,
    starts: Int64s,
    first: int,
    last: int,
    vectors: npt.NDArray[np.float32],
    keys: Int64s,
) -> int: ...
