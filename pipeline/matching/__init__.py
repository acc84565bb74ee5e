"""Finds which cells of which grid answer which row and column of a form's table, and what is left over.

Labels bind cells: a row by its stub, a column by its header. Where a ragged row leaves open at which field its
figures start, the row's own extent, its sister rows and the identities decide; if they do not, the figures are
left over with an issue. No form is named here, and nothing is poured in by counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.document import Document
from pipeline.forms.model import Form
from pipeline.issues import Issue, issue
from pipeline.matching.asides import set_aside
from pipeline.matching.bands import bands_of
from pipeline.matching.blank_fields import maybe_merged
from pipeline.matching.bracketed import bracketed
from pipeline.matching.captions import Captions, captions
from pipeline.matching.fitting import fit_of
from pipeline.matching.headers import bind_columns
from pipeline.matching.joins import join_lines
from pipeline.matching.model import BodyRow, Bound, BoundRow, Match, Region, TableFit
from pipeline.matching.placing import place_figures
from pipeline.matching.regions import choose_forms, find_regions, told_by
from pipeline.matching.second_lines import with_second_lines
from pipeline.matching.strangers import adopt
from pipeline.matching.strays import place_strays
from pipeline.matching.stubs import bind_rows
from pipeline.matching.unit_cells import take_units_out
from pipeline.matching.units import Around, unplaced, with_units

__all__ = ["Bound", "Match", "TableFit", "match"]


def match(document: Document, forms: Sequence[Form], year: int | None = None) -> tuple[Match, ...]:
    """The tables found in a document, by number, each with its cells bound, left over and in doubt.

    `year` is that of the report, where it is known.
    """
    told = told_by(document, forms)
    found = list(choose_forms(find_regions(document, told), told))
    grids = sorted({g for r, _ in found for g in r.grids})
    lines = captions(document, {g: frozenset(r.table_no for r, _ in found if g in r.grids) for g in grids})
    whose = _Whose(year, is_text=document.format == "text")
    matches = [_match_region(r, form, told, lines, whose) for r, form in found]
    flaws = unplaced(matches, lines)
    return tuple(replace(m, issues=(*m.issues, *flaws[n])) if (n := m.table.number) in flaws else m for m in matches)


class _Whose(NamedTuple):
    """The year of a report, and whether it is a text without grids."""

    year: int | None
    is_text: bool


def _match_region(region: Region, form: Form, forms: Sequence[Form], lines: Captions, whose: _Whose) -> Match:
    table = form.table(region.table_no)
    region, units = take_units_out(set_aside(region, table), table)
    bands, body = bands_of(region, table)
    rows = bind_rows(body, table)
    strange = adopt(rows, bands, table)
    columns = bind_columns(bands, (*rows.bound, *strange), table)
    placed = place_figures((*rows.bound, *strange), columns, table)
    kept = [r for r in strange if r in placed.rows]
    lost = [b for b in rows.unknown if all(b.row is not r.row for r in kept)]
    outside = (issue("cell-outside", table_no=table.number, cells=r.printed) for r in region.stray if r.printed)
    flaws = (
        *columns.issues,
        *rows.issues,
        *bracketed(rows.bound, bands, columns, table, whose.year),
        *_of_strangers(kept, lost, table.number),
        *placed.issues,
        *outside,
    )
    bound, issues = with_second_lines(*place_strays(placed.bound, flaws, table), rows.loose, table)
    with_unit, odd_units = with_units(
        join_lines(bound, table), (*rows.bound, *kept), bands, table, Around(units, lines)
    )
    labels = {c for r in kept for c in r.row.printed if c.col <= r.label_col}
    return Match(
        form=form,
        table=table,
        bound=with_unit,
        issues=(*issues, *(maybe_merged(bound, table) if whose.is_text else ()), *odd_units),
        body=region.body_cells(labels={*bands.cells, *rows.labels, *labels}),
        fit=fit_of(region, form, (*rows.bound, *kept), columns, issues, forms),
    )


def _of_strangers(kept: Sequence[BoundRow], lost: Sequence[BodyRow], table_no: int) -> Iterator[Issue]:
    """The rows that are in no form: kept under their own label, or left over."""
    for row in kept:
        cell = row.row.leading[-1][0]
        yield issue("row-unknown", table_no=table_no, row_code=row.line.code, printed=cell.text.strip(), at=cell)
    for body in lost:
        yield issue("row-unbound", table_no=table_no, cells=body.row.printed)
