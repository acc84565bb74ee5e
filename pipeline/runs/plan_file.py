"""A plan on the disk, as JSON by lines, so that a large one is read piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.document import RawFile
from pipeline.raw.overrides import Pin
from pipeline.raw.range import Range
from pipeline.runs.plan import LISTS, FilesKind, Plan, lines_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a plan: the list in which it stands, and its detail there.

    The detail is the pin of a file to be extracted, the file that stands for a copy, or the reason why a file is
    unreadable. A file that is gone has no `raw`.
    """

    kind: FilesKind
    path: str
    raw: RawFile | None = None
    pin: Pin | None = None
    detail: str = ""


def write_plan(file: Path, work: Plan) -> None:
    """Writes a plan into a new file."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(lines_of(work))


def read_head(file: Path) -> Plan:
    """A plan that was written, without its files."""
    with file.open(encoding="utf-8") as lines:
        head = json.loads(next(lines))
    wanted, *decisions = (head.pop(name) for name in ("wanted", "verdicts", "expected"))
    files, code, cleared = head.pop("files"), head.pop("fingerprint"), head.pop("cleared", False)
    verdicts, expected = (RawFile(**raw) if raw else None for raw in decisions)
    within = Range(**{name: tuple(values) for name, values in wanted.items()}) if wanted else None
    skipped = tuple((path, what) for path, what in head.pop("skipped"))
    lists = {name: tuple(values) for name, values in head.items()}
    return Plan(
        code,
        verdicts=verdicts,
        expected=expected,
        files=files,
        wanted=within,
        cleared=cleared,
        skipped=skipped,
        **lists,
    )


def read_entries(file: Path) -> Iterator[Entry]:
    """The files of a plan that was written, one after the other, without holding the plan in memory."""
    with file.open(encoding="utf-8") as lines:
        for line in islice(lines, 1, None):
            kind, what, *beside = json.loads(line)
            yield Entry(kind, what) if kind == "gone" else _entry(kind, RawFile(*what), *beside)


def _entry(kind: FilesKind, raw: RawFile, beside: Any = None) -> Entry:
    if isinstance(beside, str):
        return Entry(kind, raw.path, raw, detail=beside)
    return Entry(kind, raw.path, raw, _pin(beside) if beside else None)


def _pin(values: Sequence[Any]) -> Pin:
    *own, more = values
    return replace(Pin(*own), more=tuple(map(_pin, more)))


def read_plan(file: Path) -> Plan:
    """A plan that was written, whole."""
    lists: dict[str, list[Any]] = {kind: [] for kind in LISTS}
    for entry in read_entries(file):
        beside = {"todo": entry.pin, "copies": entry.detail, "unreadable": entry.detail}
        what = entry.raw or entry.path
        lists[entry.kind].append((what, beside[entry.kind]) if entry.kind in beside else what)
    todo, copies, unreadable, touched, gone = (tuple(lists[kind]) for kind in LISTS)
    head = read_head(file)
    return replace(head, todo=todo, copies=copies, unreadable=unreadable, touched=touched, gone=gone)
