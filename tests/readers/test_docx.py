"""DOCX files, drawn in many styles and read."""

from __future__ import annotations

import contextlib
import io
import random
import re
import time
import zipfile
from collections.abc import Callable

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Grid
from pipeline.facts import extract
from pipeline.forms.loading import form, forms
from pipeline.forms.model import Form
from pipeline.layout.sections import sections, title
from pipeline.matching import match
from pipeline.readers.archive import kind_of_ole, kind_of_zip
from pipeline.readers.refused import Refused
from pipeline.readers.word.docx import read
from pipeline.readers.word.numbering import numeral
from tests.conftest import SHARED, examples
from tests.readers.draw_docx import (
    STRICT,
    DocxStyle,
    control,
    docx,
    docx_report,
    in_list,
    layout_table,
    list_definition,
    list_use,
    paragraph,
    run,
    text_box,
    zipped,
)
from tests.render import TITLE, Figures, balanced_figures, distinct_figures

TEMPLATE = SHARED / "real" / "template_blank_2021.docx"


def facts(document: Document) -> Figures:
    """What each fact prints, by table, row and column."""
    found = [f for m in match(document, forms()) for f in extract(m)[0]]
    assert len({f.key for f in found}) == len(found)
    return {f.key: f.printed.text.strip() for f in found}


def texts(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs]


def cells(document: Document) -> list[list[tuple[int, int, str, int, int]]]:
    return [[(c.row, c.col, c.text, c.row_span, c.col_span) for c in g.cells] for g in document.grids]


def split_runs(text: str) -> str:
    return "<w:p>" + "".join(run(c) for c in text) + "</w:p>"


def split_paragraphs(text: str) -> str:
    return "".join(paragraph(text[n : n + 2]) for n in range(0, len(text), 2)) or paragraph("")


def inserted(text: str) -> str:
    gone = '<w:del w:id="2"><w:r><w:delText>77</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{run("88")}</w:moveFrom>'
    return f'<w:p>{gone}<w:ins w:id="1">{run(text)}</w:ins>{moved}</w:p>'


def moved_here(text: str) -> str:
    return f'<w:p><w:moveTo w:id="1">{run(text)}</w:moveTo></w:p>'


def with_hidden(text: str) -> str:
    return f"<w:p>{run(text)}<w:r><w:rPr><w:vanish/></w:rPr><w:t>99</w:t></w:r></w:p>"


def deleted_row_after(row: str) -> str:
    gone = '<w:tr><w:trPr><w:del w:id="9"/></w:trPr><w:tc><w:p><w:r><w:t>1.属于国家秘密</w:t></w:r></w:p></w:tc></w:tr>'
    return row + gone


def in_controls(row: str) -> str:
    return control(re.sub(r"(<w:tc>.*?</w:tc>)", lambda m: control(m[1]), row))


def changed(properties: str) -> str:
    return f'{properties}<w:tcPrChange w:id="4"><w:tcPr><w:gridSpan w:val="7"/><w:vMerge/></w:tcPr></w:tcPrChange>'


def beside(content: str) -> str:
    """A page laid out in two columns: a menu, and the report."""
    rows = f"<w:tr><w:tc>{paragraph('网站导航')}</w:tc><w:tc>{content}</w:tc></w:tr>"
    return f'<w:tbl><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="7000"/></w:tblGrid>{rows}</w:tbl>'


STYLES = {
    "plain": DocxStyle(),
    "a run for each character": DocxStyle(cell=split_runs, figure=split_runs),
    "labels over paragraphs": DocxStyle(cell=split_paragraphs),
    "inserted and deleted": DocxStyle(cell=inserted, figure=inserted),
    "moved": DocxStyle(figure=moved_here),
    "hidden text": DocxStyle(cell=with_hidden, figure=with_hidden),
    "deleted rows": DocxStyle(row=deleted_row_after),
    "changed properties": DocxStyle(properties=changed),
    "control around everything": DocxStyle(wrap=control),
    "controls around rows and cells": DocxStyle(row=in_controls),
    "controls around texts": DocxStyle(
        cell=lambda t: control(paragraph(t)), figure=lambda t: f"<w:p>{control(run(t))}</w:p>" if t else paragraph(t)
    ),
    "layout table": DocxStyle(wrap=layout_table),
    "layout table in layout table": DocxStyle(wrap=lambda b: layout_table(layout_table(b) + paragraph(""))),
    "tables in layout tables": DocxStyle(table=layout_table),
    "page in two columns": DocxStyle(wrap=beside),
    "figures in tables of one cell": DocxStyle(figure=lambda t: layout_table(paragraph(t)) + paragraph("")),
    "title in a text box": DocxStyle(title=lambda t: text_box(paragraph(t))),
    "shaky edges": DocxStyle(shaky=60),
    "rows that begin later": DocxStyle(indents=True),
    "strict": DocxStyle(namespace=STRICT),
    "another main part": DocxStyle(main="other/document2.xml"),
}  # fmt: skip


