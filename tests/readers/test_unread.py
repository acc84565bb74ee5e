"""A file of a format that is not read is refused with what it is, in words."""

from __future__ import annotations

import pytest

from pipeline.readers import Refused, read
from tests.conftest import parse_bytes
from tests.readers.draw_odf import odf
from tests.readers.test_docx import zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILES: list[tuple[bytes, str]] = [
    (b"7z\xbc\xaf\x27\x1c" + bytes(99), "a 7z archive"),
    (b"Rar!\x1a\x07\x01\x00" + bytes(99), "a RAR archive"),
    (b"\x1f\x8b\x08" + bytes(99), "a GZIP archive"),
    (b"BZh91AY&SY" + bytes(99), "a BZIP2 archive"),
    (b"a.txt" + bytes(252) + b"ustar" + bytes(250), "a TAR archive"),
    (b"Founder CEB 1.0" + bytes(99), "a CEB document"),
    (b"%!PS-Adobe-3.0\n%%Title: a", "a PostScript file"),
    (bytes(4) + b"ftypisom" + bytes(99), "a film"),
    ('<?xml version="1.0"?><uof:UOF xmlns:uof="a"><uof:元数据/></uof:UOF>'.encode(), "a UOF document"),
    (zipped({"ppt/presentation.xml": "<p/>"}), "a PowerPoint presentation"),
    (odf("", "presentation"), "an OpenDocument presentation"),
    (zipped({"mimetype": "application/epub+zip"}), "an e-book"),
    (zipped({"[Content_Types].xml": "<Types/>"}), "an Office file that is neither"),
    (zipped({"a.txt": "x"}), "a ZIP archive"),
    (zipped({}), "a ZIP archive"),
]


@pytest.mark.parametrize(("data", "words"), FILES, ids=[words for _, words in FILES])
def test_what_it_is_is_said_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        read(data)
    assert refused.value.reason == "format-not-read"
    refusal = parse_bytes(data, "report.pdf").refusal
    assert refusal is not None
    assert refusal.sentence == str(refused.value)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><body><img src=1.jpg><img src=2.jpg></body></html>", "pictures and no text"),
        ("<html><frameset><frame src=a.files/sheet001.htm></frameset></html>", "only frames"),
        ("<html><body><p> </p></body></html>", "no text"),
    ],
)
def test_a_page_without_text_says_what_it_shows(page: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(page.encode())


def test_a_container_that_cannot_be_opened_is_damaged() -> None:
    with pytest.raises(Refused, match="begins as an old Office file") as refused:
        read(OLE + bytes(600))
    assert refused.value.reason == "damaged"
