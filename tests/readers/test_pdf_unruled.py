"""Tables of PDF files without upright rulings: where heads, labels and the marks of notes stand."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.document import Grid
from pipeline.readers import Vocabulary, read

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
HEADS = ("自然人", "商业企业", "科研机构", "法律服务机构", "总计")
GROUP = "（四）无法提供"
ROWS = ("1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确")
WORDS = Vocabulary(
    frozenset({"无法提供", "本机关不掌握相关政府信息", "没有现成信息需要另行制作", "补正后申请内容仍不明确", *HEADS})
)
TOP, STEP, LABEL, FIRST, WIDE = 700.0, 16.0, 215.0, 310.0, 55.0


def table(
    figures: Sequence[Sequence[str]], *, gap: float = 4.0, align: str = "centre", marks: Sequence[tuple[int, int]] = ()
) -> Grid:
    """Three rows of a group below a header, without rulings; the group's name stands beside the second row.

    Each of the `marks` is the place of a figure with a raised mark behind it.
    """
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842))
    canvas.setFont("STSong-Light", 8)
    for col, head in enumerate(HEADS):
        _write(canvas, FIRST + col * WIDE, TOP + STEP, head, align)
    for row, (label, own) in enumerate(zip(ROWS, figures, strict=True)):
        y = TOP - row * STEP
        canvas.drawCentredString(LABEL, y, label)
        if row == 1:
            canvas.drawRightString(LABEL - pdfmetrics.stringWidth(label, "STSong-Light", 8) / 2 - gap, y, GROUP)
        for col, text in enumerate(own):
            end = _write(canvas, FIRST + col * WIDE, y, text, align)
            if (row, col) in marks:
                canvas.setFont("STSong-Light", 4.8)
                canvas.drawString(end, y + 3, "1")
                canvas.setFont("STSong-Light", 8)
    canvas.save()
    (grid,) = read(made.getvalue(), WORDS).grids
    assert grid.unruled
    return grid


def _write(canvas: Canvas, middle: float, y: float, text: str, align: str) -> float:
    width = pdfmetrics.stringWidth(text, "STSong-Light", 8)
    left = {"centre": middle - width / 2, "left": middle - 20, "right": middle + 20 - width}[align]
    canvas.drawString(left, y, text)
    return left + width


def rows_of(grid: Grid) -> dict[str, list[str]]:
    """The texts of the columns of figures by label."""
    found: dict[int, list[str]] = {}
    labels: dict[int, str] = {}
    for cell in grid.cells:
        if cell.col >= 2:
            found.setdefault(cell.row, []).append(cell.text)
        elif cell.text:
            labels[cell.row] = cell.text
    return {labels.get(row, ""): texts for row, texts in found.items()}


@pytest.mark.parametrize("align", ["centre", "left", "right"])
@pytest.mark.parametrize("figures", [("0", "0", "1", "0", "0"), ("0", "12", "345", "0", "8")], ids=["zeros", "wide"])
def test_heads_stand_over_figures_however_narrow_these_are(align: str, figures: tuple[str, ...]) -> None:
    found = rows_of(table([("0",) * 5, figures, ("0",) * 5], align=align))
    assert found[""] == [*HEADS]
    assert found[ROWS[1]] == [*figures]


@pytest.mark.parametrize("gap", [3.0, 4.0, 8.0, 20.0])
def test_a_group_s_name_beside_its_second_row_is_no_part_of_its_label(gap: float) -> None:
    found = rows_of(table([("0", "1", "2", "3", "6")] * 3, gap=gap))
    assert {*found} == {"", GROUP, *ROWS}
    assert found[ROWS[1]] == ["0", "1", "2", "3", "6"]


@pytest.mark.parametrize("marks", [[(0, 2)], [(0, 4), (1, 0), (2, 3)]])
def test_raised_marks_behind_figures_are_no_rows(marks: list[tuple[int, int]]) -> None:
    figures = [("35", "1", "20", "3", "59"), ("0", "14", "2", "3", "19"), ("7", "0", "0", "88", "95")]
    found = rows_of(table(figures, marks=marks))
    assert [found[label] for label in ROWS] == [[*own] for own in figures]


LABELS = ("属于国家秘密", "保护第三方合法权益", "属于行政执法案卷", "属于行政查询事项", "重复申请", "其他")


def over_pages(rows: Sequence[tuple[str, Sequence[str]]], first: int, moved: float = 0.0) -> list[Grid]:
    """The grids of a table whose first rows stand at the end of a page, the others, somewhat aside, on the next."""
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842))
    for top, part in ((100.0, rows[:first]), (800.0, rows[first:])):
        canvas.setFont("STSong-Light", 8)
        for col, head in enumerate(HEADS if top == 100.0 else ()):
            _write(canvas, FIRST + col * WIDE, top + STEP, head, "left")
        for n, (label, own) in enumerate(part):
            canvas.drawString(LABEL - 2 * WIDE, top - n * STEP, label)
            for col, text in enumerate(own):
                _write(canvas, FIRST + col * WIDE + (moved if top == 800.0 else 0.0), top - n * STEP, text, "left")
        canvas.showPage()
    canvas.save()
    return [*read(made.getvalue(), Vocabulary(frozenset({*LABELS, *HEADS}))).grids]


@pytest.mark.parametrize("first", range(1, 6))
def test_rows_cut_off_by_a_page_stand_in_the_columns_of_the_others(first: int) -> None:
    rows = [(label, [f"{n}{col}1"[: 1 + (n + col) % 3] for col in range(5)]) for n, label in enumerate(LABELS, 1)]
    (grid,) = over_pages(rows, first)
    found = rows_of(grid)
    assert found[""] == [*HEADS]
    assert [found[label] for label, _ in rows] == [own for _, own in rows]


@pytest.mark.parametrize("first", [2, 4])
def test_rows_that_stand_aside_of_the_columns_of_the_others_do_not_join_them(first: int) -> None:
    rows = [(label, ["12345"] * 5) for label in LABELS]
    (grid,) = over_pages(rows, first, moved=-WIDE / 2)
    assert len(rows_of(grid)) <= max(first, len(rows) - first) + 1
