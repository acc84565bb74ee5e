"""Turns bytes into a `Document`: the format is found in the content, never in the name.

One module or package per format. A reader gives paragraphs and grids with their places and knows no form. It is
imported only when a file needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from pipeline.collecting import collecting_rarely
from pipeline.document import Document
from pipeline.raw.archives import LEADING, LEADING_WITHIN
from pipeline.raw.pictured import MAGIC as PAGES_IN_PICTURES
from pipeline.readers.refused import Refused
from pipeline.readers.vocabulary import NO_WORDS, Vocabulary

__all__ = ["MAX_BYTES", "Refused", "Vocabulary", "bare", "by_name", "no_report", "read", "sniff"]

MAX_BYTES = 200_000_000
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (PAGES_IN_PICTURES, "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"{\\rtf", "rtf"),
    (b"PK\x05\x06", "zip"),  # an empty one
)
_MAGICS = tuple(magic for magic, _ in _MAGIC)
_PDF_WITHIN = 1024  # bytes: a PDF file may begin with something else
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|tbody|tr|td|div|p)\b[^<>]{0,500}>", re.IGNORECASE)
_WIDE_WITHIN = 64  # bytes: a page in UTF-16 begins with its mark or with a tag
_MARKUP_LEAST = 3  # a text may mention a tag or have one left over
# The function that reads each format, in its module.
_READERS = {
    **{name: f"{name}.read" for name in ("pdf", "html", "mhtml", "text", "xlsx", "xlsb", "xls")},
    "docx": "word.docx.read",
    "doc": "word.doc.read",
    "flat_opc": "word.one_file.read_flat",
    "word2003xml": "word.one_file.read_2003",
    "spreadsheetml": "spreadsheetml.read",
    "image": "pdf.read_picture",
    "ofd": "ofd.read",
    "rtf": "rtf.read",
    "odt": "odf.text.read",
    "ods": "odf.sheets.read",
}
# Those that lay pages out by lines and letters.
_PAGED = ("pdf", "image", "ofd")
# Formats that are recognised but not read, in words.
_NOT_READ = {"uof": "a UOF document (标文通)"}


def bare(data: bytes) -> bytes:
    """The document itself, without what a server's program put around it: empty lines before it, or JSON.

    Only what is no text and no page is freed of such lines: their places in a file are counted from its beginning.
    Raises `Refused` for a page in JSON that cannot be taken apart.
    """
    xml_files = _module("xml_files")
    before = len(head := data[:LEADING_WITHIN]) - len(head.lstrip(LEADING))
    if 0 < before < LEADING_WITHIN:
        rest = data[before:]
        if rest.startswith(_MAGICS) or xml_files.kind_of_xml(rest) is not None:
            data = rest
    page = _module("in_json").page_in(data)
    return bytes(xml_files.in_utf8(data) if page is None else page)


def sniff(data: bytes) -> str:
    """The name of the format that the content shows, as `pdf` or `mhtml`; `unknown` where none fits."""
    return _format_of(bare(data))


def _format_of(data: bytes) -> str:
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    if data.startswith(_MAGICS):
        return _inside(next(name for magic, name in _MAGIC if data.startswith(magic)), data)
    if _is_bitmap(data):
        return "image"
    if _module("unread").by_sign(data):
        return "unread"
    if (found := _module("xml_files").kind_of_xml(data)) is not None:
        return str(found)
    if _module("mhtml").is_mhtml(data):  # before markup, which is inside
        return "mhtml"
    if _is_markup(data):
        return "html"
    return "text" if _module("text").is_text(data) else "unknown"


def _is_bitmap(data: bytes) -> bool:
    """True for a picture whose first letters might begin a text too: BMP, which says its size, and WebP."""
    size = int.from_bytes(data[2:6], "little")
    return (data[:2] == b"BM" and b"\0" in data[6:14] and 0 < size <= 2 * len(data)) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _inside(name: str, data: bytes) -> str:
    """The format that a container holds; the container's own name where that is not a known one."""
    if name == "zip":
        found = str(_module("archive").kind_of_zip(data))
    elif name == "ole":
        found = str(_module("archive").kind_of_ole(data))
    else:
        return name
    return name if found == "unknown" else found


def _is_markup(data: bytes) -> bool:
    if b"\0" in data[:_WIDE_WITHIN]:  # two bytes a character, in one order or the other
        data = data.replace(b"\0", b"")
    found = [m for m, _ in zip(_MARKUP.finditer(data), range(_MARKUP_LEAST), strict=False)]
    return len(found) >= _MARKUP_LEAST or any(m[0][:6].lower() in (b"<!doct", b"<html>", b"<html ") for m in found)


def read(data: bytes, words: Vocabulary = NO_WORDS) -> Document:
    """The document that a file's content lays out. Raises `Refused` with a reason where it cannot be read.

    `words` are the labels that tables may print: they show which parts of a table cut by a page belong together.
    """
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes")
    if not data.strip():
        raise Refused("empty")
    data = bare(data)
    name = _format_of(data)
    if name == "encrypted":
        raise Refused("encrypted")
    if name in _NOT_READ:
        raise Refused("format-not-read", _NOT_READ[name])
    if name == "unread":
        raise Refused("format-not-read", _module("unread").by_sign(data))
    if name in ("zip", "ole"):
        raise getattr(_module("unread"), f"refused_{name}")(data)
    if name not in _READERS:
        raise _module("unread").refused_unknown(data)
    module, _, function = _READERS[name].rpartition(".")
    reader: Callable[..., Document] = getattr(_module(module), function)
    with collecting_rarely():
        return reader(data, words) if name in _PAGED else reader(data)


def by_name(refused: Refused, path: str) -> Refused:
    """The refusal of a file whose content shows nothing, by the end of its name where that says what it is."""
    words = _module("unread").by_ending(path) if refused.reason == "binary" else None
    return Refused("format-not-read", words) if words else refused


def no_report(document: Document, data: bytes) -> Refused:
    """The refusal of a document without anything of a report; a text may be of a kind that is not read at all."""
    other_texts = _module("other_texts")
    words = other_texts.other_text(data) if document.format in ("text", "html") else None
    if words:
        return Refused("format-not-read", words)
    return Refused("not-a-report", other_texts.named(document))


@cache
def _module(name: str):  # type: ignore[no-untyped-def]  # each file asks for seven
    return import_module(f"pipeline.readers.{name}")
