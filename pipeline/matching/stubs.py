"""Stubs: which row of the form each printed row is, by its own label, with the labels around it as context.

A damaged label is bound only where the bound rows above and below leave a gap that it alone resembles, and then
with an issue. A row bound twice is bound to neither unless it prints the same. What an open table prints beside its
own rows is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.document import Cell
from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import Label, similarity
from pipeline.matching.groups import strange_groups
from pipeline.matching.model import BodyRow, BoundRow, GridRow, LooseRow, Rows
from pipeline.matching.wordings import is_misprint, says_otherwise

_ALIKE = 0.6
_ALIKE_RECALLED = 0.85  # rows whose wording is not certain are many and much alike
_CLEARLY_BETTER = 0.1
_CORRECTED = re.compile(r"^(?:更正|更改|订正|勘误|修正|改正|修订)(?:为|后)?|(?:更正|更改|订正|修正|改正|应)为?$")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A body row with its own label, and the rows of the form that this label may name."""

    body: BodyRow
    cell: Cell | None
    text: Label
    lines: tuple[FormLine, ...]

    def bound(self, line: FormLine, table: FormTable) -> BoundRow:
        label_col = -1 if self.cell is None else self.cell.col
        return BoundRow(line, self.body.row, label_col, self.body.band, table.block_of(line.code))


def bind_rows(body: Sequence[BodyRow], table: FormTable) -> Rows:
    """Bind the body rows of a region to the rows of a form's table, in print order."""
    figures_anywhere = any(b.row.has_figures for b in body)
    readings = [_read(b, table, blank_is_row=not figures_anywhere) for b in body]
    by_label = _settle(readings)
    inferred, flaws = _fill_gaps(readings, by_label, table)
    chosen = {**by_label, **inferred}
    keep, doubled = _without_doubles(readings, chosen, table)
    by_reading = {i: readings[i].bound(line, table) for i, line in sorted(keep.items())}
    bound = tuple(by_reading.values())
    unbound = [r for i, r in enumerate(readings) if i not in chosen]
    unknown = [r for r in unbound if is_unknown(r.body.row, table)]
    labels = frozenset(c for b in bound for c in _label_cells(b))
    issues = (
        *_misprints(readings, by_label, table),
        *flaws,
        *strange_groups(((r.body.row, r.cell, chosen.get(i)) for i, r in enumerate(readings)), table),
        *doubled,
        *_leftovers([r for r in unbound if r not in unknown], table),
        *_missing(table, chosen.values()),
    )
    loose = tuple(_loose_rows(readings, by_reading, table))
    return Rows(bound, labels, issues, tuple(r.body for r in unknown), loose)


def is_unknown(row: GridRow, table: FormTable) -> bool:
    """True for a row that an open table adds to its own: a label with figures, and no line below the table."""
    texts = [t.text for _, t in row.leading if t.text]
    return table.open and row.has_figures and bool(texts) and not any(texts[-1].startswith(f) for f in table.below)


def _read(body: BodyRow, table: FormTable, *, blank_is_row: bool) -> _Reading:
    """The rightmost leading label that names a row; for a table without stub, the row of figures itself."""
    nameless = tuple(r for r in table.rows if not r.path)
    if nameless and _holds_figures(body, table.block_of(nameless[0].code), blank_is_row):
        return _Reading(body, None, Label(""), nameless)
    for cell, text in reversed(body.row.leading):
        lines = _named(text, table)
        if lines:
            return _Reading(body, cell, text, lines)
    if not body.row.leading:
        return _Reading(body, None, Label(""), ())
    cell, text = body.row.leading[-1]
    return _Reading(body, cell, text, ())


def _holds_figures(body: BodyRow, block: Block, blank_is_row: bool) -> bool:
    """True for the figures of a table without stub; words among them do no harm as long as they are fewer."""
    row = body.row
    if not row.printed:
        return blank_is_row and body.band >= 0
    return row.has_figures and (not row.leading or 2 * len(row.printed) >= len(block.columns))


def _named(text: Label, table: FormTable) -> tuple[FormLine, ...]:
    """The rows of that name; only those with the same ordinal, where there are any.

    A row that corrects one printed elsewhere names it as well, so that they contradict each other.
    """
    if not text.text:
        return ()
    if _CORRECTED.search(text.text):
        text = Label(_CORRECTED.sub("", text.text), text.ordinal)
    lines = table.named.get(text.text, ())
    same = [r for r in lines if text.ordinal == r.leaf.ordinal]
    return tuple(same) or lines


def _settle(readings: Sequence[_Reading]) -> dict[int, FormLine]:
    """The row of each reading, by its index, where the label names one; of several, the one whose groups are above."""
    settled: dict[int, FormLine] = {}
    above: tuple[str, ...] = ()
    for i, reading in enumerate(readings):
        groups = {t.text for _, t in reading.body.row.leading}
        lines = reading.lines
        if len(lines) > 1:
            context = groups | set(above)
            near = [len(context & set(line.parents)) for line in lines]
            lines = tuple(line for line, n in zip(lines, near, strict=True) if n == max(near))
        if len(lines) == 1:
            settled[i] = lines[0]
            above = (*lines[0].parents, *lines[0].names)
    return settled


