"""Rows that only some bodies can fill are rows of a form, for levels and with an issue that exist."""

from __future__ import annotations

import pytest

from pipeline.forms.bodies import parse_reserved, reserved_rows
from pipeline.forms.loading import forms
from pipeline.forms.model import FormError

FILE = """[[row]]
table = 2
code = "5.permit"
levels = ["county"]
issue = "rules-implausible"
"""


def test_rules_are_reserved_to_bodies_that_can_make_them() -> None:
    rules = reserved_rows()[2, "1.rule"]
    assert rules.levels == {"ministry", "province", "prefecture", "unknown"}


def test_a_row_is_known_by_table_and_code() -> None:
    assert list(parse_reserved(FILE, forms())) == [(2, "5.permit")]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"5.permit"', '"5.licence"', "no form has the row 5.licence in table 2"),
        ("table = 2", "table = 3", "no form has the row 5.permit in table 3"),
        ('"county"', '"village"', r"no levels: \['village'\]"),
        ('"rules-implausible"', '"rules-odd"', "no issue: rules-odd"),
        ('issue = "rules-implausible"', "", "KeyError: 'issue'"),
    ],
)
def test_a_faulty_file_is_refused(before: str, after: str, said: str) -> None:
    with pytest.raises(FormError, match=f"bodies: .*{said}"):
        parse_reserved(FILE.replace(before, after, 1), forms())
