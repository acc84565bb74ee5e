"""Web pages with their tags stripped: the cells in the order of the source. Spans are not looked at.

Struck or hidden text, and the mark of a note beside a figure, is recognised only by the tags inside a cell; where a
style sheet, a script, a colour or a position on the page decides, there is no reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from pipeline.numbers import figure
from pipeline.readers import mhtml
from pipeline.readers.charset import decode
from pipeline.readers.html import MAX_BYTES
from pipeline.readers.html.tree import MAX_TAGS
from pipeline.readers.refused import Refused
from pipeline.trust.second_reading.lines import read_lines
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted

_UNSEEN = re.compile(r"<(!--|script\b|style\b|template\b)", re.IGNORECASE)
_ENDS = {
    "!--": re.compile("-->"),
    **{tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "template")},
}
_TAG = re.compile(r"<(/?)(table|tr|td|th)\b([^<>]*)>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|</?[!?/][^<>]*>")
# Content that is seen but is not text, or is shown differently from its text: no reading.
_NO_TEXT = frozenset({"img", "svg", "canvas", "object", "embed", "video", "iframe", "math", "select"})
_UNSURE = re.compile(
    r"data-|-[0-9]{3}|clip|scale\(|position\s*:|(?:height|width)\s*:\s*0|transparent|rgb|(?<!-)color\s*[:=][\s\"']*(?:white|#f)",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|\shidden(?=[\s=/>]|$)|font-size\s*:\s*[.0]+(?![.1-9])"
    r"|opacity\s*:\s*[.0]+(?![.1-9])|text-decoration[^;]*line-through",
    re.IGNORECASE,
)
_MOVED = re.compile(r"vertical-align\s*:\s*(?:super|sub|-?[0-9.])", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:class|id)\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_NAME = re.compile(r"[.#]([-\w]+)")
_VALUE = re.compile(r"\bvalue\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_VALUELESS = re.compile(
    r"\btype\s*=\s*[\"']?(?:hidden|submit|button|reset|image|checkbox|radio|file|password)", re.IGNORECASE
)
_DOWN = re.compile(r"rowspan\s*=\s*[\"']?\s*0*(?:[2-9]|1[0-9])", re.IGNORECASE)
_LINE_TAGS = frozenset({"p", "br", "div", "li", "center", *(f"h{n}" for n in range(1, 7))})
_SPACES = re.compile(r"\s+")
_TWO_FIGURES = re.compile(r"(?<=[0-9０-９])\n+(?=[0-9０-９])")
_SPREAD = re.compile(r"^[0-9](?: [0-9])+$")

Names = frozenset[str]


def read_html(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a web page. Raises `Refused` where it is too large or is not text."""
    if len(data) > MAX_BYTES or data.count(b"<") > MAX_TAGS:
        raise Refused("too-large", f"{len(data):,} bytes of HTML")
    return _of_page(decode(data), wanted)


def read_mhtml(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a web archive. Raises `Refused` where it is too large or holds no page."""
    page = mhtml.page_of(data)
    if page.count("<") > MAX_TAGS:
        raise Refused("too-large", f"{page.count('<'):,} tags")
    return _of_page(page, wanted)


def _of_page(page: str, wanted: Wanted) -> dict[CellKey, Reading]:
    page = page.replace("\0", "")
    return read_lines(_strips(_seen(page), _odd_names(page)), wanted)


def _odd_names(page: str) -> Names:
    """The classes and ids for which a style sheet of the page has a rule that matters here."""
    rules = (r for sheet in _SHEET.findall(page) for r in _RULE.findall(sheet))
    odd = (selector for selector, body in rules if any(p.search(body) for p in (_DROPPED, _MOVED, _UNSURE)))
    return frozenset(name for selector in odd for name in _NAME.findall(selector))


def _seen(page: str) -> str:
    """The page without comments, scripts and other elements whose text is not shown."""
    parts = []
    at = 0
    while found := _UNSEEN.search(page, at):
        parts.append(page[at : found.start()])
        closed = _ENDS[found[1].lower()].search(page, found.end())
        if not closed:
            return "".join(parts)
        at = closed.end()
    return "".join([*parts, page[at:]])


def _strips(page: str, odd: Names) -> Iterator[list[Slot]]:
    """The cells of each row as it is written; a table that begins or ends within one ends it."""
    strip: list[Slot] = []
    cell: tuple[str, str] | None = None  # the content of the open cell, up to the next tag, and its attributes
    _, *parts = _TAG.split(page)
    for ends, name, attributes, content in zip(*[iter(parts)] * 4, strict=True):
        name = name.lower()
        if cell is not None:
            strip.append(Slot(None if name == "table" and not ends else _shown(*cell, odd)))
            cell = None
        if name in ("td", "th"):
            cell = None if ends else (content, attributes)
            continue
        if strip:
            yield strip
        strip = []
    if strip:
        yield strip


@lru_cache(maxsize=4_096)
def _shown(content: str, attributes: str, odd: Names) -> str | None:
    """What a cell shows; None where that is not certain, or where it reaches down and is no label."""
    if _is_dropped("td", attributes) or _is_unsure(attributes, odd):
        return None
    text = _text(content, odd) if "<" in content else unescape(content)
    if text is None:
        return None
    lines = "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\v"))
    shown = _TWO_FIGURES.sub("\v", lines.strip()).replace("\n", "").replace("\v", "\n")
    if _SPREAD.match(shown):
        shown = shown.replace(" ", "")
    return None if _DOWN.search(attributes) and not any(c.isalpha() for c in shown) else shown


def _text(content: str, odd: Names) -> str | None:
    """The text between the tags of a cell that is seen, \v between lines; what is raised only where it is no note."""
    plain: list[str] = []
    raised: list[str] = []
    dropped, lifted = list[str](), list[str]()  # the tags that are open and hide or raise what they hold
    at = 0
    for tag in _ANY_TAG.finditer(content):
        if not dropped:
            (raised if lifted else plain).append(unescape(content[at : tag.start()]))
        at = tag.end()
        name, attributes = (tag[2] or "").lower(), tag[3] or ""
        if tag[1]:
            for opened in (dropped, lifted):
                if name in opened:
                    del opened[len(opened) - 1 - opened[::-1].index(name)]
        elif name in _NO_TEXT or _is_unsure(attributes, odd):
            return None
        elif name == "input":
            plain.append(_value(attributes))
        elif _is_dropped(name, attributes):
            dropped.append(name)
        elif name in ("sup", "sub", "rt") or _MOVED.search(attributes):
            lifted.append(name)
        if name in _LINE_TAGS:
            plain.append("\v")
    (raised if lifted else plain).append(unescape(content[at:]) if not dropped else "")
    text = "".join(plain)
    if not "".join(raised).strip() or figure(text.replace("\v", "")).kind == "number":
        return text
    return None if text.strip() else "".join(raised)


def _value(attributes: str) -> str:
    found = None if _VALUELESS.search(attributes) else _VALUE.search(attributes)
    return unescape(next((g for g in found.groups() if g is not None), "")) if found else ""


def _is_dropped(name: str, attributes: str) -> bool:
    return name in ("s", "strike", "del") or bool(attributes and _DROPPED.search(attributes))


def _is_unsure(attributes: str, odd: Names) -> bool:
    if not attributes:
        return False
    named = {n for found in _NAMED.findall(attributes) for n in found.split()} if odd else odd
    return not odd.isdisjoint(named) or bool(_UNSURE.search(attributes))
