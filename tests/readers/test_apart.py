"""What a web page shows apart inside of a cell, or writes there itself: two figures are never read as one."""

from __future__ import annotations

import pytest

from pipeline.numbers import figure
from pipeline.readers import read
from tests.readers.test_styles import page, seen

TOLD = ("word", "unread")

# Styles of two pieces, 1 and 2, that a person sees as two.
APART = (
    "display:block",
    "display:flex",
    "display:grid",
    "display:table-cell",
    "display:list-item",
    "display:table",
    "display:flow-root",
    "float:left",
    "float:right",
    "margin-right:8px",
    "margin-left:20px",
    "padding-left:.5em",
    "position:absolute",
    "position:fixed",
    "position:absolute;left:40px",
    "margin-inline-end:10px",
    "width:50px;display:inline-block",
    "position:relative;left:30px",
    "transform:translateX(20px)",
    "border-right:1px solid red",
    "border:1px solid",
    "margin:0 1em",
    "padding:0 5px",
    "translate:20px",
    "order:2;display:inline-flex",
    "outline:2px solid",
    "writing-mode:vertical-rl",
    "break-after:column",
    "rotate:180deg",
    "transform:scaleX(-1)",
    "scale:-1 1",
    "letter-spacing:30px",
    "filter:blur(9px)",
    "unicode-bidi:bidi-override;direction:rtl",
    "word-spacing:20px;white-space:pre",
    "vertical-align:top",
    "margin-top:-5px;display:inline-block",
)
# Those of what holds the two.
AROUND = (
    "display:flex",
    "display:flex;gap:1em",
    "display:grid",
    "display:inline-flex;column-gap:9px",
    "column-count:2",
    "columns:2",
    "display:flex;flex-direction:row-reverse",
    "unicode-bidi:bidi-override;direction:rtl",
)
# Those that leave the two one figure.
TOGETHER = (
    "color:red",
    "font-family:宋体;font-size:12pt",
    "mso-font-kerning:0;margin:0",
    "display:inline",
    "padding:0;margin:0px",
    "font-weight:bold;letter-spacing:1pt",
    "border:none windowtext 1.0pt",
    "position:relative",
    "background:yellow",
    "width:9px",
    "line-height:1;vertical-align:middle",
    "color:rgb(51,51,51)",
    "opacity:.8",
    "text-decoration:underline",
    "font:12px 宋体",
)


def of_two(style: str, around: str = "") -> str:
    piece = f"<span style='{style}'>" if style else "<span>"
    return f"<div style='{around}'>{piece}1</span>{piece}2</span></div>"


@pytest.mark.parametrize("sheet", [False, True])
def test_pieces_set_apart_are_no_one_figure(sheet: bool) -> None:
    found = {style: seen(drawn(of_two(style), sheet=sheet))[0] for style in APART}
    found |= {style: seen(drawn(of_two("", style), sheet=sheet))[0] for style in AROUND}
    assert {style: text for style, text in found.items() if figure(text).kind not in TOLD} == {}


@pytest.mark.parametrize("sheet", [False, True])
def test_pieces_left_together_are_one_figure(sheet: bool) -> None:
    found = {style: seen(drawn(of_two(style), sheet=sheet)) for style in TOGETHER}
    assert {style: text for style, text in found.items() if text != ("12", "")} == {}


