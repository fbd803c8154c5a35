"""Run replicas as actors of Ray, on the machines of its cluster."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

from w2vfast import __version__
from w2vfast.distributed.engines import ReplicaLostError
from w2vfast.distributed.replica import Job, Replica
from w2vfast.runtime.log import logger
from w2vfast.runtime.optional_packages import load
from w2vfast.wording import counted, shortened

_POLL_SECONDS = 10.0


class _Actor(Replica):
    """A replica that says where it runs."""

    def place(self) -> tuple[str, int, str]:
        """Return the machine, the number of the process, and its w2vfast."""
        return socket.gethostname(), os.getpid(), __version__


class _Handle(NamedTuple):
    job: Job
    actor: Any
    place: Any  # the first call of the actor
    started: float


class _Ticket(NamedTuple):
    handle: _Handle
    reference: Any


class RayEngine:
    """
    Runs each replica as an actor of Ray, on a machine that has free cores.

    All machines need the w2vfast of this process, the same Python, and fsspec if the
    corpus is at a URL.

    Parameters
    ----------
    address : str, optional
        As in ``ray.init``: "auto" for the cluster that this machine belongs to,
        "ray://host:10001" for another one, "local" for a new one of this machine
        alone. None: the cluster that this process is connected to, else "local".
    start_timeout : float, default 300
        Seconds to wait for free cores when a replica starts.

    Raises
    ------
    ImportError
        If Ray is not installed.
    ConnectionError
        If there is no cluster at the address, or Ray cannot start one.
    ValueError
        If this process is connected to Ray already, and `address` is given.

    Notes
    -----
    With ``with RayEngine(…) as engine:`` all actors end with the block, also after
    Ctrl-C. If this process is killed, Ray ends them.
    """

    def __init__(
        self, address: str | None = None, *, start_timeout: float = 300.0
    ) -> None:
        load("ray.exceptions", "RayEngine", "ray")
        ray = self._ray = load("ray", "RayEngine", "ray")
        if address is not None and ray.is_initialized():
            raise ValueError(
                f"address={address!r}: this process is connected to Ray already; leave "
                "the address out, or call ray.shutdown() first"
            )
        self._timeout = start_timeout
        self._connected = not ray.is_initialized()
        if self._connected:
            options: dict[str, Any] = {
                "log_to_driver": False,
                "logging_level": "WARNING",
            }
            if address in (None, "local"):
                options["include_dashboard"] = False
            with _kept_handlers(), _named_address(address):
                ray.init(address or "local", **options)
        self._handles: dict[int, _Handle] = {}
        self._places: dict[int, tuple[Any, str, int]] = {}
        self._lost = (
            ray.exceptions.RayActorError,
            ray.exceptions.WorkerCrashedError,
            ray.exceptions.NodeDiedError,
            ray.exceptions.ObjectLostError,
            ray.exceptions.OutOfMemoryError,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, job: Job) -> _Handle:
        """Start an actor for a job. It runs as soon as a machine has free cores."""
        actor = (
            self._ray.remote(_Actor)
            .options(num_cpus=job.workers, max_restarts=0, scheduling_strategy="SPREAD")
            .remote(job)
        )
        handle = _Handle(job, actor, actor.place.remote(), time.monotonic())
        self._handles[id(handle)] = handle
        return handle

    def share(self, value: Any) -> Any:
        """Put a value into the object store, from which each machine copies it once."""
        return self._ray.put(value)

    def call(self, handle: _Handle, method: str, *arguments: Any) -> _Ticket:
        """Start a call of a method of an actor."""
        try:
            return _Ticket(handle, getattr(handle.actor, method).remote(*arguments))
        except self._lost as error:
            raise ReplicaLostError(_short(error)) from error

    def result(self, ticket: _Ticket) -> Any:
        """
        Wait for a call, and return its result.

        Raises
        ------
        ReplicaLostError
            If the actor, its machine or the result was lost.
        TimeoutError
            If no machine has free cores for the actor.
        """
        try:
            self._wait(ticket)
            result = self._ray.get(ticket.reference)
            self._log_place(ticket.handle)
            return result
        except self._ray.exceptions.RayTaskError as error:
            cause = error.cause
            if isinstance(cause, self._lost):
                raise ReplicaLostError(_short(cause)) from error
            raise cause if isinstance(cause, Exception) else error from None
        except self._lost as error:
            raise ReplicaLostError(_short(error)) from error

    def stop(self, handle: _Handle) -> None:
        """Kill an actor."""
        self._handles.pop(id(handle), None)
        with suppress(Exception):
            self._ray.kill(handle.actor, no_restart=True)

    def close(self) -> None:
        """Kill all actors, and leave the cluster if this object connected to it."""
        for handle in list(self._handles.values()):
            self.stop(handle)
        if self._connected and self._ray.is_initialized():
            with _kept_handlers():  # Ray resets that of SIGTERM
                self._ray.shutdown()

    def _log_place(self, handle: _Handle) -> None:
        """Log once where an actor runs; raise RuntimeError for another version."""
        number = handle.job.replica
        if self._places.get(number, (None,))[0] is not handle.actor:
            machine, process, version = self._ray.get(handle.place)
            if version != __version__:
                raise RuntimeError(
                    f"{machine} has w2vfast {version}, this machine {__version__}: "
                    "install the same version on all machines"
                )
            self._places[number] = handle.actor, machine, process
            logger("distributed").info(
                "replica %d runs on %s, process %d", number, machine, process
            )

    def _wait(self, ticket: _Ticket) -> None:
        """Wait until a call has ended; raise TimeoutError if its actor never runs."""
        ray, handle = self._ray, ticket.handle
        while not ray.wait([ticket.reference], timeout=_POLL_SECONDS)[0]:
            if ray.wait([handle.place], timeout=0)[0]:
                continue
            seconds = time.monotonic() - handle.started
            free = ray.available_resources().get("CPU", 0)
            cores = ray.cluster_resources().get("CPU", 0)
            job = handle.job
            wanted = (
                f"replica {job.replica} waits for {counted(job.workers, 'free core')}"
            )
            state = f"{free:g} of the cluster's {cores:g} are free"
            if seconds > self._timeout:
                raise TimeoutError(
                    f"{wanted} since {seconds:.0f} s, but {state}: use fewer replicas "
                    "or workers, or add machines; resume continues from the checkpoint"
                )
            logger("distributed").warning("%s; %s", wanted, state)


@contextmanager
def _named_address(address: str | None) -> Iterator[None]:
    """Say of an address without a cluster what to check."""
    starts = address is None or address == "local"  # ray.init starts a cluster
    kinds = (ConnectionError, TimeoutError, RuntimeError) if starts else ConnectionError
    try:
        yield
    except kinds as error:
        what = f"no cluster of Ray answers at address={address!r}"
        if starts:
            what = f"Ray does not start on this machine (address={address!r})"
            fix = (
                "check that memory and disk are free, and the logs in "
                "/tmp/ray/session_latest/logs; or give the address of a running cluster"
            )
        elif address == "auto":
            fix = "start one with: ray start --head"
        elif str(address).startswith("ray://"):
            fix = (
                "check host and port (10001, unless the head was started with "
                "--ray-client-server-port), and the log ray_client_server.err there; a "
                "cluster with tokens needs RAY_AUTH_MODE=token, and its token, here too"
            )
        else:
            fix = "check host and port (6379, unless the head was started with --port)"
        reason = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise ConnectionError(f"{what} ({reason[0]}): {fix}") from error


@contextmanager
def _kept_handlers() -> Iterator[None]:
    """
    Keep the handlers of signals that this process has set.

    Ray sets its own for SIGTERM, which ends the process without a checkpoint, and when
    it ends, that of the system. If it raises SystemExit in the meantime, the handler of
    this process is called.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    except SystemExit as error:
        if callable(handler := before[signal.SIGTERM]):
            handler(signal.SIGTERM, None)
        raise KeyboardInterrupt from error
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)


def _short(error: BaseException) -> str:
    """Return the first line of an error of Ray, which has many."""
    lines = str(error).strip().splitlines()
    return shortened(f"{type(error).__name__}: {lines[0] if lines else ''}", 200)
