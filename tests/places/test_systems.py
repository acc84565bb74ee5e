"""Titles of whole systems: the body that leads them is the publisher."""

from __future__ import annotations

import pytest

from pipeline.places import locate
from pipeline.places.systems import leading_body
from tests.conftest import parse_bytes
from tests.odd.page import HANDS
from tests.odd.tables import report

TITLE = "2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("全国海关", "海关总署", "000000"),
        ("全国海关系统", "海关总署", "000000"),
        ("全国税务系统", "国家税务总局", "000000"),
        ("全国气象部门", "中国气象局", "000000"),
        ("江苏省税务系统", "江苏省税务局", "320000"),
        ("甘肃省教育系统", "甘肃省教育厅", "620000"),
        ("北京市教育系统", "北京市教育委员会", "110000"),
        ("平凉市教育系统", "平凉市教育局", "620800"),
    ],
)
def test_the_leading_body_publishes_for_its_system(name: str, body: str, code: str) -> None:
    found = locate(f"{name}{TITLE}")
    assert (found.publisher, found.status, found.district_code) == (body, "unique", code)


def test_the_place_of_a_system_may_stand_in_the_text() -> None:
    assert locate(f"全省税务系统{TITLE}").status == "none"
    assert locate(f"全省税务系统{TITLE}", context="国家税务总局陕西省税务局\n2024年1月20日").district_code == "610000"


@pytest.mark.parametrize("name", ["天津海关", "海关总署", "平凉市教育局", "系统", "全国", "税务系统", "全国总工会"])
def test_other_names_stay(name: str) -> None:
    assert leading_body(name) == name


@pytest.mark.parametrize("hand", ["html", "lines", "docx"])
def test_a_system_is_kept_apart_from_its_leading_body(hand: str) -> None:
    ending, draw = HANDS[hand]
    ids = set()
    for name, scope in (("全国海关", "system"), ("海关总署", None)):
        found = parse_bytes(draw(report(head=[f"{name}2024年政府信息公开工作年度报告"])), f"report.{ending}").report
        assert found is not None
        assert (found.publisher, found.district_code) == ("海关总署", "000000")
        assert (found.scope == "system") is (scope == "system")
        ids.add(found.report_id)
    assert len(ids) == 2
