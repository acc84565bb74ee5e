"""Web pages, drawn in many styles and read."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Grid, Paragraph
from pipeline.facts import extract
from pipeline.forms.loading import form, forms
from pipeline.matching import match
from pipeline.readers import Refused, html
from tests.conftest import SHARED, examples, true_cells
from tests.readers.draw_html import HtmlStyle, html_report, in_fonts, in_paragraph, in_paragraphs, wrapped
from tests.render import Figures, balanced_figures, distinct_figures

REAL = SHARED / "real"


def read(page: str) -> Document:
    return html.read(page.encode())


def figures_of(document: Document) -> Figures:
    """What each fact prints, by table, row and column."""
    return {f.key: f.printed.text for m in match(document, forms()) for f in extract(m)[0]}


def texts(document: Document) -> list[str | list[list[str]]]:
    """The blocks: a paragraph as its text, a grid as the texts of its rows."""
    return [b.text if isinstance(b, Paragraph) else [[c.text for c in r] for r in b.rows] for b in document.blocks]


def places(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.col, c.row_span, c.col_span, c.text) for c in grid.cells]


# ------------------------------------------------------------------------------------------------------- round trips

METADATA = "<table><tr><td>名称</td><td colspan=3>2024年度报告</td></tr><tr><td>索引号</td><td>01/2</td><td>分类</td><td>其他</td></tr></table>"
NAVIGATION = "<ul><li><a href='#'>首页</a></li><li><a href='#'>政务公开</a></li></ul><script>var a='<td>9</td>';</script><style>td{}</style>"
HIDDEN = "<div style='DISPLAY : none'><table><tr><td>规章</td><td>9</td></tr></table></div><p hidden>x</p><template><p>y</p></template><noscript>z</noscript>"
STYLES: dict[str, HtmlStyle] = {
    "plain": HtmlStyle(),
    "paragraphs in cells": HtmlStyle(text=in_paragraph),
    "labels split over fonts": HtmlStyle(text=in_fonts),
    "wrapped": HtmlStyle(text=wrapped),
    "several divs a cell": HtmlStyle(text=in_paragraphs),
    "no rowspan": HtmlStyle(spans=False),
    "uneven colspans": HtmlStyle(uneven=True),
    "uneven and wrapped": HtmlStyle(uneven=True, spans=False, text=wrapped),
    "metadata and navigation": HtmlStyle(before=NAVIGATION + METADATA + HIDDEN, after=NAVIGATION + HIDDEN),
    "layout table": HtmlStyle(frame=lambda c: f"<table><tr><td>栏目</td><td><table width=100%><tr><td>{c}</td></tr></table></td></tr></table>"),
    "in the metadata table": HtmlStyle(frame=lambda c: METADATA.replace("</table>", f"<tr><td colspan=4>{c}</td></tr></table>")),
    "each table framed": HtmlStyle(table=lambda rows: f"<div><table><tr><td><table border>{rows}</table></td></tr></table></div>"),
    "tables left open": HtmlStyle(table=lambda rows: f"<div><table>{rows}</div>"),
    "cells left open": HtmlStyle(table=lambda rows: "<table>" + rows.replace("</td>", "").replace("</tr>", "") + "</table>"),
    "caption": HtmlStyle(table=lambda rows: f"<table><colgroup><col><col></colgroup><caption>单位：件</caption>{rows}</table>"),
    "twice": HtmlStyle(copies=2),
    "fragment": HtmlStyle(head="", tail=""),
    "xhtml": HtmlStyle(
        head='<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><head>'
        '<title/><script src="x.js"/></head><body>'
    ),
    "upper case": HtmlStyle(table=lambda rows: f"<TABLE>{rows.replace('<td', '<TD').replace('<tr', '<TR').replace('colspan', 'COLSPAN')}</TABLE>"),
    "comments between": HtmlStyle(table=lambda rows: "<table>" + rows.replace("<td", "<!-- <td>9</td> --><![if !x]><td").replace("</td>", "</td><![endif]>") + "</table>"),
}  # fmt: skip


@pytest.mark.each_value
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("name", ["2019", "2021"])
def test_pages_come_back_whole(style: HtmlStyle, name: str) -> None:
    figures = distinct_figures(form(name), random.Random(3))
    assert in_one_piece(figures_of(read(html_report(form(name), figures, style)))) == figures


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_blanks_come_back_as_blanks(style: HtmlStyle) -> None:
    drawn = balanced_figures(form("2021"), random.Random(5), zeros=0.7)
    figures = {k: "" if v == "0" else v for k, v in drawn.items()}
    assert in_one_piece(figures_of(read(html_report(form("2021"), figures, style)))) == figures


@settings(max_examples=examples(40))
@given(st.sampled_from(list(STYLES)), st.sampled_from(["2019", "2021"]), st.integers(0, 10**6), st.floats(0, 1))
def test_any_figures_in_any_style(style: str, name: str, seed: int, zeros: float) -> None:
    figures = {k: "" if v == "0" else v for k, v in balanced_figures(form(name), random.Random(seed), zeros).items()}
    assert in_one_piece(figures_of(read(html_report(form(name), figures, STYLES[style])))) == figures


def in_one_piece(figures: Figures) -> Figures:
    """Figures with those that the page breaks over lines, and no identity proves to be one, put together."""
    return {k: v.replace("\n", "") for k, v in figures.items()}


def faults() -> dict[str, tuple[str, str]]:
    """Spans as authors get them wrong: what is searched, what stands there instead."""
    rows = "规章|行政规范性文件|行政许可|行政处罚|行政强制|行政事业性收费"
    return {
        "label of the header wider": ("<td>信息内容</td>", '<td colspan="2">信息内容</td>'),
        "labels of the rows wider": (f"<tr><td>({rows})</td>", r'<tr><td colspan="2">\1</td>'),
        "captions narrow": (r'<td colspan="\d">(第二十条)', r"<td>\1"),
        "captions lost": (r'<tr><td colspan="\d">第二十条[^<]*</td></tr>', ""),
        "corner narrow": (r"<td colspan=\"3\" rowspan='3'>", "<td colspan=2 rowspan=3>"),
        "group ends early": ("rowspan='22'>三、", "rowspan='21'>三、"),
        "group ends late": ("rowspan='22'>三、", "rowspan='29'>三、"),
        "subgroup ends late": ("rowspan='8'>（三）", "rowspan='9'>（三）"),
        "cells too many": (r"(>1\.[^<]*</td>(?:<td>[^<]*</td>)*)</tr>", r"\1<td></td></tr>"),
        "labels narrow": (r'<td colspan="[23]">([一二四]、|（[一二六七]）)', r"<td>\1"),
    }


@pytest.mark.parametrize("fault", faults())
@pytest.mark.parametrize("zeros", [0.0, 0.7])
def test_wrong_spans_misplace_nothing(fault: str, zeros: float) -> None:
    drawn = balanced_figures(form("2021"), random.Random(11), zeros)
    figures = {k: "" if v == "0" else v for k, v in drawn.items()}
    page = html_report(form("2021"), figures)
    faulty = re.sub(*faults()[fault], page)
    assert faulty != page
    assert figures_of(read(faulty)) == figures


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_the_narrative_is_in_paragraphs(style: HtmlStyle) -> None:
    page = html_report(form("2021"), distinct_figures(form("2021"), random.Random(1)), style)
    printed = [p.text for p in read(page).paragraphs]
    assert printed.count("新华区曙光街街道办事处2024年政府信息公开工作年度报告") == style.copies
    assert printed.count("2024 年通过网站公开政府信息 385 条, 办理热线工单 842 件。") == style.copies
    assert printed.count("三、收到和处理政府信息公开申请情况") == style.copies


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_charsets(encoding: str) -> None:
    figures = distinct_figures(form("2021"), random.Random(3))
    page = html_report(form("2021"), figures).replace("charset='utf-8'", "charset='gb2312'")
    assert figures_of(html.read(page.encode(encoding))) == figures


@pytest.mark.skipif(not REAL.is_dir(), reason="the real reports are not beside the project")
@pytest.mark.parametrize("path", sorted(REAL.glob("*.html")), ids=lambda p: p.stem)
def test_real_pages(path: Path) -> None:
    document = html.read(path.read_bytes())
    assert figures_of(document) == true_cells(path.with_suffix("").with_suffix(".cells.csv"))
    assert not any(i.severity == "error" for m in match(document, forms()) for i in m.issues)


# ------------------------------------------------------------------------------------------------------------- cases


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        ("<p>一<b>二</b>三</p><div>四<br>五</div>六", ["一二三", "四", "五", "六"]),
        ("<p>全年<span>260</span>\n <font>余</font>条</p>", ["全年260 余条"]),
        ("<p>a <i>b</i>&nbsp;&nbsp;c</p>", ["a b\xa0\xa0c"]),
        ("<div>上<p>中</p>下</div>", ["上", "中", "下"]),
        ("<p>　　首行缩进</p><p>&nbsp;</p><p></p>", ["首行缩进"]),
        ("<pre>一\n二  三\n</pre>", ["一", "二 三"]),
        ("<title>页</title><p>甲</p><p style='visibility: hidden'>乙</p><p style='text-decoration:none'>丙</p>", ["甲", "丙"]),
        ("<p>甲</p></body></html><p>乙</p><html><body><p>丙</p></body></html>", ["甲", "乙", "丙"]),
        ("<table><tr><td>一</td></tr><tr><td>二<p>三</p></td></tr></table>", ["一", "二", "三"]),
        ("<table><tr><td></td><td>标题</td><td>&nbsp;</td></tr></table>", ["标题"]),
        ("甲<table><caption>题</caption><tr><td>1<td>2</table>乙", ["甲", "题", [["1", "2"]], "乙"]),
        ("<table><tr><td>1</td><td>2</td></tr>漏<table><tr><td>3</td><td>4</td></tr></table>尾", [[["1", "2"]], "漏", [["3", "4"]], "尾"]),
        ("<td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table><p>尾", [[["1", "2"], ["3", "4"]], "尾"]),
        ("<table><tr><td>名</td><td>类</td><td>号</td><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>", [[["名", "类", "号", "1\n2"]]]),
        ("<table><tr><td>左</td><td><table><tr><td>规章</td><td>1</td></tr></table></td></tr></table>", ["左", [["规章", "1"]]]),
        ("<table><tr><td>1</td><form><td>2</td></form></tr><p>漏</p></table>", [[["1", "2"]], "漏"]),
        ("<table><tr><td><div>1<td><div>2<tr><td>3<td>4</table>", [[["1", "2"], ["3", "4"]]]),
        ('<p>甲</p><iframe srcdoc="<html><title>页</title><body><p title=\'x\'>乙</p></html>"></iframe><p>丙</p>', ["甲", "乙", "丙"]),
        ("<p>甲</p><IFRAME width=1 srcdoc = '&lt;p&gt;乙 &amp;amp; 丁' src='x.html'>无</IFRAME>丙", ["甲", "乙 & 丁", "丙"]),
        ("<iframe srcdoc=\"<table><tr><td>1<td>2</table><iframe srcdoc='<p>乙'></iframe>\">", [[["1", "2"]], "乙"]),
        ("<p>甲</p><iframe hidden srcdoc='<p>乙'></iframe>", ["甲"]),
        ("<p>甲</p><iframe srcdoc=''>乙</iframe>", ["甲"]),
        ("<table><tr><td>1\x7f</td><td>&#127;&#x7F;t2&#x7f</td></tr></table>", [[["1", "t2"]]]),
    ],
)  # fmt: skip
def test_blocks(page: str, blocks: list[str | list[list[str]]]) -> None:
    assert texts(read(page)) == blocks


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>3</p><p>43</p>", "3\n43"),
        ("12<br>34", "12\n34"),
        ("本年新<br />\n   制作数量", "本年新制作数量"),
        ("商业\n      企业", "商业企业"),
        ("<span>２５</span><span>1</span>", "２５1"),
        ("22（其中修订 16 件）", "22（其中修订 16 件）"),
        ("&nbsp;<p>&#8203;</p>\u3000", ""),
        ("third<br>party", "third party"),
        ("规&nbsp;章", "规\xa0章"),
        ("减<sub>3</sub><!-- 4 --><script>5</script><span style='display:none'>6</span>", "减3"),
    ],
)
def test_text_of_a_cell(cell: str, text: str) -> None:
    assert texts(read(f"<table><tr><td>甲</td><td>{cell}</td></tr></table>")) == [[["甲", text]]]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("<td rowspan=2>a<td>b<tr><td>c", [(0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<td rowspan=0>a<td>b<tr><td>c", [(0, 0, 2, 1, "a"), (0, 1, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<td colspan=900000000000>a<tr><td rowspan=99999999>b<td colspan='2;'>c", [(0, 0, 1, 2, "a"), (1, 0, 1, 1, "b"), (1, 1, 1, 1, "c")]),
        ("<td colspan=0>a<td colspan=-3>b<td colspan=x>c", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (0, 2, 1, 1, "c")]),
        ("<td>a<td rowspan=2>b<tr><td colspan=2>c", [(0, 0, 1, 1, "a"), (0, 1, 2, 1, "b"), (1, 0, 1, 1, "c")]),
        ("<td rowspan=3>a<td>b</tr></tbody><tbody><tr><td>c<td>d", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (1, 0, 1, 1, "c"), (1, 1, 1, 1, "d")]),
        ("<td>a<td>b<td colspan=2>c<td>d<tr><td>1<td colspan=2>2<td>3<td>4", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (0, 2, 1, 1, "c"), (0, 3, 1, 1, "d"), (1, 0, 1, 1, "1"), (1, 1, 1, 1, "2"), (1, 2, 1, 1, "3"), (1, 3, 1, 1, "4")]),
    ],
)  # fmt: skip
def test_spans(rows: str, cells: list[tuple[int, int, int, int, str]]) -> None:
    grid = next(read(f"<table><tbody><tr>{rows}</table>").grids)
    assert places(grid) == cells
    assert not grid.ragged


def test_spans_of_cells_outside_of_any_table_are_not_printed() -> None:
    table = "<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>"
    document = read(f"{table}<tr><td colspan=2>说明</td><td rowspan=3>备注</td></tr>")
    assert [p.text for p in document.paragraphs] == ["说明", "备注"]


@pytest.mark.parametrize(
    "rows",
    [
        "<td colspan=2>信息内容<td>甲<td>乙<tr><td>规章<td>1<td>2",  # the figures end before the header
        "<td colspan=2>信息内容<td>甲<td>乙<td colspan=2>丙<tr><td>规章<td>1<td>2<td colspan=3>3",  # or are shifted inside
    ],
)
def test_rows_that_do_not_share_their_columns_are_ragged(rows: str) -> None:
    assert next(read(f"<table><tr>{rows}</table>").grids).ragged


# ----------------------------------------------------------------------------------------------------- damaged, hostile

PAGE = html_report(
    form("2021"), distinct_figures(form("2021"), random.Random(9)), HtmlStyle(text=in_fonts, before=METADATA)
).encode()


def read_or_refused(data: bytes) -> None:
    start = time.process_time()
    with contextlib.suppress(Refused):
        assert html.read(data).blocks
    assert time.process_time() - start < 3  # of a processor: a busy machine takes longer


@settings(max_examples=examples(150))
@given(st.integers(0, len(PAGE)), st.lists(st.tuples(st.integers(0, len(PAGE) - 1), st.integers(0, 255)), max_size=30))
def test_mutated_pages(cut: int, flips: list[tuple[int, int]]) -> None:
    page = bytearray(PAGE)
    for at, byte in flips:
        page[at] ^= byte
    read_or_refused(bytes(page[:cut]))
    read_or_refused(bytes(page[cut:]))


@settings(max_examples=examples(200))
@given(st.lists(st.sampled_from(re.split(" ",
    "<table> </table> <tr> </tr> <td> </td> <th> <td\tcolspan=3> <td\trowspan=2> <tbody> <p> </p> <br> <div> </div> <span> </span>"
    " <form> <pre> <caption> <script> </script> <!-- --> 规章 12 &nbsp; &#127;e \x7ft </body>")), max_size=40))  # fmt: skip
def test_any_nesting_of_tags(tags: list[str]) -> None:
    """Nothing that is shown is lost or printed twice."""
    page = "".join(tags)
    with contextlib.suppress(Refused):
        blocks = read("首" + page).blocks
        shown = "".join(b.text if isinstance(b, Paragraph) else "".join(c.text for c in b.cells) for b in blocks)
        if not {"<script>", "<!--"} & set(tags):
            assert shown.count("规章") == page.count("规章")
            assert shown.count("12") >= page.count("12") - page.count("&#12")
        for grid in (b for b in blocks if isinstance(b, Grid)):
            spots = [
                (r, c)
                for x in grid.cells
                for r in range(x.row, x.row + x.row_span)
                for c in range(x.col, x.col + x.col_span)
            ]
            assert len(spots) == len(set(spots))


BOMBS: dict[str, Callable[[], bytes]] = {
    "deep": lambda: b"<div>" * 100_000 + b"x",
    "deep tables": lambda: b"<table><tr><td>1<td>" * 20_000,
    "open fonts": lambda: b"<font>" * 3_000 + "<p>规章</p>".encode(),
    "long text": lambda: b"<p>" + b"x" * 11_000_000,
    "many cells": lambda: b"<table><tr>" + b"<td>1" * 300_000,
    "tall cells": lambda: b"<table>" + b"<tr>" + b"<td rowspan=60000>" * 2_000 + b"<tr>" * 100_000,
    "wide cells": lambda: b"<table>" + b"<tr><td colspan=1000><td colspan=999>x" * 20_000,
    "attributes": lambda: b"<p " + b" ".join(b"a%d=1" % i for i in range(100_000)) + b">x",
    "ragged": lambda: b"<table><tr>" + b"<td>x" * 1_000 + b"<tr><td><td colspan=999>x<td>y" * 3_000,
    "many tags": lambda: b"<b>" * 1_000_000,
    "entities": lambda: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;</p>',
    "network": lambda: (
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><p>x</p><iframe src="http://127.0.0.1:9/"></iframe>'
    ),
    "10 MB cell": lambda: b"<table><tr><td>a<td>" + b"1" * 9_900_000 + b"</table>",
    "zeros": lambda: b"<p>" + bytes(1_000_000),
    "too large": lambda: b"<p>" + b" " * 21_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    read_or_refused(BOMBS[name]())


@pytest.mark.parametrize(
    "page", ["<html></html>", "<script>document.write('x')</script>", "<p>&nbsp;</p>", "<!-- x -->"]
)
def test_pages_without_text_are_refused(page: str) -> None:
    with pytest.raises(Refused) as refused:
        read(page)
    assert refused.value.reason == "not-a-document"


def test_open_fonts_do_not_end_a_page() -> None:
    assert texts(read("<font>" * 3_000 + "<p>规章</p>")) == ["规章"]


@pytest.mark.parametrize(
    ("data", "reason"), [(b"<p>" + b"<i>" * 500_000, "too-large"), (b"<div>" * 9_999 + b"x", "too-large")]
)
def test_limits_have_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        html.read(data)
    assert refused.value.reason == reason
