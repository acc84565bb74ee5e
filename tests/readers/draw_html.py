"""Draw reports as web pages with known figures: an independent hand, which shares no code with the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from pipeline.forms.model import Form, FormTable
from tests.render import HEADINGS, TITLE, Figures

Text = Callable[[str], str]
NARRATIVE = "2024 年通过网站公开政府信息 385 条, 办理热线工单 842 件。"


def plain(text: str) -> str:
    return escape(text) or "&nbsp;"


def in_paragraph(text: str) -> str:
    return f"\n      <p style='text-align:center'>{escape(text)}<o:p></o:p></p>\n    "


def in_fonts(text: str) -> str:
    """A font for each two characters, as editors leave behind."""
    parts = [text[i : i + 2] for i in range(0, len(text), 2)]
    return (
        "<p>"
        + "".join(f'<span><font face="仿宋_GB2312">{escape(p)}</font></span>' for p in parts)
        + "<o:p>&nbsp;</o:p></p>"
    )


def wrapped(text: str) -> str:
    """Broken to fit a narrow cell, figures too."""
    half = (len(text) + 1) // 2
    return f"<p>{escape(text[:half])}<br />\n{escape(text[half:])}</p>" if len(text) > 1 else f"&nbsp;{escape(text)}　"


def in_paragraphs(text: str) -> str:
    return "\r\n".join(f"<div>{escape(text[i : i + 3])}</div>" for i in range(0, len(text), 3))


@dataclass(frozen=True)
class HtmlStyle:
    """How a page is marked up. `spans`: full, or none (empty cells instead of rowspan); `uneven` as in Shanghai."""

    text: Text = plain
    spans: bool = True
    uneven: bool = False
    head: str = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>政府信息公开</title></head><body>"
    tail: str = "</body></html>"
    before: str = ""
    after: str = ""
    frame: Callable[[str], str] = lambda content: content
    table: Callable[[str], str] = lambda rows: f'<table border="1"><tbody>{rows}</tbody></table>'
    copies: int = 1
    title: str = TITLE


def html_report(form: Form, figures: Figures, style: HtmlStyle | None = None) -> str:
    """A report as a page; a figure that is missing from `figures` is a blank cell."""
    s = style or HtmlStyle()
    parts = [
        f"<h1>{s.title}</h1>",
        _p(HEADINGS[1]),
        _p(NARRATIVE),
        _p(HEADINGS[2]),
        s.table(_table2(form.table(2), figures, s)),
    ]
    parts += [_p(HEADINGS[3]), s.table(_table3(form.table(3), figures, s)), _p(HEADINGS[4])]
    parts += [
        s.table(_table4(form.table(4), figures, s)),
        _p(HEADINGS[5]),
        _p("无。"),
        _p(HEADINGS[6]),
        _p("无其他事项。"),
    ]
    page = s.head + s.before + s.frame("\n".join(parts)) + s.after + s.tail
    return page * s.copies


def _p(text: str) -> str:
    return f"<p>　　{escape(text)}</p>"


def _row(cells: list[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>\n"


def _td(s: HtmlStyle, text: str, columns: int = 1, rows: int = 1) -> str:
    spans = (f' colspan="{columns}"' if columns > 1 else "") + (f" rowspan='{rows}'" if rows > 1 else "")
    return f"<td{spans}>{s.text(text)}</td>"


def _table2(table: FormTable, figures: Figures, s: HtmlStyle) -> str:
    """Three columns of figures; with `uneven` the first is one wide in the header and two wide below, or the reverse."""
    total = 5 if s.uneven else 4
    out = []
    for number, block in enumerate(table.blocks):
        out.append(_row([_td(s, block.rows[0].path[0], total)]))
        head = _widths(len(block.columns), s.uneven, narrow_first=True)
        body = _widths(len(block.columns), s.uneven, narrow_first=number == 0)
        out.append(
            _row([_td(s, "信息内容"), *(_td(s, c.path[-1], w) for c, w in zip(block.columns, head, strict=True))])
        )
        for row in block.rows:
            printed = [figures.get((2, row.code, c.code), "") for c in block.columns]
            out.append(_row([_td(s, row.path[-1]), *(_td(s, t, w) for t, w in zip(printed, body, strict=True))]))
    return "".join(out)


def _widths(columns: int, uneven: bool, *, narrow_first: bool) -> list[int]:
    if columns == 3:
        return ([1, 2, 1] if narrow_first else [2, 1, 1]) if uneven else [1, 1, 1]
    if columns == 2:
        return [2, 2] if uneven else [1, 2]
    return [4 if uneven else 3]


def _table3(table: FormTable, figures: Figures, s: HtmlStyle) -> str:
    columns = table.blocks[0].columns
    corner = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    names = [c.path[-1] for c in columns]
    if s.spans:
        out = [
            _row([_td(s, corner, 3, 3), _td(s, "申请人情况", 7)]),
            _row([_td(s, names[0], 1, 2), _td(s, "法人或其他组织", 5), _td(s, names[-1], 1, 2)]),
            _row([_td(s, n) for n in names[1:-1]]),
        ]
    else:
        blank = [_td(s, "")]
        out = [
            _row([_td(s, corner, 3), _td(s, "申请人情况"), *blank * 6]),
            _row([_td(s, "", 3), _td(s, names[0]), _td(s, "法人或其他组织", 5), _td(s, names[-1])]),
            _row([_td(s, "", 3), *blank, *(_td(s, n) for n in names[1:-1]), *blank]),
        ]
    done: set[str] = set()
    for row in table.rows:
        printed = [_td(s, figures.get((3, row.code, c.code), "")) for c in columns]
        out.append(_row([*_stub(row.path, done, [r.path for r in table.rows], s), *printed]))
    return "".join(out)


def _stub(path: tuple[str, ...], done: set[str], paths: list[tuple[str, ...]], s: HtmlStyle) -> list[str]:
    cells = []
    for depth, text in enumerate(path):
        last = depth == len(path) - 1
        reach = sum(1 for p in paths if p[: depth + 1] == path[: depth + 1])
        if last:
            cells.append(_td(s, text, 3 - depth))
        elif text not in done:
            cells.append(_td(s, text, 1, reach if s.spans else 1))
            done.add(text)
        elif not s.spans:
            cells.append(_td(s, ""))
    return cells


def _table4(table: FormTable, figures: Figures, s: HtmlStyle) -> str:
    names = [c.path[-1] for c in table.blocks[0].columns]
    blank = [_td(s, "")]
    upper = [_td(s, n, 1, 2 if s.spans else 1) for n in names[:5]]
    lower = [_td(s, n) for n in names[5:]]
    printed = [_td(s, figures.get((4, "1", c.code), "")) for c in table.blocks[0].columns]
    return "".join(
        [
            _row([_td(s, "行政复议", 5), _td(s, "行政诉讼", 10)]),
            _row([*upper, _td(s, "未经复议直接起诉", 5), _td(s, "复议后起诉", 5)]),
            _row(lower if s.spans else [*blank * 5, *lower]),
            _row(printed),
        ]
    )
