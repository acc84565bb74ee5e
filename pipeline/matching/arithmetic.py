"""What the identities say of figures that are not placed yet: whether they hold under a candidate placing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from pipeline.document import Cell
from pipeline.forms.model import Block, Equation, FormTable, Identity
from pipeline.matching.model import BoundRow
from pipeline.numbers import figure

# For each sum that fails at least this many others must hold, or the layout is in doubt and not the sum.
_HOLDING_FOR_EACH_BROKEN = 8

Values = Mapping[tuple[str, str], Decimal]
K = TypeVar("K")


def holds(equation: Equation, values: Values) -> bool:
    """True where both sides are known, not all zero, and equal."""
    if not values.keys() >= set(equation.cells) or not any(values[k] for k in equation.cells):
        return False
    return _adds_up(equation, values)


def numbers(cells: Mapping[K, Cell]) -> dict[K, Decimal]:
    """The values of the cells, blanks as 0; a word, slash or dash has none."""
    read = {key: figure(cell.text) for key, cell in cells.items()}
    return {key: f.value or Decimal(0) for key, f in read.items() if f.kind in ("number", "blank")}


def is_row_proven(code: str, values: Values, table: FormTable) -> bool:
    """True where the identities through a row add up, one of them not only between zeros."""
    known = _known_through(code, values, table)
    return any(values[k] for e in known for k in e.cells) and all(_adds_up(e, values) for e in known)


def is_row_even(code: str, values: Values, table: FormTable) -> bool:
    """True where there are identities through a row that can be worked out, and all of them add up."""
    known = _known_through(code, values, table)
    return bool(known) and all(_adds_up(e, values) for e in known)


def _known_through(code: str, values: Values, table: FormTable) -> list[Equation]:
    through = (e for e in table.equations if any(row == code for row, _ in e.cells))
    return [e for e in through if values.keys() >= set(e.cells)]


def _adds_up(equation: Equation, values: Values) -> bool:
    return sum(values[k] for k in equation.left) == sum(values[k] for k in equation.right)


def proves_order(rows: Sequence[BoundRow], block: Block, table: FormTable) -> bool:
    """True where folded rows can only follow the form's order of columns.

    Every row of the block must have a figure for each column, and all identities across the columns must hold in that
    order, at least one of them not only between zeros; or all figures are the same. Columns that no identity ties
    together prove nothing: without a header, figures beside a label may be anything.
    """
    columns = {c.code for c in block.columns}
    if not any({*i.left, *i.right} <= columns for i in table.identities if i.over == "columns"):
        return False
    codes = {r.code for r in block.rows}
    of_block = [r for r in rows if r.line.code in codes]
    values = [f for r in of_block if r.row.folded and (f := _in_order(r, block)) is not None]
    if not of_block or len(values) < len(of_block):
        return False
    if all(len(set(f.values())) == 1 for f in values):
        return True
    verdicts = [verdict(i, f) for f in values for i in table.identities if i.over == "columns"]
    return "broken" not in verdicts and "holds" in verdicts


def bears_out(rows: Sequence[BoundRow], block: Block, table: FormTable) -> bool:
    """True where the folded rows that have a figure for each column add up in the form's order, or say nothing.

    Rows with more figures are for `surplus` to judge; those with nothing but the same figure are right in any order.
    """
    whole = [f for r in rows if (f := _in_order(r, block)) is not None]
    told = [verdict(i, f) for f in whole for i in table.identities if i.over == "columns"]
    return is_borne_out(told) or all(len(set(f.values())) == 1 for f in whole)


def contradicts_order(rows: Sequence[BoundRow], positions: Mapping[str, int], block: Block, table: FormTable) -> bool:
    """True where a header prints the columns in another order than the form's and the identities do not confirm it.

    A wrong span pushes a header over its neighbour's figures; a table may also be ordered differently. The sums of its
    complete rows decide: of the identities that can be checked, some must hold and none may be broken.
    """
    order = [c.code for c in block.columns if c.code in positions]
    if sorted(order, key=lambda c: positions[c]) == order:
        return False
    codes = {r.code for r in block.rows}
    as_printed = sorted(order, key=lambda c: positions[c])
    verdicts = []
    for row in rows:
        cells = [c for c in row.row.cells if c.col > row.label_col and not c.is_blank]
        if row.line.code in codes and len(cells) == len(as_printed):
            read = numbers(dict(zip(as_printed, cells, strict=True)))
            verdicts += [verdict(i, read) for i in table.identities if i.over == "columns"]
    return "broken" in verdicts or ("holds" not in verdicts and any(v != "trivial" for v in verdicts))


def proven_positions(
    rows: Sequence[BoundRow], positions: Mapping[str, int], block: Block, table: FormTable
) -> dict[str, int] | None:
    """Where the figures of rows in true columns stand when that is not under their header; None unless it is certain.

    A wrong span moves a whole header aside. The rows must have as many columns of figures as the header names, and the
    identities across them must hold in the form's order: every one that says anything, and at least one not only
    between zeros.
    """
    in_order = [c.code for c in block.columns] == sorted(positions, key=lambda code: positions[code])
    if positions.keys() != {c.code for c in block.columns} or (in_order and any(r.row.ragged for r in rows)):
        return None
    fields = sorted({c.col for r in rows for c in r.row.printed if c.col > r.label_col})
    if len(fields) != len(positions) or set(fields) == set(positions.values()):
        return None
    found = {c.code: at for c, at in zip(block.columns, fields, strict=True)}
    told = []
    for row in rows:
        at = {c.col: c for c in row.row.cells if c.col > row.label_col}
        read = numbers({code: at[col] for code, col in found.items() if col in at})
        told += [verdict(i, read) for i in table.identities if i.over == "columns"]
    return found if is_borne_out(told) else None


def is_borne_out(verdicts: Sequence[str]) -> bool:
    """True where identities confirm a layout: some hold, and almost none is broken.

    A report may have a wrong sum of its own; a wrong layout breaks nearly all of them.
    """
    holds, broken = verdicts.count("holds"), verdicts.count("broken")
    return holds > 0 and broken * _HOLDING_FOR_EACH_BROKEN <= holds


def _in_order(row: BoundRow, block: Block) -> dict[str, Decimal] | None:
    """The row's figures as numbers in the order of the block's columns; None unless there is one for each."""
    cells = [c for c in row.row.cells if c.col > row.label_col]
    if len(cells) != len(block.columns):
        return None
    read = {c.code: figure(cell.text) for c, cell in zip(block.columns, cells, strict=True)}
    return {code: f.value for code, f in read.items() if f.value is not None}


def verdict(identity: Identity, figures: Mapping[str, Decimal]) -> str:
    """The outcome of an identity: holds, broken, or trivial (only zeros, or a figure is missing)."""
    if not {*identity.left, *identity.right} <= figures.keys():
        return "trivial"
    left, right = (sum(figures[c] for c in side) for side in (identity.left, identity.right))
    if left != right:
        return "broken"
    return "holds" if left else "trivial"
