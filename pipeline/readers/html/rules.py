"""Reads a style sheet: its rules in their order, those inside of others too, with their layers and conditions.

What a rule does is for others. Rules of another medium are left out; where nobody can say whether a condition holds, as
it depends on the screen, the rule says so.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from cssselect import SelectorError, parse
from cssselect.parser import Selector

MAX_RULES = 2_000
_MOST_SELECTORS = 64  # of a rule inside of others
_LONGEST_SELECTOR = 2_000
_DEEPEST = 3  # sheets that import each other
COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"(?:url\([^()]*\)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<brace>[{};])", re.IGNORECASE)
_WIDE = r"\(\s*(?:min-width\s*:|width\s*>=?)\s*[0-9]{1,3}(?:\.[0-9]+)?px\s*\)"  # so wide is every screen
_SHOWN_AT = re.compile(
    rf"@(?:media\s+(?:only\s+)?(?:(?:screen|all)(?:\s+and\s+{_WIDE})?|{_WIDE})\s*$|media{_WIDE}$"
    rf"|media\s+not\s+print\s*$|container\b[^(]*{_WIDE}\s*$|supports\b(?!\s*not\b)|layer\b)",
    re.IGNORECASE,
)
# What depends on the screen, if no condition beside it fails on all of those on which pages are read.
_UNSURE_AT = re.compile(r"@(?:media|container|scope)\b", re.IGNORECASE)
_NEVER_AT = re.compile(
    r"@media\s+(?:only\s+)?(?:print|speech|aural|braille|handheld|projection|tty|tv|embossed)\b(?![^{]*,)"
    r"|not\s+(?:screen|all)\b|max-(?:device-)?width\s*:\s*[0-9]{1,3}(?:\.[0-9]+)?(?:px|pt)|width\s*<=?\s*[0-9]{1,3}(?:\.[0-9]+)?px"
    r"|max-(?:device-)?width\s*:\s*[0-6]?[0-9](?:\.[0-9]+)?r?em|portrait|coarse|hover\s*:\s*none|\\0|high-contrast|forced-colors"
    r"|prefers-reduced|prefers-contrast|-ms-",
    re.IGNORECASE,
)
_STATE = re.compile(r"::?(?:hover|focus|active|visited|target|placeholder|selection)\b")
PSEUDO = re.compile(r"::?[-a-z]+(?:\((?:[^()]|\([^()]*\))*\))?", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:(?P<code>[0-9a-f]{1,6})[ \t\r\n\f]?|(?P<letter>[g-z]))", re.IGNORECASE)
_COMMA = re.compile(r",(?![^()]*\))")
_IMPORT = re.compile(r"@import\s+(?:url\(\s*)?[\"']?(data:text/css[^\"']*?)[\"']?\s*\)?\s*([^\"'()]*)$", re.IGNORECASE)
_DATA = re.compile(
    r"^data:[-+.\w]{1,40}/[-+.\w]{1,40}(?:;[-=\w]{1,40})*?(?P<packed>;base64)?,(?P<content>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_LAST = 1 << 30  # what stands in no layer outweighs all layers

Layer = tuple[int, ...]


class Rule(NamedTuple):
    """A rule of a style sheet: its selector, and its declarations with whether each outweighs others.

    `layer` says where its layer stands in their order. One that is not `certain` holds on some screens.
    """

    selector: Selector
    declarations: dict[str, tuple[bool, str]]
    layer: Layer = (_LAST,)
    certain: bool = True

    @property
    def pseudo(self) -> str:
        """The part of an element that the rule is for, as `before`; '' where it is for the element itself."""
        return str(self.selector.pseudo_element or "")

    @property
    def style(self) -> dict[str, str]:
        """The values of the declarations by their names."""
        return {name: value for name, (_, value) in self.declarations.items()}

    def weight(self, *, important: bool) -> tuple[bool, Layer, tuple[int, int, int]]:
        """What a declaration weighs against others; among important ones the order of layers is the reverse."""
        layer = tuple(-n for n in self.layer) if important else self.layer
        return important, layer, self.selector.specificity()


def is_for_screens(media: str) -> bool:
    """True for the media of a sheet that is shown on every screen."""
    return any(_SHOWN_AT.match(f"@media {medium.strip()}") for medium in media.split(","))


def spelled_out(style: str) -> str:
    """A style without comments, the letters of names that it writes as escapes in their places."""
    if "/*" in style:
        style = COMMENT.sub("", style)
    return with_letters(style)


def with_letters(style: str) -> str:
    """A style or sheet with the letters that it writes as escapes (\\64 isplay); other signs stay as they are."""
    return _ESCAPE.sub(_letter, style) if "\\" in style else style


def _letter(escape: re.Match[str]) -> str:
    if escape["letter"]:
        return escape["letter"]
    code = int(escape["code"], 16)
    return chr(code) if code < 128 and (chr(code).isalpha() or chr(code) == "-") else escape[0]


@lru_cache(maxsize=4_096)
def declared(text: str) -> dict[str, tuple[bool, str]]:
    """The declarations of a rule or an attribute: by property whether it is important, and its value."""
    found: dict[str, tuple[bool, str]] = {}
    for declaration in spelled_out(text).lower().split(";"):
        name, colon, value = declaration.partition(":")
        important = "!important" in value
        if colon and (important or not found.get(name.strip(), (False,))[0]):
            found[name.strip()] = important, value.replace("!important", "").strip()
    return found


def written_in(address: str) -> str:
    """The sheet that an address holds itself; '' for any other address."""
    return content_of(address) if address.strip()[:13].lower() == "data:text/css" else ""


def content_of(address: str) -> str:
    """The text that an address holds itself; '' for any other address."""
    found = _DATA.match(address.strip())
    if found is None:
        return ""
    content = unquote_to_bytes(found["content"])
    try:
        return (b64decode(content + b"==") if found["packed"] else content).decode("utf-8", "replace")
    except ValueError:
        return ""


@dataclass(slots=True)
class _Block:
    """What stands between two braces: the selectors of a rule or of the one around it, and what it declares."""

    selectors: tuple[str, ...]
    certain: bool | None  # None where it holds on no screen
    layer: tuple[str, ...]
    declarations: list[str] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class Reader:
    """Reads the sheets of a page, one after the other; layers of one name are one layer."""

    _layers: dict[tuple[str, ...], int] = field(default_factory=dict)
    _count: int = 0

    def rules(self, sheet: str, depth: int = 0) -> Iterator[Rule]:
        """The rules of a sheet that hold on some screen; those that cannot be read are left out."""
        blocks: list[_Block] = []
        opened: list[_Block] = []
        at, sheet = 0, COMMENT.sub("", sheet)
        for brace in _BRACE.finditer(sheet):
            if brace["brace"] is None:  # a text or an address
                continue
            text, at = sheet[at : brace.start()].strip(), brace.end()
            if brace[0] == "{":
                blocks.append(self._block(text, blocks[-1] if blocks else None))
                opened.append(blocks[-1])
            elif not blocks:
                yield from self._statement(text, depth)
            else:
                blocks[-1].declarations.append(text)
                if brace[0] == "}":
                    blocks.pop().closed = True
        for block in opened:
            yield from self._of(block)

    def _block(self, prelude: str, around: _Block | None) -> _Block:
        """A block that begins inside of another one."""
        outer = around or _Block((), certain=True, layer=())
        if not prelude.startswith("@"):
            selectors = _inside(outer.selectors, prelude) if outer.selectors else (prelude,)
            return _Block(selectors, outer.certain if prelude else None, outer.layer)
        layer = outer.layer
        if prelude.lower().startswith("@layer"):
            layer = (*layer, *(prelude[6:].strip() or f"({len(self._layers)})").split("."))
            self._rank(layer)
        return _Block(outer.selectors, _both(outer.certain, _holds(prelude)), layer)

    def _statement(self, text: str, depth: int) -> Iterator[Rule]:
        """Take a statement that ends without a block: the order of layers, or a sheet to put in its place."""
        if text.lower().startswith("@layer"):
            for name in text[6:].split(","):
                self._rank(tuple(name.strip().split(".")))
        elif depth < _DEEPEST and (found := _IMPORT.match(text)) and is_for_screens(found[2] or "all"):
            yield from self.rules(written_in(found[1]), depth + 1)

    def _rank(self, layer: tuple[str, ...]) -> Layer:
        """Where a layer stands: each of its parts in the order in which layers are first named."""
        if not layer:
            return (_LAST,)
        parts = (layer[:n] for n in range(1, len(layer) + 1))
        return (*(self._layers.setdefault(part, len(self._layers)) for part in parts), _LAST)

    def _of(self, block: _Block) -> Iterator[Rule]:
        if not block.closed or block.certain is None or self._count >= MAX_RULES:
            return
        declarations = declared(";".join(block.declarations)) if any(block.declarations) else {}
        if declarations and block.selectors:
            self._count += 1
            for selector in block.selectors:
                remembered = len(selector) < _LONGEST_SELECTOR
                for parsed, is_known in (_parsed if remembered else _parsed.__wrapped__)(selector):
                    yield Rule(parsed, declarations, self._rank(block.layer), block.certain and is_known)


def _both(one: bool | None, other: bool | None) -> bool | None:
    return None if one is None or other is None else one and other


def _holds(prelude: str) -> bool | None:
    """Whether a condition holds: on every screen, on some (False), on none."""
    if _SHOWN_AT.match(prelude):
        return True
    return False if _UNSURE_AT.match(prelude) and not _NEVER_AT.search(prelude) else None


def _inside(outer: tuple[str, ...], prelude: str) -> tuple[str, ...]:
    """The selectors of a rule inside of another one: `&` stands for what the outer one selects."""
    before = (part for text in outer for part in _COMMA.split(text))
    pairs = islice(product(before, _COMMA.split(prelude)), _MOST_SELECTORS)
    found = (_nested(one.strip(), other.strip()) for one, other in pairs)
    return tuple(f for f in found if len(f) < _LONGEST_SELECTOR)


def _nested(outer: str, inner: str) -> str:
    if inner.startswith("&"):
        inner = outer + inner[1:]
    elif "&" not in inner:
        return f"{outer} {inner}"
    return inner.replace("&", f":is({outer})")


@lru_cache(maxsize=2_048)
def _parsed(selector: str) -> Sequence[tuple[Selector, bool]]:
    """The selectors of a rule, and whether they are known; what is not known of one is left out of it.

    None where it asks for a state that no page has when it is opened.
    """
    if _STATE.search(selector) and "," not in selector and ":not(" not in selector:
        return ()
    for written in (selector, PSEUDO.sub("", selector)):
        try:
            return tuple([(found, written == selector) for found in parse(written)])
        except SelectorError:
            continue
    return ()
