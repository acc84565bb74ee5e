"""What a text or page is that is no report, in words: data, mail and other files made of letters, or how it begins."""

from __future__ import annotations

import json
import re

from pipeline.document import Document, Grid
from pipeline.readers.charset import decode
from pipeline.readers.refused import Refused
from pipeline.readers.xml_files import root_of

_HEAD_BYTES = 4_000
_BEGINNING_LENGTH = 30  # characters
_WHOLE_JSON = 2_000_000  # bytes; of a larger file only the beginning is looked at
# How a text begins, and what it is. Anything may stand in a report, so these name only what holds none.
_BEGINNINGS: tuple[tuple[str, str], ...] = (
    (r"BEGIN:VCALENDAR\b", "a calendar"),
    (r"BEGIN:VCARD\b", "a contact card"),
    (r"\[InternetShortcut\]", "a link to a web page, and not the page"),
    (r"-----BEGIN [A-Z0-9 ]+-----", "a key, a certificate or an encrypted message"),
    (r"d\d+:announce", "a torrent, and not what it names"),
    (r"\s*0\r?\n\s*SECTION\r?\n", "a CAD drawing (DXF)"),
    (r"(?:%[^\n]*\n\s*)*\\documentclass\b", "a LaTeX source"),
    (r"<\?php\b|<%[@!=\s]", "the program of a web page, and not the page"),
    (
        r"(?=(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*)*(?:From|To|Subject|MIME-Version):)"
        r"(?:Return-Path|Received|Delivered-To|From|To|Cc|Subject|Date|Message-ID|MIME-Version|Reply-To|X-[\w-]+|DKIM-Signature):",
        "a mail message",
    ),
)
_ROOTS: dict[str, str] = {
    "svg": "an SVG drawing",
    "rss": "a news feed",
    "feed": "a news feed",
    "RDF": "a news feed",
    "urlset": "a map of a web site",
    "sitemapindex": "a map of a web site",
    "FictionBook": "an e-book",
    "plist": "a list of properties of macOS",
}
_LINES_OF_JSON = re.compile(r"\s*[\[{]\s*(?:[\"\[{\]}]|-?\d)")
_NAMES: dict[str, str] = {
    "text": "a text",
    "html": "a web page",
    "mhtml": "a web archive or mail message",
    "pdf": "a PDF document",
    "image": "a picture",
    "docx": "a Word document",
    "doc": "a Word document",
    "flat_opc": "a Word document",
    "word2003xml": "a Word document",
    "rtf": "an RTF document",
    "odt": "an OpenDocument text",
    "ods": "an OpenDocument spreadsheet",
    "xlsx": "an Excel workbook",
    "xlsb": "an Excel workbook",
    "xls": "an Excel workbook",
    "spreadsheetml": "an Excel workbook",
    "ofd": "an OFD document",
}


def other_text(data: bytes) -> str | None:
    """What a text is that holds data, mail or the like; None for any other text."""
    try:
        text = decode(data[:_HEAD_BYTES] if len(data) > _HEAD_BYTES else data).lstrip("\ufeff \t\r\n")
    except Refused:
        return None
    words = next((words for pattern, words in _BEGINNINGS if re.match(pattern, text)), None)
    if words is None and _is_json(text, data):
        return "data in JSON"
    return words or _xml(data)


def _is_json(text: str, data: bytes) -> bool:
    if not _LINES_OF_JSON.match(text):
        return False
    if len(data) > _WHOLE_JSON:
        return True
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        lines = text.split("\n")  # one value a line; the last line of the beginning may be cut
        return len(lines) > 1 and all(_LINES_OF_JSON.match(line) for line in lines[:-1] if line.strip())
    return True


def _xml(data: bytes) -> str | None:
    name = root_of(data)
    return None if name is None or name == "html" else _ROOTS.get(name, f"an XML file (<{name}>)")


def named(document: Document) -> str:
    """A document that was read, in words: its kind, and how it begins."""
    texts = (
        text
        for block in document.blocks
        for text in ((c.text for c in block.cells) if isinstance(block, Grid) else (block.text,))
    )
    beginning = next((found for text in texts if (found := " ".join(text.split()))), "")
    kind = _NAMES.get(document.format, "a document")
    if not beginning:
        return f"{kind} without text"
    cut = beginning if len(beginning) <= _BEGINNING_LENGTH else f"{beginning[:_BEGINNING_LENGTH]}…"
    return f"{kind} that begins with “{cut}”"
