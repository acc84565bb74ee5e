"""Form files: what the forms hold, and that a faulty file is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms.checking import check_variants
from pipeline.forms.loading import form, forms, parse_form
from pipeline.forms.model import Form, FormError

SOURCE = (Path(__file__).parents[2] / "pipeline" / "forms" / "2021.toml").read_text("utf-8")


def test_the_form_of_2021_has_200_cells(form_2021: Form) -> None:
    assert {t.number: len(t.cells) for t in form_2021.tables} == {2: 10, 3: 175, 4: 15}


def test_totals_are_not_additive(form_2021: Form) -> None:
    totals = {(c.row.code, c.column.code) for c in form_2021.cells if not c.additive and c.table_no == 3}
    assert ("1", "total") in totals
    assert ("3.7", "natural") in totals
    assert ("3.1", "natural") not in totals


def test_every_form_loads_under_its_file_name() -> None:
    files = {p.stem for p in (Path(__file__).parents[2] / "pipeline" / "forms").glob("[0-9][0-9][0-9][0-9]*.toml")}
    assert {f.name for f in forms()} == files


def test_the_sheets_have_one_table_of_indicators() -> None:
    assert {f.name: {t.number: len(t.cells) for t in f.tables} for f in forms() if not f.prescribed} == {
        "2008": {1: 41},
        "2014": {1: 61},
    }
    units = {c.row.code: c.unit for c in form("2014").cells}
    assert (units["d_total"], units["req_received"], units["budget_amount"], units["trainees"]) == (
        "条",
        "件",
        "万元",
        "人次",
    )
    assert {r.code for r in form("2008").table(1).rows if r.code.isdigit()} == {
        *(f"{n:02d}" for n in (*range(1, 21), *range(32, 37), *range(51, 56)))
    }


def test_labels_seen_in_print_are_told_from_recalled_ones() -> None:
    rows = {r.code: r.recalled for r in form("2014").table(1).rows}
    assert not rows["d_total"]
    assert not rows["ans_partial"]
    assert rows["req_received"]
    assert form("2014").table(1).recalled
    assert not any(line.recalled for f in forms() if f.prescribed for t in f.tables for line in t.lines)


def test_the_same_topic_is_the_same_section_in_every_form() -> None:
    topics = [{h.topic: h.names for h in f.headings} for f in forms()]
    assert all({1, 2, 3, 4, 5, 6} <= t.keys() for t in topics)
    assert all("存在的主要问题及改进情况" in t[5] for t in topics)
    assert len({frozenset(t) for t in topics}) == 3


VARIANT = SOURCE.replace('name = "2021"', 'name = "2021-city"\nvariant_of = "2021"')


def test_a_variant_may_add_lines_and_aliases() -> None:
    more = VARIANT.replace('"本年制发数", ', '"本年制发数", "本年度制发数", ', 1)
    made = parse_form("2021-city", more)
    check_variants([*forms(), made])
    assert made.variant_of == "2021"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('variant_of = "2021"', 'variant_of = "1999"', "it varies 1999, which is not a form"),
        ('unit = "万元"', 'unit = "元"', "has the unit 元, not 万元"),
        ('"行政许可"', '"行政检查"', "5.permit is not called 行政许可"),
        ("商业企业", "企业", "business is not called 商业企业"),
    ],
)
def test_a_variant_may_not_mean_something_else(old: str, new: str, says: str) -> None:
    assert old in VARIANT
    with pytest.raises(FormError, match=says):
        check_variants([*forms(), parse_form("2021-city", VARIANT.replace(old, new, 1))])


def test_an_unknown_form_is_an_error() -> None:
    with pytest.raises(KeyError, match="1999"):
        form("1999")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "2021"', 'name = "2020"', "its name is 2020"),
        ('code = "3.3.2"', 'code = "3.3.1"', "row given twice"),
        ('code = "repealed"', 'code = "made"', "column given twice"),
        ("number = 3\n", "number = 2\n", "table given twice"),
        ('left = ["1", "2"]', 'left = ["1", "9"]', r"R01 names unknown rows: \['9'\]"),
        ('left = ["total"]', 'left = ["sum"]', "R03 names unknown columns"),
        ("2.重复申请", "1.信访举报投诉类申请", "share 信访举报投诉类申请"),
        ('"（一）予以公开"] }', '"（一）予以公开" }', "TOMLDecodeError"),
        (', stub = ["四、结转下年度继续办理"]', "", "'stub'"),
        ("open = true", 'open = "yes"', "are true or false"),
        ('code = "3.1",', 'code = "3.1", recalled = 1,', "are true or false"),
    ],
)
def test_a_faulty_form_raises(old: str, new: str, says: str) -> None:
    assert old in SOURCE
    with pytest.raises(FormError, match=says):
        parse_form("2021", SOURCE.replace(old, new, 1))
