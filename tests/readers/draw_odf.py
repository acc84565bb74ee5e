"""Draw reports as OpenDocument texts, and write drawn spreadsheets as OpenDocument ones; zipped or as one XML file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_docx import Drawn, drawn_table
from tests.readers.draw_xlsx import XlsxStyle, workbook
from tests.render import HEADINGS, TITLE, Figures

_NAMES = ("office", "style", "text", "table")
NAMESPACES = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in _NAMES) + (
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)
TYPES = {kind: f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")}


def odf(body: str, kind: str = "text", styles: str = "", common: str = "") -> bytes:
    """A zipped file with some content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", TYPES[kind], zipfile.ZIP_STORED)
        made.writestr("content.xml", _root("document-content", _automatic(styles) + _body(body, kind)))
        made.writestr("styles.xml", _root("document-styles", f"<office:styles>{common}</office:styles>"))
    return out.getvalue()


def flat(body: str, kind: str = "text", styles: str = "", common: str = "") -> bytes:
    """The same as one XML file, with a picture."""
    picture = "<office:settings><office:binary-data>" + "iVBORw0KGgo=" * 99 + "</office:binary-data></office:settings>"
    inside = f"{picture}<office:styles>{common}</office:styles>{_automatic(styles)}{_body(body, kind)}"
    return _root("document", inside, f' office:mimetype="{TYPES[kind]}"').encode()


def _root(name: str, inside: str, attributes: str = "") -> str:
    start = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{start}<office:{name} {NAMESPACES}{attributes} office:version="1.3">{inside}</office:{name}>'


def _automatic(styles: str) -> str:
    return f"<office:automatic-styles>{styles}</office:automatic-styles>"


def _body(body: str, kind: str) -> str:
    return f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"


# --------------------------------------------------------------------------------------------------------------- texts


def paragraph(text: str) -> str:
    return f'<text:p text:style-name="P1">{escape(text)}</text:p>'


@dataclass(frozen=True)
class OdtStyle:
    """The ways of writing that may change without a change to what is printed."""

    cell: Callable[[str], str] = paragraph
    table: Callable[[str], str] = lambda table: table
    pack: Callable[[str], bytes] = odf
    repeats: bool = False  # equal cells side by side are written once


def odt_report(form: Form, figures: Figures, style: OdtStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is printed as a blank."""
    s = style or OdtStyle()
    tables = {t.number: s.table(_table(drawn_table(t, figures), s)) for t in form.tables}
    parts = [f"<text:h text:outline-level='1'>{TITLE}</text:h>"]
    for number, heading in HEADINGS.items():
        parts += [paragraph(heading), tables.get(number, paragraph("2024 年公开政府信息 385 条。"))]
    return s.pack("".join(parts))


def _table(rows: Drawn, s: OdtStyle) -> str:
    width = max(b.col + b.width for b in rows[0])
    lines = []
    above: dict[int, int] = {}  # by column, how many more rows a cell reaches down
    for row in rows:
        cells: list[str] = []
        at = {b.col: b for b in row}
        column = 0
        while column < width:
            if above.get(column):
                cells.append("<table:covered-table-cell/>")
                above[column] -= 1
                column += 1
                continue
            box = at[column]
            spans = _spans(box.width, box.height)
            cells.append(f"<table:table-cell{spans}>{s.cell(box.text)}</table:table-cell>")
            cells += ["<table:covered-table-cell/>"] * (box.width - 1)
            above.update(dict.fromkeys(range(column, column + box.width), box.height - 1))
            column += box.width
        lines.append(f"<table:table-row>{''.join(_repeated(cells) if s.repeats else cells)}</table:table-row>")
    head, *body = lines
    columns = f'<table:table-column table:number-columns-repeated="{width}"/>'
    return (
        f"<table:table>{columns}<table:table-header-rows>{head}</table:table-header-rows>{''.join(body)}</table:table>"
    )


def _spans(width: int, height: int) -> str:
    columns = f' table:number-columns-spanned="{width}"' if width > 1 or height > 1 else ""
    return columns + (f' table:number-rows-spanned="{height}"' if width > 1 or height > 1 else "")


def _repeated(cells: list[str]) -> list[str]:
    out: list[tuple[str, int]] = []
    for cell in cells:
        if out and out[-1][0] == cell and "spanned" not in cell:
            out[-1] = cell, out[-1][1] + 1
        else:
            out.append((cell, 1))
    return [c if n == 1 else c.replace("-cell", f'-cell table:number-columns-repeated="{n}"', 1) for c, n in out]


# -------------------------------------------------------------------------------------------------------- spreadsheets


def ods_report(form: Form, figures: Figures, style: XlsxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    return as_ods(workbook(form, figures, style or XlsxStyle()))


def as_ods(book: Workbook, pack: Callable[..., bytes] = odf) -> bytes:
    """The cells, borders, merged and hidden parts of a workbook whose cells show what they hold."""
    styles = (
        '<style:style style:name="hid" style:family="table"><style:table-properties table:display="false"/></style:style>'
        '<style:style style:name="lined" style:family="table-cell">'
        '<style:table-cell-properties fo:border="0.5pt solid #000000"/></style:style>'
        '<style:style style:name="struck" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    return pack("".join(map(_sheet, book.worksheets)), "spreadsheet", styles)


def _sheet(sheet: Worksheet) -> str:
    hidden = {c for c, d in sheet.column_dimensions.items() if d.hidden}
    letters = [chr(ord("A") + n) for n in range(sheet.max_column)]
    columns = "".join(f"<table:table-column{_hiding(letter in hidden)}/>" for letter in letters)
    covered = {
        (r, c): (a.max_row - a.min_row + 1, a.max_col - a.min_col + 1) if (r, c) == (a.min_row, a.min_col) else None
        for a in sheet.merged_cells.ranges
        for r in range(a.min_row, a.max_row + 1)
        for c in range(a.min_col, a.max_col + 1)
    }
    rows = [
        f"<table:table-row{_hiding(sheet.row_dimensions[n].hidden)}>"
        + "".join(_cell(c, covered) for c in row)
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for n, row in enumerate(sheet.iter_rows(), start=1)
    ]
    rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    style = ' table:style-name="hid"' if sheet.sheet_state != "visible" else ""
    return f'<table:table table:name="{sheet.title}"{style}>{columns}{"".join(rows)}{rest}</table:table>'


def _hiding(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _cell(cell: object, covered: dict[tuple[int, int], tuple[int, int] | None]) -> str:
    place = cell.row, cell.column  # type: ignore[attr-defined]
    lined = isinstance(cell, Cell) and cell.border.left.style
    style = ' table:style-name="lined"' if lined else ""
    if isinstance(cell, Cell) and cell.font.strike:
        style = ' table:style-name="struck"'
    spans = covered.get(place, (1, 1))
    if spans is None:
        return f"<table:covered-table-cell{style}/>"
    value = cell.value if isinstance(cell, Cell) else None
    text = "" if value is None else "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f"<table:table-cell{style}{_spans(spans[1], spans[0])}>{text}</table:table-cell>"
