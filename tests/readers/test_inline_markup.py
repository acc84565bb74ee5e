"""Markup within the cells of tables in Markdown: what a person sees of it, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pipeline.marks import OBJECT
from pipeline.readers.fields import seen_of
from tests.conftest import parse_bytes
from tests.odd.page import HANDS
from tests.odd.scoring import score
from tests.odd.tables import figures, report, truth_of

CASES = [
    ("12", "12", ""),
    ("数量 < 5 & 其他", "数量 < 5 & 其他", ""),
    ("<b>12</b>", "12", ""),
    ("<STRONG>12</STRONG>", "12", ""),
    ("**<u>12</u>**", "12", ""),
    ('<font color="red">12</font>', "12", ""),
    ('<span style="color:#ff0000;text-align:center">12</span>', "12", ""),
    ("12<!-- 13 -->", "12", ""),
    ("12&nbsp;", "12", ""),
    ("&#49;2", "12", ""),
    ("==12==", "12", ""),
    ("本年<br>制发", "本年制发", ""),
    ("1<br/>2", "1\n2", ""),
    ("~~9~~ 12", "12", "9"),
    ("<del>9</del>12", "12", "9"),
    ("<s>9</s>12", "12", "9"),
    ("~~9~~", "", "9"),
    ("12<sup>1</sup>", "12", "1"),
    ("12<sup>①</sup>", "12", "①"),
    ("12^1^", "12", "1"),
    ("12[^1]", "12", "1"),
    ("$12$", "12", ""),
    ("$12^{1}$", "12", "1"),
    ("12$^{[1]}$", "12", "[1]"),
    (r"$\mathrm{12}$", "12", ""),
    (r"\(12\)", "12", ""),
    (r"$\frac{1}{2}$", OBJECT + "12", ""),
    (r"$12\checkmark$", "12" + OBJECT, ""),
    ('12<span style="display:none">3</span>', "12" + OBJECT + "3", ""),
    ('12<font color="#fff">3</font>', "12" + OBJECT + "3", ""),
    ('<i class="icon-3"></i>', OBJECT, ""),
    ('<img src="12.png">', OBJECT, ""),
    ('<input value="12">', OBJECT, ""),
    ("第三条第(一)项", "第三条第(一)项", ""),
]


@pytest.mark.parametrize(("field", "text", "left_out"), CASES)
def test_a_cell_is_what_a_person_sees_of_it(field: str, text: str, left_out: str) -> None:
    assert seen_of(field) == (text, left_out)


def each_figure(changed: Callable[[str], str]) -> bytes:
    """A report in Markdown, each figure changed."""
    page = HANDS["pipes"][1](report()).decode()
    return re.sub(r"(?<=\| )\d+(?= \|)|(?<=\|)\d+(?=\|)", lambda m: changed(m[0]), page).encode()


@pytest.mark.parametrize(
    ("before", "behind"),
    [("**", "**"), ("<b>", "</b>"), ("~~9~~ ", ""), ("", "<sup>1</sup>"), ("$", "^{1}$"), ("", "[^1]"), ("", "&nbsp;")],
)
def test_figures_in_markup_are_read_twice(before: str, behind: str) -> None:
    found = parse_bytes(each_figure(lambda f: f"{before}{f}{behind}"), "report.md")
    plain = parse_bytes(each_figure(lambda f: f), "report.md")
    assert str(score(found, truth_of(figures()))) == "whole"
    assert found.judged.trust == plain.judged.trust


@pytest.mark.parametrize(
    "drawn", ['<span style="opacity:0">7</span>', r"$\frac{1}{%s}$", '<i class="icon-7"></i>', '<img src="7.png">']
)
def test_a_figure_that_is_not_only_text_is_unread(drawn: str) -> None:
    found = parse_bytes(each_figure(lambda f: drawn % f if "%s" in drawn else f + drawn), "report.md")
    truth = dict.fromkeys(truth_of(figures()), "0")
    assert score(found, truth).silent == ()
    assert {f.kind for f in found.facts} <= {"unread"}
