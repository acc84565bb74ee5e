"""What the generator writes: reads back exactly, adds up, carries over, is the same each time."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import groupby, islice, pairwise
from pathlib import Path

import pytest

from pipeline.parsed import Parsed
from scripts.synthetic import FAULTS, LEDGER, MIXED, SHARES, Settings, Synthetic, in_shares, reports, write
from tests.conftest import parse_bytes, printed

PEOPLE = ("natural", "business", "research", "welfare", "legal", "other", "total")
SOUND = Settings(90, seed=3, publishers=5, faults=0.0, mixtures=0.4)


@pytest.fixture(scope="module")
def sound() -> Sequence[Synthetic]:
    return tuple(reports(SOUND))


@pytest.fixture(scope="module")
def read(sound: Sequence[Synthetic]) -> Sequence[tuple[Synthetic, Parsed]]:
    return tuple((made, parse_bytes(made.data, made.path)) for made in sound)


def number(made: Synthetic, table: int, row: str, column: str) -> int:
    return int(made.figures[table, row, column])


def test_every_format_and_form_is_there(sound: Sequence[Synthetic]) -> None:
    assert {made.format for made in sound} == set(SHARES)
    assert {made.form for made in sound} == {"2019", "2021", MIXED}
    assert any(made.form == "2019" and made.year > 2020 for made in sound)


@pytest.mark.long
def test_every_cell_reads_back(read: Sequence[tuple[Synthetic, Parsed]]) -> None:
    for made, parsed in read:
        assert printed(parsed) == made.figures, made.path
        assert not parsed.issues, made.path
        assert {balance.state for balance in parsed.found.balances} == {"pass"}, made.path


@pytest.mark.long
def test_every_report_is_where_the_ledger_says(read: Sequence[tuple[Synthetic, Parsed]]) -> None:
    for made, parsed in read:
        assert parsed.report is not None, made.path
        found = (parsed.report.district_code, parsed.report.year, parsed.report.publisher)
        assert found == (made.publisher.district.code, made.year, made.publisher.name)
        assert parsed.report.form == made.form
        assert made.path.startswith(f"{made.publisher.district.code}/{made.year}/")


@pytest.mark.long
def test_the_text_says_what_the_tables_say(read: Sequence[tuple[Synthetic, Parsed]]) -> None:
    asked = {"收到政府信息公开申请": "1", "上年结转": "2", "已办结": "3.7", "予以公开": "3.1", "继续办理": "4"}
    for made, parsed in read:
        text = next(section.text for section in parsed.narrative.sections if section.topic == 1)
        for words, row in asked.items():
            told = re.search(rf"(?<!不){words}([0-9]+)件", text)
            assert told is not None, (made.path, words)
            assert int(told[1]) == number(made, 3, row, "total"), (made.path, words)


def following(made: Sequence[Synthetic]) -> list[tuple[Synthetic, Synthetic]]:
    """Each report with the one that the same publisher made a year later."""
    chains = [list(chain) for _, chain in groupby(made, key=lambda m: m.publisher)]
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    assert all(after.year == before.year + 1 for before, after in pairs)
    return pairs


def test_what_is_carried_out_is_carried_in_a_year_later(sound: Sequence[Synthetic]) -> None:
    for before, after in following(sound):
        carried = [(number(before, 3, "4", p), number(after, 3, "2", p)) for p in PEOPLE]
        assert all(out == brought for out, brought in carried), after.path
    assert any(number(made, 3, "2", "total") for made in sound if made.year == 2019)


def test_documents_in_force_follow_from_those_of_the_year_before(sound: Sequence[Synthetic]) -> None:
    pairs = [pair for pair in following(sound) if "2019" not in (pair[0].form, pair[1].form)]
    for before, after in pairs:
        now = {column: number(after, 2, "1.doc", column) for column in ("made", "repealed", "valid")}
        assert now["valid"] == number(before, 2, "1.doc", "valid") + now["made"] - now["repealed"], after.path
    assert pairs


def test_items_follow_from_those_of_the_year_before(sound: Sequence[Synthetic]) -> None:
    pairs = [pair for pair in following(sound) if pair[0].form == pair[1].form == "2019"]
    for before, after in pairs:
        for row in ("5.permit", "5.other", "6.penalty", "6.coercion", "8.fee"):
            grown = number(before, 2, row, "prev") + number(before, 2, row, "delta")
            assert number(after, 2, row, "prev") == grown, after.path
    assert pairs


def test_no_two_reports_have_the_same_figures(sound: Sequence[Synthetic]) -> None:
    assert len({tuple(made.figures.items()) for made in sound}) == len(sound)


def test_the_same_settings_give_the_same_bytes(sound: Sequence[Synthetic]) -> None:
    assert tuple(islice(reports(SOUND), 40)) == sound[:40]
    other = Settings(6, seed=4, publishers=5)
    assert [made.publisher for made in reports(other)] != [made.publisher for made in sound[:6]]


@pytest.fixture(scope="module")
def faulty() -> Sequence[tuple[Synthetic, Parsed]]:
    made = islice(reports(Settings(150, seed=5, faults=1.0, shares={"html": 0.6, "text": 0.3, "docx": 0.1})), 60)
    return tuple((each, parse_bytes(each.data, each.path)) for each in made)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.long
def test_a_fault_is_printed_and_found(fault: str, faulty: Sequence[tuple[Synthetic, Parsed]]) -> None:
    found = [(made, parsed) for made, parsed in faulty if made.fault == fault]
    assert found
    codes = {"label-misprint": "label-misprint", "wrong-sum": "balance-fails", "page-cut": "table-missing"}
    for made, parsed in found:
        assert parsed.refusal is None, made.path
        assert printed(parsed) == made.figures, made.path
        issues = {issue.code for issue in parsed.issues}
        assert (codes[fault] in issues) if fault in codes else not issues, made.path
    if fault == "blank-for-zero":
        assert all("" in made.figures.values() for made, _ in found)


def test_the_ledger_has_every_file(tmp_path: Path) -> None:
    out = tmp_path / "raw"
    written = list(write(out, Settings(20, faults=0.3)))
    with (tmp_path / "truth.csv").open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    assert tuple(lines[0]) == LEDGER
    assert [(line["path"], line["format"], line["fault"]) for line in lines] == [
        (made.path, made.format, made.fault) for made in written
    ]
    assert sorted(f.relative_to(out).as_posix() for f in out.rglob("*.*")) == sorted(made.path for made in written)
    assert all((out / made.path).read_bytes() == made.data for made in written)


def test_shares_are_kept_from_the_start() -> None:
    given = list(islice(in_shares(SHARES), 40))
    assert {name: given.count(name) for name in SHARES} == {"html": 24, "text": 10, "docx": 4, "pdf": 2}
