from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = bytes | bytearray | memoryview | npt.NDArray[np.uint8]

def find_white(data: Bytes, start: int) -> int: ...
def rfind_white(data: Bytes, start: int) -> int: ...
