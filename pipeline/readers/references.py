"""Links and references to another place of the same document: behind the text of a cell they are marks of notes.

Programs that write them raise most of them, but the file does not always say so: what leads from a figure to a note is
no digit of it. How a format writes such a reference is for its reader.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.marks import looks_like_note, plain

# The codes of fields that lead to a place of their own document.
_FIELD = re.compile(r"^\s*(?:(?:NOTE|FTN|PAGE)?REF\b|HYPERLINK\b.*\\l\b)", re.IGNORECASE | re.DOTALL)


def refers(code: str) -> bool:
    """True for the code of a field that shows a reference to another place of its document."""
    return bool(_FIELD.match(code))


def is_note_mark(reference: etree._Element, holder: etree._Element | None) -> bool:
    """True for a reference that looks like the mark of a note and stands behind other text of its holder."""
    text = plain("".join(map(str, reference.itertext(etree.Element))))
    return holder is not None and looks_like_note(text) and _is_behind_text(reference, holder)


def _is_behind_text(element: etree._Element, holder: etree._Element) -> bool:
    for event, passed in etree.iterwalk(holder, events=("start", "end")):
        if passed is element:
            return False
        text = passed.text if event == "start" else passed.tail
        if text and text.strip():
            return True
    return False
