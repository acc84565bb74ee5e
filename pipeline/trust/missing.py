"""Audit: what a report lacks as a whole, and which of its identities fail, as issues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.forms.model import Form
from pipeline.issues import Issue, issue
from pipeline.layout.sections import Section
from pipeline.matching import Match
from pipeline.trust.balances import Balance


def audit(
    form: Form | None, matches: Sequence[Match], sections: Sequence[Section], balances: Sequence[Balance]
) -> tuple[Issue, ...]:
    """The issues that concern no single cell: tables and sections missing, headings, balances.

    `form` is what the report follows, None where it is unknown; only what a form prescribes can be missing.
    """
    return (
        *(_missing(form, matches, sections) if form else [issue("form-unknown")]),
        *_headings(sections),
        *_balances(balances),
    )


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


def _balances(balances: Sequence[Balance]) -> Iterator[Issue]:
    """One issue per balance that fails; blanks that stand for zero give none, nor does a side left out as a whole."""
    for b in balances:
        if b.state_blank_as_zero == "fail" and b.stated:
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
