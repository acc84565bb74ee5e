"""Kinds of odd documents whose labels say something else than the form's, though they look like them."""

from __future__ import annotations

from collections.abc import Callable

from tests.odd.kinds import OF, TRUE, Kind, Odd
from tests.odd.page import Box, Page, Rows
from tests.odd.tables import MADE, OUTCOMES, WAYS, body3, head3, head4, report, row4, table2, table3

WORDINGS: dict[str, Kind] = {}
COUNT = "本年处理决定数量"


def _with_four(four: Rows, kept: tuple[str, ...]) -> Odd:
    """The report with this table 四, in which only the columns of some ways can be told."""
    known = {k: v if k[0] != 4 or k[2].split(".")[0] in kept else "" for k, v in TRUE.items()}
    return Odd(report(four=[four]), known)


def undivided_suits4() -> Odd:
    """Nothing says whether the suits were brought without or after a review."""
    names = [Box(n) for n in OUTCOMES.values()]
    return _with_four([[Box("行政复议", 5), Box("行政诉讼", 5)], [*names, *names], row4(OF)[:10]], ("review",))


def instances_for_ways4() -> Odd:
    head = [[Box(_INSTANCES.get(b.text, b.text), b.right, b.down) for b in row] for row in head4()]
    return _with_four([*head, row4(OF)], ("review",))


_INSTANCES = {WAYS["direct"]: "一审", WAYS["after"]: "二审"}


def another_way4() -> Odd:
    """A group that is none of the form's heads the first five columns."""
    head = [[Box("行政裁决", 5), Box("行政诉讼", 10)], *head4()[1:]]
    return _with_four([*head, row4(OF)], ("direct", "after"))


def another_column3() -> Odd:
    """One head of table 三 is of another year: the other columns are those of the form."""
    rows = [[Box("上年总计" if b.text == "总计" else b.text, b.right, b.down) for b in r] for r in head3()]
    known = {k: v if k[0] != 3 or k[2] != "total" else "" for k, v in TRUE.items()}
    return Odd(report(three=[[*rows, *body3(OF)]]), known)


def sum_below2() -> Odd:
    """A sum of rows that table 二 does not have: it is no row of table 三."""
    return Odd(report(two=[[*table2(OF), [Box("合计"), Box("999", 3)]]]), TRUE)


def ways_in_short4() -> Odd:
    """The groups lost a part of their names."""
    short = {WAYS["direct"]: "直接起诉", WAYS["after"]: "经复议后起诉"}
    head = [[Box(short.get(b.text, b.text), b.right, b.down) for b in row] for row in head4()]
    return Odd(report(four=[[*head, row4(OF)]]), TRUE)


def short_outcomes4() -> Odd:
    """The outcomes without the word for outcome."""
    short = dict(zip(OUTCOMES.values(), ("维持", "纠正", "其他", "未审结", "小计"), strict=True))
    head = [[Box(short.get(b.text, b.text), b.right, b.down) for b in row] for row in head4()]
    return Odd(report(four=[[*head, row4(OF)]]), TRUE)


def _beside_figures4(name: str, corner: str) -> Rows:
    """Table 四 with a name beside its only row."""
    return [[Box(corner, 1, 3), *head4()[0]], *head4()[1:], [Box(name), *row4(OF)]]


def word_for_cases_beside4() -> Odd:
    return Odd(report(four=[_beside_figures4("件数", "项目")]), TRUE)


def own_year_beside4() -> Odd:
    return Odd(report(four=[_beside_figures4("2024年", "年份")]), TRUE)


def last_year_beside4() -> Odd:
    """All that is printed is of last year."""
    return _with_four(_beside_figures4("上年", "年份"), ())


def another_body_beside4() -> Odd:
    return _with_four(_beside_figures4("市教育局", "单位"), ())


def corrected_row_below2() -> Odd:
    """A row at the end of table 二 corrects one above it: which of the two holds is for a person."""
    rows = [*table2(OF), [Box("更正：行政许可"), Box("78", 3)]]
    return Odd(report(two=[rows]), {k: v if k[:2] != (2, "5.permit") else "" for k, v in TRUE.items()})


def _worded(text: str, meant: str) -> Page:
    """The report with another label in the place of one of table 二."""
    return report(two=[[[Box(text if b.text == meant else b.text, b.right, b.down) for b in r] for r in table2(OF)]])


def _other_count(text: str) -> Kind:
    return lambda: Odd(_worded(text, COUNT), {k: v if k[2] != "count" else "" for k, v in TRUE.items()})


def _other_row(text: str, meant: str, code: str) -> Kind:
    return lambda: Odd(_worded(text, meant), {k: v if k[:2] != (2, code) else "" for k, v in TRUE.items()})


def _other_group(text: str, meant: str) -> Kind:
    """The report with another label over a group of rows of table 三: what the rows below count cannot be told."""
    below = {r.code for r in MADE.table(3).rows if meant in r.path[:-1]}
    rows = [[Box(text if b.text == meant else b.text, b.right, b.down) for b in r] for r in table3(OF)]
    known = {k: v if k[0] != 3 or k[1] not in below else "" for k, v in TRUE.items()}
    return lambda: Odd(report(three=[rows]), known)


def _other_head_group(text: str) -> Kind:
    """The report with another label over five columns of table 三."""
    rows = [[Box(text if b.text == "法人或其他组织" else b.text, b.right, b.down) for b in r] for r in head3()]
    columns = [c.code for c in MADE.table(3).blocks[0].columns if len(c.path) > 2]
    known = {k: v if k[0] != 3 or k[2] not in columns else "" for k, v in TRUE.items()}
    return lambda: Odd(report(three=[[*rows, *body3(OF)]]), known)


OTHER_HEAD_GROUPS = ("上年法人或其他组织", "非法人组织", "境外组织", "个人")
OTHER_GROUPS = (
    ("三、上年度办理结果", "三、本年度办理结果"),
    ("三、2023年度办理结果", "三、本年度办理结果"),
    ("三、本年度未办理结果", "三、本年度办理结果"),
    ("（四）全市无法提供", "（四）无法提供"),
    ("（四）可以提供", "（四）无法提供"),
    ("（四）涉外事项", "（四）无法提供"),
    ("三、承办单位情况", "三、本年度办理结果"),
)
GROUPS: dict[str, Kind] = {text: _other_group(text, meant) for text, meant in OTHER_GROUPS}
GROUPS |= {text: _other_head_group(text) for text in OTHER_HEAD_GROUPS}
OTHER_COUNTS = ("2023年处理决定数量", "上半年处理决定数量", "近三年处理决定数量", "本月处理决定数量", "未处理决定数量")
OTHER_ROWS: tuple[tuple[str, str, str], ...] = (
    ("不予行政许可", "行政许可", "5.permit"),
    ("去年行政许可", "行政许可", "5.permit"),
    ("非行政处罚", "行政处罚", "6.penalty"),
    ("免收行政事业性收费", "行政事业性收费", "8.fee"),
)
_FIXED: tuple[Callable[[], Odd], ...] = (
    *(
        undivided_suits4,
        instances_for_ways4,
        another_way4,
        another_column3,
        sum_below2,
        ways_in_short4,
        short_outcomes4,
        word_for_cases_beside4,
        own_year_beside4,
    ),
    *(last_year_beside4, another_body_beside4, corrected_row_below2),
)
WORDINGS |= {made.__name__: made for made in _FIXED}
WORDINGS |= {f"head_{text}": _other_count(text) for text in OTHER_COUNTS}
WORDINGS |= {f"row_{text}": _other_row(text, meant, code) for text, meant, code in OTHER_ROWS}
