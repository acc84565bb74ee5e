"""Which files of a plan fall into a range of districts and years before anybody has read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.raw.range import Range
from pipeline.schema import Partition

if TYPE_CHECKING:
    from pipeline.runs.plan import Plan

Partitions = Mapping[str, tuple[Partition, ...]]
"""The partitions of the reports of every loaded file, by its path and by its SHA-256."""


_FOLDER = re.compile(r"(?:^|/)(?P<district>\d{6})/(?P<year>20\d{2})/")


def partitions_of(path: str, sha256: str, partitions: Partitions) -> tuple[Partition, ...]:
    """The partitions of a file's reports as known by its content, else by its folder; none where neither says."""
    if sha256 in partitions:
        return partitions[sha256]
    folder = _FOLDER.search(path)
    return ((folder["district"], int(folder["year"])),) if folder else ()


def narrowed(work: Plan, wanted: Range, partitions: Partitions) -> Plan:
    """The part of a plan that concerns a range: files with a report that is or was in it, and files not yet known.

    The latter are its `unplaced`: once read, those outside are left out.
    """
    unplaced = [raw.path for raw, _ in work.todo if _is_wanted(raw.path, raw.sha256, wanted, partitions) is None]
    first = {raw.path for raw, _ in work.todo}
    kept = {raw.path for raw, _ in work.todo if _is_wanted(raw.path, raw.sha256, wanted, partitions) is not False}
    return replace(
        work,
        wanted=wanted,
        unplaced=tuple(unplaced),
        todo=tuple((raw, pin) for raw, pin in work.todo if raw.path in kept),
        copies=tuple(
            (raw, f) for raw, f in work.copies if f in kept or (f not in first and _is_in(f, wanted, partitions))
        ),
        gone=tuple(path for path in work.gone if _is_wanted(path, "", wanted, partitions) is not False),
    )


def _is_in(path: str, wanted: Range, partitions: Partitions) -> bool:
    return any(map(wanted.holds, partitions.get(path, ())))


def _is_wanted(path: str, sha256: str, wanted: Range, partitions: Partitions) -> bool | None:
    """Whether a report of a file is in the range; None where only reading it can show."""
    # A file that is gone has no content any more.
    if path in partitions and (not sha256 or _is_in(path, wanted, partitions)):
        return _is_in(path, wanted, partitions)
    found = partitions_of(path, sha256, partitions)
    return any(map(wanted.holds, found)) if found else None


def pieces_of(work: Plan, partitions: Partitions, most: int) -> Iterator[tuple[str, Plan]]:
    """A plan in named pieces: files without a partition yet, then the years, each of at most `most` files.

    A copy goes with the file that stands for it; everything else to be noted goes with the first piece.
    """
    years = {raw.path: _year(raw.path, raw.sha256, partitions) for raw, _ in work.todo}
    years |= {path: _year(path, "", partitions) for path in work.gone}
    years |= {raw.path: years.get(first) for raw, first in work.copies}
    # Files that are gone come last in their year: until then, a file that was moved stands back for them.
    gone = set(work.gone)
    ordered = sorted(years, key=lambda path: (path in gone, path))
    rest = replace(work, todo=(), copies=(), gone=(), unplaced=())
    for year in sorted({*years.values(), None}, key=lambda y: y or 0):
        of_year = [path for path in ordered if years[path] == year]
        for number, start in enumerate(range(0, max(1, len(of_year)), most), 1):
            piece = _of_paths(work, set(of_year[start : start + most]), rest)
            rest = replace(piece, todo=(), copies=(), gone=(), unplaced=(), verdicts=None, expected=None, unreadable=())
            rest = replace(rest, touched=())
            if not piece.idle:
                yield f"{year or 'no place yet'}{f', part {number}' if len(of_year) > most else ''}", piece


def _year(path: str, sha256: str, partitions: Partitions) -> int | None:
    found = partitions.get(path) or partitions_of(path, sha256, partitions)
    return min((year for _, year in found), default=None)


def _of_paths(work: Plan, paths: set[str], rest: Plan) -> Plan:
    return replace(
        rest,
        todo=tuple((raw, pin) for raw, pin in work.todo if raw.path in paths),
        copies=tuple((raw, first) for raw, first in work.copies if raw.path in paths),
        gone=tuple(path for path in work.gone if path in paths),
        unplaced=tuple(path for path in work.unplaced if path in paths),
    )
