from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int64s: TypeAlias = npt.NDArray[np.int64]
Float32s: TypeAlias = npt.NDArray[np.float32]

def compose(
    words: bytes,
    offsets: Int64s,
    first: int,
    last: int,
    rows: Float32s,
    n_words: int,
    minn: int,
    maxn: int,
    bucket: int,
    pruned_ids: Int64s,
    pruned_rows: Int64s,
    pruned: bool,
    out: Float32s,
) -> None: ...
