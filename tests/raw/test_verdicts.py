"""The file of verdicts: what a line says, and what is refused with its line and reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.raw.folder import InputError
from pipeline.raw.verdicts import COLUMNS, VERDICTS_FILE, Verdict, read_verdicts

HEAD = ",".join(COLUMNS)
GOOD = "410402,2024,曙光街街道办事处,3,3.1,total,120,misread,12,Li Hua,2026-02-01,the page prints 12"


def written(folder: Path, *lines: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    (folder / VERDICTS_FILE).write_text("\n".join((head, *lines)), encoding=encoding)
    return folder


def test_no_file_no_verdicts(tmp_path: Path) -> None:
    assert read_verdicts(tmp_path) == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_line_is_a_verdict(tmp_path: Path, encoding: str) -> None:
    who = ("Li Hua", date(2026, 2, 1), "the page prints 12")
    cell = (3, "3.1", "total", "120")
    assert read_verdicts(written(tmp_path, GOOD, "", encoding=encoding)) == (
        Verdict(2, "410402", 2024, "曙光街街道办事处", *cell, "misread", Decimal(12), *who),
    )


def test_a_whole_report_may_be_ignored_or_confirmed(tmp_path: Path) -> None:
    line = "410402,2024,曙光街街道办事处,,,,,{},,Li,2026-02-01,copied from the year before"
    for kind in ("ignore", "confirmed"):
        (found,) = read_verdicts(written(tmp_path, line.format(kind)))
        assert (found.verdict, found.table_no, found.printed) == (kind, None, None)


def test_a_blank_cell_can_be_judged(tmp_path: Path) -> None:
    (found,) = read_verdicts(written(tmp_path, GOOD.replace("total,120", "total,")))
    assert found.printed == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            GOOD.replace("misread,12", "wrong,12"),
            "'wrong' is not a verdict; the verdicts are confirmed, misread, ignore",
        ),
        (GOOD.replace("misread,12", "misread,zwölf"), "the value of 'misread' is 'zwölf', not a number"),
        (GOOD.replace("misread,12", "misread,"), "the value of 'misread' is '', not a number"),
        (GOOD.replace("misread,12", "misread,NaN"), "the value NaN is out of range"),
        (GOOD.replace("misread,12", "confirmed,12"), "a value belongs to 'misread' only"),
        (GOOD.replace("410402", "4104"), "district_code is '4104', not six digits"),
        (GOOD.replace("2024", "24"), "year is '24', not four digits"),
        (GOOD.replace("2026-02-01", "1.2.2026"), "when is '1.2.2026', not a date like 2026-01-31"),
        (GOOD.replace("Li Hua", ""), "the column 'who' is empty"),
        (GOOD.replace(",3,3.1,total,", ",3,,total,"), "a cell needs table, row_code and col_code"),
        (GOOD.replace(",3,3.1,total,", ",,,,"), "'misread' needs table, row_code and col_code"),
        (f"{GOOD}\n{GOOD}", "line 2 decides the same"),
        (GOOD.replace("the page", "the, page"), "13 fields, but 12 columns"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(InputError, match=r"verdicts\.csv, line [23]: ") as error:
        read_verdicts(written(tmp_path, line))
    assert reason in str(error.value)


CELLS = {(3, "3.1", "total"), (3, "8.fee", "amount")}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("3,3.10,total", "no form has a row '3.10' in table 3; a spreadsheet may have changed the code"),
        ("2,3.1,total", "no form has a row '3.1' in table 2"),
        ("3,3.1,amount", "no form has a column 'amount' in the row '3.1' of table 3"),
    ],
)
def test_a_cell_is_one_of_the_forms(tmp_path: Path, cell: str, reason: str) -> None:
    with pytest.raises(InputError, match=r"^verdicts\.csv, line 3: ") as error:
        read_verdicts(written(tmp_path, GOOD, GOOD.replace("3,3.1,total", cell)), cells=CELLS)
    assert reason in str(error.value)


@pytest.mark.parametrize("cell", ["3,3.1,total", "3,?某行,total", "3,3.1,?某列"])
def test_a_row_or_column_that_no_form_has_can_be_judged_too(tmp_path: Path, cell: str) -> None:
    assert len(read_verdicts(written(tmp_path, GOOD.replace("3,3.1,total", cell)), cells=CELLS)) == 1


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (HEAD.replace("who", "by"), "unknown column 'by'"),
        (HEAD.replace(",why", ""), "the column 'why' is missing"),
        (HEAD + ",why", "a column stands there twice"),
    ],
)
def test_a_wrong_header_is_named(tmp_path: Path, head: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_verdicts(written(tmp_path, head=head))
