"""Sections: the title, and the text of each section under its heading as printed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.document import Document, Grid, Paragraph
from pipeline.forms.model import Form, Heading
from pipeline.labels import Label, compact, label, similarity
from pipeline.layout.rival_titles import own_title, without_year_of_writing
from pipeline.layout.title_lines import is_collection, is_listed, lists_of_titles, plain, stated_title, titles_among

_HEADING = re.compile(r"^[一二三四五六七八九十]{1,2}[、.．]")
_QUOTED_TITLE = re.compile(r"《([^《》]{4,60}?(?:报告|年报))》")
_HEADING_LENGTH = 40
_ROWS_OF_A_TABLE = 2
_SAME = 0.9
_ALIKE = 0.55
_TOLD = 2
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text beneath it, one line per paragraph. `topic` is the prescribed section, if it is one.

    `variant_of` is the prescribed heading where the printed one differs from it and its known variants.
    """

    number: int
    topic: int | None
    heading: str
    text: str
    line: int | None
    variant_of: str | None = None


@dataclass(frozen=True, slots=True)
class Titles:
    """The report's own title, '' where there is none, and `rivals`: titles of which nothing tells which is its own."""

    own: str
    rivals: tuple[str, ...] = ()


def title(document: Document, forms: Sequence[Form]) -> str:
    """The report's own title (`titles`)."""
    return titles(document, forms).own


def titles(document: Document, forms: Sequence[Form]) -> Titles:
    """The report's title on one line, without spaces: the first lines that together end in 报告 or 年报.

    A publisher or year on a line of its own above belongs to it, and so does a line below that calls it a correction; a
    date behind it does not. Without such lines, a title that the preamble quotes. Of several titles that contradict
    each other the report's own; where that is not told apart, the last one, and all are rivals (`rival_titles`).
    """
    if document.heading is not None:
        return Titles(document.heading)
    found = _titles(document, forms)
    if not found:
        return Titles("")
    text = "".join(p.text for p in document.paragraphs)
    own = own_title(found, document.names, text)
    if own is None:
        return Titles(found[-1], tuple(dict.fromkeys(found)))
    return Titles(without_year_of_writing(own, text))


def _titles(document: Document, forms: Sequence[Form]) -> list[str]:
    """Every title before the text, in the order of the file; of a list of links only where there is no other.

    The title of a collection is none beside that of a report in it.
    """
    opening = [*_opening(document, forms)]
    lines = [plain(p.text) for p in opening]
    first = lists_of_titles(lines)
    found = titles_among(lines[first:])
    linked = [all(map(is_listed, opening[first + t.start : first + t.end])) for t in found]
    names = [compact(n) for n in document.names]
    printed = [t for t, of_list in zip(found, linked, strict=True) if not of_list or any(t.text in n for n in names)]
    printed = printed or found
    own = [t.text for t in printed if not is_collection(t.text)] or [t.text for t in printed]
    if own:
        return own
    quoted = _QUOTED_TITLE.search("".join(lines))
    if quoted and "公开" in quoted[1]:
        return [quoted[1]]
    stated = {t for line in lines if (t := stated_title(line))}
    return [*stated] if len(stated) == 1 else []


def _opening(document: Document, forms: Sequence[Form]) -> Iterator[Paragraph]:
    """The paragraphs before the first of the forms' tables or headings; a table of another kind is passed over."""
    forms = _prescribed(forms)
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
    spoken = _spoken(document, forms)
    parts: list[tuple[Paragraph | None, _Found, list[str]]] = [(None, _Found(None, None), [])]
    for paragraph in document.paragraphs:
        found = _heading_of(paragraph, spoken, parts[-1][0])
        if found:
            parts.append((paragraph, found, []))
        else:
            parts[-1][2].append(paragraph.text)
    return tuple(_section(n, *part) for n, part in enumerate(parts) if part[0] is not None or part[2])


def headed_by(document: Document, forms: Sequence[Form]) -> Form | None:
    """The form with the most headings in the document, the newest of equal ones; None where it prints none.

    Where hardly any is printed in its own words, the subjects of the numbered headings identify a form that prescribes
    no wording.
    """
    texts = [t for p in document.paragraphs if (t := _heading_text(p.text))]
    own = {f.name: len({h.topic for t in texts if (h := _closest(t, (f,), _SAME)[0])}) for f in forms}
    if max(own.values(), default=0) < _TOLD:
        lines = (compact(p.text) for p in document.paragraphs)
        numbered = [label(line) for line in lines if _HEADING.match(line) and _is_short(line)]
        about = {f.name: len({h.topic for t in numbered if (h := _about(t, (f,)))}) for f in forms}
        own |= {name: n for name, n in about.items() if n >= _TOLD}
    best = max(forms, key=lambda f: (own[f.name], f.variant_of is None, f.prescribed, f.name), default=None)
    return best if best is not None and own[best.name] else None


