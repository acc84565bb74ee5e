"""Takes out of a Word document what is not printed: deleted and hidden text, prompts, the branches of alternatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from pipeline.readers.word.elements import (
    CELL,
    CHOICE,
    FALLBACK,
    MC,
    OFF,
    PARAGRAPH,
    PARAGRAPH_PROPERTIES,
    ROW,
    ROW_PROPERTIES,
    RUN,
    TEXT,
    VAL,
    whole,
    word,
)
from pipeline.readers.word.looks import mark_run

_LEAST_HEIGHT = 40  # twentieths of a point; the smallest print needs more


def prune(body: etree._Element) -> None:
    """Take out what is not printed; nearly every document has nothing of the kind.

    From the end, so that in a chain of joined paragraphs each piece is moved but once.
    """
    for element in reversed(list(body.iter(*_PRUNED))):
        _PRUNED[element.tag](element)


def _remove(element: etree._Element | None) -> None:
    parent = None if element is None else element.getparent()
    if element is not None and parent is not None:
        parent.remove(element)


def _remove_deleted(deleted: etree._Element) -> None:
    """Deleted is the text inside the element, or what the properties around it belong to: a paragraph's mark, a row."""
    properties = deleted.getparent()
    owner = None if properties is None else properties.getparent()
    if properties is not None and properties.tag == ROW_PROPERTIES:
        _remove(owner)
    elif owner is not None and owner.tag == PARAGRAPH_PROPERTIES:
        _join_to_next(owner.getparent())
    elif _is_in_cell(deleted):
        for text in list(deleted.iter(word("delText"))):
            text.tag = TEXT
        mark_run(deleted, "struck")
    else:
        _remove(deleted)


def _strike_cell(deleted: etree._Element) -> None:
    """A cell that was deleted is shown struck as long as nobody accepts that."""
    cell = next(deleted.iterancestors(CELL), None)
    if cell is not None:
        mark_run(cell, "struck")


def _remove_flat_row(height: etree._Element) -> None:
    """A row that may be no higher than a hair shows nothing."""
    if height.get(word("hRule")) != "exact" or whole(height.get(VAL), 0, _LEAST_HEIGHT) >= _LEAST_HEIGHT:
        return
    properties = height.getparent()
    owner = None if properties is None else properties.getparent()
    if owner is not None and owner.tag == ROW:
        _remove(owner)


def _remove_moved(moved: etree._Element) -> None:
    """Text at the place that it was moved from is struck."""
    if _is_in_cell(moved):
        mark_run(moved, "struck")
    else:
        _remove(moved)


def _is_in_cell(element: etree._Element) -> bool:
    return next(element.iterancestors(CELL), None) is not None


def _join_to_next(paragraph: etree._Element | None) -> None:
    """Without its mark a paragraph is the beginning of the next one."""
    following = None if paragraph is None else paragraph.getnext()
    if paragraph is None or following is None or following.tag != PARAGRAPH:
        return
    first = next(iter(following), None)
    at = 1 if first is not None and first.tag == PARAGRAPH_PROPERTIES else 0
    for child in reversed([child for child in paragraph if child.tag != PARAGRAPH_PROPERTIES]):
        following.insert(at, child)
    _remove(paragraph)


def _remove_hidden(sign: etree._Element) -> None:
    """Hidden is a run or a row; what is hidden in other ways stays."""
    properties = sign.getparent()
    owner = None if properties is None else properties.getparent()
    if owner is None or owner.tag not in (RUN, ROW) or sign.get(VAL, "1") in OFF:
        return
    if owner.tag == RUN and _is_in_cell(owner):
        _remove(sign)
        mark_run(owner, "hidden")
    else:
        _remove(owner)


def _remove_prompt(sign: etree._Element) -> None:
    """Remove the content of a control that was not filled in: it shows only instructions, in grey.

    A cell in it stays, or those behind would move; a prompt with digits may be taken for a figure, and is told.
    """
    properties = sign.getparent()
    control = None if properties is None else properties.getparent()
    if control is None or sign.get(VAL, "1") in OFF:
        return
    if _is_in_cell(control) or next(control.iter(CELL), None) is not None:
        _hide_prompt(control)
    else:
        _remove(control)


def _hide_prompt(control: etree._Element) -> None:
    texts = list(control.iter(TEXT))
    if any(c.isdecimal() for t in texts for c in t.text or ""):
        mark_run(control, "hidden")
        return
    for text in texts:
        text.text = ""


def _keep_one_branch(alternatives: etree._Element) -> None:
    """Of several ways to draw the same thing the first is kept."""
    choice = alternatives.find(CHOICE)
    kept = alternatives.find(FALLBACK) if choice is None else choice
    for branch in list(alternatives):
        if branch is not kept:
            _remove(branch)


_PRUNED: Mapping[str, Callable[[etree._Element], None]] = {
    **dict.fromkeys(
        (word(n) for n in ("rt", "pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange")),
        _remove,
    ),
    word("del"): _remove_deleted,
    word("cellDel"): _strike_cell,
    word("trHeight"): _remove_flat_row,
    word("moveFrom"): _remove_moved,
    word("vanish"): _remove_hidden,
    word("hidden"): _remove_hidden,
    word("showingPlcHdr"): _remove_prompt,
    f"{{{MC}}}AlternateContent": _keep_one_branch,
}
