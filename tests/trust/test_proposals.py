"""The cells that failing identities point at, and the figures proposed for them."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Cell
from pipeline.facts import Fact
from pipeline.forms.loading import form, parse_form
from pipeline.forms.model import FormTable
from pipeline.numbers import figure
from pipeline.trust.balances import balances
from pipeline.trust.proposals import findings, proposals
from pipeline.trust.proposals.model import LISTED, MAX_SIZE, Claim, Finding
from tests.conftest import SHARED, examples, parse_bytes
from tests.odd.page import html
from tests.odd.tables import figures, report, table4, title

Key = tuple[str, str]
Values = dict[Key, int]
Set = frozenset[tuple[Key, int]]

TOY = parse_form(
    "toy",
    """
    name = "toy"
    title = "two and two with totals"
    [[table]]
    number = 9
    caption = "c"
    [[table.block]]
    unit = "件"
    rows = [{ code = "1", stub = ["a"] }, { code = "2", stub = ["b"] }, { code = "t", stub = ["t"], total = true }]
    columns = [{ code = "x", header = ["x"] }, { code = "y", header = ["y"] }, { code = "t", header = ["s"], total = true }]
    [[table.identity]]
    rule = "A"
    rows = { left = ["t"], right = ["1", "2"] }
    [[table.identity]]
    rule = "B"
    columns = { left = ["t"], right = ["x", "y"] }
    """,
).table(9)


def made(table: FormTable, printed: Mapping[Key, str], name: str = "2021") -> list[Fact]:
    """Facts as if a report had printed these texts; cells that are not given are absent."""
    return [
        Fact(
            name,
            table.cells[k],
            figure(t).value,
            figure(t).kind,
            table.cells[k].unit,
            Cell(1, n, 0, t),
        )
        for n, (k, t) in enumerate(printed.items())
    ]


def texts(values: Values) -> dict[Key, str]:
    return {k: str(v) for k, v in values.items()}


def dense(table: FormTable, seed: int = 0) -> Values:
    """A table 三 that is right, with a different number in every cell."""
    rng = random.Random(seed)
    people = [c.code for c in table.blocks[0].columns if not c.total]
    leaves = [r.code for r in table.rows if r.path[0] == "三、本年度办理结果" and not r.total]
    while True:
        drawn = iter(rng.sample(range(100, 5000), (len(leaves) + 2) * len(people)))
        values = {(r, p): next(drawn) for r in [*leaves, "2", "4"] for p in people}
        for p in people:
            values["3.7", p] = sum(values[r, p] for r in leaves)
            values["1", p] = values["3.7", p] + values["4", p] - values["2", p]
        for r in table.rows:
            values[r.code, "total"] = sum(values[r.code, p] for p in people)
        if len(set(values.values())) == len(table.cells) and min(values.values()) > 0:
            return {k: values[k] for k in table.cells}


def sets(found: tuple[Finding, ...]) -> list[Set]:
    """The sets in their order, each as cells with the figures proposed."""
    rows = [p for f in found for p in f.proposals]
    grouped = itertools.groupby(rows, key=lambda p: p.set_no)
    return [frozenset(((p.row_code, p.col_code), int(p.proposed)) for p in g) for _, g in grouped]


SINGLE: dict[str, Callable[[str], str]] = {
    "one more": lambda t: str(int(t) + 1),
    "ten times": lambda t: t + "0",
    "last digit lost": lambda t: t[:-1],
    "blank": lambda t: "",
}


def single_changes(printed: Mapping[Key, str]) -> Iterator[tuple[Key, str]]:
    for k, text in printed.items():
        for change in SINGLE.values():
            if (figure(change(text)).value or 0) != (figure(text).value or 0):
                yield k, change(text)


def assert_named(table: FormTable, printed: Mapping[Key, str], key: Key, text: str) -> None:
    found = findings(table, "2021", made(table, {**printed, key: text}))
    assert sets(found) == [frozenset({(key, int(figure(printed[key]).value or 0))})], (key, text)
    assert [f.outcome for f in found] == ["unique"]


@pytest.mark.one_case
@pytest.mark.slow
@pytest.mark.parametrize("name", ["2019", "2021"])
def test_each_single_change_of_table_three_is_named_with_its_figure(name: str) -> None:
    table = form(name).table(3)
    printed = texts(dense(table))
    changes = list(single_changes(printed))
    assert len(changes) == len(table.cells) * 4 == {"2019": 161, "2021": 175}[name] * 4
    for key, text in changes:
        assert_named(table, printed, key, text)


def real_reports() -> list[Path]:
    return [p for p in sorted((SHARED / "real").glob("*")) if p.suffix in (".pdf", ".html", ".md", ".txt")]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (shared/reports beside the project)")
def test_each_single_change_of_real_reports_is_named() -> None:
    tried = 0
    for path in real_reports():
        parsed = parse_bytes(path.read_bytes(), path.name)
        facts = [f for f in parsed.facts if f.key[0] == 3]
        if any(b.state_blank_as_zero != "pass" for b in parsed.found.balances if b.table_no == 3):
            continue
        table = form(facts[0].form).table(3)
        printed = {f.key[1:]: f.printed.text.strip() if f.kind == "number" else "" for f in facts}
        assert len(printed) == len(table.cells)
        for key, text in single_changes({k: t or "0" for k, t in printed.items()}):
            assert_named(table, printed, key, text)
            tried += 1
    assert tried > 1000


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (shared/reports beside the project)")
def test_the_totals_left_at_zero_by_a_real_report() -> None:
    parsed = parse_bytes((SHARED / "real" / "district_huaian-hongze_2023.pdf").read_bytes())
    facts = [f for f in parsed.facts if f.key[0] == 4]
    found = proposals(form("2021").table(4), "2021", facts)
    told = [(p.set_no, p.col_code, p.printed, p.proposed, p.alternatives, p.explanation) for p in found]
    assert told == [
        (1, "review.total", "0", Decimal(11), 0, "total-not-summed"),
        (2, "after.total", "0", Decimal(5), 1, "total-not-summed"),
        (3, "after.upheld", "5", Decimal(0), 1, "other"),
    ]
    assert [p.identities for p in found] == [
        ("R04@1:review.total",),
        ("R04@1:after.total",),
        ("R04@1:after.total",),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (shared/reports beside the project)")
def test_totals_left_blank_by_a_real_report_are_no_error() -> None:
    parsed = parse_bytes((SHARED / "real" / "dept_shanghai_shifuban_2019.html").read_bytes())
    for number in (2, 3, 4):
        facts = [f for f in parsed.facts if f.key[0] == number]
        assert findings(form("2019").table(number), "2019", facts) == ()


def test_what_holds_gives_nothing() -> None:
    table = form("2021").table(3)
    assert findings(table, "2021", made(table, texts(dense(table)))) == ()
    assert findings(form("2021").table(2), "2021", []) == ()
    assert findings(table, "2021", []) == ()


@pytest.mark.parametrize(
    ("key", "wrong", "explanation"),
    [
        (("3.1", "natural"), lambda t: t[:-1], "digit-lost"),
        (("3.1", "natural"), lambda t: t[1:], "digit-lost"),
        (("3.1", "natural"), lambda t: t + t[-1], "digit-added"),
        (("3.1", "total"), lambda t: t + "0", "digit-added"),
        (("3.1", "natural"), lambda t: t[:-2] + t[-1] + t[-2], "digits-turned"),
        (("3.1", "natural"), lambda t: str((int(t[0]) + 1) % 10 or 5) + t[1:], "digit-changed"),
        (("3.1", "natural"), lambda t: str(int(t) + 12345), "other"),
        (("3.1", "natural"), lambda t: "", "blank-for-number"),
        (("3.1", "total"), lambda t: "", "total-not-summed"),
        (("3.7", "natural"), lambda t: "0", "total-not-summed"),
    ],
)
def test_the_digits_explain(key: Key, wrong: Callable[[str], str], explanation: str) -> None:
    table = form("2021").table(3)
    printed = texts(dense(table, 3))
    (found,) = proposals(table, "2021", made(table, {**printed, key: wrong(printed[key])}))
    assert (found.explanation, str(found.proposed)) == (explanation, printed[key])
    assert found.printed == wrong(printed[key])
    assert found.blank_as_zero == (found.printed == "")
    assert set(found.identities) == {
        f"{b.rule}@{':'.join(b.target)}"
        for b in balances(table, "2021", made(table, printed))
        if key in (*b.left_cells, *b.right_cells)
    }


def row_of(values: Values, row: str, figures: str) -> Values:
    """The table with another row, all else made to hold: figures of applicants, separated by blanks."""
    people = [c for r, c in values if r == row and c != "total"]
    for person, n in zip(people, map(int, figures.split()), strict=True):
        gain = n - values[row, person]
        for r in (row, "3.7", "1"):
            values[r, person] += gain
            values[r, "total"] += gain
    return values


@pytest.mark.parametrize(
    ("right", "wrong", "explanation"),
    [
        ("31 42 53 64 0 0", {"natural": "", "business": "31", "research": "42", "welfare": "53", "legal": "64"}, "shifted"),
        ("0 31 42 53 64 0", {"natural": "31", "business": "42", "research": "53", "welfare": "64", "legal": "0"}, "shifted"),
        (
            "31 42 53 64 75 86",
            {"natural": "", "business": "31", "research": "42", "welfare": "53", "legal": "64", "other": "75", "total": "86"},
            "shifted",
        ),
        (
            "31 42 53 64 75 86",
            {"natural": "42", "business": "53", "research": "64", "welfare": "75", "legal": "86", "other": "351", "total": ""},
            "shifted",
        ),
        ("12 3 0 0 0 7", {"natural": "123", "business": ""}, "glued"),
        ("12 3 0 0 0 7", {"natural": "0", "business": "123"}, "glued"),
        ("123 0 0 0 0 7", {"natural": "12", "business": "3"}, "split"),
        ("12 34 0 0 0 7", {"natural": "123", "business": "4"}, "split"),
        ("12 34 56 0 0 7", {"natural": "34", "business": "12"}, "swapped"),
        ("12 34 56 0 0 7", {"natural": "7", "other": "12"}, "swapped"),
        ("12 34 56 0 0 7", {"natural": "109", "total": "12"}, "swapped"),
    ],
)  # fmt: skip
def test_a_slip_over_several_cells_is_one_error(right: str, wrong: dict[str, str], explanation: str) -> None:
    table = form("2021").table(3)
    printed = texts(row_of(dense(table, 5), "3.4.1", right))
    damaged = {**printed, **{("3.4.1", c): t for c, t in wrong.items()}}
    found = findings(table, "2021", made(table, damaged))
    changed = {(k, int(printed[k])) for k in printed if (figure(damaged[k]).value or 0) != int(printed[k])}
    assert frozenset(changed) in sets(found)
    assert {p.explanation for p in found[0].proposals if p.set_no == 1} == {explanation}
    assert frozenset(changed) == sets(found)[0]


def test_two_figures_of_a_column_swapped() -> None:
    table = form("2021").table(3)
    printed = texts(dense(table))
    a, b = ("3.3.1", "legal"), ("3.5.2", "legal")
    found = findings(table, "2021", made(table, {**printed, a: printed[b], b: printed[a]}))
    assert frozenset({(a, int(printed[a])), (b, int(printed[b]))}) in sets(found)
    assert {p.explanation for p in found[0].proposals} == {"swapped"}


def test_a_row_shifted_across_independent_parts_is_one_error() -> None:
    table = form("2021").table(4)
    right = dict(zip(table.cells, map(str, (3, 4, 0, 5, 12, 6, 7, 0, 2, 15, 1, 2, 3, 4, 10)), strict=True))
    shifted = dict(zip(table.cells, ["", *list(right.values())[:-1]], strict=True))
    (found,) = findings(table, "2021", made(table, shifted))
    assert found.identities == ("R04@1:review.total", "R04@1:direct.total", "R04@1:after.total")
    assert frozenset((k, int(t)) for k, t in right.items() if int(t) != int(shifted[k] or 0)) in sets((found,))
    assert {p.explanation for p in found.proposals} == {"shifted"}


def test_errors_far_apart_are_each_named() -> None:
    table = form("2021").table(3)
    values = dense(table)
    for seed in range(20):
        rng = random.Random(seed)
        keys = rng.sample(list(values), rng.randint(2, 4))
        wrong = {k: values[k] + rng.choice([1, 7, 30, -50]) for k in keys}
        found = findings(table, "2021", made(table, texts(values | wrong)))
        assert frozenset((k, values[k]) for k in keys) in sets(found)


@pytest.mark.parametrize(
    ("a", "b", "alternatives"),
    [
        (("3.1", "natural"), ("3.1", "legal"), 20),  # in a row: each of 21 results explains it alike
        (("3.1", "natural"), ("3.6.1", "natural"), 6),  # in a column: each of 7 columns, with 总计
        (("1", "natural"), ("1", "legal"), 2),  # the second and the fourth item explain it as well
        (("1", "natural"), ("2", "natural"), 6),
    ],
)
def test_two_changes_that_make_up_for_each_other(a: Key, b: Key, alternatives: int) -> None:
    table = form("2021").table(3)
    values = dense(table)
    found = findings(table, "2021", made(table, texts(values | {a: values[a] + 5, b: values[b] - 5})))
    assert frozenset({(a, values[a]), (b, values[b])}) in sets(found)
    assert {p.alternatives for p in found[0].proposals} == {alternatives}
    assert found[0].outcome == "ambiguous"
    assert len(sets(found)) == alternatives + 1 <= LISTED + 1


def test_where_every_row_is_wrong_it_gives_up_soon_and_says_which_identities_fail() -> None:
    table = form("2021").table(3)
    values = dense(table)
    rng = random.Random(1)
    for wrong in (
        list(values),
        rng.sample(list(values), 40),
        [("3.1", c) for _, c in values],
        rng.sample(list(values), 8),
    ):
        facts = made(table, texts(values | {k: values[k] + rng.randint(1, 9) for k in wrong}))
        start = time.process_time()
        (found,) = findings(table, "2021", facts)
        assert time.process_time() - start < 0.5
        failing = [b for b in balances(table, "2021", facts) if b.state == "fail"]
        assert found.identities == tuple(f"{b.rule}@{':'.join(b.target)}" for b in failing)
        assert proposals(table, "2021", facts) == found.proposals
        assert found.outcome == "undetermined" or len(wrong) <= 7 * MAX_SIZE


@pytest.mark.parametrize("mark", ["/", "—", "无"])
def test_a_mark_silences_its_identities(mark: str) -> None:
    table = form("2021").table(3)
    printed = texts(dense(table))
    alone = {**printed, ("3.1", "natural"): mark}
    assert findings(table, "2021", made(table, alone)) == ()
    (found,) = findings(table, "2021", made(table, {**alone, ("3.2", "legal"): "77"}))
    assert sets((found,)) == [frozenset({(("3.2", "legal"), int(printed["3.2", "legal"]))})]


def test_one_total_left_blank_is_named_several_claim_nothing() -> None:
    table = form("2021").table(3)
    printed = texts(dense(table))
    one = {**printed, ("3.1", "total"): ""}
    (found,) = proposals(table, "2021", made(table, one))
    assert (found.row_code, found.col_code, found.explanation) == ("3.1", "total", "total-not-summed")
    assert found.blank_as_zero
    without = {k: "" if k[1] == "total" else t for k, t in printed.items()}
    assert findings(table, "2021", made(table, without)) == ()
    (found,) = proposals(table, "2021", made(table, {**without, ("3.1", "legal"): "77"}))[:1]
    assert (found.set_no, found.size, found.identities) == (1, 1, ("R02@3.7:legal",))


# --------------------------------------------------------------------------------------------------- properties


def holds(values: Values) -> bool:
    return all(values["t", c] == values["1", c] + values["2", c] for c in "xyt") and all(
        values[r, "t"] == values[r, "x"] + values[r, "y"] for r in "12t"
    )


def tried_out(values: Values, size: int) -> set[frozenset[Key]]:
    """The sets of cells that some figures from 0 to 20 mend, by trying them all."""
    found = set()
    for keys in itertools.combinations(values, size):
        ranges = [[n for n in range(21) if n != values[k]] for k in keys]
        if any(holds(values | dict(zip(keys, drawn, strict=True))) for drawn in itertools.product(*ranges)):
            found.add(frozenset(keys))
    return found


@settings(max_examples=examples(60))
@given(st.lists(st.integers(0, 5), min_size=9, max_size=9))
def test_the_smallest_sets_are_those_that_trying_all_figures_finds(drawn: list[int]) -> None:
    values = dict(zip(TOY.cells, drawn, strict=True))
    found = findings(TOY, "toy", made(TOY, texts(values)))
    if holds(values):
        assert found == ()
        return
    plain = [p for f in found for p in f.proposals if p.explanation not in ("shifted", "glued", "split", "swapped")]
    for size in (1, 2):
        true = tried_out(values, size)
        if true:
            got = {frozenset(k for k, _ in s) for s in sets(found)}
            assert not plain or {p.size for p in plain} == {size}
            assert true <= got or (size > 1 and not plain)
            return


@settings(max_examples=examples(80))
@given(st.data())
def test_every_set_makes_all_identities_hold_and_is_smallest(data: st.DataObject) -> None:
    table = form(data.draw(st.sampled_from(["2019", "2021"]))).table(data.draw(st.sampled_from([3, 4])))
    values = dense(table) if table.number == 3 else dict.fromkeys(table.cells, 0)
    keys = data.draw(st.lists(st.sampled_from(list(values)), min_size=1, max_size=6, unique=True))
    printed = texts(values) | {k: data.draw(st.sampled_from(["", "0", "1", "7", "12", "4000"])) for k in keys}
    facts = made(table, printed)
    found = findings(table, "2021", facts)
    failing = {n for n, b in enumerate(balances(table, "2021", facts)) if b.state_blank_as_zero == "fail"}
    assert found == findings(table, "2021", list(reversed(facts)))
    assert bool(found) <= bool(failing)
    for finding in found:
        names = set(finding.identities)
        for mended in sets((finding,)):
            after = [_set(f, dict(mended).get(f.key[1:])) for f in facts]
            worked = balances(table, "2021", after)
            assert not {b.rule + "@" + ":".join(b.target) for b in worked if b.state_blank_as_zero == "fail"} & names
            assert {n for n, b in enumerate(worked) if b.state_blank_as_zero == "fail"} < failing
            assert all(v >= 0 for _, v in mended)


def _set(fact: Fact, value: int | None) -> Fact:
    return fact if value is None else replace(fact, value=Decimal(value), kind="number")


@pytest.mark.parametrize(
    "cell", ["direct.upheld", "direct.corrected", "direct.other", "direct.pending", "direct.total"]
)
def test_what_the_text_says_ranks_equal_proposals(cell: str) -> None:
    """Of five cells that explain a wrong sum alike, that comes first with which 诉讼3件 or another claim holds."""
    table = form("2021").table(4)
    ways = {"review": (0, 0, 0, 0, 0), "direct": (5, 6, 7, 8, 29), "after": (0, 0, 0, 0, 0)}
    outcomes = ("upheld", "corrected", "other", "pending", "total")
    printed = {("1", f"{w}.{o}"): str(n) for w, ns in ways.items() for o, n in zip(outcomes, ns, strict=True)}
    key = ("1", cell)
    meant = Decimal(printed[key]) + (-3 if cell == "direct.total" else 3)
    pointed = findings(table, "2021", made(table, printed), claims=[Claim((key,), meant)])
    first = next(p for f in pointed for p in f.proposals)
    assert (first.col_code, first.proposed, first.alternatives) == (cell, meant, 4)


def test_a_report_that_says_so_in_its_text() -> None:
    """The second part of a sum is wrong in print, and the text tells the right one."""
    of = {**figures(), (4, "1", "review.corrected"): "8120"}
    right = int(figures()[4, "1", "review.corrected"])
    head = [title(), f"本年度行政复议结果纠正{right}件。"]
    found = parse_bytes(html(report(four=[table4(of)], head=head)), "report.html")
    told = [p for f in found.judged.findings[4] for p in f.proposals]
    assert (told[0].col_code, told[0].proposed) == ("review.corrected", right)
