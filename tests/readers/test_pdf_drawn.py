"""Figures of a PDF that are drawn by paths and not written: told as unread, never a blank; other drawings are none."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.document import Cell
from pipeline.marks import OBJECT
from pipeline.numbers import figure as read_figure
from pipeline.readers import read
from tests.conftest import parse_bytes
from tests.odd import page as hands
from tests.odd.kinds import TRUE, report
from tests.readers import draw_pdf
from tests.readers.test_pdf_crossed import FONT, picture, with_note
from tests.readers.test_pdf_seen import Draw, drawn, figure

# A digit in a box of 4 by 7 points, as the outlines of its shape.
OUTLINES = {
    "1": "1.2 0 m 3.4 0 l 3.4 .7 l 2.7 .7 l 2.7 7 l 2 7 l 1 6.3 l 1 5.6 l 1.9 6 l 1.9 .7 l 1.2 .7 l h",
    "3": "0 6 m 0 8 4 8 4 5.3 c 4 4.3 3.4 3.8 2.6 3.6 c 3.4 3.4 4 2.8 4 1.8 c 4 -.8 0 -.8 0 1 c .8 1 l"
    " .8 .2 3.2 .2 3.2 1.8 c 3.2 3 2.4 3.2 1.2 3.2 c 1.2 4 l 2.4 4 3.2 4.2 3.2 5.3 c 3.2 6.8 .8 6.8 .8 6 c h",
    "7": "0 7 m 4 7 l 4 6.3 l 1.9 0 l 1 0 l 3 6.2 l 0 6.2 l h",
    "0": "0 3.5 m 0 8 4 8 4 3.5 c 4 -1 0 -1 0 3.5 c h .8 3.5 m .8 0 3.2 0 3.2 3.5 c 3.2 7 .8 7 .8 3.5 c h",
}
BARS = {"a": (0, 7, 4, 7), "b": (4, 7, 4, 3.5), "c": (4, 3.5, 4, 0), "d": (0, 0, 4, 0), "e": (0, 3.5, 0, 0),
        "f": (0, 7, 0, 3.5), "g": (0, 3.5, 4, 3.5)}  # fmt: skip
SEVEN = {"0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
         "8": "abcdefg", "9": "abfgcd"}  # fmt: skip


def code(*operators: str) -> Draw:
    return lambda canvas: canvas._code.append(" ".join(operators))


def moved(operators: str, x: float, y: float, scale: float = 1.0) -> str:
    """The operators of a path as seen from another place."""
    words = []
    is_across = True
    for word in operators.split():
        if word[-1].isalpha():
            words.append(word)
            continue
        words.append(f"{float(word) * scale + (x if is_across else y):.3f}")
        is_across = not is_across
    return " ".join(words)


def outline(text: str, x: float = 240.0, y: float = 665.0, scale: float = 1.0) -> str:
    return " ".join(moved(OUTLINES[c], x + 5 * n * scale, y, scale) for n, c in enumerate(text))


def bars(text: str, *, x: float = 240.0, y: float = 665.0, scale: float = 1.0, end: str = "l S") -> str:
    """Digits of bars that are strokes; all of one path where they end without a stroke."""
    return " ".join(
        moved(f"{x0} {y0} m {x1} {y1} l", x + 6 * n * scale, y, scale) + end.removeprefix("l")
        for n, c in enumerate(text)
        for x0, y0, x1, y1 in (BARS[b] for b in SEVEN[c])
    )


def filled_bars(text: str) -> str:
    boxes = ((n, BARS[b]) for n, c in enumerate(text) for b in SEVEN[c])
    return " ".join(
        f"{240 + 6 * n + min(x0, x1) - 0.3} {665 + min(y0, y1) - 0.3} {abs(x1 - x0) + 0.6} {abs(y1 - y0) + 0.6} re f"
        for n, (x0, y0, x1, y1) in boxes
    )


def in_form(content: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.beginForm("inner")
        content(canvas)
        canvas.endForm()
        canvas.doForm("inner")

    return draw


def both(*contents: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for content in contents:
            content(canvas)

    return draw


def shaded(clip: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas._code.append(f"{clip} W n")
        canvas.linearGradient(240, 664, 250, 672, ("red", "blue"))
        canvas.restoreState()

    return draw


UNREAD: dict[str, Draw] = {
    "one digit in one outline": code(outline("1"), "f"),
    "a digit of curves": code(outline("3"), "f"),
    "a slanting digit": code(outline("7"), "f"),
    "a digit with a hole": code(outline("0"), "f*"),
    "a figure in one path": code(outline("17"), "f"),
    "a digit a path": code(outline("1"), "f", outline("3", 245), "f"),
    "an outline that is stroked": code(outline("3"), "S"),
    "an outline that is filled and stroked": code(outline("3"), "B"),
    "small print": code(outline("1", scale=0.6), "f"),
    "large print": code(outline("13", y=662, scale=2.1), "f"),
    "in colour": code("1 0 0 rg", outline("3"), "f 0 g"),
    "thinly": both(lambda canvas: canvas.setFillAlpha(0.5), code(outline("3"), "f")),
    "white on a dark cell": code("0 0 .5 rg 221 661 118 18 re f 1 g", outline("3"), "f 0 g"),
    "bars": code(bars("3")),
    "bars of one": code(bars("1")),
    "bars of nought": code(bars("0")),
    "bars of ten": code(bars("10")),
    "bars of several digits": code(bars("2257")),
    "bars in one path": code(bars("88", end="l"), "S"),
    "filled bars": code(filled_bars("25")),
    "large bars": code(bars("17", y=662, scale=1.9)),
    "bars at the lower border": code(bars("3", y=661)),
    "bars at the upper border": code(bars("1", y=672)),
    "one stroke": code("240 665 m 240 672 l S"),
    "a stroke that slants": code("240 665 m 242 672 l S"),
    "a pen": code("240 672 m 244 672 l 241 665 l S"),
    "a pen with curves": code("240 672 m 246 672 246 669 241 669 c 246 669 246 665 240 665 c S"),
    "a ring": code("240 668.5 m 240 673 244 673 244 668.5 c 244 664 240 664 240 668.5 c S"),
    "content within content": in_form(code(outline("3"), "f")),
    "a picture in content within content": in_form(picture),
    "a picture in the content": code("q 10 0 0 8 240 664 cm BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI Q"),
    "a mask in the content": code("q 10 0 0 8 240 664 cm BI /W 8 /H 8 /BPC 1 /IM true ID abcdefgh EI Q"),
    "a shading in a box": shaded("240 664 10 8 re"),
    "a shading in an outline": shaded(outline("3")),
    "a box in an outline": code("q", outline("3"), "W n 0 0 595 842 re f Q"),
    "an outline beside a digit": both(lambda canvas: figure(canvas, "1"), code(outline("3", 245.5), "f")),
    "a minus before a digit": both(figure, code("233 668.5 m 238 668.5 l S")),
    "a point between digits": both(
        lambda canvas: figure(canvas, "1", 240), lambda canvas: figure(canvas, "5", 248), code("246 665 1.2 1.2 re f")
    ),
}  # fmt: skip

NOT_DRAWN: dict[str, Draw] = {
    "nothing": code(),
    "a dash": code("240 668 m 248 668 l S"),
    "a filled dash": code("240 668 8 .6 re f"),
    "a line to write on": code("230 663 m 330 663 l S"),
    "a double line": code("220 661 m 340 661 l S 220 662.5 m 340 662.5 l S"),
    "a diagonal": code("220 660 m 340 680 l S"),
    "a diagonal that is filled": code("220 680 m 340 660 l 340 660.5 l 220 680.5 l f"),
    "a diagonal within the borders": code("222 662 m 338 678 l S"),
    "a cross of diagonals": code("220 660 m 340 680 l S 220 680 m 340 660 l S"),
    "a shaded cell": code("0.9 g 220 660 120 20 re f 0 g"),
    "a shaded part of a cell": code("0.9 g 221 661 118 18 re f 0 g"),
    "a box to be ticked": code("240 664 9 9 re S"),
    "a filled box": code(".5 g 240 664 9 9 re f 0 g"),
    "a speck": code("240 664 1 1 re f"),
    "a round speck": code("240 664 m 241 665 242 665 242 664 c f"),
    "a white outline": code("1 g", outline("3"), "f 0 g"),
    "an outline that is cut off": code("q 0 0 100 100 re W n", outline("3"), "f Q"),
    "an outline that is painted over": code(outline("3"), "f 1 g 230 661 60 18 re f 0 g"),
    "a line over the table": code("100 640 m 340 700 l S"),
    "a letter of a watermark": code(".8 g", outline("3", 200, 640, 12), "f 0 g"),
    "a ruling that ends in the cell": code("270 660 m 270 667 l S"),
    "outside of the table": code(outline("3", 400, 500), "f"),
    "a seal": code(
        "q 1 0 0 RG 310 640 m 310 662 292 680 270 680 c 248 680 230 662 230 640 c 230 618 248 600 270 600 c 292 600 310 618 310 640 c S",
        outline("3"),
        "f Q",
    ),
}


def cell_of(data: bytes) -> Cell:
    """The last cell of a table that has kept its shape."""
    (grid,) = read(data).grids
    assert [(c.row, c.col) for c in grid.cells] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [c.text for c in grid.cells[:3]] == ["信息内容", "本年处理决定数量", "行政许可"]
    return grid.cells[-1]


@pytest.mark.parametrize("content", UNREAD.values(), ids=UNREAD.keys())
def test_a_figure_that_is_drawn_is_unread(content: Draw) -> None:
    assert read_figure(cell_of(drawn(content)).text).kind == "unread"


@pytest.mark.parametrize("content", NOT_DRAWN.values(), ids=NOT_DRAWN.keys())
def test_what_is_no_figure_leaves_a_blank(content: Draw) -> None:
    assert cell_of(drawn(content)).text == ""


@pytest.mark.parametrize("content", NOT_DRAWN.values(), ids=NOT_DRAWN.keys())
def test_what_is_no_figure_leaves_one_beside_it(content: Draw) -> None:
    if content is NOT_DRAWN["a dash"] or content is NOT_DRAWN["a filled dash"]:
        return  # it may be a minus
    assert cell_of(drawn(both(content, lambda canvas: figure(canvas, "61", 290)))).text.replace(OBJECT, "") == "61"


def test_text_in_content_within_content_is_read() -> None:
    assert cell_of(drawn(in_form(figure))).text == "61"


def test_ink_of_a_pen_on_the_page_is_unread() -> None:
    entries = b"/Subtype /Ink /InkList [[240 672 244 672 241 665]]"
    assert read_figure(cell_of(with_note(drawn(code()), entries, b"1 12 m 5 12 l 2 2 l S", FONT)).text).kind == "unread"


@pytest.mark.parametrize("borders", ["strokes", "fills", "frames", "horizontal", "zebra", "none"])
@pytest.mark.parametrize("way", ["outline", "bars"])
def test_no_figure_of_a_report_that_is_drawn_is_a_blank(
    borders: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third figure is drawn; those whose rows are known are told one by one."""
    data = _report(borders, way, monkeypatch)
    parsed = parse_bytes(data, "report.pdf")
    facts = {f.key: f for f in parsed.facts}
    kinds = {facts[key].kind for key in TRUE if key in facts and facts[key].printed.text != TRUE[key]}
    assert kinds == {"unread"}


