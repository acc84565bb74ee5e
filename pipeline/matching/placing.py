"""Placing figures: which printed cell of a bound row answers which column.

In a ragged row the figures may start at another field than the columns do: they are shifted as a whole. A shift
is taken only on evidence: the figures fill the columns from first to last; or complete sister rows, whose label
stands at the same field and depth, are shifted so; or identities hold for this shift alone. Where the evidence
is silent or contradicts itself the figures stay unplaced, with an issue. In a grid with true columns a row is shifted
where a span of its labels or its header is wrong, and then only if the identities across the columns prove it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from pipeline.document import Cell
from pipeline.forms.model import FormLine, FormTable, Identity
from pipeline.issues import Issue, issue
from pipeline.matching.arithmetic import Values, holds, is_borne_out, numbers, verdict
from pipeline.matching.model import Bound, BoundRow, Columns
from pipeline.matching.surplus import Surplus, surplus_of
from pipeline.numbers import is_figure

# This many identities do not hold together by accident; they outweigh how the sister rows are laid out.
_MANY = 3

# The columns of table 三. Where there are more, a sum or two cannot decide between so many placings.
_MOST_COLUMNS = 7


@dataclass(frozen=True)
class Placed:
    """The cells bound to row and column, the issues of those that could not be, and the rows that were settled.

    Rows that are in no form and whose figures have no certain place are not among these.
    """

    bound: tuple[Bound, ...]
    issues: tuple[Issue, ...]
    rows: tuple[BoundRow, ...]


@dataclass(frozen=True)
class _Open:
    """A bound row with the shifts at which all its figures would stand under columns.

    `tail` are the printed cells after its label; `at` are its cells, blank ones too, by their field.
    """

    row: BoundRow
    lines: tuple[FormLine, ...]
    columns: Mapping[str, int]
    shifts: tuple[int, ...]
    tail: tuple[Cell, ...]
    at: Mapping[int, Cell]
    certain: int | None = None
    forced: Mapping[str, Cell] = field(default_factory=dict)  # of a row that lost cells: what can stand nowhere else
    strange: frozenset[int] = frozenset()  # the fields below heads that name no column of the form
    by_sums: bool = False  # set where only sums speak for this shift, and the figures stand under columns without it

    @cached_property
    def placed(self) -> dict[str, Cell]:
        """The cells under each column of a row that is settled."""
        assert self.certain is not None
        return self.cells(self.certain)

    @property
    def signature(self) -> tuple[int, int]:
        """The signature that sister rows share: the field of the label and the depth of the row in the form."""
        return self.row.label_col, len(self.row.line.path)

    def under(self, cell: Cell) -> list[str]:
        """The columns that a cell spans at the certain shift."""
        reach = range(cell.col, cell.col + cell.col_span)
        return [code for code, p in self.columns.items() if p + (self.certain or 0) in reach]

    def cells(self, shift: int) -> dict[str, Cell]:
        """The cells, blank ones too, under each column at a shift."""
        return {code: self.at[p + shift] for code, p in self.columns.items() if p + shift in self.at}


def place_figures(rows: Sequence[BoundRow], columns: Columns, table: FormTable) -> Placed:
    """Bind the figures of every bound row to the columns of its block."""
    surplus = surplus_of(rows, columns, table)
    opened = [_open(r, columns, surplus, table) for r in rows]
    opened = _by_proof(opened, table)
    opened = [o for o in _by_evidence(opened, table) if o.row.line.known or _is_whole(o)]
    bound = tuple(b for o in opened for b in (_bound(o) if o.certain is not None else _forced_cells(o)))
    tall = _over_rows(bound, rows)
    flaws = (*(i for o in opened for i in _flaws(o, table)), *(_of_tall(b, table) for b in bound if b.cell in tall))
    return Placed(tuple(b for b in bound if b.cell not in tall), flaws, tuple(o.row for o in opened))


def _over_rows(bound: Sequence[Bound], rows: Sequence[BoundRow]) -> frozenset[Cell]:
    """The figures merged over several bound rows: which of these they belong to cannot be told."""
    tall = [b.cell for b in bound if b.cell.row_span > 1 and not b.cell.is_blank]
    printed = {(r.grid, r.row.cells[0].row) for r in rows if r.row.cells} if tall else set()
    return frozenset(c for c in tall if any((c.grid, c.row + n) in printed for n in range(1, c.row_span)))


def _of_tall(b: Bound, table: FormTable) -> Issue:
    meant = table.name_of(b.row)
    return issue("figure-over-rows", table_no=table.number, row_code=b.row.code, cells=(b.cell,), meant=meant)


def _is_whole(row: _Open) -> bool:
    """True where every figure of a row has its column; a row that is in no form is kept only then."""
    return row.certain is not None and bool(row.tail) and not any(len(row.under(c)) > 1 for c in row.tail)


def _open(row: BoundRow, known: Columns, surplus: Surplus, table: FormTable) -> _Open:
    columns = known.of(row)
    tail = tuple([c for c in row.row.printed if c.col > row.label_col])
    at = {c.col: c for c in row.row.cells}
    strange = _below_strange_heads(row, known)
    is_open = columns and not row.row.folded
    shifts = _fitting(row, columns, tail, strange) if is_open else ()
    certain = _by_extent(row, columns, tail, shifts) if is_open else None
    opened = _Open(row, tuple(known.lines(row)), columns, shifts, tail, at, certain, strange=strange)
    if not columns or not row.row.folded:
        return opened
    without = surplus.placed(row, columns)
    return replace(opened, columns=without, shifts=(0,), certain=0) if without else _unfold(opened, table)


def _fitting(
    row: BoundRow, columns: Mapping[str, int], tail: Sequence[Cell], strange: frozenset[int]
) -> tuple[int, ...]:
    """The shifts at which all figures of a row stand under columns; those of true columns are hardly ever shifted."""
    if not row.row.ragged:
        if _fits(row, columns, tail, strange, 0):
            return (0,)
        if len(tail) != len(columns):
            return ()
    lowest, highest = min(columns.values()), max(columns.values())
    last = max((c.col for c in row.row.cells), default=-1)
    reach = range(row.label_col + 1 - lowest, last - highest + 1)
    return tuple([s for s in reach if _fits(row, columns, tail, strange, s)])


def _below_strange_heads(row: BoundRow, known: Columns) -> frozenset[int]:
    """The fields of a row with true columns that stand below heads which name no column."""
    if not known.left or row.row.ragged or row.row.folded or not row.row.cells:
        return frozenset()
    above = (c for c in known.left if c.grid == row.grid and c.row < row.row.cells[0].row)
    columns = frozenset(known.of(row).values())
    return frozenset(n for c in above for n in range(c.col, c.col + c.col_span)) - columns


def _unfold(row: _Open, table: FormTable) -> _Open:
    """The certain figures of a folded row, whose columns are those of its figures: all, or only the forced ones.

    Blank cells before or behind figures that are as many as the columns are what merged labels leave of their width.
    """
    if row.tail and len(row.tail) == len(row.columns) == row.tail[-1].col - row.tail[0].col + 1:
        return replace(row, shifts=(row.tail[0].col,), certain=row.tail[0].col)
    start = min((c.col for c in row.row.row.cells if c.col > row.row.label_col), default=row.row.label_col + 1)
    if sum(c.col >= start for c in row.row.row.cells) == len(row.columns):
        return replace(row, shifts=(start,), certain=start)
    return replace(row, forced=_forced(row, table))


def _forced(row: _Open, table: FormTable) -> dict[str, Cell]:
    """Figures that stand under the same column in every placing, in order, for which the identities hold.

    In `7 | 1 | 8` with four blanks dropped the 8 is the total, whichever columns the 7 and the 1 belong to.
    """
    cells = row.tail
    identities = [i for i in table.identities if i.over == "columns" and {*i.left, *i.right} <= set(row.columns)]
    if not identities or not 1 < len(cells) < len(row.columns) <= _MOST_COLUMNS:
        return {}
    placings = [dict(zip(codes, cells, strict=True)) for codes in combinations(row.columns, len(cells))]
    fitting = [p for p in placings if all(_adds_up(i, numbers(p)) for i in identities)]
    return {c: cell for c, cell in fitting[0].items() if all(p.get(c) is cell for p in fitting)} if fitting else {}


def _adds_up(identity: Identity, figures: Mapping[str, Decimal]) -> bool:
    """True where both sides are equal and not zero, columns without a figure counted as 0."""
    left, right = (
        sum((figures.get(c, Decimal(0)) for c in side), Decimal(0)) for side in (identity.left, identity.right)
    )
    return left == right != 0


def _forced_cells(row: _Open) -> Iterator[Bound]:
    for column in row.lines:
        if column.code in row.forced:
            yield Bound(row.row.line, column, row.forced[column.code], row.row.row.unit_text)


def _fits(row: BoundRow, columns: Mapping[str, int], tail: Sequence[Cell], strange: frozenset[int], shift: int) -> bool:
    fields = {p + shift for p in columns.values()}
    others = [c for c in tail if c.col not in fields]
    if others and (shift or not all(c.col in strange and is_figure(c.text) for c in others)):
        return False
    return min(fields) > row.label_col


def _by_extent(row: BoundRow, columns: Mapping[str, int], tail: Sequence[Cell], shifts: Sequence[int]) -> int | None:
    """The shift that needs no further proof: a grid has true columns, or figures stand from the first to the last."""
    if not row.row.ragged:
        return 0 if 0 in shifts else None
    printed = {c.col for c in tail}
    low, high = min(columns.values()), max(columns.values())
    return next((shift for shift in shifts if low + shift in printed and high + shift in printed), None)


def _by_proof(rows: Sequence[_Open], table: FormTable) -> list[_Open]:
    """Settle, by the identities across the columns, whole rows of true columns that stand beside these.

    Rows with the same shift must satisfy them together, at least one not only between zeros.
    """
    beside = [r for r in rows if r.certain is None and len(r.shifts) == 1 and not r.row.row.ragged and r.row.line.known]
    proven = set()
    for shift in {r.shifts[0] for r in beside}:
        figures = [numbers(r.cells(shift)) for r in beside if r.shifts[0] == shift]
        told = [verdict(i, f) for f in figures for i in table.identities if i.over == "columns"]
        if is_borne_out(told):
            proven.add(shift)
    return [replace(r, certain=r.shifts[0]) if r in beside and r.shifts[0] in proven else r for r in rows]


def _by_evidence(rows: list[_Open], table: FormTable) -> list[_Open]:
    """Settle the rows left open: first by their sister rows, then by whether the identities hold for all together."""
    if all(r.certain is not None for r in rows):
        return rows
    sure = [r for r in rows if r.certain is not None and r.row.line.known]
    told = [r if r.certain is not None else _by_sisters(r, sure) for r in rows]
    values = _values(r for r in told if r.certain is not None)
    return [
        new if old.certain is not None else _decide(new, values, table) for old, new in zip(rows, told, strict=True)
    ]


def _decide(row: _Open, values: Values, table: FormTable) -> _Open:
    if not row.tail:  # nothing is printed: whichever blank cells stand there, they are blank
        return row if row.certain is not None or not row.shifts else replace(row, certain=row.shifts[0])
    held = {s: _holding(row, s, values, table) for s in row.shifts}
    best = [s for s, n in held.items() if n and n == max(held.values())]
    if not best or row.certain in best:
        return row
    if row.certain is None:
        in_place = 0 in row.shifts or row.row.label_col < 0
        only_sums = best[0] != 0 and in_place and any(c.is_blank for c in row.cells(best[0]).values())
        return replace(row, certain=best[0], by_sums=only_sums) if len(best) == 1 else row
    overruled = len(best) == 1 and held[best[0]] >= _MANY and not held[row.certain]
    return replace(row, certain=best[0] if overruled else None)


def _by_sisters(row: _Open, sure: Sequence[_Open]) -> _Open:
    """The one shift of the complete rows of the same signature; without any, none where no row is shifted at all."""
    shifts = {o.certain for o in sure if o.signature == row.signature}
    if not shifts and {o.certain for o in sure} == {0}:
        shifts = {0}
    shift = shifts.pop() if len(shifts) == 1 else None
    return replace(row, certain=shift) if shift in row.shifts else row


def _holding(row: _Open, shift: int, values: Values, table: FormTable) -> int:
    """How many identities through the row hold with its figures at a shift."""
    code = row.row.line.code
    tried = {**values, **{(code, c): v for c, v in numbers(row.cells(shift)).items()}}
    return sum(holds(e, tried) for e in table.equations if any(r == code for r, _ in e.cells))


def _values(rows: Iterable[_Open]) -> Values:
    return {(r.row.line.code, c): v for r in rows if r.certain is not None for c, v in numbers(r.placed).items()}


def _bound(row: _Open) -> Iterator[Bound]:
    cells, line, unit = row.placed, row.row.line, row.row.row.unit_text
    wide = {c for c in cells.values() if c.col_span > 1 and len(row.under(c)) > 1 and not c.is_blank}
    for column in row.lines:
        cell = cells.get(column.code)
        if cell is not None and not (wide and cell in wide):
            yield Bound(line, column, cell, unit)


def _flaws(row: _Open, table: FormTable) -> Iterator[Issue]:
    """The figures that could not be placed, as issues that hold the cells concerned."""
    line = row.row.line
    meant = table.name_of(line)
    if row.certain is not None:
        yield from _gaps(row, table, meant)
        return
    if not row.tail:
        yield _row_issue("row-without-figures", row, table, line, meant)
    elif row.shifts or row.forced:
        yield _row_issue("figures-ambiguous", row, table, line, meant)
    else:
        yield _row_issue("figures-misplaced", row, table, line, meant)


def _gaps(row: _Open, table: FormTable, meant: str) -> Iterator[Issue]:
    """Figures that stand under several columns at once, and columns under which the row has no cell."""
    cells = row.placed
    code = row.row.line.code
    if row.row.row.folded:
        placed = set(cells.values())
        for cell in (c for c in row.tail if c not in placed):
            yield issue("figure-surplus", table_no=table.number, row_code=code, cells=(cell,), meant=meant)
    if row.certain == 0 and row.strange and (others := tuple(c for c in row.tail if c.col in row.strange)):
        yield issue("cell-outside", table_no=table.number, row_code=code, cells=others, meant=meant)
    if row.certain and (row.by_sums or not row.row.row.ragged):
        yield issue("figures-beside", table_no=table.number, row_code=code, at=row.tail[0], meant=meant)
    for cell in dict.fromkeys(c for c in cells.values() if c.col_span > 1):
        if len(columns := row.under(cell)) > 1 and not cell.is_blank:
            yield issue(
                "figures-ambiguous",
                table_no=table.number,
                row_code=code,
                cells=(cell,),
                meant=meant,
                choices=len(columns),
            )
    covered = {*cells, *(c for cell in cells.values() if cell.col_span > 1 for c in row.under(cell))}
    for column in row.lines:
        if column.known and column.code in row.columns and column.code not in covered:
            yield issue("cell-missing", table_no=table.number, row_code=code, col_code=column.code, meant=meant)


def _row_issue(code: str, row: _Open, table: FormTable, line: FormLine, meant: str) -> Issue:
    choices = len(row.shifts) or len(row.columns)
    at = row.row.row.cells[0] if row.row.row.cells else None
    cells = tuple(c for c in row.tail if c not in row.forced.values())
    return issue(code, table_no=table.number, row_code=line.code, cells=cells, at=at, meant=meant, choices=choices)