@pytest.mark.each_value
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("name", ["2021", "2019"])
def test_a_report_comes_back_whole(style: DocxStyle, name: str) -> None:
    figures = distinct_figures(form(name), random.Random(7))
    document = read(docx_report(form(name), figures, style))
    assert facts(document) == figures
    assert [g.number for g in document.grids] == [1, 2, 3]
    assert all(c.grid == g.number for g in document.grids for c in g.cells)
    assert title(document, forms()) == TITLE
    assert [s.topic for s in sections(document, forms()) if s.topic] == [1, 2, 3, 4, 5, 6]
    assert texts(document).count("办理热线工单 842 件。") == 3
    assert not [i for m in match(document, forms()) for i in m.issues]


def test_a_figure_over_paragraphs_is_one_where_the_identities_prove_it(form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(5))
    got = facts(read(docx_report(form_2021, figures, DocxStyle(figure=split_paragraphs))))
    assert {k: v for k, v in got.items() if k[0] != 2} == {k: v for k, v in figures.items() if k[0] != 2}
    assert {k: v.replace("\n", "") for k, v in got.items()} == figures
    assert any("\n" in v for v in got.values())  # table 二 has no identity


def test_blanks_stay_blanks(form_2021: Form) -> None:
    figures = {k: "" if v == "0" else v for k, v in balanced_figures(form_2021, random.Random(3), 0.6).items()}
    assert facts(read(docx_report(form_2021, figures))) == figures


def test_a_table_is_a_rectangle(form_2021: Form) -> None:
    """Every position of the grid is in exactly one cell."""
    for style in (s for s in STYLES.values() if not s.indents):
        for grid in read(docx_report(form_2021, distinct_figures(form_2021, random.Random(1)), style)).grids:
            assert covers_all(grid)


def covers_all(grid: Grid) -> bool:
    places = [
        (row, col)
        for c in grid.cells
        for row in range(c.row, c.row + c.row_span)
        for col in range(c.col, c.col + c.col_span)
    ]
    height, width = max(r for r, _ in places) + 1, max(c for _, c in places) + 1
    return len(places) == len(set(places)) == height * width


def test_a_table_inside_a_cell_of_a_table_is_a_grid_of_its_own() -> None:
    inner = "".join(f"<w:tr><w:tc>{paragraph(a)}</w:tc><w:tc>{paragraph(b)}</w:tc></w:tr>" for a, b in ("甲1", "乙2"))
    outer = (
        f"<w:tr><w:tc>{paragraph('左')}</w:tc><w:tc>{paragraph('前')}<w:tbl>{inner}</w:tbl>{paragraph('后')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('下')}</w:tc><w:tc>{paragraph('5')}</w:tc></w:tr>"
    )
    document = read(docx(paragraph("上文") + f"<w:tbl>{outer}</w:tbl>" + paragraph("下文")))
    assert texts(document) == ["上文", "下文"]
    assert cells(document) == [
        [(0, 0, "左", 1, 1), (0, 1, "前后", 1, 1), (1, 0, "下", 1, 1), (1, 1, "5", 1, 1)],
        [(0, 0, "甲", 1, 1), (0, 1, "1", 1, 1), (1, 0, "乙", 1, 1), (1, 1, "2", 1, 1)],
    ]


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