def _report(borders: str, way: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    write = draw_pdf._Drawing._print
    count = 0

    def some_drawn(self: draw_pdf._Drawing, x: float, y: float, text: str, size: float) -> None:
        nonlocal count
        count += text.isdigit()
        if not (text.isdigit() and count % 3 == 0):
            write(self, x, y, text, size)
            return
        base = self.height - y - size * 0.88
        digits = text if way == "bars" else "".join("1370"[int(c) % 4] for c in text)
        path = (
            bars(digits, x=x, y=base, scale=size / 10) if way == "bars" else outline(digits, x, base, size / 10) + " f"
        )
        self.canvas._code.append(path)

    monkeypatch.setattr(draw_pdf._Drawing, "_print", some_drawn)
    return hands.pdf(report(), borders)


def test_the_signs_of_figures_are_no_text_of_paragraphs() -> None:
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842), pageCompression=0)
    figure(canvas, "2023 2024", 100, 700)
    code(outline("3", 200, 700), "f")(canvas)
    canvas.save()
    assert [p.text for p in read(made.getvalue()).paragraphs] == ["2023 2024"]


def test_ink_without_an_appearance_is_unread() -> None:
    data = with_note(drawn(code()), b"/Subtype /Ink /InkList [[240 672 244 672 241 665]]")
    assert read_figure(cell_of(data).text).kind == "unread"


