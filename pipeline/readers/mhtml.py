"""Web archives (.mht, .mhtml): one page with its frames and pictures in one file, wrapped as a mail message.

The page is the part that the message names as its root, else the first web page in it. The pages of its frames stand
in their place; a workbook that was saved so has its sheets in such pages. What the page means is for `html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from urllib.parse import unquote, urljoin

from pipeline.document import Document
from pipeline.readers import html
from pipeline.readers.attachments import linked_in_page, named_documents
from pipeline.readers.charset import decode
from pipeline.readers.html.framed import with_inner_pages
from pipeline.readers.refused import Refused

MAX_BYTES = 60_000_000
MAX_PARTS = 2_000
MAX_NESTED = 10  # multiparts; each is looked for in every line of the message
MAX_FRAMES = 200
MAX_SHEET_BYTES = 1_000_000
MAX_DEPTH = 8  # of frames within frames

_HEAD_BYTES = 8_000
_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?\s*[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?[^\r\n]*\r?\n")
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_OF_PARTS = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_OF_ONE_PAGE = re.compile(rb"^content-type:\s*text/html", re.IGNORECASE | re.MULTILINE)
_MIME = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_LEADING = b"\xef\xbb\xbf \t\r\n"

_FRAME = re.compile(r"<(iframe|frame)\b([^<>]{0,4000})>(?:[^<]*</iframe\s*>)?", re.IGNORECASE)
_FRAMESET = re.compile(r"</?frameset\b[^<>]{0,4000}>", re.IGNORECASE)
_SHEET_LINK = re.compile(r"<link\b[^<>]{0,400}\bid\s*=\s*[\"']?shLink\b[^<>]{0,400}>", re.IGNORECASE)
_TABS = re.compile(r"tabstrip\.html?$", re.IGNORECASE)  # the labels of a workbook's sheets, which frame names
_SOURCE = re.compile(r"""\b(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_STYLE_SHEET = re.compile(r"""\brel\s*=\s*["']?stylesheet\b""", re.IGNORECASE)
_MEDIA = re.compile(r"""\bmedia\s*=\s*["']([^"'<>]*)["']""", re.IGNORECASE)
_LOOK = re.compile(r"""\b(?:style\s*=\s*(?:"[^"]*"|'[^']*')|hidden\b)""", re.IGNORECASE)


def is_mhtml(data: bytes) -> bool:
    """True for a mail message that holds a web page: its headers come first, before any markup."""
    head = data[:_HEAD_BYTES]
    if not _FIRST_LINE.match(head):
        return False
    headers = _HEADER_END.split(head.lstrip(_LEADING), maxsplit=1)[0]
    return bool(_OF_PARTS.search(headers) or (_MIME.search(headers) and _OF_ONE_PAGE.search(headers)))


def read(data: bytes) -> Document:
    """The paragraphs and tables of the page in a web archive. Raises `Refused` where it holds no page."""
    message = _message(data)
    page = _whole(message)
    names = dict.fromkeys((*linked_in_page(page), *_attached(message)))
    return Document("mhtml", html.laid_out(page, _parts(message, "image/").content), tuple(names))


def page_of(data: bytes) -> str:
    """The decoded page with its frames in their place. Raises `Refused` where there is none, or it is too large."""
    return _whole(_message(data))


def _whole(message: Message) -> str:
    pages = _pages(message)
    if not pages:
        raise _without_page(message)
    by_name = {name: page for page in pages for name in page.names}
    return _with_sheets(_Frames(by_name).whole(pages[0]), _parts(message, "text/css"))


def _without_page(message: Message) -> Refused:
    """The refusal of a message without a web page: its report may be in an attachment, which is another file."""
    if attached := _attached(message):
        return Refused("only-an-attachment", "” and “".join(attached))
    if any(part.get_content_type() == "text/plain" for part in message.walk()):
        return Refused("format-not-read", "a mail message without a web page in it")
    return Refused("not-a-document", "a web archive without a web page")


def _attached(message: Message) -> tuple[str, ...]:
    """The names of the documents that a mail message has as attachments."""
    return named_documents(_decoded(str(part.get_filename() or "")) for part in message.walk())


def _decoded(name: str) -> str:
    """A name in letters, where it is written as headers have it: =?utf-8?B?…?=."""
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name


def _with_sheets(page: str, sheets: _Addressed) -> str:
    """The page with the style sheets that stand beside it in the archive, each in the place of the link to it."""

    def inlined(link: re.Match[str]) -> str:
        href = _SOURCE.search(link[0]) if _STYLE_SHEET.search(link[0]) else None
        content = sheets.content(next((h for h in href.groups() if h), "")) if href else None
        if content is None or len(content) > MAX_SHEET_BYTES:
            return link[0]
        media = _MEDIA.search(link[0])
        return f'<style media="{media[1] if media else "all"}">{decode(content).replace("</", "")}</style>'

    return _LINK.sub(inlined, page) if sheets else page


def _message(data: bytes) -> Message:
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of a web archive")
    nested = len(_OF_PARTS.findall(data))
    if nested > MAX_NESTED:
        raise Refused("too-large", f"{nested:,} messages within each other")
    return message_from_bytes(data.lstrip(_LEADING))


@dataclass(frozen=True, slots=True)
class _Page:
    """A web page of an archive: its address, the names that other pages may use for it, its content."""

    address: str
    names: tuple[str, ...]
    content: bytes


def _pages(message: Message) -> list[_Page]:
    """The web pages of a message, the root first."""
    found: list[tuple[bool, _Page]] = []
    root = (message.get_param("start") or "") if message.is_multipart() else ""
    for number, part in enumerate(message.walk()):
        if number > MAX_PARTS:
            raise Refused("too-large", f"more than {MAX_PARTS:,} parts")
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content.strip():
            found.append((_header(part, "Content-ID") == root, _page(part, content)))
    return [page for _, page in sorted(found, key=lambda f: not f[0])]


def _page(part: Message, content: bytes) -> _Page:
    address = _header(part, "Content-Location")
    cid = _header(part, "Content-ID").strip("<>")
    return _Page(address, tuple(n for n in (_plain(address), f"cid:{cid}" if cid else "") if n), content)


class _Addressed(dict[str, Message]):
    """Parts of an archive by what a page may call them: address, content id, or the last part of the address."""

    def content(self, address: str) -> bytes | None:
        """The content of a part; None where there is none of that address."""
        plain = _plain(address)
        part = self.get(plain) or self.get(plain.rpartition("/")[2])
        content = part.get_payload(decode=True) if part is not None else None
        return content if isinstance(content, bytes) else None


def _parts(message: Message, kind: str) -> _Addressed:
    """The parts whose type begins so: pictures, style sheets."""
    found = _Addressed()
    for part in message.walk():
        if part.get_content_type().startswith(kind):
            address = _plain(_header(part, "Content-Location"))
            cid = _header(part, "Content-ID").strip("<>")
            for name in (address, f"cid:{cid}" if cid else "", address.rpartition("/")[2]):
                if name:
                    found.setdefault(name, part)
    return found


def _header(part: Message, name: str) -> str:
    return re.sub(r"\s+", "", str(part.get(name, "")))


def _plain(address: str) -> str:
    """An address as it is compared: without escapes, backslashes and fragment."""
    return unquote(address.partition("#")[0]).replace("\\", "/")


@dataclass(slots=True)
class _Frames:
    """Puts the pages of frames in their place, each page once."""

    pages: Mapping[str, _Page]
    used: int = 0
    size_bytes: int = 0

    def whole(self, page: _Page, above: tuple[_Page, ...] = ()) -> str:
        """The page with all that its frames show."""
        self.size_bytes += len(page.content)
        if self.size_bytes > html.MAX_BYTES:
            raise Refused("too-large", f"more than {html.MAX_BYTES:,} bytes of HTML")
        text = with_inner_pages(decode(page.content))
        if not above and (sheets := list(self._sheets(page, text))):
            return "\n".join(self.whole(sheet, (page,)) for sheet in sheets)
        if not _FRAME.search(text):
            return text
        text = _FRAMESET.sub(" ", text)
        return _FRAME.sub(lambda frame: self._framed(frame, page, (*above, page)), text)

    def _sheets(self, page: _Page, text: str) -> Iterator[_Page]:
        """The sheets of a workbook, whose first page frames only one at a time."""
        for link in _SHEET_LINK.findall(text):
            sheet = self._named(link, page)
            if sheet is not None and not _TABS.search(sheet.address):
                yield sheet

    def _framed(self, frame: re.Match[str], page: _Page, above: tuple[_Page, ...]) -> str:
        inner = self._named(frame[2], page)
        if inner is None and frame[1].lower() == "iframe":
            return f"<iframe{frame[2]}></iframe>"  # it may show a document, which is an attachment
        if inner is None or inner in above or len(above) > MAX_DEPTH or _TABS.search(inner.address):
            return ""
        self.used += 1
        if self.used > MAX_FRAMES:
            raise Refused("too-large", f"more than {MAX_FRAMES:,} frames")
        look = " ".join(_LOOK.findall(frame[2]))  # a frame that is not shown hides what is in it
        return f"<div {look}>{self.whole(inner, above)}</div>"

    def _named(self, tag: str, page: _Page) -> _Page | None:
        found = _SOURCE.search(tag)
        name = next((s for s in found.groups() if s), "") if found else ""
        return self.pages.get(_plain(name)) or self.pages.get(_plain(_joined(page.address, name)))


def _joined(base: str, name: str) -> str:
    try:
        return urljoin(base, name)
    except ValueError:  # not a valid address
        return name
