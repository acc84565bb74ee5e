"""Remarks beside a table that throw doubt on its figures: another period, another body, void, a model, a correction.

Such a line above or below the only table of its number takes nothing out: it may be left over from last year's report.
A person decides. What does *not* belong here: captions of tables of which the report has its own as well (`elsewhere`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile

from pipeline.document import Block, Grid, Paragraph
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact
from pipeline.layout.periods import EARLIER_YEAR, PART_OF_YEAR

_NEAR = 2  # paragraphs on either side
_LONGEST = 60
_MAY = re.compile(r"20[0-9]{2}|[上去前往近历季月废样例模]|更正|勘误|订正|应为|[局委厅处院署心道镇乡会区县市]")
_ORDINAL = r"(?:\(?[一二三四五六]\)?[、.]?)?"
_OF_FIGURES = r"(?:统计|数据|填报)?(?:时间|时段|期间|期限|区间|周期|年度|口径|来源)|报告期|以[上下]|[上下]表|本表|此表"
_MONTHS = r"(?!1月?(?:份)?[至到-]12月)[0-9]{1,2}月?(?:份)?[至到-][0-9]{1,2}月"
_PART = rf"{PART_OF_YEAR}|{_MONTHS}|截[至止](?:20[0-9]{{2}}年)?(?:[1-9]|1[01])月"
_YEARS = rf"20[0-9]{{2}}年|{EARLIER_YEAR}|近[二两三四五六七八九十0-9]+年|历年"
_PERIOD = rf"(?:20[0-9]{{2}}年)?(?P<part>{_PART})|(?P<years>{_YEARS})"
_OF_PERIOD = re.compile(
    rf"^[(【]?(?:注|备注|说明)?:?{_ORDINAL}(?:(?:{_OF_FIGURES})(?:各?表)?(?:数据|数字|表格)?(?:均|皆)?(?:为|是|系)?:?)?"
    rf"(?:{_PERIOD})[^,。;]{{0,24}}[)】]?。?$"
)
# A line or sentence about all figures of the report, wherever it stands.
_OF_ALL = re.compile(rf"统计(?:时间|时段|期间|期限|区间|周期)(?:为|是)?:?自?(?:{_PERIOD})[^,。;]{{0,24}}")
_OTHER_PERIOD = "it may be of another period"
_YEAR = re.compile(r"20[0-9]{2}(?=年)")
_VOID = re.compile(
    r"^[(【]?(?:注|备注)?:?(?:[此本该][表页])?(?:已|予以)?(?:作废|样表|样例|示例|范例|模板|表样)[)】]?。?$"
)
_CORRECTION = re.compile(r"^[(【]?(?:注|备注|说明)?:?(?:数据)?(?:更正|勘误|订正)|应为[0-9]+")
_OF_BODY = re.compile(
    rf"^{_ORDINAL}(?P<name>(?![本我各全])[^,。;:()、]{{2,20}}(?:[局委厅处院署镇乡区县市]|中心|街道|办事处|委员会))"
    r"(?:20[0-9]{2}年度?)?(?:主动公开|收到和处理|政府信息公开|行政复议)[^,。;]{0,24}$"
)


def doubtful_remarks(
    blocks: Sequence[Block], at: int, year: int | None, heading: str, table: FormTable
) -> Iterator[Issue]:
    """An issue for each line beside the table at that place which says that its figures may not be the report's own."""
    for text in (*_near(reversed(blocks[:at])), *_near(blocks[at + 1 :])):
        if _MAY.search(text) and (why := _doubt(_plain(text), year, compact(heading))):
            yield _doubtful(text.strip(), why, blocks[at], table)


def doubtful_period(texts: Sequence[str], grid: Grid, table: FormTable) -> Iterator[Issue]:
    """An issue for each of the lines about all figures of the report that give another period (`other_periods`)."""
    return (_doubtful(text, _OTHER_PERIOD, grid, table) for text in texts)


def other_periods(blocks: Sequence[Block], year: int | None, heading: str) -> tuple[str, ...]:
    """The lines that give another period for all figures of the report, wherever they stand."""
    lines = (_OF_ALL.search(_plain(b.text)) for b in blocks if isinstance(b, Paragraph) and "统计" in b.text)
    return tuple(dict.fromkeys(m[0] for m in lines if m and _is_of_other(m, year, compact(heading))))


def _doubtful(printed: str, why: str, grid: Block, table: FormTable) -> Issue:
    first = next(iter(grid.cells), None) if isinstance(grid, Grid) else None
    return issue("table-doubtful", table_no=table.number, printed=printed, at=first, meant=why)


def _plain(text: str) -> str:
    return re.sub("[—–~～]+", "-", compact(text).replace("，", ","))


def _near(blocks: Sequence[Block] | Iterator[Block]) -> Iterator[str]:
    """The short paragraphs nearest to a table, up to the next table."""
    paragraphs = takewhile(lambda b: isinstance(b, Paragraph), blocks)
    texts = (b.text for b in paragraphs if isinstance(b, Paragraph) and not b.aside)
    return (t for t in islice(texts, _NEAR) if len(t) <= _LONGEST)


@lru_cache(maxsize=256)
def _doubt(text: str, year: int | None, heading: str) -> str | None:
    period = _OF_PERIOD.match(text)
    if period and _is_of_other(period, year, heading):
        return _OTHER_PERIOD
    if _VOID.match(text):
        return "it may be void"
    if _CORRECTION.search(text) and not text.endswith(":"):  # 更正为: stands above a table of its own
        return "it may be corrected"
    body = _OF_BODY.match(text)
    return "it may be of another body" if body and body["name"] not in heading else None


def _is_of_other(period: re.Match[str], year: int | None, heading: str) -> bool:
    """True for a part of the report's year and for years before it, unless the title says the same."""
    if year is None or (period["part"] or period["years"]) in heading:
        return False
    years = [int(y) for y in _YEAR.findall(period[0])]
    if period["part"]:
        return not years or max(years) == year
    return max(years) < year if years else True