def drawn(content: str, *, sheet: bool) -> bytes:
    """The content of a cell, its styles in a sheet of the page where that is asked for."""
    if not sheet:
        return page(content)
    rules = []
    for number, part in enumerate(content.split("style='")[1:]):
        style = part.split("'")[0]
        rules.append(f".c{number}{{{style}}}")
        content = content.replace(f"style='{style}'", f"class=c{number}", 1)
    return page(content, f"<style>{''.join(rules)}</style>")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<table><tr><td>12</td><td>34</td></tr></table>", "12\n34"),
        ("<table><tr><td>12</td></tr><tr><td>34</td></tr></table>", "12\n34"),
        ("<table><tr><td>12</td></tr></table>", "12"),
        ("<table><tr><td>12</td><td></td></tr></table>", "12"),
        ("1<br>2", "1\n2"),
        ("1<hr>2", "1\n2"),
        ("1<wbr>2", "12"),
        ("<pre>1\n2</pre>", "1\n2"),
        ("<div style='white-space:pre-line'>1\n2</div>", "1\n2"),
        ("<q>1</q>2", "1\n2"),
        ("<button>1</button>2", "1\n2"),
        ("12<input value=3>", "12\n3"),
        ("<input value=3><input value=4>", "3\n4"),
        ("1<select><option>2</select>", "1\n2"),
        ("<textarea>1</textarea>2", "1\n2"),
        ("12<input type=hidden value=3>", "12"),
        ("12<input type=checkbox value=3>", "12"),
        ("<input value=3 disabled>", "3"),
        ("<input type=button value=12>", "12"),
        ("<input type=month value=12>", "12"),
        ("<input style='display:none' value=3>12", "12"),
        ("<input hidden value=3>12", "12"),
        ("<select style='display:none'><option>3</select>12", "12"),
        ("<textarea style='visibility:hidden'>3</textarea>12", "12"),
        ("<output>12</output>", "12"),
        ("<data value=3>12</data>", "12"),
        ("<details open><summary></summary>12</details>", "12"),
        ("12<details><summary></summary>3</details>", "12"),
        ("12<dialog>3</dialog>", "12"),
        ("12<div hidden=until-found>3</div>", "12"),
        ("1<span aria-hidden=true>2</span>", "12"),
        ("<bdo dir=ltr>12</bdo>", "12"),
    ],
)
def test_what_a_cell_shows(content: str, text: str) -> None:
    assert seen(page(content))[0] == text


@pytest.mark.parametrize(
    "content",
    [
        "<bdo dir=RTL>12</bdo>",
        "<span style='unicode-bidi:bidi-override;direction:rtl'>12</span>",
        "&#8238;12",
        "<meter value=3>12</meter>",
        "<progress value=3>12</progress>",
        "<input type=password value=12>",
        "<input type=range value=12>",
        "<select multiple><option selected>1<option>2</select>",
        "<select><option label=7>1</select>",
        "1&emsp;2",
        # of colours and the like that are not known nothing is guessed
        "12<span style='color:var(--x)'>3</span>",
        "12<span style='color:color-mix(in srgb, white, white)'>3</span>",
        "12<span style='mask:linear-gradient(transparent,transparent)'>3</span>",
        "12<span style='-webkit-text-security:disc'>3</span>",
        "12<span style='clip-path:polygon(0 0)'>3</span>",
        "<span style='color:#eee;background:#eee'>3</span>12",
        "12<span style='transform:translateY(-5px)'>3</span>",
        "<span style='letter-spacing:-20px'>12</span>",
        "<span style='display:inline-block;transform:scaleX(-1)'>12</span>",
        "<span style='display:inline-block;transform:rotate(180deg)'>69</span>",
        # a small digit on the base line may be the mark of a note
        "12<small>3</small>",
        "12<font size=1>3</font>",
        "<font size=4>12</font><font size='-1'>3</font>",
        "12<span style='font-size:60%'>3</span>",
        "<span style='font-size:14pt'>12</span><span style='font-size:9pt'>3</span>",
        "12<b style='font-size:.7em'><i>3</i></b>",
        "12<span style='font:smaller Arial;font-size:x-small'>3</span>",
    ],
)
def test_what_is_not_shown_as_written_is_told(content: str) -> None:
    assert figure(seen(page(content))[0]).kind in TOLD


