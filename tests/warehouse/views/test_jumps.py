"""Jumps: figures far from those of the year before, beside the publisher's other years and its peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.forms.year_rules import year_rules
from tests import warehouse_rows as rows
from tests.warehouse.views import records, show

CELL = (3, "1", "total")


def made(year: int, value: float | str, name: str = "甲", **given: Any) -> rows.Frames:
    return rows.report(name, year=year, printed={CELL: value}, cells=[CELL], **given)


def jumps(*reports: rows.Frames) -> list[dict[str, Any]]:
    return records(show(*reports), "FROM jumps ORDER BY publisher, year")


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({2023: 12.0, 2024: 480.0}, [(2024, 0, None, None)]),
        ({2021: 11.0, 2022: 13.0, 2023: 12.0, 2024: 480.0}, [(2024, 2, 12, "now")]),
        ({2021: 410.0, 2022: 450.0, 2023: 12.0, 2024: 480.0}, [(2023, 2, 445, "now"), (2024, 2, 430, "before")]),
        ({2022: 100.0, 2023: 20.0, 2024: 480.0}, [(2024, 1, 100, "neither")]),
        ({2021: 2.0, 2022: 3.0, 2023: 110.0, 2024: 2000.0}, [(2023, 2, 1001, "before"), (2024, 2, 2.5, "both")]),
        ({2023: 12.0, 2024: 100.0}, []),
    ],
)
def test_the_other_years_of_the_publisher_tell_which_figure_is_unlike_them(
    figures: Mapping[int, float], expected: list[tuple[Any, ...]]
) -> None:
    found = jumps(*(made(year, value) for year, value in figures.items()))
    assert [(r["year"], r["years_compared"], r["history_median"], r["unlike_history"]) for r in found] == expected


def peers(now: float, before: float, count: int = 20, **given: Any) -> list[rows.Frames]:
    """Publishers with figures about these in both years."""
    years = ((2023, before), (2024, now))
    return [made(year, value + n, f"邻{n:02}", **given) for n in range(count) for year, value in years]


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(20.0, 30.0, "now"), (500.0, 300.0, "neither"), (20.0, 1.0, "both"), (500.0, 1.0, "before")],
)
def test_the_peers_of_the_level_tell_which_figure_is_above_them(now: float, before: float, expected: str) -> None:
    found = jumps(made(2023, 48.0), made(2024, 490.0), *peers(now, before))
    (row,) = (r for r in found if r["publisher"] == "甲政府")
    assert (row["value"], row["value_before"]) == (490, 48)
    assert row["unlike_peers"] == expected
    assert (row["peers"], row["peers_jumping"], row["years_compared"]) == (20, len(found) - 1, 0)
    assert row["peers_high"] == sorted([490, *(now + n for n in range(20))])[19]
    assert row["peers_median_before"] == sorted([48, *(before + n for n in range(20))])[10]


def test_a_jump_of_many_is_news() -> None:
    found = jumps(made(2023, 1.0), made(2024, 480.0), *peers(500.0, 1.0, count=3))
    assert {r["peers_jumping"] for r in found} == {3}


def test_reports_of_another_level_scope_or_form_are_no_peers() -> None:
    others = [*peers(20.0, 2.0, count=19)[:-2], *peers(20.0, 2.0, count=19, level="county")[-2:]]
    (row,) = (r for r in jumps(made(2023, 48.0), made(2024, 490.0), *others) if r["publisher"] == "甲政府")
    assert (row["peers"], row["unlike_peers"]) == (18, None)


def test_the_limits_are_those_of_the_rule_and_of_the_view() -> None:
    (limit,) = (rule.jump for rule in year_rules() if rule.jump)
    warehouse = show(made(2024, 1.0))
    asked = [
        (limit.above, 0),
        (limit.above + 1, 0),
        (0, limit.above + 1),
        (limit.factor * 50, 50),
        (limit.factor * 50 + 1, 50),
    ]
    found = [warehouse.query("SELECT is_jump(?, ?)", list(pair))[1][0][0] for pair in asked]
    assert found == [False, True, True, False, True]
