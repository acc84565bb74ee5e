"""The committed table of series is what the series say now."""

from __future__ import annotations

from pipeline.forms.series import all_series
from scripts.series_table import TARGET, document, table


def test_committed_table_is_current() -> None:
    committed = TARGET.read_text("utf-8")
    assert committed == document(committed), "run: python scripts/series_table.py"


def test_every_series_is_in_it_with_its_forms_and_breaks() -> None:
    lines = table().splitlines()
    forms = [head.strip() for head in lines[0].split("|")[4:-2]]
    for series in all_series():
        (row,) = [line for line in lines if line.startswith(f"| `{series.code}` |")]
        cells = [cell.strip() for cell in row.split("|")[4:-2]]
        assert {name for name, cell in zip(forms, cells, strict=True) if cell} == {c.form for c in series.cells}
        segments = {c.segment for c in series.cells}
        assert row.count("**break**") == len(segments) - 1, series.code


def test_every_note_is_in_it() -> None:
    text = table()
    notes = {note for s in all_series() for v in s.verdicts for note in v.note.split("; ") if note}
    assert [note for note in notes if note not in text] == []
