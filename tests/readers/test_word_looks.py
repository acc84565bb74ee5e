"""What of a Word cell a person sees: runs that are struck, hidden, raised, by themselves or by their style; objects."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.model import Form
from pipeline.readers import read
from tests.conftest import parse_bytes, printed
from tests.readers.draw_docx import docx, docx_report, paragraph
from tests.readers.draw_html import html_report
from tests.readers.draw_rtf import rtf_report
from tests.readers.draw_xlsx import xlsx_report
from tests.render import balanced_figures, text_report

OBJECT = "\ufffc"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def run(text: str, looks: str = "") -> str:
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


def with_parts(document: bytes, parts: dict[str, bytes]) -> bytes:
    """The document with some parts more, or in the place of its own."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(document)) as source, zipfile.ZipFile(made, "w") as target:
        own = {name: source.read(name) for name in source.namelist()}
        for name, content in {**own, **parts}.items():
            target.writestr(name, content)
    return made.getvalue()


def seen(content: str, styles: str = "") -> tuple[str, str]:
    rows = f"<w:tr><w:tc>{paragraph('行政许可')}</w:tc><w:tc><w:p>{content}</w:p></w:tc></w:tr>" * 2
    made = docx(f"<w:tbl>{rows}</w:tbl>")
    if styles:
        made = with_parts(made, {"word/styles.xml": f"<w:styles {W}>{styles}</w:styles>".encode()})
    (grid,) = read(made).grids
    return grid.cells[-1].text, grid.cells[-1].left_out


LOOKS = {
    "struck": "<w:strike/>",
    "struck twice": '<w:dstrike w:val="true"/>',
    "hidden": "<w:vanish/>",
    "white": '<w:color w:val="FFFFFF"/>',
    "a point high": '<w:sz w:val="2"/>',
    "raised": '<w:vertAlign w:val="superscript"/>',
    "lowered": '<w:vertAlign w:val="subscript"/>',
    "moved up": '<w:position w:val="6"/>',
}


@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS.keys())
def test_runs_that_do_not_look_plain_are_no_part_of_a_figure(looks: str) -> None:
    assert seen(run("12", looks) + run("61")) == ("61", "12")
    assert seen(run("61") + run("12", f"<w:b/>{looks}<w:i/>")) == ("61", "12")


@pytest.mark.parametrize("looks", [v for k, v in LOOKS.items() if k != "a point high"])
def test_styles_do_as_runs_do(looks: str) -> None:
    style = f'<w:style w:type="character" w:styleId="Alt"><w:rPr>{looks}</w:rPr></w:style>'
    based = '<w:style w:type="character" w:styleId="B"><w:basedOn w:val="Alt"/><w:rPr><w:b/></w:rPr></w:style>'
    for name in ("Alt", "B"):
        assert seen(run("12", f'<w:rStyle w:val="{name}"/>') + run("61"), style + based) == ("61", "12")


def test_a_mark_above_a_lowered_figure_is_none_of_it() -> None:
    lowered, raised = '<w:position w:val="-2"/>', '<w:position w:val="10"/><w:sz w:val="12"/>'
    assert seen(run("6", lowered) + run("1", lowered) + run("2", raised)) == ("61", "2")


def test_a_run_may_undo_its_style_and_a_paragraph_hand_its_own_on() -> None:
    style = '<w:style w:styleId="S"><w:rPr><w:strike/></w:rPr></w:style>'
    assert seen(run("12", '<w:rStyle w:val="S"/><w:strike w:val="0"/>') + run("61"), style) == ("1261", "")
    paragraph_style = '<w:pPr><w:pStyle w:val="S"/></w:pPr>'
    assert seen(paragraph_style + run("12") + run("61", '<w:strike w:val="false"/>'), style) == ("61", "12")


