"""The flow of one file from bytes to facts, or to a refusal with its reason."""

from __future__ import annotations

import random

import pytest

from pipeline.document import RawFile
from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.layout.title_lines import CORRECTED
from pipeline.parse import parse
from pipeline.raw.overrides import Pin
from tests.conftest import SAMPLES, assert_accounted, parse_bytes, parse_text, printed
from tests.render import TextStyle, balanced_figures, distinct_figures, sheet, sheet_report, text_report
from tests.workspace import XINHUA, report


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.stem)
def test_the_samples_are_read_whole(sample: object) -> None:
    parsed = parse_bytes(sample.read_bytes())  # type: ignore[attr-defined]
    assert parsed.report is not None
    assert parsed.report.year == 2024
    assert parsed.report.level == "township"
    assert parsed.report.form == "2021"
    assert len(parsed.facts) == 200
    assert {f.value for f in parsed.facts} == {0}
    assert [s.topic for s in parsed.narrative.sections if s.topic] == [1, 2, 3, 4, 5, 6]
    assert {b.state for b in parsed.found.balances} == {"pass"}
    assert_accounted(parsed)


def test_the_samples_lie_where_their_townships_lie() -> None:
    reports = [parse_bytes(s.read_bytes()).report for s in SAMPLES]
    assert [(r.publisher, r.district_code, r.place.township) for r in reports if r] == [
        ("新华区曙光街街道办事处", "410402", "曙光街街道"),
        ("文峰区商颂街道办事处", "410502", "商颂大街街道"),
    ]


def test_the_samples_have_the_one_flaw_that_is_printed() -> None:
    issues = [(i.code, i.printed) for s in SAMPLES for i in parse_bytes(s.read_bytes()).issues]
    assert issues == [("label-misprint", "本年度止件数")]


def test_stray_numbers_of_the_text_are_no_facts(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(0))
    stray = TextStyle(narrative="公开政府信息 385 条。\n12345\n842 条\n规章 77 件", note="注：含上年度结转数量 17 件。")
    assert printed(parse_text(text_report(form_2021, figures, stray))) == figures


