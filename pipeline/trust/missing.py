"""Audit: what a report lacks as a whole, and which of its identities fail, as issues."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from pipeline.document import Document, Grid
from pipeline.forms.model import Form, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, simplified
from pipeline.layout.sections import Section
from pipeline.matching import Match
from pipeline.matching.arithmetic import numbers
from pipeline.trust.balances import Balance

_LEAST_ROWS = 6
_SHARE = 1 / 3  # of a table's rows: prose names some of them too
_LETTERS = 4  # shorter labels, as 其他, stand in any text
_FIGURE = re.compile(r"[0-9]+(?![0-9.、:)])")  # no ordinal


def audit(
    form: Form | None,
    matches: Sequence[Match],
    sections: Sequence[Section],
    balances: Sequence[Balance],
    in_force: Form | None = None,
) -> tuple[Issue, ...]:
    """The issues that concern no single cell: tables and sections missing, headings, balances.

    `form` is what the report follows, None where it is unknown; only what a form prescribes can be missing, or what the
    one does that was `in_force` in its year.
    """
    return (
        *(_missing(form, matches, sections) if form else _unknown(in_force)),
        *_headings(sections),
        *_balances(balances, {m.table.number: m for m in matches}),
    )


def unread(
    document: Document, matches: Sequence[Match], forms: Sequence[Form], told: Collection[int]
) -> tuple[Issue, ...]:
    """The tables that no grid gives and no issue has `told`, though the labels of many of their rows are printed.

    A form that prescribes no table is not missed for itself: these labels, with figures among them, are all that shows
    one whose cells were not found.
    """
    left = [t for f in forms for t in f.tables if t.number not in {*told, *(m.table.number for m in matches)}]
    text = _outside(document, matches) if left else ""
    if len(_FIGURE.findall(text)) < _LEAST_ROWS:
        return ()
    text = simplified(compact(text))
    numbers = sorted({t.number for t in left if _is_printed(t, text)})
    return tuple(issue("table-missing", table_no=n) for n in numbers)


def _outside(document: Document, matches: Sequence[Match]) -> str:
    """The text of a document without the grids in which tables were found."""
    grids = {m.fit.grid for m in matches} | {c.grid for m in matches for c in m.body}
    return "\n".join(
        "\n".join(c.text for c in b.cells) if isinstance(b, Grid) else b.text
        for b in document.blocks
        if not isinstance(b, Grid) or b.number not in grids
    )


def _is_printed(table: FormTable, text: str) -> bool:
    """True where a text prints the labels of many rows of a table."""
    count = sum(any(len(n) >= _LETTERS and n in text for n in r.names) for r in table.rows)
    return count >= max(_LEAST_ROWS, _SHARE * len(table.rows))


def _unknown(in_force: Form | None) -> Iterator[Issue]:
    yield issue("form-unknown")
    if in_force:
        yield from _missing_tables(in_force, ())


def _missing(form: Form, matches: Sequence[Match], sections: Sequence[Section]) -> Iterator[Issue]:
    if form.prescribed:
        yield from _missing_tables(form, matches)
        yield from _missing_sections(form, sections)


def _missing_tables(form: Form, matches: Sequence[Match]) -> Iterator[Issue]:
    found = {m.table.number for m in matches}
    for table in form.tables:
        if table.number not in found:
            yield issue("table-missing", table_no=table.number)


def _missing_sections(form: Form, sections: Sequence[Section]) -> Iterator[Issue]:
    found = {s.topic for s in sections}
    for heading in form.headings:
        if heading.topic not in found:
            yield issue("section-missing", meant=heading.text)


def _headings(sections: Sequence[Section]) -> Iterator[Issue]:
    for section in sections:
        if section.variant_of:
            yield issue("heading-variant", printed=section.heading, meant=section.variant_of, line=section.line)


def _balances(balances: Sequence[Balance], matches: Mapping[int, Match]) -> Iterator[Issue]:
    """One issue per balance that fails; blanks that stand for zero give none.

    Nor does a side left out as a whole, unless its figures look moved.
    """
    for b in balances:
        if b.state_blank_as_zero == "fail" and (b.stated or _looks_moved(b, balances, matches)):
            row, column = b.target
            code = "bound-fails" if b.is_bound else "balance-fails" if b.state == "fail" else "balance-incomplete"
            yield issue(
                code,
                table_no=b.table_no,
                row_code=row,
                col_code=column,
                rule=b.rule,
                left=f"{b.left:f}",
                right=f"{b.right:f}",
            )


def _looks_moved(balance: Balance, balances: Sequence[Balance], matches: Mapping[int, Match]) -> bool:
    """True where a blank sum seems to be printed in the field before it, or where the table has a single row.

    A blank field lost from a row moves all behind it: 2 and 2 with a blank total are 2 and the total of 2.
    """
    if balance.is_bound:
        return False
    same = [b for b in balances if b.table_no == balance.table_no and not b.is_bound]
    if len({row for b in same for row, _ in (*b.left_cells, *b.right_cells)}) == 1:
        return True
    if len(balance.left_cells) != 1 or balance.left or len({row for row, _ in balance.right_cells}) > 1:
        return False
    values = numbers({(b.row.code, b.column.code): b.cell for b in matches[balance.table_no].bound})
    parts = [v for k in balance.right_cells if (v := values.get(k))]
    return len(parts) > 1 and parts[-1] == sum(parts[:-1])
