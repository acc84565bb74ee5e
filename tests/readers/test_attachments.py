"""A file that says little and links to documents is told as that: the report is in one of them."""

from __future__ import annotations

import pytest

from pipeline.forms.model import Form
from pipeline.readers.attachments import linked_in_page, linked_in_text
from tests.conftest import parse_bytes
from tests.readers.draw_html import html_report
from tests.readers.draw_mhtml import Part, archive
from tests.render import TITLE

LINK = '<a href="/files/P0202401.pdf">附件</a>'
MENU = "".join(f"<li><a href='/{n}.html'>栏目{n}</a></li>" for n in range(60))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (LINK, ("P0202401.pdf",)),
        ("<A class=x HREF='a/%E5%B9%B4%E6%8A%A5.docx?x=1'>b</A>", ("年报.docx",)),
        ("<a href=down.jsp?file=x.doc>b</a><a href=down.jsp?file=x.doc>b</a>", ("x.doc",)),
        ("<a href='x.html'>年报.pdf</a>", ()),
        ("<img src='x.pdf'>", ()),
        ("<a href='down.do?id=7'><b>2023年</b>年报.doc</a>", ("2023年年报.doc",)),
        ("<a href='javascript:down(7)'>年报.ofd </a>", ("年报.ofd",)),
        ("<a href='down.do?id=7'>年报.doc</a><a href='a.pdf'>b</a>", ("a.pdf",)),
        ("<iframe width=9 src='/a/b.pdf#page=1'></iframe>", ("b.pdf",)),
        ("<iframe src='/pdfjs/viewer.html?file=%2Fa%2Fb.pdf&x=1'></iframe>", ("b.pdf",)),
        ("<embed src=b.pdf>", ("b.pdf",)),
        ('<object type="application/pdf" data="b.pdf"></object>', ("b.pdf",)),
        ("<iframe src='b.html'></iframe>", ()),
    ],
)
def test_documents_that_a_page_links_to(page: str, names: tuple[str, ...]) -> None:
    assert linked_in_page(page) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[附件](http://a.invalid/b/c.xls)", ("c.xls",)),
        ("附件：某局2023年年度报告.pdf", ("某局2023年年度报告.pdf",)),
        ("附件下载: 年报.docx\n", ("年报.docx",)),
        ("按照附件要求公开 pdf 文件 3 件", ()),
    ],
)
def test_documents_that_a_text_names(text: str, names: tuple[str, ...]) -> None:
    assert linked_in_text(text) == names


@pytest.mark.parametrize("wrap", [str.encode, lambda page: archive(Part(page.encode()))])
@pytest.mark.parametrize("title", [TITLE, ""])
@pytest.mark.parametrize(
    "link", [LINK, "<a href='down.do?id=7'>P0202401.pdf</a>", "<iframe src='/pdfjs/v.html?file=P0202401.pdf'></iframe>"]
)
def test_a_page_that_only_links_to_its_attachment_says_so(wrap, link: str, title: str) -> None:  # type: ignore[no-untyped-def]
    refusal = parse_bytes(wrap(f"<html><body>{MENU}<h1>{title}</h1><p>{link}</p>{MENU}</body></html>")).refusal
    assert refusal is not None
    assert (refusal.stage, refusal.reason) == ("extract", "only-an-attachment")
    assert "“P0202401.pdf”" in refusal.sentence


def test_a_report_with_tables_may_link_to_what_it_likes(form_2021: Form) -> None:
    parsed = parse_bytes(html_report(form_2021, {}).replace("</body>", LINK + "</body>").encode())
    assert parsed.refusal is None
    assert "tables-in-attachment" not in {i.code for i in parsed.issues}


def test_a_report_without_tables_says_where_they_may_be() -> None:
    text = "".join(f"<p>{n}、总体情况</p><p>{'2024年，本机关主动公开政府信息385条。' * 20}</p>" for n in "一二三")
    parsed = parse_bytes(f"<html><body><h1>{TITLE}</h1>{text}{LINK}</body></html>".encode())
    assert [i.printed for i in parsed.issues if i.code == "tables-in-attachment"] == ["P0202401.pdf"]
