"""The column of an indicator table that is of the report's own year, beside other years and parts of it.

Its head says so: 本年统计数 beside 上年统计数 and 同比增减, 1-4季度累计 beside 本季度, 合计 beside all quarters, 更正后
beside 更正前.
So does that of a whole area beside its parts. Where it is not certain which column is the year's, all are left to
`matching`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.document import Cell, Grid
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label
from pipeline.layout.asides import REMARKS
from pipeline.layout.periods import ALL_YEARS, CHANGE, EARLIER_YEAR, PART_OF_YEAR
from pipeline.numbers import figure, is_figure

# What a head may call its figures, behind the period: 本年统计数, 全年合计, 上年同期数据.
_QUANTITY = r"(?:统计|累计|合计|总计|实际|完成|发生|公开)*(?:总?数量?|数[据值]|情况|总量|值)?"
_ITS_QUANTITY = re.compile(rf"^{_QUANTITY}$")
_TO = "[-—–~～至到]+"
_ALL_PARTS = rf"1月?{_TO}12月(?:份)?|第?[1一](?:季度?)?{_TO}第?[4四]季度|[四4]个季度"
_WHOLE_YEAR = re.compile(rf"^(?:[本全]年度?|年度(?=.)|今年|当年|{_ALL_PARTS}){_QUANTITY}$")
_PART = (
    rf"(?:{PART_OF_YEAR}|第?[1一](?:季度?)?{_TO}第?[二三23]季度|前[两二三23]个?季度|[本当上][季月]度?"
    r"|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月份?)"
)
_PLAN = r"(?:本?年度?|全年)?(?:计划|目标|任务|预期|预计)(?:任务|目标)?[数值]?"
_RATE = r"占比|比[例重]|完成(?:率|比例)"
_OTHER = re.compile(
    rf"^(?:(?:本期|上期|{_PART}|(?:{EARLIER_YEAR})(?:同期)?){_QUANTITY}|(?:{ALL_YEARS})+(?:总|合计)?{_QUANTITY}"
    rf"|(?:{CHANGE}|{_RATE}).*|{_PLAN}|近?[0-9一二三四五六七八九十]年来?的?(?:平均|均值|累计|合计).*)$"
)
# What counts from a year before: 条例施行以来累计, 截至2016年底累计.
_SINCE = re.compile(r"以来|至今|截[至止到].*(?:累计|总[数量计])")
_CHANGE = re.compile(rf"{CHANGE}|比(?:20[0-9]{{2}}年|去年)")
_OF_YEAR = re.compile(r"^20[0-9]{2}年?度?")
_HEAD_OF_OTHERS = re.compile(rf"^(?:(?:历年(?:累计)?|(?:{EARLIER_YEAR})(?:同期)?){_QUANTITY}|(?:{CHANGE}).*)$")
_HEAD_OF_ONE_YEAR = re.compile(rf"^(20[0-9]{{2}})(?:年度?)?{_QUANTITY}$")
_TOTAL = re.compile(r"^(?:全[省市区县州旗盟镇乡])?(?:合计|总计|汇总|总数)(?:统计)?数?$")
_SUM = re.compile(r"^(?:(?:合计|总计|累计)数?|总[数量])$")
_PARTS_OF_ALL = (
    ("上半年", "下半年"),
    ("1-6月", "7-12月"),
    ("1月-6月", "7月-12月"),
    ("一季度", "二季度", "三季度", "四季度"),
)
_FIGURES = str.maketrans("1234", "一二三四")
_DONE = re.compile(r"^(?:实际)?完成(?:数量?|情况|值)?$|^实际(?:数量?|发生数|值)$")
_PLANNED = re.compile(rf"^(?:{_PLAN}|(?:{_RATE}).*)$")
_CORRECTION = "(?:更正|修正|修改|订正|勘误|调整)"
_CORRECTED = re.compile(rf"^(?:{_CORRECTION}(?:后的?|为)?|现){_QUANTITY}$")
_UNCORRECTED = re.compile(rf"^(?:{_CORRECTION}前的?|原[报有来]?){_QUANTITY}$")
_YEAR_ALONE = re.compile(r"^(?:20[0-9]{2}|[0-9]{2}年度?)$")
_OF_WHICH = re.compile("^其中[:：]?")
_REMARK = re.compile(r"[(（][^()（）]*[)）]\s*$")


def with_own_column(grid: Grid, year: int | None, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """The grid without the columns of other years, and without those of an area's parts; with an issue for each."""
    grid = _with_years_in_words(grid)
    own, others = _years(grid, year, table)
    grid = _with_column(grid, own, others, table)
    total, parts = _total_and_parts(grid, table)
    elsewhere = (issue("column-elsewhere", table_no=table.number, printed=c.text.strip(), at=c) for c in others)
    aside = (issue("column-aside", table_no=table.number, printed=c.text.strip(), at=c) for c in parts)
    return _with_column(grid, total, parts, table), (*elsewhere, *aside)