@pytest.mark.parametrize(
    ("data", "stage", "reason"),
    [
        (b"", "read", "empty"),
        (bytes(range(256)), "read", "binary"),
        ("今天天气很好。".encode(), "extract", "not-a-report"),
        ("某表\n规格\t数量\n甲\t3\n".encode(), "extract", "not-a-report"),
        ("2024年政府信息公开工作年度报告\n一、总体情况\n无".encode(), "locate", "no-publisher"),
        (
            "太平镇人民政府2022年政府信息公开工作年度报告\n一、总体情况\n无".encode(),
            "locate",
            "district-ambiguous",
        ),
        ("文峰区商颂街道办事处政府信息公开工作年度报告\n一、总体情况\n无".encode(), "locate", "no-year"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_a_reason(data: bytes, stage: str, reason: str) -> None:
    parsed = parse_bytes(data)
    assert parsed.refusal is not None
    assert (parsed.refusal.stage, parsed.refusal.reason) == (stage, reason)
    assert parsed.refusal.sentence
    assert parsed.report is None


def test_a_report_without_tables_keeps_its_text(form_2021: Form) -> None:
    parsed = parse_text("文峰区商颂街道办事处2024年政府信息公开工作年度报告\n一、总体情况\n全年公开 12 条。")
    assert parsed.report is not None
    assert parsed.report.form is None
    assert not parsed.facts
    assert [s.text for s in parsed.narrative.sections][-1] == "全年公开 12 条。"
    assert sorted(i.table_no for i in parsed.issues if i.code == "table-missing" and i.table_no) == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("一、总体情况\n全年公开 12 条。", {"table-missing", "section-missing"}),
        (
            "二、主动公开政府信息情况\n12 条。\n三、依申请公开和不予公开政府信息的情况\n无。\n四、收费及减免情况\n无。",
            set(),
        ),
        ("网上公开信息 20 条。", {"form-unknown"}),
    ],
    ids=["2021", "free", "no heading"],
)
def test_only_what_its_form_prescribes_is_missing(text: str, issues: set[str]) -> None:
    parsed = parse_text(f"文峰区商颂街道办事处2010年政府信息公开工作年度报告\n{text}")
    assert parsed.report is not None
    assert {i.code for i in parsed.issues} == issues
    assert parsed.found.fits == ()


@pytest.mark.parametrize(("year", "missing"), [(2018, []), (2019, [2, 3, 4]), (2024, [2, 3, 4])])
def test_a_report_without_tables_and_headings_lacks_what_its_year_prescribes(year: int, missing: list[int]) -> None:
    parsed = parse_text(f"文峰区商颂街道办事处{year}年政府信息公开工作年度报告\n网上公开信息 20 条。")
    assert parsed.issues[0].code == "form-unknown"
    assert [i.table_no for i in parsed.issues if i.code == "table-missing"] == missing


def test_a_sheet_leads_its_report(form_2021: Form) -> None:
    made = form("2014")
    rows = "\n".join("\t".join(r) for r in sheet(made, distinct_figures(made, random.Random(2))))
    parsed = parse_text(sheet_report(rows))
    assert parsed.report is not None
    assert parsed.report.form == "2014"
    assert not [i for i in parsed.issues if "missing" in i.code]


def test_the_forms_to_read_by_may_be_given(form_2021: Form) -> None:
    data = _with_title(form_2021, "文峰区商颂街道办事处2024年政府信息公开工作年度报告")
    parsed = parse(RawFile("a.txt", len(data), 0, "0" * 64), data, known=[form("2019")])
    assert {f.form for f in parsed.facts} == {"2019"}
    assert_accounted(parsed)


def _with_title(form_2021: Form, title: str) -> bytes:
    return text_report(form_2021, balanced_figures(form_2021, random.Random(1)), TextStyle(title=title)).encode()


def test_a_pin_decides_what_the_text_leaves_open(form_2021: Form) -> None:
    data = _with_title(form_2021, "太平镇人民政府2022年政府信息公开工作年度报告")
    parsed = parse(RawFile("a.txt", len(data), 0, "0" * 64), data, Pin("a.txt", district_code="610423"))
    assert parsed.report is not None
    assert (parsed.report.district_code, parsed.report.place.via) == ("610423", "override")


def test_a_folder_hints_but_never_overrules(form_2021: Form) -> None:
    ambiguous = _with_title(form_2021, "太平镇人民政府2022年政府信息公开工作年度报告")
    hinted = parse_bytes(ambiguous, "610423/2022/a.txt")
    assert hinted.report is not None
    assert (hinted.report.district_code, hinted.report.place.via) == ("610423", "folder")
    certain = parse_bytes(
        _with_title(form_2021, "文峰区商颂街道办事处2024年政府信息公开工作年度报告"), "610423/2022/a.txt"
    )
    assert certain.report is not None
    assert (certain.report.district_code, certain.report.year) == ("410502", 2024)
    assert [i.code for i in certain.issues if i.code == "year-mismatch"] == ["year-mismatch"]


def test_the_same_bytes_give_the_same(form_2021: Form) -> None:
    data = _with_title(form_2021, "文峰区商颂街道办事处2024年政府信息公开工作年度报告")
    assert parse_bytes(data) == parse_bytes(data)


def test_a_failure_of_ours_is_a_reason_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, words: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("pipeline.parse.read", broken)
    parsed = parse_bytes(b"x")
    assert parsed.refusal is not None
    assert parsed.refusal.reason == "reader-failed"
    assert "ZeroDivisionError: boom" in parsed.refusal.sentence


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("本报告统计期限自2023年1月1日起至2023年12月31日止。", 2023),
        ("统计周期为 2023 年 1 月 1 日至 12 月 31 日。", 2023),
        ("自2022年1月1日至12月31日，上年自2021年1月1日至12月31日。", None),
        ("2023年收到申请 3 件。", None),
    ],
)
def test_a_title_without_a_year_takes_that_of_the_period_counted(period: str, year: int | None) -> None:
    parsed = parse_text(f"文峰区商颂街道办事处政府信息公开工作年度报告\n{period}\n一、总体情况\n无")
    assert (parsed.report.year if parsed.report else None) == year


@pytest.mark.parametrize(
    "title", ["{}（更正版）", "{}(修订)", "【更正】{}", "更正：{}", "{}\n（更正）", "{}（2024年3月更正）"]
)
def test_a_correction_is_the_report_of_its_publisher_and_year(title: str) -> None:
    plain = report(XINHUA, 2023)
    first = plain.partition("\n")[0]
    found, original = (parse_text(plain.replace(first, t, 1)).report for t in (title.format(first), first))
    assert found is not None
    assert original is not None
    assert (found.publisher, found.year, found.report_id) == (XINHUA, 2023, original.report_id)
    assert CORRECTED.search(found.title)


def test_a_pinned_former_name_joins_a_renamed_publisher() -> None:
    """As the lines that `disclosure status` prints of publishers which may only have been renamed."""
    before = parse_text(report("平顶山市新华区卫生局", 2018)).report
    text = report("平顶山市新华区卫生健康局", 2019).encode()
    raw = RawFile("b.txt", len(text), 0, "0" * 64)
    since, joined = (parse(raw, text, pin).report for pin in (None, Pin("b.txt", publisher="新华区卫生局")))
    assert before is not None
    assert since is not None
    assert joined is not None
    assert since.body.publisher_id != before.body.publisher_id
    assert joined.body.publisher_id == before.body.publisher_id
