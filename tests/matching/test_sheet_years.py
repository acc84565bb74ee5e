"""Indicator tables with columns of other years or periods, of a total and its parts, and of several halves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.forms.loading import form
from tests.conftest import assert_accounted, parse_bytes, printed
from tests.matching.test_sheets import DUMPS, GRIDS, own
from tests.render import Cells, Figures, SheetStyle, distinct_figures, sheet

DRAWN = {name: draw for name, draw in {**GRIDS, **DUMPS}.items() if name != "pdf"}  # which has no title, and so no year
# The head of the report's own figures, and that of the column beside it.
OF_YEARS = (
    ("2015年", "2014年"),
    ("本年累计", "本季实际"),
    ("本年数", "上年数"),
    ("2015年度", "历年累计"),
    ("1-12月累计", "本月数"),
    ("本年", "增长"),
)


def _figures() -> tuple[Figures, dict[str, str]]:
    made = form("2014")
    return distinct_figures(made, random.Random(6)), {r.code: f"{n}" for n, r in enumerate(made.table(1).rows, 5001)}


def _swapped(rows: Cells) -> Cells:
    return [[*row[:-2], row[-1], row[-2]] for row in rows]


@pytest.mark.one_case
@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize(("head", "other"), OF_YEARS)
@pytest.mark.parametrize("first", [True, False])
def test_the_column_of_the_reports_own_year_is_read(
    draw: Callable[[Cells], bytes], head: str, other: str, first: bool
) -> None:
    figures, beside = _figures()
    rows = sheet(form("2014"), figures, SheetStyle(("统计指标", "单位", head), more={other: beside}))
    parsed = parse_bytes(draw(rows if first else _swapped(rows)))
    assert own(parsed) == figures
    assert any(i.code in ("column-elsewhere", "column-unknown") and i.printed == other for i in parsed.issues)
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("total", ["全区合计", "合计"])
def test_the_total_of_the_parts_of_an_area_is_its_figure(draw: Callable[[Cells], bytes], total: str) -> None:
    figures, beside = _figures()
    rows = sheet(
        form("2014"), figures, SheetStyle(("统计指标", "单位", total), more={"区直部门": beside, "乡镇": beside})
    )
    parsed = parse_bytes(draw(rows))
    assert own(parsed) == figures
    assert {"label-inferred", "column-aside"} <= {i.code for i in parsed.issues}


@pytest.mark.parametrize("draw", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("numbered", [False, True])
def test_halves_side_by_side_are_read(draw: Callable[[Cells], bytes], numbered: bool) -> None:
    figures, _ = _figures()
    style = SheetStyle(("序号", "统计指标", "单位", "统计数"), number=lambda code: "7") if numbered else SheetStyle()
    head, *body = sheet(form("2014"), figures, style)
    half = (len(body) + 1) // 2
    right = [*body[half:], *[[""] * len(head)] * (2 * half - len(body))]
    rows = [[*head, *head], *([*a, *b] for a, b in zip(body[:half], right, strict=True))]
    assert own(parse_bytes(draw(rows))) == figures


@pytest.mark.parametrize("draw", DUMPS.values(), ids=DUMPS)
def test_rows_of_a_dump_with_heads_that_say_nothing_are_told(draw: Callable[[Cells], bytes]) -> None:
    """Without units and known heads nothing but its rows shows a sheet; it must not vanish."""
    figures, beside = _figures()
    style = replace(SheetStyle(("统计指标", "", "全年")), more={"其中：第四季度": beside}, unit=lambda code, unit: "")
    parsed = parse_bytes(draw([[c for c in row if c] for row in sheet(form("2014"), figures, style)]))
    told = {(i.table_no, i.row_code) for i in parsed.issues}
    got = printed(parsed)
    assert all(got.get(k) == v or (1, k[1]) in told or (1, None) in told for k, v in figures.items())