def _fill_gaps(
    readings: Sequence[_Reading], settled: dict[int, FormLine], table: FormTable
) -> tuple[dict[int, FormLine], tuple[Issue, ...]]:
    """Bind rows with damaged labels to the missing rows between their bound neighbours that they resemble."""
    order = {r.code: n for n, r in enumerate(table.rows)}
    found: dict[int, FormLine] = {}
    flaws: list[Issue] = []
    for i, reading in enumerate(readings):
        if i in settled or reading.cell is None or not reading.text.text:
            continue
        taken = {**settled, **found}
        low = max((order[taken[k].code] for k in taken if k < i), default=-1)
        high = min((order[taken[k].code] for k in taken if k > i), default=len(order))
        used = {line.code for line in taken.values()}
        free = [r for r in table.rows[low + 1 : high] if r.path and r.code not in used]
        line = _resembling(reading.text, free, _ALIKE_RECALLED if table.recalled else _ALIKE)
        if line:
            found[i] = line
            flaws.append(_misprint(reading, line, table))
    return found, tuple(flaws)


def _resembling(text: Label, lines: Sequence[FormLine], alike: float) -> FormLine | None:
    """The row that the text resembles clearly more than any other; None where there is no such row."""
    scored = sorted(((_likeness(text, line), n) for n, line in enumerate(lines)), reverse=True)
    if not scored or scored[0][0] < alike:
        return None
    if len(scored) > 1 and scored[0][0] - scored[1][0] < _CLEARLY_BETTER:
        return None
    return lines[scored[0][1]]


def _likeness(text: Label, line: FormLine) -> float:
    """The best similarity to any of its names; an ordinal that contradicts takes a little off."""
    best = max(0.0 if says_otherwise(text.text, n) else similarity(text.text, n) for n in line.names)
    contradicts = text.ordinal and line.leaf.ordinal and text.ordinal != line.leaf.ordinal
    return best - (_CLEARLY_BETTER if contradicts else 0.0)


def _without_doubles(
    readings: Sequence[_Reading], chosen: dict[int, FormLine], table: FormTable
) -> tuple[dict[int, FormLine], tuple[Issue, ...]]:
    """Drop rows bound twice: repeats are noted, contradictions leave no row at all."""
    by_code: dict[str, list[int]] = {}
    for i, line in chosen.items():
        by_code.setdefault(line.code, []).append(i)
    keep: dict[int, FormLine] = {}
    flaws: list[Issue] = []
    for found in by_code.values():
        line = chosen[found[0]]
        same = len({_figures(readings[i]) for i in found}) == 1
        if same:
            keep[found[0]] = line
        for i in found[1:] if same else found if len(found) > 1 else ():
            flaws.append(_doubled("row-repeated" if same else "row-conflict", readings[i], line, table))
    return keep, tuple(flaws)


def _figures(reading: _Reading) -> tuple[str, ...]:
    start = -1 if reading.cell is None else reading.cell.col
    return tuple(c.text.strip() for c in reading.body.row.printed if c.col > start)


def _label_cells(bound: BoundRow) -> Iterator[Cell]:
    return (c for c in bound.row.printed if c.col <= bound.label_col)


def _doubled(code: str, reading: _Reading, line: FormLine, table: FormTable) -> Issue:
    return issue(
        code,
        table_no=table.number,
        row_code=line.code,
        cells=reading.body.row.printed,
        meant=table.name_of(line),
    )


def _misprints(readings: Sequence[_Reading], settled: dict[int, FormLine], table: FormTable) -> Iterator[Issue]:
    for i, line in settled.items():
        if readings[i].text.text in line.damaged_names:
            yield _misprint(readings[i], line, table)


def _misprint(reading: _Reading, line: FormLine, table: FormTable) -> Issue:
    assert reading.cell is not None
    text = reading.text.text
    is_slip = text in line.damaged_names or any(is_misprint(text, name) for name in line.names)
    return issue(
        "label-misprint" if is_slip else "label-inferred",
        table_no=table.number,
        row_code=line.code,
        printed=reading.cell.text.strip(),
        at=reading.cell,
        meant=table.name_of(line),
    )


def _leftovers(unbound: Iterable[_Reading], table: FormTable) -> Iterator[Issue]:
    for reading in unbound:
        if reading.body.row.printed:
            yield issue("row-unbound", table_no=table.number, cells=reading.body.row.printed)


def _loose_rows(readings: Sequence[_Reading], bound: Mapping[int, BoundRow], table: FormTable) -> Iterator[LooseRow]:
    """The rows of figures alone, each with the nearest bound rows beside it under the same header."""
    loose = [i for i, r in enumerate(readings) if i not in bound and r.body.row.printed and not r.body.row.labels]
    order = {r.code: n for n, r in enumerate(table.rows)}
    for i in loose:
        above = next((k for k in range(i - 1, -1, -1) if k not in loose), -1)
        below = next((k for k in range(i + 1, len(readings)) if k not in loose), len(readings))
        beside = [
            bound[k] if k in bound and readings[k].body.band == readings[i].body.band else None for k in (above, below)
        ]
        after = order[beside[0].line.code] + 1 if beside[0] else 0
        before = order[beside[1].line.code] if beside[1] else after
        yield LooseRow(readings[i].body.row, beside[0], beside[1], is_in_gap=before > after)


def _missing(table: FormTable, chosen: Iterable[FormLine]) -> Iterator[Issue]:
    """The issues for rows that are not printed; for a table whose labels are recalled, only their number."""
    codes = {line.code for line in chosen}
    missing = [r for r in table.rows if r.code not in codes]
    if missing and table.recalled:
        yield issue("rows-missing", table_no=table.number, choices=len(missing), expected=len(table.rows))
        return
    for row in missing:
        yield issue("row-missing", table_no=table.number, row_code=row.code, meant=table.name_of(row))
