"""A report that is not of a calendar year is told apart, and never taken for the annual one."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.document import RawFile
from pipeline.narrative.scope import scope_of
from pipeline.parse import Parsed, parse
from pipeline.raw.overrides import Pin
from tests.odd.page import html
from tests.odd.tables import report

PUBLISHER = "新华区曙光街街道办事处"


def parsed(title: str, text: str = "", pin: Pin | None = None) -> Parsed:
    page = report(head=[title, text] if text else [title])
    data = html(page)
    return parse(RawFile("report.html", len(data), 0, hashlib.sha256(data).hexdigest()), data, pin)


@pytest.mark.parametrize(
    ("title", "period"),
    [
        (f"{PUBLISHER}2024年上半年政府信息公开工作报告", "上半年"),
        (f"2024年下半年{PUBLISHER}政府信息公开工作报告", "下半年"),
        (f"{PUBLISHER}2024年半年度政府信息公开工作报告", "半年度"),
        (f"{PUBLISHER}2024年第三季度政府信息公开工作报告", "第三季度"),
        (f"{PUBLISHER}2024年前三季度政府信息公开工作报告", "前三季度"),
        (f"{PUBLISHER}2024年1-9月政府信息公开工作报告", "1-9月"),
        (f"{PUBLISHER}2024年1月至6月政府信息公开工作报告", "1月至6月"),
        (f"{PUBLISHER}2024年11月份政府信息公开工作报告", "11月份"),
        ("南京理工大学2023-2024学年信息公开工作年度报告", "2023-2024学年"),
        ("南京理工大学2023—2024学年度信息公开年度报告", "2023—2024学年度"),
    ],
)
def test_other_periods_are_refused_with_their_figures_read(title: str, period: str) -> None:
    found = parsed(title)
    assert found.refusal is not None
    assert (found.refusal.reason, found.report) == ("other-period", None)
    assert period in found.refusal.sentence
    assert len(found.facts) == 200


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
    assert parsed(title, pin=Pin("report.html", year=2024)).report is not None


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
    assert scope_of("department", "平凉市税务局", f"{title}政府信息公开工作年度报告", "") == "aggregate"
