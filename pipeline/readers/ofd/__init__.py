"""OFD documents (GB/T 33190): what their pages show, laid out as the pages of a PDF are.

Seals and other notes lie over the pages and are not part of their text; a figure that they hide is not read.
"""

from __future__ import annotations

from pipeline.document import Document
from pipeline.readers.ofd.package import pages
from pipeline.readers.pdf import blocks_of
from pipeline.readers.pdf.page import UNKNOWN, Page
from pipeline.readers.pdf.struck import without_struck
from pipeline.readers.refused import Refused
from pipeline.readers.scan import is_installed
from pipeline.readers.vocabulary import NO_WORDS, Vocabulary

_FEW_CHARS = 30  # a page: what may be printed beside an image
_MOST_OF_A_PAGE = 0.5


def read(data: bytes, words: Vocabulary = NO_WORDS) -> Document:
    """The paragraphs and tables of an OFD document. Raises `Refused` where it cannot be read, or has no text."""
    found = pages(data)
    _check_text(found)
    return Document("ofd", blocks_of(tuple(map(without_struck, found)), words))


def _check_text(found: tuple[Page, ...]) -> None:
    """Refuse pages that show no text, or text whose characters are not given."""
    printed = [c.text for p in found for c in p.chars if not c.text.isspace()]
    pictures = sum(not p.is_read and p.image_area >= _MOST_OF_A_PAGE * p.width * p.height for p in found)
    if pictures and (not printed or (pictures == len(found) and len(printed) < _FEW_CHARS * len(found))):
        if is_installed():
            raise Refused(
                "format-not-read", "an OFD document whose pages are pictures of a kind that cannot be decoded"
            )
        raise Refused("scan-without-text")
    if not printed:
        raise Refused("format-not-read", "an OFD document whose pages show drawings and no text")
    unknown = sum(t.startswith(UNKNOWN) or "\ue000" <= t <= "\uf8ff" for t in printed)
    if 2 * unknown > len(printed):
        raise Refused("text-without-unicode")