FIRST, CONTINUED = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [cell("甲", FIRST) + cell("1"), cell("", CONTINUED) + cell("2"), cell("", CONTINUED) + cell("3")],
            [(0, 0, "甲", 3, 1), (0, 1, "1", 1, 1), (1, 1, "2", 1, 1), (2, 1, "3", 1, 1)],
            id="merged downwards",
        ),
        pytest.param(
            [cell("甲", FIRST) + cell("1"), cell("乙", FIRST) + cell("2")],
            [(0, 0, "甲", 1, 1), (0, 1, "1", 1, 1), (1, 0, "乙", 1, 1), (1, 1, "2", 1, 1)],
            id="one begins below another",
        ),
        pytest.param(
            [cell("", CONTINUED) + cell("1"), cell("乙") + cell("2")],
            [(0, 0, "", 1, 1), (0, 1, "1", 1, 1), (1, 0, "乙", 1, 1), (1, 1, "2", 1, 1)],
            id="continues nothing",
        ),
        pytest.param(
            [cell("甲", FIRST) + cell("1"), cell("乙", '<w:gridSpan w:val="2"/>' + CONTINUED)],
            [(0, 0, "甲", 1, 1), (0, 1, "1", 1, 1), (1, 0, "乙", 1, 2)],
            id="continues another width",
        ),
        pytest.param(
            [cell("甲", '<w:hMerge w:val="restart"/>') + cell("", '<w:hMerge w:val="continue"/>'), cell("1") + cell("2")],
            [(0, 0, "甲\n", 1, 2), (1, 0, "1", 1, 1), (1, 1, "2", 1, 1)],
            id="merged sideways in the old way",
        ),
        pytest.param(
            [
                '<w:trPr><w:gridBefore w:val="2"/></w:trPr>' + cell("1"),
                cell("甲", '<w:gridSpan w:val="2"/>') + cell("2"),
                cell("a") + cell("b") + cell("3"),
            ],
            [(0, 2, "1", 1, 1), (1, 0, "甲", 1, 2), (1, 2, "2", 1, 1), (2, 0, "a", 1, 1), (2, 1, "b", 1, 1), (2, 2, "3", 1, 1)],
            id="a row that begins later",
        ),
        pytest.param(
            [cell("1", '<w:gridSpan w:val="x"/>') + cell("2", '<w:gridSpan w:val="-4"/>')],
            [(0, 0, "1", 1, 1), (0, 1, "2", 1, 1)],
            id="spans that are no numbers",
        ),
        pytest.param(
            [cell("1") + cell("2"), '<w:trPr><w:hidden/></w:trPr>' + cell("3") + cell("4")],
            [(0, 0, "1", 1, 1), (0, 1, "2", 1, 1)],
            id="a hidden row",
        ),
        pytest.param(
            [
                '<w:trPr><w:trHeight w:val="300" w:hRule="exact"/></w:trPr>' + cell("1") + cell("2"),
                '<w:trPr><w:trHeight w:val="1" w:hRule="exact"/></w:trPr>' + cell("3") + cell("4"),
            ],
            [(0, 0, "1", 1, 1), (0, 1, "2", 1, 1)],
            id="a row without height",
        ),
        pytest.param(
            [cell("1") + cell("2", '<w:cellDel w:id="1"/>')],
            [(0, 0, "1", 1, 1), (0, 1, "", 1, 1)],
            id="a deleted cell",
        ),
    ],
)  # fmt: skip
def test_cells(rows: list[str], expected: list[tuple[int, int, str, int, int]]) -> None:
    (found,) = cells(read(docx(table(*rows))))
    assert [(r, c, t.strip(), h, w) for r, c, t, h, w in found] == [
        (r, c, t.strip(), h, w) for r, c, t, h, w in expected
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (paragraph("34") + paragraph("3"), "34\n3"),
        (paragraph("1,") + paragraph("234"), "1,234"),
        (paragraph("160.") + paragraph("5964") + paragraph("万元"), "160.5964万元"),
        (paragraph("22") + paragraph("（其中修订 16 件）"), "22（其中修订 16 件）"),
        (f"<w:p>{run('5')}<w:r><w:br/></w:r>{run('6')}</w:p>", "5\n6"),
        (paragraph("1.属于") + paragraph("2个"), "1.属于2个"),
        (paragraph("") + paragraph("7") + paragraph(""), "7"),
        (f"<w:p>{run('3')}<w:r><w:noBreakHyphen/><w:t>5</w:t></w:r></w:p>", "3-5"),
        (f"<w:p>{run('a')}<w:r><w:sym w:font='Wingdings' w:char='F0FC'/><w:softHyphen/></w:r>{run('b')}</w:p>", "ab"),
        ("<w:p><m:oMath><m:r><m:t>12</m:t></m:r></m:oMath></w:p>", "12"),
        ("<w:p><w:hyperlink><w:r><w:t>8</w:t></w:r></w:hyperlink><w:smartTag><w:r><w:t>9</w:t></w:r></w:smartTag></w:p>", "89"),
        ("<w:p><w:fldSimple w:instr='=1'><w:r><w:t>4</w:t></w:r></w:fldSimple></w:p>", "4"),
        (
            "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>=SUM(ABOVE)</w:instrText></w:r>"
            "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>41</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>",
            "41",
        ),
        (control(paragraph("单击此处输入文字"), "<w:showingPlcHdr/>") + paragraph(""), ""),
        ("<w:p><w:ruby><w:rt><w:r><w:t>guī</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>规</w:t></w:r></w:rubyBase></w:ruby></w:p>", "规"),
        ("<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='420'/></w:tabs></w:pPr><w:r><w:tab/><w:t>6</w:t></w:r></w:p>", "\t6"),
        (text_box(paragraph("3")), "3"),
        (f"<w:p>{run('甲')}<w:r><w:pict><w:txbxContent>{paragraph('乙')}</w:txbxContent></w:pict></w:r>{run('丙')}</w:p>", "甲丙乙"),
        ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>2</w:t></w:r></w:p>", "2"),
        (
            f"<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>{run('一')}</w:p><w:p><w:pPr/>{run('二')}</w:p>",
            "一二",
        ),
        ("<w:p><w:r><w:t>&lt;&amp;&#19968;<![CDATA[<w:t>]]></w:t></w:r></w:p>", "<&一<w:t>"),
    ],
)  # fmt: skip
def test_the_text_of_a_cell(content: str, text: str) -> None:
    document = read(docx(table(f"<w:tc><w:tcPr/>{content}</w:tc>{cell('x')}")))
    assert [c.text.strip("\n") for g in document.grids for c in g.cells] == [text, "x"]


