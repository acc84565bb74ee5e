"""Where in a file a report may begin: at a title, at a body's name before the first heading, where headings begin anew.

What does *not* belong here: how the file is parted there (`several`), and how a title looks (`title_lines`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Literal

from pipeline.document import Block, Document, Grid, Paragraph
from pipeline.forms.model import Form
from pipeline.labels import compact, label
from pipeline.layout.corrections import is_corrected, is_correction
from pipeline.layout.rival_titles import named
from pipeline.layout.sections import is_heading
from pipeline.layout.title_lines import (
    BODY,
    NO_PUBLISHER,
    YEAR,
    is_collection,
    is_listed,
    plain,
    title_for,
    titles_among,
    without_collection,
    without_correction,
)

_TITLE = re.compile(r"^(?P<title>[^。；，]{2,40}信息公开[^。；，]{0,12}(?:报告|年报)(?:\([0-9]{4}年?度?\))?)$")
_MAY_BE_TITLE = re.compile("报告|年报|汇|集|公开")
_YEAR = re.compile(YEAR)
_FIELD = re.compile(r"\t|\||[ \u00a0]{2,}| (?=[0-9])")
_PRINTED_ON = re.compile(
    r"^20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?,?(?:[上下]午)?(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_LONGEST = 60
_LEAST_LABELS = 3
# A line that may be the heading of a part of a collection, and those at its front that are none.
_HEAD = re.compile(r"[\u4e00-\u9fff()]{2,15}")
_LOOKED_AT = 60  # blocks above a heading
_BETWEEN = re.compile(r"[。；，,;:：]|^\(?20[0-9]{2}(?:年度?|[-./年][0-9]{1,2}[-./月](?:[0-9]{1,2}日?)?)?\)?$")
_FRONT = ("目录", "前言", "序", "序言", "编制说明", "说明", "引言", "正文")
_NEAR = 3  # paragraphs above a heading that may say that it is a correction
_FIRST_TOPIC = 1


@dataclass(frozen=True)
class Words:
    """What the forms call the rows of each table, by its number, and the first section."""

    forms: tuple[Form, ...]
    stubs: dict[int, frozenset[str]]
    first: frozenset[str]

    @staticmethod
    def of(forms: Sequence[Form]) -> Words:
        """The words of some forms."""
        return _words_of(tuple(forms))


@lru_cache(maxsize=4)
def _words_of(forms: tuple[Form, ...]) -> Words:
    numbers = {t.number for f in forms for t in f.tables}
    stubs = {n: frozenset(x for f in forms for t in f.tables if t.number == n for x in t.names) for n in numbers}
    stubs[0] = frozenset().union(*stubs.values())
    first = frozenset(n for f in forms if f.prescribed for h in f.headings if h.topic == _FIRST_TOPIC for n in h.names)
    return Words(forms, stubs, first)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a report may begin: from the block `at` on, its lines up to the one before `end`.

    It is its title, the title of a `collection`, a body's `name`, or `anew` where nothing says whose it is.
    """

    at: int
    end: int
    kind: Literal["title", "collection", "name", "anew"]
    text: str
    corrected: bool = False
    holds_report: bool = False
    own: int | None = None  # where its lines begin without those above that name the publisher


def starts_in(document: Document, words: Words) -> list[Start]:
    """Every place where a report may begin, in the order of the file."""
    blocks = document.blocks
    titles = [*_titles(blocks)]
    firsts = _firsts(blocks, words)
    if len(titles) < 2 and len(firsts) < 2 and not any(t.kind == "collection" for t in titles):
        return []
    found = sorted((*titles, *_untitled(blocks, titles, firsts, words)), key=lambda s: s.at)
    ends = [*(s.at for s in found[1:]), len(blocks)]
    judged: list[Start] = []
    last: Start | None = None
    for start, until in zip(found, ends, strict=True):
        earlier = blocks[last.at : start.at] if last else blocks[: start.at]
        part = blocks[start.at : until]
        start = _unsigned(start, last)
        if _holds_report(start, part, earlier, last, words):
            if start.kind == "collection" and _is_under_another(part, words, found):
                judged.append(start)
                start = replace(start, at=start.at + (_first_heading(part, words) or 0), kind="anew", text="")
            last = start = replace(start, holds_report=True)
        judged.append(start)
    return judged


def _unsigned(start: Start, last: Start | None) -> Start:
    """A title below the name of the publisher of the report before, who may have signed that one, names none."""
    is_signed = start.kind == "title" and start.own is not None and start.at < start.own
    if last is None or not is_signed or not named(start.text).agrees(named(last.text)):
        return start
    return replace(start, at=start.own or start.at, kind="anew", text="")


