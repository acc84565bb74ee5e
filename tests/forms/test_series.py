"""Series: the file is sound, breaks separate segments, and what contradicts the forms is refused."""

from __future__ import annotations

import re

import pytest

from pipeline.forms.loading import form, forms
from pipeline.forms.series import VERDICTS, SeriesError, all_series, parse_series, series_of

SERIES = {s.code: s for s in all_series()}
LONE = """
since = {{ 2019 = 2019, 2021 = 2021 }}
[[series]]
code = "s"
label = "某"
meaning = "Something"
unit = "件"
cells = {{ 2019 = [{before}], 2021 = [{after}] }}
pairs = [{pairs}]
"""
PAIR = '{ before = "2019", after = "2021", verdict = "same" }'


def made(before: str = '"3:1:total"', after: str = '"3:1:total"', pairs: str = PAIR) -> str:
    return LONE.format(before=before, after=after, pairs=pairs)


def segment(code: str, form_name: str) -> str:
    return next(c.segment for c in SERIES[code].cells if c.form == form_name)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("normdocs_stock", "2019", "2021"),
        ("rules_stock", "2019", "2021"),
        ("fees", "2019", "2021"),
        ("res_denied", "2014", "2019"),
        ("res_unable_unclear", "2014", "2019"),
        ("res_notproc", "2014", "2019"),
        ("rev_total", "2014", "2019"),
        ("lit_total", "2014", "2019"),
    ],
)
def test_a_break_starts_a_segment(code: str, before: str, after: str) -> None:
    assert segment(code, before) != segment(code, after)
    assert {v.verdict for v in SERIES[code].verdicts if (v.form_before, v.form_after) == (before, after)} == {"break"}


@pytest.mark.parametrize("code", ["req_new", "res_total", "res_granted", "normdocs_made", "permits_decided"])
def test_what_compares_is_one_segment(code: str) -> None:
    assert len({c.segment for c in SERIES[code].cells}) == 1


def test_every_pair_of_forms_has_a_verdict_and_a_reason() -> None:
    for s in SERIES.values():
        present = sorted({c.form for c in s.cells if not form(c.form).variant_of})
        pairs = [(a, b) for i, a in enumerate(present) for b in present[i + 1 :]]
        assert sorted((v.form_before, v.form_after) for v in s.verdicts) == pairs, s.code
        assert all(v.note for v in s.verdicts if v.verdict != "same"), s.code
        assert {v.verdict for v in s.verdicts} <= set(VERDICTS)


def test_two_forms_apart_compare_as_badly_as_the_worst_step() -> None:
    verdicts = {(v.form_before, v.form_after): v.verdict for v in SERIES["res_total"].verdicts}
    assert verdicts["2008", "2014"] == "comparable"
    assert verdicts["2014", "2019"] == verdicts["2008", "2021"] == "approximate"


def test_sums_are_derived_and_name_their_parts() -> None:
    denied = [c for c in SERIES["res_denied"].cells if c.form == "2021" and c.breakdown == "total"]
    assert [c.row_code for c in denied] == [f"3.3.{n}" for n in range(1, 9)]
    assert {(c.cells, c.derived) for c in denied} == {(8, True)}
    printed = [c for c in SERIES["res_denied"].cells if c.form == "2014"]
    assert {(c.cells, c.derived) for c in printed} == {(1, False)}


@pytest.mark.parametrize("name", ["2019", "2021"])
def test_every_cell_of_the_present_forms_belongs_to_a_series(name: str) -> None:
    covered = {(c.table_no, c.row_code, c.col_code) for s in SERIES.values() for c in s.cells if c.form == name}
    assert {(c.table_no, c.row.code, c.column.code) for c in form(name).cells} <= covered


def test_a_cell_knows_the_series_that_it_is() -> None:
    table = form("2021").table(3)
    assert series_of("2021", table.cells["3.3.1", "natural"]) == "res_denied_state_secret"
    assert series_of("2021", form("2021").table(4).cells["1", "direct.upheld"]) == "lit_direct_upheld"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (made(after='"3:99:total"'), "form 2021 has no cell 3:99:total"),
        (made(pairs=""), "verdicts are needed for exactly"),
        (made(pairs=PAIR.replace("same", "fine")), "ValueError"),
        (made(pairs=PAIR.replace("same", "break")), "need a note"),
        (made() + made().split("\n", 2)[2].replace('"s"', '"z"'), "several series by themselves"),
        ("since = {", "TOMLDecodeError"),
        ("x = 1", "KeyError"),
    ],
)
def test_a_faulty_file_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(SeriesError, match=re.escape(complaint)):
        parse_series(text, forms())
