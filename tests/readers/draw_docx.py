"""Draw reports as Word documents: XML written by hand, in the many ways in which Word and WPS write the same page."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from math import lcm

from pipeline.forms.model import Form, FormLine, FormTable
from tests.render import HEADINGS, TITLE, Figures

USUAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


# ------------------------------------------------------------------------------------------- what is on the page


@dataclass
class Box:
    """A cell of a drawn table: its first column, its text and spans, and whether it is a figure."""

    col: int
    text: str
    width: int = 1
    height: int = 1
    figure: bool = False


Drawn = list[list[Box]]


def drawn_table(table: FormTable, figures: Figures) -> Drawn:
    """A table of a form as rows of boxes, as the form is issued."""
    return {2: _proactive, 3: _requests, 4: _proceedings}[table.number](table, figures)


def _proactive(table: FormTable, figures: Figures) -> Drawn:
    wide = lcm(*(len(b.columns) for b in table.blocks))
    rows: Drawn = []
    for block in table.blocks:
        each = wide // len(block.columns)
        rows.append([Box(0, block.rows[0].path[0], wide + 1)])
        rows.append([Box(0, "信息内容"), *(Box(1 + n * each, c.path[-1], each) for n, c in enumerate(block.columns))])
        for row in block.rows:
            printed = [figures.get((2, row.code, c.code), "") for c in block.columns]
            rows.append(
                [Box(0, row.path[-1]), *(Box(1 + n * each, f, each, figure=True) for n, f in enumerate(printed))]
            )
    return rows


def _requests(table: FormTable, figures: Figures) -> Drawn:
    columns = table.blocks[0].columns
    names = [c.path[-1] for c in columns]
    last = 2 + len(columns)
    rows: Drawn = [
        [Box(0, CORNER, 3, 3), Box(3, "申请人情况", len(columns))],
        [Box(3, names[0], 1, 2), Box(4, "法人或其他组织", len(columns) - 2), Box(last, names[-1], 1, 2)],
        [Box(4 + n, name) for n, name in enumerate(names[1:-1])],
    ]
    for number, row in enumerate(table.rows):
        printed = [figures.get((3, row.code, c.code), "") for c in columns]
        boxes = [Box(3 + n, f, figure=True) for n, f in enumerate(printed)]
        rows.append([*_stub(table.rows, number), *boxes])
    return rows


def _stub(lines: tuple[FormLine, ...], number: int) -> list[Box]:
    path = lines[number].path
    boxes = []
    for depth, text in enumerate(path):
        prefix = path[: depth + 1]
        if number and lines[number - 1].path[: depth + 1] == prefix:
            continue
        height = next(
            (n for n, line in enumerate(lines[number:]) if line.path[: depth + 1] != prefix), len(lines) - number
        )
        boxes.append(Box(depth, text, 3 - depth if depth == len(path) - 1 else 1, height))
    return boxes


def _proceedings(table: FormTable, figures: Figures) -> Drawn:
    columns = table.blocks[0].columns
    names = [c.path[-1] for c in columns]
    return [
        [Box(0, "行政复议", 5), Box(5, "行政诉讼", 10)],
        [*(Box(n, t, 1, 2) for n, t in enumerate(names[:5])), Box(5, "未经复议直接起诉", 5), Box(10, "复议后起诉", 5)],
        [Box(5 + n, t) for n, t in enumerate(names[5:])],
        [Box(n, figures.get((4, "1", c.code), ""), figure=True) for n, c in enumerate(columns)],
    ]


# ------------------------------------------------------------------------------------------------- how it is written


def run(text: str) -> str:
    return f'<w:r><w:rPr><w:sz w:val="21"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str, properties: str = "") -> str:
    content = run(text) if text else ""
    return f'<w:p><w:pPr>{properties}<w:jc w:val="left"/></w:pPr>{content}</w:p>'


def control(content: str, properties: str = "") -> str:
    return f'<w:sdt><w:sdtPr><w:id w:val="1"/>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


def text_box(content: str) -> str:
    """A paragraph with a text box, twice as Word writes it: as a shape, and for older programs."""
    return (
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>'
        f"{content}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>"
        f"{content}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def layout_table(content: str) -> str:
    return f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid><w:tr><w:tc><w:tcPr/>{content}</w:tc></w:tr></w:tbl>'


@dataclass
class DocxStyle:
    """The ways of writing that may change without a change to what is printed."""

    cell: Callable[[str], str] = paragraph
    figure: Callable[[str], str] = paragraph
    row: Callable[[str], str] = lambda row: row
    wrap: Callable[[str], str] = lambda body: body
    table: Callable[[str], str] = lambda table: table
    title: Callable[[str], str] = paragraph
    heading: Callable[[str], str] = paragraph
    properties: Callable[[str], str] = lambda properties: properties
    shaky: int = 0  # twips by which the edges of a row may lie off
    indents: bool = False  # blank labels left out with gridBefore
    namespace: str = USUAL
    main: str = "word/document.xml"
    numbering: str = ""
    styles: str = ""
    narrative: list[str] = field(default_factory=lambda: ["2024 年公开政府信息 385 条。", "办理热线工单 842 件。"])


def docx_report(form: Form, figures: Figures, style: DocxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is printed as a blank."""
    s = style or DocxStyle()
    tables = {t.number: s.table(table_xml(drawn_table(t, figures), s)) for t in form.tables}
    parts = [s.title(TITLE)]
    for number, heading in HEADINGS.items():
        parts += [s.heading(heading), tables.get(number, "".join(map(paragraph, s.narrative)))]
    return docx(s.wrap("".join(parts)) + paragraph(""), s)


