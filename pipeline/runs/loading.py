"""Loads the partitions of a validated batch, as many at once as memory holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.runs import run_report
from pipeline.runs.planning import displaced_paths, unfinished_paths
from pipeline.runs.stage_parts import parts
from pipeline.runs.workspace import BatchState, Workspace, exclusive, expect, save, state
from pipeline.schema import (
    PARTITIONED,
    REPORTS,
    Partition,
)
from pipeline.warehouse import (
    WarehouseBusyError,
    WarehouseError,
    WarehouseFullError,
)

Holding = Mapping[Path, Mapping[Partition, int]]
"""How many reports of which partitions lie in each part."""


def load(ws: Workspace, keys: Collection[Partition], holding: Holding | None = None) -> dict[Partition, dict[str, int]]:
    """Replace these partitions in the build database, all or none, and return their rows by table.

    Only the parts that hold their reports are read: those that `holding` names, where that is known already.
    """
    if not keys:
        return {}
    with exclusive(ws), run_report.timed(ws.work, "load"):
        current = expect(ws, "validated")
        lying = _holding(ws, keys) if holding is None else holding
        found = [part for part, reports in lying.items() if not reports.keys().isdisjoint(keys)]
        files = {t.name: [part / f"{t.name}.parquet" for part in found] for t in PARTITIONED}
        with ws.warehouse.writer() as writer:
            rows = writer.load(sorted(keys), files, displaced_paths(ws, current), ws.clock, cleared=current.cleared)
        if current.stage != "done":
            save(ws, replace(current, loaded=tuple(sorted({*current.loaded, *keys}))))
        loaded: Counter[str] = Counter()
        for counts in rows.values():
            loaded.update(counts)
        run_report.add(ws.work, "rows", loaded, partitions=len(rows))
        return rows


def _holding(ws: Workspace, keys: Collection[Partition]) -> Holding:
    """The number of reports of these partitions in each part; reads two columns."""
    import pyarrow.parquet as pq

    wanted, years = set(keys), sorted({year for _, year in keys})
    holding: dict[Path, dict[Partition, int]] = {}
    for part in parts(ws, "validated"):
        file, columns = part / f"{REPORTS.name}.parquet", ["district_code", "year"]
        reports = pq.read_table(file, columns=columns, filters=[("year", "in", years)]).group_by(columns)
        counts = reports.aggregate([([], "count_all")]).to_pylist()
        found = {(row["district_code"], row["year"]): row["count_all"] for row in counts}
        holding[part] = {key: number for key, number in found.items() if key in wanted}
    return holding


@dataclass(frozen=True)
class Loaded:
    """The rows of each loaded partition, by table, and the reason for each one that could not be loaded."""

    rows: Mapping[Partition, Mapping[str, int]]
    failed: Mapping[Partition, str]


def load_each(ws: Workspace, keys: Collection[Partition]) -> Loaded:
    """Replace these partitions, as many at once as memory holds; where some cannot be loaded, the others are.

    An error that would stop all of them, such as a full disk, is raised.
    """
    rows: dict[Partition, dict[str, int]] = {}
    failed: dict[Partition, str] = {}
    expect(ws, "validated")
    holding = _holding(ws, keys)
    for some in _at_once(sorted(keys), holding, ws.sizes.load_reports):
        loaded, not_loaded = _load_what_can_be(ws, some, holding)
        rows |= loaded
        failed |= not_loaded
    if failed and len(rows) + len(failed) > 1:
        # A report that moved can be loaded after it has left its former partition, or together with that.
        more, _ = _load_what_can_be(ws, sorted(failed), holding)
        rows |= more
    return Loaded(rows, {key: why for key, why in failed.items() if key not in rows})


def _at_once(keys: Sequence[Partition], holding: Holding, most: int) -> Iterator[list[Partition]]:
    """The partitions in groups that have at most `most` reports in all."""
    reports: Counter[Partition] = Counter()
    for lying in holding.values():
        reports.update(lying)
    some: list[Partition] = []
    number = 0
    for key in keys:
        some.append(key)
        number += reports[key]
        if number >= most:
            yield some
            some, number = [], 0
    if some:
        yield some


def _load_what_can_be(
    ws: Workspace, keys: Sequence[Partition], holding: Holding
) -> tuple[dict[Partition, dict[str, int]], dict[Partition, str]]:
    """Halve what cannot be loaded together until the partitions are found that cannot be loaded at all."""
    try:
        return load(ws, keys, holding), {}
    except (WarehouseBusyError, WarehouseFullError):
        raise
    except WarehouseError as error:
        if len(keys) == 1:
            return {}, {keys[0]: str(error)}
    half = len(keys) // 2
    rows, failed = _load_what_can_be(ws, keys[:half], holding)
    more_rows, more_failed = _load_what_can_be(ws, keys[half:], holding)
    return rows | more_rows, failed | more_failed


def loadable(ws: Workspace) -> frozenset[Partition]:
    """The partitions for which the last validated batch holds rows, or should remove some."""
    return frozenset(expect(ws, "validated").keys)


def leave_out(ws: Workspace) -> tuple[Partition, ...]:
    """Take the partitions that are still to be loaded out of the batch, so that the rest can be published.

    Their files count as not done, and the next run tries them again.
    """
    with exclusive(ws):
        current = state(ws)
        out = current.pending
        if out:
            keys = tuple(key for key in current.keys if key not in out)
            save(ws, replace(current, keys=keys, failed=tuple(sorted({*current.failed, *out}))))
        return out


def give_up(ws: Workspace) -> None:
    """Leave the batch as it is, so that another can begin; files that may be half loaded are kept in mind."""
    with exclusive(ws):
        current = state(ws)
        unfinished = unfinished_paths(ws) if current.stage == "validated" else current.unfinished
        save(ws, BatchState(unfinished=tuple(sorted(unfinished))))
