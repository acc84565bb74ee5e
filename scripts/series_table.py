"""Writes the table of docs/series.md from the series: which cells of which forms, and how well they compare."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from pipeline.forms.loading import form
from pipeline.forms.series import WHOLE, Series, SeriesCell, all_series

TARGET = Path(__file__).resolve().parents[1] / "docs" / "series.md"
MARK = "<!-- the table below is made by `python scripts/series_table.py`; do not edit it -->\n"


def table() -> str:
    """The table of all series, by the forms that have them, with the verdicts between neighbouring forms."""
    names = sorted({c.form for s in all_series() for c in s.cells})
    head = [f"| series | 中文 | unit | {' | '.join(names)} | compares |", "|---" * (len(names) + 4) + "|"]
    rows = (f"| `{s.code}` | {s.label} | {s.unit} | {' | '.join(_row(s, names))} |" for s in all_series())
    notes = (note for s in all_series() for note in _notes(s))
    return "\n".join((*head, *rows, "", "What to know where they are not the same:", "", *notes, ""))


def document(text: str) -> str:
    """The text of the document with the table as it is now."""
    return text.partition(MARK)[0] + MARK + "\n" + table()


def _row(series: Series, names: list[str]) -> Iterator[str]:
    for name in names:
        yield _cells([c for c in series.cells if c.form == name])
    yield "; ".join(_steps(series))


def _cells(cells: list[SeriesCell]) -> str:
    """The cells of one form as in the file of series: table:row:column, `*` for every column."""
    if not cells:
        return ""
    split = any(c.breakdown != WHOLE for c in cells)
    codes = dict.fromkeys((c.table_no, c.row_code, "*" if split else c.col_code) for c in cells)
    rows = [f"{table_no}:{row_code}:{col_code}" for table_no, row_code, col_code in codes]
    shown = f"{rows[0]} + … + {rows[-1]}" if len(rows) > 3 else " + ".join(rows)
    return f"`{shown}` (Σ{len(rows)})" if len(rows) > 1 else f"`{shown}`"


def _steps(series: Series) -> Iterator[str]:
    """Verdicts between neighbouring forms."""
    for before, after in pairwise(_present(series)):
        verdict = next(v.verdict for v in series.verdicts if (v.form_before, v.form_after) == (before, after))
        yield f"{before}–{after} {'**break**' if verdict == 'break' else verdict}"


def _notes(series: Series) -> Iterator[str]:
    for before, after in pairwise(_present(series)):
        found = next(v for v in series.verdicts if (v.form_before, v.form_after) == (before, after))
        if found.note:
            yield f"- `{series.code}` {before}–{after}: {found.note}"


def _present(series: Series) -> list[str]:
    """The forms that have it, without local variants, which count as the form that they vary."""
    return sorted({c.form for c in series.cells if not form(c.form).variant_of})


if __name__ == "__main__":
    TARGET.write_text(document(TARGET.read_text("utf-8")), encoding="utf-8")
    print(f"written: {TARGET}")
