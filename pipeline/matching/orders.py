"""The order of columns in folded rows, whose header prints its levels one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.document import Cell
from pipeline.forms.model import FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.matching.arithmetic import is_borne_out, numbers, verdict
from pipeline.matching.model import BoundRow, GridRow


class _Place(NamedTuple):
    """Where a label stands in a header: its row, its number among all labels, and the line of the text."""

    row: int
    number: int
    line: int | None


def printed_order(
    found: dict[str, int], band: Sequence[GridRow], rows: Sequence[BoundRow], table: FormTable
) -> tuple[dict[str, int], tuple[Issue, ...]]:
    """The columns of folded rows in the order in which their header prints them, `found` where that is the form's.

    A header prints its levels one after another, so that each level has an order of its own. Where it is not the form's
    it holds if the identities bear out it alone. Labels of one level that are merged over the same rows are never mixed
    up by what made a text of the page, nor are those of one line, so that their order holds as well where the
    identities say nothing against it. Where each cell has a line of its own, another order of the rest is an issue.
    """
    columns = rows[0].block.columns
    usual = sorted(found, key=lambda code: found[code])
    order, sure = (_order_of_levels(columns, band, mixed=m) for m in (True, False))
    if order == sure == usual or sorted(usual) != sorted(order):
        return found, ()
    tails = [[c for c in r.row.cells if c.col > r.label_col] for r in rows]
    whole = [t for t in tails if len(t) == len(order)]
    identities = [i for i in table.identities if i.over == "columns" and found.keys() >= {*i.left, *i.right}]

    def told(codes: Sequence[str]) -> bool:
        read = [numbers(dict(zip(codes, t, strict=True))) for t in whole]
        return is_borne_out([verdict(i, figures) for figures in read for i in identities])

    if identities and not told(usual) and told(order):
        return _numbered(order), ()
    taken = sure if not identities or told(sure) else usual
    is_unclear = taken != order and any(_is_a_cell_a_line(t) for t in whole)
    flaws = (_unclear(taken, order, columns, table),) if is_unclear else ()
    return (_numbered(sure) if taken is sure else found), flaws


def _numbered(codes: Sequence[str]) -> dict[str, int]:
    return {code: n for n, code in enumerate(codes)}


def _is_a_cell_a_line(tail: Sequence[Cell]) -> bool:
    """True for cells on different lines, and for those of paragraphs that have no lines, such as parts of a page."""
    lines = {c.line for c in tail}
    return len(tail) > 1 and (lines == {None} or len(lines) == len(tail))


def _unclear(taken: Sequence[str], order: Sequence[str], columns: Sequence[FormLine], table: FormTable) -> Issue:
    """An issue that names the first label which stands before another than in the order taken."""
    paths = {c.code: c.path for c in columns}
    meant, printed = next((paths[t], paths[o]) for t, o in zip(taken, order, strict=True) if t != o)
    outer = next((n for n, (a, b) in enumerate(zip(meant, printed, strict=False)) if a != b), -1)
    return issue("columns-order-unclear", table_no=table.number, printed=printed[outer], meant=meant[outer])


def _order_of_levels(columns: Sequence[FormLine], band: Sequence[GridRow], *, mixed: bool) -> list[str]:
    """The columns as the labels of each of their levels are ordered in print; the form's order where one is lacking.

    Where it is not `mixed`, labels of columns are not compared with those of groups, unless all stand on one line.
    """
    texts = [(row, cell.line, t.text) for row, cells in enumerate(band) for cell, t in cells.labels]
    first = {text: _Place(row, n, line) for n, (row, line, text) in reversed(list(enumerate(texts)))}
    own = {c.code: min((first[n] for n in c.names if n in first), default=None) for c in columns}
    places = {code: at for code, at in own.items() if at is not None}
    usual = [c.code for c in columns]
    return _ordered(columns, 0, places, first, mixed=mixed) if len(places) == len(usual) else usual


def _ordered(
    columns: Sequence[FormLine], depth: int, own: Mapping[str, _Place], first: Mapping[str, _Place], *, mixed: bool
) -> list[str]:
    """The columns that share their first labels, in the order of their labels at some depth, then of those below.

    Only labels of one row can be compared. A group that is not printed there stands where its first column does.
    """
    parts: dict[str, list[FormLine]] = {}
    for c in columns:
        parts.setdefault(c.parents[depth] if len(c.parents) > depth else c.code, []).append(c)
    inside = {name: min(own[c.code] for c in part) for name, part in parts.items()}
    groups = [name for name in parts if name not in own]
    printed = {first[name].row for name in groups if name in first}
    is_even = mixed or len(groups) in (0, len(parts)) or not printed & {own[name].row for name in parts if name in own}
    for places in ({name: first.get(name, at) for name, at in inside.items()}, inside):
        if (is_even or _are_on_a_line(places.values())) and len({at.row for at in places.values()}) == 1:
            names = sorted(parts, key=lambda name: places[name])
            break
    else:
        names = list(parts)
    deeper = ((name, parts[name]) for name in names)
    return [
        code
        for name, part in deeper
        for code in ([name] if part[0].code == name else _ordered(part, depth + 1, own, first, mixed=mixed))
    ]


def _are_on_a_line(places: Iterable[_Place]) -> bool:
    lines = {at.line for at in places}
    return len(lines) == 1 and None not in lines
