"""Markup within a cell of a table in Markdown: tags, entities, strikes, notes and formulas, as converters write them.

It becomes the marks that every format has, and `marks.shown` decides what a person sees. A tag whose look may hide its
text, or that shows something other than text, makes the figure beside it unread. What does *not* belong here: tables
(`fields`), and whole pages (`html`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from types import MappingProxyType

from pipeline.marks import BEGIN, END, OBJECT, Mark, Shown, marked, shown

_LONGEST = 2_000  # a cell of a table; a longer one is text, and stays as it is
_ANY = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z][a-zA-Z0-9]{1,8};|~~|\^|\\[a-zA-Z(\[]|==")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<more>(?:[\s/][^<>]*)?)>")
_MARK_OF: Mapping[str, Mark] = MappingProxyType(
    {"del": "struck", "s": "struck", "strike": "struck", "sup": "raised", "sub": "lowered"}
)
_LINES = frozenset({"br", "p", "div", "li", "ul", "ol", "tr"})
_PLAIN = frozenset(
    {"a", "b", "big", "center", "code", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "pre", "q", "samp"}
    | {"small", "span", "strong", "td", "th", "tt", "u", "var", "wbr"}
)
# Attributes by which a browser may show less, or more, than the text.
_LOOK = re.compile(r"\b(?:style|class|hidden|id|color|size|v-|x-|:|ng-|data-bind)", re.IGNORECASE)
_INK = (
    "(?:black|red|blue|green|navy|maroon|purple"
    "|#(?:[0-9a-b][0-9a-f]{5}|[0-9a-f]{2}[0-9a-b][0-9a-f]{3}|[0-9a-f]{4}[0-9a-b][0-9a-f]|[0-9a-b]{3}))"
)
_NO_LOOK = re.compile(
    r"\b(?:text-align|vertical-align:\s*middle|font-weight|font-family|width|height|padding|margin)[a-z-]*\s*:[^;\"']*;?"
    rf"|\bcolor\s*:\s*{_INK}\s*(?:;|(?=[\"']))|\bcolor\s*=\s*[\"']?{_INK}(?![0-9a-z])[\"']?",
    re.IGNORECASE,
)
_EMPTY_LOOK = re.compile(r"\bstyle\s*=\s*([\"'])\s*\1", re.IGNORECASE)
_STRUCK = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_NOTE = re.compile(r"\[\^([^\[\]\s]{1,10})\]|(?<![\^{\\])\^([^\s^{}\\]{1,6})\^")
_HIGHLIGHTED = re.compile(r"==(?=\S)([^=]+)==")
# A formula as a whole, or a part of one that is not set as text.
_FORMULA = re.compile(r"\$\$?(?P<dollars>[^$]+?)\$\$?|\\[(\[](?P<brackets>.+?)\\[)\]]")
_RAISED = re.compile(r"\^(?:\{([^{}]*)\}|\\?([^\s\\{}]))")
_LOWERED = re.compile(r"_(?:\{([^{}]*)\}|([^\s\\{}]))")
_OF_TEXT = re.compile(r"\\(?:text|mathrm|mathbf|mathit|mathsf|textbf|textrm|mbox|bf|rm)\s*\{([^{}]*)\}")
_SPACE = re.compile(r"\\[,;:! ]|\\q?quad\b|~")
_COMMAND = re.compile(r"\\[a-zA-Z]+")


@lru_cache(maxsize=4_096)
def seen(field: str) -> Shown:
    """What a person sees of a cell, and what stands in it beside that; the signs of emphasis are left as they are."""
    if not _ANY.search(field) or len(field) > _LONGEST:
        return Shown(field)
    text = _STRUCK.sub(lambda m: marked(m[1], "struck"), _COMMENT.sub("", field))
    text = _NOTE.sub(lambda m: marked(m[1] or m[2], "raised"), text)
    text = _FORMULA.sub(_formula, _HIGHLIGHTED.sub(r"\1", text))
    return shown(unescape(_TAG.sub(_tag, text)).replace("\u00a0", " ").strip())


def _tag(found: re.Match[str]) -> str:
    name, ends, more = found["name"].lower(), bool(found["end"]), found["more"]
    if name in _LINES:
        return "\n"
    if name in _MARK_OF:
        return END if ends else BEGIN[_MARK_OF[name]]
    if name in _PLAIN:
        return OBJECT if _LOOK.search(_EMPTY_LOOK.sub("", _NO_LOOK.sub("", more))) else ""
    return "" if ends else OBJECT


def _formula(found: re.Match[str]) -> str:
    """A formula as text with raised and lowered parts; with the sign of an object where it is more than that."""
    text = found["dollars"] or found["brackets"]
    if not _COMMAND.search(text) and not set("^_") & set(text):
        return text.strip() if found["brackets"] else found[0]
    text = _SPACE.sub("", text)
    while (plain := _OF_TEXT.sub(r"\1", text)) != text:
        text = plain
    text = _RAISED.sub(lambda m: marked(m[1] if m[1] is not None else m[2], "raised"), text)
    text = _LOWERED.sub(lambda m: marked(m[1] if m[1] is not None else m[2], "lowered"), text)
    return _COMMAND.sub(OBJECT, text.replace(r"\%", "%")).replace("{", "").replace("}", "").strip()
