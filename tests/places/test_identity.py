"""One id for one publisher over the years: tables of cases in both directions, and the whole register."""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.places import Division, Publisher, RegisterError, division, divisions, identify, locate
from pipeline.places.divisions import codes_in_year
from pipeline.places.identity import checked_spellings, line_end
from pipeline.places.publisher import read_title
from pipeline.places.townships import Township, registered
from tests.conftest import LONG

REPORTS = Path(__file__).resolve().parents[2].parent / "shared" / "reports"
YEARS = range(2008, 2027)
Spelling = tuple[str, int] | tuple[str, int, str]  # a name, the report's year, other text of the page


def _publisher(spelling: Spelling) -> Publisher:
    found = identify(locate(*spelling))
    assert found is not None, spelling
    return found


# ------------------------------------------------------------------ one publisher


@pytest.mark.parametrize(
    ("code", "name", "kind", "spellings"),
    [
        # a government, and its wider places
        ("320813", "洪泽区人民政府", "county", [("淮安市洪泽区人民政府", 2020), ("洪泽区人民政府", 2022), ("洪泽区", 2023), ("江苏省洪泽县人民政府", 2012)]),
        ("330825", "龙游县人民政府办公室", "county", [("龙游县人民政府办公室", 2023), ("龙游县政府办公室", 2021), ("衢州市龙游县政府办", 2022), ("县政府办公室", 2022, "龙游县")]),
        ("152200", "兴安盟行政公署", "prefecture", [("兴安盟行政公署", 2022), ("兴安盟行署", 2021), ("内蒙古自治区兴安盟", 2023)]),
        ("520600", "铜仁市人民政府", "prefecture", [("铜仁地区行政公署", 2010), ("铜仁市人民政府", 2015)]),
        # codes that changed 1:1, names that changed in place
        ("211104", "大洼区人民政府", "county", [("大洼县人民政府", 2012), ("盘锦市大洼区人民政府", 2022)]),
        ("330604", "上虞区教育局", "department", [("上虞市教育局", 2010), ("绍兴市上虞区教育局", 2020)]),
        ("130502", "襄都区人民政府", "county", [("邢台市桥东区人民政府", 2018), ("邢台市襄都区人民政府", 2022)]),
        ("460400", "儋州市人民政府", "prefecture", [("儋州市人民政府", 2012), ("儋州市人民政府", 2020)]),
        # townships: shortened, in a district, moved with their county, moved without it, upgraded
        ("320106", "华侨路街道", "township", [("南京市鼓楼区人民政府华侨路街道办事处", 2021), ("华侨路街道", 2022), ("鼓楼区华侨路街道办", 2020)]),
        ("410502", "商颂大街街道", "township", [("文峰区商颂大街街道办事处", 2024), ("文峰区商颂街道", 2022), ("安阳高新区商颂街道", 2023)]),
        ("410402", "曙光街街道", "township", [("新华区曙光街街道办事处", 2024), ("平顶山市新华区曙光街道", 2022)]),
        ("110105", "东湖街道", "township", [("北京市朝阳区东湖街道办事处筹备处", 2014), ("朝阳区东湖街道办事处", 2020)]),
        ("211104", "新兴镇", "township", [("大洼县新兴镇人民政府", 2014), ("大洼区新兴镇", 2022)]),
        ("410308", "平乐镇", "township", [("孟津县平乐镇人民政府", 2019), ("洛阳市孟津区平乐镇", 2023)]),
        ("330102", "四季青街道", "township", [("江干区四季青街道办事处", 2019), ("上城区四季青街道办事处", 2023)]),
        ("330113", "临平街道", "township", [("余杭区临平街道办事处", 2019), ("临平区临平街道", 2023)]),
        ("341302", "支河镇", "township", [("埇桥区支河乡人民政府", 2014), ("埇桥区支河镇人民政府", 2024)]),
        ("140403", "老顶山街道", "township", [("长治市郊区老顶山镇人民政府", 2016), ("潞州区老顶山街道办事处", 2023)]),
        ("320205", "安镇街道财政所", "department", [("安镇街道财政所", 2022), ("无锡市锡山区安镇街道财政所", 2020)]),
        # departments and their abbreviations
        ("330723", "武义县教育局", "department", [("县教育局", 2023, "武义县"), ("武义县教育局", 2022), ("浙江省武义县教育局", 2020), ("浙江省金华市武义县人民政府教育局", 2019)]),
        ("341802", "宣州区科学技术局", "department", [("区科技局", 2020, "宣州区"), ("宣城市宣州区科学技术局", 2021)]),
        ("330723", "武义县发展和改革局", "department", [("武义县发改局", 2022), ("武义县发展改革局", 2021), ("武义县发展和改革局", 2020)]),
        ("410400", "平顶山市发展和改革委员会", "department", [("平顶山市发改委", 2022), ("平顶山市发展改革委", 2021), ("平顶山市发展和改革委员会", 2020)]),
        ("330723", "武义县人力资源和社会保障局", "department", [("武义县人社局", 2022), ("武义县人力资源社会保障局", 2021), ("武义县人力资源和社会保障局", 2020)]),
        ("511423", "洪雅县教育和体育局", "department", [("洪雅县教体局", 2022), ("洪雅县教育和体育局", 2023)]),
        ("330723", "武义县国有资产监督管理委员会", "department", [("武义县国资委", 2019), ("武义县国有资产监督管理委员会", 2021)]),
        ("410400", "平顶山市城市管理局", "department", [("市城管局", 2025, "平顶山市"), ("平顶山市城市管理局", 2022)]),
        ("430400", "衡阳市国有资产监督管理委员会", "department", [("衡阳市国资委", 2019), ("市国资委", 2021, "衡阳市")]),
        ("510116", "双流区经济开发区管理委员会", "special_zone", [("双流区经济开发区管委会", 2022), ("成都市双流区经济开发区管理委员会", 2020)]),
        # central bodies
        ("330723", "武义县税务局", "department", [("国家税务总局武义县税务局", 2022), ("武义县税务局", 2021)]),
        ("420100", "国家统计局武汉市调查队", "department", [("国家统计局武汉调查队", 2022), ("国家统计局武汉市调查队", 2020)]),
        ("000000", "国家发展和改革委员会", "ministry", [("国家发展改革委", 2022), ("国家发展和改革委员会", 2020)]),
    ],
)  # fmt: skip
def test_one_publisher(code: str, name: str, kind: str, spellings: list[Spelling]) -> None:
    found = {_publisher(spelling) for spelling in spellings}
    assert {(each.district_code, each.name, each.kind) for each in found} == {(code, name, kind)}
    assert len(found) == 1
    assert all(re.fullmatch("[0-9a-f]{16}", each.publisher_id) for each in found)


