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
from pipeline.layout.rival_titles import own_title

_HEADING = re.compile(r"^[一二三四五六七八九十]{1,2}[、.．]")
CORRECTED = re.compile("更正|订正|修正|修订|勘误")
# How a title says that the report is a correction: 【更正】 before it, （更正版） behind it.
_CORRECTION = rf"[(\[【]?[0-9年月日]{{0,11}}(?:{CORRECTED.pattern})(?:版|后|稿|件|本)?[)\]】]?"
_CORRECTION_LINE = re.compile(_CORRECTION)
_CORRECTION_AROUND = re.compile(rf"^{_CORRECTION}[:：]?|{_CORRECTION}$")
# The year may stand behind the title as well: 报告（2024年度）.
_TITLE = re.compile(
    rf"(?:公开|公开工作)(?:工作)?(?:年度)?(?:工作)?(?:报告|年报)(?:\(20[0-9]{{2}}年?度?\))?(?:{_CORRECTION})?$"
)
# The day or month of writing behind a title is no part of it: 报告（2025年1月）, 报告(2025-01-20).
_WRITTEN = re.compile(
    r"[(\[【〔]20[0-9]{2}(?:年[0-9]{1,2}月(?:[0-9]{1,2}日)?|[-./][0-9]{1,2}(?:[-./][0-9]{1,2})?)"
    r"(?:发布|公布|公开|印发|编制)?[)\]】〕]$"
)
# What a title says of the copy at hand is no part of it: （全文）, （征求意见稿）, .docx.
_COPY = re.compile(
    r"(?:[(\[【〔](?:全文|正文|图文|公开|发布|公示|上网|网络|正式|最终|打印|扫描|电子|文字|纯文本|网页|终|定|审定|送审|报送"
    r"|征求意见|草|初|PDF|WORD|DOCX?|WPS|HTML|含附[表件]|附[表件]|附?下载){1,2}(?:版本?|稿|件|格式)?[)\]】〕]"
    r"|\.(?:docx?|pdf|wps|html?|xlsx?|ofd|rtf|txt))+$",
    re.IGNORECASE,
)
# Behind the title of a page stands the name of its site.
_SITE = re.compile(r"(?<=报告|年报)[-_|—]+[^-_|—,，。]{2,20}(?:网|网站|门户|平台|政府)$")
_NO_PUBLISHER = re.compile(r"^(?:20[0-9]{2}年度?)?(?:政府|政务)?信息公开")
_PUBLISHER_LINE = re.compile(
    r"(?:^|[政府处局委厅会院办公室镇乡街道县市区旗州盟站所校司署])(?:20[0-9]{2}年度?)?$|^20[0-9]{2}年度?$"
)
_QUOTED_TITLE = re.compile(r"《([^《》]{4,60}?(?:报告|年报))》")
_YEAR_IN = re.compile(r"20[0-9]{2}")
_TITLE_LINES = 3
_TITLE_LENGTH = 70
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
    found = _titles(document, forms)
    if not found:
        return Titles("")
    own = own_title(found, document.names, "".join(p.text for p in document.paragraphs))
    return Titles(found[-1], tuple(dict.fromkeys(found))) if own is None else Titles(own)


def _titles(document: Document, forms: Sequence[Form]) -> list[str]:
    """Every title before the text, in the order of the file."""
    opening = [compact(p.text) for p in _opening(document, forms)]
    opening = opening[_lists_of_titles(opening) :]
    found: list[str] = []
    last = 0
    for end in range(1, len(opening) + 1):
        for start in range(end - 1, max(end - 1 - _TITLE_LINES, last - 1), -1):
            joined = without_date("".join(opening[start:end]))
            if len(joined) <= _TITLE_LENGTH and _TITLE.search(_SITE.sub("", joined)):
                below = opening[end] if end < len(opening) and _CORRECTION_LINE.fullmatch(opening[end]) else ""
                found.append(_with_lines_above(joined, opening[last:start]) + below)
                last = end
                break
    if found:
        return found
    quoted = _QUOTED_TITLE.search("".join(opening))
    return [quoted[1]] if quoted and "公开" in quoted[1] else []


def _lists_of_titles(opening: Sequence[str]) -> int:
    """How many lines stand before the report's own title and list those of other years, without a publisher each."""
    titles = [(n, t) for n, t in enumerate(map(without_date, opening)) if len(t) <= _TITLE_LENGTH and _TITLE.search(t)]
    bare = [n for n, t in titles if _NO_PUBLISHER.match(t)]
    named = [n for n, t in titles if not _NO_PUBLISHER.match(t) and _YEAR_IN.search(t)]
    years = {y for n in bare for y in _YEAR_IN.findall(opening[n])}
    is_list = len(years) > 1 and len(named) == 1 and named[0] > max(bare)
    return named[0] if is_list else 0


def without_date(heading: str) -> str:
    """A title in compact form without the date on which it was written, and what is said of this copy, behind it."""
    return _COPY.sub("", _WRITTEN.sub("", _COPY.sub("", heading)))


def without_correction(heading: str) -> str:
    """A title without the words before or behind it that call the report a correction."""
    return _CORRECTION_AROUND.sub("", heading)


def _with_lines_above(found: str, above: Sequence[str]) -> str:
    for line in reversed(above[-_TITLE_LINES:]):
        if not _NO_PUBLISHER.match(found) or not _PUBLISHER_LINE.search(line) or len(line) > _HEADING_LENGTH:
            break
        found = line + found
    return found


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
