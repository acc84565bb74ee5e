"""What a person sees of a PDF: layers, crop boxes, white and struck text, raised marks, fields, pictures, watermarks."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.document import Cell, Paragraph
from pipeline.forms.model import Form
from pipeline.readers import read
from tests.conftest import parse_bytes, printed
from tests.readers.draw_pdf import Style
from tests.readers.draw_pdf import report as pdf_report
from tests.render import balanced_figures

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
OBJECT = "\ufffc"
LEFT, TOP, WIDE, HIGH = 100.0, 700.0, 120.0, 20.0
Draw = Callable[[Canvas], None]


def drawn(content: Draw) -> bytes:
    """A table of two rows and columns; the last cell is drawn by `content`, its base line at x=230, y=665."""
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842), pageCompression=0)
    for row in range(3):
        canvas.line(LEFT, TOP - row * HIGH, LEFT + 2 * WIDE, TOP - row * HIGH)
    for col in range(3):
        canvas.line(LEFT + col * WIDE, TOP, LEFT + col * WIDE, TOP - 2 * HIGH)
    canvas.setFont("STSong-Light", 10)
    for row, text in enumerate(("信息内容", "行政许可")):
        canvas.drawString(LEFT + 4, TOP - 15 - row * HIGH, text)
    canvas.drawString(LEFT + WIDE + 4, TOP - 15, "本年处理决定数量")
    content(canvas)
    canvas.save()
    return made.getvalue()


def last_cell(data: bytes) -> Cell:
    (grid,) = read(data).grids
    return grid.cells[-1]


def seen(content: Draw) -> tuple[str, str]:
    cell = last_cell(drawn(content))
    return cell.text, cell.left_out


def figure(canvas: Canvas, text: str = "61", x: float = 240.0, y: float = 665.0) -> None:
    canvas.setFont("STSong-Light", 10)
    canvas.drawString(x, y, text)


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    figure(canvas, "8", 225)
    canvas.setFillColorRGB(0, 0, 0)
    figure(canvas)


def white_in_grey(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    figure(canvas, "8", 225)
    canvas.setFillGray(0)
    figure(canvas)


def white_in_four_colours(canvas: Canvas) -> None:
    canvas.setFillColorCMYK(0, 0, 0, 0)
    figure(canvas, "8", 225)
    canvas.setFillColorCMYK(0, 0, 0, 1)
    figure(canvas)


def white_on(red: float, green: float, blue: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(red, green, blue)
        canvas.rect(221, 661, 110, 18, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        figure(canvas, "61")

    return draw


def struck(canvas: Canvas) -> None:
    figure(canvas, "8", 225)
    canvas.line(224, 668.5, 231, 668.5)
    figure(canvas)


def underlined(canvas: Canvas) -> None:
    figure(canvas)
    canvas.line(239, 663.5, 251, 663.5)


def raised(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFont("STSong-Light", 6)
    canvas.drawString(250.5, 669, "1")


def much_smaller(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFont("STSong-Light", 6)
    canvas.drawString(250.5, 665, "1")


def smaller_before(canvas: Canvas) -> None:
    canvas.setFont("STSong-Light", 7)
    canvas.drawString(236, 665, "8")
    figure(canvas)


def nearly_white(shade: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(shade)
        figure(canvas, "8", 225)
        canvas.setFillGray(0)
        figure(canvas)

    return draw


def turned_over(across: float, up: float) -> Draw:
    """A figure upside down, mirrored, or both."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.transform(across, 0, 0, up, 245, 668)
        figure(canvas, x=-5, y=-3)
        canvas.restoreState()

    return draw


