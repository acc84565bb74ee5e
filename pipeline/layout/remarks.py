"""Remarks beside a table that throw doubt on its figures: another period, another body, void, a model, a correction.

Such a line above or below the only table of its number takes nothing out: it may be left over from last year's report.
A person decides. What does *not* belong here: captions of tables of which the report has its own as well (`elsewhere`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from pipeline.document import Block, Cell, Grid, Paragraph
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact
from pipeline.layout.periods import EARLIER_YEAR, PART_OF_YEAR

_NEAR = 2  # paragraphs on either side
_LONGEST = 60
_MAY = re.compile(r"20[0-9]{2}|[上去前往]|半年|季|月|废|废|样|例|模|更正|勘误|订正|应为|[局委厅处院署心道镇乡会]")
_OF_FIGURES = r"(?:统计|数据|填报)?(?:时间|时段|期间|区间|周期|年度|口径|来源)|报告期|以[上下]|[上下]表|本表|此表"
_OF_PERIOD = re.compile(
    rf"^[(【]?(?:注|备注|说明)?:?(?:(?:{_OF_FIGURES})(?:各?表)?(?:数据|数字|表格)?(?:均|皆)?(?:为|是|系)?:?)?"
    rf"(?P<period>20[0-9]{{2}}年|{EARLIER_YEAR}|{PART_OF_YEAR})[^,。;]{{0,24}}[)】]?。?$"
)
_YEAR = re.compile(r"20[0-9]{2}(?=年)")
_VOID = re.compile(
    r"^[(【]?(?:注|备注)?:?(?:[此本该][表页])?(?:已|予以)?(?:作废|样表|样例|示例|范例|模板|表样)[)】]?。?$"
)
_CORRECTION = re.compile(r"^[(【]?(?:注|备注|说明)?:?(?:数据)?(?:更正|勘误|订正)|应为[0-9]+")
_OF_BODY = re.compile(
    r"^(?P<name>(?![本我各全])[^,。;:]{2,20}(?:[局委厅处院署镇乡]|中心|街道|办事处|委员会))"
    r"(?:20[0-9]{2}年度?)?(?:主动公开|收到和处理|政府信息公开|行政复议)[^,。;]{0,24}$"
)


def doubtful_remarks(
    blocks: Sequence[Block], at: int, year: int | None, heading: str, table: FormTable
) -> Iterator[Issue]:
    """An issue for each line beside the table at that place which says that its figures may not be the report's own."""
    grid = blocks[at]
    assert isinstance(grid, Grid)
    for text in (*_near(reversed(blocks[:at])), *_near(blocks[at + 1 :])):
        if _MAY.search(text) and (why := _doubt(compact(text).replace("，", ","), year, compact(heading))):
            yield issue("table-doubtful", table_no=table.number, printed=text.strip(), at=_first(grid), meant=why)


def _first(grid: Grid) -> Cell | None:
    return grid.cells[0] if grid.cells else None


def _near(blocks: Sequence[Block] | Iterator[Block]) -> Iterator[str]:
    """The short paragraphs nearest to a table, up to the next table."""
    paragraphs = takewhile(lambda b: isinstance(b, Paragraph), blocks)
    texts = (b.text for b in paragraphs if isinstance(b, Paragraph) and not b.aside)
    return (t for t in islice(texts, _NEAR) if len(t) <= _LONGEST)


def _doubt(text: str, year: int | None, heading: str) -> str | None:
    period = _OF_PERIOD.match(text)
    if period and period["period"] not in heading and _is_earlier(period["period"], text, year):
        return "it may be of another period"
    if _VOID.match(text):
        return "it may be void"
    if _CORRECTION.search(text) and not text.endswith(":"):  # 更正为: stands above a table of its own
        return "it may be corrected"
    body = _OF_BODY.match(text)
    return "it may be of another body" if body and body["name"] not in heading else None


def _is_earlier(period: str, text: str, year: int | None) -> bool:
    """True for a part of the year and for years before the report's own."""
    years = [int(y) for y in _YEAR.findall(text)]
    return year is not None and max(years) < year if years and period.startswith("20") else True