def heads_of_others(grid: Grid, year: int | None, table: FormTable) -> tuple[Cell, ...]:
    """The heads above an indicator table's figures, if each of them names other years than the report's own."""
    known = table.headers | table.stubs | table.groups
    above = [c for c in heads_above(grid) if not is_caption(c, grid)]
    if any(label(c.text).text in table.names - table.stubs for c in above):
        return ()
    heads = [c for c in above if label(c.text).text not in known and figure(c.text).kind == "word"]
    return tuple(heads) if all(_is_of_other_years(compact(c.text), year) for c in heads) else ()


def heads_above(grid: Grid) -> Iterator[Cell]:
    """The labels above the first row with figures."""
    for row in grid.rows:
        if any(is_figure(c.text) for c in row):
            return
        yield from (c for c in row if not c.is_blank)


def is_caption(cell: Cell, grid: Grid) -> bool:
    """True for a cell that goes over the whole grid."""
    return cell.col_span > 1 and cell.col_span >= max(c.col + c.col_span for c in grid.cells) - 1


def _years(grid: Grid, year: int | None, table: FormTable) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """The heads of an indicator table's column of the report's own year, and of those of other years or periods.

    None where it is not certain which is which.
    """
    known = table.headers | table.stubs | table.groups | REMARKS
    heads = [c for c in heads_above(grid) if label(c.text).text not in known and not is_caption(c, grid)]
    texts = {c: compact(c.text) for c in heads}
    own = _own_heads(texts, year)
    others = tuple(c for c in heads if c not in own and _is_other(texts[c], year))
    return (tuple(own), others) if own and others and len(own) + len(others) == len(heads) else ((), ())


def _with_years_in_words(grid: Grid) -> Grid:
    """The grid with 2016 | 2015 and 16年 | 15年 as 2016年 | 2015年, where they head the columns."""
    for row in grid.rows:
        years = [c for c in row if _YEAR_ALONE.match(compact(c.text))]
        figures = [c for c in row if is_figure(c.text) and not c.is_blank]
        if len({compact(c.text) for c in years}) > 1 and all(c in years for c in figures):
            names = {c: compact(c.text) for c in years}
            in_words = {c: n + "年" if n.isdecimal() else "20" + n for c, n in names.items()}
            cells = (c._replace(text=in_words[c]) if c in in_words else c for c in grid.cells)
            return replace(grid, cells=tuple(cells))
        if figures:
            break
    return grid


def _own_heads(texts: Mapping[Cell, str], year: int | None) -> list[Cell]:
    """The heads of the year's own column by the surest of their wordings; none where that leaves several."""
    of_year = [c for c, t in texts.items() if year is not None and str(year) in t and not _is_of_less(t)]
    whole = [c for c, t in texts.items() if _is_whole_year(label(t).text, t)]
    sums = [c for c, t in texts.items() if _SUM.match(t)] if _are_all_parts(texts.values()) else []
    done = [c for c, t in texts.items() if _DONE.match(t)]
    if not all(_PLANNED.match(t) for c, t in texts.items() if c not in done):
        done = []
    corrected = [c for c, t in texts.items() if _CORRECTED.match(t)]
    if not all(_UNCORRECTED.match(t) for c, t in texts.items() if c not in corrected):
        corrected = []
    own = next((found for found in (of_year, whole, sums, done, corrected) if found), [])
    return own if len({texts[c] for c in own}) == 1 else []  # in two halves side by side each head stands twice