def lowered(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFont("STSong-Light", 6)
    canvas.drawString(250.5, 662, "1")


def small_remark(canvas: Canvas) -> None:
    figure(canvas)
    canvas.setFont("STSong-Light", 7)
    canvas.drawString(252, 665, "件")


def invisible(canvas: Canvas) -> None:
    canvas.saveState()
    text = canvas.beginText(225, 665)
    text.setFont("STSong-Light", 10)
    text.setTextRenderMode(3)
    text.textOut("8")
    canvas.drawText(text)
    canvas.restoreState()
    figure(canvas)


def two_lines(canvas: Canvas) -> None:
    figure(canvas, "523", y=671)
    canvas.setFont("STSong-Light", 8)
    figure(canvas, "77", y=662)


def field(canvas: Canvas) -> None:
    canvas.acroForm.textfield(name="f", x=225, y=662, width=80, height=16, value="61", borderWidth=0, fontSize=9)


def picture(canvas: Canvas) -> None:
    from reportlab.lib.utils import ImageReader

    header = b"P6 4 4 255\n" + bytes(range(48))
    canvas.drawImage(ImageReader(BytesIO(header)), 230, 662, 20, 14)


def painted_over(width: float, *, thinly: bool = False) -> Draw:
    """A box without a line over the left part of a figure, drawn after it."""

    def content(canvas: Canvas) -> None:
        figure(canvas)
        canvas.setFillAlpha(0.4 if thinly else 1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.rect(239, 663, width, 12, stroke=0, fill=1)

    return content


def box_behind(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.8, 0.9, 1)
    canvas.rect(239, 663, 20, 12, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    figure(canvas)


def clipped(x: float, y: float, width: float, height: float, *, cut: str = "W n") -> Draw:
    """A figure of a draft within a clip, whose box lies there, and the one of the report without it."""

    def content(canvas: Canvas) -> None:
        canvas.saveState()
        canvas._code.append(f"{x} {y} {width} {height} re {cut}")
        figure(canvas, "8", 225)
        canvas.restoreState()
        figure(canvas)

    return content


def clipped_twice(canvas: Canvas) -> None:
    canvas.saveState()
    canvas._code.append("220 660 60 20 re W n q 0 0 595 842 re W* n")
    figure(canvas)
    canvas._code.append("Q q 0 0 200 842 re W n")
    figure(canvas, "8", 225)
    canvas._code.append("Q")
    canvas.restoreState()


def clipped_as_content(canvas: Canvas) -> None:
    """Content of its own, which is drawn within a clip that shows nothing of it."""
    canvas.beginForm("draft")
    figure(canvas, "8", 225)
    canvas.endForm()
    canvas.saveState()
    canvas._code.append("0 0 100 100 re W n")
    canvas.doForm("draft")
    canvas.restoreState()
    figure(canvas)


def filled(ink: float) -> Draw:
    """A figure of a draft drawn with little ink, and the one of the report with all of it."""

    def content(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillAlpha(ink)
        figure(canvas, "8", 225)
        canvas.restoreState()
        figure(canvas)

    return content


def tiny(canvas: Canvas) -> None:
    canvas.setFont("STSong-Light", 0.5)
    canvas.drawString(230, 672, "8")
    figure(canvas)


CASES: dict[str, tuple[Draw, tuple[str, str]]] = {
    "painted over": (painted_over(20), ("", "61")),
    "a digit painted over": (painted_over(6), ("1", "6")),
    "painted over thinly": (painted_over(20, thinly=True), ("61", "")),
    "a box behind": (box_behind, ("61", "")),
    "without ink": (filled(0), ("61", "8")),
    "nearly without ink": (filled(0.04), ("61", "8")),
    "in pale ink": (filled(0.3), ("8 61", "")),
    "within a clip of no size": (clipped(0, 0, 0, 0), ("61", "8")),
    "within a clip elsewhere": (clipped(300, 660, 40, 20, cut="W* n"), ("61", "8")),
    "within a clip of the cell": (clipped(220, 660, 120, 20), ("8 61", "")),
    "within clips in each other": (clipped_twice, ("61", "8")),
    "within a clip around other content": (clipped_as_content, ("61", "8")),
    "tiny": (tiny, ("61", "8")),
    "plain": (figure, ("61", "")),
    "white": (white, ("61", "8")),
    "white in grey": (white_in_grey, ("61", "8")),
    "white in four colours": (white_in_four_colours, ("61", "8")),
    "white on blue": (white_on(0, 0, 0.5), ("61", "")),
    "white on white": (white_on(1, 1, 1), ("", "61")),
    "struck": (struck, ("61", "8")),
    "underlined": (underlined, ("61", "")),
    "raised": (raised, ("61", "1")),
    "much smaller on the base line": (much_smaller, ("61", "1")),
    "a smaller digit before": (smaller_before, ("861", "")),
    "nearly white": (nearly_white(0.97), ("61", "8")),
    "nearly white, as Word has it": (nearly_white(0.961), ("61", "8")),
    "pale": (nearly_white(0.93), ("8 61", "")),
    "upside down": (turned_over(-1, -1), ("\ufffd\ufffd", "")),
    "mirrored": (turned_over(-1, 1), ("\ufffd\ufffd", "")),
    "mirrored downwards": (turned_over(1, -1), ("\ufffd\ufffd", "")),
    "in its place": (turned_over(1, 1), ("61", "")),
    "lowered": (lowered, ("61", "1")),
    "a small unit": (small_remark, ("61件", "")),
    "invisible": (invisible, ("61", "8")),
    "two lines": (two_lines, ("523\n77", "")),
    "a field": (field, ("61", "")),
    "a picture": (picture, (OBJECT, "")),
    "nothing": (lambda canvas: None, ("", "")),
}


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES.keys())
def test_what_a_person_sees_of_a_cell(content: Draw, expected: tuple[str, str]) -> None:
    assert seen(content) == expected


def table(canvas: Canvas, figures: tuple[str, ...]) -> None:
    for row in range(4):
        canvas.line(LEFT, TOP - row * HIGH, LEFT + 2 * WIDE, TOP - row * HIGH)
    for col in range(3):
        canvas.line(LEFT + col * WIDE, TOP, LEFT + col * WIDE, TOP - 3 * HIGH)
    for row, text in enumerate(("信息内容", "行政许可", "行政处罚")):
        figure(canvas, text, LEFT + 4, TOP - 15 - row * HIGH)
        figure(canvas, ("本年处理决定数量", *figures)[row], LEFT + WIDE + 4, TOP - 15 - row * HIGH)


@pytest.mark.parametrize("text_first", [True, False])
def test_a_draft_under_a_box_over_the_whole_page_is_not_seen(text_first: bool) -> None:
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842), pageCompression=0)
    if text_first:
        canvas.translate(0, -7)  # a draft that is not at the same place leaves its lines too
        table(canvas, ("7", "604"))
        canvas.translate(0, 7)
    canvas.setFillGray(1)
    canvas.rect(0, 0, 595, 842, stroke=0, fill=1)
    canvas.setFillGray(0)
    table(canvas, ("64", "13"))
    canvas.save()
    (grid,) = read(made.getvalue()).grids
    assert [c.text for c in grid.cells] == ["信息内容", "本年处理决定数量", "行政许可", "64", "行政处罚", "13"]


def test_a_box_over_the_whole_page_on_which_nothing_is_written_hides_nothing() -> None:
    def content(canvas: Canvas) -> None:
        figure(canvas)
        canvas.rect(0, 0, 595, 842, stroke=0, fill=1)
        figure(canvas, "- 1 -", 280, 40)

    assert seen(content) == ("61", "")


def with_layer(data: bytes, setting: bytes) -> bytes:
    """The file with its marked content /L put on a layer; offsets of its parts are found anew by the reader."""
    catalog = b"/OCProperties << /OCGs [900 0 R] /D << " + setting + b" >> >> /Type /Catalog"
    data = data.replace(b"/Type /Catalog", catalog)
    data = data.replace(b"/ProcSet [", b"/Properties << /L 900 0 R >> /ProcSet [")
    layer = b"900 0 obj\n<< /Type /OCG /Name (draft) >>\nendobj\n"
    at = data.index(b"xref")
    trailer = data[data.index(b"trailer") :]
    return data[:at] + layer + trailer.split(b"startxref")[0] + b"startxref\n0\n%%EOF\n"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (b"/OFF [900 0 R]", ("61", "8")),
        (b"/BaseState /OFF", ("61", "8")),
        (b"/BaseState /OFF /ON [900 0 R]", ("861", "")),
        (b"/ON [900 0 R]", ("861", "")),
    ],
)
def test_what_is_on_a_layer_that_is_off_is_not_seen(setting: bytes, expected: tuple[str, str]) -> None:
    def content(canvas: Canvas) -> None:
        canvas._code.append("/OC /L BDC")
        figure(canvas, "8", 235)
        canvas._code.append("EMC")
        figure(canvas)

    cell = last_cell(with_layer(drawn(content), setting))
    assert (cell.text, cell.left_out) == expected


