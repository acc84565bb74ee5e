"""A page to draw: its lines and tables; and a hand for each format. No hand shares code with a reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from openpyxl import Workbook

from tests.readers import draw_docx, draw_pdf, draw_xlsx


@dataclass(frozen=True)
class Box:
    """A cell to draw with its spans."""

    text: str
    right: int = 1
    down: int = 1


Rows = Sequence[Sequence[Box]]
Part = str | Rows
Page = Sequence[Part]


def boxes(rows: Sequence[Sequence[str]]) -> Rows:
    """The rows of a table without spans."""
    return [[Box(text) for text in row] for row in rows]


@dataclass(frozen=True)
class Placed:
    """A cell with its row and column."""

    row: int
    col: int
    box: Box


def placed(rows: Rows) -> Iterator[Placed]:
    """The cells at their places, as spans push them."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        col = 0
        for box in row:
            while (number, col) in taken:
                col += 1
            if box.down > 1:
                taken |= {(number + r, col + c) for r in range(1, box.down) for c in range(box.right)}
            yield Placed(number, col, box)
            col += box.right


def width(rows: Rows) -> int:
    """The number of columns."""
    return max(p.col + p.box.right for p in placed(rows))


def fields(rows: Rows) -> list[list[str]]:
    """The text at each row and column; '' where a span covers it."""
    found, wide = list(placed(rows)), width(rows)
    out = [[""] * wide for _ in rows]
    for p in found:
        out[p.row][p.col] = p.box.text
    return out


# ------------------------------------------------------------------------------------------------------------- hands


def html(page: Page) -> bytes:
    """A page with a table element for each table."""
    return web(page, html_table)


def web(page: Page, table: Callable[[Rows], str]) -> bytes:
    """A page with the tables drawn one way."""
    body = "".join(f"<p>{escape(p)}</p>" if isinstance(p, str) else table(p) for p in page)
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def html_table(rows: Rows) -> str:
    """The markup of a table."""
    return "<table border='1'>" + "".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in rows) + "</table>"


def _td(box: Box) -> str:
    spans = (f" colspan='{box.right}'" if box.right > 1 else "") + (f" rowspan='{box.down}'" if box.down > 1 else "")
    return f"<td{spans}>{'<br>'.join(map(escape, box.text.split(chr(10))))}</td>"


def docx(page: Page) -> bytes:
    """A Word document."""
    parts = [draw_docx.paragraph(p) if isinstance(p, str) else docx_table(p) for p in page]
    return draw_docx.docx("".join(parts) + draw_docx.paragraph(""))


def docx_table(rows: Rows) -> str:
    """The XML of a table."""
    wide = width(rows)
    drawn: list[list[draw_docx.Box]] = [[] for _ in rows]
    for p in placed(rows):
        drawn[p.row].append(draw_docx.Box(p.col, p.box.text, p.box.right, p.box.down))
    drawn[0] = [*drawn[0], *(draw_docx.Box(c, "") for c in range(_end(drawn[0]), wide))]
    return draw_docx.table_xml(drawn, draw_docx.DocxStyle())


def _end(row: Sequence[draw_docx.Box]) -> int:
    return max((b.col + b.width for b in row), default=0)


def pdf(page: Page, borders: str = "strokes", *, spread: bool = False, centred: bool = False) -> bytes:
    """A file with ruled tables, or with other borders; with two pages on a sheet where it is a `spread`.

    Cells are filled from their top, or around their middle where they are `centred`.
    """
    style = draw_pdf.Style(size=7.5, margin=40, borders=borders, spread=spread, centred=centred)
    drawing = draw_pdf._Drawing(style)
    for part in page:
        if isinstance(part, str):
            drawing.heading(part)
        else:
            drawing.table(pdf_rows(part))
    return drawing.finish()


def pdf_rows(rows: Rows) -> draw_pdf.Rows:
    """The rows for the drawing hand; a first column of words is wide."""
    drawn = [[draw_pdf.Box(b.text, b.down, b.right) for b in row] for row in rows]
    longest = [0] * width(rows)
    for p in placed(rows):
        if p.box.right == 1:
            longest[p.col] = max(longest[p.col], len(p.box.text))
    return draw_pdf.Rows(drawn, [2.5 if n > 12 else 1.3 if n > 6 else 1 for n in longest])


