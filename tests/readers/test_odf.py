"""OpenDocument texts and sheets, zipped and flat."""

from __future__ import annotations

import random
from html import escape

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from pipeline.document import Document
from pipeline.forms.model import Form
from pipeline.readers import Refused, read, sniff
from pipeline.readers.odf.over import at, points
from tests.conftest import parse_bytes, printed
from tests.readers.draw_odf import OdtStyle, as_ods, flat, odf, odt_report, paragraph
from tests.readers.draw_xlsx import XlsxStyle, saved, workbook
from tests.readers.test_docx import zipped
from tests.readers.test_xlsx import STYLES, facts
from tests.render import distinct_figures

ODT_STYLES = {
    "plain": OdtStyle(),
    "one XML file": OdtStyle(pack=flat),
    "equal cells written once": OdtStyle(repeats=True),
    "no covered cells": OdtStyle(table=lambda t: t.replace("<table:covered-table-cell/>", "")),
    "in a section": OdtStyle(table=lambda t: f"<text:section>{t}</text:section>"),
    "in a text box": OdtStyle(table=lambda t: f"<text:p><draw:frame><draw:text-box>{t}</draw:text-box></draw:frame></text:p>"),
    "in a table of one cell": OdtStyle(
        table=lambda t: f"<table:table><table:table-row><table:table-cell>{t}</table:table-cell></table:table-row></table:table>"
    ),
    "two characters a span": OdtStyle(
        cell=lambda t: "<text:p>" + "".join(f"<text:span>{escape(t[i : i + 2])}</text:span>" for i in range(0, len(t), 2)) + "</text:p>"
    ),
    "labels wrapped": OdtStyle(cell=lambda t: f"<text:p>{escape(t[:4])}<text:line-break/>{escape(t[4:])}</text:p>" if len(t) > 8 else paragraph(t)),
}  # fmt: skip


def laid_out(body: str, styles: str = "", common: str = "") -> Document:
    document = read(odf(body, styles=styles, common=common))
    assert document.blocks == read(flat(body, styles=styles, common=common)).blocks
    return document


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(f'<table:table-cell>{c}</table:table-cell>' for c in cells)}</table:table-row>"


def in_cell(content: str, styles: str = "", common: str = "") -> tuple[str, str]:
    """What a cell beside others shows, and what is left out of it."""
    body = f"<table:table>{row(paragraph('规章'), content)}{row(paragraph('文件'), paragraph('2'))}</table:table>"
    (grid,) = laid_out(body, styles, common).grids
    return grid.cells[1].text, grid.cells[1].left_out