def _spoken(document: Document, forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms in whose words the document's headings are read."""
    form = headed_by(document, forms)
    return _prescribed(forms) if form is None or form.prescribed else (form,)


def _prescribed(forms: Sequence[Form]) -> tuple[Form, ...]:
    return tuple(f for f in forms if f.prescribed)


def _section(number: int, head: Paragraph | None, found: _Found, text: Sequence[str]) -> Section:
    heading, line = (head.text, head.line) if head else ("", None)
    return Section(number, found.topic, heading, "\n".join(text), line, found.variant_of)


def is_heading(text: str, forms: Sequence[Form]) -> bool:
    """True for a line that heads a prescribed section in its own words or nearly so."""
    found = _heading_text(text)
    return found is not None and _closest(found, _prescribed(forms), _SAME)[0] is not None


def _heading_text(printed: str) -> Label | None:
    """The label of a line that may be a heading; None for longer ones, for sentences, and for （一）, a part's head."""
    if len(printed) > 4 * _HEADING_LENGTH:
        return None
    text = compact(printed)
    is_sentence = text.endswith("。") and not _HEADING.match(text)
    return label(text) if _is_short(text) and not is_sentence else None


def _is_short(text: str) -> bool:
    return len(text) <= _HEADING_LENGTH and not text.startswith("(")


@dataclass(frozen=True, slots=True)
class _Found:
    topic: int | None
    variant_of: str | None


def _heading_of(paragraph: Paragraph, forms: Sequence[Form], last: Paragraph | None) -> _Found | None:
    """What section a paragraph heads: a prescribed one by its words, or another by the next numeral."""
    text = _heading_text(paragraph.text)
    if text is None:
        return None
    numbered = bool(_HEADING.match(compact(paragraph.text)))
    heading, likeness = _closest(text, tuple(forms), _ALIKE if numbered else _SAME)
    if numbered and heading is None:
        heading, likeness = _containing(text, forms) or (None, 0.0)
    if heading and likeness >= (_ALIKE if numbered and _agrees(text, heading) else _SAME):
        differs = bool(heading.ordinal) and text.text not in heading.names
        return _Found(heading.topic, heading.text if differs else None)
    if numbered and (about := _about(text, forms)):
        return _Found(about.topic, None)
    if numbered and last is not None and _follows(text.ordinal, label(last.text).ordinal):
        return _Found(None, None)
    return None


def _agrees(text: Label, heading: Heading) -> bool:
    """Damaged words count as the heading only under its own numeral."""
    return bool(heading.ordinal) and text.ordinal == _NUMERALS[heading.ordinal - 1]


def _containing(text: Label, forms: Sequence[Form]) -> tuple[Heading, float] | None:
    """The heading of the text's own numeral, where its words are part of longer ones: 2019年工作的总体情况."""
    for heading in (h for f in forms for h in f.headings if _agrees(text, h)):
        if any(name in text.text for name in heading.names):
            return heading, _ALIKE
    return None


def _about(text: Label, forms: Sequence[Form]) -> Heading | None:
    """The heading whose characteristic word comes last: 依申请公开的收费情况 is about fees."""
    found = [(text.text.rfind(w), len(w), h.topic, h) for f in forms for h in f.headings for w in h.words]
    at, _, _, heading = max(found, key=lambda f: f[:3], default=(-1, 0, 0, None))
    return heading if at >= 0 else None


def _follows(numeral: str, last: str) -> bool:
    return numeral in _NUMERALS and last in _NUMERALS and _NUMERALS.index(numeral) == _NUMERALS.index(last) + 1


@lru_cache(maxsize=20_000)
def _closest(text: Label, forms: tuple[Form, ...], least: float) -> tuple[Heading | None, float]:
    """The heading that the text is most like, the first of those alike; none where it is less so than `least`."""
    size = len(text.text)
    by_length = _names(forms)
    lengths = range(math.ceil(size * least), math.floor(size / least) + 1)  # a larger difference is too much by itself
    near = [entry for n in lengths for entry in by_length.get(n, ())]
    scored = [(1.0 if name == text.text else similarity(text.text, name), -at, h) for at, name, h in near]
    likeness, _, heading = max(scored, key=lambda s: s[:2], default=(0.0, 0, None))
    return (heading, likeness) if likeness >= least else (None, likeness)


@lru_cache(maxsize=32)
def _names(forms: tuple[Form, ...]) -> dict[int, list[tuple[int, str, Heading]]]:
    """Every heading of the forms by the length of its words, with its place; words that forms share once."""
    names: dict[str, Heading] = {}
    for heading in (h for f in forms for h in f.headings):
        for name in sorted(heading.names):
            names.setdefault(name, heading)
    by_length: dict[int, list[tuple[int, str, Heading]]] = {}
    for at, (name, heading) in enumerate(names.items()):
        by_length.setdefault(len(name), []).append((at, name, heading))
    return by_length
