"""Settings of a run: number of threads, kernel build, progress bar."""

from __future__ import annotations

from typing import NamedTuple

from w2vfast import kernels as builds
from w2vfast.runtime import threads


class Execution(NamedTuple):
    """
    Settings for the speed of a run; results depend on them only slightly.

    Attributes
    ----------
    workers : int
        Number of threads.
    kernels : str
        Name of a kernel build.
    progress : bool or None
        Whether to show progress bars. None: only if standard error is a terminal.
    """

    workers: int
    kernels: str
    progress: bool | None

    @classmethod
    def resolve(
        cls, workers: int | None, kernels: str, progress: bool | None
    ) -> Execution:
        """
        Check the settings and choose the defaults.

        Raises
        ------
        ValueError, TypeError
            If `workers`, `kernels` or `progress` is out of range.
        ImportError
            If the build is not installed or this CPU cannot run it.
        """
        if progress is not None and not isinstance(progress, bool):
            raise TypeError(
                f"progress={progress!r}: expected True, False, or None to show bars "
                "only on a terminal"
            )
        return cls(threads.resolve(workers), builds.resolve(kernels), progress)
