from collections.abc import Callable
from io import FileIO
from pathlib import Path
from types import TracebackType

from w2vfast.runtime.pause_gate import PauseGate

class _Context:
    def __enter__(self) -> None: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

class _Hold(_Context):
    def __init__(self, gate: PauseGate) -> None: ...

class Work(_Hold): ...
class Pause(_Hold): ...
class Claim(_Hold): ...

class FileHold(_Context):
    file: FileIO | None
    def __init__(
        self,
        acquire: Callable[[FileHold], object],
        release: Callable[[FileIO], object],
        paths: set[Path],
        path: Path,
    ) -> None: ...