def test_what_a_crop_box_cuts_off_is_not_on_the_page() -> None:
    def content(canvas: Canvas) -> None:
        figure(canvas)
        figure(canvas, "草稿", 450, 780)
        canvas.setCropBox((0, 0, 400, 750))

    document = read(drawn(content))
    assert [p.text for p in document.paragraphs] == []
    assert next(iter(document.grids)).cells[-1].text == "61"


@pytest.mark.parametrize("size", [8, 10, 16, 24])
def test_a_level_watermark_over_the_cells_stands_aside(form_2021: Form, size: int) -> None:
    figures = balanced_figures(form_2021, random.Random(3))
    data = pdf_report(form_2021, figures, Style(size=8, tiles="仅供预览 3", tile_size=size))
    parsed = parse_bytes(data)
    assert printed(parsed) == figures
    assert any("仅供预览" in b.text for b in read(data).blocks if isinstance(b, Paragraph) and b.aside)


@settings(max_examples=30)
@given(st.integers(0, 9999), st.integers(1, 99), st.sampled_from(["white", "struck", "raised"]))
def test_any_figure_is_what_is_visible(value: int, other: int, way: str) -> None:
    def content(canvas: Canvas) -> None:
        figure(canvas, str(value), 250)
        canvas.setFillGray(1 if way == "white" else 0)
        if way == "raised":
            canvas.setFont("STSong-Light", 6)
            canvas.drawString(250 + 5 * len(str(value)) + 0.5, 669, str(other))
        else:
            figure(canvas, str(other), 230)
        if way == "struck":
            canvas.line(229.5, 668.5, 230.5 + 5 * len(str(other)), 668.5)

    assert seen(content) == (str(value), str(other))


@pytest.mark.parametrize("step", [47.0, 33.0])
def test_a_watermark_of_the_text_s_own_size_and_the_figures_of_the_same_letters(step: float) -> None:
    """Strings at even steps that nothing crosses are cells, however often they come."""

    def content(canvas: Canvas) -> None:
        figure(canvas, "88")
        canvas.setFillGray(0.8)
        for row in range(12):
            for col in range(4):
                figure(canvas, "88", 38 + 64 * col, 100 + row * step)

    assert seen(content) == ("88", "")


def test_figures_at_even_steps_are_no_watermark() -> None:
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842))
    for row in range(9):
        canvas.line(LEFT, TOP - row * HIGH, LEFT + 3 * WIDE, TOP - row * HIGH)
    for col in range(4):
        canvas.line(LEFT + col * WIDE, TOP, LEFT + col * WIDE, TOP - 8 * HIGH)
    for row in range(8):
        for col in range(3):
            figure(canvas, "10", LEFT + col * WIDE + 4, TOP - 15 - row * HIGH)
    canvas.save()
    (grid,) = read(made.getvalue()).grids
    assert [c.text for c in grid.cells] == ["10"] * 24
