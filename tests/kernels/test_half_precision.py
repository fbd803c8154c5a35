import importlib.util
import pathlib

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

spec = importlib.util.spec_from_file_location(
    "tk", pathlib.Path(__file__).parent / "test_kernels.py"
)
tk = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tk)
SET = [
    *tk.settings(48, loss=(LOSSES[0], LOSSES[2])),
    *tk.settings(24, **tk.BOTH_LOSSES),
    *tk.settings(18, **(tk.WEIGHTED | {"loss": LOSSES[:1]})),
]
expected_run = tk.expected_run


@pytest.mark.parametrize("setting", SET, ids=tk.short_name)
def test_x(kernels, expected_run, copy_arguments, setting):
    arguments, expected, sums = expected_run(setting | {"dtype": np.float16})
    arguments = copy_arguments(arguments)
    for got, right in zip(tk.train_all(kernels, arguments), sums, strict=True):
        assert got[1:] == right[1:]
        assert got[0] == pytest.approx(right[0], rel=1e-3, abs=1e-6)
    for name in ("centre", "outside"):
        g, e = (getattr(a, name).astype(np.float32) for a in (arguments, expected))
        ulp = np.spacing(np.abs(getattr(expected, name))).astype(np.float32)
        off = np.abs(g - e) / ulp
        print(name, "equal", (off == 0).mean(), "max ulps", off.max())
    d = setting["vector_size"]
    assert not arguments.centre[:, d:].any()
    assert not arguments.outside[:, d:].any()
