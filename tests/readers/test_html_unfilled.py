"""Cells of web pages that are blank in the text only: unread; what editors leave behind in blank cells is nothing."""

from __future__ import annotations

import pytest

from pipeline.numbers import figure
from pipeline.readers import read

SHEET = '<link rel="stylesheet" href="a.css">'


def kind(cell: str, head: str = "") -> str:
    rows = f"<tr><td>信息内容<td>本年数</tr><tr><td>行政许可</td>{cell}</tr><tr><td>行政处罚<td>6</tr>"
    (grid,) = read(f"<html><head>{head}</head><body><table>{rows}</table></body></html>".encode()).grids
    assert [c.text for c in grid.cells if c is not grid.cells[3]] == ["信息内容", "本年数", "行政许可", "行政处罚", "6"]
    return figure(grid.cells[3].text).kind


def styled(rule: str) -> str:
    return f"<style>{rule}</style>"


BOX = "display:inline-block;width:8px;height:12px;"
UNREAD: dict[str, tuple[str, str]] = {
    **{
        f"bound by {name}": (f'<td {name}="n"></td>', "")
        for name in (
            *("v-text", "v-html", "ng-bind", "data-ng-bind", "ng-bind-html", "data-bind", "x-text", "x-html"),
            *("th:text", "th:utext", "data-th-text", ":innerText", ":textContent", ":text-content.prop"),
            *("v-bind:inner-text", "[innerText]", "[textContent]", "wire:text", "u-text"),
        )
    },
    **{
        f"a part bound by {name}": (f'<td><p><span {name}="n"> </span></p></td>', "")
        for name in ("v-text", "ng-bind", "x-text", "th:text", "[textContent]", "v-bind:inner-text.prop")
    },
    "in two brackets": ("<td>{{ x }}</td>", ""),
    "with a unit": ("<td>{{ x }}件</td>", ""),
    "with a dollar": ("<td>${x}</td>", ""),
    "a page of a server": ("<td>&lt;%= x %&gt;</td>", ""),
    "code that did not run": ("<td><?php echo $row->x; ?></td>", ""),
    "code in short": ("<td><?= $x ?></td>", ""),
    "a script that writes": ("<td><script>document.write(3)</script></td>", ""),
    "a script that does something": ("<td><script>show(3)</script></td>", ""),
    "a script elsewhere": ('<td> <script src="count.js"></script></td>', ""),
    "a script of a kind": ('<td><p><script type="text/javascript">put(3)</script></p></td>', ""),
    "an element of a script": ('<td><count-up end="3"></count-up></td>', ""),
    "a slot": ("<td><slot></slot></td>", ""),
    "a canvas": ("<td><canvas></canvas></td>", ""),
    "an object": ('<td><object data="a"></object></td>', ""),
    "an embedded thing": ('<td><embed src="a"></td>', ""),
    "a frame": ('<td><iframe src="a"></iframe></td>', ""),
    "an applet": ('<td><applet code="a"></applet></td>', ""),
    "a drawing": ('<td><svg><path d="M0 0"/></svg></td>', ""),
    "an older drawing": ('<td><v:shape path="m0,0l1,1"></v:shape></td>', ""),
    "a background of a box": (f'<td><span style="{BOX}background:url(d.png) 0 -12px"></span></td>', ""),
    "a background by a class": ('<td><i class="d3"></i></td>', styled(f".d3{{{BOX}background-image:url(d.png)}}")),
    "a background by two classes": (
        '<td><i class="d d3"></i></td>',
        styled(f".d{{{BOX}background-image:url(d.png)}} .d3{{background-position:0 -36px}}"),
    ),
    "a background of the cell": ('<td style="background:url(3.png) no-repeat"></td>', ""),
    "a place in the background of the cell": (
        '<td class="d"></td>',
        styled(".d{background-image:url(d.png);background-position:0 -36px}"),
    ),
    "a picture before": ('<td class="c"></td>', styled(".c:before{content:url(3.png)}")),
    "a picture in its place": ('<td><b class="c"></b></td>', styled(".c{content:url(3.png)}")),
    "a digit before": ('<td><i class="c"></i></td>', styled('.c::before{content:"3"}')),
    "a count before": ('<td class="c"></td>', styled(".c:before{counter-increment:a 3;content:counter(a)}")),
    "a sign of a font before": ('<td><i class="c"></i></td>', styled('.c:before{content:"\\e603"}')),
    "a sign of a font": ("<td><i class='iconfont'>&#xe603;</i></td>", ""),
    "signs of a font": ("<td>\ue603\ue604</td>", ""),
    "a sign of a font beside a digit": ("<td>1&#xe603;</td>", ""),
    "a sign of a font with a unit": ("<td>&#xe603;件</td>", ""),
    "a sign of a font far behind": ("<td>&#xF0003;</td>", ""),
    "an icon": ('<td><i class="icon-3"></i></td>', SHEET),
    "a digit of a sprite": ('<td><span class="num num-3"></span></td>', SHEET),
}

