"""Remarks beside a table that throw doubt on its figures: another period, another body, void, a model, a correction.

Such a line above or below the only table of its number takes nothing out: it may be left over from last year's report.
A person decides. What does *not* belong here: captions of tables of which the report has its own as well (`elsewhere`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile

from pipeline.document import Block, Cell, Grid, Paragraph
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label
from pipeline.layout.periods import EARLIER_YEAR, PART_OF_YEAR

_NEAR = 2  # paragraphs on either side
_LONGEST = 60
_MAY = re.compile(
    r"20[0-9]{2}|[上去前往近历季月废样例模较同划预原改旧全各他属直校园单累对增稿]|更正|勘误|订正|应为|[局委厅处院署心道镇乡会区县市]"
)
_ORDINAL = (
    r"(?:附?表[一二三四1-4](?:-[1-9])?[:、.]?|附[件表]?[一二三四1-4]?[:、]|\(?[一二三四五六]\)?[、.]?|其中[:、]?)?"
)
_ATTACHED = re.compile("^附[件表]?[一二三四1-4]?[:、]")  # begins a caption, which speaks of what follows
_OF_FIGURES = (
    r"(?:统计|数据|填报)?(?:时间|时段|期间|期限|区间|周期|年度|口径|来源|数据|数字)|报告期|以[上下]|[上下]表|本表|此表"
)
_MONTHS = r"(?!1月?(?:份)?[至到-]12月)[0-9]{1,2}月?(?:份)?[至到-][0-9]{1,2}月"
_DATES = r"1月1日起?[至到-](?:20[0-9]{2}年)?(?!12月31日)[0-9]{1,2}月[0-9]{1,2}日"
_PART = (
    rf"{PART_OF_YEAR}|{_MONTHS}|{_DATES}|截[至止](?:20[0-9]{{2}}年)?(?:[1-9]|1[01])月"
    "|[0-9]{1,2}月份?(?=主动|收到|政府|行政|统计|情况|数据)"
)
_SEVERAL = r"20[0-9]{2}年?[至到-](?:20)?[0-9]{2}(?:学?年)"
_OF_YEAR = "20[0-9]{2}(?:年|(?=[一-鿿]))"
_YEARS = rf"{_SEVERAL}|截[至止]20[0-9]{{2}}年|{_OF_YEAR}|{EARLIER_YEAR}|近[二两三四五六七八九十0-9]+年|历年|累计"
_PERIOD = rf"(?:20[0-9]{{2}}年)?(?P<part>{_PART})|(?P<years>{_YEARS})"
_OF_PERIOD = re.compile(
    rf"^[(【]?(?:注|备注|说明)?:?{_ORDINAL}(?:(?:{_OF_FIGURES})(?:各?表)?(?:数据|数字|表格)?(?:均|皆)?(?:为|是|系)?:?)?"
    rf"(?:{_PERIOD})[^,。;]{{0,24}}[)】]?。?$"
)
# A line or sentence about all figures of the report, wherever it stands.
_OF_ALL = re.compile(rf"统计(?:时间|时段|期间|期限|区间|周期)(?:为|是)?:?自?(?:{_PERIOD})[^,。;]{{0,24}}")
_OTHER_PERIOD, _OTHER_BODY = "it may be of another period", "it may be of another body"
_YEAR = re.compile(r"20[0-9]{2}(?=[一-鿿])")
_VOID = re.compile(
    rf"^[(【]?(?:注|备注)?:?{_ORDINAL}(?:以[上下])?(?:[此本该]?[表页]格?)?(?:已|予以)?"
    r"(?:作废|(?:空白)?(?:样表|样例|示例|范例|模板|表样|表格?样式)|填[表报](?:示例|样例|说明|样表)"
    r"|(?:模拟|测试|示例|虚拟)数据|(?:初|草|讨论|送审|征求意见)稿)(?:\([^()]*\))?[)】]?[:。]?$"
)
_REPLACED = re.compile(r"^[(【]?(?:(?:更正|修改|修订|变更|调整)之?前|原[表稿件]|旧[表版稿])[^。;]{0,12}[)】]?[:。]?$")
_COMPARED = re.compile(rf"^[(【]?{_ORDINAL}(?:与?[比较同](?:上一?年|去年|20[0-9]{{2}}年)|同比|环比)[^,。;]{{0,12}}$")
_PLANNED = re.compile(
    rf"^{_ORDINAL}(?:20[0-9]{{2}}年度?)?(?:(?:工作)?(?:计划|预计|预算|目标)[^,。;]{{0,24}}|(?:主动公开|收到和处理|政府信息公开)[^,。;]{{0,16}}计划)$"
)
_OF_OTHERS = re.compile(
    rf"^[(【]?{_ORDINAL}(?:20[0-9]{{2}}年度?)?(?:"
    r"(?P<name>全(?:[省市区县州旗盟镇乡]|系统)|(?:各|其他)[^,。;]{1,10}|[下所省市区县州][属直][^,。;]{0,8})[^,。;:]{0,10}"
    r"(?:合计|汇总|数据|统计表?|公开[^,。;]{0,16}|情况表?|收到和处理[^,。;]{0,12})"
    r"|(?P<alone>[下所省市区县州][属直]|其他|各)(?:事业|行政|企业)?(?:单位|部门|机构|机关|乡镇|街道)+)[)】]?:?$"
)
_OWN_BODY = re.compile(
    rf"^[(【]?{_ORDINAL}(?:(?:填报|报送|填表|编制|公开|报告|发布)?(?:单位|机关|部门)(?:名称|\(盖章\))?:)?"
    r"(?P<name>(?![本我各全其])[^,。;:()、0-9]{2,20}(?:局|委|厅|处|院|署|镇|乡|中心|街道|办事处|委员会|政府|中学|小学|学校|大学|学院|幼儿园|公司))"
    r"(?:\(盖章\))?(?:20[0-9]{2}年度?)?[)】]?:?$"
)
_OTHER_UNITS = re.compile(r"^[(【]?(?:计量|数量)?单位:(?:[%‰天页张名]|人次?|次|百件|千件|千人|小时|百分[比点])[)】]?$")
_OF_TABLE = re.compile(
    r"^[(【]?(?:注|备注|说明)?:?(?:本表|此表|该表|以[上下]|[上下]表|表[中内])(?:的?数[据字])?(?:均|皆|都)?(?:为|是|系)?:?"
    r"(?P<rest>[^,。;]{2,20}?)(?:的?(?:数[据字]|情况))?[)】]?。?$"
)
_COMPARING = re.compile(r"(?:累计|对比|比较|变化|增减)(?:统计|分析|情况)?表(?:\([^()]*\))?$")
_NOTE = re.compile(r"^([(【]?)(?:注|备注|说明):")
_REMARK = re.compile(r"\(([^()]+)\)$")
_NO_NAME = re.compile(r"人民|办公[室厅]$|办$|县|市|区")
_CORRECTION = re.compile(r"^[(【]?(?:注|备注|说明)?:?(?:数据)?(?:更正|勘误|订正)|应为[0-9]+")
_OF_BODY = re.compile(
    rf"^{_ORDINAL}(?P<name>(?![本我各全])[^,。;:()、]{{2,20}}(?:[局委厅处院署镇乡区县市]|中心|街道|办事处|委员会))"
    r"(?:20[0-9]{2}年度?)?(?:主动公开|收到和处理|政府信息公开|行政复议|数据|统计|情况)[^,。;]{0,24}$"
)


def doubtful_remarks(
    blocks: Sequence[Block], at: int, year: int | None, heading: str, table: FormTable, inside: Iterable[Cell] = ()
) -> Iterator[Issue]:
    """An issue for each line beside the table at that place which says that its figures may not be the report's own.

    Such a line may stand `inside` of it too: in one of these cells.
    """
    known = table.headers | table.stubs | table.groups
    swallowed = (c.text for c in inside if len(c.text) <= _LONGEST and label(c.text).text not in known)
    below = (text for text in _near(blocks[at + 1 :]) if not _ATTACHED.match(compact(text)))
    for text in (*_near(reversed(blocks[:at])), *below, *swallowed):
        if _MAY.search(text) and (why := _doubt(_plain(text), year, compact(heading))):
            yield doubtful(text.strip(), why, blocks[at], table)


def doubtful_period(texts: Sequence[str], grid: Grid, table: FormTable) -> Iterator[Issue]:
    """An issue for each of the lines about all figures of the report that give another period (`other_periods`)."""
    return (doubtful(text, _OTHER_PERIOD, grid, table) for text in texts)


def other_periods(blocks: Sequence[Block], year: int | None, heading: str) -> tuple[str, ...]:
    """The lines that give another period for all figures of the report, wherever they stand."""
    lines = (_OF_ALL.search(_plain(b.text)) for b in blocks if isinstance(b, Paragraph) and "统计" in b.text)
    return tuple(dict.fromkeys(m[0] for m in lines if m and _is_of_other(m, year, compact(heading))))


def doubtful(printed: str, why: str, grid: Block, table: FormTable) -> Issue:
    """The issue that what is printed somewhere speaks against a table, and why."""
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
    text = _NOTE.sub(r"\1", text)
    period = _OF_PERIOD.match(text)
    if period and _is_of_other(period, year, heading):
        return _OTHER_PERIOD
    if _VOID.match(text):
        return "it may be void"
    if (_REPLACED.match(text) or _CORRECTION.search(text)) and not text.endswith(":"):
        return "it may be corrected"  # 更正为: stands above a table of its own
    if _COMPARED.match(text) or _COMPARING.search(text):
        return "it may compare years"
    if _OTHER_UNITS.match(text):
        return "its unit may be another"
    if _PLANNED.match(text):
        return "it may be a plan"
    others = _OF_OTHERS.match(text)
    if others and (others["name"] or others["alone"]) not in heading:
        return _OTHER_BODY
    body = _OF_BODY.match(text) or _OWN_BODY.match(text)
    if body and not _is_named(body["name"], heading):
        return _OTHER_BODY
    of_table = _OF_TABLE.match(text)
    if of_table and (why := _doubt(of_table["rest"], year, heading)):
        return why
    remark = _REMARK.search(text)
    return _doubt(remark[1], year, heading) if remark and remark.start() else None


def _is_named(body: str, heading: str) -> bool:
    """True where a title names a body, in full or in short."""
    return body in heading or _NO_NAME.sub("", body) in _NO_NAME.sub("", heading)


def _is_of_other(period: re.Match[str], year: int | None, heading: str) -> bool:
    """True for a part of the report's year or of one before, and for years before, unless the title says the same."""
    if year is None or (period["part"] or period["years"]) in heading:
        return False
    if period["years"] and re.match(_SEVERAL, period["years"]):
        return True
    years = [int(y) for y in _YEAR.findall(period[0])]
    if period["part"]:
        return not years or max(years) <= year
    return max(years) < year if years else True
