"""What of a web page's cell a person sees: each way to hide, strike, raise or fill in text, and its undoing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Cell
from pipeline.forms.model import Form
from pipeline.readers import read, sniff
from tests.conftest import parse_bytes, printed
from tests.readers.draw_html import HtmlStyle, html_report
from tests.render import balanced_figures

OBJECT = "\ufffc"


def page(content: str, head: str = "", cell: str = "<td>{}</td>", body: str = "<body>") -> bytes:
    rows = f"<tr><td>规章</td><td>甲</td></tr><tr><td>行政许可</td>{cell.format(content)}</tr>"
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head>{body}<p>文</p><table>{rows}</table></body></html>".encode()


def last_cell(data: bytes) -> Cell:
    (grid,) = read(data).grids
    return grid.cells[-1]


def seen(data: bytes) -> tuple[str, str]:
    cell = last_cell(data)
    return cell.text, cell.left_out


HIDDEN = {
    "display": "display:none",
    "visibility": "visibility:hidden",
    "collapsed": "VISIBILITY : collapse",
    "size": "font-size:0",
    "size with unit": "font-size: 0px; color: red",
    "opacity": "opacity:0",
    "opacity with a point": "opacity:.0",
    "white": "color:#fff",
    "white by name": "color: White",
    "white in numbers": "color:rgb(255, 255, 255)",
    "nearly white": "color:#fefefe",
    "transparent": "color:transparent",
    "far to the left": "position:absolute;left:-9999px",
    "far above": "position:fixed; top:-200em",
    "indented away": "display:inline-block;text-indent:-999px",
    "clipped": "position:absolute;clip:rect(0 0 0 0)",
    "clipped by a path": "clip-path:inset(100%)",
    "no height": "display:block;height:0;overflow:hidden",
    "scaled away": "transform:scale(0)",
    "scaled away in a line": "transform:scaleX(0)",
    "scaled to nothing": "scale:0",
    "a tenth of a point": "font-size:.1px",
    "a hundredth of a letter": "font-size:0.01em",
    "small by the font": "font:1px a",
    "faint": "opacity:0.01",
    "faint by a filter": "filter:opacity(0)",
    "white in shares": "color:rgb(100% 100% 100%)",
    "white by hue": "color:hsl(0, 0%, 100%)",
    "white by whiteness": "color:hwb(0 100% 0%)",
    "white by lightness": "color:lab(100 0 0)",
    "white by oklch": "color:oklch(100% 0 0)",
    "half of white": "color:#fff8",
    "nothing of black": "color:#0000",
    "nothing of black in numbers": "color:rgb(0 0 0 / 0)",
    "nearly white by name": "color:ghostwhite",
    "filled with white": "-webkit-text-fill-color:#fff",
    "one point": "position:absolute;width:1px;height:1px;overflow:hidden",
    "no height in a line": "display:inline-block;height:0;overflow-y:clip",
    "a screen to the left": "position:absolute;left:-100vw",
    "moved away": "position:absolute;transform:translateX(-9999px)",
    "not drawn": "content-visibility:hidden",
}
STRUCK = {"line through": "text-decoration:line-through", "line": "text-decoration-line: line-through"}
RAISED = {
    "a variant of the font": "font-variant-position:super",
    "from below": "position:relative;bottom:5px",
    "super": "vertical-align:super;font-size:smaller",
    "points": "vertical-align: 3.5pt",
    "moved": "position:relative;top:-3.0pt",
}
NOT_TEXT = {**HIDDEN, **STRUCK, **RAISED}
VISIBLE = {
    "plain": "color:red",
    "white on blue": "color:#fff;background-color:#00f",
    "white on an image": "color:#fff;background:url(blue.png)",
    "small": "font-size:0.8em",
    "half transparent": "opacity:0.5",
    "underlined": "text-decoration:underline",
    "shown": "display:inline;visibility:visible",
    "a little to the left": "position:relative;left:-3px",
    "cut where it ends": "overflow:hidden;width:20px",
}  # fmt: skip


@pytest.mark.parametrize("style", NOT_TEXT.values(), ids=NOT_TEXT.keys())
def test_what_is_not_seen_is_no_part_of_a_figure(style: str) -> None:
    assert seen(page(f'<span style="{style}">8</span>61')) == ("61", "8")
    assert seen(page(f'61<b><i style="{style}">8</i></b>')) == ("61", "8")


@pytest.mark.parametrize(
    "style",
    [
        *("display&#58;none", "&#100;isplay:none", "display:&#x4E;one", "display:/* */none", r"d\69splay:none"),
        *(r"\000064 isplay:none", r"dis\play:n\6fne", r"DI\53 PLAY:none", r"text-decoration:line\2dthrough"),
    ],
)
def test_a_style_may_be_written_with_references_comments_and_escapes(style: str) -> None:
    assert seen(page(f'<span style="{style}">8</span>61')) == ("61", "8")
    if "&" not in style:  # in a sheet they are none
        assert seen(page('<span class="x">8</span>61', f"<style>.x{{{style}}}</style>")) == ("61", "8")


def test_what_is_no_letter_stays_an_escape_in_a_style() -> None:
    assert seen(page(r'<span style="color:red\9;width:9px\0/">8</span>61')) == ("861", "")


@pytest.mark.each_value
@pytest.mark.parametrize("style", NOT_TEXT.values(), ids=NOT_TEXT.keys())
@pytest.mark.parametrize("selector", [".x", "span.x", "td .x", "table td > span", "#n", "span", "p, .x"])
def test_style_sheets_hide_as_attributes_do(selector: str, style: str) -> None:
    assert seen(page('<span class="x" id="n">8</span>61', f"<style>{selector}{{{style}}}</style>")) == ("61", "8")


@pytest.mark.parametrize(
    "sheet",
    [
        "@layer a{.x{display:none}}",
        "@supports (display:grid){.x{display:none}}",
        "@media all and (min-width:1px){.x{display:none}}",
        "@media (width >= 300px){.x{display:none}}",
        "@media not print{.x{display:none}}",
        ".y:before,.x{display:none}",
    ],
)
def test_rules_that_hold_on_every_screen_hide(sheet: str) -> None:
    assert seen(page('<span class="x">8</span>61', f"<style>{sheet}</style>")) == ("61", "8")


@pytest.mark.parametrize(
    "sheet",
    [
        "td{color:red; & .x{display:none}}",
        "td{.x{display:none} color:red}",
        "td{color:red;span{&.x{display:none}}}",
        ".x{td &{display:none}}",
        "td{> .x{display:none}}",
        "td{@media screen{.x{display:none}}}",
        ".x{@media screen{display:none}}",
        "p, td{span, i{display:none}}",
        "@layer a,b; @layer b{.x{display:none}} @layer a{td .x{display:inline}}",
        "@layer a{.x{display:inline}} .x{display:none} @layer b{td .x{display:inline}}",
        "@layer a{.x{display:none!important}} @layer b{.x{display:inline!important}}",
        "@layer a{.x{display:none} @layer b{td .x{display:inline}}}",
        "i:hover,.x{display:none}",
        ".x:not(:hover){display:none}",
        ".x:not(:checked){display:none}",
        "td:has(.x) .x{display:none}",
        "tbody > tr > td > .x{display:none}",
        "TD .x{display:none}",
        ".x{display:/**/none}",
        "@import url(data:text/css,.x%7Bdisplay:none%7D);",
        "@import 'data:text/css;base64,LnggeyBkaXNwbGF5Om5vbmV9';",
        ".y{content:'}'} .x{display:none}",
    ],
)
def test_rules_within_each_other_and_in_layers_hide(sheet: str) -> None:
    assert seen(page('<span class="x">8</span>61', f"<style>{sheet}</style>")) == ("61", "8")


@pytest.mark.parametrize(
    "sheet",
    [
        "i{.x{display:none}}",
        "td{@media print{.x{display:none}}}",
        "@layer a,b; @layer b{.x{display:inline}} @layer a{td .x{display:none}}",
        "@layer b{td .x{display:none}} .x{display:inline}",
        ".x{&:hover{display:none}}",
        ".x:not(.x){display:none}",
        "table > tr > td > .x{display:none} tbody{color:red}",
        "&&&&{.x{display:none}}",
    ],
)
def test_rules_within_each_other_hide_nothing_else(sheet: str) -> None:
    assert seen(page('<span class="x">8</span>61', f"<style>{sheet}</style>")) == ("861", "")


def test_a_box_that_is_ticked_hides_what_a_rule_says() -> None:
    sheet = "<style>.t:not(:checked)~.x{display:none}</style>"
    assert seen(page('<input type="checkbox" class="t"><span class="x">8</span>61', sheet)) == ("61", "8")
    assert seen(page('<input type="checkbox" class="t" checked><span class="x">8</span>61', sheet)) == ("861", "")


def test_a_sheet_in_the_address_of_a_link_hides() -> None:
    for address in ("data:text/css,.x%7Bdisplay:none%7D", "data:text/css;base64,LnggeyBkaXNwbGF5Om5vbmV9"):
        link = f'<link rel="stylesheet" href="{address}">'
        assert seen(page('<span class="x">8</span>61', link)) == ("61", "8")


@pytest.mark.parametrize(
    ("content", "of_html", "of_xml"),
    [
        ("<![CDATA[12]]>", "", f"12{OBJECT}"),
        ("<![CDATA[12]]>34", "34", f"12{OBJECT}34"),
        ("34<![CDATA[]]>", "34", "34"),
        ("<script>//<![CDATA[\nif (1 > 0) {}\n//]]></script>34", "34", "34"),
        ("<![CDATA[<b>12</b>]]>", "12]]>", f"12{OBJECT}"),
    ],
)
def test_a_section_of_xml_is_a_comment_of_a_page(content: str, of_html: str, of_xml: str) -> None:
    assert seen(page(content))[0] == of_html
    assert seen(b'<?xml version="1.0" encoding="utf-8"?>' + page(content))[0] == of_xml


@pytest.mark.parametrize(
    ("tag", "left_out"),
    [
        ("<style media=screen>{}</style>", "8"),
        ('<style media="print, screen">{}</style>', "8"),
        ("<style media=print>{}</style>", ""),
        ('<style media="screen and (max-width:600px)">{}</style>', ""),
        ('<style type="text/less">{}</style>', ""),
    ],
)
def test_sheets_that_are_not_for_screens_hide_nothing(tag: str, left_out: str) -> None:
    whole = page('<span class="x">8</span>61', tag.format(".x{display:none}"))
    assert seen(whole) == ("61" if left_out else "861", left_out)


def test_important_rules_outweigh_an_elements_own_style() -> None:
    sheet = "<style>.x{display:inline!important} .y{display:none!important}</style>"
    assert seen(page('<span class="x" style="display:none">8</span>61', sheet)) == ("861", "")
    assert seen(page('<span class="y" style="display:inline">8</span>61', sheet)) == ("61", "8")


@pytest.mark.parametrize("style", VISIBLE.values(), ids=VISIBLE.keys())
def test_what_is_seen_stays(style: str) -> None:
    assert seen(page(f'<span style="{style}">8</span>61')) == ("861", "")


@pytest.mark.parametrize(
    "sheet",
    [
        "@media print{.x{display:none}}",
        ".x:hover{display:none}",
        ".x::before{display:none}",
        ".y{display:none}",
        ".x{display:none} .x{display:inline}",
        ".x{display:none} td span.x{display:inline}",
        ".x{display:inline!important} #n{display:none}",
        "/* .x{display:none} */",
        ".x{display:none",
        "}}}.x{{display:none}}",
        ".x[{display:none}",
    ],
)
def test_rules_that_do_not_hold_hide_nothing(sheet: str) -> None:
    assert seen(page('<span class="x" id="n">8</span>61', f"<style>{sheet}</style>")) == ("861", "")


@pytest.mark.parametrize(
    ("content", "text", "left_out"),
    [
        ("<s>12</s>61", "61", "12"),
        ("<del>12</del><ins>61</ins>", "61", "12"),
        ("<strike>12</strike> 61", "61", "12"),
        ("61<sup>1</sup>", "61", "1"),
        ("<ruby>61<rp>(</rp><rt>1</rt><rp>)</rp></ruby>", "61", "1"),
        ("<ruby>61<rtc>1</rtc></ruby>", "61", "1"),
        ("<input placeholder=12>", "", ""),
        ("<div inert>61</div>", "61", ""),
        ("<sup>[2]</sup>61", "61", "[2]"),
        ("<p>61<sup>①</sup></p>", "61", "①"),
        ("<sup>61</sup>", "61", ""),
        ("减<sub>3</sub>", "减3", ""),
        ("<p hidden>9</p>61", "61", "9"),
        ("<font color='white'>9</font>61", "61", "9"),
        ("4147<br>55", "4147\n55", ""),
        ("<p>5264</p><p>66</p>", "5264\n66", ""),
        ("<div>22</div>（其中1件）", "22（其中1件）", ""),
        ('<input type="text" value="47">', "47", ""),
        ('<input value="47" readonly>件', "47件", ""),
        ('<INPUT TYPE="NUMBER" VALUE="47">', "47", ""),
        ('<input type="hidden" value="9">61', "61", ""),
        ('<input type="submit" value="9">61', "61", ""),
        ('<input type="text">', "", ""),
        ("<textarea> 47\n</textarea>", "47", ""),
        ("<select><option>1<option selected>2<option>3</select>", "2", ""),
        ("<select><option>1<option selected>2<option selected>3</select>", "3", ""),
        ("<select><optgroup><option>1</optgroup><optgroup><option selected>2</optgroup></select>", "2", ""),
        ("<select><option>1</option><option>2</option></select>", "1", ""),
        ('<img src="3.png" alt="3">', OBJECT, ""),
        ('1<img src="3.png">', f"1{OBJECT}", ""),
        ('<img src="t.gif" width="1" height="1">3', "3", ""),
        ('<span data-value="3"></span>', OBJECT, ""),
        ('<span data-value="3">4</span>', OBJECT + "4", ""),
        ('<span class="counter" data-to="7351">0</span>', OBJECT + "0", ""),
        ('<span data-count="7351">0</span>件', OBJECT + "0件", ""),
        ('<span data-value="7351">7,351</span>', "7,351", ""),
        ('<span data-value="3">规章</span>', "规章", ""),
        ('<span data-row="3">4</span>', "4", ""),
        ("<span v-if='a'>12</span><span v-else>7351</span>", OBJECT + "127351", ""),
        ("<p ng-show='a'>12</p>7351", OBJECT + "12\n7351", ""),
        ("<span x-show='a'>7351</span>", "7351", ""),
        ("<b v-show='a'>件</b>7351", "件7351", ""),
        ("<script>document.write(3)</script>", OBJECT, ""),
        ("<script>var a = 3</script>4", "4", ""),
        ("<canvas></canvas>", OBJECT, ""),
        ("<svg><text>3</text></svg>", OBJECT, ""),
        ("<math><mn>12</mn></math>", "12", ""),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", OBJECT, ""),
        ("4 9 9 8", "4998", ""),
    ],
)  # fmt: skip
def test_the_content_of_a_cell(content: str, text: str, left_out: str) -> None:
    assert seen(page(content)) == (text, left_out)
    assert seen(page(content, cell="<th>{}</th>")) == (text, left_out)


AGAIN = [
    ("visibility:hidden", "visibility:visible"),
    ("font-size:0", "font-size:12px"),
    ("font-size:0", "font:12px/1 serif"),
    ("color:#fff", "color:#000"),
]


@pytest.mark.parametrize(("hides", "shows"), AGAIN)
def test_what_is_shown_again_inside_leaves_the_rest_hidden(hides: str, shows: str) -> None:
    inside = f'<b style="{shows}">146</b>'
    assert seen(page(f'<span style="{hides}">3{inside}</span>')) == ("146", "3")
    assert seen(page(f'<span style="{hides}">3<i>4{inside}5</i>6<br>7</span>')) == ("146", "3 4 5 6 7")
    assert seen(page(f"3{inside}", cell=f'<td style="{hides}">{{}}</td>')) == ("146", "3")


@pytest.mark.parametrize(("hides", "shows"), AGAIN)
def test_sheets_show_again_as_attributes_do(hides: str, shows: str) -> None:
    if "color" in hides:
        return  # the colours of rules are looked at only where a rule hides by one
    content = f'<span style="{hides}">3<b class="y">146</b></span>'
    assert seen(page(content, f"<style>.y{{{shows}}}</style>")) == ("146", "3")
    content = '<span class="x">3<b class="y">146</b></span>'
    assert seen(page(content, f"<style>.x{{{hides}}} .y{{{shows}}}</style>")) == ("146", "3")


@pytest.mark.parametrize(
    ("hides", "inside"), [("font-size:0", "font-size:1em"), ("visibility:hidden", "visibility:inherit")]
)
def test_what_follows_from_what_is_hidden_is_hidden(hides: str, inside: str) -> None:
    assert seen(page(f'61<span style="{hides}">3<b style="{inside}">4</b></span>')) == ("61", "34")


def test_a_cell_that_is_not_seen_keeps_its_place() -> None:
    assert seen(page("8", cell='<td style="visibility:hidden">{}</td>')) == ("", "8")
    assert seen(page("8", cell='<td style="color:#fff">{}</td>')) == ("", "8")
    assert seen(page("8", cell='<td style="text-decoration:line-through">{}</td>')) == ("", "8")


def test_white_on_the_colour_of_a_cell_or_row_is_seen() -> None:
    white = '<span style="color:#fff">8</span>'
    assert seen(page(white, cell='<td bgcolor="#003366">{}</td>')) == ("8", "")
    assert seen(page(white, cell='<td style="background:#036 none">{}</td>')) == ("8", "")
    assert seen(page(f'<font color="#003366">8</font>{white}', cell='<td bgcolor="#003366">{}</td>')) == ("8", "8")


def test_a_sheet_outside_of_the_page_may_colour_what_has_a_class() -> None:
    link = '<link rel="stylesheet" href="blue.css">'
    white = '<span style="color:#fff">8</span>'
    assert seen(page(white, link, cell='<td class="blue">{}</td>')) == ("8", "")
    assert seen(page(white, link)) == ("", "8")


def test_tables_that_only_a_script_shows_are_read() -> None:
    """A style sheet that hides every table hides nothing; one that hides a draft beside the table hides that."""
    data = page("61", "<style>.main{display:none}</style>").replace(b"<table>", b'<table class="main">')
    assert seen(data) == ("61", "")
    draft = b'<table class="x"><tr><td>\xe8\xa7\x84\xe7\xab\xa0</td><td>9</td></tr></table></body>'
    assert seen(page("61", "<style>.x{display:none}</style>").replace(b"</body>", draft)) == ("61", "")


def test_struck_and_hidden_text_outside_of_tables_is_not_told() -> None:
    data = page("1").replace(
        "<p>文</p>".encode(), "<p>收到<s>12</s>13件<sup>①</sup><i style='opacity:0'>草稿</i></p>".encode()
    )
    assert [p.text for p in read(data).paragraphs] == ["收到13件①"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_is_a_page(encoding: str) -> None:
    data = page("61").decode().encode(encoding)
    assert sniff(data) == "html"
    assert seen(data) == ("61", "")


def test_a_sheet_without_end_is_read_within_limits() -> None:
    many = "".join(f".c{n}{{display:none}}" for n in range(20_000))
    assert seen(page('<span class="c3">8</span>61', f"<style>{many}</style>")) == ("61", "8")


@given(st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(sorted(NOT_TEXT)), st.booleans(), st.booleans())
def test_any_figure_is_what_is_visible(figure: int, other: int, way: str, before: bool, sheet: bool) -> None:
    attribute, head = (
        ('class="x"', f"<style>.x{{{NOT_TEXT[way]}}}</style>") if sheet else (f'style="{NOT_TEXT[way]}"', "")
    )
    mark = f"<span {attribute}>{other}</span>"
    assert seen(page(f"{mark}{figure}" if before else f"{figure}{mark}", head)) == (str(figure), str(other))


def test_a_report_of_pictures_has_no_figures_and_says_so(form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(1))
    style = HtmlStyle(text=lambda t: f'<img src="{t}.png" alt="{t}">' if t.isdecimal() else t)
    parsed = parse_bytes(html_report(form_2021, figures, style).encode())
    assert {f.kind for f in parsed.facts} == {"unread"}
    assert set(printed(parsed)) == set(figures)
    assert sum(i.code == "figure-unread" for i in parsed.issues) == len(figures)
    assert set(parsed.judged.trust.values()) == {"unproven"}


@pytest.mark.parametrize(
    "code", [*range(1, 9), *range(11, 13), *range(14, 32), 127, 0x85, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
)
@pytest.mark.parametrize("look", ["display:none", "text-decoration:line-through", "white-space:pre"])
def test_no_character_in_hidden_text_costs_the_page(code: int, look: str) -> None:
    for written in (chr(code), f"&#{code};", f"&#x{code:X};"):
        page = f"<table><tr><td>规章</td><td><span style='{look}'>5{written}\n6</span>7</td></tr><tr><td>1</td></tr></table>"
        (grid,) = read(f"<html><meta charset='utf-8'><body>{page}</body></html>".encode(errors="replace")).grids
        assert grid.cells[1].text == "7" or look.startswith("white")
