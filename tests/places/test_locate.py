"""Publishers found in their districts: tables of cases, and properties over the whole register."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.places import Division, Place, division, divisions, locate
from pipeline.places.townships import Township, registered
from tests.conftest import examples

REPORTS = Path(__file__).resolve().parents[2].parent / "shared" / "reports"
YEARS = (2008, 2011, 2014, 2017, 2020, 2021, 2023, 2025)


@pytest.mark.parametrize(
    ("title", "code", "level", "township"),
    [
        # the township decides between counties of one name
        ("新华区曙光街街道办事处 2024 年政府信息公开工作 年度报告", "410402", "township", "曙光街街道"),
        ("文峰区商颂街道办事处 2024 年政府信息公开工作年度报告", "410502", "township", "商颂大街街道"),
        # printed shorter than registered, in zones, with offices
        ("安阳高新区商颂街道2022年政府信息公开", "410502", "township", "商颂大街街道"),
        ("安镇街道财政所2022年政府信息公开", "320205", "department", "安镇街道"),
        ("2014年北京市朝阳区东湖街道办事处筹备处政府信息公开", "110105", "township", "东湖街道"),
        ("雄安新区容城县小里镇2022年政府信息公开", "130629", "township", "小里镇"),
        ("北京市朝阳区高碑店地区办事处2022年政府信息公开", "110105", "township", "高碑店地区"),
        # governments and departments of all levels
        ("黔南州教育局2022年政府信息公开", "522700", "department", None),
        ("秀山县教育局2022年政府信息公开", "500241", "department", None),
        ("科左中旗教育局2022年政府信息公开", "150521", "department", None),
        ("扎赉特旗好力保镇2022年政府信息公开", "152223", "township", "好力保镇"),
        ("兴安盟行政公署2022年政府信息公开", "152200", "department", None),
        ("上海市教育委员会2022年政府信息公开", "310000", "department", None),
        ("舒兰市市场监督管理局2016年政务信息公开", "220283", "department", None),
        ("衡阳市国有资产监督管理委员会2022年政府信息公开", "430400", "department", None),
        ("湖南省人民政府办公厅2020年政府信息公开", "430000", "province", None),
        ("国家税务总局2010年政府信息公开", "000000", "ministry", None),
        ("国家税务总局武义县税务局2022年政府信息公开", "330723", "department", None),
        ("国家统计局武汉调查队2022年政府信息公开", "420100", "department", None),
        ("平顶山市第一人民医院2022年政府信息公开", "410400", "public_institution", None),
        ("武汉市人民政府驻北京办事处2022年政府信息公开", "420100", "department", None),
        ("双流区经济开发区管委会2022年政府信息公开", "510116", "special_zone", None),
        # names that look like others
        ("海南区教育局2022年政府信息公开", "150303", "department", None),
        ("海南州教育局2022年政府信息公开", "632500", "department", None),
        ("河南县教育局2022年政府信息公开", "632324", "department", None),
        ("朝阳市朝阳县人民政府2022年政府信息公开", "211321", "county", None),
        ("晋城市城区人民政府2022年政府信息公开", "140502", "county", None),
        # cities without counties, counties of the province, the corps
        ("虎门镇人民政府2022年政府信息公开", "441900", "township", "虎门镇"),
        ("儋州市那大镇人民政府2022年政府信息公开", "460400", "township", "那大镇"),
        ("嘉峪关市文殊镇2022年政府信息公开", "620200", "township", "文殊镇"),
        ("济源市轵城镇人民政府2022年政府信息公开", "419001", "township", "轵城镇"),
        ("新疆生产建设兵团第八师石河子市2022年政府信息公开", "659001", "county", None),
        # the code of the year
        ("下管镇人民政府2009年政府信息公开", "330682", "township", "下管镇"),
        ("鄠邑区教育局2015年政府信息公开", "610125", "department", None),
        ("庐江县2010年政府信息公开", "341421", "county", None),
        ("邯郸县黄粱梦镇2014年政府信息公开", "130421", "township", "黄粱梦镇"),
        ("江干区四季青街道2020年政府信息公开", "330104", "township", "四季青街道"),
        ("四季青街道2022年政府信息公开", None, "township", "四季青街道"),
        ("苍南县龙港镇人民政府2015年政府信息公开", "330327", "township", "龙港镇"),
        ("六安市寿县保义镇人民政府2015年政府信息公开", "340422", "township", "保义镇"),
    ],
)
def test_unique(title: str, code: str | None, level: str, township: str | None) -> None:
    place = locate(title)
    assert (place.district_code, place.level, place.township) == (code, level, township)


@pytest.mark.parametrize(
    ("title", "among"),
    [
        ("新华区人民政府2022年政府信息公开", {"130105", "130902", "410402"}),
        ("太平镇人民政府2022年政府信息公开", {"610423", "210921"}),
        ("城区人民政府2022年政府信息公开", {"140302", "140502", "441502"}),
        ("东区教育局2022年政府信息公开", {"510402"}),
        ("朝阳教育局2022年政府信息公开", {"110105", "220104", "211300"}),
        ("武汉东湖新技术开发区管委会2022年政府信息公开", {"420100", "420111"}),
        ("长春市公安局南关区分局2022年政府信息公开", {"220100", "220102"}),
        ("上海市公安局浦东分局2022年政府信息公开", {"310000", "310115"}),
        ("河北大学2022年政府信息公开", {"130000"}),
        ("上海庙镇人民政府2022年政府信息公开", {"150623", "310151"}),
        ("中山街道办事处2022年政府信息公开", {"310117", "370202"}),
    ],
)
def test_ambiguous_stays_ambiguous(title: str, among: set[str]) -> None:
    place = locate(title)
    assert (place.status, place.district_code) == ("ambiguous", None)
    assert among <= set(place.candidates)


@pytest.mark.parametrize(
    "title",
    [
        "县教育局2023年政府信息公开",
        "市场监督管理局2022年政府信息公开",
        "2025年度政府信息公开工作年度报告",
        "街道办事处2022年政府信息公开",
        "浙江武义教育局2022年政府信息公开",
        "武义教育局2022年政府信息公开",
        "下\ufffd镇人民政府2022年政府信息公开",
        "西咸新区管委会2022年政府信息公开",
        "",
    ],
)
def test_none(title: str) -> None:
    place = locate(title)
    assert (place.status, place.candidates, place.via) == ("none", (), "none")


LONG = "本镇按照上级政府的部署，认真做好信息公开工作。" * 20


@pytest.mark.parametrize(
    ("title", "context", "code"),
    [
        ("县教育局2023年政府信息公开", "青川县", "510822"),
        ("县教育局2023年政府信息公开", "请与青川县教育局联系。" + LONG, "510822"),
        ("县教育局2023年政府信息公开", LONG + "赴青川县学习。" + LONG, None),
        ("县教育局2023年政府信息公开", "青川县 剑阁县", None),
        ("县教育局2023年政府信息公开", "公开县级经费县", None),
        ("区科技局2020年信息公开", "安徽省宣城市宣州区", "341802"),
        ("市城管局2025年政府信息公开", "平顶山市", "410400"),
        ("新华区人民政府2022年政府信息公开", "平顶山市新华区", "410402"),
        ("新华区人民政府2022年政府信息公开", "沧州市与平顶山市", None),
        ("太平镇人民政府2022年政府信息公开", LONG + "泾阳县太平镇位于县城东部" + LONG, "610423"),
        ("和平街道办事处2025年政府信息公开", "鞍山市铁东区", "210302"),
        ("兴华镇人民政府2024年政府信息公开", "梅河口市", "220581"),
        ("2025年度政府信息公开工作年度报告", "由诸暨市安华镇人民政府编制。", "330681"),
        ("2025年度政府信息公开工作年度报告", "由诸暨市安华镇人民政府编制。请与武义县教育局联系。", None),
        ("太平镇人民政府2022年政府信息公开工作年度报告_泾阳县人民政府", "", "610423"),
        ("东区教育局2022年政府信息公开", "攀枝花市东区", "510402"),
        # text never overrules a name
        ("武义县教育局2022年政府信息公开", "青川县教育局 青川县 青川县", "330723"),
    ],
)
def test_context(title: str, context: str, code: str | None) -> None:
    place = locate(title, None, context)
    assert place.district_code == code
    assert place.status == ("unique" if code else place.status)


@pytest.mark.parametrize(
    ("title", "today"),
    [
        ("上虞市教育局2010年政府信息公开", "330604"),
        ("江干区人民政府2020年政府信息公开", None),
        ("江干区四季青街道2020年政府信息公开", "330102"),
        ("江干区下沙街道2020年政府信息公开", "330114"),
        ("庐江县2010年政府信息公开", "340124"),
    ],
)
def test_code_of_today(title: str, today: str | None) -> None:
    assert locate(title).district_code_current == today


# ------------------------------------------------------------------ over the whole register


def _sample(count: int) -> list[tuple[Township, Division, int]]:
    """Townships with their county, in a year in which an edition shows it (seeded: the same ones every time)."""
    in_order = sorted(registered(), key=lambda each: (each.county_code, each.name))
    chosen = random.Random(410402).sample(in_order, count)
    found = [(each, division(each.county_code, each.editions[-1]), each.editions[-1]) for each in chosen]
    return [(each, county, year) for each, county, year in found if county is not None and county.level == "county"]


def _office(name: str) -> str:
    return name + ("办事处" if name.endswith(("街道", "地区")) else "人民政府")


@pytest.mark.sampled
def test_county_and_township_printed_give_that_county() -> None:
    for township, county, year in _sample(examples(2500)):
        place = locate(f"{county.prefecture_name or ''}{county.name}{_office(township.name)}", year)
        assert place.district_code in township.codes(year), (township, place)
        place = locate(f"{county.name}{_office(township.name)}", year)
        assert set(place.candidates) & township.codes(year), (township, place)
        assert place.district_code in (None, *township.codes(year)), (township, place)


@pytest.mark.sampled
def test_a_township_alone_is_never_put_elsewhere() -> None:
    outcomes: Counter[str] = Counter()
    for township, _, year in _sample(examples(2500)):
        place = locate(_office(township.name), year)
        assert set(place.candidates) & township.codes(year), (township, place)
        outcomes[place.status] += 1
    assert outcomes["unique"] > 0.6 * outcomes.total()


@pytest.mark.one_case
@pytest.mark.parametrize("year", YEARS)
def test_every_division_of_a_year_by_its_name(year: int) -> None:
    in_force = [each for each in divisions()[1:] if each.in_force(year)]
    namesakes = Counter(each.name for each in in_force)
    for each in in_force:
        place = locate(f"{each.name}教育局{year}年政府信息公开工作年度报告")
        assert each.code in place.candidates, (each, place)
        assert place.status == "ambiguous" or namesakes[each.name] == 1, (each, place)
    for each in in_force:
        if each.level == "county":
            place = locate(f"{each.prefecture_name or ''}{each.name}人民政府", year)
            assert each.code in place.candidates, (each, place)


@given(
    st.text(alphabet="新华区曙光街道办事处市县镇乡州省教育局人民政府2024年国 武汉上海信息公开", max_size=30),
    st.one_of(st.none(), st.integers(1900, 2100)),
    st.text(alphabet="新华区平顶山市石家庄请与联系。由编制\n2024年县", max_size=60),
)
def test_locate_keeps_its_promises(title: str, year: int | None, context: str) -> None:
    _check(locate(title, year, context))


@given(st.text(), st.text())
def test_locate_never_raises(title: str, context: str) -> None:
    _check(locate(title, None, context))


def _check(place: Place) -> None:
    assert place.candidates == tuple(sorted(set(place.candidates)))
    assert place.status in ("unique", "ambiguous", "none")
    assert (place.district_code is not None) == (place.status == "unique")
    assert (not place.candidates) == (place.status == "none")
    if place.district_code is not None:
        assert place.candidates == (place.district_code,)
        found = division(place.district_code, place.year)
        assert found is not None
        assert found.in_force(place.year)


# ------------------------------------------------------------------ real publishers


@pytest.mark.parametrize(("with_place", "least"), [(False, 0.85), (True, 0.93)])
def test_real_publishers(with_place: bool, least: float) -> None:
    path = REPORTS / "publishers.csv"
    if not path.is_file():
        pytest.skip("the list of real publishers lies beside the project and is not here")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["expected_code"]]
    right = sure = 0
    for row in rows:
        context = row["place_seen_elsewhere_on_page"] if with_place else ""
        place = locate(row["publisher_as_printed"], int(row["report_year"]), context)
        assert place.district_code in (None, row["expected_code"]), (row, place)
        assert place.status == "none" or row["expected_code"] in place.candidates, (row, place)
        if row["certainty"] == "sure":
            sure += 1
            right += place.status == "unique"
    assert right / sure >= least
