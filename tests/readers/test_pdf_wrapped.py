"""Lines of PDF files without rulings that are one row: heads and labels that wrap, units close beside their figures."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.readers import Vocabulary, read

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
WORDS = Vocabulary(frozenset({"统计指标", "单位", "统计数", "收到申请数", "政府信息公开专项经费"}))
TOP, STEP = 700.0, 22.0
Words = Sequence[tuple[float, float, str]]  # how far from the left, how far below the middle of its row, the text


def lines_of(*rows: Words) -> list[str]:
    """The paragraphs of a page with some rows, of print of 12 points."""
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842))
    canvas.setFont("STSong-Light", 12)
    for n, row in enumerate(rows):
        for x, below, text in row:
            canvas.drawString(40 + x, TOP - n * STEP - below, text)
    canvas.save()
    return [p.text for p in read(made.getvalue(), WORDS).paragraphs]


HEADS = [(0, 0, "统计指标"), (400, 0, "单位"), (440, -9, "统计"), (440, 9, "数")]
ROW = [(0, 0, "收到申请数"), (400, 0, "件"), (440, 0, "12")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (HEADS, "统计指标  单位  统计数"),
        ([(0, -9, "统计"), (0, 9, "指标"), *HEADS[1:]], "统计指标  单位  统计数"),
        (
            [(0, -9, "政府信息公开"), (0, 9, "专项经费"), (400, 0, "万元"), (440, 0, "147")],
            "政府信息公开专项经费  万元  147",
        ),
    ],
    ids=["a head wraps", "two heads wrap", "a label wraps"],
)
def test_what_wraps_beside_other_words_is_a_cell_of_their_row(row: Words, expected: str) -> None:
    assert lines_of(row, ROW, ROW) == [expected, "收到申请数  件  12", "收到申请数  件  12"]


@pytest.mark.parametrize(
    "row",
    [
        [*HEADS[:2], (440, -9, "天气"), (440, 9, "数")],
        [(0, 0, "本表由各局填报"), *HEADS[1:]],
    ],
    ids=["what wraps is not known", "what stands beside it is not known"],
)
def test_other_words_that_wrap_are_lines(row: Words) -> None:
    assert not any("  " in text for text in lines_of(row))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([(0, 0, "收到申请数"), (400, 0, "件"), (416, 0, "913")], "收到申请数  件  913"),
        ([(0, 0, "收到申请数"), (380, 0, "01"), (396, 0, "件"), (412, 0, "913")], "收到申请数  01  件  913"),
        ([(0, 0, "收到申请数"), (380, 0, "01"), (396, 0, "件"), (440, 0, "913")], "收到申请数  01  件  913"),
        ([(0, 0, "收到申请数"), (400, 0, "件913")], "收到申请数 件913"),
        ([(0, 0, "本机关地址"), (400, 0, "路"), (416, 0, "913")], "本机关地址 路913"),
        ([(0, 0, "收到申请数"), (400, 0, "大约共有"), (452, 0, "913")], "收到申请数 大约共有913"),
    ],
    ids=["unit", "number and unit", "number at the unit", "one word", "no label", "no unit"],
)
def test_a_unit_close_to_its_figure_is_a_cell_behind_a_label(row: Words, expected: str) -> None:
    assert lines_of(row) == [expected]
