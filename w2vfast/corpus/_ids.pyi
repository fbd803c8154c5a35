from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int32s: TypeAlias = npt.NDArray[np.int32]
Int64s: TypeAlias = npt.NDArray[np.int64]

def translate(ids: Int32s, mapping: Int32s, out: Int32s) -> None: ...
def select(ids: Int32s, mapping: Int32s, out: Int32s, ends: Int64s) -> int: ...
def count(ids: Int32s, counts: Int64s, order: Int64s, seen: int) -> int: ...
