"""The values of the second way: what it looks for and reads, and how contradictory readings cancel out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.labels import Label, label
from pipeline.numbers import figure, is_figure

CellKey = tuple[int, str, str]


class Reading(NamedTuple):
    """A figure as the second way reads it, with its page or line where the format has any."""

    text: str
    page: int | None = None
    line: int | None = None


class Slot(NamedTuple):
    """A cell on a line: what it shows, None where that is not certain; its place across, its page or line."""

    text: str | None
    at: int = 0
    page: int | None = None
    line: int | None = None

    @property
    def is_blank(self) -> bool:
        """True when it shows nothing."""
        return self.text is not None and not self.text.strip()

    @property
    def is_figure(self) -> bool:
        """True for a number, slash or dash."""
        return self.text is not None and is_figure(self.text)


@dataclass(frozen=True)
class Wanted:
    """The tables to read, each by its form, and where their labels lead."""

    tables: Mapping[int, FormTable]

    @property
    def plain(self) -> Wanted:
        """The tables that have nothing beside their figures, as others have a unit or a number in each row."""
        return Wanted({n: t for n, t in self.tables.items() if not (t.unit_headers or t.number_headers)})

    @cached_property
    def rows(self) -> dict[str, list[tuple[FormTable, FormLine]]]:
        """The rows by each canonical text that names them."""
        found: dict[str, list[tuple[FormTable, FormLine]]] = {}
        for table in self.tables.values():
            for row in table.rows:
                for name in (row.names | row.damaged_names) - {""}:
                    found.setdefault(name, []).append((table, row))
        return found

    @cached_property
    def labels(self) -> frozenset[str]:
        """The canonical texts of all labels."""
        return frozenset(t for table in self.tables.values() for t in table.headers | table.stubs) - {""}

    @cached_property
    def nameless(self) -> tuple[FormTable, ...]:
        """The tables of one row without a label."""
        return tuple(t for t in self.tables.values() if len(t.rows) == 1 and not t.rows[0].path)

    def row(self, printed: str) -> tuple[FormTable, FormLine] | None:
        """The one row that a printed label names; an ordinal distinguishes rows of one name."""
        text = label(printed)
        found = self.rows.get(text.text, [])
        if len(found) > 1:
            found = [(t, r) for t, r in found if r.leaf.ordinal == text.ordinal]
        return found[0] if len(found) == 1 else None

    def is_label(self, printed: str) -> bool:
        """True for any label of the tables."""
        return label(printed).text in self.labels


_TWO_FIGURES = re.compile(r"(?<=[0-9０-９])\s*\n\s*(?=[0-9０-９])")


def cell_text(plain: str, raised: str = "") -> str | None:
    """What a cell shows of its lines: those between two digits stay apart, all others are put together.

    What is raised or lowered stays out beside a figure; beside anything else it may be a note or not, and there is no
    reading.
    """
    parts = [part.strip() for part in _TWO_FIGURES.split(plain.strip())]
    text = "\n".join("".join(line.strip() for line in part.split("\n")) for part in parts)
    if not raised.strip() or figure(text).kind == "number":
        return text
    return None if text else raised.strip()


Band = Sequence[Sequence[Label]]  # the labels above some figures, line by line


def in_order(band: Band, block: Block) -> bool:
    """True where the lines of labels above figures print the columns of a block in the form's order.

    Columns of one name are distinguished by their order. At least half must be there, none in another's place. A total
    is often printed a line above its parts, as it reaches down over them: there it stands behind the name of the group.
    """
    called = _called(block)
    named = [[called.get(t.text, "") for t in line] for line in band]
    found = 0
    for columns in _siblings(block):
        order = [c.leaf.text for c in columns]
        parts = [c.leaf.text for c in columns if not c.total]
        seen = [name for line in named for name in line if name in order]
        if not _is_subsequence([s for s in seen if s in parts], parts):
            return False
        if not _is_subsequence(seen, order) and not _totals_aside(band, named, order, columns):
            return False
        found += len(seen)
    printed = [t.text for line in band for t in line]
    return 2 * found >= len(block.columns) and _follows(printed, [p for c in block.columns for p in c.parents])


def says_most(band: Band, block: Block) -> bool:
    """True where half of the columns of a block are in a band."""
    called = _called(block)
    return 2 * sum(t.text in called for line in band for t in line) >= len(block.columns)


_LEAST = 2  # characters of a torn label


@lru_cache(maxsize=64)
def _called(block: Block) -> dict[str, str]:
    """By each text that names a column, or can only be the start of its name, the text of its label."""
    names = {n: c.leaf.text for c in block.columns for n in (*c.names, *c.damaged_names)}
    starts: dict[str, set[str]] = {}
    for name, text in names.items():
        for end in range(_LEAST, len(name)):
            starts.setdefault(name[:end], set()).add(text)
    groups = {p for c in block.columns for p in c.parents}
    return {s: next(iter(t)) for s, t in starts.items() if len(t) == 1 and s not in groups} | names


def _follows(printed: Sequence[str], groups: Sequence[str]) -> bool:
    """True where the groups come first in the order in which they should."""
    places = [groups.index(s) for s in dict.fromkeys(printed) if s in groups]
    return places == sorted(places)


def _totals_aside(
    band: Band, named: Sequence[Sequence[str]], order: Sequence[str], columns: Sequence[FormLine]
) -> bool:
    """True where the columns are in order on each line, and a line that has only totals has the group's name too."""
    totals = {c.leaf.text for c in columns if c.total}
    groups = {p for c in columns for p in c.parents}
    for line, names in zip(band, named, strict=True):
        seen = [name for name in names if name in order]
        if not _is_subsequence(seen, order):
            return False
        if seen and set(seen) <= totals and not any(t.text in groups for t in line):
            return False
    return True


def _siblings(block: Block) -> Iterable[list[FormLine]]:
    """Columns side by side under one group; groups whose columns have the same names as one."""
    by_parents: dict[tuple[str, ...], list[FormLine]] = {}
    for column in block.columns:
        by_parents.setdefault(column.parents, []).append(column)
    by_names: dict[tuple[str, ...], list[FormLine]] = {}
    for columns in by_parents.values():
        by_names.setdefault(tuple(c.leaf.text for c in columns), []).extend(columns)
    return by_names.values()


def _is_subsequence(seen: Sequence[str], order: Sequence[str]) -> bool:
    rest = iter(order)
    return all(any(s == o for o in rest) for s in seen)


def agreed(found: Iterable[tuple[CellKey, Reading]]) -> dict[CellKey, Reading]:
    """The readings; of a cell that was read twice the first, none where the two show different things."""
    readings: dict[CellKey, Reading] = {}
    contradicted: set[CellKey] = set()
    for key, reading in found:
        if readings.setdefault(key, reading).text != reading.text:
            contradicted.add(key)
    return {key: r for key, r in readings.items() if key not in contradicted}
