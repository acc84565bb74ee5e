"""Figures of a PDF with something drawn over them: told as not read, never a number; what hides nothing does nothing."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from pipeline.numbers import figure as read_figure
from pipeline.readers import read
from tests.readers.test_pdf_seen import Draw, drawn, figure, last_cell

# The figure 61 stands from x=240 to 250, its digits from y=665 to 672.
Trace = Callable[[PDFPathObject], None]


def over(trace: Trace, *, width: float = 1, fill: bool = False, alpha: float = 1) -> Draw:
    def content(canvas: Canvas) -> None:
        figure(canvas)
        canvas.setLineWidth(width)
        if alpha < 1:
            canvas.setFillAlpha(alpha)
            canvas.setStrokeAlpha(alpha)
        path = canvas.beginPath()
        trace(path)
        canvas.drawPath(path, stroke=0 if fill else 1, fill=1 if fill else 0)

    return content


def line(*points: tuple[float, float]) -> Trace:
    def trace(path: PDFPathObject) -> None:
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)

    return trace


def wave(y: float) -> Trace:
    def trace(path: PDFPathObject) -> None:
        path.moveTo(236, y)
        for x in range(236, 254, 4):
            path.curveTo(x + 1, y + 5, x + 3, y - 5, x + 4, y)

    return trace


def cross(path: PDFPathObject) -> None:
    line((238, 662), (252, 674))(path)
    line((238, 674), (252, 662))(path)


def ring(path: PDFPathObject) -> None:
    path.ellipse(234, 660, 22, 17)


def blot(path: PDFPathObject) -> None:
    path.ellipse(239, 664, 12, 9)


def frame(path: PDFPathObject) -> None:
    path.rect(222, 661, 116, 18)
    path.rect(223, 662, 114, 16)


def picture(canvas: Canvas) -> None:
    figure(canvas)
    header = b"P6 4 4 255\n" + bytes(range(48))
    canvas.drawImage(ImageReader(BytesIO(header)), 246, 663, 12, 10)


def two_texts(other: str, x: float = 240.0) -> Draw:
    def content(canvas: Canvas) -> None:
        figure(canvas)
        figure(canvas, other, x)

    return content


def thin_before(content: Draw) -> Draw:
    """Something else is drawn thinly before, in a state of its own."""

    def both(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillAlpha(0.3)
        canvas.rect(20, 20, 30, 30, stroke=0, fill=1)
        canvas.restoreState()
        content(canvas)

    return both


CROSSED: dict[str, Draw] = {
    "a slanting stroke": over(line((238, 663), (252, 674))),
    "a long slanting stroke": over(line((180, 656), (330, 686))),
    "a cross": over(cross),
    "a wave": over(wave(668)),
    "a zigzag": over(line((238, 666), (242, 672), (246, 666), (250, 672))),
    "a thick stroke": over(line((238, 662), (252, 674)), width=8),
    "a long thick stroke off the middle": over(line((200, 670), (400, 670)), width=7),
    "a slanting bar": over(line((238, 663), (239, 662), (252, 673), (251, 674)), fill=True),
    "a blot": over(blot, fill=True),
    "a triangle over a digit": over(line((245, 664), (252, 664), (248, 675)), fill=True),
    "a box over half of a digit": over(line((247.6, 660), (256, 660), (256, 678), (247.6, 678)), fill=True),
    "a small picture": picture,
    "a blot, beside something thin": thin_before(over(blot, fill=True)),
    "a box, beside something thin": thin_before(over(line((238, 662), (252, 662), (252, 676), (238, 676)), fill=True)),
    "another figure over it": two_texts("72"),
    "another figure beside its place": two_texts("72", 241.5),
    "a longer figure over it": two_texts("1234", 238.0),
    "a word over it": two_texts("无"),
    "the same figure twice, too far apart": two_texts("61", 242.0),
}

PLAIN: dict[str, Draw] = {
    "a ring around it": over(ring),
    "a wave below it": over(wave(661.5)),
    "a stroke beside it": over(line((252, 662), (258, 674))),
    "a see-through blot": over(blot, fill=True, alpha=0.3),
    "a frame that is filled between two boxes": over(frame, fill=True),
    "bold print": two_texts("61", 240.4),
    "bold print at one place": two_texts("61"),
    "a highlighter's stroke that lets it through": over(line((238, 668), (252, 668)), width=12, alpha=0.4),
}


@pytest.mark.parametrize("content", CROSSED.values(), ids=CROSSED.keys())
def test_a_figure_with_something_drawn_over_it_is_not_read(content: Draw) -> None:
    cell = last_cell(drawn(content))
    assert read_figure(cell.text).kind in ("unread", "word") or (cell.text == "" and cell.left_out)


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN.keys())
def test_what_hides_nothing_leaves_the_figure(content: Draw) -> None:
    assert (last_cell(drawn(content)).text, last_cell(drawn(content)).left_out) == ("61", "")


def test_a_year_in_a_word_is_no_figure() -> None:
    """A stroke through the corner of a header names nothing and strikes nothing."""

    def content(canvas: Canvas) -> None:
        figure(canvas, "2023年件数", 224)
        canvas.line(220, 660, 340, 680)

    assert last_cell(drawn(content)).text == "2023年件数"


def with_note(data: bytes, entries: bytes, appearance: bytes | None = None, resources: bytes = b"") -> bytes:
    """The file with a note over its figure; offsets of its parts are found anew by the reader."""
    parts = b"900 0 obj\n<< /Type /Annot /Rect [238 662 252 676] " + entries
    if appearance is not None:
        parts += b" /AP << /N 901 0 R >>"
    parts += b" >>\nendobj\n"
    if appearance is not None:
        head = b"<< /Subtype /Form /BBox [0 0 14 14] /Resources << %b >> /Length %d >>" % (resources, len(appearance))
        parts += b"901 0 obj\n" + head + b"\nstream\n" + appearance + b"\nendstream\nendobj\n"
    data = data.replace(b"/MediaBox", b"/Annots [900 0 R] /MediaBox", 1)
    at = data.index(b"xref")
    trailer = data[data.index(b"trailer") :]
    return data[:at] + parts + trailer.split(b"startxref")[0] + b"startxref\n0\n%%EOF\n"


Noted = tuple[bytes, bytes | None, bytes]
FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
OTHER = b" 0 g BT /F 10 Tf 2 3 Td (72) Tj ET"
WHITE = b"1 g 0 0 14 14 re f"
QUADS = b" /QuadPoints [238 674 252 674 238 664 252 664]"

HIDING: dict[str, Noted] = {
    "a white square": (b"/Subtype /Square", WHITE, b""),
    "a square without an appearance": (b"/Subtype /Square /IC [1 1 1]", None, b""),
    "a circle without an appearance": (b"/Subtype /Circle /IC [1 0 0]", None, b""),
    "a polygon": (b"/Subtype /Polygon /IC [1] /Vertices [238 662 252 662 252 676 238 676]", None, b""),
    "a stamp": (b"/Subtype /Stamp", b"0.5 g 0 0 14 14 re f", b""),
    "ink": (b"/Subtype /Ink", b"1 1 m 13 13 l S", b""),
    "ink without an appearance": (b"/Subtype /Ink /InkList [[238 662 252 676]]", None, b""),
    "a level line": (b"/Subtype /Line", b"0 7 m 14 7 l S", b""),
    "a line without an appearance": (b"/Subtype /Line /L [230 668 260 668]", None, b""),
    "an opaque highlight": (b"/Subtype /Highlight" + QUADS, b"1 1 0 rg 0 0 14 14 re f", b""),
    "a struck text": (b"/Subtype /StrikeOut" + QUADS, None, b""),
    "a struck line": (b"/Subtype /StrikeOut /QuadPoints [100 674 340 674 100 664 340 664]", None, b""),
    "a white text box": (b"/Subtype /FreeText", WHITE, b""),
    "a text over it": (b"/Subtype /FreeText", OTHER, FONT),
    "a stamp of letters": (b"/Subtype /Stamp", OTHER, FONT),
    "a text box without an appearance": (b"/Subtype /FreeText /Contents (72)", None, b""),
}

SHOWING: dict[str, Noted] = {
    "a square that is not filled": (b"/Subtype /Square /C [1 0 0]", b"1 0 0 RG 0.5 0.5 13 13 re S", b""),
    "a square without an appearance": (b"/Subtype /Square /C [1 0 0]", None, b""),
    "a circle": (b"/Subtype /Circle /IC []", None, b""),
    "a highlight": (b"/Subtype /Highlight" + QUADS, None, b""),
    "a multiplying highlight": (
        b"/Subtype /Highlight" + QUADS,
        b"/G gs 1 1 0 rg 0 0 14 14 re f",
        b"/ExtGState << /G << /BM /Multiply >> >>",
    ),
    "an underline": (b"/Subtype /Underline" + QUADS, b"0 1 m 14 1 l S", b""),
    "a hidden square": (b"/Subtype /Square /F 2", WHITE, b""),
    "a link": (b"/Subtype /Link", None, b""),
    "a seal": (b"/Subtype /Stamp", b"1 0 0 RG 0 0 m 14 14 l S", b""),
    "a watermark": (b"/Subtype /Watermark", WHITE, b""),
}


@pytest.mark.parametrize("note", HIDING.values(), ids=HIDING.keys())
def test_a_figure_under_a_note_is_not_read(note: Noted) -> None:
    data = with_note(drawn(figure), *note)
    (grid,) = read(data).grids
    text = next((c.text for c in grid.cells if (c.row, c.col) == (1, 1)), "")
    assert read_figure(text).kind in ("unread", "blank", "word")


@pytest.mark.parametrize("note", SHOWING.values(), ids=SHOWING.keys())
def test_a_note_that_hides_nothing_leaves_the_figure(note: Noted) -> None:
    cell = last_cell(with_note(drawn(figure), *note))
    assert (cell.text, cell.left_out) == ("61", "")


def test_a_text_box_corrects_the_figure_under_it() -> None:
    cell = last_cell(with_note(drawn(figure), b"/Subtype /FreeText", WHITE + b" 0 G 0 0 14 14 re S" + OTHER, FONT))
    assert (cell.text, cell.left_out) == ("72", "61")