def _are_all_parts(texts: Iterable[str]) -> bool:
    """True where both halves or all quarters of the year are among the heads: their sum is the year's."""
    printed = {_OF_YEAR.sub("", t).removeprefix("第").translate(_FIGURES) for t in texts}
    return any(printed.issuperset(t.translate(_FIGURES) for t in parts) for parts in _PARTS_OF_ALL)


def _is_of_less(text: str) -> bool:
    """True for a part of the year that is named, and for what it changed by: 2016年上半年, 2016年比2015年增减."""
    if _SINCE.search(text):
        return True
    rest = _OF_YEAR.sub("", text)
    return not _ITS_QUANTITY.match(rest) and bool(_OTHER.match(rest) or _CHANGE.search(rest))


def _is_other(text: str, year: int | None) -> bool:
    text = _OF_WHICH.sub("", text)
    years = {int(y) for y in re.findall(r"20[0-9]{2}", text)}
    is_less = bool(years) and (year not in years or _is_of_less(text))
    is_another = bool(_OTHER.match(text) or _SINCE.search(text) or _UNCORRECTED.match(text))
    return is_less or is_another or _is_whole_year(text, text)


def _is_of_other_years(text: str, year: int | None) -> bool:
    found = _HEAD_OF_ONE_YEAR.match(text)
    return bool(_HEAD_OF_OTHERS.match(text)) or (year is not None and found is not None and int(found[1]) != year)


def _is_whole_year(words: str, text: str) -> bool:
    return bool(_WHOLE_YEAR.match(words) or _WHOLE_YEAR.match(text))


def _with_column(grid: Grid, own: Sequence[Cell], others: Sequence[Cell], table: FormTable) -> Grid:
    """The grid without the columns below the heads of others.

    Below the heads of a folded grid stand no columns: there the report's own head is worded as in the form, and what
    stands above all of them is left out.
    """
    if not grid.folded or not own:
        return grid if grid.folded else _without(grid, others)
    meant = table.blocks[0].columns[0].path[-1]
    over = _over_all(grid, own, others, table)
    cells = (c._replace(text=_worded(meant, c)) if c in own else c for c in grid.cells if c not in over)
    return replace(grid, cells=tuple(cells))


def _worded(meant: str, head: Cell) -> str:
    """The form's label with what the head prints in brackets, which may be a unit."""
    remark = _REMARK.search(head.text)
    return meant + (remark[0].strip() if remark else "")


def _over_all(grid: Grid, own: Sequence[Cell], others: Sequence[Cell], table: FormTable) -> list[Cell]:
    """The form's label right before the heads of years, where no row has a figure for it: 统计数 over 本年 and 上年."""
    above = list(heads_above(grid))
    heads = [c for c in above if c in own or c in others]
    over = [c for c in above if label(c.text).text in table.names - table.stubs]
    at = above.index(heads[0]) - 1
    if len(over) != 1 or at < 0 or above[at] is not over[0] or above[at + 1 : at + 1 + len(heads)] != heads:
        return []
    sizes = Counter(sum(is_figure(c.text) and not c.is_blank for c in row) for row in grid.rows)
    return over if max(sizes) == len(heads) else []


def _total_and_parts(grid: Grid, table: FormTable) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """The head of an indicator table's column for all of an area, as 全区合计, and those of its parts."""
    above = list(heads_above(grid))
    if any(label(c.text).text in table.names - table.stubs for c in above):
        return (), ()
    known = table.headers | table.stubs | table.groups
    heads = [c for c in above if label(c.text).text not in known and not is_caption(c, grid)]
    total = tuple(c for c in heads if _TOTAL.match(compact(c.text)))
    parts = tuple(c for c in heads if c not in total)
    is_of_parts = len(total) == 1 < len(heads) and all(figure(c.text).kind == "word" for c in parts)
    is_of_years = any(_is_other(compact(c.text), None) or "年" in c.text for c in parts)
    return (total, parts) if is_of_parts and not is_of_years else ((), ())


def _without(grid: Grid, heads: Sequence[Cell]) -> Grid:
    """The grid without the columns below some heads."""
    gone = {n for c in heads for n in range(c.col, c.col + c.col_span)}
    return replace(grid, cells=tuple(c for c in grid.cells if c.col not in gone)) if gone else grid
