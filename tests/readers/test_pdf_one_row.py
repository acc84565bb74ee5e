"""A row of figures of a PDF file below heads that wrap, without rulings: which figure stands below which head."""

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
GROUPS = ("行政复议", "行政诉讼")
HEADS = ("结果维持", "结果纠正", "其他结果", "总计")
WORDS = Vocabulary(frozenset({*GROUPS, *HEADS}))
SIZE, LEFT, WIDE, TOP = 8.0, 60.0, 24.0, 700.0
ALIGN = {"left": 0.0, "middle": 0.5, "right": 1.0}


def grids(
    figures: Sequence[str], *, align: str = "left", heads: Sequence[str] = HEADS * 2, moved: float = 0.0
) -> list[Grid]:
    """The grids of two groups of heads over a row of figures, in columns of a width; the last figures are `moved`."""
    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842))
    canvas.setFont("STSong-Light", SIZE)
    for n, group in enumerate(GROUPS):
        canvas.drawString(LEFT + n * len(HEADS) * WIDE, TOP + 44, group)
    for col, head in enumerate(heads):
        lines = [head] if len(head) == 2 else [head[:2], head[2:]]
        for n, line in enumerate(lines):
            y = TOP + 20 - (n - (len(lines) - 1) / 2) * 12
            canvas.drawString(LEFT + col * WIDE, y, line)
    for col, text in enumerate(figures):
        spare = 2 * SIZE - pdfmetrics.stringWidth(text, "STSong-Light", SIZE)
        aside = moved if col > 4 else 0.0
        canvas.drawString(LEFT + col * WIDE + ALIGN[align] * spare + aside, TOP, text)
    canvas.save()
    return [*read(made.getvalue(), WORDS).grids]


ZEROS = ("0",) * 8
MIXED = ("1", "12", "345", "358", "0", "0", "7", "7")
TOUCHING = ("820", "89", "361", "124567", "33", "86", "61", "98")


@pytest.mark.parametrize(("figures", "align"), [*((f, a) for f in (ZEROS, MIXED) for a in ALIGN), (TOUCHING, "left")])
def test_each_figure_stands_below_its_head(figures: Sequence[str], align: str) -> None:
    (grid,) = grids(figures, align=align)
    assert grid.unruled
    groups, heads, row = grid.rows
    assert [(c.text, c.col, c.col_span) for c in groups] == [(GROUPS[0], 0, 4), (GROUPS[1], 4, 4)]
    assert [c.text for c in heads] == [*HEADS * 2]
    assert [c.text for c in row] == [*figures]


@pytest.mark.parametrize(
    "changes",
    [
        {"heads": (*HEADS[:3], "天气", *HEADS)},
        {"figures": ("1", "2", "3", "4", "5", "6", "7")},
        {"moved": 9.0},
        {"figures": ("1", "2", "3", "4", "5", "甲", "7", "8")},
    ],
    ids=["a head is not known", "a figure is missing", "figures stand aside", "a word among them"],
)
def test_what_the_heads_do_not_show_is_no_table(changes: dict[str, Sequence[str]]) -> None:
    assert not grids(**{"figures": ("1", "2", "3", "4", "5", "6", "7", "8"), **changes})  # type: ignore[arg-type]