def heading_of(start: Start, found: Sequence[Start]) -> str | None:
    """The title of the report that begins there: None where its own lines print it, '' where nothing tells it."""
    if start.kind == "collection":
        return without_collection(start.text)
    if start.kind == "anew":
        return ""
    needs_year = start.kind == "name" or (start.kind == "title" and not _YEAR.search(start.text))
    if not needs_year:
        return None
    above = [s for s in found if s.at < start.at and _YEAR.search(s.text) and s.kind in ("title", "collection")]
    of_all = next((s for s in above if s.kind == "collection"), above[0] if above else None)
    body = start.text if start.kind == "name" else named(start.text).publisher
    if of_all is None or not body:
        return body if start.kind == "name" else None
    return title_for(body, of_all.text) or body


def _titles(blocks: Sequence[Block]) -> Iterator[Start]:
    """The titles, each with its lines; those without a year only where they name a publisher."""
    at, lines = _short_lines(blocks)
    for found in titles_among(lines, lambda line: bool(_TITLE.match(without_correction(line))) or is_collection(line)):
        text = without_correction(found.text)
        place, end = at[found.start], at[found.end - 1] + 1
        if is_collection(text) and _YEAR.search(text):
            yield Start(place, end, "collection", text)
        elif _YEAR.search(text) or (not NO_PUBLISHER.match(text) and named(text).publisher):
            yield Start(place, end, "title", text, text != found.text, own=at[found.own])


def _short_lines(blocks: Sequence[Block]) -> tuple[list[int], list[str | None]]:
    """The lines that a title may be made of, None for what parts them, and the block of each."""
    at: list[int] = []
    lines: list[str | None] = []
    for n, block in enumerate(blocks):
        if isinstance(block, Paragraph) and (block.aside or is_listed(block)):
            continue
        at.append(n)
        if isinstance(block, Paragraph) and len(block.text) <= _LONGEST:
            line = plain(block.text)
            lines.append((_PRINTED_ON.sub("", line) or None) if line.startswith("20") else line)
        else:
            lines.append(None)
    return at, lines


def _firsts(blocks: Sequence[Block], words: Words) -> list[int]:
    """The blocks that head the first section of a report: of those without a table between them the last."""
    found = [n for n, b in enumerate(blocks) if _heads_first_section(b, words)]
    return [n for n, after in pairwise(found) if tables_in(blocks[n:after], words)] + found[-1:]


def _heads_first_section(block: Block, words: Words) -> bool:
    if not isinstance(block, Paragraph) or block.aside or len(block.text) > _LONGEST:
        return False
    return label(block.text).text in words.first


def _untitled(blocks: Sequence[Block], titles: Sequence[Start], firsts: Sequence[int], words: Words) -> Iterator[Start]:
    """Reports without a title of their own: where the sections begin anew, or a body's name stands before them."""
    bodies = {at: body[1] for at in firsts if (body := _body_above(blocks, at))}
    has_several = len({*bodies.values()}) > 1 or any(t.kind == "collection" for t in titles)
    publisher = ""
    for number, at in enumerate(firsts):
        before = firsts[number - 1] + 1 if number else 0
        own = [t for t in titles if before <= t.at < at and t.kind == "title"]
        body = _body_above(blocks, at, publisher)
        whose = _whose(own[-1], body, titles, bodies, at, firsts[-1]) if own else "name"
        if whose == "title":
            publisher = named(own[-1].text).publisher
        elif whose == "name" and body is not None:
            if number or has_several or own:
                publisher = body[1]
                yield Start(body[0], at, "name", body[1])
        elif own or (number and tables_in(blocks[before:at], words) and not _is_correction(blocks, at)):
            publisher = ""
            yield Start(at, at + 1, "anew", "")


def _body_above(blocks: Sequence[Block], at: int, before: str = "") -> tuple[int, str] | None:
    """The line above a heading that is the name of a body and nothing else; sentences and dates may stand between.

    None for the last one of a list of bodies, and for the publisher of the report `before`, who may have signed it.
    """
    above = _lines_above(blocks, at)
    if not above or not BODY.fullmatch(above[0][1]) or _is_same(above[0][1], before):
        return None
    listed = [text for _, text in takewhile(lambda line: BODY.fullmatch(line[1]), above[1:])]
    if listed and above[0][1] not in listed and not _is_same(listed[0], before):
        return None
    return above[0]


def _lines_above(blocks: Sequence[Block], at: int) -> list[tuple[int, str]]:
    """The short lines above a heading, the nearest first, up to a table, without sentences and dates next to it."""
    above: list[tuple[int, str]] = []
    for n in range(at - 1, max(-1, at - _LOOKED_AT), -1):
        block = blocks[n]
        if not isinstance(block, Paragraph):
            break
        text = "" if block.aside else plain(block.text)
        if text and (above or not _BETWEEN.search(text)):
            above.append((n, text))
    return above


