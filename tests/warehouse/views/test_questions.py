"""The views for the questions that are asked first: who is missing, whose text is whose, what a rule says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests import warehouse_rows as rows
from tests.warehouse.views import Shown, load, record, records, show

TEXT = "本机关认真贯彻落实政府信息公开条例，全年主动公开信息，依法办理申请，不断完善工作机制，加强平台建设。"
OTHER = "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少白日依山尽黄河入海流欲穷千里目更上一层楼床前明月光疑是地上霜"


def _report(name: str, code: str, year: int, text: str, level: str = "county") -> rows.Frames:
    report = rows.report(name, code, year, cells=[(3, "1", "total")], level=level)
    report["sections"]["text"] = ""
    report["sections"].loc[report["sections"].index[0], "text"] = text
    return report


@pytest.fixture(scope="module")
def warehouse() -> Shown:
    return show(
        _report("甲", "410402", 2022, TEXT * 4),
        _report("甲", "410402", 2023, f"2023年{TEXT * 4}"),
        _report("乙", "410402", 2023, OTHER * 4),
        _report("丙", "410502", 2022, TEXT, level="department"),
    )


def test_a_government_without_a_report_is_missing_though_its_organs_report(warehouse: Shown) -> None:
    found = records(warehouse, "SELECT district_code, year, organs_with_report FROM governments_missing ORDER BY ALL")
    assert found == [
        {"district_code": "410502", "year": 2022, "organs_with_report": 1},
        {"district_code": "410502", "year": 2023, "organs_with_report": 0},
    ]


def test_a_text_of_last_year_is_alike_whatever_its_figures_and_another_is_not(warehouse: Shown) -> None:
    sql = "SELECT publisher, compared, likeness, passages FROM text_likeness WHERE year = 2023 ORDER BY ALL"
    same, mine, theirs = sorted(records(warehouse, sql), key=lambda r: -r["likeness"])
    assert (same["publisher"], same["compared"]) == ("甲政府", "year before")
    assert same["likeness"] > 0.9
    assert same["passages"] > 5
    assert [(r["compared"], r["likeness"]) for r in (mine, theirs)] == [("neighbour", 0.0)] * 2


def test_every_rule_that_is_evaluated_is_told_in_two_languages(warehouse: Shown) -> None:
    told = {r["rule"]: r for r in records(warehouse, "FROM rules")}
    used = {
        r["rule"] for r in records(warehouse, "SELECT DISTINCT rule FROM balances UNION SELECT rule FROM year_rules")
    }
    assert used
    assert used <= set(told)
    assert all(r["meaning"] and r["meaning_zh"] for r in told.values())


def test_a_file_in_quarantine_explains_an_empty_answer(tmp_path: Path) -> None:
    warehouse = load(tmp_path, _report("甲", "410402", 2022, TEXT), _report("乙", "410502", 2022, TEXT, "department"))
    aside = rows.quarantine(["x.txt"]).assign(candidates="410402 410502", year=2022)
    with warehouse.writer() as writer:
        writer.record(rows.files([], "quarantined"), aside, {**rows.dimensions(), **rows.knowledge()}, [], ())
    warehouse.publish()
    asked = "SELECT files_in_quarantine FROM {} WHERE district_code = '410502' AND year = 2022"
    assert record(warehouse, asked.format("data_quality")) == {"files_in_quarantine": 1}
    assert record(warehouse, asked.format("governments_missing")) == {"files_in_quarantine": 1}


def test_a_district_with_nothing_but_a_file_in_quarantine_has_a_row_in_each_of_its_years(tmp_path: Path) -> None:
    warehouse = load(tmp_path, _report("甲", "410402", 2022, TEXT))
    told = [("a.txt", "410402 410502", 2022), ("b.txt", "410502", 2023), ("c.txt", "410502 999999", None)]
    aside = rows.quarantine([path for path, _, _ in told])
    aside = aside.assign(candidates=[codes for _, codes, _ in told], year=[year for _, _, year in told])
    with warehouse.writer() as writer:
        writer.record(rows.files([], "quarantined"), aside, {**rows.dimensions(), **rows.knowledge()}, [], ())
    warehouse.publish()
    asked = (
        "SELECT district_code, district_name, year, reports, facts, files_in_quarantine FROM data_quality ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in records(warehouse, asked)] == [
        ("410402", "区410402", 2022, 1, 1, 1),
        ("410502", "区410502", 2022, 0, 0, 1),
        ("410502", "区410502", 2023, 0, 0, 1),
        ("410502", "区410502", None, 0, 0, 1),
        ("999999", None, None, 0, 0, 1),
    ]


@pytest.mark.parametrize(
    ("printed", "unit", "found"),
    [
        ("12345.67", "元", "1.234567"),
        ("0.01", "元", "0.000001"),
        ("58.25", "万元", "58.250000"),
        ("1", "亿元", "10000"),
    ],
)
def test_no_fen_of_a_printed_amount_is_lost(warehouse: Shown, printed: str, unit: str, found: str) -> None:
    asked = f"SELECT in_10k_yuan({printed}::DECIMAL(18,6), '{unit}')::DECIMAL(18,6) AS amount"
    assert record(warehouse, asked) == {"amount": Decimal(found)}
    described = records(warehouse, "SELECT column_name, column_type FROM (DESCRIBE proactive)")
    assert {"column_name": "fees_collected_10k_yuan", "column_type": "DECIMAL(18,6)"} in described


def test_chinese_headings_show_the_same_rows(warehouse: Shown) -> None:
    names, chinese = warehouse.query("SELECT * FROM zh.requests")
    assert {"发布机关", "报告年度", "（七）总计"} <= set(names)
    assert sorted(map(str, chinese)) == sorted(map(str, warehouse.query("SELECT * FROM requests")[1]))
