"""A file of a format that is not read is refused with what it is, in words."""

from __future__ import annotations

import json
import random
import re

import pytest

from pipeline.forms.loading import form
from pipeline.readers import Refused, read
from tests.conftest import parse_bytes, printed
from tests.readers.draw_docx import docx_report
from tests.readers.draw_html import html_report
from tests.readers.draw_odf import odf, ods_report
from tests.readers.draw_ole import ole
from tests.readers.draw_rtf import rtf_report
from tests.readers.draw_spreadsheetml import spreadsheetml_report
from tests.readers.draw_word_xml import flat_report, word_2003_report
from tests.readers.draw_xls import xls_report
from tests.readers.test_docx import zipped
from tests.render import distinct_figures

FORM = form("2021")
FIGURES = distinct_figures(FORM, random.Random(1))

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
    (bytes(4) + b"ftypheic" + bytes(99), "a HEIC picture"),
    (bytes(4) + b"ftypavif" + bytes(99), "an AVIF picture"),
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


# Short signs, and texts: they name only what no reader and no report claims.
OTHERS: list[tuple[bytes, str]] = [
    (b"\x28\xb5\x2f\xfd" + bytes(99), "a Zstandard archive"),
    (b"..-lh5-" + bytes(99), "an LZH archive"),
    (b"HN\xc8\x00" + bytes(99), "a CAJ document"),
    (b"HH\x02\x00" + bytes(99), "a PDG page"),
    (b"ITSF\x03\x00" + bytes(99), "a help file of Windows"),
    (b"\x00\x00\x01\x00\x01\x00" + bytes(99), "an icon"),
    (b"8BPS\x00\x01" + bytes(99), "a Photoshop picture"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(99), "a JPEG 2000 picture"),
    (b"\xd7\xcd\xc6\x9a" + bytes(99), "a metafile"),
    (b"\x01\x00\x00\x00" + bytes(36) + b" EMF" + bytes(99), "a metafile"),
    (b"RIFF\x00\x01\x00\x00AVI LIST" + bytes(99), "a film"),
    (b"RIFF\x00\x01\x00\x00WAVEfmt " + bytes(99), "a sound recording"),
    (b"\x1a\x45\xdf\xa3" + bytes(99), "a film"),
    (b"\xff\xfb\x90\x64" + bytes(99), "a sound recording"),
    (b"MZ\x50\x00" + bytes(99), "a program for Windows"),
    (b"\x00\x01\x00\x00\x00\x0c" + bytes(99), "a font"),
    (b'{"code": 200, "data": [1, 2]}', "data in JSON"),
    (b'{"a": 1}\n{"a": 2}\n', "data in JSON"),
    (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><text>1</text></svg>', "an SVG drawing"),
    (b"<?xml version='1.0'?><rss version='2.0'><channel><title>a</title></channel></rss>", "a news feed"),
    (b"<rows><row><n>1</n></row></rows>", "an XML file .<rows>."),
    (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "a calendar"),
    (b"[InternetShortcut]\r\nURL=http://www.example.invalid/\r\n", "a link to a web page"),
    (b"Date: Mon, 1 Jan 2024\r\nFrom: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\n\r\nhello\r\n", "a mail message"),
]


@pytest.mark.parametrize(("data", "words"), OTHERS, ids=[f"{n} {words}" for n, (_, words) in enumerate(OTHERS)])
def test_what_no_reader_claims_is_named(data: bytes, words: str) -> None:
    refusal = parse_bytes(data, "report.pdf").refusal
    assert refusal is not None
    assert refusal.reason == "format-not-read"
    assert re.search(words, refusal.sentence)


@pytest.mark.parametrize(
    ("data", "name", "reason", "words"),
    [
        (b"\x8f\x02\x07" * 40, "a.sep", "format-not-read", "a SEP document (书生) by the end of its name"),
        (b"\x8f\x02\x07" * 40, "a.doc", "binary", "its first bytes are 8f 02 07 8f"),
        (bytes(99), "a.doc", "damaged", "all of its bytes are zero"),
        (b"PK\x03\x04" + bytes(99), "a.zip", "damaged", "it begins as a ZIP archive"),
        ("关于开会的通知\n请参加。".encode(), "a.txt", "not-a-report", "a text that begins with “关于开会的通知”"),
        (b"<html><h1>404 Not Found</h1></html>", "a.htm", "not-a-report", "a web page that begins with “404 Not"),
        (b"%PDF-1.4\n1 0 obj<</Type/Cat", "a.pdf", "damaged", "a PDF document: its end is missing"),
    ],
)
def test_whatever_it_is_is_told(data: bytes, name: str, reason: str, words: str) -> None:
    refusal = parse_bytes(data, name).refusal
    assert refusal is not None
    assert (refusal.reason, words in refusal.sentence) == (reason, True), refusal.sentence


@pytest.mark.parametrize("wrap", ["{}", "\ufeff{}", "callback({});"], ids=["as it is", "with a mark", "JSONP"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_page_in_json_is_read_as_the_page(wrap: str, ascii_only: bool) -> None:
    answer = {"code": 200, "data": [{"id": 7, "title": "年报", "content": html_report(FORM, FIGURES)}]}
    data = wrap.format(json.dumps(answer, ensure_ascii=ascii_only)).encode()
    parsed = parse_bytes(data, "a.json")
    assert (parsed.format, printed(parsed)) == ("html", FIGURES)
    refusal = parse_bytes(data[:-900], "a.json").refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


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


def test_an_old_office_file_without_the_list_of_its_parts_is_damaged() -> None:
    """As one that is cut off: the list stands at its end."""
    with pytest.raises(Refused, match="the list of its parts is missing") as refused:
        read(ole())
    assert refused.value.reason == "damaged"


DOCUMENTS: dict[str, bytes] = {
    "docx": docx_report(FORM, FIGURES),
    "rtf": rtf_report(FORM, FIGURES),
    "ods": ods_report(FORM, FIGURES),
    "xls": xls_report(FORM, FIGURES),
    "flat_opc": flat_report(FORM, FIGURES),
    "word2003xml": word_2003_report(FORM, FIGURES),
    "spreadsheetml": spreadsheetml_report(FORM, FIGURES),
}


@pytest.mark.parametrize("before", [b"\r\n\r\n\r\n", b"\xef\xbb\xbf"], ids=["empty lines", "a mark"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_a_server_writes_before_a_document_does_no_harm(kind: str, before: bytes) -> None:
    parsed = parse_bytes(before + DOCUMENTS[kind])
    assert (parsed.format, printed(parsed)) == (kind, printed(parse_bytes(DOCUMENTS[kind])))
    assert len(parsed.facts) == 200


@pytest.mark.parametrize("kind", ["flat_opc", "word2003xml", "spreadsheetml"])
def test_a_document_in_xml_may_have_characters_of_16_bits(kind: str) -> None:
    text = DOCUMENTS[kind].decode("utf-8-sig")
    wide = re.sub("encoding=.UTF-8.", 'encoding="UTF-16"', text, count=1, flags=re.IGNORECASE).encode("utf-16")
    parsed = parse_bytes(wide)
    assert (parsed.format, printed(parsed)) == (kind, printed(parse_bytes(DOCUMENTS[kind])))
