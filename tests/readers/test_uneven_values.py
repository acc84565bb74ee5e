"""Values whose lines have fewer fields than the table has columns come back whole, as a table between tabs does."""

from __future__ import annotations

import csv
import io

import pytest

from tests.conftest import parse_bytes
from tests.odd.kinds import KINDS
from tests.odd.page import Page
from tests.odd.scoring import score


def _lines(page: Page, delimiter: str) -> bytes:
    """Each row with a field for each cell, none for what a merged one covers."""
    out: list[str] = []
    for part in page:
        if isinstance(part, str):
            out.append(part)
            continue
        for row in part:
            written = io.StringIO()
            csv.writer(written, delimiter=delimiter, lineterminator="").writerow([b.text for b in row])
            out.append(written.getvalue())
    return "\n".join(out).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("kind", ["as_issued", "zeros_left_blank", "bodies_first3"])
def test_a_field_for_each_cell_is_enough(kind: str, delimiter: str) -> None:
    odd = KINDS[kind]()
    found = score(parse_bytes(_lines(odd.page, delimiter), "report.csv"), odd.truth)
    assert not found.silent
    assert str(found) == "whole" or kind == "bodies_first3"  # no sum tells one order of columns from another


@pytest.mark.parametrize("kind", ["as_issued", "zeros_left_blank"])
def test_pipes_between_cells_only(kind: str) -> None:
    """A line may begin or end with a blank cell, whose pipe looks like that at the end of a line."""
    odd = KINDS[kind]()
    out: list[str] = []
    for part in odd.page:
        if isinstance(part, str):
            out.append(part)
            continue
        width = max(sum(b.right for b in row) for row in part)
        covered: dict[tuple[int, int], None] = {}
        for r, row in enumerate(part):
            fields: list[str] = []
            boxes = iter(row)
            while len(fields) < width:
                if (r, len(fields)) in covered or (box := next(boxes, None)) is None:
                    fields.append("")
                    continue
                at = len(fields)
                covered |= {(r + d, at + n): None for d in range(box.down) for n in range(box.right)}
                fields += [box.text, *[""] * (box.right - 1)]
            out.append(" | ".join(fields))
    found = score(parse_bytes("\n".join(out).encode(), "report.txt"), odd.truth)
    assert not found.silent
    assert str(found) == "whole" or kind == "zeros_left_blank"
