"""Where replicas run: the interface of an engine, and the engine of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from w2vfast.distributed.replica import Job, Replica


class ReplicaLostError(RuntimeError):
    """The process or the machine of a replica ended before it answered."""


#: The methods of an engine that a run calls.
_METHODS = ("start", "share", "call", "result", "stop")


class Engine(Protocol):
    """
    What an engine does: it runs objects of class `Replica` somewhere.

    An engine keeps no state of a run. If it raises `ReplicaLostError`, the driver
    starts the replica again, and gives it the merged vectors.
    """

    def start(self, job: Job) -> Any:
        """Start a replica for a job; return a handle."""

    def share(self, value: Any) -> Any:
        """Return a reference to a value, for arguments of several calls."""

    def call(self, handle: Any, method: str, *arguments: Any) -> Any:
        """Start a call of a method of a replica; return a ticket."""

    def result(self, ticket: Any) -> Any:
        """
        Wait for a call, and return its result.

        Raises
        ------
        ReplicaLostError
            If the replica was lost. Exceptions of the method are raised as they are.
        """

    def stop(self, handle: Any) -> None:
        """End a replica, also a lost one."""

    def close(self) -> None:
        """End what the engine itself started."""


class LocalEngine:
    """
    Runs replicas in this process, one after the other.

    It is no faster than one process. It shows what a run on several machines gives,
    bit for bit, and serves tests.
    """

    def start(self, job: Job) -> Replica:
        """Make a replica."""
        return Replica(job)

    def share(self, value: Any) -> Any:
        """Return the value itself."""
        return value

    def call(self, handle: Replica, method: str, *arguments: Any) -> Callable[[], Any]:
        """Return the call, which `result` makes."""
        return lambda: getattr(handle, method)(*arguments)

    def result(self, ticket: Callable[[], Any]) -> Any:
        """Make the call."""
        return ticket()

    def stop(self, handle: Replica) -> None:
        """Do nothing: the replica is freed with its handle."""

    def close(self) -> None:
        """Do nothing."""


def started_engine(engine: Engine | Callable[[], Engine] | None) -> Engine:
    """
    Return the engine that an argument stands for: see `train`.

    Raises
    ------
    TypeError
        If it is no engine, and no function that returns one.
    """
    if engine is None:
        return LocalEngine()
    found = engine() if callable(engine) else engine
    if all(callable(getattr(found, name, None)) for name in _METHODS):
        return found
    given = f"{engine!r} returns {found!r}" if callable(engine) else f"{found!r}"
    raise TypeError(
        f"engine: {given}, which is no engine: pass one, such as RayEngine(), or a "
        "function that returns one"
    )
