"""A file with several reports gives each its own figures."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from pipeline.terminal.command import cli
from tests.conftest import parse_bytes, printed
from tests.layout.test_arranged import page
from tests.layout.test_elsewhere import CAPTION, of_table_two, proactive

TITLES = ("文峰区商颂街道办事处2023年政府信息公开工作年度报告", "文峰区永明路街道办事处2023年政府信息公开工作年度报告")
REST = ("一、总体情况", "六、其他需要报告的事项")


def two(second: str = TITLES[1]) -> bytes:
    parts = [[REST[0], CAPTION, proactive(of_table_two(n)), REST[1]] for n in (1, 2)]
    return page(*parts[0], second, *parts[1], title=TITLES[0])


def test_two_reports_are_two() -> None:
    found = parse_bytes(two(), "r.html")
    assert printed(found) == of_table_two(1)
    (other,) = found.more
    assert (other.title, printed(other)) == (TITLES[1], of_table_two(2))
    assert other.raw.path == "r.html#2"
    assert [r.raw.path for r in found.reports] == ["r.html", "r.html#2"]


def test_last_year_s_report_behind_is_another() -> None:
    found = parse_bytes(two(TITLES[0].replace("2023", "2022")), "r.html")
    assert printed(found) == of_table_two(1)
    assert [m.title for m in found.more] == [TITLES[0].replace("2023", "2022")]


def test_a_list_of_other_reports_begins_none() -> None:
    parts = [REST[0], CAPTION, proactive(of_table_two(1)), REST[1], TITLES[1], TITLES[1].replace("2023", "2021")]
    found = parse_bytes(page(*parts, title=TITLES[0]), "r.html")
    assert not found.more
    assert printed(found) == of_table_two(1)


def test_extract_prints_them_by_number(tmp_path: Path) -> None:
    file = tmp_path / "two.html"
    file.write_bytes(two())
    told = CliRunner().invoke(cli, ["extract", str(file)])
    assert {line.split(",")[0] for line in told.stdout.splitlines()[1:]} == {"two.html", "two.html#2"}