def test_lines_of_a_paragraph_are_paragraphs() -> None:
    body = f"<w:p>{run('某某街道办事处')}<w:r><w:br/></w:r>{run('2024年报告')}<w:r><w:br w:type='page'/></w:r></w:p>"
    assert texts(read(docx(body))) == ["某某街道办事处", "2024年报告"]


# --------------------------------------------------------------------------------------------------------- numbering


def chinese(name: int) -> str:
    return list_definition(
        name, [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    )


def numbered(number: int) -> Callable[[str], str]:
    """Write a text with its ordinal as the automatic number of a list."""

    def write(text: str) -> str:
        found = re.match(r"^(?:[一二三四五六七]、|（[一二三四五六七]）|[1-8]\.)", text)
        if not found:
            return paragraph(text)
        level = {"、": 0, "）": 1, ".": 2}[found[0][-1]]
        return paragraph(text[found.end() :], in_list(number, level))

    return write


def test_headings_and_labels_carry_their_numbers(form_2021: Form) -> None:
    """一、…六、, （一）… and 1.… are automatic; the numbers of a group begin anew."""
    numbering = chinese(0) + chinese(1) + list_use(1, 0) + list_use(2, 1)
    figures = distinct_figures(form_2021, random.Random(2))
    style = DocxStyle(heading=numbered(1), cell=numbered(2), numbering=numbering)
    document = read(docx_report(form_2021, figures, style))
    plain = read(docx_report(form_2021, figures))
    assert texts(document) == texts(plain)
    assert cells(document) == cells(plain)
    assert facts(document) == figures


def test_styles_number_too() -> None:
    numbering = list_definition(5, [("chineseCounting", "%1、"), ("decimal", "%1.%2")], {0: "H1", 1: "H2"}) + list_use(
        3, 5
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="H3"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
    )
    body = "".join(
        paragraph(t, f'<w:pStyle w:val="{s}"/>')
        for t, s in [("甲", "H1"), ("乙", "H2"), ("丙", "H2"), ("丁", "H1"), ("戊", "H3")]
    )
    body += paragraph("己", '<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert texts(read(docx(body, DocxStyle(numbering=numbering, styles=styles)))) == [
        "一、甲",
        "一.1 乙",
        "一.2 丙",
        "二、丁",
        "戊",
        "己",
    ]


def test_lists_restart_and_go_on() -> None:
    """Lists of one definition count on from each other, but where one says to begin anew."""
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = chinese(0) + list_use(1, 0) + list_use(2, 0) + list_use(3, 0, anew)
    uses = [(1, 0), (1, 1), (2, 0), (2, 1), (2, 1), (3, 0), (3, 0), (1, 2), (1, 5)]
    body = "".join(paragraph("甲", in_list(number, level)) for number, level in uses)
    assert texts(read(docx(body, DocxStyle(numbering=numbering)))) == [
        "一、甲", "（一）甲", "二、甲", "（一）甲", "（二）甲", "一、甲", "二、甲", "1.甲", "甲",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("writing", "numbers"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 101: "一百零一", 110: "一百一十", 1001: "一千零一"}),
        ("chineseLegalSimplified", {1: "壹", 12: "壹拾贰"}),
        ("ideographDigital", {10: "一〇"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 51: None}),
        ("upperRoman", {4: "IV", 1999: "MCMXCIX"}),
        ("lowerLetter", {1: "a", 27: "aa"}),
        ("decimalZero", {3: "03"}),
        ("ideographTraditional", {1: "甲", 11: None}),
        ("hindiVowels", {1: None}),
    ],
)  # fmt: skip
def test_numerals(writing: str, numbers: dict[int, str | None]) -> None:
    assert {n: numeral(n, writing) for n in numbers} == numbers


