"""Reading many files at once, each in a worker process with limits on time and memory.

A file that breaks a limit, hangs or kills its worker comes back refused with that reason; the pool goes on. The
results come in the order of the files, whatever order the workers finish in.

Where the workers are is a setting, `DISCLOSURE_EXECUTOR`:

    pebble                  on this machine, one for each core; the default
    dask:local              on this machine, as a cluster of dask.distributed: to try it
    dask:tcp://HOST:PORT    the workers of a cluster that runs already

A cluster's workers need this package in the same version and see the reports under the same path, and they must be
allowed processes of their own, in which the limits hold: DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as OutOfTimeError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipeline import register
from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.parse import Parsed, Refusal, parse
from pipeline.raw_folder import Folder, InputError
from pipeline.register import Pin

Task = tuple[RawFile, Pin | None]
Made = TypeVar("Made")
Work = Callable[[Folder, RawFile, Pin | None], Made]
EXECUTOR = "DISCLOSURE_EXECUTOR"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds of time and bytes of a worker's memory; and how many workers there are.

    Without workers the files are read in this process, one by one and without limits: to look for a fault. On a
    cluster there are as many as the cluster has.
    """

    seconds: float = 120.0
    memory_bytes: int = 3 * 2**30
    workers: int = max(1, os.cpu_count() or 1)


# So many files wait for a worker at once: enough to keep the workers busy, few enough to hold in memory.
_AHEAD = 4
_TASKS_PER_WORKER = 500  # then a fresh one takes its place, whatever the libraries have leaked


def read_and_parse(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> Parsed:
    """Read and parse one file. Raises `OSError` where it cannot be read."""
    return parse(raw, register.read_bytes(raw_dir, raw), pin)


def parse_all(
    raw_dir: Folder, tasks: Iterable[Task], limits: Limits | None = None, work: Work[Parsed] = read_and_parse
) -> Iterator[tuple[RawFile, Parsed | OSError]]:
    """Each file with what it says, in the order given; or with the error that kept it from being read.

    Raises nothing for a bad file: what it breaks is its refusal.
    """
    return work_all(raw_dir, tasks, work, _refused, limits)


def work_all(
    raw_dir: Folder,
    tasks: Iterable[Task],
    work: Work[Made],
    refused: Callable[[RawFile, Refusal], Made],
    limits: Limits | None = None,
) -> Iterator[tuple[RawFile, Made | OSError]]:
    """Each file with what `work` makes of it, in the order given; or with the error that kept it from being read.

    `refused` makes the result for a file that broke a limit or its worker. Raises `InputError` where the setting
    of the executor cannot be used.
    """
    limits = limits or Limits()
    if not limits.workers:
        yield from ((raw, _here(work, raw_dir, raw, pin)) for raw, pin in tasks)
        return
    with _workers(limits, work) as workers:
        todo = iter(tasks)
        running: deque[tuple[RawFile, _Future]] = deque()
        while True:
            for raw, pin in islice(todo, workers.number * _AHEAD - len(running)):
                running.append((raw, workers.start(work, raw_dir, raw, pin)))
            if not running:
                return
            raw, future = running.popleft()
            found = _outcome(future, limits)
            yield raw, refused(raw, found) if isinstance(found, Refusal) else found


def _here(work: Work[Made], raw_dir: Folder, raw: RawFile, pin: Pin | None) -> Made | OSError:
    try:
        return work(raw_dir, raw, pin)
    except OSError as e:
        return e


def _outcome(future: _Future, limits: Limits) -> Any:
    """What was made of a file, the error that kept it from being read, or its refusal."""
    try:
        return future.result()
    except OutOfTimeError:
        return _refusal("too-slow", f"{limits.seconds:g} seconds")
    except MemoryError:
        return _refusal("too-much-memory", f"{limits.memory_bytes / 2**30:g} GiB")
    except ProcessExpired as e:
        return _refusal("reader-failed", f"its process ended with code {e.exitcode}")
    except OSError as e:
        return e


def _refusal(reason: str, detail: str) -> Refusal:
    return Refusal("read", reason, reason_sentence(reason, detail))


def _refused(raw: RawFile, refusal: Refusal) -> Parsed:
    return Parsed(raw, "unknown", refusal=refusal)


# --- Where the workers are -------------------------------------------------------------------------


class _Future(Protocol):
    """What a worker will have made; those of concurrent.futures, pebble and dask are such."""

    def result(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class _Workers:
    """How many there are, and how one of them is given a file."""

    number: int
    start: Callable[[Work[Any], Folder, RawFile, Pin | None], _Future]


@contextmanager
def _workers(limits: Limits, work: Work[Any]) -> Iterator[_Workers]:
    """The workers that the setting names, for as long as the block lasts."""
    kind, _, address = (os.environ.get(EXECUTOR) or "pebble").partition(":")
    if kind == "dask" and address:
        with _cluster(address) as client:
            yield _Workers(sum(client.ncores().values()), _on_cluster(client, limits))
    elif kind == "pebble" and not address:
        with _pool(limits, limits.workers, work) as pool:
            yield _Workers(limits.workers, lambda *task: pool.schedule(task[0], task[1:], timeout=limits.seconds))
    else:
        raise InputError(f"{EXECUTOR} is {os.environ[EXECUTOR]!r}; use pebble, dask:local or dask:tcp://HOST:PORT")


def _pool(limits: Limits, workers: int, work: Work[Any]) -> ProcessPool:
    # Never a plain fork: the parent holds threads and locks of DuckDB and Dagster.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, work.__module__])
    return ProcessPool(workers, _TASKS_PER_WORKER, _settle, (limits.memory_bytes,), context)


def _settle(memory_bytes: int) -> None:
    """In a new worker: no more memory than the limit, so that the system never has to choose what to kill."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """A client of the cluster at an address, or of one of this machine."""
    try:
        dask, distributed = (importlib.import_module(name) for name in ("dask", "distributed"))
    except ImportError:
        raise InputError(f"{EXECUTOR} asks for dask, which is not installed: pip install 'disclosure[dask]'") from None
    with ExitStack() as stack:
        if address == "local":
            stack.enter_context(dask.config.set({"distributed.worker.daemon": False}))
            address = stack.enter_context(distributed.LocalCluster(threads_per_worker=1, dashboard_address=None))
        yield stack.enter_context(distributed.Client(address))


def _on_cluster(client: Any, limits: Limits) -> Callable[[Work[Any], Folder, RawFile, Pin | None], _Future]:
    executor = client.get_executor(pure=False)
    return lambda *task: executor.submit(_within_limits, limits, *task)


def _within_limits(limits: Limits, work: Work[Any], raw_dir: Folder, raw: RawFile, pin: Pin | None) -> Any:
    """On a worker of a cluster: the file in a process of its own, so that what kills it leaves the worker alive."""
    pool = _pool_of_worker(limits, work)
    return pool.schedule(work, (raw_dir, raw, pin), timeout=limits.seconds).result()


@cache
def _pool_of_worker(limits: Limits, work: Work[Any]) -> ProcessPool:
    """The processes that a cluster's worker keeps for its threads."""
    return _pool(limits, 1, work)
