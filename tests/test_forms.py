from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms import Form, FormError, form, forms, parse_form

SOURCE = (Path(__file__).parents[1] / "pipeline" / "forms" / "2021.toml").read_text("utf-8")


def test_the_form_of_2021_has_200_cells(form_2021: Form) -> None:
    assert {t.number: len(t.cells) for t in form_2021.tables} == {2: 10, 3: 175, 4: 15}


def test_totals_are_not_additive(form_2021: Form) -> None:
    totals = {(c.row.code, c.column.code) for c in form_2021.cells if not c.additive and c.table_no == 3}
    assert ("1", "total") in totals
    assert ("3.7", "natural") in totals
    assert ("3.1", "natural") not in totals


def test_every_form_loads_under_its_file_name() -> None:
    files = {p.stem for p in (Path(__file__).parents[1] / "pipeline" / "forms").glob("*.toml")}
    assert {f.name for f in forms()} == files


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
    ],
)
def test_a_faulty_form_raises(old: str, new: str, says: str) -> None:
    assert old in SOURCE
    with pytest.raises(FormError, match=says):
        parse_form("2021", SOURCE.replace(old, new, 1))
