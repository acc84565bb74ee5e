"""The unit of an amount, wherever it is printed: never another one without a word, in no format."""

from __future__ import annotations

import pytest

from pipeline.facts import Fact
from pipeline.issues import CATALOGUE
from pipeline.parsed import Parsed
from tests.conftest import pairings, parse_bytes
from tests.odd.page import HANDS
from tests.odd.units import AMOUNTS, ONCE, TWICE, UNCLEAR, Unit

FORMS = ("2019", "2021")
RULED = ("html", "docx", "pdf", "xlsx", "tabs", "pipes", "csv")
PAIRS = pairings(list(ONCE), RULED, FORMS, one_in=7)


def _read(unit: Unit, hand: str, name: str) -> tuple[Parsed, Fact]:
    ending, draw = HANDS[hand]
    parsed = parse_bytes(draw(unit.page(name)), f"report.{ending}")
    (fact,) = [f for f in parsed.facts if f.key == AMOUNTS[name].key]
    return parsed, fact


def _told(parsed: Parsed, name: str) -> set[str]:
    """The codes of the grave issues that concern units, or the amount."""
    grave = [i for i in parsed.issues if i.severity != "info"]
    return {i.code for i in grave if i.code.startswith("unit-") or i.row_code == AMOUNTS[name].key[1]}


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand", "name"), PAIRS)
def test_a_unit_is_read_wherever_it_stands(kind: str, hand: str, name: str) -> None:
    unit = ONCE[kind]
    parsed, fact = _read(unit, hand, name)
    assert fact.unit == (unit.unit or {"2019": None, "2021": "万元"}[name])
    assert not _told(parsed, name) & {"units-differ", "unit-unclear"}


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand", "name"), pairings(list(TWICE), RULED, FORMS, one_in=5))
def test_of_two_units_the_nearer_one_holds_and_the_other_is_told(kind: str, hand: str, name: str) -> None:
    parsed, fact = _read(TWICE[kind], hand, name)
    assert fact.unit == TWICE[kind].unit
    (told,) = [i for i in parsed.issues if i.code == "units-differ"]
    assert (told.table_no, told.row_code, told.col_code) == fact.key
    assert parsed.judged.trust[fact.key] == "doubtful"


@pytest.mark.parametrize("name", FORMS)
def test_a_zero_is_zero_in_any_unit(name: str) -> None:
    parsed, _ = _read(Unit("", before=["单位：元"], head="{head}（单位：万元）", value="0"), "html", name)
    assert "units-differ" not in _told(parsed, name)


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand", "name"), pairings(list(UNCLEAR), RULED, FORMS, one_in=5))
def test_a_unit_that_cannot_be_read_is_told(kind: str, hand: str, name: str) -> None:
    parsed, _ = _read(UNCLEAR[kind], hand, name)
    assert "unit-unclear" in _told(parsed, name)
    assert CATALOGUE["unit-unclear"].severity == "warning"


@pytest.mark.parametrize("hand", ["html", "csv"])
def test_a_unit_over_a_table_that_has_none_of_it_is_told(hand: str) -> None:
    page = list(Unit("").page("2019"))
    at = max(n for n, part in enumerate(page) if not isinstance(part, str)) - 2
    assert not isinstance(page[at], str)
    ending, draw = HANDS[hand]
    parsed = parse_bytes(draw([*page[:at], "单位：元", *page[at:]]), f"report.{ending}")
    assert [i.table_no for i in parsed.issues if i.code == "unit-unclear"] == [3]
    assert [f.unit for f in parsed.facts if f.key == AMOUNTS["2019"].key] == [None]


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand", "name"), pairings(list(ONCE), ["lines", "spaces"], FORMS, one_in=5))
def test_in_dumps_a_unit_is_read_or_told(kind: str, hand: str, name: str) -> None:
    unit = ONCE[kind]
    ending, draw = HANDS[hand]
    parsed = parse_bytes(draw(unit.page(name)), f"report.{ending}")
    units = [f.unit for f in parsed.facts if f.key == AMOUNTS[name].key]
    assert units == [unit.unit or {"2019": None, "2021": "万元"}[name]] or _told(parsed, name)