def _is_same(body: str, other: str) -> bool:
    """True for two names of one body, or of a government and its office."""
    return bool(other) and named(f"{body}政府信息公开年报").agrees(named(f"{other}政府信息公开年报"))


def _whose(
    title: Start,
    body: tuple[int, str] | None,
    titles: Sequence[Start],
    bodies: Mapping[int, str],
    at: int,
    last: int,
) -> Literal["title", "name", "anew"]:
    """Whose report begins at a heading under a title and perhaps a body's name: the title's or the name's.

    The title may be that of several reports, or leave the publisher to the name. Nothing may tell. `bodies` are the
    names above such headings by their place, `last` is the place of the last one.
    """
    if body is None:
        return "title"
    if NO_PUBLISHER.match(title.text):
        return "name"
    if _is_same(body[1], named(title.text).publisher):
        return "title"  # the office that drew it up
    if any(first != at and other != body[1] for first, other in bodies.items()):
        return "name"
    is_other = any(at < t.at < last and not named(t.text).agrees(named(title.text)) for t in titles)
    return "anew" if is_other else "title"


def _is_correction(blocks: Sequence[Block], at: int) -> bool:
    """True where a line above says that what follows is corrected, or that it was."""
    texts = (b.text for b in blocks[max(0, at - _NEAR) : at] if isinstance(b, Paragraph))
    return any(is_correction(t) or is_corrected(t) for t in texts)


def _holds_report(
    start: Start, blocks: Sequence[Block], earlier: Sequence[Block], last: Start | None, words: Words
) -> bool:
    """True where tables of a report follow, up to the next place where one may begin."""
    tables = tables_in(blocks, words)
    if not tables:
        return False
    headed = sum(isinstance(b, Paragraph) and is_heading(b.text, words.forms) for b in blocks) > 1
    if last is None:
        return headed
    if start.kind == "title" and headed and _YEAR.search(start.text):
        if (start.text, start.corrected) == (last.text, last.corrected):
            return bool(NO_PUBLISHER.match(start.text)) and not _is_copy(blocks, earlier)
        return True
    if start.kind == "title" and named(start.text).agrees(named(last.text)):
        return False
    if start.kind == "anew" and (not _sheets(blocks) <= _sheets(earlier) or _is_copy(blocks, earlier)):
        return False  # whose a sheet is, its name says
    return bool((tables - {0}) & tables_in(earlier, words))


def _sheets(blocks: Sequence[Block]) -> set[str]:
    return {b.sheet for b in blocks if isinstance(b, Grid)}


def _is_copy(blocks: Sequence[Block], earlier: Sequence[Block]) -> bool:
    """True where all of it stands above already: pages are stored twice."""
    return _content(blocks) in _content(earlier)


def _content(blocks: Sequence[Block]) -> str:
    texts = ("".join(c.text for c in b.cells) if isinstance(b, Grid) else "" if b.aside else b.text for b in blocks)
    return "".join(map(compact, texts))


def tables_in(blocks: Sequence[Block], words: Words) -> frozenset[int]:
    """The numbers of the tables of which a grid prints labels, or lines of a dump begin with them; 0 for several."""
    found = [[label(c.text).text for c in b.cells] for b in blocks if isinstance(b, Grid)]
    lines = [b.text for b in blocks if isinstance(b, Paragraph) and not b.aside and len(b.text) <= 2 * _LONGEST]
    found.append([label(_FIELD.split(line.strip(), maxsplit=1)[0]).text for line in lines])
    return frozenset(
        n for n, of in words.stubs.items() if any(sum(t in of for t in ts) >= _LEAST_LABELS for ts in found)
    )


def _first_heading(blocks: Sequence[Block], words: Words) -> int | None:
    return next((n for n, b in enumerate(blocks) if _heads_first_section(b, words)), None)


def _is_under_another(blocks: Sequence[Block], words: Words, later: Sequence[Start]) -> bool:
    """True where a line between a collection's title and its first heading may head the report of a body in it.

    A list of the bodies whose reports follow is no such line.
    """
    at = _first_heading(blocks, words)
    lines = [b for b in blocks[1:at] if isinstance(b, Paragraph) and not b.aside] if at else []
    above = [text for b in lines if (text := plain(b.text)) and not _BETWEEN.search(text)]
    heads = [*reversed([n for n, line in enumerate(above) if _HEAD.fullmatch(line) and line not in _FRONT])]
    if not heads or heads[0] < len(above) - 1:
        return False
    listed = [above[n] for n, m in zip(heads, range(len(above) - 1, -1, -1), strict=False) if n == m]
    return len(listed) == 1 or not all(any(line in s.text for s in later) for line in listed)
