"""Web archives (MHT): which part is the page, and how it is packed."""

from __future__ import annotations

import random

import pytest

from pipeline.document import Document
from pipeline.forms.loading import form
from pipeline.readers import Refused, read, sniff
from pipeline.readers.mhtml import MAX_NESTED
from tests.conftest import parse_bytes, printed
from tests.readers.draw_html import html_report
from tests.readers.draw_mhtml import HEADERS, Part, archive
from tests.render import distinct_figures

FORM = form("2021")
FIGURES = distinct_figures(FORM, random.Random(6))
PAGE = html_report(FORM, FIGURES)
TABLE = "<table><tr><td>规章</td><td>1</td><td>2</td></tr><tr><td>文件</td><td>3</td><td>4</td></tr></table>"


def texts(document: Document) -> list[str]:
    return [c.text for g in document.grids for c in g.cells]


@pytest.mark.each_value
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("packed", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gb18030", "big5"])
def test_the_page_is_unpacked_before_it_is_read(packed: str, charset: str, newline: str) -> None:
    page = PAGE.replace("utf-8", charset)
    if charset == "big5":
        page = f"<html><meta charset=big5><p>{'政府信息公開工作年度報告' * 9}</p>{TABLE.replace('规', '規')}</html>"
    data = archive(Part(page.encode(charset), packed=packed), newline=newline)
    assert sniff(data) == "mhtml"
    if charset == "big5":
        assert texts(read(data)) == ["規章", "1", "2", "文件", "3", "4"]
    else:
        assert printed(parse_bytes(data)) == FIGURES


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS,
        "\ufeff".encode().decode("latin-1") + HEADERS,
        "\n\n" + HEADERS,
        "MIME-Version: 1.0\nX-Document-Type: Workbook\n" + HEADERS.split("MIME-Version: 1.0\n")[1],
        HEADERS.replace("MIME-Version: 1.0\n", ""),
        HEADERS.lower(),
    ],
)
def test_what_headers_may_look_like(headers: str) -> None:
    data = archive(Part(TABLE.encode()), headers=headers.replace("----bound1", "----Bound1"))
    assert sniff(data) == "mhtml"
    assert texts(read(data)) == ["规章", "1", "2", "文件", "3", "4"]


def test_a_page_that_only_shows_a_message_is_a_page() -> None:
    assert sniff(b"<html><body><pre>" + archive(Part(TABLE.encode())) + b"</pre></body></html>") == "html"
    assert sniff("年度报告\nMIME-Version: 1.0\nContent-Type: multipart/related".encode()) == "text"


def test_a_message_of_one_page() -> None:
    headers = b"From: a\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=gb2312\r\n\r\n"
    assert texts(read(headers + TABLE.encode("gb18030"))) == ["规章", "1", "2", "文件", "3", "4"]


def test_the_root_is_the_part_that_the_message_names() -> None:
    headers = HEADERS.replace('type="text/html"', 'type="text/html";\n\tstart="<root>"')
    other = Part(b"<html><p>an advertisement</p></html>", location="http://a.invalid/ad.html", cid="ad")
    data = archive(other, Part(TABLE.encode(), cid="root"), headers=headers)
    assert texts(read(data))[:2] == ["规章", "1"]


@pytest.mark.parametrize("tag", ['<iframe src="{}"></iframe>', "<frameset><frame src='{}'></frameset>"])
@pytest.mark.parametrize("called", ["cid:f1", "in/b.html", "http://www.example.invalid/in/b.html#top"])
def test_a_frame_shows_its_page_in_its_place(tag: str, called: str) -> None:
    page = f"<html><p>before</p>{tag.format(called)}<p>after</p></html>".encode()
    inner = Part(
        f"<html><head><meta charset=gbk></head><body>{TABLE}</body></html>".encode("gbk"),
        location="http://www.example.invalid/in/b.html",
        cid="f1",
    )
    found = read(archive(Part(page), inner))
    assert texts(found) == ["规章", "1", "2", "文件", "3", "4"]
    assert [type(b).__name__ for b in found.blocks] == ["Paragraph", "Grid", "Paragraph"]


