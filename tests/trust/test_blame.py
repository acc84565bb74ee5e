"""A sum that does not hold is blamed on the report where both readings agree, on us where they differ."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from pipeline.facts import Fact
from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.readers import read
from pipeline.trust.balances import Balance, balances
from pipeline.trust.blame import Agreement, Blame, agreement, blame, has_failed
from pipeline.trust.second_reading import Reading, second_readings
from tests.conftest import LONG, SHARED, parse_bytes
from tests.readers.test_all_formats import FORMATS
from tests.render import Figures, balanced_figures, keys

pytestmark = pytest.mark.slow  # documents are drawn and read in every format

Key = tuple[int, str, str]
Read = tuple[tuple[Fact, ...], Mapping[Key, Reading]]


def both(data: bytes) -> Read:
    """The facts of a report, and its second readings."""
    facts = parse_bytes(data).facts
    return facts, second_readings(data, read(data), {f.key[0]: form(f.form).table(f.key[0]) for f in facts})


def worked(facts: Sequence[Fact]) -> tuple[Balance, ...]:
    """All identities, each table by its own form."""
    by_table = {f.key[0]: f.form for f in facts}
    return tuple(
        b
        for number, name in sorted(by_table.items())
        for b in balances(form(name).table(number), name, [f for f in facts if f.key[0] == number])
    )


def blamed(facts: Sequence[Fact], readings: Mapping[Key, Reading]) -> tuple[Blame, ...]:
    return blame(worked(facts), agreement(facts, readings))


def misread(facts: Sequence[Fact], key: Key, text: str) -> tuple[Fact, ...]:
    """The facts as if one cell had been read wrong the first time."""
    value = Decimal(text) if text else None
    kind = "number" if text else "blank"
    return tuple(
        replace(f, printed=f.printed._replace(text=text), value=value, kind=kind) if f.key == key else f for f in facts
    )


def in_identities(made: Form) -> list[Key]:
    """The cells that some identity adds up."""
    used = {(t.number, *cell) for t in made.tables for e in t.equations for cell in e.cells}
    return [k for k in keys(made) if k in used]


@cache
def correct(kind: str, name: str) -> Read:
    """A correct report of a format and form, read both ways."""
    return both(FORMATS[kind](form(name), balanced_figures(form(name), random.Random(name), 0.4)))


FORMS = pytest.mark.parametrize("name", ["2021", "2019"])


@pytest.mark.each_value
@FORMS
@pytest.mark.parametrize("kind", FORMATS)
def test_a_correct_report_is_read_alike_and_nobody_is_to_blame(kind: str, name: str) -> None:
    facts, readings = correct(kind, name)
    compared = agreement(facts, readings)
    assert (compared.share, compared.differing) == (1.0, ())
    assert compared.compared >= 0.95 * len(facts)
    assert blamed(facts, readings) == ()


@pytest.mark.each_value
@FORMS
@pytest.mark.parametrize("kind", FORMATS)
def test_a_figure_misread_is_our_fault(kind: str, name: str) -> None:
    """Every cell in turn of a web page, some of the others; the identities through it and no other fail."""
    facts, readings = correct(kind, name)
    cells = [k for k in in_identities(form(name)) if k in readings]
    for key in cells if (kind, name) == ("html", "2021") else random.Random(3).sample(cells, 20):
        changed = misread(facts, key, "9999")
        assert agreement(changed, readings).differing == (key,)
        verdicts = blamed(changed, readings)
        through = [e for t in form(name).tables if t.number == key[0] for e in t.equations if key[1:] in e.cells]
        assert len(verdicts) == len(through) > 0
        assert {(v.culprit, v.cells) for v in verdicts} == {("misread", (key[1:],))}


@pytest.mark.each_value
@FORMS
@pytest.mark.parametrize("kind", FORMATS)
def test_a_sum_printed_wrong_is_the_reports_fault(kind: str, name: str) -> None:
    made, rng = form(name), random.Random(kind)
    for key in rng.sample(in_identities(made), 3)[: None if LONG else 1]:
        figures = balanced_figures(made, random.Random(8), 0.4) | {key: "7777"}
        facts, readings = both(FORMATS[kind](made, figures))
        verdicts = blamed(facts, readings)
        found = {v.culprit for v in verdicts}
        assert verdicts
        assert "misread" not in found
        assert found == {"source"} or kind in ("pdf", "ofd")  # a row that is not read twice leaves it open
        assert all(key[1:] in v.cells for v in verdicts if v.culprit == "source")


def test_two_errors_of_the_two_kinds_are_told_apart() -> None:
    """A wrong total in one column, a misread figure in another row and column."""
    made = form("2021")
    figures: Figures = balanced_figures(made, random.Random(5)) | {(4, "1", "review.total"): "5000"}
    facts, readings = both(FORMATS["docx"](made, figures))
    verdicts = blamed(misread(facts, (4, "1", "after.other"), "6000"), readings)
    assert [(v.balance.target[1], v.culprit) for v in verdicts] == [
        ("review.total", "source"),
        ("after.total", "misread"),
    ]
    assert verdicts[1].cells == (("1", "after.other"),)


def _of_total(verdicts: Sequence[Blame]) -> Blame:
    return next(v for v in verdicts if v.balance.target == ("1", "review.total"))


@pytest.mark.parametrize(
    ("change", "verdict", "cells"),
    [
        (lambda r: r, "source", ["total", "upheld", "corrected", "other", "pending"]),
        (lambda r: {}, "undecided", ["total", "upheld", "corrected", "other", "pending"]),
        (lambda r: {k: v for k, v in r.items() if k[2] != "review.other"}, "undecided", ["other"]),
        (lambda r: r | {(4, "1", "review.other"): Reading("98765")}, "misread", ["other"]),
        (lambda r: r | {(4, "1", "review.other"): Reading("")}, "misread", ["other"]),
        (lambda r: r | {(4, "1", "direct.other"): Reading("98765")}, "source", None),
    ],
    ids=["agree", "no second reading", "one cell not read", "one differs", "one is blank", "another cell differs"],
)
def test_the_verdict_depends_on_the_cells_of_the_identity(
    change: Callable[[Mapping[Key, Reading]], Mapping[Key, Reading]], verdict: str, cells: list[str] | None
) -> None:
    made = form("2021")
    facts, readings = both(
        FORMATS["html"](made, balanced_figures(made, random.Random(5)) | {(4, "1", "review.total"): "5000"})
    )
    found = _of_total(blamed(facts, change(dict(readings))))
    assert found.culprit == verdict
    assert cells is None or [c[1] for c in found.cells] == [f"review.{c}" for c in cells]


def test_blanks_are_read_alike_and_count_as_zero() -> None:
    """An identity that fails with blanks as zero is judged where both sides print a number."""
    made = form("2021")
    figures = dict.fromkeys(keys(made), "") | {(4, "1", "review.total"): "5", (4, "1", "review.upheld"): "4"}
    facts, readings = both(FORMATS["html"](made, figures))
    (verdict,) = blamed(facts, readings)
    assert (verdict.balance.state, verdict.balance.state_blank_as_zero) == ("incomplete", "fail")
    assert (verdict.culprit, len(verdict.cells)) == ("source", 5)
    assert agreement(facts, readings).share == 1.0


def test_what_is_printed_in_words_is_compared_by_its_words() -> None:
    made = form("2021")
    facts, readings = both(FORMATS["html"](made, dict.fromkeys(keys(made), "0") | {(3, "1", "total"): "无 此项"}))
    assert (3, "1", "total") in readings
    other = {**readings, (3, "1", "total"): Reading("未 统计")}
    assert agreement(facts, readings).differing == ()
    assert agreement(facts, other).differing == ((3, "1", "total"),)


def test_an_agreement_counts_what_could_be_compared() -> None:
    compared = Agreement({(2, "a", "x"): "both", (2, "a", "y"): "differ", (2, "a", "z"): "one"})
    assert (compared.compared, compared.agreeing, compared.share) == (2, 1, 0.5)
    assert compared.differing == ((2, "a", "y"),)
    assert agreement((), {}).share is None


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (a folder shared/reports beside)")
def test_the_wrong_sums_of_a_real_report_are_its_own() -> None:
    """Reviews 10 + 1 and total 0; suits after review 5 and total 0: printed so, and read alike both ways."""
    facts, readings = both((SHARED / "real" / "district_huaian-hongze_2023.pdf").read_bytes())
    verdicts = blamed(facts, readings)
    assert [(v.balance.table_no, v.balance.target, v.culprit) for v in verdicts] == [
        (4, ("1", "review.total"), "source"),
        (4, ("1", "after.total"), "source"),
    ]
    assert [c[1].split(".")[1] for c in verdicts[0].cells] == ["total", "upheld", "corrected", "other", "pending"]
    assert agreement(facts, readings).share == 1.0


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (a folder shared/reports beside)")
def test_no_real_report_is_blamed_on_us() -> None:
    for path in sorted((SHARED / "real").glob("*.[pht][dtx][fmt]*")):
        facts, readings = both(path.read_bytes())
        assert agreement(facts, readings).differing == (), path.name
        assert "misread" not in {v.culprit for v in blamed(facts, readings)}, path.name
        assert not [b for b in worked(facts) if has_failed(b) and "hongze" not in path.name], path.name
