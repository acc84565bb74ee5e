"""OFD files, drawn in many styles and read."""

from __future__ import annotations

import random

import pytest

from pipeline.document import Document
from pipeline.forms.model import Form
from pipeline.readers import Refused, read, sniff
from pipeline.readers.ofd.package import POINTS, pages
from pipeline.readers.scan import is_installed
from tests.conftest import parse_bytes, printed
from tests.readers.draw_ofd import (
    NS,
    SIZE,
    OfdStyle,
    filled,
    grouped,
    ofd,
    ofd_report,
    package,
    page,
    scaled,
    spaced,
    stroked,
    unspaced,
    width_of,
)
from tests.render import distinct_figures

STYLES = {
    "distances written out": OfdStyle(),
    "distances in groups": OfdStyle(text=grouped),
    "no distances": OfdStyle(text=unspaced),
    "made larger by a matrix": OfdStyle(text=scaled),
    "lines that are filled": OfdStyle(line=filled),
    "lines in a template": OfdStyle(in_template=True),
    "names from the root": OfdStyle(absolute=True, in_template=True),
    "in blocks": OfdStyle(blocks=True),
    "with an older version": OfdStyle(versions=True),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_a_report_comes_back_whole(style: OfdStyle, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    data = ofd_report(form_2021, figures, style)
    assert sniff(data) == "ofd"
    assert printed(parse_bytes(data)) == figures


def table(*rows: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The texts and lines of a table of cells of 30 by 6 mm."""
    texts = [spaced(20 + 30 * c, 21 + 6 * r, t) for r, row in enumerate(rows) for c, t in enumerate(row)]
    bottom, right = 20 + 6 * len(rows), 20 + 30 * len(rows[0])
    lines = [stroked(20, 20 + 6 * r, right, 20 + 6 * r) for r in range(len(rows) + 1)]
    lines += [stroked(20 + 30 * c, 20, 20 + 30 * c, bottom) for c in range(len(rows[0]) + 1)]
    return texts, lines


TABLE = table(("规章", "1", "2"), ("文件", "3", "4"))


def texts(document: Document) -> list[str]:
    return [c.text for g in document.grids for c in g.cells]


def shown(content: str, more: str = "") -> list[str]:
    """The texts of a page with a table, and lines of other content."""
    objects = "".join(TABLE[0] + TABLE[1]) + content
    common = f"<ofd:CommonData>{more}</ofd:CommonData>"
    pages = '<ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages>'
    document = read(
        package(
            {"Doc_0/Document.xml": f"<ofd:Document {NS}>{common}{pages}</ofd:Document>", "Doc_0/P.xml": page(objects)}
        )
    )
    return texts(document) + [p.text for p in document.paragraphs]


CELLS = ["规章", "1", "2", "文件", "3", "4"]


def test_boxes_are_in_points_from_the_corner() -> None:
    (grid,) = read(ofd([TABLE])).grids
    left, top, right, bottom = grid.cells[0].box or (0, 0, 0, 0)
    assert (left, top, right, bottom) == pytest.approx([x * POINTS for x in (20, 20, 50, 26)], abs=0.1)


def test_documents_of_one_package_follow_each_other() -> None:
    def document(name: str) -> dict[str, str]:
        root = f'<ofd:Document {NS}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
        return {f"{name}/Document.xml": root, f"{name}/P.xml": page(spaced(20, 20, name))}

    data = package(document("A") | document("B"), roots=("A/Document.xml", "/B/Document.xml"))
    assert [(p.text, p.page) for p in read(data).paragraphs] == [("A", 1), ("B", 2)]


ASIDE = {
    "invisible": spaced(20, 100, "7").replace("<ofd:TextObject", '<ofd:TextObject Visible="false"'),
    "transparent": spaced(20, 100, "7").replace("<ofd:TextObject", '<ofd:TextObject Alpha="0"'),
    "neither filled nor stroked": spaced(20, 100, "7").replace("<ofd:TextObject", '<ofd:TextObject Fill="false"'),
    "a picture": '<ofd:ImageObject ID="4" Boundary="20 100 10 10" ResourceID="8"/>',
    "a curve": '<ofd:PathObject Boundary="20 100 50 50"><ofd:AbbreviatedData>M 0 0 B 1 2 3 4 9 20 A 5 5 0 1 1 3 4 Q 1 1 30 2 C</ofd:AbbreviatedData></ofd:PathObject>',
    "a number too many": '<ofd:PathObject Boundary="a b c d"><ofd:AbbreviatedData>M L 1 Z 5 C 1e999 B</ofd:AbbreviatedData></ofd:PathObject>',
}  # fmt: skip


@pytest.mark.parametrize("content", ASIDE.values(), ids=ASIDE.keys())
def test_what_is_not_shown_or_is_no_text(content: str) -> None:
    assert shown(content) == CELLS


def coloured(content: str, colour: str, alpha: str = "") -> str:
    """An object with the colour of its filling."""
    name = "AbbreviatedData" if "AbbreviatedData" in content else "TextCode"
    return content.replace(f"<ofd:{name}", f'<ofd:FillColor Value="{colour}"{alpha}/><ofd:{name}', 1)


# Beside the 1 of the first row, whose cell begins 50 mm from the left and 20 from the top.
BOX = filled(50, 20.5, 60, 25.5)
OVER = {
    "a white box over it": (coloured(BOX, "255 255 255"), ""),
    "a white box and a new figure": (coloured(BOX, "255 255 255") + spaced(50, 21, "9"), "9"),
    "a white box that lets it through": (coloured(BOX, "255 255 255", ' Alpha="90"'), "1"),
    "a figure in white": (coloured(spaced(60, 21, "7"), "255 255 255"), "1"),
    "a line through it": (stroked(50, 21 + SIZE / 2, 50 + width_of("1"), 21 + SIZE / 2), ""),
}


@pytest.mark.parametrize(("content", "text"), OVER.values(), ids=OVER.keys())
def test_what_is_painted_over_or_struck_is_no_figure(content: str, text: str) -> None:
    assert shown(content)[:3] == ["规章", text, "2"]


def test_a_seal_and_other_notes_are_no_part_of_the_page() -> None:
    note = f'<ofd:PageAnnot {NS}><ofd:Annot ID="1" Type="Stamp"><ofd:Appearance>{spaced(20, 20, "章")}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>'
    parts = {"Doc_0/Annots/Page_0/Annotation.xml": note, "Doc_0/Signs/Sign_0/Signature.xml": note}
    root = f'<ofd:Document {NS}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages><ofd:Annotations>Annots/A.xml</ofd:Annotations></ofd:Document>'
    data = package({"Doc_0/Document.xml": root, "Doc_0/P.xml": page("".join(TABLE[0] + TABLE[1])), **parts})
    assert texts(read(data)) == CELLS


def test_a_composite_is_drawn_where_it_is_named() -> None:
    unit = f'<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7"><ofd:Content>{spaced(0, 0, "注")}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
    root = f'<ofd:Document {NS}><ofd:CommonData><ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
    use = '<ofd:CompositeObject ID="4" Boundary="20 100 9 9" ResourceID="7"/>'
    parts = {"Doc_0/Document.xml": root, "Doc_0/R.xml": f"<ofd:Res {NS}>{unit}</ofd:Res>", "Doc_0/P.xml": page(use)}
    ((char,),) = (p.chars for p in pages(package(parts)))
    assert (char.text, char.x0, char.y0) == ("注", pytest.approx(20 * POINTS), pytest.approx(100 * POINTS))


def test_a_page_has_its_own_area() -> None:
    content = page(spaced(110, 120, "一")).replace(
        "<ofd:Content>", "<ofd:Area><ofd:PhysicalBox>100 100 50 60</ofd:PhysicalBox></ofd:Area><ofd:Content>"
    )
    root = f'<ofd:Document {NS}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
    (found,) = pages(package({"Doc_0/Document.xml": root, "Doc_0/P.xml": content}))
    assert (found.width, found.height) == (pytest.approx(50 * POINTS), pytest.approx(60 * POINTS))
    assert found.chars[0].x0 == pytest.approx(10 * POINTS)


def test_slanted_text_stands_aside() -> None:
    mark = spaced(20, 100, "草稿").replace(" Font=", ' CTM="0.7 0.7 -0.7 0.7 0 0" Font=')
    assert shown(mark) == CELLS


def loop() -> bytes:
    unit = '<ofd:CompositeGraphicUnit ID="7"><ofd:Content><ofd:CompositeObject ResourceID="7"/></ofd:Content></ofd:CompositeGraphicUnit>'
    root = f'<ofd:Document {NS}><ofd:CommonData><ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
    parts = {"Doc_0/Document.xml": root, "Doc_0/R.xml": f"<ofd:Res {NS}>{unit}</ofd:Res>"}
    return package(parts | {"Doc_0/P.xml": page('<ofd:CompositeObject ResourceID="7"/>')})


PICTURES = (
    ("format-not-read", "an OFD document whose pages are pictures of a kind that cannot be decoded")
    if is_installed()
    else ("scan-without-text", "pip install")
)
IMAGE = '<ofd:ImageObject ID="4" Boundary="0 0 210 900" ResourceID="8"/>'


@pytest.mark.parametrize(
    ("data", "reason", "word"),
    [
        pytest.param(ofd([([IMAGE], [])]), *PICTURES, id="pictures"),
        pytest.param(ofd([([], [stroked(0, 0, 9, 9)])]), "format-not-read", "drawings and no text", id="drawings"),
        pytest.param(ofd([([spaced(9, 9, "\ufffd\ufffd")], [])]), "text-without-unicode", "", id="unknown characters"),
        pytest.param(package({}, roots=()), "not-a-document", "without pages", id="no document"),
        pytest.param(package({}), "damaged", "Doc_0/Document.xml", id="no root"),
        pytest.param(package({}, roots=("../../etc/passwd",)), "damaged", "etc/passwd", id="a path out of it"),
        pytest.param(loop(), "too-large", "nested", id="a loop"),
    ],
)
def test_what_is_refused(data: bytes, reason: str, word: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.reason == reason
    assert word in str(refused.value)


def test_rows_without_lines_stay_apart(form_2021: Form) -> None:
    """A page whose table has no rulings is read line by line, columns apart."""
    rows = [("规章", "3", "5", "47"), ("行政规范性文件", "61", "29", "383")]
    head = [("第二十条第（一）项",), ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")]
    texts = [unspaced(20 + 40 * c, 20 + 6 * r, t) for r, row in enumerate([*head, *rows]) for c, t in enumerate(row)]
    document = read(ofd([(texts, [])]))
    assert [p.text for p in document.paragraphs][-2:] == ["  ".join(row) for row in rows]
    found = printed(parse_bytes(ofd([(texts, [])])))
    assert {(r, c): v for (_, r, c), v in found.items() if v} == {
        ("1.rule", "made"): "3", ("1.rule", "repealed"): "5", ("1.rule", "valid"): "47",
        ("1.doc", "made"): "61", ("1.doc", "repealed"): "29", ("1.doc", "valid"): "383",
    }  # fmt: skip