@pytest.mark.parametrize(
    ("content", "text", "left_out"),
    [
        ("<w:del w:id='1'><w:r><w:delText>12</w:delText></w:r></w:del><w:ins w:id='2'>" + run("61") + "</w:ins>", "61", "12"),
        (run("8", '<w:strike w:val="0"/>') + run("61", '<w:vanish w:val="off"/>'), "861", ""),
        (run("61", '<w:vertAlign w:val="baseline"/>'), "61", ""),
        (run("61", '<w:vertAlign w:val="superscript"/>'), "61", ""),
        (run("8", '<w:shd w:fill="1F3864"/><w:color w:val="FFFFFF"/>') + run("61"), "861", ""),
        (run("8", '<w:highlight w:val="blue"/><w:color w:val="FFFFFF"/>') + run("61"), "861", ""),
        ("<w:sdt><w:sdtContent>" + run("61") + "</w:sdtContent></w:sdt>", "61", ""),
        (
            "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='5'/>"
            "<w:listEntry w:val='61'/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMDROPDOWN</w:instrText>"
            "</w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
            "61",
            "",
        ),
        (
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>FORMTEXT</w:instrText></w:r><w:r>"
            "<w:fldChar w:fldCharType='separate'/></w:r>" + run("61") + "<w:r><w:fldChar w:fldCharType='end'/></w:r>",
            "61",
            "",
        ),
        ("<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:imagedata/></v:shape></w:pict></w:r>", OBJECT, ""),
        (
            "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml' style='position: absolute'><v:imagedata/>"
            "</v:shape></w:pict></w:r>" + run("61"),
            "61",
            "",
        ),
        (
            "<w:r><w:drawing><wp:inline xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'>"
            "<p:pic xmlns:p='http://schemas.openxmlformats.org/drawingml/2006/picture'/></wp:inline></w:drawing></w:r>",
            OBJECT,
            "",
        ),
        (
            "<w:r><w:drawing><wp:anchor xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'>"
            "<p:pic xmlns:p='http://schemas.openxmlformats.org/drawingml/2006/picture'/></wp:anchor></w:drawing></w:r>"
            + run("61"),
            "61",
            "",
        ),
        ("<m:oMath><m:r><m:t>61</m:t></m:r></m:oMath>", "61", ""),
        ("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num></m:f></m:oMath>", f"{OBJECT}1", ""),
    ],
)  # fmt: skip
def test_the_content_of_a_cell(content: str, text: str, left_out: str) -> None:
    assert seen(content) == (text, left_out)


def test_white_in_a_shaded_cell_is_seen() -> None:
    shade = '<w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr>'
    white = run("8", '<w:color w:val="FFFFFF"/>')
    row = f"<w:tr><w:tc>{shade}<w:p>{white}</w:p></w:tc><w:tc><w:p>{white}</w:p></w:tc></w:tr>"
    (grid,) = read(docx(f"<w:tbl>{row}{row}</w:tbl>")).grids
    assert [(c.text, c.left_out) for c in grid.cells] == [("8", ""), ("", "8")] * 2


def styled(styles: str, table: str = "", cell: str = "", looks: str = "", line: str = "") -> tuple[str, str]:
    """What the last cell of a table of three rows shows, and what is left out of it."""
    figure = f"<w:tc><w:tcPr>{cell}</w:tcPr><w:p><w:pPr>{line}</w:pPr>{run('61', looks)}</w:p></w:tc>"
    rows = f"<w:tr><w:tc>{paragraph('行政许可')}</w:tc><w:tc>{paragraph('5')}</w:tc>{figure}</w:tr>" * 3
    made = docx(f"<w:tbl><w:tblPr>{table}</w:tblPr>{rows}</w:tbl>")
    made = with_parts(made, {"word/styles.xml": f"<w:styles {W}>{styles}</w:styles>".encode()}) if styles else made
    (grid,) = read(made).grids
    return grid.cells[-1].text, grid.cells[-1].left_out


def table_style(looks: str = "", part: str = "", of_part: str = "", cell: str = "") -> str:
    of_parts = f'<w:tblStylePr w:type="{part}"><w:rPr>{of_part}</w:rPr>{cell}</w:tblStylePr>' if part else cell
    return f'<w:style w:type="table" w:styleId="T"><w:rPr>{looks}</w:rPr>{of_parts}</w:style>'