# ------------------------------------------------------------------ different publishers


@pytest.mark.parametrize(
    "spellings",
    [
        # a government, its offices, its departments, other levels of one name
        [("龙游县人民政府", 2023), ("龙游县人民政府办公室", 2023), ("龙游县本级", 2023), ("中共龙游县委办公室", 2023), ("龙游县教育局", 2023), ("龙游县信访局", 2023)],
        [("金华市教育局", 2022), ("金华市武义县教育局", 2022), ("浙江省教育厅", 2022), ("武义县教育局办公室", 2022)],
        [("朝阳市人民政府", 2022), ("朝阳市朝阳县人民政府", 2022), ("北京市朝阳区人民政府", 2022), ("长春市朝阳区人民政府", 2022)],
        [("吉林省人民政府", 2022), ("吉林市人民政府", 2022)],
        # mergers and splits
        [("孟津县人民政府", 2019), ("吉利区人民政府", 2019), ("孟津区人民政府", 2022)],
        [("江干区人民政府", 2019), ("上城区人民政府", 2019), ("钱塘区人民政府", 2022)],
        [("崇文区人民政府", 2009), ("北京市东城区人民政府", 2009)],
        [("余杭区人民政府", 2019), ("临平区人民政府", 2022)],
        [("孟津县教育局", 2019), ("孟津区教育局", 2022)],
        # reorganisations
        [("武义县卫生局", 2012), ("武义县卫生和计划生育局", 2016), ("武义县卫生健康局", 2020)],
        [("武义县教育局", 2022), ("武义县教育和体育局", 2022)],
        [("武义县发展和改革局", 2020), ("武义县发展和改革委员会", 2020)],
        [("武义县国家税务局", 2016), ("武义县地方税务局", 2016), ("武义县税务局", 2019)],
        # branches, zones
        [("武义县公安局", 2022), ("武义县公安局交警大队", 2022), ("武义县公安局开发区分局", 2022)],
        [("双流区经济开发区管委会", 2022), ("双流区人民政府", 2022), ("双流区经济开发区教育局", 2022), ("双流区教育局", 2022), ("双流区工业园区管委会", 2022)],
        [("国家统计局浙江调查总队", 2022), ("浙江省统计局", 2022), ("国家矿山安全监察局浙江局", 2022), ("国家粮食和物资储备局浙江局", 2022)],
        [("国家统计局", 2022), ("国家税务总局", 2022), ("教育部", 2022)],
        # townships: of other counties, of other kinds, their bodies
        [("泾阳县太平镇人民政府", 2022), ("阜新蒙古族自治县太平镇人民政府", 2022)],
        [("安镇街道办事处", 2022), ("安镇街道财政所", 2022), ("锡山区安镇街道党政办公室", 2022), ("锡山区人民政府", 2022)],
        [("文峰区商颂街道办事处", 2024), ("文峰区商颂街道党工委", 2024)],
        [("泾阳县太平镇", 2010), ("泾阳县太平乡", 2010)],
        [("大洼区人民政府", 2022), ("大洼区大洼街道", 2022)],
        # 支河镇 while an edition of the register still lists 支河乡: not known to be the same
        [("埇桥区支河镇人民政府", 2010), ("埇桥区支河乡人民政府", 2010)],
    ],
)  # fmt: skip
def test_different_publishers(spellings: list[Spelling]) -> None:
    ids = [_publisher(spelling).publisher_id for spelling in spellings]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "spelling",
    [
        ("新华区人民政府", 2022),
        ("县教育局", 2022),
        ("", 2022),
        # placed, but the name does not say which body it is
        ("县分局", 2022, "武义县"),
        ("武义县办公室", 2022),
        ("中共武义县委", 2022),
        ("双流区管委会", 2022),
    ],
)
def test_no_publisher(spelling: Spelling) -> None:
    assert identify(locate(*spelling)) is None


