"""Plain steps of a PDF's content leave what they leave where a comment stands before each and none is plain."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.pdf import content
from pipeline.readers.pdf.steps import STEP
from pipeline.readers.refused import Refused
from tests.readers.test_pdf_bounds import page_of

_RESOURCES = b"""<< /ExtGState << /G1 << /ca 0.01 >> /G2 << /ca 1 >> >>
    /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>
             /F2 << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [
                << /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 900 /W [ 20 [ 500 600 ] ] >> ] >> >> >>"""
_STEPS = """
    q; Q; q; BT; ET; 2 0 0 2 10 10 cm; 1 0 0 -1 0 800 cm; 0 1 -1 0 600 0 cm; -1 0 0 1 600 0 cm; 6 w; 0.5 w; 1 J
    /F1 12 Tf; /F2 9 Tf; /F1 -12 Tf; /F1 0.1 Tf; /None 9 Tf; 0 Tr; 3 Tr; 7 Tr; 2 Tc; -1 Tc; 5 Tw; 80 Tz; 14 TL; 3 Ts
    10 20 Td; 0 -14 TD; 30 -0 TD; T*; 1 0 0 1 50 700 Tm; 0.05 0 0 -0.05 90 80 Tm; .7 .7 -.7 .7 99 300 Tm; 1 2 Tm
    (12 3) Tj; (a) Tj; <31> Tj; <0014> Tj; <00140015> Tj; <313> Tj; [ (1) -200 <32> 30 (x) ] TJ; [ (7) ] TJ; (5) '; 3 1 (6 7) "
    (1) (2) Tj; [ (1) ] [ (2) ] TJ; [ (1\\]) ] TJ; 9 (1) Tj; --1 5 Td; 1 2 3 Td; /G1 gs; /G2 gs; /P << /MCID 0 >> BDC; EMC
    1 1 1 rg; 0.97 0.97 0.97 rg; 0 0 0 rg; 1 g; 0 g; .99 g; 0 0 0 0 k; 1 1 1 sc
    Tj; TJ; Tf; Td; cm; re; rg; /F1 Tf; 12 Tf; /F1 Tj; (1) TJ; [ (1) ] Tj; <</A 1>> Tj; true; BI /W 1 ID (x EI
    50 50 m; 300 50 l; 300 300 l; 10 10 200 300 100 20 c; h; S; f; f*; n; W; W*; B
    50 100 m 300 100 l S; 50 100 m 50.2 100.7 l S; 50 100 m 300 10. l S; 50 100 m; 300 100 l S; 9 50 100 m 300 100 l S
    --1 0.-5 Td; 1.2.3 5 m; -.5 +3 l; 1e9 2 Td; 9e9999 0 Td; 1 . TD; 12 0 Tdx; 5-3 1 1 1 re
    60 690 100 40 re; 0 0 600 800 re; 40 650 200 1 re; 60 690 100 40 re f; 0 0 5 5 re W n; 0 0 300 800 re W* n
"""
_HUGE = ["9" * 400 + " 0 Td", "-" + "9" * 400 + " 0 Td", "1" + "0" * 160 + " w", "1 0 0 " + "9" * 400 + " 0 0 Tm"]
_ONE = st.sampled_from(
    [step.strip() for line in _STEPS.split("\n") for step in line.split(";") if step.strip()] + _HUGE
)
_MOST_SECONDS = 5
_START = ["/F1 12 Tf", "1 0 0 1 50 700 Tm"]


def page(steps: list[str], before: str) -> str:
    """What a page of such content shows, or why it is refused; in words, as numbers too large are equal to none."""
    drawn = "\n".join(before + step for step in steps)
    try:
        (made,) = content.pages(page_of(drawn.encode(), _RESOURCES))
    except Refused as refused:
        return str(refused)
    return repr(made)


@given(st.lists(_ONE, min_size=1, max_size=25))
def test_plain_steps_leave_what_others_leave(steps: list[str]) -> None:
    """Strings in all states, boxes and lines, clips, colours, saved states; operands that are missing or too many."""
    assert page([*_START, *steps], "") == page([*_START, *steps], "% not plain\n")


@pytest.mark.parametrize(
    "end",
    [b" " * 2_000_000, b"\0" * 2_000_000, b"1 " * 90_000, b"(" * 50_000, b"/P <<" * 20_000, b"0 0 m " + b"1" * 200_000],
)
def test_content_that_ends_without_an_operator_is_looked_at_once(end: bytes) -> None:
    """In time that grows with its length."""
    began = time.process_time()
    (made,) = content.pages(page_of(b"BT /F1 12 Tf 50 700 Td (7) Tj ET " + end, _RESOURCES))
    assert [c.text for c in made.chars] == ["7"]
    assert time.process_time() - began < _MOST_SECONDS


def test_a_comment_makes_a_step_not_plain() -> None:
    """Without this the property compares plain steps with themselves."""
    assert STEP.match(b"1 0 Td")[3] == b"Td"  # type: ignore[index]
    assert STEP.match(b"% not plain\n1 0 Td")[3] is None  # type: ignore[index]
