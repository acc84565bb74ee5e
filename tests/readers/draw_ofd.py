"""Draw reports as OFD documents: text and lines at places of their own, in the ways in which converters write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from pipeline.forms.model import Form
from tests.readers.draw_docx import Box, drawn_table
from tests.render import HEADINGS, TITLE, Figures

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SIZE = 2.8  # millimetres
LEADING = 4.0
LEFT, TOP, WIDTH = 15.0, 20.0, 180.0

Text = Callable[[float, float, str, float], str]
Lines = Callable[[float, float, float, float], str]


def width_of(text: str, size: float = SIZE) -> float:
    return sum(size if ord(c) > 0x2000 else size / 2 for c in text)


def spaced(x: float, y: float, text: str, size: float = SIZE) -> str:
    """A text whose distances are written out."""
    steps = " ".join(f"{width_of(c, size):.3f}" for c in text[:-1])
    delta = f' DeltaX="{steps}"' if steps else ""
    return _object(x, y, text, size, delta)


def grouped(x: float, y: float, text: str, size: float = SIZE) -> str:
    """Equal distances as one group; a text of unequal ones as one object for each character."""
    if len({width_of(c, size) for c in text}) == 1 and len(text) > 1:
        return _object(x, y, text, size, f' DeltaX="g {len(text) - 1} {width_of(text[0], size):.3f}"')
    return "".join(spaced(x + width_of(text[:n], size), y, c, size) for n, c in enumerate(text))


def scaled(x: float, y: float, text: str, size: float = SIZE) -> str:
    """A text drawn at size 1 and made larger by a matrix."""
    steps = " ".join(f"{width_of(c, 1):.3f}" for c in text[:-1])
    matrix = f' CTM="{size} 0 0 {size} 0 0"'
    return _object(x, y, text, 1.0, f' DeltaX="{steps}"' if steps else "", matrix, base=0.85)


def unspaced(x: float, y: float, text: str, size: float = SIZE) -> str:
    return _object(x, y, text, size, "")


def _object(x: float, y: float, text: str, size: float, delta: str, matrix: str = "", base: float | None = None) -> str:
    """A text in its box: the box begins at x and y, the base line 0.85 of the size below."""
    line = 0.85 * size if base is None else base
    return (
        f'<ofd:TextObject ID="1" Boundary="{x:.3f} {y:.3f} {width_of(text, SIZE) + 1:.3f} {SIZE + 1}" Font="1" Size="{size}"{matrix}>'
        f'<ofd:CGTransform CodePosition="0"><ofd:Glyphs>7 8</ofd:Glyphs></ofd:CGTransform>'
        f'<ofd:TextCode X="0" Y="{line:.3f}"{delta}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def stroked(x0: float, y0: float, x1: float, y1: float) -> str:
    box = f"{x0:.3f} {y0:.3f} {x1 - x0 or 0.1:.3f} {y1 - y0 or 0.1:.3f}"
    return _path(box, f"M 0 0 L {x1 - x0:.3f} {y1 - y0:.3f}", 'LineWidth="0.1"')


def filled(x0: float, y0: float, x1: float, y1: float) -> str:
    width, height = x1 - x0 or 0.2, y1 - y0 or 0.2
    data = f"M 0 0 L {width:.3f} 0 L {width:.3f} {height:.3f} L 0 {height:.3f} C"
    return _path(f"{x0:.3f} {y0:.3f} {width:.3f} {height:.3f}", data, 'Stroke="false" Fill="true"')


def _path(box: str, data: str, attributes: str) -> str:
    return f'<ofd:PathObject ID="2" Boundary="{box}" {attributes}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'


@dataclass(frozen=True)
class OfdStyle:
    """How text and lines are written, and where the parts of the package stand."""

    text: Text = spaced
    line: Lines = stroked
    in_template: bool = False  # the lines stand in a template behind the page
    absolute: bool = False  # names of parts begin at the root of the package
    blocks: bool = False  # objects stand in a block within the layer
    versions: bool = False  # an older version of the document lies in the package too
    page_height: float = 900.0


def ofd_report(form: Form, figures: Figures, style: OfdStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    s = style or OfdStyle()
    drawn = _Pages(s)
    drawn.line_of_text(TITLE)
    for number, heading in HEADINGS.items():
        drawn.line_of_text(heading)
        table = next((t for t in form.tables if t.number == number), None)
        if table:
            drawn.table(drawn_table(table, figures))
        else:
            drawn.line_of_text("2024 年公开政府信息 385 条。")
    return ofd(drawn.pages, s)


@dataclass
class _Pages:
    """Pages being drawn from top to bottom: for each its texts and its lines."""

    style: OfdStyle
    pages: list[tuple[list[str], list[str]]] = field(default_factory=lambda: [([], [])])
    y: float = TOP

    def line_of_text(self, text: str) -> None:
        self.y += 3
        self.pages[-1][0].append(self.style.text(LEFT, self.y, text, SIZE))
        self.y += LEADING + 3

    def table(self, rows: list[list[Box]]) -> None:
        """Cells with their borders; a row that does not fit begins the next page, with what reaches down into it."""
        columns = max(b.col + b.width for b in rows[0])
        wide = WIDTH / columns
        wrapped = {id(b): _wrapped(b.text, b.width * wide - 1) for row in rows for b in row}
        heights = [max([len(wrapped[id(b)]) for b in row if b.height == 1] or [1]) * LEADING + 1 for row in rows]
        for n, row in enumerate(rows):
            for box in (b for b in row if b.height > 1):
                lack = len(wrapped[id(box)]) * LEADING + 1 - sum(heights[n : n + box.height])
                heights[n + box.height - 1] += max(0.0, lack)
        for n, row in enumerate(rows):
            for box in row:
                self._cell(box, wrapped[id(box)], wide, sum(heights[n : n + box.height]))
            self.y += heights[n]

    def _cell(self, box: Box, lines: list[str], wide: float, height: float) -> None:
        x0, x1 = LEFT + box.col * wide, LEFT + (box.col + box.width) * wide
        y0, y1 = self.y, self.y + height
        texts, rulings = self.pages[-1]
        for n, line in enumerate(lines):
            texts.append(self.style.text(x0 + 0.5, y0 + 0.5 + n * LEADING, line, SIZE))
        sides = ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
        rulings += (self.style.line(*side) for side in sides)


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for char in text:
        if width_of(lines[-1] + char) > width and lines[-1]:
            lines.append("")
        lines[-1] += char
    return [line for line in lines if line] or []


# --------------------------------------------------------------------------------------------------------- the package


def ofd(pages: list[tuple[list[str], list[str]]], s: OfdStyle | None = None) -> bytes:
    """A package of pages, each its texts and its lines."""
    s = s or OfdStyle()
    root = "/Doc_0/" if s.absolute else ""
    parts: dict[str, str] = {}
    listed, templates = [], []
    for n, (texts, lines) in enumerate(pages):
        behind, own = ("".join(lines), "".join(texts)) if s.in_template else ("", "".join(lines + texts))
        used = f'<ofd:Template TemplateID="9{n}" ZOrder="Background"/>' if s.in_template else ""
        if s.in_template:
            templates.append(f'<ofd:TemplatePage ID="9{n}" BaseLoc="{root}Tpls/Tpl_{n}/Content.xml"/>')
            parts[f"Doc_0/Tpls/Tpl_{n}/Content.xml"] = page(behind, s)
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = page(own, s, used)
        listed.append(f'<ofd:Page ID="{n}" BaseLoc="{root}Pages/Page_{n}/Content.xml"/>')
    area = f"<ofd:PageArea><ofd:PhysicalBox>0 0 210 {s.page_height}</ofd:PhysicalBox></ofd:PageArea>"
    common = f"<ofd:CommonData>{area}{''.join(templates)}</ofd:CommonData>"
    document = f"<ofd:Document {NS}>{common}<ofd:Pages>{''.join(listed)}</ofd:Pages></ofd:Document>"
    return package({"Doc_0/Document.xml": document, **parts}, s)


def page(content: str, s: OfdStyle | None = None, before: str = "") -> str:
    if s and s.blocks:
        content = f'<ofd:PageBlock ID="5">{content}</ofd:PageBlock>'
    return f'<ofd:Page {NS}>{before}<ofd:Content><ofd:Layer ID="3">{content}</ofd:Layer></ofd:Content></ofd:Page>'


def package(
    parts: Mapping[str, str | bytes], s: OfdStyle | None = None, roots: tuple[str, ...] = ("Doc_0/Document.xml",)
) -> bytes:
    """A package with some documents by the names of their roots."""
    parts = dict(parts)
    versions = ""
    if s and s.versions:
        old = "Doc_0/Versions/V0/Document.xml"
        parts[old] = f"<ofd:Document {NS}><ofd:Pages/></ofd:Document>"
        for name, root, current in (("V0", old, "false"), ("V1", "Doc_0/Document.xml", "true")):
            parts[f"Doc_0/Versions/{name}.xml"] = (
                f"<ofd:DocVersion {NS}><ofd:DocRoot>/{root}</ofd:DocRoot></ofd:DocVersion>"
            )
            versions += f'<ofd:Version ID="{name}" Current="{current}" BaseLoc="/Doc_0/Versions/{name}.xml"/>'
        versions = f"<ofd:Versions>{versions}</ofd:Versions>"
        roots = (old,)
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>a</ofd:DocID></ofd:DocInfo><ofd:DocRoot>{root}</ofd:DocRoot>{versions}</ofd:DocBody>"
        for root in roots
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "OFD.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {NS} DocType="OFD" Version="1.0">{bodies}</ofd:OFD>',
        )
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def pictured(pages: list[bytes], matrix: bool = True, over: str = "") -> bytes:
    """A package whose pages are a picture each, which fills A4; `over` is drawn on the first page too."""
    names = [f"Image_{n}.png" for n in range(len(pages))]
    media = "".join(
        f'<ofd:MultiMedia ID="8{n}" Type="Image" Format="PNG"><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>'
        for n, name in enumerate(names)
    )
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}.xml"/>' for n in range(len(pages)))
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    common = f"<ofd:CommonData>{area}<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
    parts: dict[str, str | bytes] = {
        "Doc_0/Document.xml": f"<ofd:Document {NS}>{common}<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/DocumentRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>',
        **{f"Doc_0/Res/{name}": data for name, data in zip(names, pages, strict=True)},
    }
    for n in range(len(pages)):
        own = ' CTM="210 0 0 297 0 0"' if matrix else ""
        image = f'<ofd:ImageObject ID="4" Boundary="0 0 210 297"{own} ResourceID="8{n}"/>'
        parts[f"Doc_0/Pages/Page_{n}.xml"] = page(image + ("" if n else over))
    return package(parts)