@pytest.mark.parametrize(("writing", "text"), [("bullet", "•"), ("hindiVowels", "%1."), ("none", "%1")])
def test_what_cannot_be_counted_is_left_out(writing: str, text: str) -> None:
    numbering = list_definition(0, [(writing, text)]) + list_use(1, 0)
    assert texts(read(docx(paragraph("甲", in_list(1)), DocxStyle(numbering=numbering)))) == ["甲"]
    assert texts(read(docx(paragraph("甲", in_list(4)), DocxStyle(numbering=numbering)))) == ["甲"]


# ---------------------------------------------------------------------------------------------- files from elsewhere


@pytest.mark.skipif(not TEMPLATE.exists(), reason="the real reports are not at hand")
def test_the_blank_form_is_blank() -> None:
    found = facts(read(TEMPLATE.read_bytes()))
    assert len(found) == 200
    assert set(found.values()) == {""}


def filled_template() -> tuple[bytes, list[str]]:
    """The real form with a different number in each of its cells, in print order, filled in by another hand."""
    made = python_docx.Document(str(TEMPLATE))
    numbers = []
    for tc in made.element.body.iter(qn("w:tc")):
        merged = tc.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        text = "".join(t.text or "" for t in tc.iter(qn("w:t"))).strip()
        if text or (merged is not None and merged.get(qn("w:val")) != "restart"):
            continue
        numbers.append(str(1000 + 37 * len(numbers)))
        python_docx.table._Cell(tc, made).text = numbers[-1]  # type: ignore[attr-defined]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue(), numbers


@pytest.mark.skipif(not TEMPLATE.exists(), reason="the real reports are not at hand")
def test_the_filled_form_is_read_back(form_2021: Form) -> None:
    data, numbers = filled_template()
    in_order = [
        (t.number, r.code, c.code) for t in form_2021.tables for r in t.rows for c in t.block_of(r.code).columns
    ]
    assert facts(read(data)) == dict(zip(in_order, numbers, strict=True))


