"""Words in brackets behind the labels of bound rows and columns, which may say that other figures are counted.

A label is compared without its remarks. `（单位：万元）`, `（含街道）` or `（七）` change nothing; `（上年）` does.
Nobody can list all that may, so whatever is not known as harmless is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.document import Cell
from pipeline.forms.model import FormLine, FormTable
from pipeline.forms.units import is_unit_line
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label, simplified
from pipeline.matching.model import Bands, BoundRow, Columns

_REMARK = re.compile(r"\(([^()]*)\)")
_HARMLESS = re.compile(
    r"[\d一二三四五六七八九十第条款项栏行列步+=*×/,、.:;至～~—–-]*"  # numerals, and how figures add up
    r"|(?:单位|计量单位|金额|数量|个数|件数|条数|笔数|续表?|续上表|接上[页表]|必填|选填|可选|合并|小写|大写|份|次数?)(?:[:,、].*)?"
    r"|(?:其中)?不?(?:包括|包含|含|计入?)(?!下属(?!于)|所属|全)(?!.*(?:下级|上年|往年|全[市县区])).*"
    r"|(?:即|指|是指|例?如|比如|参?见|详见|注|说明|备注|请|按|以|依|根据|本[列行栏表项]|该[列行栏表项]|区分|不同|填|应|与|等于).*"
    r"|本年度?|当年度?|本年内?|年度|全年|下同|同上|同下|以下同|略|无|等"
    r"|(?!.*(?:上年|去年|往年|下级|下属(?!于))).{15,}"  # an explanation
    r"|.*(?:勾稽关系|之和|计1[条件]|只计|填写|填报).*"
)
_COUNTED = frozenset({"条", "件", "篇", "次", "人", "个", "人次", "万条", "万件", "万次"})
_YEAR = re.compile(r"(?P<year>20[0-9]{2})年?度?")


def bracketed(
    rows: Sequence[BoundRow], bands: Bands, columns: Columns, table: FormTable, year: int | None
) -> Iterator[Issue]:
    """An issue for each label of a row or column that has such words behind it; the report's own `year` is harmless."""
    for row in rows:
        for cell in row.row.printed if row.line.known else ():
            if cell.col > row.label_col or not _is_label(cell, table.stubs):
                continue
            if _is_odd(cell, table, year) or _counts_otherwise(cell.text, row.line.unit):
                code = None if label(cell.text).text in table.groups else row.line.code  # a group tells of all its rows
                yield _told(cell, table, row.line.path[-1], row_code=code)
    known = table.headers | table.groups
    for cell in sorted(bands.cells, key=lambda c: (c.grid, c.row, c.col)):
        if _is_label(cell, known) and _is_odd(cell, table, year):
            for column in _columns_below(cell, columns, table):
                yield _told(cell, table, column.path[-1], col_code=column.code)
            if label(cell.text).text in table.groups:
                yield _told(cell, table, table.caption)


def _columns_below(head: Cell, columns: Columns, table: FormTable) -> Sequence[FormLine]:
    """The columns that a head names, those of a group all of them.

    Of several columns of one name they are those whose figures stand below it, where that is known.
    """
    text = label(head.text).text
    by_code = {c.code: c for b in table.blocks for c in b.columns}
    named = [c for c in by_code.values() if text in c.names or text in c.parents]
    if all(text in c.parents for c in named):
        return named
    fields = range(head.col, head.col + head.col_span)
    below = {code for found in columns.positions.values() for code, at in found.items() if at in fields}
    return [c for c in named if c.code in below] or named


def _is_label(cell: Cell, known: frozenset[str]) -> bool:
    """True for a known label with something in brackets at its end."""
    return cell.text.endswith((")", "）")) and label(cell.text).text in known


def _is_odd(cell: Cell, table: FormTable, year: int | None) -> bool:
    """True where words in the brackets of a label are neither harmless nor the form's own."""
    return not _odd(cell.text, year) <= _own(table)


def _told(
    cell: Cell, table: FormTable, meant: str, *, row_code: str | None = None, col_code: str | None = None
) -> Issue:
    return issue(
        "label-remark",
        table_no=table.number,
        row_code=row_code,
        col_code=col_code,
        printed=cell.text.strip(),
        at=cell,
        meant=meant,
    )


@lru_cache(maxsize=4_096)
def _odd(printed: str, year: int | None) -> frozenset[str]:
    """The words in the brackets of a label that may say that other figures are counted."""
    return frozenset(r for r in _REMARK.findall(simplified(compact(printed))) if not _is_harmless(r, year))


def _counts_otherwise(printed: str, unit: str | None) -> bool:
    """True where the brackets give another unit than the form does to what is counted, as （篇） for 条."""
    units = [r for r in _REMARK.findall(compact(printed)) if r in _COUNTED]
    return unit in _COUNTED and bool(units) and unit not in units


def _is_harmless(remark: str, year: int | None) -> bool:
    if found := _YEAR.fullmatch(remark):
        return year is not None and int(found["year"]) == year
    return bool(_HARMLESS.fullmatch(remark)) or is_unit_line(remark)


@lru_cache(maxsize=32)
def _own(table: FormTable) -> frozenset[str]:
    """The words that the form itself has in brackets."""
    texts = [simplified(compact(t)) for line in table.lines for t in (*line.path, *line.aliases, *line.misprints)]
    return frozenset(r for text in (*texts, *map(compact, table.corner)) for r in _REMARK.findall(text))