def test_a_hidden_frame_shows_nothing() -> None:
    page = b"<html><p>x</p><iframe style='display:none' src='cid:f1'></iframe></html>"
    assert texts(read(archive(Part(page), Part(TABLE.encode(), cid="f1")))) == []


@pytest.mark.parametrize("called", ["cid:s1", "in/s.css", "http://www.example.invalid/in/s.css"])
@pytest.mark.parametrize(("media", "shown"), [("all", "1"), ("screen", "1"), ("print", "91")])
def test_a_style_sheet_of_the_archive_holds_for_its_page(called: str, media: str, shown: str) -> None:
    row = "<tr><td>规章</td><td><span class=gone>9</span>1</td><td>2</td></tr>"
    page = f"<html><head><link rel=stylesheet media='{media}' href='{called}'></head><table>{row}{row}</table></html>"
    sheet = Part(b".gone{display:none}", "text/css", location="http://www.example.invalid/in/s.css", cid="s1")
    assert texts(read(archive(Part(page.encode()), sheet)))[:3] == ["规章", shown, "2"]


def test_frames_that_hold_each_other_end() -> None:
    first = Part(b"<p>one</p><iframe src='cid:b'></iframe>", cid="a")
    second = Part(b"<p>two</p><iframe src='cid:a'></iframe><iframe src='cid:b'></iframe>", cid="b", location="b")
    assert [p.text for p in read(archive(first, second)).paragraphs] == ["one", "two"]


def test_a_workbook_saved_as_a_web_archive_has_its_sheets_in_order() -> None:
    links = "".join(f'<link id="shLink" href="a.files/sheet00{n}.htm">' for n in (1, 2))
    page = f"<html><head>{links}</head><frameset><frame src='a.files/sheet001.htm'><frame src='a.files/tabstrip.htm'>"
    sheets = [
        Part(TABLE.replace("1", f"{n}1").encode(), location=f"file:///C:/1/a.files/sheet00{n}.htm") for n in (1, 2)
    ]
    tabs = Part(b"<p>Sheet1</p>", location="file:///C:/1/a.files/tabstrip.htm")
    found = read(archive(Part(page.encode(), location="file:///C:/1/a.htm"), tabs, *reversed(sheets)))
    assert [t for t in texts(found) if t.endswith("1")] == ["11", "21"]
    assert list(found.paragraphs) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(archive(Part(b"%PDF-", "application/pdf")), "not-a-document", id="no page"),
        pytest.param(archive(Part(b" ")), "not-a-document", id="an empty page"),
        pytest.param(archive(Part(b"hello", "text/plain")), "format-not-read", id="a mail message"),
        pytest.param(
            archive(Part(b"PK", "application/msword; name=a.doc"), Part(b"hello", "text/plain")),
            "only-an-attachment",
            id="a mail message with an attachment",
        ),
        pytest.param(
            HEADERS.encode() + b"\n" + b"content-type: multipart/mixed\n\n" * (MAX_NESTED + 1), "too-large", id="nested"
        ),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("name", "shown"), [("2023.docx", "2023.docx"), ("=?utf-8?B?5bm05oqlLmRvY3g=?=", "年报.docx"), ("a.png", None)]
)
def test_a_mail_message_that_says_little_names_its_attachment(name: str, shown: str | None) -> None:
    page = "<html><body><p>您好，年报见附件。</p></body></html>".encode()
    refusal = parse_bytes(archive(Part(page), Part(b"PK", f'application/octet-stream; name="{name}"'))).refusal
    assert refusal is not None
    assert refusal.reason == ("only-an-attachment" if shown else "not-a-report")
    assert (shown or "a web archive or mail message that begins with “您好") in refusal.sentence
