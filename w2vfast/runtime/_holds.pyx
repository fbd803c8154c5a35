"""Contexts of `PauseGate` and of file locks, in C: no signal handler runs in between.

Python runs handlers between its own instructions. A context in Python that Ctrl-C
interrupts just after a step could end without the step that takes it back. CPython
3.14 also runs handlers between the entry of a context and its block. No exit is called
then, but the context is deleted, and that ends it, too.

A handler still runs while an entry waits for a lock. Then the entry takes back what it
did, and KeyboardInterrupt leaves it.
"""

from _thread import allocate_lock, get_ident

cimport cython


cdef object enter_work(gate, thread):
    """Announce a worker; leave and wait while other threads pause."""
    while True:
        lock = allocate_lock()
        lock.acquire()
        gate.workers[thread] = lock
        pause = first_pause(gate, thread)
        if pause is None:
            break
        leave_work(gate, thread)
        with pause:
            pass
    gate.turns += 1


cdef object first_pause(gate, thread):
    """Return the lock of a pause of another thread, or None."""
    for pause, owner in list(gate.pauses.items()):
        if owner != thread:
            return pause
    return None


cdef bint leave_work(gate, thread) except -1:
    """End the work of a thread; return whether there was any."""
    lock = gate.workers.pop(thread, None)
    if lock is None:
        return False
    lock.release()
    return True


@cython.no_gc
cdef class Work:
    """Keeps pauses from beginning, unless this thread works already."""

    cdef object gate, thread

    def __cinit__(self, gate):
        self.gate = gate
        self.thread = None

    def __enter__(self):
        thread = get_ident()
        if thread not in self.gate.workers:
            enter_work(self.gate, thread)
            self.thread = thread

    def __exit__(self, *error):
        self.end()

    def __dealloc__(self):
        self.end()

    cdef int end(self) except -1:
        thread, self.thread = self.thread, None
        if thread is not None:
            leave_work(self.gate, thread)
        return 0


@cython.no_gc
cdef class Pause:
    """Keeps workers out; suspends the work of this thread."""

    cdef object gate, thread, lock
    cdef bint suspends

    def __cinit__(self, gate):
        self.gate = gate
        self.lock = None
        self.suspends = False

    def __enter__(self):
        self.thread = get_ident()
        self.suspends = leave_work(self.gate, self.thread)
        lock = allocate_lock()
        lock.acquire()
        self.gate.pauses[lock] = self.thread
        self.lock = lock
        try:
            while workers := list(self.gate.workers.values()):
                with workers[0]:
                    pass
        except BaseException:
            self.end()
            self.resume_work()
            raise

    def __exit__(self, *error):
        self.end()
        self.resume_work()

    def __dealloc__(self):
        self.end()

    cdef int end(self) except -1:
        lock, self.lock = self.lock, None
        if lock is not None:
            self.gate.pauses.pop(lock, None)
            lock.release()
        return 0

    cdef int resume_work(self) except -1:
        if self.suspends:
            self.suspends = False
            enter_work(self.gate, self.thread)
        return 0


@cython.no_gc
cdef class Claim:
    """The right to train a model: one thread at a time, and not again inside."""

    cdef object gate, lock

    def __cinit__(self, gate):
        self.gate = gate
        self.lock = None

    def __enter__(self):
        lock = self.gate.claim
        if not lock.acquire(False):
            raise RuntimeError(
                "train() was called while another train() of this model runs, in "
                "another thread or around this callback: wait until it has returned, "
                "or train a copy, copy.deepcopy(model)"
            )
        self.lock = lock
        self.gate.claimant = get_ident()

    def __exit__(self, *error):
        self.end()

    def __dealloc__(self):
        self.end()

    cdef int end(self) except -1:
        lock, self.lock = self.lock, None
        if lock is not None:
            self.gate.claimant = None
            lock.release()
        return 0


@cython.no_gc
cdef class FileHold:
    """Keeps an open file that `acquire` has put in `file`, and `path` in `paths`.

    `release` is called with the file when the context ends, however it ends, and the
    file is closed then. Both functions are in Python: a handler that runs in
    `acquire` ends the context, and one that runs in `release` leaves the rest to the
    system, which unlocks a file that is closed.
    """

    cdef object acquire, release, path
    cdef set paths
    cdef public object file

    def __cinit__(self, acquire, release, set paths, path):
        self.acquire, self.release = acquire, release
        self.paths, self.path = paths, path
        self.file = None

    def __enter__(self):
        try:
            self.acquire(self)
        except BaseException:
            self.end()
            raise
        self.paths.add(self.path)

    def __exit__(self, *error):
        self.end()

    def __dealloc__(self):
        self.end()

    cdef int end(self) except -1:
        file, self.file = self.file, None
        paths, self.paths = self.paths, None
        if paths is not None:
            paths.discard(self.path)
        if file is not None:
            try:
                self.release(file)
            finally:
                file.close()
        return 0