def table_xml(rows: Drawn, s: DocxStyle) -> str:
    """The XML of a table: merged cells are written in every row that they reach over."""
    rng = random.Random(5)
    columns = max(b.col + b.width for b in rows[0])
    edges = [range(0, 900 * (columns + 1), 900) for _ in rows]
    if s.shaky:
        edges = [[e + rng.randint(0, s.shaky) for e in row] for row in edges]  # type: ignore[misc]
    grid = sorted({e for row in edges for e in row})
    widths = [b - a for a, b in pairwise(grid)]
    above: list[Box] = []
    lines = []
    for row, own in zip(rows, edges, strict=True):
        going_on = [Box(b.col, "", b.width, b.height - 1) for b in above if b.height > 1]
        cells = sorted([*row, *(b for b in going_on)], key=lambda b: b.col)
        lines.append(s.row(f"<w:tr>{_row_xml(cells, going_on, own, grid, s)}</w:tr>"))
        above = cells
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
        + f"</w:tblGrid>{''.join(lines)}</w:tbl>"
    )


def _row_xml(cells: list[Box], going_on: list[Box], edges: Iterable[int], grid: list[int], s: DocxStyle) -> str:
    own = list(edges)
    parts = []
    first = grid.index(own[0])
    if s.indents and len(cells) > 1 and cells[0].text == "":
        first = grid.index(own[cells[1].col])
        cells = cells[1:]
    if first:
        parts.append(f'<w:trPr><w:gridBefore w:val="{first}"/></w:trPr>')
    for box in cells:
        span = grid.index(own[box.col + box.width]) - grid.index(own[box.col])
        properties = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        if box in going_on:
            properties += "<w:vMerge/>"
        elif box.height > 1:
            properties += '<w:vMerge w:val="restart"/>'
        content = s.figure(box.text) if box.figure else s.cell(box.text)
        parts.append(f"<w:tc><w:tcPr>{s.properties(properties)}</w:tcPr>{content}</w:tc>")
    return "".join(parts)


def docx(body: str, style: DocxStyle | None = None) -> bytes:
    """A Word document with a body."""
    s = style or DocxStyle()
    opening = (
        f'<w:document xmlns:w="{s.namespace}" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body>'
    )
    main = f'<?xml version="1.0" encoding="UTF-8"?>{opening}{body}<w:sectPr/></w:body></w:document>'
    folder = s.main.rpartition("/")[0]
    parts = {
        "[Content_Types].xml": _content_types(s),
        "_rels/.rels": _relations([("officeDocument", s.main)]),
        s.main: main,
        f"{folder}/_rels/{s.main.rpartition('/')[2]}.rels": _relations(
            [("numbering", "numbering.xml"), ("styles", "styles.xml")]
        ),
        f"{folder}/numbering.xml": f'<w:numbering xmlns:w="{s.namespace}">{s.numbering}</w:numbering>',
        f"{folder}/styles.xml": f'<w:styles xmlns:w="{s.namespace}">{s.styles}</w:styles>',
    }
    return zipped(parts)


def _content_types(s: DocxStyle) -> str:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    folder = s.main.rpartition("/")[0]
    overrides = [
        (s.main, "document.main"),
        (f"{folder}/numbering.xml", "numbering"),
        (f"{folder}/styles.xml", "styles"),
    ]
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{name}" ContentType="{word}.{kind}+xml"/>' for name, kind in overrides)
        + "</Types>"
    )


def _relations(found: list[tuple[str, str]]) -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    lines = (f'<Relationship Id="r{n}" Type="{base}/{k}" Target="{t}"/>' for n, (k, t) in enumerate(found))
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(lines)}</Relationships>'


def zipped(parts: dict[str, str | bytes] | dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


# --------------------------------------------------------------------------------------------------------- numbering


def list_definition(name: int, levels: list[tuple[str, str]], styles: dict[int, str] | None = None) -> str:
    """A list: for each level how its numeral is written, and the text around it."""
    written = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{writing}"/>'
        + (f'<w:pStyle w:val="{styles[n]}"/>' if styles and n in styles else "")
        + f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (writing, text) in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="{name}">{written}</w:abstractNum>'


def list_use(number: int, definition: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/>{overrides}</w:num>'


def in_list(number: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
