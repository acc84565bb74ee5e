"""Groups of rows: whether the labels beside bound rows are those that the form has above them.

A row is bound by its own label, which no other row has. The group printed beside it may say that its figures count
something else all the same: 上年度办理结果, 全市无法提供, 可以提供.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.document import Cell
from pipeline.forms.model import FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import label, similarity
from pipeline.matching.model import GridRow
from pipeline.matching.wordings import is_misprint, says_otherwise

_ALIKE = 0.4

Group = tuple[Cell, str]  # a label beside or above rows, with its canonical text
Labelled = tuple[GridRow, Cell | None, FormLine | None]  # a row with its own label, and the form's row, where known


def strange_groups(rows: Iterable[Labelled], table: FormTable) -> Iterator[Issue]:
    """An issue for each group label above bound rows that is none of the form's at that place, once.

    Where rows are folded such a label stands alone, above the first row of its group.
    """
    around: dict[int, Group] = {}
    above: list[Group] = []
    told: set[Cell] = set()
    for row, own, line in rows:
        if own is None:
            continue
        labels = [(cell, text.text) for cell, text in row.leading if text.text]
        if line is None and not row.has_figures:
            above += labels
            continue
        for cell, text in labels:
            if cell.col < own.col:
                around = {col: group for col, group in around.items() if col < cell.col}
                around[cell.col] = (cell, text)
        around = {col: group for col, group in around.items() if col < own.col}
        for cell, printed in (*around.values(), *above) if line else ():
            if line and (printed in line.parents or printed in line.names):  # as nearly always
                continue
            unsure = (row.ragged or row.folded) and printed in table.stubs  # a text may have lost the labels between
            meant = _meant(printed, line, table) if line and cell not in told and not unsure else None
            if line and not meant and cell not in told:
                texts = [text for _, text in (above if row.folded else around.values())]
                meant = _replaced(cell, printed, line, texts, table)
            if meant:
                told.add(cell)
                yield issue("label-inferred", table_no=table.number, printed=cell.text.strip(), at=cell, meant=meant)
        above = []


def _meant(printed: str, line: FormLine, table: FormTable) -> str | None:
    """The group of a row that a label stands for though it says something else; None where it is one, or no group."""
    if any(_is_same(printed, group) for group in line.parents):
        return None
    likeness = {g: 1.0 if g in printed else similarity(printed, g) for g in line.parents}
    best = max(likeness, key=lambda g: likeness[g], default=None)
    if best is None or (likeness[best] < _ALIKE and printed not in table.stubs):
        return None
    return dict(zip(line.parents, line.path, strict=False))[best]


def _replaced(cell: Cell, printed: str, line: FormLine, around: Sequence[str], table: FormTable) -> str | None:
    """The only group of a row that is printed nowhere around it, in whose place a label stands that is in no form.

    It has the number of the group, or there are as many labels as groups.
    """
    if printed in table.stubs or printed in line.names:
        return None
    groups = dict(zip(line.parents, line.path, strict=False))
    if any(_is_same(printed, g) for g in groups):
        return None
    lost = [g for g in groups if not any(_is_same(text, g) for text in around)]
    numbered = [g for g in lost if (n := label(groups[g]).ordinal) and n == label(cell.text).ordinal]
    if len(numbered) == 1:
        return groups[numbered[0]]
    return groups[lost[0]] if len(lost) == 1 and len(around) == len(groups) else None


def _is_same(printed: str, group: str) -> bool:
    if printed == group:
        return True
    return not says_otherwise(printed, group) and (printed.startswith(group) or is_misprint(printed, group))
