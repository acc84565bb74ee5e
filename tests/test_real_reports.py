"""Real reports with their true cells, where they are at hand: every cell right, none wrong without an issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.numbers import figure
from pipeline.parsed import Parsed
from tests.conftest import SHARED, assert_accounted, parse_bytes, printed, true_cells

if not SHARED.exists():
    pytest.skip(
        "the real reports are not at hand (a folder shared/reports beside the project)", allow_module_level=True
    )

Key = tuple[int, str, str]


def _pairs(folder: str) -> list[tuple[Path, Path]]:
    truths = sorted((SHARED / folder).glob("*.cells.csv"))
    documents = [next(p for p in t.parent.glob(f"{t.name.removesuffix('.cells.csv')}.*") if p != t) for t in truths]
    return list(zip(documents, truths, strict=True))


def _true(path: Path) -> dict[Key, str]:
    """The true cells; single letters stand in the list where a page ends in the middle of a row."""
    cells = true_cells(path)
    cut = {k[:2] for k, text in cells.items() if (figure(text).kind == "word" and len(text) == 1) or text == "|"}
    return {k: text for k, text in cells.items() if k[:2] not in cut}


def _same(got: str | None, true: str) -> bool:
    if got is None:
        return not true
    return got == true or figure(got) == figure(true) or figure(got).value == figure(true).value is not None


def _wrong(parsed: Parsed, truth: dict[Key, str]) -> dict[Key, tuple[str | None, str]]:
    got = printed(parsed)
    return {k: (got.get(k), text) for k, text in truth.items() if not _same(got.get(k), text)}


@pytest.mark.parametrize(
    ("document", "truth"), _pairs("real") + _pairs("pages") + _pairs("seeds"), ids=lambda p: p.name
)
def test_every_cell_is_right(document: Path, truth: Path) -> None:
    parsed = parse_bytes(document.read_bytes(), document.name)
    assert _wrong(parsed, _true(truth)) == {}
    assert_accounted(parsed)


def test_what_a_real_report_gets_wrong_is_found() -> None:
    parsed = parse_bytes((SHARED / "real" / "district_huaian-hongze_2023.pdf").read_bytes())
    found = {(i.code, i.table_no, i.row_code, i.col_code) for i in parsed.issues}
    assert found == {
        ("label-misprint", 3, "3.3.2", None),
        ("balance-fails", 4, "1", "review.total"),
        ("balance-fails", 4, "1", "after.total"),
    }


def test_the_form_is_told_table_by_table() -> None:
    parsed = parse_bytes((SHARED / "real" / "district_huaian-hongze_2023.pdf").read_bytes())
    assert {(f.key[0], f.form) for f in parsed.facts} == {(2, "2021"), (3, "2019"), (4, "2021")}


def test_a_blank_form_has_blanks_and_no_figure() -> None:
    parsed = parse_bytes((SHARED / "real" / "template_blank_2021.docx").read_bytes())
    assert len(parsed.facts) == 200
    assert {f.kind for f in parsed.facts} == {"blank"}
    assert {b.state for b in parsed.found.balances} == {"incomplete"}
