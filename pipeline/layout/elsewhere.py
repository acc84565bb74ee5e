"""Tables and columns that stand in a report but are not the report's own: last year's, an old version, a comparison.

A table belongs to the line above it. Where that line, or the head of a column, names another year or figures that were
corrected since, the table or column is taken out with an issue; it never fills the report's own table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.forms.model import Form, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label, labels_of
from pipeline.layout.asides import without_asides
from pipeline.layout.corrections import is_corrected, is_correction
from pipeline.layout.heads import with_plain_heads, with_year_in_words
from pipeline.layout.other_years import without_other_years
from pipeline.layout.own_column import heads_above, heads_of_others, is_caption, with_own_column
from pipeline.layout.periods import LAST_YEAR, PART_OF_YEAR
from pipeline.layout.remarks import doubtful, doubtful_period, doubtful_remarks, other_periods
from pipeline.layout.sheet_names import Doubt, doubt_of, not_own
from pipeline.layout.strange_columns import without_strange_columns
from pipeline.layout.whole_paths import with_plain_stubs

_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?:年度?|$)")
_OF_TABLE = re.compile(
    r"(?:情况|情况表|统计表|统计数据|数据|报告|年报|表|如下|参考|对比|对照|比较|[:：])(?:\([^()]{1,10}\))?\)?$"
)
_HEAD_OF_YEAR = re.compile(
    r"^(?:20[0-9]{2}年?度?|[上本今去前]一?年度?|同比|增减|增长|增减[率量数]|变化)(?:数量?|情况)?$"
)
_PUBLISHER = re.compile(
    r"^(?:附[件表]?[0-9一二三四五]*[:：、]?)?(?P<name>(?![本我各])[^，。；：:]{2,30}?(?:人民政府|办事处|委员会|管委会|[局厅处院署]|中心|街道|镇|乡))"
    r"(?:20[0-9]{2})"
)
# A part of the year, or last year in words, where the year's own table stands elsewhere in the report.
_OTHER_PERIOD = re.compile(
    r"^(?:附[件表]?[0-9一二三四五]*[:：、]?)?(?:\(?[一二三四五1-5]\)?[、.]?)?(?:20[0-9]{2}年)?"
    rf"(?P<period>{PART_OF_YEAR}|(?:{LAST_YEAR})(?:同期)?)(?!结转)"
    r"(?:[^，。；：:]{0,24}(?:情况|表|数据|如下))?[:：]?$"
)
_PART = re.compile(PART_OF_YEAR)
_OWN_PERIOD = re.compile(
    r"^(?:\(?[一二三四五1-5]\)?[、.]?)?(?:全年|本年度?|今年|当年)(?:[^，。；：:]{0,24}(?:情况|表|数据|如下))?[:：]?$"
)
_CORNER_YEAR = re.compile(r"^(20[0-9]{2})(?:年度?)?$")
_LONGEST_CAPTION = 60
_LEAST_LABELS = 2


@dataclass(frozen=True, slots=True)
class Own:
    """A document without the tables and columns that are not the report's own, and what was taken out."""

    document: Document
    issues: tuple[Issue, ...] = ()


def own_tables(document: Document, year: int | None, forms: Sequence[Form], heading: str = "") -> Own:
    """The document with the tables of its own report, which is of `year`, if that is known, and has this title."""
    tables = [t for f in forms for t in f.tables]
    kept: list[Block] = []
    issues: list[Issue] = []
    others = _of_others(document.blocks, tables, heading, year) | _of_sheets(document.blocks, tables, heading, year)
    of_all = other_periods(document.blocks, year, heading)
    for at, block in enumerate(document.blocks):
        if not isinstance(block, Grid):
            kept.append(block)
            continue
        table = _table_of(block, tables)
        if table is None:
            if compared := _table_compared(block, tables):
                issues.append(_taken_out(_Foreign(block.cells[0].text.strip(), "it compares years"), compared, block))
            else:
                kept.append(block)
            continue
        foreign = others.get(at) or _foreign(document.blocks, at, year, table, heading)
        if foreign is not None:
            issues.append(_taken_out(foreign, table, block))
            continue
        block = with_plain_stubs(block, [t for t in tables if t.number == table.number])
        doubts = doubtful_remarks(document.blocks, at, year, heading, table, _maybe_lines(block, table))
        issues += dict.fromkeys((*doubts, *doubtful_period(of_all, block, table)))
        if table.beside:
            block, columns = with_own_column(block, year, table)
            issues += columns
        if block.sheet and (doubt := doubt_of(block.sheet, year, heading)):
            issues.append(doubtful(block.sheet, doubt.why, block, table))
        if block.doubt:
            issues.append(issue("table-seen-otherwise", table_no=table.number, at=block.cells[0], meant=block.doubt))
        if block.unruled:
            issues.append(issue("table-unruled", table_no=table.number, at=block.cells[0]))
        if year is not None and not table.beside:
            block, of_years = without_other_years(block, year, table)
            issues += of_years
            block = with_year_in_words(block, table, year)
        block, asides = without_asides(block, table)
        issues += asides
        block, strange = without_strange_columns(with_plain_heads(block, table), table)
        issues += strange
        kept.append(block)
    return Own(replace(document, blocks=tuple(kept)), tuple(issues))


