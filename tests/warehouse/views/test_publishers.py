"""Publishers that were renamed in print: linked to what they were before where that is plain, else told to a person."""

from __future__ import annotations

import pytest

from pipeline.warehouse import functions
from pipeline.warehouse.functions import FunctionError, parse_macro
from tests import warehouse_rows as rows
from tests.warehouse.views import Shown, records, show

LINKS = "SELECT publisher, predecessor, succeeded_in, predecessor_candidates AS candidates FROM publishers ORDER BY first_year, 1"
Body = tuple[str, int, int]
CELL = [(3, "1", "total")]


def shown(*bodies: Body, code: str = "410402", level: str = "department") -> Shown:
    return show(
        *(
            rows.report(name, code, year, publisher_name=name, level=level, publisher_id=f"{number:016x}", cells=CELL)
            for number, (name, first, last) in enumerate(bodies, start=1)
            for year in range(first, last + 1)
        )
    )


def linked(*bodies: Body) -> dict[str, tuple[object, ...]]:
    """By name: predecessor, since when there is a successor, and candidates."""
    return {r["publisher"]: tuple(r.values())[1:] for r in records(shown(*bodies), LINKS)}


def test_one_that_was_renamed_twice_is_linked_step_by_step() -> None:
    found = linked(("某县卫生局", 2010, 2013), ("某县卫生和计划生育局", 2014, 2018), ("某县卫生健康委员会", 2019, 2021))
    assert found == {
        "某县卫生局": (None, 2014, None),
        "某县卫生和计划生育局": ("某县卫生局", 2019, None),
        "某县卫生健康委员会": ("某县卫生和计划生育局", None, None),
    }


@pytest.mark.parametrize(
    ("bodies", "candidates"),
    [
        (
            (("某县文化局", 2017, 2018), ("某县旅游局", 2017, 2018), ("某县文化和旅游局", 2019, 2020)),
            "某县文化局 某县旅游局",
        ),
        ((("某县卫生局", 2015, 2016), ("某县卫生健康局", 2019, 2020)), "某县卫生局"),  # two years are missing
        ((("某县某某园区建管局", 2017, 2018), ("某县某某园区建管处", 2019, 2020)), "某县某某园区建管局"),  # no function
    ],
)
def test_where_it_is_not_plain_a_person_is_asked(bodies: tuple[Body, ...], candidates: str) -> None:
    found = linked(*bodies)
    assert found[bodies[-1][0]] == (None, None, candidates)
    assert {found[name][:2] for name, _, _ in bodies} == {(None, None)}


@pytest.mark.parametrize(
    "bodies",
    [
        (("某县教育局", 2017, 2018), ("某县公安局", 2019, 2020)),
        (("某县教育局", 2017, 2019), ("某县教育和体育局", 2019, 2020)),  # both published in 2019
        (("某县税务局", 2017, 2018), ("某县税务局稽查局", 2019, 2020)),  # a branch is another body
        (("某县教育局", 2017, 2018), ("某县教育考试中心", 2019, 2020)),
    ],
)
def test_other_bodies_are_neither_linked_nor_asked_about(bodies: tuple[Body, ...]) -> None:
    assert set(linked(*bodies).values()) == {(None, None, None)}


def test_another_place_or_level_is_another_body() -> None:
    before = rows.report(
        "a", "410402", 2018, publisher_name="某县卫生局", level="department", publisher_id="0" * 16, cells=CELL
    )
    elsewhere = rows.report(
        "b", "410502", 2019, publisher_name="某县卫生健康局", level="department", publisher_id="1" * 16, cells=CELL
    )
    of_a_zone = rows.report(
        "c", "410402", 2019, publisher_name="某县卫生健康局", level="special_zone", publisher_id="2" * 16, cells=CELL
    )
    found = records(show(before, elsewhere, of_a_zone), LINKS)
    assert {(r["predecessor"], r["candidates"]) for r in found} == {(None, None)}


def test_one_that_was_renamed_is_expected_under_one_name_a_year() -> None:
    told = shown(("某县卫生局", 2017, 2018), ("某县卫生健康局", 2019, 2020), ("某县教育局", 2017, 2017))
    found = records(told, "SELECT publisher, year, status FROM coverage ORDER BY ALL")
    assert [(r["publisher"], r["year"]) for r in found if r["publisher"] != "某县教育局"] == [
        ("某县卫生健康局", 2019), ("某县卫生健康局", 2020), ("某县卫生局", 2017), ("某县卫生局", 2018),
    ]  # fmt: skip
    assert [r["status"] for r in found if r["publisher"] == "某县教育局"] == [
        "received",
        "missing",
        "missing",
        "missing",
    ]


def test_the_macro_is_made_of_the_file() -> None:
    assert "('health', '卫生|" in functions.macro_source()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('label = "x"\n', "KeyError"),
        ('meaning = "x"\nlabel = "y"\n[function]\n', "there is no function"),
        ('meaning = "x"\nlabel = "y"\n[function]\nhealth = ["卫"]\n', "health: words of two Chinese characters"),
        ('meaning = "x"\nlabel = "y"\n[function]\nhealth = "卫生"\n', "health: words of two Chinese characters"),
        ('meaning = "x"\nlabel = "y"\n[function]\nhealth = ["卫生|.*"]\n', "health: words of two Chinese characters"),
    ],
)
def test_a_mistake_in_the_file_is_named(toml: str, said: str) -> None:
    with pytest.raises(FunctionError, match=said):
        parse_macro(toml)
