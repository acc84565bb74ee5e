"""What reading one file may take, and how much of a batch is worked on at once."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take, and how many workers there are.

    `seconds` are those of a worker's CPU time: how long a file takes on the clock says something of the machine, so
    that `wall_seconds` is a far bound, which ends what sleeps. `memory_bytes` are those of a worker.

    Without workers the files are read in this process, one by one and without limits: to look for a fault. On a
    cluster there are as many as the cluster has.
    """

    seconds: float = 120.0
    memory_bytes: int = 3 * 2**30
    workers: int = max(1, os.cpu_count() or 1)
    wall_seconds: float = 1200.0


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """How much of a batch is worked on at once.

    `part_files` is how many files a part holds: validation takes 3 s for a part, whatever is in it, and a quarter of
    a MiB for each of its reports. Partitions with `load_reports` reports in all are loaded in one transaction: with
    more, DuckDB would need more memory or the disk, and each transaction takes half a second, whatever is in it.
    `piece_files` is how many files a piece of a backfill has, which are read again where it is killed.

    A folder of reports that has lost `missing_files` files at once, and all of them, is taken for a missing disk.
    """

    part_files: int = 1_000
    load_reports: int = 4_000
    piece_files: int = 20_000
    missing_files: int = 10
