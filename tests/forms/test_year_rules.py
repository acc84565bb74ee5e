"""The rules between two years, worked out on pairs of reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pytest

from pipeline.document import Cell
from pipeline.facts import Fact
from pipeline.forms.loading import form, forms
from pipeline.forms.model import FormError
from pipeline.forms.year_rules import equations, parse_rules, year_equations, year_rules
from pipeline.numbers import figure
from scripts.year_oracle import YearBalance, across, counts_as

Key = tuple[int, str, str]


def facts(name: str, printed: Mapping[Key, str]) -> list[Fact]:
    made = form(name)
    read = {k: (made.table(k[0]).cells[k[1:]], figure(t)) for k, t in printed.items()}
    return [Fact(name, c, f.value, f.kind, c.unit, Cell(1, 0, 0, printed[k])) for k, (c, f) in read.items()]


def told(found: tuple[YearBalance, ...], rule: str) -> list[tuple[str, str]]:
    return [(b.state, b.state_blank_as_zero) for b in found if b.rule == rule]


def test_the_rules_are_worked_out_for_every_row_and_column() -> None:
    counted = Counter((e.rule.rule, e.form_now, e.form_before) for e in year_equations())
    assert {k: n for k, n in counted.items() if k[0] != "R31"} == {
        ("R10", "2019", "2019"): 7,
        ("R10", "2019", "2021"): 7,
        ("R10", "2021", "2019"): 7,
        ("R10", "2021", "2021"): 7,
        ("R11", "2021", "2021"): 2,
        ("R12", "2019", "2019"): 5,
    }
    assert counted["R31", "2021", "2021"] == len(list(form("2021").cells))
    assert counted["R31", "2019", "2019"] == len(list(form("2019").cells))
    assert counted["R31", "2019", "2021"] == counted["R31", "2021", "2019"] < 198


def test_the_flat_rows_are_the_equations() -> None:
    rows = equations()
    assert {r.number for r in rows} == {e.number for e in year_equations()}
    assert len(rows) == sum(len(e.cells) for e in year_equations())
    number = next(e.number for e in year_equations() if e.rule.rule == "R11")
    assert [r[4:] for r in rows if r.number == number] == [
        (number, "left", "now", 2, "1.rule", "valid", 1),
        (number, "right", "before", 2, "1.rule", "valid", 1),
        (number, "right", "now", 2, "1.rule", "made", 1),
        (number, "right", "now", 2, "1.rule", "repealed", -1),
    ]
    for r in rows:
        name = r.form_now if r.year == "now" else r.form_before
        assert (r.row_code, r.col_code) in form(name).table(r.table_no).cells


CARRIED = {(3, "2", "natural"): "118"}
LEFT = {(3, "4", "natural"): "118"}


@pytest.mark.parametrize("now", ["2019", "2021"])
@pytest.mark.parametrize("before", ["2019", "2021"])
@pytest.mark.parametrize(
    ("carried", "left", "state"),
    [
        ("118", "118", ("pass", "pass")),
        ("118", "117", ("fail", "fail")),
        ("0", "", ("uncertain", "pass")),
        ("", "", ("uncertain", "pass")),
        ("3", "", ("uncertain", "fail")),
        ("3", "/", ("uncertain", "uncertain")),
        ("无", "3", ("uncertain", "uncertain")),
    ],
)
def test_what_is_carried_over(now: str, before: str, carried: str, left: str, state: tuple[str, str]) -> None:
    found = across(facts(now, {(3, "2", "natural"): carried}), facts(before, {(3, "4", "natural"): left}))
    states = told(found, "R10")
    assert states[0] == state
    assert states[1:] == [("uncertain", "uncertain")] * 6


@pytest.mark.parametrize(
    ("now", "before", "states"),
    [
        ("227 50 420", "597", ["pass"]),  # repealed, made, valid; what was valid
        ("0 3 15", "12", ["pass"]),
        ("0 3 15", "11", ["fail"]),
        ("0 3 15", "", ["uncertain"]),
    ],
)
def test_what_is_in_force(now: str, before: str, states: list[str]) -> None:
    printed = {(2, "1.doc", c): t for c, t in zip(("repealed", "made", "valid"), now.split(), strict=True)}
    found = across(facts("2021", printed), facts("2021", {(2, "1.doc", "valid"): before}))
    assert [s for s, _ in told(found, "R11")] == ["uncertain", *states]
    (doc,) = [b for b in found if b.rule == "R11" and b.left_cells[0].row_code == "1.doc"]
    if before:
        assert (doc.left, doc.right) == (
            Decimal(now.split()[2]),
            Decimal(before) + Decimal(now.split()[1]) - Decimal(now.split()[0]),
        )


def test_there_is_no_stock_before_the_form_that_counts_it() -> None:
    now = facts("2021", {(2, "1.doc", "valid"): "5", (2, "1.doc", "made"): "1", (2, "1.doc", "repealed"): "0"})
    assert told(across(now, facts("2019", {(2, "1.doc", "made"): "1"})), "R11") == []


@pytest.mark.parametrize(("delta", "state"), [("+1036", "pass"), ("-4", "fail"), ("", "uncertain")])
def test_the_items_of_the_year_before(delta: str, state: str) -> None:
    before = facts("2019", {(2, "5.permit", "prev"): "64", (2, "5.permit", "delta"): delta})
    found = across(facts("2019", {(2, "5.permit", "prev"): "1100"}), before)
    assert told(found, "R12")[0][0] == state


@pytest.mark.parametrize(
    ("now", "before", "state"),
    [
        ("1000", "100", "pass"),
        ("1001", "100", "fail"),
        ("100", "1001", "fail"),
        ("100", "0", "pass"),
        ("101", "0", "fail"),
        ("0", "101", "fail"),
        ("99", "1", "pass"),
    ],
)
def test_a_jump(now: str, before: str, state: str) -> None:
    cell = (2, "5.permit", "count")
    found = across(facts("2021", {cell: now}), facts("2019", {cell: before}))
    assert [b.state for b in found if b.rule == "R31" and b.left_cells[0][1:4] == cell] == [state]


def test_a_year_without_the_table_leaves_it_uncertain() -> None:
    found = across(facts("2021", CARRIED), [])
    assert told(found, "R10") == [("uncertain", "uncertain")] * 7
    assert {b.cells[0].table_no for b in found} == {3}
    assert across([], []) == ()
    assert told(across([], facts("2021", LEFT)), "R10") == [("uncertain", "uncertain")] * 7


def test_a_mixed_report_is_told_table_by_table() -> None:
    now = [*facts("2019", CARRIED), *facts("2021", {(2, "1.rule", "valid"): "1"})]
    found = across(now, [*facts("2021", LEFT), *facts("2021", {(2, "1.rule", "valid"): "1"})])
    used = {(e.rule.rule, e.form_now, e.form_before) for e in year_equations() for b in found if b.number == e.number}
    assert {u for u in used if u[0] != "R31"} == {("R10", "2019", "2021"), ("R11", "2021", "2021")}


def test_a_variant_counts_as_the_form_that_it_varies() -> None:
    for made in forms():
        assert counts_as(made.name) == (getattr(made, "variant_of", None) or made.name)


def test_rules_and_severities() -> None:
    assert {r.rule: r.severity for r in year_rules()} == {
        "R10": "warning",
        "R11": "warning",
        "R12": "warning",
        "R31": "info",
    }


GOOD = """
[[rule]]
rule = "X"
severity = "info"
now = ["2021"]
before = ["2021"]
left = [{ year = "now", table = 3, row = "2", col = "*" }]
right = [{ year = "before", table = 3, row = "4", col = "*" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('row = "2"', 'row = "99"', "X: form 2021 has no cell 3:99:"),
        ("table = 3", "table = 9", "X: form 2021 has no cell 9:2:"),
        ('col = "*" }]\nright', 'col = "nobody" }]\nright', "X: form 2021 has no cell 3:2:nobody"),
        ('now = ["2021"]', 'now = ["1999"]', "X: no form 1999"),
        ('severity = "info"', 'severity = "grave"', "X: no severity grave"),
        ('year = "before"', 'year = "after"', "X: a term is of now or before"),
        ('row = "4", col = "*"', 'row = "4", col = "*", sign = 2', "its sign 1 or -1"),
        ("rule = ", "rulle = ", "KeyError"),
        ('severity = "info"', 'severity = "info"\nrows = ["77"]\n', "nothing in form 2021"),
        (
            "right = [",
            'jump = { factor = 2, above = 1 }\nright = [{ year = "now", table = 3, row = "1", col = "*" }, ',
            "a jump compares one cell with one",
        ),
        ("[[rule]]", "[[rule", "TOMLDecodeError"),
    ],
)
def test_rules_that_contradict_the_forms_are_refused(old: str, new: str, message: str) -> None:
    assert len(parse_rules(GOOD)) == 1
    with pytest.raises(FormError, match=message):
        parse_rules(GOOD.replace(old, new))
