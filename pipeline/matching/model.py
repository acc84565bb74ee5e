"""The values that matching uses and returns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pipeline.document import Cell
from pipeline.forms.indicators import indicator, unit_text
from pipeline.forms.model import Block, Form, FormLine, FormTable
from pipeline.issues import Issue
from pipeline.labels import Label, label
from pipeline.numbers import figure, is_figure


@dataclass(frozen=True)
class GridRow:
    """One printed row: its cells in order, and what it shows by itself.

    `printed` are the cells in which something is printed, `labels` those of them that are not figures, with their
    canonical labels. Where it is of an indicator table (`is_indicator`), `unit` is the cell that prints the row's unit;
    it and the cell of the row's number are taken out of `cells`.
    """

    cells: tuple[Cell, ...]
    ragged: bool
    folded: bool = False
    is_indicator: bool = False
    unit: Cell | None = None
    printed: tuple[Cell, ...] = field(init=False, repr=False, compare=False)
    labels: tuple[tuple[Cell, Label], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find at once what every row is asked for: the printed cells, and those that are no figures as labels."""
        read = indicator if self.is_indicator else label
        printed = tuple([c for c in self.cells if not c.is_blank])
        object.__setattr__(self, "printed", printed)
        object.__setattr__(self, "labels", tuple([(c, read(c.text)) for c in printed if not is_figure(c.text)]))

    @property
    def unit_text(self) -> str | None:
        """The unit printed beside the row, None where there is none or a stroke for it."""
        text = unit_text(self.unit.text) if self.unit else ""
        return text if text and figure(text).kind == "word" else None

    @property
    def has_figures(self) -> bool:
        """True when a number, slash or dash is printed."""
        return len(self.labels) < len(self.printed)

    @cached_property
    def leading(self) -> tuple[tuple[Cell, Label], ...]:
        """The labels that stand before the first figure."""
        figures = [c.col for c in self.printed if is_figure(c.text)]
        end = min(figures, default=None)
        return tuple((c, t) for c, t in self.labels if end is None or c.col < end)


@dataclass(frozen=True)
class Region:
    """The rows of one table of a report, wherever its grids were cut; `stray` rows are in its grids only."""

    table_no: int
    rows: tuple[GridRow, ...]
    stray: tuple[GridRow, ...] = ()

    @cached_property
    def grids(self) -> frozenset[int]:
        """The numbers of the grids that hold its rows."""
        return frozenset(r.cells[0].grid for r in (*self.rows, *self.stray) if r.cells)

    def body_cells(self, labels: Collection[Cell]) -> frozenset[Cell]:
        """Every printed cell that is not a label: each must come back as a fact or an issue."""
        return frozenset(c for r in (*self.rows, *self.stray) for c in r.printed) - frozenset(labels)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row that is not a header, and the number of the header band above it, -1 for none."""

    row: GridRow
    band: int


@dataclass(frozen=True, slots=True)
class BoundRow:
    """A printed row bound to a row of the form. `label_col` is where its own label ends, -1 without one.

    `block` says which columns cross it. A row that is in no form stands in an open table: its line is made from what
    is printed, and its block is the block of the rows beside it.
    """

    line: FormLine
    row: GridRow
    label_col: int
    band: int
    block: Block

    @property
    def grid(self) -> int:
        """The number of the grid in which it is printed, 0 for a row without cells."""
        return self.row.cells[0].grid if self.row.cells else 0


class Bound(NamedTuple):
    """A printed cell bound to a row and a column of the form, with the unit that is printed beside it."""

    row: FormLine
    column: FormLine
    cell: Cell
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class TableFit:
    """How well a table of a report fits the form that it was read by.

    The form has `expected` rows and columns, of which `matched` were found; `left_over` printed rows and columns are
    bound to none. `mixed` says that some of these belong to another form's table of that number, `also` which form.
    `grid` and `page` are where the table begins.
    """

    table_no: int
    form: str
    expected: int
    matched: int
    left_over: int
    mixed: bool
    also: str | None
    grid: int
    page: int | None


@dataclass(frozen=True)
class Match:
    """One table of a report: its form, the bound cells, issues, and all body cells that must be accounted for."""

    form: Form
    table: FormTable
    bound: tuple[Bound, ...]
    issues: tuple[Issue, ...]
    body: frozenset[Cell]
    fit: TableFit


@dataclass(frozen=True, slots=True)
class LooseRow:
    """A printed row of figures without any label, and the bound rows right above and below it under the same header.

    `is_in_gap` says that the form has rows between these two that are not printed under their labels.
    """

    row: GridRow
    above: BoundRow | None
    below: BoundRow | None
    is_in_gap: bool


@dataclass(frozen=True)
class Rows:
    """The result of binding the rows: bound rows in print order, cells used as labels, issues.

    `unknown` are the rows of an open table that answer no row of the form but have a label and figures; `loose` are
    those that have figures and no label.
    """

    bound: tuple[BoundRow, ...]
    labels: frozenset[Cell]
    issues: tuple[Issue, ...]
    unknown: tuple[BodyRow, ...] = ()
    loose: tuple[LooseRow, ...] = ()


@dataclass(frozen=True)
class Columns:
    """Where each column of a row's block stands: by band and row code, then by column code; and the issues.

    `added` are the columns that are in no form, by code; `left` the header cells that name no column of the form.
    """

    positions: dict[tuple[int, str], dict[str, int]]
    issues: tuple[Issue, ...] = ()
    added: Mapping[str, FormLine] = field(default_factory=dict)
    left: frozenset[Cell] = frozenset()

    def lines(self, row: BoundRow) -> Iterator[FormLine]:
        """The columns of a bound row, those that are in no form last."""
        yield from row.block.columns
        yield from (line for code, line in self.added.items() if code in self.of(row))

    def of(self, row: BoundRow) -> dict[str, int]:
        """The positions of the columns of a bound row."""
        return self.positions.get((row.band, row.line.code), {})


@dataclass(frozen=True)
class Bands:
    """The header bands of a region in print order; a band holds the header rows above a run of body rows."""

    bands: tuple[tuple[GridRow, ...], ...]
    cells: frozenset[Cell] = field(default_factory=frozenset)
