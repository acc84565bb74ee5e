"""Sections: the title, and the text of each section under its heading as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Document, Grid, Paragraph
from pipeline.forms import Form, Heading
from pipeline.labels import Label, compact, label, similarity

_HEADING = re.compile(r"^[一二三四五六七八九十]{1,2}[、.．]")
_TITLE = re.compile(r"(?:公开|公开工作)(?:工作)?(?:年度)?(?:工作)?(?:报告|年报)$")
_NO_PUBLISHER = re.compile(r"^(?:20[0-9]{2}年度?)?(?:政府|政务)?信息公开")
_PUBLISHER_LINE = re.compile(
    r"(?:^|[政府处局委厅会院办公室镇乡街道县市区旗州盟站所校司署])(?:20[0-9]{2}年度?)?$|^20[0-9]{2}年度?$"
)
_QUOTED_TITLE = re.compile(r"《([^《》]{4,60}?(?:报告|年报))》")
_TITLE_LINES = 3
_TITLE_LENGTH = 70
_HEADING_LENGTH = 40
_ROWS_OF_A_TABLE = 2
_SAME = 0.9
_ALIKE = 0.55
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text beneath it, a line each paragraph. `topic` is the prescribed section, if it is one.

    `variant_of` is the prescribed heading where the printed one differs from it and its known variants.
    """

    number: int
    topic: int | None
    heading: str
    text: str
    line: int | None
    variant_of: str | None = None


def title(document: Document, forms: Sequence[Form]) -> str:
    """The report's title on one line, without spaces: the first lines that together end in 报告 or 年报.

    A publisher or year on a line of its own above belongs to it. Without such lines, a title that the
    preamble quotes; else ''.
    """
    opening = [compact(p.text) for p in _opening(document, forms)]
    for end in range(1, len(opening) + 1):
        for start in range(end - 1, max(end - 1 - _TITLE_LINES, -1), -1):
            joined = "".join(opening[start:end])
            if len(joined) <= _TITLE_LENGTH and _TITLE.search(joined):
                return _with_lines_above(joined, opening[:start])
    quoted = _QUOTED_TITLE.search("".join(opening))
    return quoted[1] if quoted and "公开" in quoted[1] else ""


def _with_lines_above(found: str, above: Sequence[str]) -> str:
    for line in reversed(above[-_TITLE_LINES:]):
        if not _NO_PUBLISHER.match(found) or not _PUBLISHER_LINE.search(line) or len(line) > _HEADING_LENGTH:
            break
        found = line + found
    return found


def _opening(document: Document, forms: Sequence[Form]) -> Iterator[Paragraph]:
    """The paragraphs before the first of the forms' tables or headings; a table of another kind is passed over."""
    rows = {n for f in forms for t in f.tables for r in t.rows for n in r.names}
    for block in document.blocks:
        if isinstance(block, Grid):
            if sum(label(c.text).text in rows for c in block.cells) >= _ROWS_OF_A_TABLE:
                return
        elif _heading_of(block, forms, None):
            return
        elif not block.aside:
            yield block


def sections(document: Document, forms: Sequence[Form]) -> tuple[Section, ...]:
    """The sections in order; number 0 is what stands before the first heading and is left out when empty."""
    parts: list[tuple[Paragraph | None, _Found, list[str]]] = [(None, _Found(None, None), [])]
    for paragraph in document.paragraphs:
        found = _heading_of(paragraph, forms, parts[-1][0])
        if found:
            parts.append((paragraph, found, []))
        else:
            parts[-1][2].append(paragraph.text)
    return tuple(_section(n, *part) for n, part in enumerate(parts) if part[0] is not None or part[2])


def _section(number: int, head: Paragraph | None, found: _Found, text: Sequence[str]) -> Section:
    heading, line = (head.text, head.line) if head else ("", None)
    return Section(number, found.topic, heading, "\n".join(text), line, found.variant_of)


def is_heading(text: str, forms: Sequence[Form]) -> bool:
    """True for a line that heads a prescribed section in its own words or nearly so."""
    printed = compact(text)
    return (
        len(printed) <= _HEADING_LENGTH and not printed.startswith("(") and _closest(label(printed), forms)[1] >= _SAME
    )


@dataclass(frozen=True, slots=True)
class _Found:
    topic: int | None
    variant_of: str | None


def _heading_of(paragraph: Paragraph, forms: Sequence[Form], last: Paragraph | None) -> _Found | None:
    """What section a paragraph heads: a prescribed one by its words, or another by the next numeral."""
    printed = compact(paragraph.text)
    if len(printed) > _HEADING_LENGTH or printed.startswith("("):  # （一） heads a part of a section
        return None
    text = label(printed)
    numbered = bool(_HEADING.match(printed))
    heading, likeness = _closest(text, forms)
    if numbered and likeness < _ALIKE:
        heading, likeness = _containing(text, forms) or (heading, likeness)
    if heading and likeness >= (_ALIKE if numbered and _agrees(text, heading) else _SAME):
        return _Found(heading.topic, None if text.text in heading.names else heading.text)
    if numbered and last is not None and _follows(text.ordinal, label(last.text).ordinal):
        return _Found(None, None)
    return None


def _agrees(text: Label, heading: Heading) -> bool:
    """Damaged words count as the heading only under its own numeral."""
    return text.ordinal == _NUMERALS[heading.topic - 1]


def _containing(text: Label, forms: Sequence[Form]) -> tuple[Heading, float] | None:
    """The heading of the text's own numeral, where its words are part of longer ones: 2019年工作的总体情况."""
    for heading in (h for f in forms for h in f.headings if _agrees(text, h)):
        if any(name in text.text for name in heading.names):
            return heading, _ALIKE
    return None


def _follows(numeral: str, last: str) -> bool:
    return numeral in _NUMERALS and last in _NUMERALS and _NUMERALS.index(numeral) == _NUMERALS.index(last) + 1


def _closest(text: Label, forms: Sequence[Form]) -> tuple[Heading | None, float]:
    headings = [h for f in forms for h in f.headings]
    scored = [(max(similarity(text.text, n) for n in h.names), -i) for i, h in enumerate(headings)]
    if not scored:
        return None, 0.0
    likeness, index = max(scored)
    return headings[-index], likeness
