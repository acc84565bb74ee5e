"""Titles among the lines of a file: on one line, over several, with the publisher or the year on lines of their own.

Lines are in compact form, without the numbering before them (`plain`). What does *not* belong here: which of several
titles is the report's own (`rival_titles`), and where in a file a title begins a report (`several`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.document import Document, Paragraph
from pipeline.labels import compact
from pipeline.numbering import without_numbering

CORRECTED = re.compile("更正|订正|修正|修订|勘误")
# How a title says that the report is a correction: 【更正】 before it, （更正版） behind it.
_CORRECTION = rf"[(\[【]?[0-9年月日]{{0,11}}(?:{CORRECTED.pattern})(?:版|后|稿|件|本)?[)\]】]?"
_CORRECTION_LINE = re.compile(_CORRECTION)
_CORRECTION_AROUND = re.compile(rf"^{_CORRECTION}[:：]?|{_CORRECTION}$")
YEAR = r"(?:20[0-9]{2}|二[〇○零OoＯ0][〇○零一二三四五六七八九]{2})"
# The year may stand behind the title as well: 报告（2024年度）.
_TITLE = re.compile(
    r"(?:公开|公开工作)(?:工作)?(?:的(?=年度|年报))?(?:年度)?(?:工作)?(?:情况的?)?(?:报告|年报)"
    rf"(?:\({YEAR}年?度?\))?(?:{_CORRECTION})?$"
)
# The day or month of writing behind a title is no part of it: 报告（2025年1月）, 报告(2025-01-20).
_WRITTEN = re.compile(
    r"[(\[【〔]20[0-9]{2}(?:年[0-9]{1,2}月(?:[0-9]{1,2}日)?|[-./][0-9]{1,2}(?:[-./][0-9]{1,2})?)"
    r"(?:发布|公布|公开|印发|编制)?[)\]】〕]$"
)
# What a title says of the copy at hand is no part of it: （全文）, （征求意见稿）, .docx.
_COPY = re.compile(
    r"(?:[(\[【〔](?:全文|正文|图文|公开|发布|公示|上网|网络|正式|最终|打印|扫描|电子|文字|纯文本|网页|终|定|审定|送审|报送"
    r"|征求意见|草|初|PDF|WORD|DOCX?|WPS|HTML|含附[表件]|附[表件]|附?下载){1,2}(?:版本?|稿|件|格式)?[)\]】〕]"
    r"|\.(?:docx?|pdf|wps|html?|xlsx?|ofd|rtf|txt))+$",
    re.IGNORECASE,
)
# Behind the title of a page stands the name of its site, before it the way to it: 首页>政务公开>…
_SITE = re.compile(r"(?<=报告|年报)[-_|—]+[^-_|—,，。]{2,20}(?:网|网站|门户|平台|政府)$")
_WAY = re.compile(r"^[^,，。;；]*(?:[>›»]|(?<=首页)(?:/|-+))")
NO_PUBLISHER = re.compile(rf"^(?:关于)?(?:{YEAR}年?度?)?(?:的)?(?:政府|政务)?信息公开")
_BODIES = (
    "政府|[处局委厅会院署司室]|办|[镇乡县市区旗州盟]|街道|站|所|校"
    "|[省市县区州旗镇乡].{1,20}(?:[学队馆团部社台]|中心|公司|集团)"
)
_PUBLISHER_LINE = re.compile(
    rf"^(?![^(（]*[:：>]|.*(?:网站|门户|平台)$)(?:.*(?:{_BODIES})(?:\(.{{2,8}}\))?)?(?:{YEAR}年?度?)?(?:关于)?$"
)
_YEAR_LINE = re.compile(rf"\(?{YEAR}年?度?\)?")
_YEAR_IN = re.compile(YEAR)
BODY = re.compile(
    r"(?!.*(?:公开|情况|报告|目录|[本我各该全]|其他|统计|联系|来源|单位[:：]))[\u4e00-\u9fff0-9A-Za-z()]{2,30}"
    r"(?:政府|[局厅处院署镇乡所站馆]|(?<=..)[县区市旗州盟]|委|委员会|管委会|办公室|办事处|中心|街道|[大支总]队|中学|小学|学校|大学|学院|公司|集团)"
    r"(?:\((?:盖章|公章|本级)\))?"
)
# How a file that collects the reports of several bodies calls itself.
_COLLECTION = re.compile(r"\(?(?:汇编|汇总|合集|合订本|汇集|选编|集)\)?(?:版|本|册)?\)?$")
_OF_SEVERAL = re.compile(
    r"(?:各|所属|直属|下属|所辖)(?:[级部]门|单位|机构|乡镇|镇乡?|街道|县区|区县|乡|科室|委办局|有关|相关|职能)|(?:部门|单位|乡镇)(?=20|二|政府信息|信息公开)"
)
# The sentence by which a report without a title says whose it is: 根据…，某县教育局编制了2023年度…年度报告。
_STATED = re.compile(
    rf"(?:^|[,，。;；])(?:现?由|现将)?(?P<name>[\u4e00-\u9fff()]{{3,40}}?)(?:组织)?(?:编制|编写|撰写|形成)(?:并(?:公布|发布|公开))?了?"
    rf"《?(?P<title>{YEAR}年?度?(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:报告|年报))》?(?=[,，。;；]|如下|$)"
)
_OWN_LABEL = re.compile("^(?:发布|公开|编制|填报|报告|责任|制作|公布)(?:机构|机关|单位|部门)(?:名称)?[:：]")
# An item of a list, or a link, about a report in Markdown.
_ITEM = re.compile(r"^\s*(?:[-*+•·◦▪]\s+(?=.{0,60}公开)|(?:[0-9]{1,2}\.\s+)?\[[^\]]{0,60}公开[^\]]{0,60}\]\()")
_LINES = 3
LENGTH = 70
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class TitleLines:
    """A title as one line, and the lines that it takes: from `start` up to the one before `end`.

    `own` is the first one without those above that name the publisher or the year.
    """

    start: int
    end: int
    text: str
    own: int


def plain(printed: str) -> str:
    """A line in compact form, without the numbering before it, the way to a page and the words for its publisher."""
    line = compact(without_numbering(printed))
    if ">" in line or "›" in line or "»" in line or line.startswith(("首页", "当前位置", "您的位置")):
        line = _WAY.sub("", line)
    return _OWN_LABEL.sub("", line)


def is_listed(paragraph: Paragraph) -> bool:
    """True for an item of a list or a link, as a page prints them or Markdown writes them."""
    return paragraph.listed or bool(_ITEM.match(paragraph.text))


def text_without_lists(document: Document) -> str:
    """The text of a document without lists of links, which name other publishers."""
    return "\n".join(p.text for p in document.paragraphs if not is_listed(p))


def is_title(line: str) -> bool:
    """True for a line that ends as the title of a report does."""
    return bool(_TITLE.search(_SITE.sub("", line)))


def titles_among(lines: Sequence[str | None], is_title: Callable[[str], bool] = is_title) -> list[TitleLines]:
    """The titles of the lines, in their order; None stands for what is no line, as a table.

    A publisher or year on a line of its own above belongs to a title, and so does a line below that gives the year or
    calls it a correction; a date behind it does not.
    """
    found: list[TitleLines] = []
    last = 0
    for end in range(1, len(lines) + 1):
        for start in range(end - 1, max(end - 1 - _LINES, last - 1), -1):
            parts = lines[start:end]
            if None in parts:
                break
            joined = "".join(p for p in parts if p is not None)
            if "公开" not in joined or "报" not in joined:  # quicker than the patterns
                continue
            joined = without_date(joined)
            if len(joined) <= LENGTH and is_title(joined):
                text, first = _with_lines_above(joined, lines[last:start])
                text, behind = _with_line_below(text, lines[end] if end < len(lines) else None)
                found.append(TitleLines(start - first, end + behind, text, start))
                last = end + behind
                break
    return found


def _with_lines_above(found: str, above: Sequence[str | None]) -> tuple[str, int]:
    """The title with the lines above that belong to it, and how many they are."""
    taken = 0
    for line in reversed(above[-_LINES:]):
        is_own = line is not None and NO_PUBLISHER.match(found) and _PUBLISHER_LINE.search(line)
        if line is None or not is_own or len(line) > _NAME_LENGTH:
            break
        found, taken = line + found, taken + 1
    return found, taken


def _with_line_below(found: str, below: str | None) -> tuple[str, int]:
    if below is None:
        return found, 0
    gives_year = _YEAR_LINE.fullmatch(below) and not _YEAR_IN.search(found)
    return (found + below, 1) if gives_year or _CORRECTION_LINE.fullmatch(below) else (found, 0)


def lists_of_titles(opening: Sequence[str]) -> int:
    """How many lines stand before the report's own title and list those of other years, without a publisher each."""
    titles = [(n, t) for n, t in enumerate(map(without_date, opening)) if len(t) <= LENGTH and _TITLE.search(t)]
    bare = [n for n, t in titles if NO_PUBLISHER.match(t)]
    named = [n for n, t in titles if not NO_PUBLISHER.match(t) and _YEAR_IN.search(t)]
    years = {y for n in bare for y in _YEAR_IN.findall(opening[n])}
    is_list = len(years) > 1 and len(named) == 1 and named[0] > max(bare)
    return named[0] if is_list else 0