def xlsx(page: Page) -> bytes:
    """A spreadsheet."""
    out = io.BytesIO()
    book(page).save(out)
    return out.getvalue()


def book(page: Page) -> Workbook:
    """One sheet with everything below each other."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    at, lines = 1, draw_xlsx.lines_of(sheet)
    for part in page:
        if isinstance(part, str):
            sheet.cell(at, 1, part)
            at += 1
            continue
        for p in placed(part):
            place = at + p.row, 1 + p.col
            sheet.cell(*place, _number(p.box.text))
            draw_xlsx.lay_over(sheet, place, (p.box.down, p.box.right), lines)
        at += len(part)
    return made


def _number(text: str) -> object:
    if text.isdecimal():
        return int(text)
    return float(text) if text.replace(".", "", 1).isdecimal() else text or None


def dump(page: Page, table: Callable[[Rows], str]) -> bytes:
    """A text with the tables drawn one way."""
    return "\n\n".join(p if isinstance(p, str) else table(p) for p in page).encode()


def tabs(page: Page) -> bytes:
    """A text with a field for each place of a table."""
    return dump(page, lambda rows: "\n".join("\t".join(_flat(row)) for row in fields(rows)))


def pipes(page: Page) -> bytes:
    """A text in Markdown."""

    def table(rows: Rows) -> str:
        lines = [f"| {' | '.join(_flat(row))} |" for row in fields(rows)]
        return "\n".join([lines[0], "|" + " --- |" * width(rows), *lines[1:]])

    return dump(page, table)


def _flat(row: Sequence[str]) -> list[str]:
    return [text.replace("\n", "") for text in row]


def lines(page: Page) -> bytes:
    """A text of one cell a line; blank cells are lost."""
    return dump(page, lambda rows: "\n".join(b.text for row in rows for b in row if b.text))


def spaces(page: Page) -> bytes:
    """A text whose cells are held apart by wide gaps; blank cells are lost."""
    return dump(page, lambda rows: "\n".join("      ".join(_flat([b.text for b in row if b.text])) for row in rows))


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lines whose columns are held apart by spaces, each beginning at one place; blank cells are spaces."""
    wide = [max(map(_width, column)) + 2 for column in zip(*lines, strict=True)]
    return "\n".join("".join(t + " " * (n - _width(t)) for t, n in zip(ln, wide, strict=True)).rstrip() for ln in lines)


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def commas(page: Page) -> bytes:
    """Comma-separated values."""
    out = io.StringIO()
    writer = csv.writer(out)
    for part in page:
        writer.writerows([[part]] if isinstance(part, str) else fields(part))
    return out.getvalue().encode("utf-8-sig")


def _uprights(page: Page, upright: str, border: Callable[[int], str] | None = None) -> bytes:
    """A text with some upright between the fields, and perhaps a border between the rows."""

    def table(rows: Rows) -> str:
        drawn = [f"{upright} {f' {upright} '.join(_flat(row))} {upright}" for row in fields(rows)]
        between = border(width(rows)) if border else None
        return "\n".join(drawn if between is None else [x for line in drawn for x in (between, line)])

    return dump(page, table)


UPRIGHTS: Mapping[str, Callable[[Page], bytes]] = {
    "pipes_without_rule": partial(_uprights, upright="|"),
    "wide_pipes": partial(_uprights, upright="｜"),
    "boxes": partial(_uprights, upright="│", border=lambda n: "├" + "┼".join(["────"] * n) + "┤"),
    "signs": partial(_uprights, upright="|", border=lambda n: "+" + "+".join(["----"] * n) + "+"),
}
LOOSE: Mapping[str, tuple[str, Callable[[Page], bytes]]] = {
    "level": ("pdf", partial(pdf, borders="horizontal")),
    "zebra": ("pdf", partial(pdf, borders="zebra")),
    "bare": ("pdf", partial(pdf, borders="none")),
    "spread": ("pdf", partial(pdf, spread=True)),
}
HANDS: Mapping[str, tuple[str, Callable[[Page], bytes]]] = {
    "html": ("html", html),
    "docx": ("docx", docx),
    "pdf": ("pdf", pdf),
    "xlsx": ("xlsx", xlsx),
    "tabs": ("txt", tabs),
    "pipes": ("md", pipes),
    "lines": ("txt", lines),
    "spaces": ("txt", spaces),
    "csv": ("csv", commas),
}