def test_what_python_docx_draws_is_read() -> None:
    made = python_docx.Document()
    made.add_paragraph("标题")
    drawn = made.add_table(3, 3)
    for n, c in enumerate(c for r in drawn.rows for c in r.cells):
        c.text = str(n)
    drawn.cell(0, 0).merge(drawn.cell(1, 1))
    out = io.BytesIO()
    made.save(out)
    document = read(out.getvalue())
    assert texts(document) == ["标题"]
    assert [(r, c, h, w) for r, c, _, h, w in cells(document)[0]] == [
        (0, 0, 2, 2), (0, 2, 1, 1), (1, 2, 1, 1), (2, 0, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1),
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------- files that are damaged


def outcome(data: bytes) -> str:
    """The reason of the refusal, or '' for a document."""
    started = time.process_time()
    try:
        assert read(data).format == "docx"
        reason = ""
    except Refused as e:
        reason = e.reason
    assert time.process_time() - started < 5
    return reason


def with_main(content: bytes) -> bytes:
    return zipped({"word/document.xml": content, "[Content_Types].xml": b"<Types/>"})


NS = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOMB = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
) + b"]>"  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(lambda: b"PK\x03\x04", "damaged", id="no archive"),
        pytest.param(lambda: zipped({"a.txt": "x"}), "not-a-document", id="another zip"),
        pytest.param(lambda: with_main(b""), "damaged", id="empty part"),
        pytest.param(lambda: with_main(b"<w:document %s/>" % NS), "not-a-document", id="no body"),
        pytest.param(lambda: with_main(b"<w:document %s><w:body>" % NS), "damaged", id="XML cut off"),
        pytest.param(lambda: with_main(BOMB + b"<w:document %s><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>" % NS), "damaged", id="entities"),
        pytest.param(lambda: with_main(b"<!DOCTYPE w:document SYSTEM 'http://localhost:9/x.dtd'><w:document %s><w:body/></w:document>" % NS), "damaged", id="document type"),
        pytest.param(lambda: with_main(b"<w:document %s><w:body>" % NS + b"<w:p>" * 5000), "damaged", id="deep"),
        pytest.param(lambda: with_main(b"<w:document %s><w:body>" % NS + b"<w:p/>" * 1_600_000 + b"</w:body></w:document>"), "too-large", id="many tags"),
        pytest.param(lambda: with_main(b" " * 40_000_000), "too-large", id="zip bomb"),
        pytest.param(lambda: with_main(b"<w:document %s><w:body><w:p><w:r><w:t>" % NS + b"1" * 10_500_000 + b"</w:t></w:r></w:p></w:body></w:document>"), "too-large", id="a text of 10 MB"),
        pytest.param(lambda: with_main(b"<w:document %s><w:body><w:tbl><w:tr>" % NS + b"<w:tc/>" * 200_001 + b"</w:tr></w:tbl></w:body></w:document>"), "too-large", id="many cells"),
        pytest.param(lambda: zipped({f"{n}.xml": "" for n in range(5001)}), "too-large", id="many parts"),
        pytest.param(lambda: docx("<w:altChunk/>"), "needs-converter", id="a web page inside"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(data: Callable[[], bytes], reason: str) -> None:
    assert outcome(data()) == reason


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lambda: "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>1</w:t></w:r></w:p>" * 60_000, id="all one paragraph"),
        pytest.param(lambda: f"<w:p>{'<w:r><w:txbxContent><w:p/></w:txbxContent></w:r>' * 100_000}</w:p>", id="many text boxes"),
        pytest.param(lambda: "<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>" * 100_000 + "</w:tc></w:tr></w:tbl>" * 80, id="wrapped many times"),
        pytest.param(lambda: f"<w:p>{'<w:ins>' * 200}{'<w:r><w:t>1</w:t></w:r>' * 100_000}{'</w:ins>' * 200}</w:p>", id="wrapped runs"),
        pytest.param(lambda: table(cell("甲", FIRST) * 100, *[cell("", CONTINUED) * 100] * 600), id="merged all over"),
        pytest.param(lambda: table(*[f"<w:tc>{paragraph('1') * 50_000}</w:tc>{cell('2')}"] * 2), id="a figure over many lines"),
    ],
)  # fmt: skip
def test_odd_shapes_do_not_take_long(body: Callable[[], str]) -> None:
    assert outcome(docx(body())) in ("", "too-large")