def with_drawn_font(data: bytes, names: bytes) -> bytes:
    """The file with a font T of glyphs that the file draws, by their names for the codes 1 to 3, without characters."""
    shape = b"0 0 m 400 0 l 200 700 l f"
    font = b"900 0 obj\n<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 700] /FontMatrix [.001 0 0 .001 0 0]"
    font += b" /FirstChar 49 /LastChar 51 /Widths [600 600 600] /CharProcs << /g7 901 0 R >>"
    font += b" /Encoding << /Differences [49 %b] >> >>\nendobj\n" % names
    font += b"901 0 obj\n<< /Length %d >>\nstream\n%b\nendstream\nendobj\n" % (len(shape), shape)
    data = re.sub(rb"/Font \d+ 0 R", b"/Font << /T 900 0 R /F1 3 0 R /F2 3 0 R >>", data)
    at = data.index(b"xref")
    trailer = data[data.index(b"trailer") :]
    return data[:at] + font + trailer.split(b"startxref")[0] + b"startxref\n0\n%%EOF\n"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (b"/one /two /three", "number"),
        (b"/a49 /a50 /a51", "number"),
        (b"/g7 /g8 /g9", "word"),
        (b"/a1 /a2 /a3", "word"),
        (b"/.notdef /.notdef /.notdef", "word"),
    ],
)
def test_glyphs_that_the_file_draws_are_known_by_their_names_alone(names: bytes, kind: str) -> None:
    data = with_drawn_font(drawn(code("BT /T 10 Tf 240 665 Td (13) Tj ET")), names)
    assert read_figure(next(iter(read(data).grids)).cells[-1].text).kind == kind