def shade(fill: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'


USED = '<w:tblStyle w:val="T"/>'
ALL_PARTS = '<w:tblLook w:val="01E0"/>'
NOT_SEEN = {name: LOOKS[name] for name in ("struck", "struck twice", "hidden", "white", "a point high")}
WHITE, BLACK = '<w:color w:val="FFFFFF"/>', '<w:color w:val="000000"/>'
PARTS = ("wholeTable", "lastRow", "lastCol", "seCell", "band1Horz", "band2Horz", "band1Vert")


@pytest.mark.parametrize("looks", NOT_SEEN.values(), ids=NOT_SEEN.keys())
def test_what_stands_in_no_run_hides_and_strikes_as_well(looks: str) -> None:
    usual = f'<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:rPr>{looks}</w:rPr></w:style>'
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{looks}</w:rPr></w:rPrDefault></w:docDefaults>"
    tables = f'<w:style w:type="table" w:default="1" w:styleId="N"><w:rPr>{looks}</w:rPr></w:style>'
    based = (
        f'{table_style(looks).replace("T", "B")}<w:style w:type="table" w:styleId="T"><w:basedOn w:val="B"/></w:style>'
    )
    found = [styled(s) for s in (usual, defaults, tables)]
    found += [styled(s, USED) for s in (table_style(looks), based)]
    assert found == [("", "61")] * 5
    undone = (
        "<w:strike w:val='0'/><w:dstrike w:val='0'/><w:vanish w:val='0'/><w:color w:val='FF0000'/><w:sz w:val='21'/>"
    )
    assert styled(table_style(looks), USED, looks=undone) == ("61", "")


@pytest.mark.parametrize(
    ("part", "look", "is_struck"),
    [
        *((part, ALL_PARTS, not part.startswith("band")) for part in PARTS),
        ("band1Horz", '<w:tblLook w:val="0400"/>', True),
        ("band2Horz", '<w:tblLook w:val="0400"/>', False),
        ("band2Horz", '<w:tblLook w:val="0420"/>', True),
        ("band1Vert", '<w:tblLook w:val="0200"/>', True),
        ("band1Vert", '<w:tblLook w:val="0600"/>', False),
        ("lastRow", "", False),
        ("lastRow", '<w:tblLook w:lastRow="1" w:val="0000"/>', True),
        ("lastRow", '<w:tblLook w:lastRow="0" w:val="0040"/>', False),
        ("firstRow", ALL_PARTS, False),
    ],
)
def test_parts_of_a_table_are_struck_by_its_style(part: str, look: str, is_struck: bool) -> None:
    found = styled(table_style(part=part, of_part="<w:strike/>"), USED + look)
    assert found == (("", "61") if is_struck else ("61", ""))


def test_text_in_the_colour_of_what_is_behind_it_is_not_seen() -> None:
    dark = shade("000000")
    red = '<w:color w:val="FF0000"/>'
    assert styled("", cell=dark, looks=BLACK) == ("", "61")
    assert styled("", cell=shade("FF0000"), looks=red) == ("", "61")
    assert styled("", line=dark, looks=BLACK) == ("", "61")
    assert styled("", looks=BLACK + dark) == ("", "61")
    assert styled("", looks=BLACK + '<w:highlight w:val="black"/>') == ("", "61")
    assert styled("", table=dark, looks=BLACK) == ("", "61")
    assert styled("", cell='<w:shd w:val="solid" w:color="000000" w:fill="auto"/>', looks=BLACK) == ("", "61")
    assert styled("", cell=shade("FFFFFF"), looks=WHITE) == ("", "61")
    assert styled("", cell=dark, looks=WHITE + shade("FFFFFF")) == ("", "61")
    cells = f"<w:tcPr>{dark}</w:tcPr>"
    assert styled(table_style(cell=cells), USED, looks=BLACK) == ("", "61")
    assert styled(table_style(BLACK, "lastRow", cell=cells), USED + ALL_PARTS) == ("", "61")


def test_text_of_another_colour_is_seen() -> None:
    dark = shade("000000")
    cells = f"<w:tcPr>{dark}</w:tcPr>"
    assert styled("", cell=dark) == ("61", "")  # which Word writes in white
    assert styled("", cell=dark, looks=WHITE) == ("61", "")
    assert styled("", cell=dark, looks=BLACK + shade("FFFF00")) == ("61", "")
    assert styled("", cell='<w:shd w:val="pct50" w:color="auto" w:fill="FFFFFF"/>', looks=WHITE) == ("61", "")
    assert styled(table_style(cell=cells), USED, looks=WHITE) == ("61", "")
    assert styled(table_style(WHITE, "lastRow", cell=cells), USED + ALL_PARTS) == ("61", "")
    assert styled(table_style("<w:b/>"), USED, looks=WHITE) == ("", "61")
    assert styled('<w:style w:styleId="S"/>', USED, looks=WHITE) == ("", "61")  # a style that is nowhere shades nothing


@given(st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(sorted(LOOKS)), st.booleans())
def test_any_figure_is_what_is_visible(figure: int, other: int, looks: str, before: bool) -> None:
    parts = [run(str(other), LOOKS[looks]), run(str(figure))]
    assert seen("".join(parts if before else parts[::-1])) == (str(figure), str(other))


def test_the_second_way_sees_the_same(form_2021: Form) -> None:
    """Each figure with a struck, a hidden and a raised run around it: both ways of reading give the figure alone."""
    figures = balanced_figures(form_2021, random.Random(4))
    plain = docx_report(form_2021, figures)
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(plain)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "word/document.xml":
                for n, value in enumerate(sorted({v for v in figures.values() if len(v) == 3})):
                    odd = list(LOOKS.values())[n % 3]
                    content = content.replace(f">{value}</w:t></w:r>", f">{value}</w:t></w:r>{run('7', odd)}")
            target.writestr(name, content)
    parsed = parse_bytes(made.getvalue())
    assert printed(parsed) == figures
    assert not parsed.judged.agreement.differing
    assert parsed.judged.agreement.agreeing > 150
    assert (
        sum(i.code == "text-left-out" for i in parsed.issues)
        == sum(bool(f.printed.left_out) for f in parsed.facts)
        > 50
    )


@pytest.mark.parametrize("kind", ["html", "xlsx", "docx", "rtf", "txt"])
def test_a_file_put_into_a_document_is_read_in_its_place(form_2021: Form, kind: str) -> None:
    figures = balanced_figures(form_2021, random.Random(6))
    draw = {"html": lambda: html_report(form_2021, figures).encode(), "xlsx": lambda: xlsx_report(form_2021, figures),
            "docx": lambda: docx_report(form_2021, figures), "rtf": lambda: rtf_report(form_2021, figures),
            "txt": lambda: text_report(form_2021, figures).encode()}[kind]  # fmt: skip
    main = docx(
        paragraph("某某街道办事处2024年政府信息公开工作年度报告") + f'<w:altChunk {R} r:id="rId7"/>' + paragraph("完")
    )
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" Target="chunk.{kind}"/></Relationships>'
    )
    made = with_parts(main, {"word/_rels/document.xml.rels": relation.encode(), f"word/chunk.{kind}": draw()})
    document = read(made)
    assert [p.text for p in document.paragraphs][-1] == "完"
    assert [g.number for g in document.grids] == list(range(1, 1 + sum(1 for _ in document.grids)))
    assert printed(parse_bytes(made)) == figures


def test_a_spreadsheet_embedded_in_a_paragraph_is_read(form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(8))
    ole = f'<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" {R} r:id="rId3" Type="Embed"/></w:object></w:r>'
    main = docx(paragraph("某某街道办事处2024年政府信息公开工作年度报告") + f"<w:p>{ole}</w:p>")
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId3" '
        'Type="x/package" Target="../word/embeddings/a.xlsx"/></Relationships>'
    )
    parts = {
        "word/_rels/document.xml.rels": relation.encode(),
        "word/embeddings/a.xlsx": xlsx_report(form_2021, figures),
    }
    assert printed(parse_bytes(with_parts(main, parts))) == figures