def test_the_level_does_not_count() -> None:
    place = locate("武义县教育局", 2022)
    ids = {
        (found := identify(replace(place, level=level))) and found.publisher_id for level in ("unknown", place.level)
    }
    assert len(ids) == 1


@pytest.mark.parametrize("names", [{"甲局": ["乙局"], "丙局": ["乙局"]}, {"甲局": ["丙局"], "丙局": []}])
def test_a_spelling_of_two_names_is_refused(names: dict[str, list[str]]) -> None:
    with pytest.raises(RegisterError):
        checked_spellings(names)


# ------------------------------------------------------------------ over the whole register


def _counties(year: int) -> list[Division]:
    """Every third county in force in the year; a code is in the sample of every year or of none."""
    return [each for each in divisions() if each.level == "county" and each.in_force(year) and int(each.code) % 3 == 0]


def _of_government(county: Division, year: int) -> str | None:
    found = identify(locate(f"{county.prefecture_name or ''}{county.name}人民政府", year))
    return found.publisher_id if found is not None else None


@pytest.mark.long
@pytest.mark.slow
def test_counties_of_a_year_have_their_own_ids_and_keep_them() -> None:
    before: dict[str, str] = {}
    refused = 0
    for year in YEARS:
        found = {each.code: _of_government(each, year) for each in _counties(year)}
        ids = {code: each for code, each in found.items() if each is not None}
        refused += len(found) - len(ids)
        assert len(set(ids.values())) == len(ids), year
        assert all(before[code] == ids[code] for code in before.keys() & ids.keys()), year
        before = ids
    assert refused <= 5  # 铜仁地区铜仁市: the city may be the prefecture of the year after


def test_renamed_counties_keep_their_ids() -> None:
    followed = 0
    for old in (each for each in divisions() if each.level == "county" and each.end_year is not None):
        year = old.end_year or 0
        heirs = codes_in_year(old.code, year + 1)
        new = division(next(iter(heirs)), year + 1)
        before = _of_government(old, year)
        after = _of_government(new, year + 1) if new is not None else None
        if before is None or after is None or year < 2008:
            continue
        one_to_one = len(heirs) == 1 and codes_in_year(next(iter(heirs)), year) == {old.code}
        assert (before == after) == one_to_one, (old, new)
        followed += one_to_one
    assert followed > 250


@pytest.mark.parametrize("year", YEARS)
def test_codes_of_a_year_lie_on_their_own_lines(year: int) -> None:
    codes = [each.code for each in divisions() if each.in_force(year)]
    assert len({line_end(code) for code in codes}) == len(codes)


