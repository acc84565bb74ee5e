"""Reading many files at once, each in a worker process with limits on time and memory.

A file that breaks a limit, hangs or kills its worker comes back refused with that reason; the pool goes on. The
results come in the order of the files, whatever order the workers finish in.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as OutOfTimeError
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from pipeline import register
from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.parse import Parsed, Refusal, parse
from pipeline.register import Pin

if TYPE_CHECKING:
    from pebble import ProcessFuture

Task = tuple[RawFile, Pin | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds of time and bytes of a worker's memory; and how many workers there are.

    Without workers the files are read in this process, one by one and without limits: to look for a fault.
    """

    seconds: float = 120.0
    memory_bytes: int = 3 * 2**30
    workers: int = max(1, os.cpu_count() or 1)


# So many files wait for a worker at once: enough to keep the workers busy, few enough to hold in memory.
_AHEAD = 4
_TASKS_PER_WORKER = 500  # then a fresh one takes its place, whatever the libraries have leaked


def read_and_parse(raw_dir: Path, raw: RawFile, pin: Pin | None) -> Parsed:
    """Read and parse one file. Raises `OSError` where it cannot be read."""
    return parse(raw, register.read_bytes(raw_dir, raw), pin)


def parse_all(
    raw_dir: Path,
    tasks: Iterable[Task],
    limits: Limits | None = None,
    work: Callable[[Path, RawFile, Pin | None], Parsed] = read_and_parse,
) -> Iterator[tuple[RawFile, Parsed | OSError]]:
    """Each file with what it says, in the order given; or with the error that kept it from being read.

    Raises nothing for a bad file: what it breaks is its refusal.
    """
    limits = limits or Limits()
    if not limits.workers:
        yield from ((raw, _here(work, raw_dir, raw, pin)) for raw, pin in tasks)
        return
    # Never a plain fork: the parent holds threads and locks of DuckDB and Dagster.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPool(limits.workers, _TASKS_PER_WORKER, _settle, (limits.memory_bytes,), context)
    with pool:
        todo = iter(tasks)
        running: deque[tuple[RawFile, ProcessFuture[Parsed]]] = deque()
        while True:
            for raw, pin in islice(todo, limits.workers * _AHEAD - len(running)):
                running.append((raw, pool.schedule(work, args=(raw_dir, raw, pin), timeout=limits.seconds)))
            if not running:
                return
            raw, future = running.popleft()
            yield raw, _outcome(raw, future, limits)


def _settle(memory_bytes: int) -> None:
    """In a new worker: no more memory than the limit, so that the system never has to choose what to kill."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _here(
    work: Callable[[Path, RawFile, Pin | None], Parsed], raw_dir: Path, raw: RawFile, pin: Pin | None
) -> Parsed | OSError:
    try:
        return work(raw_dir, raw, pin)
    except OSError as e:
        return e


def _outcome(raw: RawFile, future: ProcessFuture[Parsed], limits: Limits) -> Parsed | OSError:
    try:
        return future.result()
    except OutOfTimeError:
        return _refused(raw, "too-slow", f"{limits.seconds:g} seconds")
    except MemoryError:
        return _refused(raw, "too-much-memory", f"{limits.memory_bytes / 2**30:g} GiB")
    except ProcessExpired as e:
        return _refused(raw, "reader-failed", f"its process ended with code {e.exitcode}")
    except OSError as e:
        return e


def _refused(raw: RawFile, reason: str, detail: str) -> Parsed:
    return Parsed(raw, "unknown", refusal=Refusal("read", reason, reason_sentence(reason, detail)))
