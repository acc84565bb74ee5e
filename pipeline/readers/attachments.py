"""Names of documents that a page or text links to: where it says little itself, the report is in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

MOST = 20
_ENDING = r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|rtf|ceb|zip|rar|7z)"
_ANY = re.compile(_ENDING, re.IGNORECASE)
_DOCUMENT = re.compile(rf"{_ENDING}$", re.IGNORECASE)
_LINK = re.compile(
    rf"<a\b[^<>]{{0,1000}}?\bhref\s*=\s*[\"']?\s*([^\"'<>]{{1,500}}?{_ENDING})(?=[\"'\s>?#])", re.IGNORECASE
)
# A link whose address says nothing of the file, as download.do?id=7, may have its name as text.
_LINK_TEXT = re.compile(r"<a\b([^<>]{0,1000})>((?:[^<]|<(?!/?a\b)){1,500})</a\s*>", re.IGNORECASE)
_ENDS_TEXT = re.compile(rf"{_ENDING}\s*</", re.IGNORECASE)
_TO_A_PAGE = re.compile(r"\bhref\s*=\s*[\"']?[^\"'<>]{0,500}?\.[sx]?html?(?=[\"'\s?#]|$)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,1000}>")
# A document shown in the page, by the browser or by a program that gets its address: viewer.html?file=a.pdf
_SHOWING = re.compile("<(?:i?frame|embed|object)", re.IGNORECASE)
_SHOWN = re.compile(
    rf"<(?:iframe|frame|embed|object)\b[^<>]{{0,1000}}?\b(?:src|data)\s*=\s*[\"']?\s*"
    rf"([^\"'<>]{{1,500}}?{_ENDING})(?=[\"'\s>?#&])",
    re.IGNORECASE,
)
# In Markdown, and as dumps write it: 附件：2023年年度报告.pdf
_IN_MARKDOWN = re.compile(rf"\]\(\s*([^()\s]{{1,500}}?{_ENDING})[^()]{{0,80}}\)", re.IGNORECASE)
_IN_TEXT = re.compile(
    rf"(?:附件|下载)[^\n]{{0,40}}?[：:\s]([^\s：:/\\<>|]{{1,120}}?{_ENDING})(?![A-Za-z0-9])", re.IGNORECASE
)


def linked_in_page(page: str) -> tuple[str, ...]:
    """The names of the documents that a web page links to, each once, in order."""
    if not _ANY.search(page):
        return ()
    has_links = "<a" in page or "<A" in page
    addresses = [
        *(_LINK.findall(page) if has_links else ()),
        *(_SHOWN.findall(page) if _SHOWING.search(page) else ()),
    ]
    links = _LINK_TEXT.findall(page) if has_links and not addresses and _ENDS_TEXT.search(page) else ()
    texts = (_TAG.sub("", text).strip() for look, text in links if not _TO_A_PAGE.search(look))
    return _names(unescape(name) for name in (*addresses, *(text for text in texts if _DOCUMENT.search(text))))


def linked_in_text(text: str) -> tuple[str, ...]:
    """The names of the documents that a text links to, or names as its attachments."""
    return _names([*_IN_MARKDOWN.findall(text), *_IN_TEXT.findall(text)])


def named_documents(names: Iterable[str]) -> tuple[str, ...]:
    """Those names of files that are names of documents, each once, in order."""
    return _names(name for name in names if _DOCUMENT.search(name))


def _names(addresses: Iterable[str]) -> tuple[str, ...]:
    names = (re.split(r"[/\\=]", unquote(address))[-1].strip() for address in addresses)
    return tuple(dict.fromkeys(names))[:MOST]
