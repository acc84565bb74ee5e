"""RTF documents, drawn in many styles and read."""

from __future__ import annotations

import random

import pytest

from pipeline.document import Document
from pipeline.forms.model import Form
from pipeline.readers import Refused, read, sniff
from pipeline.readers.rtf.content import MAX_DEPTH
from tests.conftest import parse_bytes, printed
from tests.readers import draw_rtf
from tests.readers.draw_rtf import HEAD, RtfStyle, rtf_report
from tests.render import distinct_figures

STYLES = {
    "in Unicode": RtfStyle(),
    "in Unicode without a sign": RtfStyle(draw_rtf.without_a_sign),
    "in Unicode with bytes of GBK": RtfStyle(draw_rtf.with_bytes_of_gbk),
    "in GBK": RtfStyle(draw_rtf.in_gbk),
    "in GBK, in bytes": RtfStyle(draw_rtf.raw_gbk),
    "in a Chinese font": RtfStyle(draw_rtf.in_a_chinese_font, head=HEAD.replace("936", "1252")),
    "defined behind": RtfStyle(defined="behind"),
    "defined twice": RtfStyle(defined="both"),
    "merged to the left": RtfStyle(merged_left=True),
    "edges that lie off": RtfStyle(shaky=40),
    "depth written out": RtfStyle(in_table=r"\pard\plain\intbl\itap1 "),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_a_report_comes_back_whole(style: RtfStyle, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    data = rtf_report(form_2021, figures, style)
    assert sniff(data) == "rtf"
    assert printed(parse_bytes(data)) == figures


def document(body: str, head: str = HEAD) -> Document:
    return read((head + body + "}").encode("latin-1"))


def row(*cells: str) -> str:
    edges = "".join(rf"\cellx{1000 * n}" for n in range(1, len(cells) + 1))
    return rf"\trowd{edges}" + "".join(rf"\pard\intbl {c}\cell" for c in cells) + r"\row"


def in_cell(content: str) -> tuple[str, str]:
    """What a cell beside others shows, and what is left out of it."""
    (grid,) = document(row("a", content) + row("b", "2") + r"\pard end\par").grids
    return grid.cells[1].text, grid.cells[1].left_out


INLINE = [
    (r"{\strike 12}61", "61", "12"),
    (r"\strike 12\strike0 61", "61", "12"),
    (r"{\v 12}61", "61", "12"),
    (r"61{\super 1}", "61", "1"),
    (r"61{\up6 1}", "61", "1"),
    (r"{\dn2 61}{\up10\fs12 1}", "61", "1"),
    (r"\dn2 61\up10 1\up0", "61", "1"),
    (r"\up10 1\dn2 61", "61", "1"),
    (r"61\super 1\nosupersub", "61", "1"),
    (r"{\deleted 12}61", "61", ""),
    (r"{\mvf 12}{\mvt 61}", "61", "12"),
    (r"{\field{\*\fldinst IF {\field{\*\fldinst REF}{\fldrslt 9}} = 9}{\fldrslt 61}}", "61", ""),
    (r"61{\shp{\*\shpinst\shpfblwtxt0\shpwr3{\sp{\sn shapeType}{\sv 20}}}}", "61\ufffc", ""),
    (r"61{\shp{\*\shpinst\shpfblwtxt1\shpwr3{\sp{\sn shapeType}{\sv 20}}}}", "61", ""),
    (r"61{\shp{\*\shpinst\shpfblwtxt0\shpwr2{\sp{\sn shapeType}{\sv 20}}}}", "61", ""),
    (r"61{\shp{\*\shpinst\shpfblwtxt0\shpwr3{\sp{\sn pib}{\sv {\pict 0a}}}}}", "61", ""),
    (r"{\shp{\*\shpinst\shpfblwtxt0\shpwr3{\sp{\sn shapeType}{\sv 20}}}}", "", ""),
    (r"61{\*\do\dobxcolumn\dpline\dpx0}", "61\ufffc", ""),
    (r"{\cf1\highlight1 61}", "", "61"),
    (r"{\cf1\chcbpat1 61}", "", "61"),
    (r"{\cf2\chcbpat1 61}", "61", ""),
    (r"\cbpat1{\cf1 6}{\cf2 1}", "1", "6"),
    (r"61{\footnote\pard 7}", "61", ""),
    (r"61{\*\annotation 7}", "61", ""),
    (r"{\field{\*\fldinst = 3}{\fldrslt 61}}", "61", ""),
    (r"{\pict\wmetafile8 0a0b}", "\ufffc", ""),
    (r"{\*\shppict{\pict 0a}}{\nonshppict{\pict 0b}}", "\ufffc", ""),
    (r"6\~1", "61", ""),
    (r"\bin3 }}}61", "61", ""),
    ("6\r\n1", "61", ""),
    (r"61\par 7", "61\n7", ""),
    (r"61\line 7", "61\n7", ""),
    (r"{\upr{7}{\*\ud 61}}", "61", ""),
    (r"{\*\unknown 7}61", "61", ""),
    (r"\'a3\'b6\'a3\'b1", "６１", ""),
    (r"\u-10179?\u-8704?", "\U0001f600", ""),
    (r"\{61\}", "{61}", ""),
    (r"{\listtext\pard\plain 1.}61", "1.\t61", ""),
    (r"1\column 2", "1\n2", ""),
    (r"1\lbr3 2", "1\n2", ""),
    (r"61{\fs2 7}\fs21", "61", "7"),
    (r"61{\v\fs21 7}", "61", "7"),
    (r"61{\cf2 7}", "61", "7"),
    (r"{\cf1 6}1", "61", ""),
    (r"{\f3 4}61", "61\ufffc", ""),
    (r"{\f3 \'b7}ab", "ab", ""),
    (r"6{\field{\*\fldinst { EQ \\o(1,2)}}{\fldrslt}}", "6\ufffc", ""),
    (r"6{\field{\*\fldinst SYMBOL 50 \\f Arial}{\fldrslt}}", "6\ufffc", ""),
    (r"{\twoinone1 61}", "\ufffc", ""),
    (r"6{\mmath{\*\moMath 1}}", "6\ufffc", ""),
    (r"6\chpgn", "6\ufffc", ""),
    (r"{\charscalex1 7}61", "61", "7"),
    (
        r"{\trowd\pard\intbl\itap2 12\nestcell 34\nestcell{\*\nesttableprops\trowd\cellx9\cellx20\nestrow}}\pard\intbl\itap1",
        "12\n34",
        "",
    ),
]


@pytest.mark.parametrize(("content", "shown", "left_out"), INLINE)
def test_what_stands_in_a_cell(content: str, shown: str, left_out: str) -> None:
    assert in_cell(content) == (shown, left_out)


@pytest.mark.parametrize(
    ("content", "shade", "shown", "left_out"),
    [
        (r"{\cf1 61}", r"\clcbpat1", "", "61"),
        (r"{\cf2 61}", r"\clcbpat1", "61", ""),
        (r"{\cf2 61}", r"\clcbpat2", "", "61"),
        (r"{\cf2 61}", r"\clshdng5000", "61", ""),
        (r"{\cf2 61}", "", "", "61"),
        (r"{\cf1 61}", "", "61", ""),
        (r"{\cf1\plain 61}", r"\clcbpat1", "61", ""),
    ],
)
def test_text_is_seen_before_what_is_behind_its_cell(content: str, shade: str, shown: str, left_out: str) -> None:
    rows = rf"\trowd\clcbpat1\cellx1000{shade}\cellx2000\pard\intbl a\cell\pard\intbl {content}\cell\row"
    (grid,) = document(rows + row("b", "2") + r"\pard end\par").grids
    assert (grid.cells[1].text, grid.cells[1].left_out) == (shown, left_out)


OF_STYLES = [
    (r"{\*\cs15 \additive \strike Old;}", r"{\cs15 12}61", "12"),
    (r"{\*\cs15\additive\v Old;}", r"\cs15 12\plain 61", "12"),
    (r"{\*\cs15 \super Note;}{\*\cs16 \sbasedon15 \b Other;}", r"61{\cs16 1}", "1"),
    (r"{\*\cs15 \up6 Note;}", r"61{\cs15 1}", "1"),
    (r"{\*\cs15 \strike Old;}{\*\cs16 \strike0 \sbasedon15 New;}", r"{\cs16 6}1", ""),
    (r"{\*\cs15 \strike Old;}{\s1\strike Old;}", r"{\cs17 6}1", ""),
]


@pytest.mark.parametrize(("styles", "content", "left_out"), OF_STYLES)
def test_styles_say_how_characters_are_shown(styles: str, content: str, left_out: str) -> None:
    (grid,) = document(rf"{{\stylesheet{styles}}}" + row("a", content) + r"\pard end\par").grids
    assert (grid.cells[1].text, grid.cells[1].left_out) == ("61", left_out)


def test_fonts_say_how_bytes_are_read() -> None:
    big5 = "".join(rf"\'{b:02x}" for b in "規章".encode("big5"))
    latin = r"{\f0 caf\'e9}"
    assert [p.text for p in document(rf"{{\f2 {big5}}}\par{latin}\par", HEAD.replace("936", "1252")).paragraphs] == [
        "規章",
        "café",
    ]


def test_what_is_no_part_of_the_text_stays_out() -> None:
    body = r"{\info{\title x}}{\header\pard y\par}\pard one\par{\*\bkmkstart a}two\par"
    assert [p.text for p in document(body).paragraphs] == ["one", "two"]


def test_a_text_box_stands_behind_its_paragraph() -> None:
    box = r"{\shp{\*\shpinst\shpleft0{\sp{\sn a}{\sv 1}}{\shptxt\pard boxed\par}}{\shprslt{\pard again\par}}}"
    assert [p.text for p in document(rf"\pard before{box} it\par after\par").paragraphs] == [
        "before it",
        "boxed",
        "after",
    ]


def test_a_table_in_a_cell_stands_for_itself() -> None:
    cells = r"\pard\intbl\itap2 x\nestcell{\nonesttables\par}\pard\intbl\itap2 1\nestcell"
    inner = rf"{cells}{{\*\nesttableprops\trowd\cellx400\cellx800\nestrow}}{{\nonesttables\par}}"
    outer = rf"\trowd\cellx1000\cellx2000{inner}{inner}\pard\intbl\itap1 \cell\pard\intbl 9\cell\row"
    found = document(outer + row("a", "2") + row("b", "3") + r"\pard end\par")
    assert [[c.text for c in g.cells] for g in found.grids] == [["", "9", "a", "2", "b", "3"], ["x", "1", "x", "1"]]


def test_what_ends_early_is_read_up_to_there() -> None:
    (grid,) = read((HEAD + row("a", "1") + row("b", "2")[:-4]).encode()).grids
    assert [c.text for c in grid.cells] == ["a", "1", "b", "2"]


@pytest.mark.long
def test_what_is_refused() -> None:
    for body in ("{" * (MAX_DEPTH + 1), row(*["1"] * 1000) * 201):
        with pytest.raises(Refused) as refused:
            document(body)
        assert refused.value.reason == "too-large"