@dataclass(frozen=True, slots=True)
class _Foreign:
    caption: str
    why: str


def _of_others(
    blocks: Sequence[Block], tables: Sequence[FormTable], heading: str, year: int | None
) -> dict[int, _Foreign]:
    """By number of the block the tables of another publisher, period or year, where the report has its own as well."""
    found: dict[int, dict[int, _Foreign | None]] = {}
    if not heading or not any(_may_be_of_another(b, heading, year) for b in blocks):
        return {}
    for at, block in enumerate(blocks):
        table = _table_of(block, tables) if isinstance(block, Grid) else None
        if table is not None and isinstance(block, Grid) and _is_whole(block, table):
            found.setdefault(table.number, {})[at] = _of_another(_caption(blocks, at, table), block, heading, year)
    return {at: f for of in found.values() if None in of.values() for at, f in of.items() if f is not None}


def _of_sheets(
    blocks: Sequence[Block], tables: Sequence[FormTable], heading: str, year: int | None
) -> dict[int, _Foreign]:
    """By number of the block the tables in sheets of such a name, where another sheet has the report's own."""
    found: dict[int, dict[int, Doubt | None]] = {}
    names: dict[int, str] = {}
    for at, block in enumerate(blocks):
        table = _table_of(block, tables) if isinstance(block, Grid) and block.sheet else None
        if table is not None and isinstance(block, Grid):
            found.setdefault(table.number, {})[at] = doubt_of(block.sheet, year, heading)
            names[at] = block.sheet
    return {at: _Foreign(names[at], why) for of in found.values() for at, why in not_own(of).items()}


def _of_another(caption: str, grid: Grid, heading: str, year: int | None) -> _Foreign | None:
    if is_of_another(caption, heading):
        return _Foreign(caption, "it is of another publisher")
    if is_of_other_period(caption, heading):
        return _Foreign(caption, "it is of another period")
    if _is_of_other_year(grid, year):
        return _Foreign(grid.cells[0].text.strip(), "it is of another year")
    return None


def _may_be_of_another(block: Block, heading: str, year: int | None) -> bool:
    if isinstance(block, Grid):
        return _is_of_other_year(block, year)
    text = block.text if isinstance(block, Paragraph) else ""
    if not text or len(text) > _LONGEST_CAPTION:
        return False
    return ("20" in text and is_of_another(text, heading)) or is_of_other_period(text, heading)


def _is_of_other_year(grid: Grid, year: int | None) -> bool:
    """True where the corner of a grid is another year."""
    corner = grid.cells[0].text if grid.cells else ""
    found = _CORNER_YEAR.match(compact(corner)) if "20" in corner else None
    return year is not None and found is not None and int(found[1]) != year


def _is_whole(grid: Grid, table: FormTable) -> bool:
    texts = labels_of(grid.texts)
    return 2 * sum(not line.names.isdisjoint(texts) for line in table.lines) >= len(table.lines)


def years_of(caption: str) -> frozenset[int]:
    """The years that a caption names."""
    return frozenset(int(y) for y in _YEAR.findall(compact(caption)))


def names_table(caption: str) -> bool:
    """True for a caption of a table that names a year."""
    return bool(years_of(caption)) and bool(_OF_TABLE.search(compact(caption)))


def is_of_another(caption: str, heading: str) -> bool:
    """True for a caption that names a publisher of whom the title says nothing."""
    found = _PUBLISHER.match(compact(caption))
    return bool(found and _OF_TABLE.search(compact(caption)) and found["name"] not in compact(heading))