@pytest.mark.parametrize(
    "sheet",
    [
        'td::before{content:"1"}',
        "td:before{content:'1'}",
        "td::after{content:'%'}",
        "td::before{content:'-'}",
        "td::after{content:'万'}",
        r"td::before{content:'\31'}",
        "td::before{content:var(--x)}",
        "b::after{content:counter(x)}",
        "b::after{content:' (' attr(title) ')'}",
        "*::after{content:'9'}",
        "p,tr td:last-child::after{content:'0'}",
        "@media screen{td::before{content:'1'}}",
        "@media (min-width:600px){td::before{content:'1'}}",
        "@supports (display:grid){td::before{content:'1'}}",
        "td::first-letter{font-size:0}",
        "td::first-line{color:#fff}",
    ],
)
def test_what_a_sheet_writes_into_a_figure_is_told(sheet: str) -> None:
    head = f"<style>{sheet}</style>"
    assert figure(seen(page("<b title=3>2</b>", head))[0]).kind == "unread"
    assert read(page("2", head)).grids.__next__().cells[0].text == "规章"


@pytest.mark.parametrize(
    "sheet",
    [
        "td::before{content:''}",
        "td::before{content:none}",
        "td::after{content:'※'}",
        r"td::before{content:'\e601';font-family:iconfont}",
        "td::after{content:'.';visibility:hidden}",
        "td::before{content:'1';display:none}",
        "@media print{td::after{content:'1'}}",
        "@media print{b{display:none}}",
        "b:hover::after{content:'1'}",
        "td::first-letter{color:red}",
        "p::before{content:'1'}",
    ],
)
def test_ornament_and_what_the_screen_does_not_show_stay_out(sheet: str) -> None:
    assert seen(page("1<b>2</b>", f"<style>{sheet}</style>")) == ("12", "")


ELSEWHERE = [
    ("<link rel=stylesheet href=a.css>", "<span class=old>12</span>7351", True),
    ("<style>@import url(a.css);</style>", "<b class='x old'>12</b><b class=x>7351</b>", True),
    ("<style>@import 'a.css'; .old{color:red}</style>", "<span class=old>12</span>7351", False),
    ("<link rel='StyleSheet' href='a.css'>", "<span class=a>12</span><span class=a>7351</span>", False),
    ("<link rel='stylesheet' href='a.css'>", "<p class=a><span>12</span>7351</p>", False),
    ("<link rel='icon' href='a.ico'>", "<span class=old>12</span>7351", False),
    ("<link rel=stylesheet href='data:text/css,.x{color:red}'>", "<span class=old>12</span>7351", False),
    ("<link rel=stylesheet href=a.css>", "<span class=old>127351</span>", False),
    ("<link rel=stylesheet href=a.css>", "<span class=old>（一）</span>127351", False),
]


@pytest.mark.parametrize(("head", "content", "is_told"), ELSEWHERE)
def test_pieces_that_a_sheet_elsewhere_may_tell_apart(head: str, content: str, is_told: bool) -> None:
    text, _ = seen(page(content, head))
    assert figure(text).kind == ("unread" if is_told else "word" if "一" in content else "number")


@pytest.mark.parametrize(
    "content",
    [
        "<small>123</small>",
        "<small>12</small><small>3</small>",
        "<font size=3>12</font><font size=4>3</font>",
        "<span style='font-size:12pt'>1</span><span style='font-size:10.5pt'>23</span>",
        "<small>1</small>23",
        "<font size=3>12</font><font size=2>3</font>",
        "<span style='font-size:14pt'>12</span><span style='font-size:12pt'>3</span>",
        "<span style='font-size:16px'>12</span><span style='font-size:12pt'>3</span>",
        "<font size=1>12<b>3</b></font>",
        "<span style='letter-spacing:-0.5pt'>123</span>",
        "<span style='letter-spacing:-1px;transform:scale(1.1)'>123</span>",
        "<span style='transform:rotate(0deg)'>123</span>",
        "123<small> </small>",
        "123<small>件</small>",
    ],
)
def test_digits_of_about_one_size_are_one_figure(content: str) -> None:
    assert figure(seen(page(content))[0]).value == 123
