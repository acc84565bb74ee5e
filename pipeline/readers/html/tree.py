"""Parses a page within its limits, as browsers do."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.marks import OBJECT
from pipeline.readers.refused import Refused

MAX_TAGS = 200_000
MAX_TAG_LENGTH = 8_000
_INLINE_TAG = re.compile(rb"</?(?:a|b|big|em|font|i|small|span|strong|u)\b[^<>]*>", re.IGNORECASE)
_PAGE_END = re.compile(rb"</[HhBb](?:(?<=[Hh])[Tt][Mm][Ll]|(?<=[Bb])[Oo][Dd][Yy])\s*>")
_CDATA = re.compile(rb"(?P<of_script>/[/*]\s*)?<!\[CDATA\[(?P<content>.*?)(?:\]\]>|\Z)", re.DOTALL)
_CODE = re.compile(rb"<\?(?:php\b|=)(?:[^?]|\?(?!>)){0,2000}\?>", re.IGNORECASE)  # a program's, which did not run
_DIGIT = re.compile(rb"[0-9]|&#")
_TABLE_TAG = re.compile(rb"<(table|tbody|thead|tr|td|th)\b", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG_LENGTH)
_LONG_VALUE = re.compile(rb"\"[^\"<>]{200,}\"|'[^'<>]{200,}'")
_REFERENCE = re.compile(rb"&#(?:[xX](?P<hex>[0-9a-fA-F]{1,20})|(?P<number>[0-9]{1,20}));?")
# Characters that no text of a tree may hold when it is set anew.
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_MAYBE_CONTROL = re.compile(rb"\xbf[\xbe\xbf]")  # which few characters have
_UNFIT = frozenset({*range(1, 9), 0x0B, *range(0x0E, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF})
_CONTROLS = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x20)])
_UNKNOWN = "\ufffd".encode()
_FORM_FEED, _DELETE = 0x0C, 0x7F  # white space; a sign of ours


def prepared(page: bytes) -> bytes:
    """The page within our limits, without what would end it early: pages are stored twice, and cut from others."""
    page = _sized(page).replace(b"\0", b"").replace(b"\x7f", b"").replace(b"\f", b" ")
    if _MAYBE_CONTROL.search(page) or len(page.translate(None, _CONTROLS)) < len(page):
        page = _CONTROL.sub(_UNKNOWN, page)
    page = _REFERENCE.sub(_fit, _PAGE_END.sub(b"", page))
    if b"?" in page and b"<?" in page:
        page = _CODE.sub(OBJECT.encode(), page)
    if b"[" in page and b"<![CDATA[" in page:
        page = _CDATA.sub(_as_xml if page.lstrip().startswith(b"<?xml") else _as_html, page)
    first = _TABLE_TAG.search(page)
    if first and first[1].lower() != b"table":  # cut at the front, inside of a table
        return b"%b<table>%b" % (page[: first.start()], page[first.start() :])
    return page


def _fit(reference: re.Match[bytes]) -> bytes:
    """A reference to a character, or what stands for one that no text may hold."""
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["number"])
    if code in (_FORM_FEED, _DELETE):
        return b" " if code == _FORM_FEED else b""
    return _UNKNOWN if code in _UNFIT else reference[0]


def _as_html(section: re.Match[bytes]) -> bytes:
    """What a page shows of a section that only XML knows: it is a comment up to the first sign that may end one."""
    if section["of_script"]:
        return section["of_script"] + section["content"]
    _, ended, shown = section["content"].partition(b">")
    return shown + b"]]&gt;" if ended else b""


def _as_xml(section: re.Match[bytes]) -> bytes:
    """What a page that begins as XML shows: the text, if it is shown as XML; what figure it gives is not known."""
    doubt = OBJECT.encode() if _DIGIT.search(section["content"]) and not section["of_script"] else b""
    return (section["of_script"] or b"") + section["content"] + doubt


def _sized(page: bytes) -> bytes:
    """Reading a tag takes the square of its attributes, so it must not be long; an image in it is but one attribute."""
    if len(page) > MAX_TAGS and (tags := page.count(b"<")) > MAX_TAGS:
        raise Refused("too-large", f"{tags:,} tags")
    half = MAX_TAG_LENGTH // 2
    if all(page.find(b"<", at, at + half) >= 0 for at in range(0, len(page), half)):
        return page
    if _LONG_TAG.search(page):
        page = _LONG_VALUE.sub(b'""', page)
    if _LONG_TAG.search(page):
        raise Refused("too-large", f"a tag of over {MAX_TAG_LENGTH:,} characters")
    return page


def tree_of(page: bytes) -> etree._Element | None:
    """The page as libxml2 mends it."""
    root, cut = _parsed(page)
    if cut:  # tags left open, such as hundreds of <font>, nest as deep as a bomb's; these carry nothing we need
        root, cut = _parsed(_INLINE_TAG.sub(b"", page))
    if cut:
        raise Refused("too-large", "tags nested over 256 deep, or a text of over 10 MB")
    return root


def _parsed(page: bytes) -> tuple[etree._Element | None, bool]:
    """The tree, and whether it was cut at a limit of the parser."""
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=False,
        collect_ids=False,  # nothing asks for an element by its id but paths, which look at attributes
    )
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError as e:
        raise Refused("damaged", str(e)) from e
    return root, any(e.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for e in parser.error_log)


def put_bodies(root: etree._Element) -> None:
    """Put the rows of a table into a body, as browsers do; it matters where a sheet or a script asks for one."""
    for table in root.iter("table"):
        body = None
        for child in list(table):
            if child.tag != "tr":
                body = None
            elif body is None:
                body = etree.Element("tbody")
                child.addprevious(body)
                body.append(child)
            else:
                body.append(child)