def stated_title(line: str) -> str:
    """The title that a sentence makes of who drew up the report of which year; '' where it does not say both."""
    found = _STATED.search(line)
    return found["name"] + found["title"] if found and BODY.fullmatch(found["name"]) else ""


def is_collection(line: str) -> bool:
    """True for the title of a file that collects the reports of several bodies."""
    return "公开" in line and bool(
        (_COLLECTION.search(line) and is_title(without_collection(line)))
        or (is_title(line) and _OF_SEVERAL.search(line))
    )


def without_collection(line: str) -> str:
    """A title without the words that call it a collection."""
    return _COLLECTION.sub("", line)


def title_for(body: str, collection: str) -> str:
    """The title of a body's report where only the collection's title tells year and subject; '' where it does not."""
    year, subject = _YEAR_IN.search(collection), re.search("(?:政府|政务)?信息公开.*?(?:报告|年报)", collection)
    return f"{body}{year[0]}年{subject[0]}" if year and subject else ""


def without_date(heading: str) -> str:
    """A title in compact form without the date on which it was written, and what is said of this copy, behind it."""
    return _COPY.sub("", _WRITTEN.sub("", _COPY.sub("", heading)))


def without_correction(heading: str) -> str:
    """A title without the words before or behind it that call the report a correction."""
    return _CORRECTION_AROUND.sub("", heading)
