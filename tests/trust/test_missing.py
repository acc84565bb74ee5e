"""A table whose labels are printed but whose cells were not found: told in every format, and for no other text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.forms.loading import forms
from pipeline.parsed import Parsed
from tests.conftest import parse_bytes

FORMS = {f.name: f for f in forms()}
TITLE = "平顶山市新华区人民政府2016年政府信息公开工作年度报告"


def labels(form: str, number: int) -> list[str]:
    """The labels of the rows of a form's table, as they are printed."""
    return [r.path[-1] for r in FORMS[form].table(number).rows]


def page(*lines: str) -> bytes:
    """A page of a report with some lines, all in one cell."""
    return f"<html><body><p>{TITLE}</p><table><tr><td>{'<br>'.join(lines)}</td></tr></table></body></html>".encode()


def dump(*lines: str) -> bytes:
    """A report in plain text."""
    return "\n".join((TITLE, *lines)).encode()


def missed(parsed: Parsed) -> list[int | None]:
    """The numbers of the tables that an issue calls missing."""
    return [i.table_no for i in parsed.issues if i.code == "table-missing"]


FIGURES = [str(n) for n in range(100, 161)]


@pytest.mark.parametrize("form", ["2014", "2008"])
@pytest.mark.parametrize(
    ("name", "lay_out"),
    [
        ("a.html", lambda rows: page(*rows, *FIGURES)),
        ("a.html", lambda rows: page(*(f"{a}＝{n}" for a, n in zip(rows, FIGURES, strict=False)))),
        ("a.txt", lambda rows: dump("".join(f"{a}:{n}" for a, n in zip(rows, FIGURES, strict=False)))),
    ],
    ids=["columns in one cell", "rows in one cell", "one line"],
)
def test_indicators_that_no_grid_gives_are_a_missing_table(
    form: str, name: str, lay_out: Callable[[list[str]], bytes]
) -> None:
    parsed = parse_bytes(lay_out(labels(form, 1)), name)
    assert not parsed.facts
    assert missed(parsed) == [1]


@pytest.mark.parametrize(("data", "name"), [(page, "a.html"), (dump, "a.txt")], ids=["page", "text"])
def test_a_table_that_is_told_already_is_told_once(data: Callable[..., bytes], name: str) -> None:
    lines = "".join(f"{a}:{n}" for a, n in zip(labels("2021", 3), FIGURES, strict=False))
    assert missed(parse_bytes(data("一、总体情况", lines), name)).count(3) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [
            "全年主动公开政府信息数385条，其中主动公开规范性文件数12件。收到申请数12件，其中当面申请数3件、网络申请数9件。"
        ],
        labels("2014", 1),  # without a figure
        ["其他 12", "其他情形数 13"] * 30,
    ],
    ids=["prose", "labels alone", "few labels"],
)
def test_other_texts_miss_no_indicators(lines: list[str]) -> None:
    for data, name in ((page(*lines), "a.html"), (dump(*lines), "a.txt")):
        assert 1 not in missed(parse_bytes(data, name))
