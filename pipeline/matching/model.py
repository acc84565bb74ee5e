"""The values that matching works with and gives back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.document import Cell
from pipeline.forms import Form, FormTable, Line
from pipeline.issues import Issue
from pipeline.labels import Label, label
from pipeline.numbers import is_figure


@dataclass(frozen=True)
class GridRow:
    """One printed row: its cells in order, and what can be told from it alone."""

    cells: tuple[Cell, ...]
    ragged: bool
    folded: bool = False

    @cached_property
    def printed(self) -> tuple[Cell, ...]:
        """The cells in which something is printed."""
        return tuple(c for c in self.cells if not c.is_blank)

    @cached_property
    def labels(self) -> tuple[tuple[Cell, Label], ...]:
        """The printed cells that are no figures, with their canonical labels."""
        return tuple((c, label(c.text)) for c in self.printed if not is_figure(c.text))

    @property
    def has_figures(self) -> bool:
        """True when a number, slash or dash is printed."""
        return len(self.labels) < len(self.printed)

    @property
    def leading(self) -> tuple[tuple[Cell, Label], ...]:
        """The labels that stand before the first figure."""
        figures = [c.col for c in self.printed if is_figure(c.text)]
        end = min(figures, default=None)
        return tuple((c, t) for c, t in self.labels if end is None or c.col < end)


@dataclass(frozen=True)
class Region:
    """The rows of one table of a report, wherever its grids were cut; `stray` rows stand in its grids only."""

    table_no: int
    rows: tuple[GridRow, ...]
    stray: tuple[GridRow, ...] = ()

    @property
    def grids(self) -> frozenset[int]:
        """The numbers of the grids that hold its rows."""
        return frozenset(c.grid for r in (*self.rows, *self.stray) for c in r.cells)

    def body_cells(self, labels: Collection[Cell]) -> frozenset[Cell]:
        """Every printed cell that is no label: what must come back as a fact or an issue."""
        return frozenset(c for r in (*self.rows, *self.stray) for c in r.printed) - frozenset(labels)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row that is no header, and the number of the header band above it, -1 for none."""

    row: GridRow
    band: int


@dataclass(frozen=True, slots=True)
class BoundRow:
    """A printed row bound to a row of the form. `label_col` is where its own label ends, -1 without one."""

    line: Line
    row: GridRow
    label_col: int
    band: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A printed cell bound to a row and a column of the form."""

    row: Line
    column: Line
    cell: Cell


@dataclass(frozen=True)
class Match:
    """One table of a report: its form, the bound cells, issues, and all body cells that must be accounted for."""

    form: Form
    table: FormTable
    bound: tuple[Bound, ...]
    issues: tuple[Issue, ...]
    body: frozenset[Cell]


@dataclass(frozen=True)
class Rows:
    """What binding the rows gave: bound rows in print order, cells used as labels, issues."""

    bound: tuple[BoundRow, ...]
    labels: frozenset[Cell]
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Columns:
    """Where each column of a row's block stands: by band and row code, then by column code; and the issues."""

    positions: dict[tuple[int, str], dict[str, int]]
    issues: tuple[Issue, ...] = ()

    def of(self, row: BoundRow) -> dict[str, int]:
        """The positions of the columns of a bound row."""
        return self.positions.get((row.band, row.line.code), {})


@dataclass(frozen=True)
class Bands:
    """The header bands of a region in print order; a band holds the header rows above a run of body rows."""

    bands: tuple[tuple[GridRow, ...], ...]
    cells: frozenset[Cell] = field(default_factory=frozenset)