@pytest.mark.parametrize("style", ODT_STYLES.values(), ids=ODT_STYLES.keys())
def test_an_odt_document_comes_back_whole(style: OdtStyle, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    data = odt_report(form_2021, figures, style)
    assert sniff(data) == "odt"
    assert printed(parse_bytes(data)) == figures


def test_edges_that_nearly_coincide_are_one() -> None:
    widths = "".join(
        f'<style:style style:name="c{n}" style:family="table-column"><style:table-column-properties style:column-width="{w}"/></style:style>'
        for n, w in enumerate(("1in", "0.03in", "2.54cm"))
    )
    columns = "".join(f'<table:table-column table:style-name="c{n}"/>' for n in range(3))
    wide = "<table:table-cell table:number-columns-spanned='2'>{}</table:table-cell><table:covered-table-cell/>"
    rows = [
        f"<table:table-row>{wide.format(paragraph('a'))}<table:table-cell>{paragraph('b')}</table:table-cell></table:table-row>",
        f"<table:table-row><table:table-cell>{paragraph('1')}</table:table-cell>{wide.format(paragraph('2'))}</table:table-row>",
    ]
    (grid,) = laid_out(f"<table:table>{columns}{''.join(rows)}</table:table>", widths).grids
    assert [(c.text, c.col, c.col_span) for c in grid.cells] == [("a", 0, 1), ("b", 1, 1), ("1", 0, 1), ("2", 1, 1)]


LOOKS = {
    "struck": 'style:text-line-through-style="solid"',
    "struck, by its kind": 'style:text-line-through-type="single"',
    "hidden": 'text:display="none"',
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
@pytest.mark.parametrize("place", ["automatic", "common", "parent", "paragraph"])
def test_what_is_struck_or_hidden_is_left_out(look: str, place: str) -> None:
    family = "paragraph" if place == "paragraph" else "text"
    style = f'<style:style style:name="T1" style:family="{family}"><style:text-properties {look}/></style:style>'
    child = '<style:style style:name="T2" style:family="text" style:parent-style-name="T1"/>'
    name = "T2" if place == "parent" else "T1"
    content = f'<text:p><text:span text:style-name="{name}">12</text:span>61</text:p>'
    if place == "paragraph":
        content = f'<text:p text:style-name="{name}">12</text:p><text:p>61</text:p>'
    automatic, common = (style, "") if place in ("automatic", "paragraph") else (child, style)
    assert in_cell(content, automatic, common) == ("61", "12")


UNSEEN = (
    'loext:opacity="0%"',
    'fo:font-size="1pt"',
    'fo:color="#ffffff"',
    'fo:color="#FEFEFE"',
    'style:text-scale="1%"',
)


@pytest.mark.parametrize("look", UNSEEN)
def test_what_nobody_sees_is_left_out(look: str) -> None:
    style = f'<style:style style:name="T1" style:family="text"><style:text-properties {look}/></style:style>'
    assert in_cell('<text:p><text:span text:style-name="T1">12</text:span>61</text:p>', style) == ("61", "12")


@pytest.mark.parametrize(
    ("default", "own", "text"),
    [
        ('style:use-window-font-color="true" loext:opacity="0%"', "", "1261"),
        ('style:use-window-font-color="true" loext:opacity="0%"', 'fo:color="#ff0000"', "1261"),
        ('style:use-window-font-color="true" loext:opacity="0%"', 'fo:color="#ff0000" loext:opacity="0%"', "61"),
        ('fo:color="#ff0000" loext:opacity="0%"', 'style:use-window-font-color="true" loext:opacity="0%"', "1261"),
        ("", 'fo:color="#ff0000" loext:opacity="100%"', "1261"),
    ],
)
def test_the_usual_colour_lets_nothing_through(default: str, own: str, text: str) -> None:
    styles = style("P", "text", default) + style("T1", "text", own).replace(
        "<style:style", '<style:style style:parent-style-name="P"'
    )
    assert in_cell('<text:p><text:span text:style-name="T1">12</text:span>61</text:p>', styles)[0] == text


def style(name: str, family: str, attributes: str, properties: str = "") -> str:
    inside = f"<style:{properties or family}-properties {attributes}/>"
    return f'<style:style style:name="{name}" style:family="{family}">{inside}</style:style>'


def behind(colour: str) -> str:
    return f'fo:background-color="{colour}"'


WHITE, BLACK = 'fo:color="#ffffff"', 'fo:color="#000000"'
SHADED = [
    ("cell", BLACK, style("H", "table-cell", behind("#000000")), False),
    ("cell", WHITE, style("H", "table-cell", behind("#1f3864")), True),
    ("cell", WHITE, style("H", "table-cell", behind("#ffffff")), False),
    ("cell", WHITE, style("H", "table-cell", behind("transparent")), False),
    ("row", BLACK, style("H", "table-row", behind("#000000")), False),
    ("table", BLACK, style("H", "table", behind("#000000")), False),
    ("table", WHITE, style("H", "table", behind("#000000")), True),
    ("none", WHITE, style("H", "table-cell", behind("#1f3864")), False),
    ("none", f"{BLACK} {behind('#000000')}", "", False),
    ("none", f"{WHITE} {behind('#000000')}", "", True),
    ("none", f'{WHITE} style:use-window-font-color="true"', "", True),
]


@pytest.mark.parametrize("family", ["text", "paragraph"])
@pytest.mark.parametrize(("place", "look", "shade", "is_seen"), SHADED)
def test_text_is_seen_before_what_is_behind_it(family: str, place: str, look: str, shade: str, is_seen: bool) -> None:
    if family == "paragraph" and "background" in look:
        return  # which is said of the paragraph itself
    of = {place: 'table:style-name="H"'}
    figure = '<text:p><text:span text:style-name="T">61</text:span></text:p>'
    figure = figure if family == "text" else '<text:p text:style-name="T">61</text:p>'
    cells = f"<table:table-cell>{paragraph('规章')}</table:table-cell><table:table-cell {of.get('cell', '')}>{figure}</table:table-cell>"
    rows = f"<table:table-row {of.get('row', '')}>{cells}</table:table-row>" * 2
    (grid,) = laid_out(
        f"<table:table {of.get('table', '')}>{rows}</table:table>", style("T", family, look, "text") + shade
    ).grids
    assert (grid.cells[1].text, grid.cells[1].left_out) == (("61", "") if is_seen else ("", "61"))


@pytest.mark.parametrize("look", [*LOOKS.values(), WHITE])
def test_what_all_paragraphs_have_is_heeded(look: str) -> None:
    default = f'<style:default-style style:family="paragraph"><style:text-properties {look}/></style:default-style>'
    for common in (default, style("Standard", "paragraph", look, "text")):
        assert in_cell("<text:p>61</text:p>", common=common) == ("", "61")
    undone = "style:text-line-through-style='none' text:display='true' fo:color='#ff0000'"
    content = '<text:p>7<text:span text:style-name="T">61</text:span></text:p>'
    assert in_cell(content, style("T", "text", undone), default) == ("61", "7")


def test_two_lines_in_one_are_no_figure() -> None:
    style = '<style:style style:name="T1" style:family="text"><style:text-properties style:text-combine="lines"/></style:style>'
    assert in_cell('<text:p>6<text:span text:style-name="T1">12</text:span></text:p>', style)[0] == "6\ufffc"


def test_two_figures_in_a_cell_are_not_one() -> None:
    cells = "".join(row(paragraph("12"), paragraph("34")))
    body = f"<table:table>{''.join(row(paragraph('a'), paragraph('1'), paragraph('2')) for _ in 'ab')}"
    inner = f"<table:table>{cells}</table:table>"
    (grid,) = laid_out(f"{body}{row(paragraph('b'), inner, paragraph('2'))}</table:table>").grids
    assert grid.cells[-2].text == "12\n34"


def test_a_counted_figure_is_told() -> None:
    levels = '<text:list-level-style-number text:level="1" style:num-format="1"/>'
    styles = f'<text:list-style style:name="L">{levels}</text:list-style>'
    assert (
        in_cell(
            '<text:list text:style-name="L"><text:list-item><text:p>2</text:p></text:list-item></text:list>', styles
        )[0]
        == "1\t2"
    )


@pytest.mark.parametrize(
    ("position", "left_out"), [("super 58%", "1"), ("33% 58%", "1"), ("sub 58%", "1"), ("0% 100%", "")]
)
def test_the_mark_of_a_note_is_no_figure(position: str, left_out: str) -> None:
    style = f'<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="{position}"/></style:style>'
    found = in_cell('<text:p>61<text:span text:style-name="T1">1</text:span></text:p>', style)
    assert found == ("61" if left_out else "611", left_out)


def test_a_mark_above_a_lowered_figure_is_none_of_it() -> None:
    style = "<style:style style:name='{}' style:family='text'><style:text-properties style:text-position='{}'/></style:style>"
    styles = style.format("T1", "33% 58%") + style.format("T2", "-10% 100%")
    content = (
        '<text:p><text:span text:style-name="T2">61</text:span><text:span text:style-name="T1">1</text:span></text:p>'
    )
    assert in_cell(content, styles) == ("61", "1")


INLINE = [
    ("<text:p>a<text:s text:c='2'/>b</text:p>", "a  b"),
    ("<text:p>\n  6 <text:span>\n1</text:span></text:p>", "61"),
    ("<text:p>61<text:note><text:note-body><text:p>7</text:p></text:note-body></text:note></text:p>", "61"),
    ("<text:p>61<office:annotation><text:p>7</text:p></office:annotation></text:p>", "61"),
    ("<text:p><text:ruby><text:ruby-base>61</text:ruby-base><text:ruby-text>7</text:ruby-text></text:ruby></text:p>", "61"),
    ("<text:p>61<text:hidden-text text:is-hidden='true'>7</text:hidden-text></text:p>", "61"),
    ("<text:p>6<text:hidden-text text:is-hidden='false' text:string-value='1'>1</text:hidden-text></text:p>", "61"),
    ("<text:p>6<text:hidden-text text:is-hidden='false' text:string-value='1'/></text:p>", "61"),
    ("<text:p><text:hidden-paragraph text:is-hidden='true'/>7</text:p><text:p>61</text:p>", "61"),
    ("<text:p><text:hidden-paragraph text:is-hidden='false'/>61</text:p>", "61"),
    ("<text:section text:display='condition' text:is-hidden='true'><text:p>7</text:p></text:section><text:p>61</text:p>", "61"),
    ("<text:section text:display='condition'><text:p>61</text:p></text:section>", "61"),
    ("<text:p>61<draw:line/></text:p>", "61\ufffc"),
    ("<text:p><text:text-input>61</text:text-input></text:p>", "61"),
    ("<text:p><text:a>61</text:a></text:p>", "61"),
    ("<text:p>61<text:script>7</text:script></text:p>", "61"),
    ("<text:p>61<text:variable-set text:display='none'>7</text:variable-set></text:p>", "61"),
    ("<text:p><draw:frame><draw:image/></draw:frame></text:p>", "\ufffc"),
    ("<text:p>61</text:p><text:p>7</text:p>", "61\n7"),
    ("<text:p>61<text:bookmark/><text:soft-page-break/></text:p>", "61"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "shown"), INLINE)
def test_what_stands_in_a_paragraph(content: str, shown: str) -> None:
    assert in_cell(content)[0] == shown


def test_what_is_no_part_of_the_text_stays_out() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>one</text:p>"
        "<text:section text:display='none'><text:p>hidden</text:p></text:section>"
        "<text:p>two<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame></text:p>"
    )
    assert [p.text for p in laid_out(body).paragraphs] == ["one", "two", "boxed"]


LEVEL = (
    '<text:list-level-style-number text:level="{}" style:num-format="{}" style:num-prefix="{}" style:num-suffix="{}"/>'
)


def item(text: str, more: str = "") -> str:
    return f"<text:list-item><text:p>{text}</text:p>{more}</text:list-item>"


def test_automatic_numbers_are_part_of_the_text() -> None:
    levels = LEVEL.format(1, "一, 二, 三, ...", "", "、") + LEVEL.format(2, "1", "（", "）")
    style = f'<text:list-style style:name="L1">{levels}</text:list-style>'
    inner = f"<text:list>{item('甲')}{item('乙')}</text:list>"
    first = f'<text:list text:style-name="L1">{item("总体情况", inner)}</text:list>'
    going_on = f'<text:list text:style-name="L1" text:continue-numbering="true">{item("公开")}</text:list>'
    anew = f'<text:list text:style-name="L1">{item("又")}</text:list>'
    found = [p.text for p in laid_out(f"{first}<text:p>文</text:p>{going_on}{anew}", style).paragraphs]
    assert found == ["一、总体情况", "（1）甲", "（2）乙", "文", "二、公开", "一、又"]


# A drawn file has no number formats: its cells hold what they show.
AS_SHOWN = {n: s for n, s in STYLES.items() if s.number_format == "General" and not isinstance(s.value("1"), float)}


@pytest.mark.one_case
@pytest.mark.parametrize("pack", [odf, flat])
@pytest.mark.parametrize("style", AS_SHOWN.values(), ids=AS_SHOWN.keys())
def test_a_spreadsheet_is_laid_out_as_others_are(style: XlsxStyle, pack: object, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    book = workbook(form_2021, figures, style)
    data = as_ods(book, pack)  # type: ignore[arg-type]
    assert sniff(data) == "ods"
    assert read(data).blocks == read(saved(book)).blocks
    assert facts(read(data)) == figures


def test_what_is_hidden_is_not_read(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    book = workbook(form_2021, figures, XlsxStyle(at=(3, 2)))
    sheet = book.active
    sheet["A1"], sheet["A5"] = "草稿", 77
    sheet.row_dimensions[1].hidden = sheet.column_dimensions["A"].hidden = True
    other = book.create_sheet("选项")
    other["A1"], other.sheet_state = "是", "hidden"
    document = read(as_ods(book))
    assert facts(document) == figures
    everything = [p.text for p in document.paragraphs] + [c.text for g in document.grids for c in g.cells]
    assert not {"草稿", "77", "是"} & set(everything)


def test_a_struck_figure_of_a_sheet_is_left_out() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["公开", 61, 7])
    sheet.append(["不公开", 8, 9])
    sheet["B1"].font = Font(strike=True)
    (grid,) = read(as_ods(book)).grids
    assert [(c.text, c.left_out) for c in grid.cells][:3] == [("公开", ""), ("", "61"), ("7", "")]


def test_a_value_without_a_text_is_shown_as_it_is() -> None:
    cells = "<table:table-cell office:value='12.50' office:value-type='float'/>" * 2
    body = f"<table:table>{f'<table:table-row>{cells}</table:table-row>' * 2}</table:table>"
    (grid,) = read(odf(body, "spreadsheet")).grids
    assert [c.text for c in grid.cells] == ["12.5"] * 4


SIZED = (
    '<style:style style:name="wide" style:family="table-column"><style:table-column-properties'
    ' style:column-width="2in"/></style:style><style:style style:name="high" style:family="table-row">'
    '<style:table-row-properties style:row-height="1cm"/></style:style>'
)


@pytest.mark.parametrize(
    ("place", "content", "unread"),
    [
        ('svg:x="5.2cm" svg:y="1.1cm" svg:width="1cm" svg:height="0.5cm"', "<draw:image/>", ["B2"]),
        ('svg:x="52mm" svg:y="11mm" svg:width="100mm" svg:height="18mm"', "<draw:image/>", ["B2", "B3", "C3"]),
        ('svg:x="5.2cm" svg:y="1.1cm"', "<draw:image/>", ["B2"]),
        ('svg:x="5.2cm" svg:y="1.1cm"', "<draw:object/><draw:image/>", []),
        ('svg:x="5.2cm" svg:y="1.1cm"', "<draw:text-box/>", []),
        ('svg:x="60cm" svg:y="40cm"', "<draw:image/>", ["apart"]),
    ],
)
def test_pictures_over_a_sheet_stand_in_the_blank_cells_under_them(place: str, content: str, unread: list[str]) -> None:
    """Columns of two inches, rows of a centimetre; only C2 has a figure."""
    lined = "<table:table-cell table:style-name='lined'>{}</table:table-cell>".format
    rows = [["信息内容", "本年", "去年"], ["规章", "", "3"], ["文件", "", ""]]
    cells = ("".join(lined(f"<text:p>{t}</text:p>" if t else "") for t in row) for row in rows)
    shapes = f"<table:shapes><draw:frame {place}>{content}</draw:frame></table:shapes>"
    body = (
        f"<table:table>{shapes}<table:table-column table:style-name='wide' table:number-columns-repeated='3'/>"
        + "".join(f"<table:table-row table:style-name='high'>{c}</table:table-row>" for c in cells)
        + "</table:table>"
    )
    bordered = '<style:style style:name="lined" style:family="table-cell"><style:table-cell-properties fo:border="1pt solid"/></style:style>'
    document = read(odf(body, "spreadsheet", SIZED + bordered))
    (grid,) = document.grids
    found = [f"{'ABC'[c.col]}{c.row + 1}" for c in grid.cells if "\ufffc" in c.text]
    assert found + ["apart" for p in document.paragraphs if "\ufffc" in p.text] == unread


@pytest.mark.parametrize(
    ("place", "expected"), [(-5.0, 2), (0.0, 2), (9.9, 2), (10.0, 3), (29.9, 4), (30.0, 5), (30.0 + 99 * 12.8, 104)]
)
def test_at_which_row_a_place_is(place: float, expected: int) -> None:
    """The first row is hidden, three are ten points high."""
    assert at(place, [(1, 0.0), (3, 10.0)], 12.8) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [("1in", 72.0), ("2.54cm", 72.0), ("-12pt", -12.0), ("auto", None), (None, None), ("1e9cm", None)],
)
def test_lengths(length: str | None, expected: float | None) -> None:
    assert points(length) == (expected if expected is None else pytest.approx(expected))


DEEP = "<text:span>" * 150 + "x" + "</text:span>" * 150

ONE_ROW = row("<text:p>1</text:p>", "<text:p>2</text:p>")
MANY_ROWS = ONE_ROW.replace("-row>", "-row table:number-rows-repeated='1000'>", 1) * 201


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(odf("<text:p/>", "presentation"), "format-not-read", id="slides"),
        pytest.param(odf(f"<text:p>{DEEP}</text:p>"), "too-large", id="deep spans"),
        pytest.param(odf("<text:section>" * 150 + "</text:section>" * 150), "too-large", id="deep sections"),
        pytest.param(
            odf(f"<table:table>{MANY_ROWS}</table:table>"),
            "too-large",
            id="repeated rows",
        ),
        pytest.param(
            zipped({"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": "<encryption-data/>"}),
            "encrypted",
            id="locked",
        ),
        pytest.param(zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "damaged", id="no content"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.reason == reason
