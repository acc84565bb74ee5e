"""OFD files, drawn in many styles and read."""

from __future__ import annotations

import random

import pytest

from pipeline.document import Document
from pipeline.forms.model import Form
from pipeline.numbers import figure
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


def path(data: str, attributes: str = 'Stroke="true"', inside: str = "") -> str:
    """A path over the 1, whose box is 50 to 53 mm from the left and 21 to 24 from the top."""
    drawn = f"{inside}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"
    return f'<ofd:PathObject ID="5" Boundary="48 19 10 8" {attributes}>{drawn}</ofd:PathObject>'


FILLED = 'Stroke="false" Fill="true"'
CROSSING = {
    "a slanting stroke": path("M 1 1 L 6 6"),
    "a cross": path("M 1 1 L 6 6 M 1 6 L 6 1"),
    "a wave": path("M 1 3.5 B 2 1.5 3 5.5 4 3.5 B 5 1.5 6 5.5 7 3.5"),
    "a slanting bar": path("M 0.5 1 L 0.9 0.8 L 5.9 5.8 L 5.5 6 C", FILLED),
    "a triangle": path("M 1 1 L 6 3 L 1 6 C", FILLED),
    "another figure": spaced(50, 21, "7"),
    "another figure beside its place": spaced(50.3, 21, "7"),
}
LEAVING = {
    "a ring": path("M 0 4 B 0 -1.5 8 -1.5 8 4 B 8 9.5 0 9.5 0 4"),
    "a circle of arcs": path("M 0 3.5 A 4 4 0 0 1 8 3.5 A 4 4 0 0 1 0 3.5"),
    "a stroke beside it": path("M 6 1 L 9 6"),
    "a see-through triangle": path("M 1 1 L 6 3 L 1 6 C", FILLED + ' Alpha="60"'),
    "the same figure for bold print": spaced(50, 21, "1"),
}


@pytest.mark.parametrize("content", CROSSING.values(), ids=CROSSING.keys())
def test_a_figure_with_something_drawn_over_it_is_not_read(content: str) -> None:
    assert shown(content)[1] != "1"
    assert figure(shown(content)[1]).kind != "number"
    assert shown(content)[2:6] == CELLS[2:]


def test_a_filled_box_with_a_border_hides_the_figure() -> None:
    assert "1" not in shown(path("M 1 1 L 6 1 L 6 6 L 1 6 C", 'Fill="true"'))


@pytest.mark.parametrize("content", LEAVING.values(), ids=LEAVING.keys())
def test_what_hides_nothing_leaves_the_figure(content: str) -> None:
    assert shown(content)[:6] == CELLS


def clipped(data: str, attributes: str = "") -> str:
    """The text 72 in the last cell of a row of its own, as far as a clip shows it."""
    clips = f'<ofd:Clips {attributes}><ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 40 40"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>'
    return spaced(60, 21, "72").replace("<ofd:TextCode", clips + "<ofd:TextCode", 1)


CLIPS = {
    "all of it": ("M 0 0 L 30 0 L 30 30 L 0 30 C", "1 72"),
    "nothing of it": ("M 20 0 L 30 0 L 30 30 L 20 30 C", "1"),
    "no area": ("", "1"),
}


@pytest.mark.parametrize(("data", "text"), CLIPS.values(), ids=CLIPS.keys())
def test_what_is_clipped_away_is_not_seen(data: str, text: str) -> None:
    assert shown(clipped(data))[1] in (text, text.replace(" ", ""))


def test_a_digit_that_is_cut_in_two_is_unknown() -> None:
    assert figure(shown(clipped("M 0 0 L 0.9 0 L 0.9 30 L 0 30 C"))[1]).kind in ("unread", "word")


def noted(content: str, kind: str = "Path") -> list[str]:
    """The texts of a page with a table and a note over it."""
    box = '<ofd:Appearance Boundary="48 19 20 8">'
    note = f'<ofd:PageAnnot {NS}><ofd:Annot ID="1" Type="{kind}">{box}{content}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>'
    listed = (
        f'<ofd:Annotations {NS}><ofd:Page PageID="1"><ofd:FileLoc>P0/A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>'
    )
    root = f'<ofd:Document {NS}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages><ofd:Annotations>Annots/L.xml</ofd:Annotations></ofd:Document>'
    parts = {"Doc_0/Document.xml": root, "Doc_0/P.xml": page("".join(TABLE[0] + TABLE[1]))}
    return texts(read(package({**parts, "Doc_0/Annots/L.xml": listed, "Doc_0/Annots/P0/A.xml": note})))


