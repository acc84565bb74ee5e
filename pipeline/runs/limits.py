"""The time and memory that reading a file may take, and how much of a batch is worked on at once."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

_MOST_BYTES = 3 * 2**30
_LEAST_BYTES = 2**30  # with less, the libraries alone do not fit
# The time of a file before others have had their turn: enough for a scan of twenty pages.
_FIRST_SECONDS = 120.0


def _ram_bytes() -> int:
    """How much memory the machine has, or the container that this runs in."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with suppress(OSError, ValueError):  # no container, or one without a limit
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return max(_LEAST_BYTES, min(found))


_RAM_BYTES = _ram_bytes()
_WORKERS = max(1, min(os.cpu_count() or 1, _RAM_BYTES // _LEAST_BYTES))


@dataclass(frozen=True, slots=True)
class Limits:
    """The time and memory that one file may take, and how many workers there are.

    `seconds` count a worker's CPU time: the time on the clock depends on how busy the machine is, so `wall_seconds` is
    a distant bound, which ends a worker that sleeps. `memory_bytes` apply to one worker; all workers together take no
    more than the machine has.

    Without workers the files are read in this process, one by one and without limits, which helps to find a fault. On
    a cluster there are as many workers as the cluster has.
    """

    seconds: float = 300.0  # a scan of sixty pages
    memory_bytes: int = min(_MOST_BYTES, _RAM_BYTES // _WORKERS)
    workers: int = _WORKERS
    wall_seconds: float = 1200.0

    @property
    def first(self) -> Limits:
        """The limits of a file before others have had their turn."""
        return replace(self, seconds=min(self.seconds, _FIRST_SECONDS))

    @property
    def alone(self) -> Limits:
        """The limits of a file that is read alone."""
        together = self.memory_bytes * max(1, self.workers)
        most = max(self.memory_bytes, min(_MOST_BYTES, together))
        return replace(self, workers=min(self.workers, 1), memory_bytes=most)


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """How much of a batch is worked on at once.

    `part_files` is how many files a part holds: validation takes 3 s for a part of any size, and a quarter of a MiB
    for each of its reports. Partitions with `load_reports` reports in all are loaded in one transaction: with more,
    DuckDB would need more memory or the disk, and each transaction of any size takes half a second. `piece_files` is
    how many files a piece of a backfill has, which are read again where it is killed.

    A folder of reports that lost `missing_files` files at once, and more than half of all, is taken for a missing disk.
    """

    part_files: int = 1_000
    load_reports: int = 4_000
    piece_files: int = 20_000
    missing_files: int = 10
