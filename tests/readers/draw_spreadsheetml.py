"""Write a drawn spreadsheet in the XML of Excel 2003: the same cells, formats, borders, merged and hidden parts."""

from __future__ import annotations

from datetime import datetime
from html import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_xlsx import XlsxStyle, workbook
from tests.render import Figures

HEAD = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">'
)
_STATES = {"visible": "SheetVisible", "hidden": "SheetHidden", "veryHidden": "SheetVeryHidden"}
Look = tuple[str, bool, bool]


def spreadsheetml_report(form: Form, figures: Figures, style: XlsxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    return as_spreadsheetml(workbook(form, figures, style or XlsxStyle()))


def as_spreadsheetml(book: Workbook) -> bytes:
    """The workbook as one XML file."""
    looks: dict[Look, str] = {}
    sheets = "".join(_sheet(sheet, looks) for sheet in book.worksheets)
    return f"{HEAD}<Styles>{''.join(map(_style, looks, looks.values()))}</Styles>{sheets}</Workbook>".encode()


def _style(look: Look, name: str) -> str:
    number_format, bordered, struck = look
    lines = (
        "".join(f'<Border ss:Position="{p}" ss:LineStyle="Continuous"/>' for p in ("Left", "Top")) if bordered else ""
    )
    font = ' ss:StrikeThrough="1"' if struck else ""
    return (
        f'<Style ss:ID="{name}"><Borders>{lines}</Borders><Font ss:FontName="宋体"{font}/>'
        f'<NumberFormat ss:Format="{escape(number_format)}"/></Style>'
    )


def _sheet(sheet: Worksheet, looks: dict[Look, str]) -> str:
    columns = "".join(
        f'<Column ss:Index="{column_index_from_string(c)}" ss:Hidden="1"/>'
        for c, d in sheet.column_dimensions.items()
        if d.hidden
    )
    areas = {(a.min_row, a.min_col): a for a in sheet.merged_cells.ranges}
    rows = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell(c, areas, looks) for c in row if isinstance(c, Cell) and (c.value is not None or c.has_style)]
        hidden = ' ss:Hidden="1"' if sheet.row_dimensions[number].hidden else ""
        if cells or hidden:  # rows and cells that hold nothing are left out, the next one says where it stands
            rows.append(f'<Row ss:Index="{number}"{hidden}>{"".join(cells)}</Row>')
    zeros = "<x:DoNotDisplayZeros/>" if sheet.sheet_view.showZeros is False else ""
    options = f"<x:WorksheetOptions><x:Visible>{_STATES[sheet.sheet_state]}</x:Visible>{zeros}</x:WorksheetOptions>"
    return f'<Worksheet ss:Name="{sheet.title}"><Table>{columns}{"".join(rows)}</Table>{options}</Worksheet>'


def _cell(cell: Cell, areas: dict[tuple[int, int], object], looks: dict[Look, str]) -> str:
    look = cell.number_format, bool(cell.border.left.style), bool(cell.font.strike)
    attributes = f' ss:Index="{cell.column}" ss:StyleID="{looks.setdefault(look, f"s{len(looks)}")}"'
    area = areas.get((cell.row, cell.column))
    if area is not None:
        attributes += f' ss:MergeAcross="{area.max_col - area.min_col}" ss:MergeDown="{area.max_row - area.min_row}"'  # type: ignore[attr-defined]
    return f"<Cell{attributes}>{_data(cell.value)}</Cell>"


def _data(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return f'<Data ss:Type="Boolean">{int(value)}</Data>'
        case int() | float():
            return f'<Data ss:Type="Number">{value}</Data>'
        case datetime():
            return f'<Data ss:Type="DateTime">{value.isoformat()}.000</Data>'
    return f'<Data ss:Type="String">{escape(str(value))}</Data>'
