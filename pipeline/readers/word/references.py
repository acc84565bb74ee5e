"""Marks the references of a .docx to another place in it that stand behind the text of a cell: they lead to notes.

Such are links to a bookmark, the fields that show a reference, and the marks of notes that a person chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.marks import looks_like_note, marked, plain
from pipeline.readers.references import refers
from pipeline.readers.word.elements import CELL, OFF, RUN, TEXT, word
from pipeline.readers.word.styles_part import has_any

_SIGNS = (b":hyperlink", b"instrText", b"fldSimple", b"customMarkFollows")
_LINK, _SIMPLE_FIELD, _FIELD_CHARACTER, _CODE = word("hyperlink"), word("fldSimple"), word("fldChar"), word("instrText")
_OWN_MARK = word("customMarkFollows")
_MOST_FIELDS = 8  # within each other


def mark_references(body: etree._Element, text: bytes) -> None:
    """Mark them as raised; `text` is what the body was parsed from."""
    if not has_any(_SIGNS, text):
        return
    for texts in (*_links(body), *_fields(body)):
        if looks_like_note(plain("".join(t.text or "" for t in texts))) and _are_behind_text(texts):
            _raise(texts)
    for reference in body.iter(word("footnoteReference"), word("endnoteReference")):
        if reference.get(_OWN_MARK, "0") not in OFF:
            _raise(_chosen_mark(reference))


def _raise(texts: Sequence[etree._Element]) -> None:
    for text in texts:
        text.text = marked(text.text or "", "raised")


def _links(body: etree._Element) -> Iterator[list[etree._Element]]:
    """The texts of each link to a place of the document, and of each field that is one element."""
    for link in body.iter(_LINK, _SIMPLE_FIELD):
        if any(link.get(word(name)) for name in ("anchor", "bookmark")) or refers(link.get(word("instr"), "")):
            yield list(link.iter(TEXT))


@dataclass(slots=True)
class _Field:
    """A field that is open: its code, and once that has ended, the texts of its result."""

    code: str = ""
    in_code: bool = True
    result: list[etree._Element] = field(default_factory=list)


def _fields(body: etree._Element) -> Iterator[list[etree._Element]]:
    """The texts that each field shows as its reference."""
    fields: list[_Field] = []
    for element in body.iter(_FIELD_CHARACTER, _CODE, TEXT):
        kind = element.get(word("fldCharType")) if element.tag == _FIELD_CHARACTER else None
        if kind == "begin":
            fields.append(_Field())
        elif kind == "separate" and fields:
            fields[-1].in_code = False
        elif kind == "end" and fields:
            over = fields.pop()
            if refers(over.code):
                yield over.result
        elif element.tag == _CODE and fields:
            fields[-1].code += element.text or ""
        elif element.tag == TEXT:
            for around in fields[-_MOST_FIELDS:]:
                if not around.in_code:
                    around.result.append(element)


def _are_behind_text(texts: Sequence[etree._Element]) -> bool:
    """True where the cell of some texts has other text before them."""
    cell = next(texts[0].iterancestors(CELL), None)
    for text in () if cell is None else cell.iter(TEXT):
        if text is texts[0]:
            return False
        if text.text and text.text.strip():
            return True
    return False


def _chosen_mark(reference: etree._Element) -> list[etree._Element]:
    """The texts of the mark of a note: they stand behind the reference in its run, else in the next one."""
    mark = list(reference.itersiblings(TEXT))
    run = reference.getparent()
    if mark or run is None or run.tag != RUN:
        return mark
    following = next(run.itersiblings(RUN), None)
    return [] if following is None else list(following.iter(TEXT))