def is_of_other_period(caption: str, heading: str) -> bool:
    """True for a caption that names a part of the year or last year, if the title does not."""
    if not any(sign in caption for sign in "半季月年"):
        return False
    found = _OTHER_PERIOD.match(compact(caption))
    return bool(found and found["period"] not in compact(heading))


def is_of_last_year(caption: str, heading: str) -> bool:
    """True for a caption that names last year in words, if the title does not."""
    return "年" in caption and is_of_other_period(caption, heading) and not _PART.search(compact(caption))


def is_of_own_period(caption: str) -> bool:
    """True for a caption that names the whole year or this one."""
    return "年" in caption and bool(_OWN_PERIOD.match(compact(caption)))


def _taken_out(foreign: _Foreign, table: FormTable, grid: Grid) -> Issue:
    return issue("table-elsewhere", table_no=table.number, printed=foreign.caption, at=grid.cells[0], meant=foreign.why)


def _table_of(grid: Grid, tables: Sequence[FormTable]) -> FormTable | None:
    """The table with the most labels in the grid; None for a grid of another kind."""
    texts = labels_of(grid.texts)
    best = max(tables, key=lambda t: len(texts & t.names), default=None)
    return best if best is not None and len(texts & best.names) >= _LEAST_LABELS else None


def _caption(blocks: Sequence[Block], at: int, table: FormTable) -> str:
    """The line above a grid, or above the grids right before it, if it is short enough to be a caption.

    A dump may have the corner of the table between the two.
    """
    lines = (b for b in reversed(blocks[:at]) if not isinstance(b, Grid) and not b.aside)
    corners = {compact(c) for c in table.corner}
    above = next((b for b in lines if compact(b.text).strip("()") not in corners), None)
    return above.text.strip() if above is not None and len(above.text) <= _LONGEST_CAPTION else ""


def _foreign(blocks: Sequence[Block], at: int, year: int | None, table: FormTable, heading: str) -> _Foreign | None:
    """The reason why the grid at that place is not one of the report's own tables; None where it is one."""
    grid, caption = blocks[at], _caption(blocks, at, table)
    assert isinstance(grid, Grid)
    if year is not None and names_table(caption) and year not in years_of(caption):
        return _Foreign(caption, "it is of another year")
    if year is not None and is_of_last_year(caption, heading):
        return _Foreign(caption, "it is of another period")
    if is_corrected(caption) and any(isinstance(b, Paragraph) and is_correction(b.text) for b in blocks):
        return _Foreign(caption, "it has been corrected")
    if not is_correction(caption) and _is_corrected_below(blocks, at, table):
        return _Foreign(caption, "it has been corrected")
    if not table.beside and _compares_years(grid, table):
        return _Foreign(caption, "it compares years")
    strange = heads_of_others(grid, year, table) if table.beside else ()
    return _Foreign(" | ".join(c.text.strip() for c in strange), "it is of other years") if strange else None


def _maybe_lines(grid: Grid, table: FormTable) -> Iterable[Cell]:
    """The cells in which lines beside the table may stand: above its figures; in a dump, which swallows lines, all."""
    if table.beside:
        return (c for c in heads_above(grid) if is_caption(c, grid))
    return grid.cells if grid.folded else heads_above(grid)


def _is_corrected_below(blocks: Sequence[Block], at: int, table: FormTable) -> bool:
    """True where the same table stands below once more, under a line that says that it is the correction."""
    below = (
        n
        for n in range(at + 1, len(blocks))
        if isinstance(blocks[n], Grid) and is_correction(_caption(blocks, n, table))
    )
    return any(_table_of(grid, [table]) is not None for n in below if isinstance(grid := blocks[n], Grid))


def _table_compared(grid: Grid, tables: Sequence[FormTable]) -> FormTable | None:
    """The table of which a grid compares a row between years; None for any other grid."""
    texts = labels_of(grid.texts)
    named = (t for t in tables if not t.beside and any(r.leaf.text in texts for r in t.rows if r.path))
    return next((t for t in named if _compares_years(grid, t)), None)


def _compares_years(grid: Grid, table: FormTable) -> bool:
    """True where the heads above the figures are years, and none is a column of the table."""
    heads = [label(c.text).text for c in heads_above(grid)]
    if sum(bool(_HEAD_OF_YEAR.match(h)) for h in heads) < 2:
        return False
    return all(b.named.keys().isdisjoint(heads) for b in table.blocks)
