"""Hands for the formats of offices and archives that are drawn from the same pages: ODT, ODS, RTF, OFD, XLS, MHT.

So are texts whose columns are held apart by spaces, and web pages whose tables are made of divisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from tests.odd import page as hands
from tests.odd.page import Page, Part, Rows, fields, placed, width
from tests.readers import draw_docx, draw_mhtml, draw_odf, draw_ofd, draw_rtf, draw_xls


def _drawn(rows: Rows) -> list[list[draw_docx.Box]]:
    """The cells by row; places that no cell fills are filled with blank ones."""
    out: list[list[draw_docx.Box]] = [[] for _ in rows]
    taken: set[tuple[int, int]] = set()
    for p in placed(rows):
        out[p.row].append(draw_docx.Box(p.col, p.box.text, p.box.right, p.box.down))
        taken |= {(p.row + r, p.col + c) for r in range(p.box.down) for c in range(p.box.right)}
    for n, row in enumerate(out):
        row += [draw_docx.Box(c, "") for c in range(width(rows)) if (n, c) not in taken]
        row.sort(key=lambda b: b.col)
    return out


def odt(page: Page) -> bytes:
    style = draw_odf.OdtStyle()
    return draw_odf.odf(
        "".join(_part(p, draw_odf.paragraph, lambda t: draw_odf._table(_drawn(t), style)) for p in page)
    )


def rtf(page: Page) -> bytes:
    s = draw_rtf.RtfStyle()
    parts = (_part(p, lambda t: draw_rtf.paragraph(t, s), lambda t: draw_rtf.table_rtf(_drawn(t), s)) for p in page)
    return (s.head + "".join(parts) + "}").encode("latin-1")


def ofd(page: Page) -> bytes:
    drawn = draw_ofd._Pages(draw_ofd.OfdStyle())
    for part in page:
        if isinstance(part, str):
            drawn.line_of_text(part)
        else:
            drawn.table(_drawn(part))
    return draw_ofd.ofd(drawn.pages, drawn.style)


def ods(page: Page) -> bytes:
    return draw_odf.as_ods(hands.book(page))


def xls(page: Page) -> bytes:
    return draw_xls.as_xls(hands.book(page))


def mht(page: Page) -> bytes:
    return draw_mhtml.archive(draw_mhtml.Part(hands.html(page)))


def padded(page: Page) -> bytes:
    """A text whose columns begin at the same places; blank cells are spaces."""
    return hands.dump(page, lambda rows: hands.aligned(fields(rows)))


def divisions(page: Page) -> bytes:
    """A web page whose tables are made of divisions, which have no spans."""

    def table(rows: Rows) -> str:
        lines = ("".join(f"<div style='display:table-cell'>{escape(t)}</div>" for t in row) for row in fields(rows))
        made = "".join(f"<div style='display:table-row'>{line}</div>" for line in lines)
        return f"<div style='display:table'>{made}</div>"

    return hands.web(page, table)


def mixed(page: Page) -> bytes:
    """A text in Markdown, as converters of scans write it: lines, and tables in HTML on a line each."""
    return hands.dump(page, lambda rows: f"<html><body>{hands.html_table(rows)}</body></html>")


def _part(part: Part, line: Callable[[str], str], table: Callable[[Rows], str]) -> str:
    return line(part) if isinstance(part, str) else table(part)


OFFICE: Mapping[str, tuple[str, Callable[[Page], bytes]]] = {
    "odt": ("odt", odt),
    "ods": ("ods", ods),
    "rtf": ("rtf", rtf),
    "ofd": ("ofd", ofd),
    "xls": ("xls", xls),
    "mht": ("mht", mht),
    "padded": ("txt", padded),
    "divisions": ("html", divisions),
    "mixed": ("md", mixed),
}
