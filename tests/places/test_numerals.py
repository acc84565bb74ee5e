"""Numbers before a publisher's name are no part of it; numerals that a name begins with are."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from pipeline.numbering import without_numbering
from pipeline.places.publisher import read_title

T = "2023年政府信息公开工作年度报告"
NUMERALS = "一二三四五六七八九十"
with (files("pipeline.places") / "divisions.csv").open(encoding="utf-8") as lines:
    DIVISIONS = sorted({row["name"] for row in csv.DictReader(lines)})
OF_NUMERALS = [name for name in DIVISIONS if name[0] in NUMERALS]
BODIES = [
    *(
        "一七一医院",
        "第二人民医院",
        "第三中学",
        "100中学",
        "120急救中心",
        "一七一团",
        "八一中学",
        "九三学社",
        "附属医院",
    ),
    *("附城镇人民政府", "二七街道办事处", "十里铺街道办事处", "第十师北屯市", "第二师铁门关市教育局", "五一农场管委会"),
]
SET_OFF = [
    *("附件2：", "附件 2 ", "附件2-1：", "附件二：", "附件二 ", "附2：", "附：", "附件：", "一、", "二、", "十、", "二十一、"),
    *("（二）", "（2）", "(2)", "【2】", "2.", "2、", "12．", "２、", "第二篇", "第二篇 ", "第二部分", "第二部分：", "第2篇"),
    *("之二：", "之二 ", "Ⅱ", "Ⅱ．", "II.", "IV ", "②", "㈡", "⑵", "⒉", "附件2：（二）", "附件1：2."),
]  # fmt: skip


def publisher(name: str) -> str:
    return read_title(name + T).publisher


@pytest.mark.parametrize("name", [*OF_NUMERALS, *BODIES])
def test_a_name_keeps_its_own_numeral(name: str) -> None:
    assert publisher(name) == name
    assert without_numbering(name) == name


@pytest.mark.parametrize("number", SET_OFF)
def test_a_number_that_is_set_off_is_no_part_of_any_name(number: str) -> None:
    share = DIVISIONS[SET_OFF.index(number) % 8 :: 8]
    names = [*OF_NUMERALS, *BODIES, *share, *(f"{name}教育局" for name in share)]
    assert [publisher(number + name) for name in names] == [publisher(name) for name in names]


@pytest.mark.parametrize("number", ["附件2", "附件", "2", "12"])
def test_digits_before_a_place_are_no_part_of_it(number: str) -> None:
    assert [publisher(number + name) for name in DIVISIONS[::4]] == [publisher(name) for name in DIVISIONS[::4]]


@pytest.mark.parametrize("number", ["之二", "附件二", "二", "之二十一"])
def test_a_numeral_that_nothing_sets_off_stays_where_it_may_belong_to_the_name(number: str) -> None:
    """二七里河区 may be 二 and 七里河区, or a place of 二七区."""
    for name in (*DIVISIONS[::4], *OF_NUMERALS):
        found = publisher(number + name)
        assert found in (publisher(name), number + name, (number + name).removeprefix("附件"))
        assert found == publisher(name) or name[0] in f"{NUMERALS}道"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("附件2", "附件2"),
        ("2023年崆峒区", "2023年崆峒区"),
        ("3·15中心", "3·15中心"),
        ("XX区教育局", "XX区教育局"),
        ("一百零二、崆峒区", "崆峒区"),
        ("（2023年）崆峒区", "（2023年）崆峒区"),
        ("第二，崆峒区", "崆峒区"),
        ("", ""),
    ],
)
def test_what_a_number_is(printed: str, expected: str) -> None:
    assert without_numbering(printed) == expected
