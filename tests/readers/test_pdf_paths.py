"""Paths and strings of a PDF's page: what is drawn at once leaves the same as what is drawn piece by piece."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.pdf import content
from pipeline.readers.pdf.page import Page
from pipeline.readers.pdf.tokens import TOKEN, operand, string
from tests.readers.test_pdf_bounds import page_of

_PLACES = st.integers(0, 60).map(lambda n: n * 10) | st.integers(0, 600)
_SIZES = st.sampled_from([-300, -20, -1, 0, 1, 2, 3, 4, 20, 300])
_LINES = st.tuples(st.just("line"), _PLACES, _PLACES, _PLACES, _PLACES)
_BOXES = st.tuples(st.just("box"), _PLACES, _PLACES, _SIZES, _SIZES)
_STATES = st.sampled_from(
    """
    q; Q; 6 w; 1 w; 1 g; 0 g
    0 1 -1 0 600 0 cm; 2 0 0 -1 0 800 cm; 1 0.5 0 1 0 0 cm
    100 100 300 300 re W n; 0 0 5 5 re W n
    BT /F1 12 Tf 60 60 Td (70) Tj ET; BT /F1 12 Tf 9 8 Td (5) Tj ET
    """.replace("\n", ";").split(";")
)


def written(piece: str | tuple[str, int, int, int, int], *, at_once: bool) -> str:
    """A path in the form that nearly all programs write, or in one that means the same."""
    if isinstance(piece, str):
        return piece
    kind, a, b, c, d = piece
    if kind == "line":
        return f"{a} {b} m {c} {d} l S" if at_once else f"{a} {b} m {c}. {d}. l S"
    return f"{a} {b} {c} {d} re f" if at_once else f"{a} {b} {c} {d} re F"


_FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def page(pieces: list[str | tuple[str, int, int, int, int]], *, at_once: bool) -> Page:
    drawn = "\n".join(written(p, at_once=at_once) for p in pieces)
    (made,) = content.pages(page_of(drawn.encode(), _FONT))
    return made


@given(st.lists(_LINES | _BOXES | _STATES, min_size=1, max_size=12))
def test_paths_drawn_at_once_leave_what_others_leave(pieces: list[str | tuple[str, int, int, int, int]]) -> None:
    """Level, slanting and thick lines, boxes small and large, turned, clipped, white, over figures."""
    assert page(pieces, at_once=True) == page(pieces, at_once=False)


@pytest.mark.parametrize(
    ("written_so", "expected"),
    [
        (rb"(12)", b"12"),
        (rb"(\0001\0002)", b"\x001\x002"),
        (rb"(\(12\))", b"(12)"),
        (b"(1\\\n2)", b"12"),
        (b"(1\\\r\n2)", b"12"),
        (rb"(\8\n\z\\)", b"8\nz\\"),
        (rb"(\1234)", b"S4"),
        (rb"((1)2)", b"(1)2"),
        (rb"(\((1\))2)", b"((1))2"),
        (rb"(12", b"12"),
        (rb"<31 32>", b"12"),
        (rb"<313>", b"10"),
    ],
)
def test_what_a_string_stands_for(written_so: bytes, expected: bytes) -> None:
    token = TOKEN.match(written_so)
    assert token is not None
    assert token.lastgroup is not None
    made = (
        string(written_so, token.end())[0]
        if token.lastgroup == "string"
        else operand(token.lastgroup, token[token.lastgroup])
    )
    assert made == expected
