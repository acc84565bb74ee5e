"""What Word draws, counts or sets apart inside of a cell: a figure is read as it is seen, or its cell is told."""

from __future__ import annotations

import pytest

from pipeline.numbers import figure
from pipeline.readers import read
from tests.readers.draw_docx import DocxStyle, docx, in_list, list_definition, list_use, paragraph

LISTS = (
    list_definition(0, [("decimal", "%1")]) + list_definition(1, [("decimal", "%1.")]) + list_use(1, 0) + list_use(2, 1)
)


def run(text: str, looks: str = "") -> str:
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


def raw(content: str) -> str:
    return f"<w:r>{content}</w:r>"


def line(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def field(code: str, result: str | None = None) -> str:
    shown = "" if result is None else raw("<w:fldChar w:fldCharType='separate'/>") + run(result)
    begin = raw("<w:fldChar w:fldCharType='begin'/>") + raw(f"<w:instrText>{code}</w:instrText>")
    return begin + shown + raw("<w:fldChar w:fldCharType='end'/>")


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(content: str) -> str:
    return f"<w:tc>{content}</w:tc>"


def inner(*rows: str) -> str:
    """A table of figures inside of a cell."""
    return table(*("".join(cell(paragraph(text)) for text in row.split("|")) for row in rows)) + paragraph("")


def seen(content: str, label: str = "") -> tuple[str, str]:
    """What the last cell of a small table shows; `label` stands behind the words of the cell before it."""
    words = cell(line(run("行政许可") + label))
    rows = (words + cell(paragraph(figure)) + cell(paragraph("7")) for figure in ("6", "5"))
    drawn = table(*rows, words + cell(content) + cell(paragraph("7")))
    (grid, *_) = read(docx(drawn, DocxStyle(numbering=LISTS))).grids
    assert grid.cells[-3].text == "行政许可"
    return grid.cells[-2].text, grid.cells[-2].left_out


def symbol(font: str, code: str) -> str:
    return raw(f'<w:sym w:font="{font}" w:char="{code}"/>')


def begin(kind: str) -> str:
    return raw(f"<w:fldChar w:fldCharType='{kind}'/>")


def code(text: str) -> str:
    return raw(f"<w:instrText>{text}</w:instrText>")


ANCHOR = (
    '<w:drawing><wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" behindDoc="{}">'
    "<wp:{}/><wp:graphic><wp:line/></wp:graphic></wp:anchor></w:drawing>"
)
FREE = ANCHOR.replace(
    "<wp:line/>", '<a:custGeom xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/>'
).replace("<wp:{}/>", "<wp:wrapNone/>")
VML = "<w:pict><v:{} style='position:absolute;z-index:{}'>{}</v:{}></w:pict>"
SEEN = {
    "a field in the code of another": (
        line(begin("begin") + code("IF ") + field("REF x", "9") + code(" = 9 ") + begin("separate") + run("12") + begin("end")),
        "12",
        "",
    ),
    "a field without a result in the code of another": (
        line(begin("begin") + code("= ") + field("REF x") + begin("separate") + run("12") + begin("end")),
        "12",
        "",
    ),
    "a field in the result of another": (
        line(begin("begin") + code("QUOTE ") + begin("separate") + field("REF x", "12") + begin("end")),
        "12",
        "",
    ),
    "text in the code of a field": (line(begin("begin") + run("7") + begin("separate") + run("12") + begin("end")), "12", ""),
    "a code without an end": (line(begin("begin") + code("= 7")) + line(run("12")), "12", ""),
    "a line behind": (line(run("12") + raw(ANCHOR.format(1, "wrapNone"))), "12", ""),
    "a line beside": (line(run("12") + raw(ANCHOR.format(0, "wrapSquare"))), "12", ""),
    "a line far behind": (line(run("12") + raw(VML.format("line", "-1", "", "line"))), "12", ""),
    "a diagonal over a blank": (line(raw("<w:pict><v:line/></w:pict>")), "", ""),
    "a box in a blank": (line(raw("<w:pict><v:rect/></w:pict>")), "", ""),
    "a line over a blank": (line(raw(ANCHOR.format(0, "wrapNone"))), "", ""),
    "a digit of a symbol font": (line(run("1") + symbol("Symbol", "F032")), "12", ""),
    "a soft hyphen": (line(run("1") + raw("<w:softHyphen/>") + run("2")), "12", ""),
    "a field with its result": (line(field("=1+11", "12")), "12", ""),
    "an entry of an index": (line(run("12") + field('XE "x"')), "12", ""),
    "moved away": (line(f'<w:moveFrom w:id="1">{run("1")}</w:moveFrom>{run("2")}'), "2", "1"),
    "a prompt with a digit": (
        line(f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('0')}</w:sdtContent></w:sdt>"),
        "",
        "0",
    ),
    "a figure in a frame": (inner("12"), "12", ""),
    "a figure and a blank in a frame": (inner("12|"), "12", ""),
    "nearly white": (line(run("12") + run("3", '<w:color w:val="FEFEFE"/>')), "12", "3"),
    "not filled": (
        line(
            run("12")
            + run("3", '<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w14:noFill/></w14:textFill>')
        ),
        "12",
        "3",
    ),
    "a line wide": (line(run("12") + run("3", '<w:w w:val="1"/>')), "12", "3"),
    "two lines in one switched off": (line(run("12", '<w:eastAsianLayout w:combine="0"/>')), "12", ""),
    "counted alone": (line("", in_list(1)), "1 ", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_what_a_person_reads_is_read(name: str) -> None:
    content, text, left_out = SEEN[name]
    assert seen(content) == (text, left_out)


MATHS = ("limLow", "limUpp", "sPre", "eqArr", "d", "bar", "acc", "groupChr", "phant", "borderBox")
TOLD = {
    "a line across": line(run("12") + raw(ANCHOR.format(0, "wrapNone"))),
    "a line across, in the older form": line(run("12") + raw(VML.format("line", "1", "", "line"))),
    "a group across": line(run("12") + raw(VML.format("group", "1", "<v:rect style='position:absolute'/>", "group"))),
    "a drawn digit": line(raw(FREE.format(1))),
    "a drawn digit over a figure": line(run("1") + raw(FREE.format(0))),
    "a drawn digit, in the older form": line(raw('<w:pict><v:shape path="m0,0l5,9e"/></w:pict>')),
    "a drawn digit in a group": line(raw('<w:pict><v:group><v:polyline points="0,0 5,9"/></v:group></w:pict>')),
    "a curve": line(raw("<w:pict><v:curve/></w:pict>")),
    "a symbol between digits": line(run("1") + symbol("Wingdings", "F0FC") + run("2")),
    "a digit of pictures": line(run("1") + symbol("Wingdings", "F032")),
    "a symbol alone": line(symbol("Wingdings", "F081")),
    "a page break": line(run("1") + raw('<w:br w:type="page"/>') + run("2")),
    "a column break": line(run("1") + raw('<w:br w:type="column"/>') + run("2")),
    "a stop of the tabulator": line(run("1") + raw("<w:ptab/>") + run("2")),
    "a sum without a result": line(run("1") + field("=1+1")),
    "an equation": line(run("1") + field(r"EQ \o(1,2)")),
    "an equation in short": line(run("1") + r'<w:fldSimple w:instr="EQ \o(1,2)"/>'),
    "a field of a symbol": line(run("1") + field(r'SYMBOL 50 \f "Arial"')),
    "from right to left": line(f'<w:bdo w:val="rtl">{run("12")}</w:bdo>'),
    "two lines in one": line(run("12", '<w:eastAsianLayout w:combine="1"/>')),
    "the number of the page": line(run("1") + raw("<w:pgNum/>")),
    "handwriting": line(run("1") + raw("<w:contentPart/>")),
    "drawn letters": line(run("1") + raw('<w:pict><v:shape><v:textpath string="23"/></v:shape></w:pict>')),
    "two figures in a frame": inner("12|34"),
    "two figures below each other": inner("1", "2"),
    "a figure above a frame": paragraph("5") + inner("12|34"),
    "a counted figure": line(run("2"), in_list(1)),
    "a counted figure behind a point": line(run("2"), in_list(2)),
    **{
        f"an equation of {name}": line(f"<m:oMath><m:{name}><m:e><m:r><m:t>12</m:t></m:r></m:e></m:{name}></m:oMath>")
        for name in MATHS
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_is_not_known_is_told(name: str) -> None:
    assert figure(seen(TOLD[name])[0]).kind in ("word", "unread")


def test_ornament_of_a_label_says_nothing() -> None:
    assert seen(paragraph("12"), symbol("Wingdings", "F0FC") + field("EQ 1")) == ("12", "")


def test_a_prompt_for_a_cell_keeps_its_place() -> None:
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    row = cell(paragraph("行政许可")) + prompt.format(cell(paragraph("点击输入"))) + cell(paragraph("7"))
    (grid,) = read(docx(table(row, row))).grids
    assert [c.text for c in grid.cells] == ["行政许可", "", "7"] * 2
