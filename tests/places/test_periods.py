"""A report that is not of a calendar year is told apart, and never taken for the annual one."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.document import RawFile
from pipeline.narrative.scope import scope_of
from pipeline.parse import parse
from pipeline.parsed import Parsed
from pipeline.raw.overrides import Pin
from tests.odd.page import html
from tests.odd.tables import report

PUBLISHER = "新华区曙光街街道办事处"


def parsed(title: str, text: str = "", pin: Pin | None = None) -> Parsed:
    page = report(head=[title, text] if text else [title])
    data = html(page)
    return parse(RawFile("report.html", len(data), 0, hashlib.sha256(data).hexdigest()), data, pin)


@pytest.mark.parametrize(
    ("title", "period", "year"),
    [
        (f"{PUBLISHER}2024年上半年政府信息公开工作报告", "half-year-1", 2024),
        (f"2024年下半年{PUBLISHER}政府信息公开工作报告", "half-year-2", 2024),
        (f"{PUBLISHER}2024年半年度政府信息公开工作报告", "half-year-1", 2024),
        (f"{PUBLISHER}2024年第三季度政府信息公开工作报告", "quarter-3", 2024),
        (f"{PUBLISHER}2024年4季度政府信息公开工作报告", "quarter-4", 2024),
        (f"{PUBLISHER}2024年前三季度政府信息公开工作报告", "quarters-1-3", 2024),
        (f"{PUBLISHER}2024年1-9月政府信息公开工作报告", "quarters-1-3", 2024),
        (f"{PUBLISHER}2024年1月至6月政府信息公开工作报告", "half-year-1", 2024),
        (f"{PUBLISHER}2024年1-12月政府信息公开工作报告", "year", 2024),
        ("平顶山市新华区教育局2023-2024学年信息公开工作年度报告", "school-year", 2023),
        ("平顶山市新华区教育局2023—2024学年度信息公开年度报告", "school-year", 2023),
    ],
)
def test_other_periods_are_told_apart_from_the_year(title: str, period: str, year: int) -> None:
    found = parsed(title)
    assert found.report is not None
    assert (found.report.period, found.report.year, len(found.facts)) == (period, year, 200)
    yearly = parsed(f"{found.report.publisher}{year}年政府信息公开工作年度报告")
    assert yearly.report is not None
    assert found.report.publisher == yearly.report.publisher
    assert (found.report.report_id == yearly.report.report_id) is (period == "year")


@pytest.mark.parametrize("words", ["11月份", "2-5月"])
def test_a_period_without_a_name_is_refused_with_its_figures_read(words: str) -> None:
    found = parsed(f"{PUBLISHER}2024年{words}政府信息公开工作报告")
    assert found.refusal is not None
    assert (found.refusal.reason, found.report, len(found.facts)) == ("other-period", None, 200)
    assert words in found.refusal.sentence


@pytest.mark.parametrize(
    "title",
    [
        f"{PUBLISHER}2024年政府信息公开工作年度报告",
        f"{PUBLISHER}2024年度政府信息公开工作报告",
    ],
)
def test_annual_reports_are_not(title: str) -> None:
    assert parsed(title).report is not None


def test_a_person_who_pins_the_year_decides() -> None:
    title = f"{PUBLISHER}2024年上半年政府信息公开工作报告"
    report = parsed(title, pin=Pin("report.html", year=2024)).report
    assert report is not None
    assert report.period == "year"


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [
        ("统计期限自2024年1月1日至2024年6月30日。", True),
        ("统计期限为2023年9月1日至2024年8月31日。", True),
        ("统计期限自2024年1月1日起至12月31日止。", False),
        ("本报告所列数据的统计期限为2024年1月1日至2024年12月31日。", False),
    ],
)
def test_the_period_counted_is_looked_at(text: str, is_odd: bool) -> None:
    found = parsed(f"{PUBLISHER}2024年政府信息公开工作年度报告", text)
    assert ("period-odd" in {i.code for i in found.issues}) is is_odd


@pytest.mark.parametrize(
    "title", ["全国海关2024年", "2024年全省税务", "平凉市税务系统2024年", "平凉市教育系统2024年度"]
)
def test_a_whole_system_is_no_organ(title: str) -> None:
    assert scope_of("department", "平凉市税务局", f"{title}政府信息公开工作年度报告", "") == "system"
