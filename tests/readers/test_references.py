"""What refers to another place of its document is no digit of the figure that it stands behind, in any format."""

from __future__ import annotations

import pytest

from pipeline.readers import read
from tests.readers import test_odf, test_rtf, test_word_drawn
from tests.readers.draw_doc import doc
from tests.readers.test_styles import page, seen
from tests.readers.test_word_drawn import begin, code, field, line, raw, run

HTML = [
    ("7351<a href='#fn1' class='footnote-ref'>1</a>", "7351", "1"),
    ("7351<a href=#fn1>[1]</a>", "7351", "[1]"),
    ('7351 <a id="r" HREF = "#fn1"><span>①</span></a>', "7351", "①"),
    ("<p>7351<a href='page.html#_ftn1' name='_ftnref1'>[<b>12</b>]</a></p>", "7351", "[12]"),
    ("<span>7351</span><span><a href='#n'>*</a></span>", "7351", "*"),
    ("规章<a href='#n'>1</a>", "规章", "1"),
    ("<a href='#n'>1</a>", "1", ""),
    ("<a href='#n'>7351</a>", "7351", ""),
    ("<a href='#n'>35</a>件", "35件", ""),
    ("73<a href='other.html'>51</a>", "7351", ""),
    ("<a name='n'>73</a><b>51</b>", "7351", ""),
    ("共<a href='#n'>7351件</a>", "共7351件", ""),
]
DOCX = [
    (run("7351") + f"<w:hyperlink w:anchor='n1'>{run('1')}</w:hyperlink>", "7351", "1"),
    (run("7351") + f"<w:fldSimple w:instr=' NOTEREF _Ref1 \\h '>{run('1')}</w:fldSimple>", "7351", "1"),
    (run("7351") + field(" REF _Ref1 \\h ", "①"), "7351", "①"),
    (run("7351") + field('HYPERLINK \\l "n1"', "[1]"), "7351", "[1]"),
    (run("7351") + begin("begin") + code("NOTE") + code("REF n") + begin("separate") + run("1") + begin("end"), "7351", "1"),
    (run("7351") + raw('<w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>1</w:t>'), "7351", "1"),
    (run("7351") + raw("<w:endnoteReference w:customMarkFollows='true' w:id='2'/>") + run("1"), "7351", "1"),
    (run("73") + raw('<w:footnoteReference w:customMarkFollows="0" w:id="2"/>') + run("51"), "7351", ""),
    (field(" REF _Ref1 \\h ", "73"), "73", ""),
    (run("7351") + field('HYPERLINK "http://x"', "1"), "73511", ""),
    (run("73") + field(" = 51 ", "51"), "7351", ""),
]  # fmt: skip
ODF = [
    ('<text:p>7351<text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#n1">1</text:a></text:p>', "7351", "1"),
    ("<text:p>7351<text:bookmark-ref>1</text:bookmark-ref></text:p>", "7351", "1"),
    ("<text:p><text:span>7351</text:span><text:span><text:note-ref>①</text:note-ref></text:span></text:p>", "7351", "①"),
    ('<text:p><text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#n1">35</text:a></text:p>', "35", ""),
    ('<text:p>73<text:a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="http://x">51</text:a></text:p>', "7351", ""),
]  # fmt: skip
RTF = [
    (r"7351{\field{\*\fldinst { NOTEREF _Ref1 \\h }}{\fldrslt {\b 1}}}", "7351", "1"),
    (r"7351{\field{\*\fldinst HYPERLINK \\l n1}{\fldrslt [1]}}", "7351", "[1]"),
    (r"7351{\field{\*\fldinst {REF n}}{\fldrslt \u9312?}}", "7351", "①"),
    (r"{\field{\*\fldinst {REF n}}{\fldrslt 35}}", "35", ""),
    (r"73{\field{\*\fldinst HYPERLINK http://x}{\fldrslt 51}}", "7351", ""),
    (r"{\field{\*\fldinst {REF n}}{\fldrslt 7351}}", "7351", ""),
]
DOC = [
    ("7351\x13 NOTEREF _Ref1 \x141\x15", "7351", "1"),
    ('7351\x13HYPERLINK \\l "n"\x14[1]\x15', "7351", "[1]"),
    ("\x13 REF n \x1435\x15", "35", ""),
    ("73\x13 = 51 \x1451\x15", "7351", ""),
]


@pytest.mark.parametrize(("content", "text", "left_out"), HTML)
def test_links_of_a_page(content: str, text: str, left_out: str) -> None:
    assert seen(page(content)) == (text, left_out)


@pytest.mark.parametrize(("content", "text", "left_out"), DOCX)
def test_links_and_fields_of_a_word_document(content: str, text: str, left_out: str) -> None:
    assert test_word_drawn.seen(line(content)) == (text, left_out)


@pytest.mark.parametrize(("content", "text", "left_out"), ODF)
def test_links_and_references_of_an_open_document(content: str, text: str, left_out: str) -> None:
    assert test_odf.in_cell(content) == (text, left_out)


@pytest.mark.parametrize(("content", "text", "left_out"), RTF)
def test_fields_of_rich_text(content: str, text: str, left_out: str) -> None:
    assert test_rtf.in_cell(content) == (text, left_out)


@pytest.mark.parametrize(("content", "text", "left_out"), DOC)
def test_fields_of_an_old_word_document(content: str, text: str, left_out: str) -> None:
    (grid,) = read(doc(["文"], [["规章", "甲", "乙"], ["行政许可", content, "7"]])).grids
    assert (grid.cells[-2].text, grid.cells[-2].left_out) == (text, left_out)
