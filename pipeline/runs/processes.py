"""A few processes, each with a pipe of its own: what kills one costs only the call that it was making.

Pools whose processes share a queue share its lock too: a process that is killed while it holds the lock leaves all the
others, and their caller, waiting for ever. Here nothing is shared, nothing is waited for without a bound, and a
process never outlives the one that started it. What does *not* belong here: what is called, and what a lost call
means.
"""

from __future__ import annotations

import fcntl
import math
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import struct
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

Call = tuple[Callable[..., Any], tuple[Any, ...]]

# A process that stops in the middle of handing over a result, or of taking a call, is given up after this time.
_STALLED_SECONDS = 60
# The time to import what it needs on a busy machine, before its first call.
_START_SECONDS = 600.0
_END_SECONDS = 5.0


class OutOfTimeError(Exception):
    """A call took more time than it may."""


class ProcessDiedError(Exception):
    """The process that made a call ended: it was killed, or ended itself."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(exitcode)
        self.exitcode = exitcode

    def __str__(self) -> str:
        """The error in words."""
        return f"its process ended with code {self.exitcode}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one call: seconds of its process's CPU time, seconds on the clock, and bytes of memory.

    Time on the clock depends on how busy the machine is, so its bound is a distant one; it ends a process that sleeps.
    CPU time is counted in whole seconds and without the time of further processes.
    """

    cpu_seconds: float | None = None
    wall_seconds: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The outcome of a call: its value, or the error that it raised or that ended it."""

    value: Any = None
    error: BaseException | None = None

    def result(self) -> Any:
        """The value. Raises the error where there is one."""
        if self.error is not None:
            raise self.error
        return self.value


class Processes:
    """A number of processes that make calls; a context at whose end they end.

    `prepare` is called once in each before its first call, `preload` are modules that are imported once for all of
    them, and after `calls_each` calls a process is replaced, because libraries leak memory. A process starts when
    there is a call for it.
    """

    def __init__(
        self,
        number: int,
        bounds: Bounds,
        *,
        preload: Sequence[str] = (),
        prepare: Callable[[], object] | None = None,
        calls_each: int | None = None,
    ) -> None:
        self._number = number
        self._bounds = bounds
        self._prepare = prepare
        self._calls_each = calls_each
        # Never a plain fork: the parent holds threads and locks of DuckDB and Dagster.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._idle: list[_Process] = []
        self._busy: list[_Process] = []
        self._starting: Future[None] | None = None

    def __enter__(self) -> Processes:
        """Enter the context; see `start` for processes that get ready at once."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes, whatever they are doing."""
        with suppress(OSError, EOFError):  # of the start of processes that nobody needs any more
            self._await_start()
        ending, self._idle, self._busy = [*self._idle, *self._busy], [], []
        _end(ending)

    def start(self, most: int | None = None) -> None:
        """Starts all of them, or so many, that are to be ready when the first call comes, and returns at once.

        The process that they are forked from imports for a second before it answers; meanwhile others can work here.
        """
        starter = ThreadPoolExecutor(1, thread_name_prefix="starting")
        self._starting = starter.submit(self._start, min(self._number, most or self._number))
        starter.shutdown(wait=False)

    def _start(self, number: int) -> None:
        while len(self._idle) + len(self._busy) < number:
            self._idle.append(self._new())

    def _await_start(self) -> None:
        """Wait until those that `start` starts are there. Raises what kept them from it, `TimeoutError` after long."""
        starting, self._starting = self._starting, None
        if starting is not None:
            starting.result(_START_SECONDS)

    def in_order(self, calls: Iterable[Call], ahead: int) -> Iterator[Ended]:
        """The outcome of each call, in the order of the calls.

        Where one takes long, the others go on until `ahead` of them wait for it.
        """
        waiting: dict[int, Ended] = {}
        first = 0

        def paced() -> Iterator[Call | None]:
            for number, call in enumerate(calls):
                while number - first >= ahead:
                    yield None
                yield call

        for number, ended in self.each(paced()):
            waiting[number] = ended
            while first in waiting:
                yield waiting.pop(first)
                first += 1

    def each(self, calls: Iterable[Call | None]) -> Iterator[tuple[int, Ended]]:
        """The number of each call, from 0, with its outcome, in the order in which they end.

        A call is taken from `calls` when a process is free for it; None says that there is none yet; it is asked again
        when a call has ended. One iteration at a time.
        """
        self._await_start()
        todo = iter(calls)
        given, more = 0, True
        try:
            while more or self._busy:
                while more and len(self._busy) < self._number:
                    try:
                        call = next(todo)
                    except StopIteration:
                        more = False
                        break
                    if call is None:
                        break
                    self._give(given, call)
                    given += 1
                yield from self._ended()
        finally:  # nobody waits any more for the calls still under way
            while self._busy:
                _end([self._busy.pop()])

    def _give(self, number: int, call: Call) -> None:
        self._idle = [process for process in self._idle if process.process.is_alive()]
        process = self._idle.pop(0) if self._idle else self._new()
        self._busy.append(process)
        process.give(number, call)

    def _ended(self) -> Iterator[tuple[int, Ended]]:
        """The calls that end next, none where a process only has to be looked at again."""
        if not self._busy:
            return
        now = time.monotonic()
        until = min(process.until for process in self._busy)
        awaited: list[Any] = [thing for process in self._busy for thing in (process.pipe, process.sentinel)]
        ready = set(wait(awaited, timeout=min(max(0.0, until - now), 60.0)))
        for process in list(self._busy):
            ended = process.ended(bool(ready & {process.pipe, process.sentinel}))
            if ended is not None:
                self._busy.remove(process)
                self._keep_or_end(process)
                yield process.number, ended

    def _keep_or_end(self, process: _Process) -> None:
        if process.is_usable and (self._calls_each is None or process.calls < self._calls_each):
            self._idle.append(process)
        else:
            _end([process])

    def _new(self) -> _Process:
        ours, theirs = self._context.Pipe()
        line, lifeline = self._context.Pipe()
        arguments = (theirs, lifeline, self._prepare, self._bounds)
        started = self._context.Process(target=_serve, args=arguments, daemon=True)
        started.start()
        theirs.close()
        lifeline.close()
        _never_stall(ours)
        return _Process(started, ours, line, self._bounds)