def test_a_list_may_start_anywhere() -> None:
    numbering = chinese(0).replace('<w:start w:val="1"/>', '<w:start w:val="3"/>', 1) + list_use(1, 0)
    body = "".join(paragraph("甲", in_list(1, level)) for level in (0, 0, 1))
    assert texts(read(docx(body, DocxStyle(numbering=numbering)))) == ["三、甲", "四、甲", "（一）甲"]


def test_a_long_ordinal_is_not_repeated() -> None:
    numbering = list_definition(0, [("decimal", "甲" * 1000 + "%1")]) + list_use(1, 0)
    assert texts(read(docx(paragraph("乙", in_list(1)), DocxStyle(numbering=numbering)))) == ["乙"]


def test_a_number_without_text_is_printed_in_tables_only() -> None:
    numbering = chinese(0) + list_use(1, 0)
    body = paragraph("", in_list(1)) + table(cell("甲") + f"<w:tc>{paragraph('', in_list(1))}</w:tc>")
    document = read(docx(body + paragraph("乙", in_list(1)), DocxStyle(numbering=numbering)))
    assert texts(document) == ["三、乙"]
    assert [c.text for g in document.grids for c in g.cells] == ["甲", "二、"]


def test_a_locked_part_is_encrypted() -> None:
    data = bytearray(docx(paragraph("甲")))
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for found in re.finditer(re.escape(sign), bytes(data)):
            data[found.start() + offset] |= 1
    assert outcome(bytes(data)) == "encrypted"


def test_cells_outside_of_tables_keep_their_text() -> None:
    stray = f"<w:tc>{paragraph('甲')}</w:tc><w:tr><w:tc>{paragraph('乙')}</w:tc></w:tr>"
    document = read(docx(stray + f"<w:tbl>{paragraph('丙')}<w:tc>{paragraph('丁')}</w:tc></w:tbl>"))
    everything = "".join([*texts(document), *(c.text for g in document.grids for c in g.cells)])
    assert sorted(everything) == sorted("甲乙丙丁")


def test_truncated_and_flipped_files_end_well(form_2021: Form) -> None:
    rng = random.Random(11)
    data = docx_report(form_2021, distinct_figures(form_2021, rng))
    for cut in [*range(0, len(data), len(data) // 60), len(data) - 1]:
        if cut:
            assert outcome(data[:cut]) == "damaged"
    for _ in range(150):
        flipped = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        outcome(bytes(flipped))
        kind_of_zip(bytes(flipped))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        main = archive.read("word/document.xml")
    for _ in range(150):  # damage inside the XML, which a check sum would have caught
        flipped = bytearray(main)
        for _ in range(rng.randint(1, 3)):
            flipped[rng.randrange(len(main))] ^= 1 << rng.randrange(8)
        outcome(with_main(bytes(flipped)))


TAGS = [
    "p",
    "r",
    "t",
    "tbl",
    "tr",
    "tc",
    "sdt",
    "sdtContent",
    "del",
    "ins",
    "txbxContent",
    "vMerge",
    "gridSpan",
    "pPr",
    "rPr",
    "trPr",
]


@settings(max_examples=examples(200))
@given(
    st.recursive(
        st.text("甲乙1", max_size=3),
        lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=4)),
        max_leaves=40,
    )
)
def test_any_nesting_of_elements_is_read(tree: object) -> None:
    def write(node: object) -> str:
        if isinstance(node, str):
            return node
        name, inside = node  # type: ignore[misc]
        return f"<w:{name}>{''.join(write(n) for n in inside)}</w:{name}>"

    with contextlib.suppress(Refused):
        document = read(docx(write(tree)))
        assert all(c.row_span > 0 and c.col_span > 0 for g in document.grids for c in g.cells)


def test_kinds() -> None:
    whole = docx(paragraph("甲"))
    assert kind_of_zip(whole) == "docx"
    assert kind_of_zip(whole[: len(whole) // 2]) == "docx"
    assert kind_of_zip(docx("", DocxStyle(main="other/document2.xml"))) == "docx"
    assert kind_of_zip(zipped({"a.txt": "x"})) == "unknown"
    assert kind_of_zip(b"PK\x03\x04") == "unknown"
    assert kind_of_ole(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)) == "unknown"
