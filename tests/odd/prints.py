"""Kinds of odd documents by how figures and labels are printed: glyphs, notes, units, other words for a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.odd.kinds import OF, TRUE, Kind, Odd
from tests.odd.page import Box, Page, Rows
from tests.odd.tables import CORNER, MADE, body3, report, stubs3, table2, table3, table4, truth_of
from tests.render import Figures

PRINTS: dict[str, Kind] = {}
_WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
_Keys = tuple[int, str, str]


def prints(made: Kind) -> Kind:
    PRINTS[made.__name__] = made
    return made


def _printed(of: Figures, truth: Mapping[_Keys, str] | None = None) -> Odd:
    return Odd(report([table2(of)], [table3(of)], [table4(of)]), {**truth_of(of), **(truth or {})})


def _each(change: Callable[[str, int], str]) -> Figures:
    return {k: change(v, n) for n, (k, v) in enumerate(OF.items())}


def _with_some(texts: Mapping[_Keys, str], truth: Mapping[_Keys, str]) -> Odd:
    return _printed({**OF, **texts}, truth)


# ----------------------------------------------------------------------------------------------------------- figures


@prints
def wide_digits() -> Odd:
    return _printed(_each(lambda v, n: v.translate(_WIDE)), TRUE)


@prints
def wide_thousands() -> Odd:
    of = _each(lambda v, n: f"{int(v) * 1000 + 7:,}")
    return _printed({k: v.translate(_WIDE) for k, v in of.items()}, of)


@prints
def thousands_by_gaps() -> Odd:
    """1 234 with a thin gap, as SI prints it: the number or a word, never 1 or 234."""
    of = _each(lambda v, n: f"{int(v) * 1000 + 7:,}")
    return _printed({k: v.replace(",", "\u202f") for k, v in of.items()}, of)


@prints
def note_signs() -> Odd:
    """Notes behind figures: 61①, 61*, 61[1], 61（注1）, 61※."""
    signs = ("①", "*", "[1]", "（注1）", "※", "", "", "")
    return _printed(_each(lambda v, n: v + signs[n % len(signs)]), TRUE)


@prints
def note_signs_before() -> Odd:
    """Notes before figures: ①61, *61, [1]61."""
    signs = ("①", "*", "[1]", "注1：", "", "", "", "")
    return _printed(_each(lambda v, n: signs[n % len(signs)] + v), {})


@prints
def decimals() -> Odd:
    return _printed(_each(lambda v, n: f"{v}.00"), TRUE)


@prints
def leading_zeros() -> Odd:
    return _printed(_each(lambda v, n: f"{int(v):06}"), TRUE)


@prints
def words_for_figures() -> Odd:
    """约20, 20余, >20, 二十, ②, 1O, l2, 无, 未统计: words, with an issue each."""
    words = ("约20", "20余", ">20", "二十", "②", "1O", "l2", "无", "未统计", "近100", "12、13", "12;13", "12 13", "N/A")
    cells = [k for k in OF if k[0] == 2]
    more = [(3, r.code, "natural") for r in MADE.table(3).rows]
    some = dict(zip([*cells, *more], words, strict=False))
    return _with_some(some, dict.fromkeys(some, ""))


@prints
def signs_for_zero() -> Odd:
    signs = ("—", "/", "－", "--", "——", "\\", "-", "－－")
    of = {k: signs[n % len(signs)] if v == "0" else v for n, (k, v) in enumerate(OF.items())}
    return _printed(of, {k: "" for k, v in OF.items() if v == "0"})


@prints
def negative_counts() -> Odd:
    cells = [k for k in OF if k[0] == 2][:6]
    some = dict(zip(cells, ("-3", "－4", "−5", "(6)", "减7", "+8"), strict=True))
    return _with_some(some, dict(zip(cells, ("-3", "-4", "-5", "", "-7", "8"), strict=True)))


@prints
def remarks_behind_figures() -> Odd:
    """22（其中修订16件）, 22 其中修订16件."""
    cells = [k for k in OF if k[0] == 2][:4]
    texts = ("22（其中修订16件）", "22(含废止3)", "22件（12%）", "22 其中修订16件")
    return _with_some(dict(zip(cells, texts, strict=True)), dict.fromkeys(cells, "22"))


@prints
def arrows() -> Odd:
    cells = [k for k in OF if k[0] == 2][:5]
    texts = ("↑12", "12↑", "↓3", "12%", "12‰")
    return _with_some(dict(zip(cells, texts, strict=True)), dict.fromkeys(cells, ""))


# ------------------------------------------------------------------------------------------------------------ labels


def _renamed(table: Rows, names: Mapping[str, str]) -> Rows:
    return [[Box(names.get(b.text, b.text), b.right, b.down) for b in row] for row in table]


def _with_names(names: Mapping[str, str]) -> Odd:
    return Odd(report(*([_renamed(t, names)] for t in (table2(OF), table3(OF), table4(OF)))), TRUE)


@prints
def shorter_heads() -> Odd:
    return _with_names(
        {
            "本年制发件数": "制发件数",
            "本年废止件数": "废止件数",
            "现行有效件数": "有效件数",
            "本年处理决定数量": "处理决定数量",
            "商业企业": "企业",
            "科研机构": "科研单位",
            "社会公益组织": "公益组织",
            "法律服务机构": "法律机构",
            CORNER: "项目",
        }
    )


@prints
def longer_heads() -> Odd:
    return _with_names(
        {
            "本年制发件数": "2024年度制发件数（件）",
            "本年废止件数": "2024年度废止件数（件）",
            "现行有效件数": "截至2024年底现行有效件数（件）",
            "本年处理决定数量": "2024年度处理决定数量（件）",
            "自然人": "自然人（件）",
            "商业企业": "商业企业（件）",
            "总计": "总计（件）",
        }
    )


@prints
def traditional_heads() -> Odd:
    return _with_names(
        {
            "规章": "規章",
            "行政规范性文件": "行政規範性檔案",
            "本年制发件数": "本年製發件數",
            "本年废止件数": "本年廢止件數",
            "现行有效件数": "現行有效件數",
            "行政许可": "行政許可",
            "行政处罚": "行政處罰",
            "行政强制": "行政強制",
            "商业企业": "商業企業",
            "科研机构": "科研機構",
            "社会公益组织": "社會公益組織",
            "法律服务机构": "法律服務機構",
            "总计": "總計",
            "结果维持": "結果維持",
            "结果纠正": "結果糾正",
            "其他结果": "其他結果",
            "尚未审结": "尚未審結",
            "行政复议": "行政復議",
            "行政诉讼": "行政訴訟",
            "未经复议直接起诉": "未經複議直接起訴",
            "复议后起诉": "複議後起訴",
        }
    )


@prints
def gaps_in_labels() -> Odd:
    def spaced(rows: Rows) -> Rows:
        return [
            [Box(b.text if b.text.isdigit() or "." in b.text else "　".join(b.text), b.right, b.down) for b in r]
            for r in rows
        ]

    return Odd(report(*([spaced(t)] for t in (table2(OF), table3(OF), table4(OF)))), TRUE)


@prints
def other_columns2_first() -> Odd:
    """现行有效件数 before 本年制发件数 and 本年废止件数."""
    block, *others = MADE.table(2).blocks
    order = [block.columns[n] for n in (2, 0, 1)]
    rows: list[list[Box]] = [[Box("信息内容"), *(Box(c.path[-1]) for c in order)]]
    rows += [[Box(r.path[-1]), *(Box(OF[2, r.code, c.code]) for c in order)] for r in block.rows]
    for other in others:
        rows.append([Box("信息内容"), Box(other.columns[0].path[-1], 3)])
        rows += [[Box(r.path[-1]), Box(OF[2, r.code, other.columns[0].code], 3)] for r in other.rows]
    return Odd(report(two=[rows]), TRUE)


@prints
def same_head_twice2() -> Odd:
    """本年制发件数 printed over two columns: which is which cannot be told."""
    found = _renamed(table2(OF), {"本年废止件数": "本年制发件数"})
    unsure = {k: "" for k in OF if k[0] == 2 and k[2] in ("made", "repealed")}
    return Odd(report(two=[found]), {**TRUE, **unsure})


@prints
def header_lost2() -> Odd:
    """Table 二 without the row of column names."""
    rows = [r for r in table2(OF) if r[0].text != "信息内容"]
    return Odd(report(two=[rows]), TRUE)


@prints
def header_lost4() -> Odd:
    """Table 四 with the groups but no outcomes."""
    head, ways, _, figures = table4(OF)
    return Odd(report(four=[[head, [Box(b.text, b.right) for b in ways], figures]]), TRUE)


@prints
def groups_in_every_row3() -> Odd:
    """The labels of groups in each row, as where merged cells were filled."""
    rows = [
        [*(Box(t) for t in (*r.path, *[""] * (3 - len(r.path)))), *row[len(stub) :]]
        for r, stub, row in zip(MADE.table(3).rows, stubs3(), body3(OF), strict=True)
    ]
    head: list[list[Box]] = [[Box("项目", 3), *(Box(c.path[-1]) for c in MADE.table(3).blocks[0].columns)]]
    return Odd(report(three=[[*head, *rows]]), TRUE)


@prints
def numbers_of_labels_lost3() -> Odd:
    """Labels without （一） and 1."""
    rows = [[Box(b.text.lstrip("（）一二三四五六七八九十、0123456789.") or b.text, b.right, b.down) if n < len(stub) else b
             for n, b in enumerate(row)] for stub, row in zip(stubs3(), body3(OF), strict=True)]  # fmt: skip
    return Odd(report(three=[[*table3(OF)[:3], *rows]]), TRUE)


# ------------------------------------------------------------------------------------------------------------- units


def _fee(head: str = "", label: str = "", caption: str = "", value: str = "") -> Page:
    names = {"本年收费金额（单位：万元）": head} if head else {}
    names |= {"行政事业性收费": label} if label else {}
    table = _renamed(table2({**OF, (2, "8.fee", "amount"): value or "38400"}), names)
    return report(two=[caption, table] if caption else [table])


UNITS: Mapping[str, tuple[Page, str]] = {
    "head_yuan": (_fee(head="本年收费金额（单位：元）"), "元"),
    "head_short_yuan": (_fee(head="本年收费金额（元）"), "元"),
    "head_thousand": (_fee(head="本年收费金额（千元）"), "千元"),
    "head_dash_yuan": (_fee(head="本年收费金额/元"), "元"),
    "head_comma_yuan": (_fee(head="本年收费金额，单位：元"), "元"),
    "head_hundred_million": (_fee(head="本年收费金额（单位：亿元）", value="0.5"), "亿元"),
    "head_bare_yuan": (_fee(head="本年收费金额元"), "元"),
    "head_counted_in_yuan": (_fee(head="本年收费金额（以元计）"), "元"),
    "head_money_yuan": (_fee(head="本年收费金额（人民币元）"), "元"),
    "label_slash_yuan": (_fee(head="本年收费金额", label="行政事业性收费/元"), "元"),
    "label_yuan": (_fee(head="本年收费金额", label="行政事业性收费（元）"), "元"),
    "label_unit_yuan": (_fee(head="本年收费金额", label="行政事业性收费（单位：元）"), "元"),
    "caption_yuan": (_fee(head="本年收费金额", caption="单位：件、元"), "元"),
    "caption_thousand": (_fee(head="本年收费金额", caption="（金额单位：千元）"), "千元"),
    "in_cell_yuan": (_fee(value="38400元"), "元"),
    "in_cell_wide": (_fee(value="３８４００元"), "元"),
}