@dataclass(slots=True, eq=False)
class _Process:
    """One of the processes, as seen by the one that started it."""

    process: Any
    pipe: Connection
    line: Connection
    bounds: Bounds
    number: int = -1
    """Of the call that it makes."""
    calls: int = 0
    is_usable: bool = True
    until: float = math.inf
    _failed: OSError | None = field(default=None)

    @property
    def sentinel(self) -> int:
        return int(self.process.sentinel)

    def give(self, number: int, call: Call) -> None:
        """Hand the call over; a process that has died is reported when its result is awaited."""
        self.number = number
        wall = self.bounds.wall_seconds
        self.until = math.inf if wall is None else time.monotonic() + wall + (0 if self.calls else _START_SECONDS)
        self.calls += 1
        try:
            self.pipe.send(call)
        except OSError as error:
            self._failed = error

    def ended(self, is_ready: bool) -> Ended | None:
        """The outcome of the call, or None while it is under way."""
        if self._failed is not None:
            return self._died()
        if is_ready:
            return self._received()
        if time.monotonic() < self.until:
            return None
        self.is_usable = False
        return Ended(error=OutOfTimeError(f"{self.bounds.wall_seconds:g} seconds"))

    def _received(self) -> Ended | None:
        try:
            if self.pipe.poll():
                ended = self.pipe.recv()
                if ended is None:  # it is ready, and works on the call from now on
                    wall = self.bounds.wall_seconds
                    self.until = math.inf if wall is None else time.monotonic() + wall
                    return None
                assert isinstance(ended, Ended)
                return ended
        except (EOFError, OSError):
            return self._died()
        return self._died() if not self.process.is_alive() else None

    def _died(self) -> Ended:
        self.is_usable = False
        self.process.join(_END_SECONDS)
        exitcode = self.process.exitcode
        if exitcode == -signal.SIGXCPU:
            return Ended(error=OutOfTimeError(f"{self.bounds.cpu_seconds:g} seconds of CPU time"))
        return Ended(error=ProcessDiedError(exitcode))


def _end(processes: Sequence[_Process]) -> None:
    """End the processes, whatever they are doing."""
    for process in processes:
        process.line.close()
        process.process.kill()
    for process in processes:
        process.process.join(_END_SECONDS)
        process.pipe.close()


def _never_stall(pipe: Connection) -> None:
    """Make reading from and writing to the pipe fail once nothing has moved for some time."""
    with socket.socket(fileno=os.dup(pipe.fileno())) as end:
        bound = struct.pack("ll", _STALLED_SECONDS, 0)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)


# --- In a process of its own -----------------------------------------------------------------------


def _serve(pipe: Connection, lifeline: Connection, prepare: Callable[[], object] | None, bounds: Bounds) -> None:
    """Make the calls that come, one after the other, until no sender is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started it ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(lifeline)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if bounds.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory_bytes, bounds.memory_bytes))
    if prepare is not None:
        prepare()
    with suppress(EOFError, OSError):
        function, arguments = pipe.recv()  # the first call brings the modules that it needs
        pipe.send(None)
        while True:
            _bound_cpu_time(bounds.cpu_seconds)
            _send(pipe, _ended(function, arguments))
            function, arguments = pipe.recv()


def _ended(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Ended:
    try:
        return Ended(function(*arguments))
    except Exception as error:  # noqa: BLE001  # it is raised where it is waited for
        return Ended(error=_portable(error))


def _portable(error: Exception) -> Exception:
    """The error with its trace as a note; replaced by another where it cannot be sent to the parent."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # of this process's own making
    except Exception:  # noqa: BLE001  # whatever its own methods raise
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


def _send(pipe: Connection, ended: Ended) -> None:
    try:
        pipe.send(ended)
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        pipe.send(Ended(error=RuntimeError(f"What a call returned cannot be handed over: {error}")))


def _bound_cpu_time(seconds: float | None) -> None:
    """Allow this many seconds from now on; beyond them the system ends this process, whatever it is doing."""
    if seconds is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def _end_with(lifeline: Connection) -> None:
    """Make the system end this process once the other end of the lifeline is closed, even in the middle of C code."""
    descriptor = lifeline.fileno()
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
    if lifeline.poll():  # it was closed before it was watched
        os._exit(1)
    _kept.append(lifeline)


_kept: list[Connection] = []