def of_note(data: str, attributes: str = 'Stroke="true"') -> str:
    return path(data, attributes).replace('Boundary="48 19 10 8"', 'Boundary="0 0 10 8"')


NOTES = {
    "a slanting line": (of_note("M 1 1 L 6 6"), "Path", False),
    "a level line": (of_note("M 1 3.5 L 6 3.5"), "Path", False),
    "a box": (of_note("M 1 1 L 6 1 L 6 6 L 1 6 C", FILLED), "Path", False),
    "another figure": (spaced(2, 2, "7"), "Stamp", False),
    "a highlight": (of_note("M 1 1 L 6 1 L 6 6 L 1 6 C", FILLED + ' Alpha="90"'), "Highlight", True),
    "a border": (of_note("M 1 1 L 6 1 L 6 6 L 1 6 C"), "Path", True),
    "a watermark": (of_note("M 1 1 L 6 6"), "Watermark", True),
    "a seal": ('<ofd:ImageObject ID="4" Boundary="0 0 20 8" ResourceID="8"/>', "Stamp", True),
}


@pytest.mark.parametrize(("content", "kind", "is_read"), NOTES.values(), ids=NOTES.keys())
def test_a_figure_that_a_note_hides_is_not_read(content: str, kind: str, is_read: bool) -> None:
    found = noted(content, kind)
    assert (found[1] == "1") == is_read
    assert figure(found[1]).kind == ("number" if is_read else "unread")
    assert found[2:] == CELLS[2:]


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


def at_cell(data: str, attributes: str = 'Stroke="false" Fill="true"', x: float = 85, y: float = 28) -> str:
    return (
        f'<ofd:PathObject ID="9" Boundary="{x} {y} 3 3" {attributes}>'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


ONE = "M .4 2.4 L 1.2 2.4 L 1.2 2.1 L 1 2.1 L 1 0 L .7 0 L .3 .3 L .3 .5 L .6 .4 L .6 2.1 L .4 2.1 C"
THREE = "M 0 .4 B 0 -.3 1.4 -.3 1.4 .6 B 1.4 1 1.2 1.2 .9 1.2 B 1.2 1.2 1.4 1.4 1.4 1.8 B 1.4 2.7 0 2.7 0 2"
BLANK = table(("规章", "1", "2"), ("文件", "3", ""))
DRAWN = {
    "an outline": (at_cell(ONE), "\ufffc"),
    "an outline of curves": (at_cell(THREE), "\ufffc"),
    "a pen": (at_cell(THREE, ""), "\ufffc"),
    "strokes": (at_cell("M 0 0 L 1.4 0 M 1.4 0 L 1.4 2.4", ""), "\ufffc"),
    "one stroke": (at_cell("M 0 0 L 0 2.4", ""), "\ufffc"),
    "a picture": ('<ofd:ImageObject ID="4" Boundary="85 28 3 3" ResourceID="8"/>', "\ufffc"),
    "a dash": (at_cell("M 0 1.2 L 2 1.2", ""), ""),
    "a diagonal": (stroked(80, 26, 110, 32), ""),
    "a box": (at_cell("M 0 0 L 2.5 0 L 2.5 2.5 L 0 2.5 C", ""), ""),
    "a shaded cell": (filled(80.1, 26.1, 109.9, 31.9), ""),
    "a speck": (at_cell("M 0 0 L .2 0 L .1 .2 C"), ""),
    "neither filled nor stroked": (at_cell(ONE, 'Stroke="false" Fill="false"'), ""),
    "white": (at_cell(THREE).replace("<ofd:Abb", '<ofd:FillColor Value="255 255 255"/><ofd:Abb'), ""),
    "outside of the table": (at_cell(ONE, y=60), ""),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_that_is_drawn_is_unread(name: str) -> None:
    content, text = DRAWN[name]
    (grid,) = read(ofd([(BLANK[0] + [content], BLANK[1])])).grids
    assert [c.text for c in grid.cells] == ["规章", "1", "2", "文件", "3", text]
