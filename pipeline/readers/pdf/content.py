"""What a PDF's pages show: characters with their places, rulings, and whether there are images.

This is the seam to the library: `pages` returns all that the rest of the package knows about a file, so that another
reader of page content can take its place. No layout is guessed here.
"""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFXRefStream
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, int_value
from pdfminer.psexceptions import PSException

from pipeline.readers.pdf.collector import Collector
from pipeline.readers.pdf.layers import layers_off
from pipeline.readers.pdf.objects import NotPlainError, Objects, Packed
from pipeline.readers.pdf.operators import Interpreter
from pipeline.readers.pdf.page import Page
from pipeline.readers.pdf.streams import Fonts, Parser
from pipeline.readers.refused import Refused

MAX_PAGES = 500
MAX_OBJECTS = 1_000_000
MAX_LOOKED_UP = 2_000_000

# Warnings about single fonts would be most of the time spent on some files.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

# What the library raises on files that break the standard, found by feeding it mutated files. RuntimeError stands
# for its exhausted generators, unsupported filters and endless nesting.
_FAULTS = (
    PSException, ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
    struct.error, zlib.error,
)  # fmt: skip

_END, _END_WITHIN = b"%%EOF", 2_048  # what a whole file ends with, before what some servers add


def pages(data: bytes) -> Iterator[Page]:
    """The pages of a file in order. Raises `Refused` for a file that is encrypted, damaged or too large."""
    number = 0
    try:
        document = _Document(data)
        if sum(_size(x) for x in document.xrefs if isinstance(x, PDFXRefStream)) > MAX_OBJECTS:
            raise Refused("too-large", f"more than {MAX_OBJECTS:,} objects")
        fonts = Fonts()
        device = Collector(fonts)
        interpreter = Interpreter(fonts, device, layers_off(document.catalog))
        for number, page in enumerate(PDFPage.create_pages(document), start=1):
            if number > MAX_PAGES:
                raise Refused("too-large", f"more than {MAX_PAGES} pages")
            device.page = Page(number)
            interpreter.process_page(page)
            yield device.page
        _check_count(document, number)
    except PDFEncryptionError:
        raise Refused("encrypted") from None
    except _FAULTS as e:
        raise Refused("damaged", _damage(data, number, _said(e))) from e


def _damage(data: bytes, number: int, said: str) -> str:
    """What is wrong with a PDF document on whose page `number` reading ended (0: before any), with what was said."""
    words = ["its end is missing"] if _END not in data[-_END_WITHIN:] else []
    words += [f"page {number} cannot be read"] if number else []
    return f"a PDF document: {', and '.join(words) or 'it has no page that can be read'} ({said})"


def _said(error: BaseException) -> str:
    """The message of an error of the library, in a few words."""
    words = " ".join(str(error).split())[:80]
    return words if isinstance(error, PDFException) and words else f"{type(error).__name__} {words}".strip()


class _Document(PDFDocument):
    """The library's document, in which plain objects are read fast, and looking up an object comes to an end."""

    looked_up = 0

    def __init__(self, data: bytes) -> None:
        self._made_by = Parser(BytesIO(data))
        self._objects = Objects(data, self)
        super().__init__(self._made_by)

    def getobj(self, objid: int) -> object:
        """The object itself, where it is a reference to another one. Raises `Refused` for references in a circle."""
        self.looked_up += 1
        if self.looked_up > MAX_LOOKED_UP:
            raise Refused("too-large", f"more than {MAX_LOOKED_UP:,} references")
        found: object = super().getobj(objid)
        seen = {objid}
        while isinstance(found, PDFObjRef):
            if found.objid in seen:
                raise Refused("damaged", "references lead in a circle")
            seen.add(found.objid)
            found = super().getobj(found.objid)
        return found

    def _getobj_parse(self, pos: int, objid: int) -> object:
        """The object at a place of the file, as the library reads it."""
        try:
            found: object = self._objects.numbered(objid, pos)
            if isinstance(found, Packed):
                length = int_value(found.attributes.get("Length"))
                raw = self._objects.stream_data(found.at, length)
                found = self._made_by.made(PDFStream(found.attributes, raw, self.decipher))
        except NotPlainError:
            return super()._getobj_parse(pos, objid)
        return found

    def _get_objects(self, stream: PDFStream) -> tuple[list[object], int]:
        """The objects of a stream that holds some, and how many the stream says these are."""
        number = stream.get("N")
        if isinstance(number, int):
            with suppress(NotPlainError):
                return Objects(stream.get_data(), self).all(), number
        return super()._get_objects(stream)

    def get_page_labels(self) -> Iterator[str]:
        """Any number of page labels: they are of no use here, and damaged ones must do no harm."""
        while True:
            yield ""


def _size(xref: PDFXRefStream) -> int:
    return sum(max(count, 0) for _, count in xref.ranges)


def _check_count(document: PDFDocument, found: int) -> None:
    """Refuse a file that has lost pages: it must not pass for a shorter one."""
    said = int_value(dict_value(document.catalog.get("Pages")).get("Count", 0))
    if found < max(said, 1):
        words = f"of which {found} of {said} pages are there" if said > 0 else "without pages"
        raise Refused("damaged", f"a PDF document {words}")
