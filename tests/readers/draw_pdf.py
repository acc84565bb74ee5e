"""Draw reports as PDF files with known figures: an independent hand, which shares no code with the reader.

Tables are drawn line by line, as printers do: borders as strokes, as thin filled shapes or as a frame around each
cell; rows may be cut by the page's end, with or without a border there; labels and figures wrap to their cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.forms.model import Form, FormTable
from tests.render import HEADINGS, TITLE, Figures

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
WIDTH, HEIGHT = 595.0, 842.0
PAD = 2.0


@dataclass(frozen=True)
class Style:
    """How a report is drawn. `space` is left empty above table 二, which moves the page breaks."""

    borders: str = "strokes"  # or "fills", "frames"; "horizontal" ones alone, "zebra" for rows in grey, "none"
    size: float = 10.5
    margin: float = 60.0
    space: float = 0.0
    repeat_header: bool = False
    split_rows: bool = False
    open_ends: bool = False
    page_numbers: bool = True
    running_header: str = ""
    watermark: str = ""
    tiles: str = ""  # a horizontal watermark, repeated all over each page
    tile_size: int = 16
    rotation: int = 0
    bold_twice: bool = False
    boxed_narrative: bool = False
    narrative: str = "全年通过网站公开政府信息385条，办理热线工单842件，公开渠道进一步拓宽，做到应公开尽公开。" * 3
    title: tuple[str, ...] = (TITLE,)
    password: str | None = None
    spread: bool = False  # two pages beside each other on a sheet
    centred: bool = False  # the text of a cell in the middle of its height


@dataclass
class Box:
    """A cell to draw: its text and spans; `row` and `col` are set when the table is laid out."""

    text: str
    row_span: int = 1
    col_span: int = 1
    row: int = 0
    col: int = 0
    lines: list[str] = field(default_factory=list)


@dataclass
class Rows:
    """A table to draw: its rows of boxes, relative widths of its columns, the number of header rows."""

    rows: list[list[Box]]
    widths: Sequence[float]
    header: int = 0


def report(form: Form, figures: Figures, style: Style | None = None) -> bytes:
    """A whole report: title, headings, narrative and the three tables."""
    s = style or Style()
    return compilation(form, [(s.title, figures)], s)


def compilation(form: Form, reports: Sequence[tuple[tuple[str, ...], Figures]], style: Style | None = None) -> bytes:
    """Whole reports one after the other, each of the lines of its title and its figures."""
    s = style or Style()
    page = _Drawing(s)
    for title, figures in reports:
        _draw(page, form, title, figures)
    return page.finish()


def _draw(page: _Drawing, form: Form, title: Sequence[str], figures: Figures) -> None:
    s = page.style
    for line in title:
        page.text(line, centred=True, size=s.size * 1.6)
    page.heading(HEADINGS[1])
    if s.boxed_narrative:
        page.table(Rows([[Box(s.narrative)]], [1]))
    else:
        page.text(s.narrative, indent=2)
    page.skip(s.space)
    for number, rows in (
        (2, table2(form.table(2), figures)),
        (3, table3(form.table(3), figures)),
        (4, table4(form.table(4), figures)),
    ):
        page.heading(HEADINGS[number])
        page.table(rows)
    page.heading(HEADINGS[5])
    page.text("无。", indent=2)
    page.heading(HEADINGS[6])
    page.text("无其他事项。", indent=2)


def of_table(rows: Rows, style: Style | None = None, height: float = HEIGHT) -> bytes:
    """A file that holds one table and nothing else."""
    page = _Drawing(style or Style(page_numbers=False), height)
    page.skip(page.style.space)
    page.table(rows)
    return page.finish()


def table2(table: FormTable, figures: Figures) -> Rows:
    rows = []
    for block in table.blocks:
        spans = {1: [3], 2: [1, 2], 3: [1, 1, 1]}[len(block.columns)]
        rows.append([Box(block.rows[0].path[0], col_span=4)])
        rows.append(
            [Box("信息内容"), *(Box(c.path[-1], col_span=n) for c, n in zip(block.columns, spans, strict=True))]
        )
        for row in block.rows:
            printed = [figures.get((2, row.code, c.code), "") for c in block.columns]
            rows.append([Box(row.path[-1]), *(Box(p, col_span=n) for p, n in zip(printed, spans, strict=True))])
    return Rows(rows, [2, 1, 1, 1])


def table3(table: FormTable, figures: Figures) -> Rows:
    columns = table.blocks[0].columns
    names = [c.path[-1] for c in columns]
    corner = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    rows = [
        [Box(corner, 3, 3), Box("申请人情况", 1, 7)],
        [Box(names[0], 2), Box("法人或其他组织", 1, 5), Box(names[-1], 2)],
        [Box(n) for n in names[1:-1]],
    ]
    groups: set[tuple[str, ...]] = set()
    for line in table.rows:
        boxes = []
        for depth in range(1, len(line.path)):
            above = line.path[:depth]
            if above not in groups:
                groups.add(above)
                boxes.append(Box(above[-1], sum(other.path[:depth] == above for other in table.rows)))
        boxes.append(Box(line.path[-1], col_span=4 - len(line.path)))
        rows.append([*boxes, *(Box(figures.get((3, line.code, c.code), "")) for c in columns)])
    return Rows(rows, [1, 1.2, 3, *[1] * 7], header=3)


def table4(table: FormTable, figures: Figures) -> Rows:
    columns = table.blocks[0].columns
    names = [c.path[-1] for c in columns]
    second = [*(Box(n, 2) for n in names[:5]), Box("未经复议直接起诉", 1, 5), Box("复议后起诉", 1, 5)]
    printed = [Box(figures.get((4, "1", c.code), "")) for c in columns]
    return Rows(
        [[Box("行政复议", 1, 5), Box("行政诉讼", 1, 10)], second, [Box(n) for n in names[5:]], printed], [1] * 15
    )


class _Drawing:
    def __init__(self, style: Style, height: float = HEIGHT) -> None:
        self.style = style
        self.height = height
        self.out = BytesIO()
        lock = StandardEncryption(style.password) if style.password else None
        self.canvas = Canvas(
            self.out, pagesize=(WIDTH * (1 + style.spread), self.height), encrypt=lock, pageCompression=1
        )
        self.number = 0
        self.y = 0.0  # from the top
        self._start()

    def _start(self) -> None:
        self.number += 1
        self.y = self.style.margin
        if self.style.rotation:
            self.canvas.setPageRotation(self.style.rotation)  # which turns the sheet as well
            turn = {
                90: (0, 1, -1, 0, self.height, 0),
                180: (-1, 0, 0, -1, WIDTH, self.height),
                270: (0, -1, 1, 0, 0, WIDTH),
            }
            self.canvas.transform(*turn[self.style.rotation])
        if self.style.running_header:
            self._print(self.style.margin, 20, self.style.running_header, 8)
        if self.style.watermark:
            self.canvas.saveState()
            self.canvas.translate(150, 300)
            self.canvas.rotate(45)
            self._print(0, self.height, self.style.watermark, 60)
            self.canvas.restoreState()
        if self.style.tiles:
            step = self.style.tile_size
            for x in range(20, int(WIDTH) - 40, 8 * step):
                for y in range(30, int(self.height) - 20, step + 7):
                    self._print(x, y, self.style.tiles, step)
        if self.style.page_numbers:
            self._print(WIDTH / 2, self.height - 30, f"- {self.number} -", 9)

    def _break(self) -> None:
        if self.style.spread and self.number % 2:
            self.canvas.translate(WIDTH, 0)
        else:
            self.canvas.showPage()
        self._start()

    def finish(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()

    @property
    def bottom(self) -> float:
        return self.height - self.style.margin

    @property
    def full(self) -> float:
        return WIDTH - 2 * self.style.margin

    def _print(self, x: float, y: float, text: str, size: float) -> None:
        """Print with the top of the text at y."""
        self.canvas.setFont("STSong-Light", size)
        for _ in range(2 if self.style.bold_twice else 1):
            self.canvas.drawString(x, self.height - y - size * 0.88, text)

    def skip(self, points: float) -> None:
        """Leave room, over as many pages as it takes."""
        self.y += points
        while self.y > self.bottom:
            rest = self.y - self.bottom
            self._break()
            self.y += rest

    def heading(self, text: str) -> None:
        if self.y + 80 > self.bottom:
            self._break()
        self.y += self.style.size
        self.text(text)

    def text(self, text: str, indent: int = 0, centred: bool = False, size: float | None = None) -> None:
        size = size or self.style.size
        for line in wrapped("\u3000" * indent + text, self.full, size):
            if self.y + size * 1.5 > self.bottom:
                self._break()
            x = WIDTH / 2 - width_of(line, size) / 2 if centred else self.style.margin
            self._print(x, self.y, line, size)
            self.y += size * 1.5

    def table(self, table: Rows) -> None:
        sheet = _Sheet(table, self.full, self.style)
        first, cut = 0, 0.0
        while True:
            slices, first, cut = sheet.slices(first, cut, self.bottom - self.y)
            if slices:
                self._draw(sheet, slices, ended=first >= len(table.rows))
            if first >= len(table.rows):
                return
            self._break()
            if self.style.repeat_header and table.header and slices:
                fresh = _Sheet(Rows(table.rows[: table.header], table.widths), self.full, self.style)
                for box in fresh.boxes:
                    box.lines = sheet.wrapped(box)
                self._draw(fresh, fresh.slices(0, 0.0, self.height)[0], ended=True)

    def _draw(self, sheet: _Sheet, slices: Mapping[int, float], ended: bool) -> None:
        """Draw a part of a table: the height of each row that has a part on this page."""
        tops: dict[int, float] = {}
        y = self.y
        for row in sorted(slices):
            tops[row] = y
            y += slices[row]
        end = y
        for box in sheet.boxes:
            rows = [r for r in range(box.row, box.row + box.row_span) if r in slices]
            if not rows:
                continue
            top, bottom = tops[rows[0]], tops[rows[-1]] + slices[rows[-1]]
            left, right = (
                sheet.edges[box.col] + self.style.margin,
                sheet.edges[box.col + box.col_span] + self.style.margin,
            )
            is_last = box.row + box.row_span - 1 in slices and (ended or bottom < end)
            if self.style.borders == "zebra" and box.row % 2:
                self.canvas.setFillGray(0.9)
                self.canvas.rect(left, self.height - bottom, right - left, bottom - top, stroke=0, fill=1)
                self.canvas.setFillGray(0)
            self._fill(box, left, top, bottom, is_last)
            self._frame(left, top, right, bottom, open_end=self.style.open_ends and not ended and bottom == end)
        self.y = end

    def _fill(self, box: Box, left: float, top: float, bottom: float, is_last: bool) -> None:
        leading = self.style.size * 1.3
        room = int((bottom - top - 2 * PAD + 0.01) // leading)
        now = box.lines if is_last else box.lines[:room]
        box.lines = box.lines[len(now) :]
        first = (bottom - top - len(now) * leading) / 2 if self.style.centred else PAD
        for n, line in enumerate(now):
            self._print(left + PAD, top + first + n * leading, line, self.style.size)

    def _frame(self, left: float, top: float, right: float, bottom: float, open_end: bool) -> None:
        if self.style.borders in ("none", "zebra"):
            return
        if self.style.borders == "horizontal":
            self.canvas.line(left, self.height - top, right, self.height - top)
            self.canvas.line(left, self.height - bottom, right, self.height - bottom)
            return
        if self.style.borders == "frames" and not open_end:
            self.canvas.rect(left, self.height - bottom, right - left, bottom - top)
            return
        lines = [(left, top, left, bottom), (right, top, right, bottom), (left, top, right, top)]
        for x0, y0, x1, y1 in lines if open_end else [*lines, (left, bottom, right, bottom)]:
            if self.style.borders == "fills":
                self.canvas.rect(x0 - 0.25, self.height - y1 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5, stroke=0, fill=1)
            else:
                self.canvas.line(x0, self.height - y0, x1, self.height - y1)


class _Sheet:
    """A table laid out: its boxes at their places, and the height of its rows."""

    def __init__(self, table: Rows, full: float, style: Style) -> None:
        self.style = style
        unit = full / sum(table.widths)
        self.edges = [0.0]
        for width in table.widths:
            self.edges.append(self.edges[-1] + width * unit)
        self.boxes = list(_placed(table.rows))
        self.heights = [0.0] * len(table.rows)
        for box in sorted(self.boxes, key=lambda b: b.row_span):
            box.lines = self.wrapped(box)
            needed = max(len(box.lines), 1) * style.size * 1.3 + 2 * PAD
            lacking = needed - sum(self.heights[box.row : box.row + box.row_span])
            self.heights[box.row + box.row_span - 1] += max(lacking, 0.0)

    def wrapped(self, box: Box) -> list[str]:
        width = self.edges[box.col + box.col_span] - self.edges[box.col]
        return [line for part in box.text.split("\n") for line in wrapped(part, width - 2 * PAD, self.style.size)]

    def slices(self, first: int, cut: float, room: float) -> tuple[dict[int, float], int, float]:
        """The heights of the rows that fit, from a row already `cut` off by so much; where to go on, and the cut."""
        found: dict[int, float] = {}
        for row in range(first, len(self.heights)):
            height = self.heights[row] - cut
            if height <= room:
                found[row] = height
                room -= height
                cut = 0.0
                continue
            line = self.style.size * 1.3
            lines = int((room - 2 * PAD) // line)
            if self.style.split_rows and lines >= 1 and (height - 2 * PAD) / line > 1.5:
                found[row] = lines * line + 2 * PAD
                return found, row, cut + lines * line
            return found, row, cut
        return found, len(self.heights), 0.0


def _placed(rows: Sequence[Sequence[Box]]) -> Iterator[Box]:
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        col = 0
        for box in row:
            while (number, col) in taken:
                col += 1
            box.row, box.col = number, col
            taken |= {(number + r, col + c) for r in range(box.row_span) for c in range(box.col_span)}
            yield box


def width_of(text: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, "STSong-Light", size))


def wrapped(text: str, width: float, size: float) -> Iterator[str]:
    """The text in lines no wider than the width, broken anywhere."""
    line = ""
    for char in text:
        if line and width_of(line + char, size) > width:
            yield line
            line = ""
        line += char
    if line:
        yield line
