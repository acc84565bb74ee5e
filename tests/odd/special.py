"""Kinds of odd documents that only one format has: each gives a file with its true cells."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from openpyxl import load_workbook

from tests.odd import page as hands
from tests.odd.kinds import OF, TRUE, report
from tests.odd.page import Box, Page
from tests.odd.tables import Cells, table2
from tests.readers import draw_docx

Made = tuple[str, bytes, Cells]
SPECIAL: dict[str, Callable[[], Made]] = {}


def special(made: Callable[[], Made]) -> Callable[[], Made]:
    SPECIAL[made.__name__] = made
    return made


def _html() -> str:
    return hands.html(report()).decode()


def _shorter(markup: str, attribute: str, least: int) -> str:
    """The spans of so many cells or more one short."""

    def short(found: re.Match[str]) -> str:
        n = int(found[1])
        return f" {attribute}='{n - 1}'" if n >= least else found[0]

    return re.sub(rf" {attribute}='(\d+)'", short, markup)


@special
def html_rowspans_one_short() -> Made:
    return "html", _shorter(_html(), "rowspan", 4).encode(), TRUE


@special
def html_all_rowspans_one_short() -> Made:
    return "html", _shorter(_html(), "rowspan", 2).encode(), TRUE


@special
def html_rowspans_missing() -> Made:
    return "html", re.sub(r" rowspan='\d+'", "", _html()).encode(), TRUE


@special
def html_colspans_missing() -> Made:
    return "html", re.sub(r" colspan='\d+'", "", _html()).encode(), TRUE


@special
def html_colspans_one_short() -> Made:
    return "html", _shorter(_html(), "colspan", 5).encode(), TRUE


@special
def html_in_utf16_with_mark() -> Made:
    return "html", _html().replace("utf-8", "utf-16").encode("utf-16"), TRUE


@special
def html_in_utf16_little() -> Made:
    return "html", _html().encode("utf-16-le"), TRUE


@special
def html_in_utf16_big() -> Made:
    return "html", _html().encode("utf-16-be"), TRUE


@special
def html_in_gb18030_called_utf8() -> Made:
    return "html", _html().encode("gb18030"), TRUE


@special
def html_cells_not_closed() -> Made:
    return "html", re.sub("</t[dr]>", "", _html()).encode(), TRUE


@special
def html_as_word() -> Made:
    return "doc", _html().encode(), TRUE


@special
def html_as_excel() -> Made:
    return "xls", _html().encode(), TRUE


def _docx(change: Callable[[str], str]) -> bytes:
    body = "".join(draw_docx.paragraph(p) if isinstance(p, str) else change(hands.docx_table(p)) for p in report())
    return draw_docx.docx(body + draw_docx.paragraph(""))


@special
def docx_gridspan_missing() -> Made:
    return "docx", _docx(lambda xml: re.sub(r'<w:gridSpan w:val="\d+"/>', "", xml)), TRUE


@special
def docx_gridspan_missing_widths_told() -> Made:
    def change(xml: str) -> str:
        xml = re.sub(
            r'<w:tcPr><w:gridSpan w:val="(\d+)"/>',
            lambda m: f'<w:tcPr><w:tcW w:w="{900 * int(m[1])}" w:type="dxa"/>',
            xml,
        )
        return xml.replace("<w:tcPr></w:tcPr>", '<w:tcPr><w:tcW w:w="900" w:type="dxa"/></w:tcPr>')

    return "docx", _docx(change), TRUE


@special
def docx_header_gridspan_missing() -> Made:
    """Only the cells of the header of table 三 have lost it."""
    return (
        "docx",
        _docx(lambda xml: xml.replace('<w:gridSpan w:val="7"/>', "").replace('<w:gridSpan w:val="5"/>', "")),
        TRUE,
    )


@special
def docx_merges_one_short() -> Made:
    """The last of the cells that go on below a merged one begins one of its own."""

    def change(xml: str) -> str:
        rows = xml.split("<w:tr>")
        for n in range(len(rows) - 1, 0, -1):
            if "<w:vMerge/>" in rows[n]:
                rows[n] = rows[n].replace("<w:vMerge/>", "", 1)
                break
        return "<w:tr>".join(rows)

    return "docx", _docx(change), TRUE


@special
def docx_merges_missing() -> Made:
    return "docx", _docx(lambda xml: re.sub(r'<w:vMerge(?: w:val="restart")?/>', "", xml)), TRUE


def _with_part(name: str, content: bytes, kind: str, body: str) -> bytes:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        f'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="{base}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    )
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{base}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": main,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rA" Type="{base}/{kind}" Target="{name}"/></Relationships>',
        f"word/{name}": content,
    }
    return draw_docx.zipped(parts)


@special
def docx_altchunk_html() -> Made:
    return "docx", _with_part("chunk.html", _html().encode(), "aFChunk", '<w:altChunk r:id="rA"/>'), TRUE


@special
def docx_altchunk_docx() -> Made:
    return "docx", _with_part("chunk.docx", hands.docx(report()), "aFChunk", '<w:altChunk r:id="rA"/>'), TRUE


@special
def docx_altchunk_mht() -> Made:
    whole = _html()
    mht = f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{whole}\r\n--b--\r\n'
    return "docx", _with_part("chunk.mht", mht.encode(), "aFChunk", '<w:altChunk r:id="rA"/>'), TRUE


@special
def docx_embedded_sheet() -> Made:
    body = draw_docx.paragraph(str(report()[0])) + (
        '<w:p><w:r><w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rA"/></w:object></w:r></w:p>'
    )
    return "docx", _with_part("embeddings/sheet.xlsx", hands.xlsx(report()), "package", body), TRUE


def _with_tables_as(run: str) -> str:
    """The report, the same content of a run in the place of each table."""
    paragraphs = (draw_docx.paragraph(p) if isinstance(p, str) else f"<w:p><w:r>{run}</w:r></w:p>" for p in report())
    return "".join(paragraphs)


@special
def docx_embedded_sheet_absent() -> Made:
    body = _with_tables_as('<w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12"/></w:object>')
    return "docx", _with_part("nothing.bin", b"", "package", body), TRUE


@special
def docx_table_as_picture() -> Made:
    body = _with_tables_as(
        '<w:drawing xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:blip r:embed="rA"/></w:drawing>'
    )
    return "docx", _with_part("media/picture.emf", b"\x01\x00\x00\x00nothing", "image", body), TRUE


def _sheet(change: Callable[[object, str], object]) -> bytes:
    book = load_workbook(io.BytesIO(hands.xlsx(report())))
    sheet = book.active
    assert sheet is not None
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, (int, float)):
                cell.value = change(cell.value, cell.coordinate)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@special
def xlsx_formulas_without_value() -> Made:
    return "xlsx", _sheet(lambda value, at: f"=SUM({value},0)"), dict.fromkeys(TRUE, "")


@special
def xlsx_figures_as_text() -> Made:
    return "xlsx", _sheet(lambda value, at: f"'{value}" if at.startswith("ZZ") else str(value)), TRUE


def _over_two_rows() -> tuple[Page, Cells]:
    """One figure merged over 行政处罚 and 行政强制."""
    rows: list[list[Box]] = []
    for row in table2(OF):
        if row[0].text == "行政处罚":
            rows.append([row[0], Box("515", 3, 2)])
        else:
            rows.append([row[0]] if row[0].text == "行政强制" else list(row))
    return report(two=[rows]), {**TRUE, (2, "6.penalty", "count"): "", (2, "6.coercion", "count"): ""}


@special
def html_figure_over_two_rows() -> Made:
    page, truth = _over_two_rows()
    return "html", hands.html(page), truth


@special
def docx_figure_over_two_rows() -> Made:
    page, truth = _over_two_rows()
    return "docx", hands.docx(page), truth


@special
def xlsx_figure_over_two_rows() -> Made:
    page, truth = _over_two_rows()
    return "xlsx", hands.xlsx(page), truth


@special
def pdf_figure_over_two_rows() -> Made:
    page, truth = _over_two_rows()
    return "pdf", hands.pdf(page), truth
