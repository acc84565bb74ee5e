"""A page that only links to its report: what it names, and whether it says anything itself."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document import Document
from pipeline.forms.model import Form
from pipeline.layout.sections import sections

_NAMED = 3
_FEWEST_SECTIONS = 2  # of a report without tables
_MENU_LENGTH = 60  # characters
_LEAST_TEXT = 400  # characters that a report without tables says at the least


def names_of(attachments: Sequence[str]) -> str:
    """The first names of the attachments, to be put between quotation marks in a sentence."""
    return "” and “".join(attachments[:_NAMED])


def says_little(document: Document, known: Sequence[Form]) -> bool:
    """True for a text without the sections of a report or long paragraphs: menus are many, and short."""
    if sum(1 for s in sections(document, known) if s.topic) >= _FEWEST_SECTIONS:
        return False
    long = (len(p.text) for p in document.paragraphs if len(p.text) > _MENU_LENGTH)
    return sum(long) < _LEAST_TEXT