BLANK: dict[str, tuple[str, str]] = {
    "nothing": ("<td></td>", ""),
    "a blank": ("<td>&nbsp;</td>", ""),
    "an empty part": ("<td><span></span></td>", ""),
    "empty parts": ("<td><p class=MsoNormal align=center><span lang=EN-US><o:p></o:p></span></p></td>", ""),
    "a blank of Word": ("<td><p><o:p>&nbsp;</o:p></p></td>", ""),
    "other parts of Word": ("<td><st1:chsdate></st1:chsdate><w:sdt></w:sdt><u1:p></u1:p></td>", ""),
    "a class of an editor": ('<td><span class="ql-size-large"></span></td>', SHEET),
    "an italic of nothing": ("<td><i></i><b></b><em></em></td>", SHEET),
    "a sign whose sheet is not named": ('<td><i class="icon-3"></i></td>', ""),
    "a line end": ("<td><br></td>", ""),
    "a place": ('<td><a name="x"></a><span id="_Toc3"></span></td>', ""),
    "a comment": ("<td><!-- 3 --></td>", ""),
    "a colour": ('<td style="background:#fff" bgcolor="#fff"></td>', ""),
    "no background": ('<td><p style="background-image:none;width:9px"></p></td>', ""),
    "wallpaper": ('<td style="background:url(a.gif)"></td>', ""),
    "a background without room": ('<td><span style="background:url(a.gif)"></span></td>', ""),
    "a picture that takes no room": ('<td><img src="a.gif" width="1" height="1"></td>', ""),
    "data of a script": ('<td><script type="application/json">{"a": 3}</script></td>', ""),
    "a sheet": ("<td><style>.a{color:red}</style></td>", ""),
    "a template": ("<td><template><b>3</b></template></td>", ""),
    "a bullet before": ('<td class="c"></td>', styled('.c:before{content:"•"}')),
    "something chosen of nothing": ('<td><span v-if="a"></span></td>', ""),
    "a name of an attribute": ('<td title="text" contenteditable="true"></td>', ""),
}


@pytest.mark.parametrize("case", UNREAD.values(), ids=UNREAD.keys())
def test_what_is_filled_elsewhere_is_unread(case: tuple[str, str]) -> None:
    assert kind(*case) == "unread"


@pytest.mark.parametrize("case", BLANK.values(), ids=BLANK.keys())
def test_what_editors_leave_behind_is_blank(case: tuple[str, str]) -> None:
    assert kind(*case) == "blank"


@pytest.mark.parametrize(
    ("cell", "head"),
    [
        ('<td ng-bind="n" class="ng-binding">12</td>', ""),
        ('<td><span v-text="n">12</span></td>', ""),
        ('<td>12<i class="icon-up"></i></td>', SHEET),
        ('<td class="c">12</td>', styled('.c:after{content:"\\e603"}')),
        ('<td>12<script>track("a")</script></td>', ""),
        (f'<td>12<i style="{BOX}background:url(up.png)"></i></td>', ""),
    ],
)
def test_a_figure_beside_it_is_read(cell: str, head: str) -> None:
    assert kind(cell, head) == "number"