@pytest.mark.sampled
@pytest.mark.one_case
@pytest.mark.slow
@pytest.mark.parametrize("edition", [2015, 2023, 2026])
@pytest.mark.long
def test_townships_of_an_edition_have_their_own_ids(edition: int) -> None:
    listed = [each for each in registered() if edition in each.editions]
    one_in = 7 if LONG else 35
    chosen = {each.county_code for each in listed if int(each.county_code) % one_in == edition % one_in}
    bearers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in listed:
        county = division(each.county_code, edition)
        if each.county_code in chosen and county is not None and county.level == "county":
            found = identify(locate(f"{county.prefecture_name or ''}{county.name}{each.name}", edition))
            if found is not None:
                bearers[found.publisher_id].add((found.district_code, each.name))
    assert len(bearers) > (4000 if LONG else 500)
    assert not [group for group in bearers.values() if len(group) > 1]


# ------------------------------------------------------------------ spellings


BODIES = ["人民政府", "政府办公室", "教育局", "发改委", "市监局", "第2中学", "经济开发区管委会", "环保局A区办公室", ""]
COUNTIES = sorted(
    (each for each in divisions() if each.level == "county" and each.in_force(2022)), key=lambda each: each.code
)
FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("0"), ord("z") + 1)}
REPORT = "2022年政府信息公开工作年度报告"


@cache
def _townships() -> list[Township]:
    """Some of the townships of 2023: a second's work, which only the process that asks for them does."""
    listed = sorted(registered(), key=lambda each: (each.county_code, each.name))
    return [each for each in random.Random(410502).sample(listed, 3000) if 2023 in each.editions]


@st.composite
def _names(draw: st.DrawFn) -> tuple[str, str, str]:
    """A publisher's full name, and the province and prefecture in front of its county."""
    if draw(st.booleans()):
        county, body = draw(st.sampled_from(COUNTIES)), draw(st.sampled_from(BODIES))
        return county.province_name or "", county.prefecture_name or "", county.name + body
    township = draw(st.sampled_from(_townships()))
    county = division(township.county_code, 2022) or COUNTIES[0]
    office = draw(st.sampled_from(["", "办事处" if township.name.endswith("街道") else "人民政府"]))
    return county.province_name or "", county.prefecture_name or "", county.name + township.name + office


@given(_names(), st.booleans(), st.booleans(), st.booleans(), st.lists(st.integers(0, 40), max_size=5))
def test_spelling_does_not_count(
    names: tuple[str, str, str], province: bool, prefecture: bool, full_width: bool, gaps: list[int]
) -> None:
    above, around, name = names
    whole = identify(locate(above + (around if around != above else "") + name + REPORT))
    text = (above if province else "") + (around if prefecture and around != above else "") + name + REPORT
    for gap in gaps:
        text = text[:gap] + "\u3000 "[gap % 2] + text[gap:]
    printed = identify(locate(text.translate(FULL_WIDTH) if full_width else text))
    assert printed == whole or printed is None or whole is None
    if not gaps and not full_width and province and prefecture:
        assert printed == whole


@given(
    st.text(alphabet="武义县教育局人民政府办公室分管委会国家税务总镇街道办事处洪泽区商颂大财所党 Ａ２", max_size=24),
    st.integers(1990, 2040),
)
def test_identify_keeps_its_promises(name: str, year: int) -> None:
    place = locate(name, year, "武义县")
    found = identify(place)
    assert found is None or place.status == "unique"
    assert found is None or (found.name and found.kind and division(found.district_code) is not None)
    assert identify(place) == found


# ------------------------------------------------------------------ real publishers


def test_real_publishers_do_not_share_ids() -> None:
    path = REPORTS / "publishers.csv"
    if not path.is_file():
        pytest.skip("the list of real publishers lies beside the project and is not here")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["expected_code"]]
    bearers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        place = locate(row["publisher_as_printed"], int(row["report_year"]), row["place_seen_elsewhere_on_page"])
        found = identify(place)
        assert (found is not None) == (place.status == "unique"), row
        if found is not None:
            bearers[found.publisher_id].add((row["expected_code"], read_title(place.title).publisher))
    assert len(bearers) > 80
    for group in bearers.values():
        longest = max((name for _, name in group), key=len)
        assert len({code for code, _ in group}) == 1, group
        assert all(longest.endswith(name) for _, name in group), group
