"""Codes that a character map of the library lacks: read where they are characters, else something unknown."""

from __future__ import annotations

import pytest
from pdfminer.pdftypes import PDFStream
from pdfminer.psparser import LIT

from pipeline.readers.pdf.letters import glyph
from pipeline.readers.pdf.page import UNKNOWN
from pipeline.readers.pdf.streams import Fonts
from tests.readers.test_pdf_seen import figure, seen


@pytest.mark.parametrize("text", ["−3", "1·2", "61−", "−·"])
def test_a_sign_that_the_map_lacks_is_read(text: str) -> None:
    assert seen(lambda canvas: figure(canvas, text)) == (text, "")


def test_what_each_font_draws_as_it_likes_is_unknown() -> None:
    assert seen(lambda canvas: figure(canvas, "\ue0013")) == (UNKNOWN + "3", "")


CODES = [
    ("UniGB-UCS2-H", False, b"\x22\x12\x00\x33", "−3"),
    ("UniGB-UCS2-H", True, b"\x22\x12\x00\x33", UNKNOWN + "3"),
    ("UniGB-UCS2-H", False, b"\xe0\x01\x00\x33", UNKNOWN + "3"),
    ("UniGB-UTF16-H", False, b"\x22\x12\x00\x33", "−3"),
    ("UniGB-UTF16-H", False, b"\xd8\x40\xdd\x01\x00\x33", "𠄁3"),
    ("UniGB-UTF16-H", False, b"\xd8\x40", UNKNOWN),
    ("GBK-EUC-H", False, b"\xfe\x503", "⺁3"),
    ("GBK-EUC-H", False, b"\xff", UNKNOWN),
    ("A-Map-Of-The-File", False, b"\x00\x01\x00\x02", UNKNOWN * 2),
]


@pytest.mark.parametrize(("encoding", "is_in_file", "codes", "text"), CODES)
def test_no_code_is_lost(encoding: str, is_in_file: bool, codes: bytes, text: str) -> None:
    program = {"FontFile2": None} if is_in_file else {}
    font = Fonts().get_font(
        None,
        {
            "Subtype": LIT("CIDFontType0"),
            "Encoding": LIT(encoding),
            "CIDSystemInfo": {"Registry": b"Adobe", "Ordering": b"GB1"},
            "FontDescriptor": {"FontName": LIT("STSong"), **program},
        },
    )
    read = [glyph(font, cid) for cid in font.decode(codes)]
    assert "".join(text for text, _ in read) == text
    assert all(width > 0 for _, width in read)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        *(("<31>", UNKNOWN), ("<0031>", "1"), ("<0000>", UNKNOWN), ("<00310032>", "12")),
        *(("<00AD>", "-"), ("<200B>", UNKNOWN), ("<FEFF>", UNKNOWN)),
    ],
)
def test_what_a_font_says_of_a_character_is_never_nothing(printed: str, text: str) -> None:
    cmap = (
        f"begincmap\n1 begincodespacerange <00> <ff> endcodespacerange\n1 beginbfchar <41> {printed} endbfchar\nendcmap"
    )
    spec = {"Subtype": LIT("TrueType"), "BaseFont": LIT("X"), "ToUnicode": PDFStream({}, cmap.encode())}
    font = Fonts().get_font(None, {**spec, "FirstChar": 65, "Widths": [500]})
    assert [glyph(font, cid)[0] for cid in font.decode(b"A")] == [text]
