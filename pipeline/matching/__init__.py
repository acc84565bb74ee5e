"""Which cells of which grid answer which row and column of a form's table, and what is left over.

Labels bind cells: a row by its stub, a column by its header. Where a ragged row leaves open at which field its
figures start, the row's own extent, its sister rows and the identities decide; if they do not, the figures are
left over with an issue. No form is named here, and nothing is poured in by counting.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document import Document
from pipeline.forms import Form
from pipeline.issues import issue
from pipeline.matching.headers import bands_of, bind_columns
from pipeline.matching.model import Bound, Match, Region
from pipeline.matching.placing import place_figures
from pipeline.matching.regions import choose_forms, find_regions
from pipeline.matching.strays import place_strays
from pipeline.matching.stubs import bind_rows

__all__ = ["Bound", "Match", "match"]


def match(document: Document, forms: Sequence[Form]) -> tuple[Match, ...]:
    """The tables found in a document, by number, each with its cells bound, left over and in doubt."""
    regions = find_regions(document, forms)
    return tuple(_match_region(region, form) for region, form in choose_forms(regions, forms))


def _match_region(region: Region, form: Form) -> Match:
    table = form.table(region.table_no)
    bands, body = bands_of(region, table)
    rows = bind_rows(body, table)
    columns = bind_columns(bands, rows.bound, table)
    placed = place_figures(rows.bound, columns, table)
    outside = (issue("cell-outside", table_no=table.number, cells=r.printed) for r in region.stray if r.printed)
    bound, issues = place_strays(placed.bound, (*columns.issues, *rows.issues, *placed.issues, *outside), table)
    return Match(
        form=form,
        table=table,
        bound=bound,
        issues=issues,
        body=region.body_cells(labels={*bands.cells, *rows.labels}),
    )
